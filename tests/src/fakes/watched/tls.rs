//! A server that shakes hands with a certificate of its own, which nobody trusts and which ends when the test says.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use rcgen::{CertificateParams, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// A running server. It stops when this is dropped.
pub struct TlsServer {
    address: SocketAddr,
    server: JoinHandle<()>,
}

impl TlsServer {
    /// Its certificate ends in so many days and a half; negative where it is over.
    ///
    /// # Errors
    /// When no certificate can be made, or no port bound.
    pub async fn start(days: i32) -> anyhow::Result<Self> {
        let acceptor = acceptor(days)?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let server = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let acceptor = acceptor.clone();
                tokio::spawn(async move {
                    if let Ok(mut stream) = acceptor.accept(stream).await {
                        // Until the other side hangs up, which it does once it saw the certificate.
                        let _ = stream.read(&mut [0]).await;
                    }
                });
            }
        });
        Ok(Self { address, server })
    }

    /// Where it listens, to be allowed by the panel's egress policy.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for TlsServer {
    fn drop(&mut self) {
        self.server.abort();
    }
}

fn acceptor(days: i32) -> anyhow::Result<TlsAcceptor> {
    let key = KeyPair::generate()?;
    let mut params = CertificateParams::new(vec!["127.0.0.1".to_owned()])?;
    params.not_before = rcgen::date_time_ymd(2020, 1, 1);
    let noon = SystemTime::now() + DAY / 2;
    let end = if days < 0 { noon - DAY * days.unsigned_abs() } else { noon + DAY * days.unsigned_abs() };
    params.not_after = end.into();
    let certificate = params.self_signed(&key)?.der().clone();
    let key = PrivateKeyDer::try_from(key.serialize_der()).map_err(|error| anyhow::anyhow!(error))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)?;
    Ok(Arc::new(config).into())
}
