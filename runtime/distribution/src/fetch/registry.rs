//! Pulling from a registry. `oci-client`, which pushes, reads answers of any length and from any address; here both are bounded.

use caisson_capabilities::http::egress::Response;
use caisson_package::archive::MAX_ARCHIVE_BYTES;
use caisson_package::signature::MAX_SIGNATURE_BYTES;
use caisson_types::Secret;
use http_auth::{ChallengeRef, parse_challenges};
use oci_client::manifest::{OCI_IMAGE_MEDIA_TYPE, OciDescriptor, OciImageManifest};
use serde::Deserialize;
use url::Url;

use super::{FetchError, Fetched, matches};
use crate::artifact::{ARTIFACT_TYPE, MAX_MANIFEST_BYTES, PACKAGE_TYPE, SIGNATURE_TYPE};
use crate::credentials::Credentials;
use crate::source::{Artifact, Digest, is_this_machine};
use crate::wire::{Ask, Wire};

const MAX_TOKEN_BYTES: u64 = 64 << 10;

/// One repository of a registry, and what lets us read it.
struct Repository<'a> {
    wire: &'a Wire<'a>,
    at: &'a Artifact,
    base: Url,
    credentials: Option<&'a Credentials>,
    authorization: Option<Secret<String>>,
}

/// What a registry's own issuer answers.
#[derive(Deserialize)]
struct Token {
    token: Option<Secret<String>>,
    /// The same, as OAuth calls it; many answer with both.
    access_token: Option<Secret<String>>,
}

pub(super) async fn pull(
    wire: &Wire<'_>,
    at: &Artifact,
    digest: Option<&Digest>,
    credentials: Option<&Credentials>,
) -> Result<Fetched, FetchError> {
    let base = at.base()?;
    let mut repository = Repository { wire, at, base, credentials, authorization: None };
    let reference = at.reference();
    let version = reference.digest().or(reference.tag()).unwrap_or("latest");
    let answer = repository.get("manifests", version, OCI_IMAGE_MEDIA_TYPE, MAX_MANIFEST_BYTES).await?;
    if let Some(digest) = reference.digest() {
        matches(&answer.body, &digest.parse()?, &at.to_string())?;
    }
    let is_not = |reason: String| FetchError::NotAModule { at: at.to_string(), reason };
    let manifest: OciImageManifest = serde_json::from_slice(&answer.body)
        .map_err(|error| is_not(format!("its manifest cannot be read: {error}")))?;
    if let Some(kind) = manifest.artifact_type.as_deref().filter(|kind| *kind != ARTIFACT_TYPE) {
        return Err(is_not(format!("it is of type {kind}, and a module of {ARTIFACT_TYPE}")));
    }
    let layers =
        |kind: &str| manifest.layers.iter().filter(|layer| layer.media_type == kind).collect::<Vec<_>>();
    let [package] = layers(PACKAGE_TYPE)[..] else {
        return Err(is_not(format!("it has not exactly one layer of type {PACKAGE_TYPE}")));
    };
    if let Some(expected) = digest.filter(|expected| expected.as_str() != package.digest) {
        let found = package.digest.parse()?;
        return Err(FetchError::OtherBytes { from: at.to_string(), expected: expected.clone(), found });
    }
    let package = repository.layer(package, MAX_ARCHIVE_BYTES).await?;
    let signature = match layers(SIGNATURE_TYPE)[..] {
        [] => None,
        [signature] => Some(repository.layer(signature, MAX_SIGNATURE_BYTES).await?),
        _ => return Err(is_not("it has several signatures".to_owned())),
    };
    let signature = signature.map(String::from_utf8).transpose();
    Ok(Fetched { package, signature: signature.map_err(|_| FetchError::Signature(at.to_string()))? })
}

