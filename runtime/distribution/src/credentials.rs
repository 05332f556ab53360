//! Who somebody is at a registry.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use caisson_types::Secret;
use oci_client::secrets::RegistryAuth;
use serde::Deserialize;

/// A user of a registry.
#[derive(Clone, Debug)]
pub struct Credentials {
    pub username: String,
    pub password: Secret<String>,
}

/// A file of credentials that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("the credentials in {path} cannot be read ({reason}); say --username instead", path = path.display())]
pub struct CredentialsError {
    path: PathBuf,
    reason: String,
}

/// `config.json` of Docker and Podman, as far as it holds credentials itself.
#[derive(Deserialize)]
struct Config {
    #[serde(default)]
    auths: BTreeMap<String, Entry>,
}

#[derive(Deserialize)]
struct Entry {
    /// `user:password` in base64; missing where a helper has it.
    auth: Option<Secret<String>>,
}

impl Credentials {
    /// What `docker login` left in `folder` for a registry.
    ///
    /// # Errors
    /// Where the file is there and cannot be read.
    pub fn of_docker(folder: &Path, registry: &str) -> Result<Option<Self>, CredentialsError> {
        let path = folder.join("config.json");
        let wrong = |reason: String| CredentialsError { path: path.clone(), reason };
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => Secret::new(text),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(wrong(error.to_string())),
        };
        let config: Config = serde_json::from_str(text.expose()).map_err(|error| wrong(error.to_string()))?;
        let names = [registry.to_owned(), format!("https://{registry}"), format!("https://{registry}/v1/")];
        let found = names.iter().find_map(|name| config.auths.get(name)?.auth.as_ref());
        found
            .map(|auth| Self::decode(auth).ok_or_else(|| wrong(format!("the entry of {registry}"))))
            .transpose()
    }

    fn decode(auth: &Secret<String>) -> Option<Self> {
        let pair = Secret::new(BASE64_STANDARD.decode(auth.expose()).ok()?);
        let (username, password) = std::str::from_utf8(pair.expose()).ok()?.split_once(':')?;
        Some(Self { username: username.to_owned(), password: Secret::new(password.to_owned()) })
    }

    /// As a header has them.
    pub(crate) fn basic(&self) -> Secret<String> {
        let pair = Secret::new(format!("{}:{}", self.username, self.password.expose()));
        Secret::new(format!("Basic {}", BASE64_STANDARD.encode(pair.expose())))
    }

    pub(crate) fn for_registry(credentials: Option<&Self>) -> RegistryAuth {
        credentials.map_or(RegistryAuth::Anonymous, |known| {
            RegistryAuth::Basic(known.username.clone(), known.password.expose().clone())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_docker_keeps_is_found_by_its_registry() {
        let dir = tempfile::tempdir().unwrap();
        assert!(Credentials::of_docker(dir.path(), "ghcr.io").unwrap().is_none());
        let file = dir.path().join("config.json");
        let text = r#"{ "auths": { "ghcr.io": { "auth": "YWxpY2U6YTpi" }, "helped.io": {}, "broken.io": { "auth": "!" } }, "credsStore": "x" }"#;
        std::fs::write(&file, text).unwrap();
        let found = Credentials::of_docker(dir.path(), "ghcr.io").unwrap().unwrap();
        assert_eq!((found.username.as_str(), found.password.expose().as_str()), ("alice", "a:b"));
        assert_eq!(found.basic().expose(), "Basic YWxpY2U6YTpi");
        assert!(!format!("{found:?}").contains("a:b"));
        for nothing in ["helped.io", "other.io"] {
            assert!(Credentials::of_docker(dir.path(), nothing).unwrap().is_none());
        }
        let refused = Credentials::of_docker(dir.path(), "broken.io").unwrap_err().to_string();
        assert!(refused.contains("the entry of broken.io") && refused.contains("--username"), "{refused}");
        std::fs::write(&file, "{").unwrap();
        assert!(Credentials::of_docker(dir.path(), "ghcr.io").is_err());
    }
}
