//! A package goes to a registry, as an artifact that says what it is.

use std::collections::BTreeMap;
use std::time::Duration;

use caisson_package::archive::Package;
use oci_client::annotations as names;
use oci_client::client::{Client, ClientConfig, ClientProtocol};
use oci_client::errors::{OciDistributionError, OciErrorCode};
use oci_client::manifest::{OCI_IMAGE_MEDIA_TYPE, OciDescriptor, OciImageManifest};

use crate::artifact::{ARTIFACT_TYPE, EMPTY, EMPTY_TYPE, PACKAGE_TYPE, SIGNATURE_TYPE};
use crate::credentials::Credentials;
use crate::source::{Artifact, Digest, SourceError};

const CONNECT: Duration = Duration::from_secs(10);
const SILENCE: Duration = Duration::from_secs(60);

/// What is pushed.
pub struct Parcel<'a> {
    pub package: &'a Package,
    /// The `.caisson` file.
    pub bytes: Vec<u8>,
    /// The text of its `.minisig` file.
    pub signature: Option<String>,
    /// A tag that holds something else is moved here.
    pub replace: bool,
}

/// What was pushed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    pub at: Artifact,
    /// Of the artifact: names it for good, as `oci://…@<digest>`.
    pub manifest: Digest,
    /// It was there already, byte for byte.
    pub already: bool,
}

/// Why a package was not published. Each message is for its author.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    #[error(transparent)]
    Source(#[from] SourceError),
    #[error("{0} names a digest; what is published gets its own: name a tag, or the repository alone")]
    ByDigest(String),
    #[error(
        "{at} holds another artifact already ({digest}); publish a new version, or move the tag with --replace"
    )]
    Taken { at: String, digest: String },
    #[error(
        "the registry {0} does not take this from you; say --username and set CAISSON_REGISTRY_PASSWORD, or use 'docker login'"
    )]
    Unauthorized(String),
    #[error("the registry {registry} could not be reached: {reason}")]
    Unreachable { registry: String, reason: String },
    #[error("the registry {registry} refused the package: {reason}")]
    Refused { registry: String, reason: String },
}

/// Pushes a package under a tag.
///
/// # Errors
/// Why the registry did not take it, or that the tag is taken.
pub async fn publish(
    at: &Artifact,
    parcel: Parcel<'_>,
    credentials: Option<&Credentials>,
) -> Result<Published, PublishError> {
    if at.reference().digest().is_some() {
        return Err(PublishError::ByDigest(at.to_string()));
    }
    let failed = |error| PublishError::of_client(error, at.registry());
    let client = client(at)?;
    let reference = at.reference();
    let auth = Credentials::for_registry(credentials);
    let manifest = manifest(&parcel);
    // Strings and numbers alone: nothing of it can fail. The same package is the same artifact, wherever it is pushed from.
    let text = serde_json::to_vec(&manifest).unwrap_or_default();
    let digest = Digest::of(&text);
    match client.fetch_manifest_digest(reference, &auth).await {
        Ok(there) if there == digest.as_str() => {
            return Ok(Published { at: at.clone(), manifest: digest, already: true });
        }
        Ok(there) if !parcel.replace => {
            return Err(PublishError::Taken { at: at.to_string(), digest: there });
        }
        Ok(_) => {}
        Err(error) if is_missing(&error) => {}
        Err(error) => return Err(failed(error)),
    }
    let layers = [Some(parcel.bytes), parcel.signature.map(String::into_bytes), Some(EMPTY.to_vec())];
    for bytes in layers.into_iter().flatten() {
        let digest = Digest::of(&bytes);
        client.push_blob(reference, bytes, digest.as_str()).await.map_err(failed)?;
    }
    let kind = http::HeaderValue::from_static(OCI_IMAGE_MEDIA_TYPE);
    client.push_manifest_raw(reference, text, kind).await.map_err(failed)?;
    Ok(Published { at: at.clone(), manifest: digest, already: false })
}

fn client(at: &Artifact) -> Result<Client, PublishError> {
    let protocol = if at.base()?.scheme() == "http" { ClientProtocol::Http } else { ClientProtocol::Https };
    let config = ClientConfig {
        protocol,
        connect_timeout: Some(CONNECT),
        read_timeout: Some(SILENCE),
        user_agent: concat!("Caisson/", env!("CARGO_PKG_VERSION")),
        ..ClientConfig::default()
    };
    Client::try_from(config).map_err(|error| PublishError::of_client(error, at.registry()))
}