impl Repository<'_> {
    async fn layer(&mut self, layer: &OciDescriptor, max: usize) -> Result<Vec<u8>, FetchError> {
        let digest: Digest = layer.digest.parse()?;
        if usize::try_from(layer.size).map_or(true, |size| size > max) {
            return Err(FetchError::TooLarge { from: self.at.to_string(), max: max as u64 });
        }
        let answer = self.get("blobs", digest.as_str(), "*/*", max as u64).await?;
        matches(&answer.body, &digest, &self.at.to_string())?;
        Ok(answer.body.to_vec())
    }

    /// Asks, and once more with what the registry wants to see first.
    async fn get(
        &mut self,
        kind: &str,
        name: &str,
        accept: &str,
        max_bytes: u64,
    ) -> Result<Response, FetchError> {
        let path = format!("{}/{kind}/{name}", self.at.repository());
        let url = self.base.join(&path).map_err(|_| FetchError::NotThere(self.at.to_string()))?;
        let mut answer = self.ask(&url, accept, max_bytes).await?;
        if answer.status == 401 && self.authorization.is_none() {
            self.authorization = Some(self.authorize(&answer).await?);
            answer = self.ask(&url, accept, max_bytes).await?;
        }
        match answer.status {
            200 => Ok(answer),
            401 | 403 => Err(self.unauthorized()),
            404 => Err(FetchError::NotThere(self.at.to_string())),
            status => Err(FetchError::Status { from: self.at.to_string(), status }),
        }
    }

    async fn ask(&self, url: &Url, accept: &str, max_bytes: u64) -> Result<Response, FetchError> {
        let authorization = self.authorization.as_ref();
        self.wire.get(Ask { url: url.clone(), accept, authorization, max_bytes }).await
    }

    /// What the registry asks for: a password, or a token of its issuer, which may do without one.
    async fn authorize(&self, refusal: &Response) -> Result<Secret<String>, FetchError> {
        let header = refusal.headers.iter().find(|(name, _)| name == "www-authenticate");
        let header = header.map_or("", |(_, header)| header);
        let challenges = parse_challenges(header).map_err(|_| self.unauthorized())?;
        let of = |scheme: &str| challenges.iter().find(|one| one.scheme.eq_ignore_ascii_case(scheme));
        match (of("Bearer"), self.credentials) {
            (Some(challenge), credentials) => self.token(challenge, credentials).await,
            (None, Some(credentials)) if of("Basic").is_some() => Ok(credentials.basic()),
            _ => Err(self.unauthorized()),
        }
    }

    async fn token(
        &self,
        challenge: &ChallengeRef<'_>,
        credentials: Option<&Credentials>,
    ) -> Result<Secret<String>, FetchError> {
        let value = |name: &str| {
            let found = challenge.params.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
            found.map(|(_, value)| value.to_unescaped())
        };
        let realm = value("realm").and_then(|realm| Url::parse(&realm).ok());
        let mut url = realm.ok_or_else(|| self.unauthorized())?;
        if url.scheme() != "https" && !is_this_machine(&url) {
            return Err(FetchError::Downgrade(self.at.registry().to_owned()));
        }
        let scope = format!("repository:{}:pull", self.at.repository());
        url.query_pairs_mut().append_pair("scope", &scope);
        if let Some(service) = value("service") {
            url.query_pairs_mut().append_pair("service", &service);
        }
        let basic = credentials.map(Credentials::basic);
        let ask = Ask {
            url,
            accept: "application/json",
            authorization: basic.as_ref(),
            max_bytes: MAX_TOKEN_BYTES,
        };
        let answer = self.wire.get(ask).await?;
        let token: Option<Token> = serde_json::from_slice(&answer.body).ok().filter(|_| answer.status == 200);
        let token = token.and_then(|answer| answer.token.or(answer.access_token));
        let token = token.ok_or_else(|| self.unauthorized())?;
        Ok(Secret::new(format!("Bearer {}", token.expose())))
    }

    fn unauthorized(&self) -> FetchError {
        FetchError::Unauthorized {
            registry: self.at.registry().to_owned(),
            repository: self.at.repository().to_owned(),
            who: self.credentials.map_or_else(|| "strangers".to_owned(), |known| known.username.clone()),
        }
    }
}
