//! Identifiers. Each kind has its own type, so that a client's id cannot be passed for a service's.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// A new id, ordered by time (UUID version 7).
            #[must_use]
            pub fn new() -> Self {
                Self(Uuid::now_v7())
            }
        }

        impl Default for $name {
            fn default() -> Self {
                Self::new()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = ParseIdError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self).map_err(|_| ParseIdError(text.to_owned()))
            }
        }
    )+};
}

/// Text that is no UUID.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is not an id, which looks like 0198c6f2-3a50-7f1e-9c1d-2b6f0a4d7e13")]
pub struct ParseIdError(String);

ids! {
    /// An administrator of the panel.
    AdminId,
    /// An API token of an administrator.
    TokenId,
    /// One entry into a guest.
    CallId,
    /// A customer.
    ClientId,
    /// A publisher of packages that the panel trusts.
    PublisherId,
    /// An installed version of a module.
    VersionId,
    /// A thing that can be ordered.
    ProductId,
    /// What a client ordered.
    ServiceId,
    /// A queued call.
    TaskId,
    /// What a client owes.
    InvoiceId,
}

/// What a module is called everywhere: `product/powerdns`. Unique in a panel; names its tables, cache and secrets.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ModuleKey {
    kind: crate::ModuleType,
    name: Slug,
}

impl ModuleKey {
    #[must_use]
    pub fn new(kind: crate::ModuleType, name: Slug) -> Self {
        Self { kind, name }
    }

    #[must_use]
    pub fn kind(&self) -> crate::ModuleType {
        self.kind
    }

    #[must_use]
    pub fn name(&self) -> &Slug {
        &self.name
    }
}

impl fmt::Display for ModuleKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.kind, self.name)
    }
}

impl FromStr for ModuleKey {
    type Err = ParseKeyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (kind, name) = text.split_once('/').ok_or_else(|| ParseKeyError(text.to_owned()))?;
        let kind = kind.parse().map_err(|_| ParseKeyError(text.to_owned()))?;
        let name = name.parse().map_err(|_| ParseKeyError(text.to_owned()))?;
        Ok(Self { kind, name })
    }
}

impl TryFrom<String> for ModuleKey {
    type Error = ParseKeyError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<ModuleKey> for String {
    fn from(key: ModuleKey) -> Self {
        key.to_string()
    }
}

/// Text that is not `<type>/<name>`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is not a module: write its type and name, such as product/powerdns")]
pub struct ParseKeyError(String);

/// Lower-case letters, digits and single hyphens, 1 to 64 characters, beginning with a letter: safe in a URL, a file name and
/// an SQL identifier.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(extend("pattern" = "^[a-z][a-z0-9]*(-[a-z0-9]+)*$", "maxLength" = 64)))]
#[serde(try_from = "String", into = "String")]
pub struct Slug(String);

impl Slug {
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Slug {
    type Err = ParseSlugError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let well_formed = (1..=64).contains(&text.len())
            && text.starts_with(|c: char| c.is_ascii_lowercase())
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            && !text.ends_with('-')
            && !text.contains("--");
        if well_formed { Ok(Self(text.to_owned())) } else { Err(ParseSlugError(text.to_owned())) }
    }
}

impl TryFrom<String> for Slug {
    type Error = ParseSlugError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Slug> for String {
    fn from(slug: Slug) -> Self {
        slug.0
    }
}

/// Text that is not a slug.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' must be 1 to 64 lower-case letters, digits and single hyphens, beginning with a letter")]
pub struct ParseSlugError(String);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_are_safe_everywhere() {
        for good in ["a", "powerdns", "cloud-service", "s3"] {
            assert!(good.parse::<Slug>().is_ok(), "{good}");
        }
        for bad in ["", "-a", "a-", "a--b", "A", "1a", "a_b", "a/b", "ä", &"a".repeat(65)] {
            assert!(bad.parse::<Slug>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_module_key_reads_back_as_written() {
        let key: ModuleKey = "product/powerdns".parse().unwrap();
        assert_eq!(key.to_string(), "product/powerdns");
        assert!("powerdns".parse::<ModuleKey>().is_err());
        assert!("gadget/powerdns".parse::<ModuleKey>().is_err());
    }
}
