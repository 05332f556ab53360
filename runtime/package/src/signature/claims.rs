//! What a signature's trusted comment says of the package it is for.

use std::fmt;

use super::error::SignatureError;
use crate::Package;

/// `module=<type>/<name> version=<version> digest=<SHA-256>`. The signature covers the archive's bytes by itself; the words are
/// there for whoever reads a signature without its package, and what they say must be true.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claims {
    module: String,
    version: String,
    digest: String,
}

impl Claims {
    /// What is true of a package.
    #[must_use]
    pub fn of(package: &Package) -> Self {
        Self {
            module: package.manifest.key().to_string(),
            version: package.manifest.module.version.to_string(),
            digest: package.digest.clone(),
        }
    }

    /// Whether a comment says just that. Other words may stand beside, such as minisign's own `timestamp:…`.
    ///
    /// # Errors
    /// What it says instead.
    pub(super) fn check(&self, comment: &str) -> Result<(), SignatureError> {
        for (name, actual) in [("module", &self.module), ("version", &self.version), ("digest", &self.digest)]
        {
            let mut said = comment
                .split_whitespace()
                .filter_map(|word| word.split_once('='))
                .filter_map(|(key, value)| (key == name).then_some(value));
            match (said.next(), said.next()) {
                (Some(said), None) if said == actual => {}
                (Some(said), None) => {
                    return Err(SignatureError::OtherPackage {
                        name,
                        said: said.to_owned(),
                        actual: actual.clone(),
                    });
                }
                _ => return Err(SignatureError::NoClaims { name, wanted: self.to_string() }),
            }
        }
        Ok(())
    }
}

impl fmt::Display for Claims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "module={} version={} digest={}", self.module, self.version, self.digest)
    }
}
