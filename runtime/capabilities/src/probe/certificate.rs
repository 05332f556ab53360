//! Reads the certificate a server shows, whatever it is worth: expired and unknown ones are what a monitor is there to report.

use std::sync::Arc;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, SignatureScheme};
use tokio_rustls::TlsConnector;
use x509_parser::prelude::{FromDer, X509Certificate};

use super::{Failure, unreachable, within};
use crate::http::egress::{Egress, Place, Trial};

const DAY_S: i64 = 24 * 60 * 60;

/// Days from now to the end of the certificate; negative once it is over.
pub(super) async fn days_left(
    egress: &Egress,
    module: &str,
    place: &Place,
    deadline: Instant,
) -> Result<i64, Failure> {
    if let Some(provider) = egress.provider() {
        return Ok(provider.tried(&place.to_string(), Trial::Certificate)?);
    }
    let shown = within(deadline, show(egress, module, place, deadline)).await?;
    let (_, certificate) = X509Certificate::from_der(&shown)
        .map_err(|_| Failure::Broken(format!("{place} shows a certificate that cannot be read")))?;
    let end = certificate.validity().not_after.timestamp();
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    Ok((end - i64::try_from(now).unwrap_or(i64::MAX)).div_euclid(DAY_S))
}

/// Shakes hands, keeps the server's own certificate, and hangs up: no data goes over a connection that proves nothing.
async fn show(
    egress: &Egress,
    module: &str,
    place: &Place,
    deadline: Instant,
) -> Result<CertificateDer<'static>, Failure> {
    let name = place.server_name()?;
    let route = egress.route(module, place).await?;
    let tcp = route.connect(deadline).await.map_err(|error| unreachable(place, &error))?;
    let builder = ClientConfig::builder();
    let onlooker = Onlooker(Arc::clone(builder.crypto_provider()));
    let config =
        builder.dangerous().with_custom_certificate_verifier(Arc::new(onlooker)).with_no_client_auth();
    let stream = TlsConnector::from(Arc::new(config)).connect(name, tcp).await.map_err(|error| {
        Failure::Broken(match error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
            Some(tls) => format!("{place} does not speak TLS as this host does: {tls}"),
            None => format!("{place} broke the handshake off ({})", error.kind()),
        })
    })?;
    let (_, session) = stream.get_ref();
    let leaf = session.peer_certificates().and_then(<[_]>::first);
    leaf.map(|leaf| leaf.clone().into_owned())
        .ok_or_else(|| Failure::Broken(format!("{place} shows no certificate")))
}

/// Takes any certificate whose key the server holds. Used for looking and for nothing else: it is private to this file.
#[derive(Debug)]
struct Onlooker(Arc<CryptoProvider>);

impl ServerCertVerifier for Onlooker {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signed, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signed, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
