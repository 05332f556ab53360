//! How the other side proves who it is: by the system's authorities and the operator's own. A guest has no say in it.

use std::sync::Arc;

use rustls::ClientConfig;
use rustls::pki_types::CertificateDer;
use rustls_platform_verifier::Verifier;

use super::error::EgressError;

pub(super) fn config(extra_roots: &[CertificateDer<'static>]) -> Result<ClientConfig, EgressError> {
    let unreadable =
        |error: rustls::Error| EgressError::Tls(format!("the system's certificates cannot be read: {error}"));
    let builder = ClientConfig::builder();
    let provider = Arc::clone(builder.crypto_provider());
    let verifier =
        Verifier::new_with_extra_roots(extra_roots.iter().cloned(), provider).map_err(unreadable)?;
    Ok(builder.dangerous().with_custom_certificate_verifier(Arc::new(verifier)).with_no_client_auth())
}