fn manifest(parcel: &Parcel<'_>) -> OciImageManifest {
    let about = &parcel.package.manifest.module;
    let file = format!("{}-{}.caisson", about.name, about.version);
    let mut layers = vec![descriptor(PACKAGE_TYPE, &parcel.bytes, Some(file.clone()))];
    if let Some(signature) = &parcel.signature {
        layers.push(descriptor(SIGNATURE_TYPE, signature.as_bytes(), Some(format!("{file}.minisig"))));
    }
    let mut annotations = BTreeMap::from([
        (names::ORG_OPENCONTAINERS_IMAGE_TITLE.to_owned(), about.title.clone()),
        (names::ORG_OPENCONTAINERS_IMAGE_VERSION.to_owned(), about.version.to_string()),
        (names::ORG_OPENCONTAINERS_IMAGE_DESCRIPTION.to_owned(), about.description.clone()),
        (names::ORG_OPENCONTAINERS_IMAGE_AUTHORS.to_owned(), about.author.clone()),
    ]);
    let website = about.website.clone();
    annotations.extend(website.map(|url| (names::ORG_OPENCONTAINERS_IMAGE_URL.to_owned(), url)));
    OciImageManifest {
        schema_version: 2,
        media_type: Some(OCI_IMAGE_MEDIA_TYPE.to_owned()),
        artifact_type: Some(ARTIFACT_TYPE.to_owned()),
        config: descriptor(EMPTY_TYPE, EMPTY, None),
        layers,
        subject: None,
        annotations: Some(annotations),
    }
}

/// `file` is what tools that know nothing of modules call it when they pull.
fn descriptor(kind: &str, bytes: &[u8], file: Option<String>) -> OciDescriptor {
    let title = |file| BTreeMap::from([(names::ORG_OPENCONTAINERS_IMAGE_TITLE.to_owned(), file)]);
    OciDescriptor {
        media_type: kind.to_owned(),
        digest: Digest::of(bytes).as_str().to_owned(),
        size: i64::try_from(bytes.len()).unwrap_or(i64::MAX),
        annotations: file.map(title),
        ..OciDescriptor::default()
    }
}

/// Nothing has this tag yet, or not even the repository is there.
fn is_missing(error: &OciDistributionError) -> bool {
    match error {
        OciDistributionError::ImageManifestNotFoundError(_) => true,
        OciDistributionError::ServerError { code, .. } => *code == 404,
        OciDistributionError::RegistryError { envelope, .. } => envelope.errors.iter().any(|error| {
            matches!(
                error.code,
                OciErrorCode::ManifestUnknown | OciErrorCode::NameUnknown | OciErrorCode::NotFound
            )
        }),
        _ => false,
    }
}

/// What went wrong at the bottom: what stands above names the layers of a client.
fn innermost<'e>(error: &'e (dyn std::error::Error + 'static)) -> &'e dyn std::error::Error {
    std::iter::successors(Some(error), |error| error.source()).last().unwrap_or(error)
}

impl PublishError {
    fn of_client(error: OciDistributionError, registry: &str) -> Self {
        use OciDistributionError as E;
        let registry = registry.to_owned();
        match error {
            E::UnauthorizedError { .. } | E::AuthenticationFailure(_) => Self::Unauthorized(registry),
            E::RegistryError { envelope, .. }
                if envelope
                    .errors
                    .iter()
                    .any(|error| matches!(error.code, OciErrorCode::Unauthorized | OciErrorCode::Denied)) =>
            {
                Self::Unauthorized(registry)
            }
            E::RegistryError { envelope, .. } => {
                let words = envelope.errors.iter().map(|error| error.message.as_str()).collect::<Vec<_>>();
                Self::Refused { registry, reason: words.join("; ") }
            }
            E::RequestError(error) => Self::Unreachable { registry, reason: innermost(&error).to_string() },
            E::ServerError { code, .. } => {
                Self::Refused { registry, reason: format!("it answered with status {code}") }
            }
            other => Self::Refused { registry, reason: other.to_string() },
        }
    }
}
