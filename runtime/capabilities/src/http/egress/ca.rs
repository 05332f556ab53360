//! Pinned certificates: whom TLS trusts where an administrator named a host's own authority.

use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};

use super::error::EgressError;

/// Certificates that stand in for the system's authorities at one host.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Ca {
    setting: Arc<str>,
    pem: Arc<str>,
}

impl Ca {
    /// `setting` is where they come from, for messages; `pem` holds one or more certificates.
    #[must_use]
    pub fn new(setting: &str, pem: &str) -> Self {
        Self { setting: setting.into(), pem: pem.into() }
    }

    /// A client that trusts these and nobody else.
    pub(super) fn client_config(&self) -> Result<ClientConfig, EgressError> {
        let unreadable = || {
            EgressError::Tls(format!(
                "the setting '{}' holds no certificate that can be read; paste it as PEM, from BEGIN CERTIFICATE to END \
                 CERTIFICATE",
                self.setting.trim_start_matches("settings.")
            ))
        };
        let certificates: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(self.pem.as_bytes())
            .collect::<Result<_, _>>()
            .map_err(|_| unreadable())?;
        if certificates.is_empty() {
            return Err(unreadable());
        }
        let mut roots = RootCertStore::empty();
        for certificate in &certificates {
            roots.add(certificate.clone()).map_err(|_| unreadable())?;
        }
        let authorities = WebPkiServerVerifier::builder(Arc::new(roots)).build().map_err(|_| unreadable())?;
        Ok(ClientConfig::builder()
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(Pinned { authorities, certificates }))
            .with_no_client_auth())
    }
}

/// Checks chains as usual, with the pinned certificates as the only roots. A panel that signs itself presents the very
/// certificate that is pinned, often one marked as an authority, which no chain may end in: that one is taken for itself.
#[derive(Debug)]
struct Pinned {
    authorities: Arc<WebPkiServerVerifier>,
    certificates: Vec<CertificateDer<'static>>,
}

impl ServerCertVerifier for Pinned {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let verified = self.authorities.verify_server_cert(end_entity, intermediates, name, ocsp, now);
        match verified {
            // Found after its dates were checked, and before anything else is.
            Err(rustls::Error::InvalidCertificate(CertificateError::Other(error)))
                if self.certificates.contains(end_entity)
                    && error.0.downcast_ref() == Some(&webpki::Error::CaUsedAsEndEntity) =>
            {
                rustls::client::verify_server_name(&ParsedCertificate::try_from(end_entity)?, name)?;
                Ok(ServerCertVerified::assertion())
            }
            other => other,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.authorities.verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.authorities.verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.authorities.supported_verify_schemes()
    }
}
