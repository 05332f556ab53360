//! Where a package comes from, as people write it.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use oci_client::Reference;
use sha2::{Digest as _, Sha256};
use url::{Host, Url};

/// A place in the network that has a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// `https://…/x.caisson`. What a server sends under an address may change, so that its digest has to be known.
    Address { url: Url, digest: Digest },
    /// `oci://registry/repository:tag`, or `@sha256:…` for one that cannot change.
    Registry { at: Artifact, digest: Option<Digest> },
}

/// An artifact in a registry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Artifact(Reference);

/// The SHA-256 of a package, or of a part of an artifact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Digest(String);

/// Text that names no source. Each message says what to write instead.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SourceError {
    #[error(
        "'{0}' is no place that packages come from; write https://…/module.caisson or oci://registry/repository:tag"
    )]
    Scheme(String),
    #[error("{0} would be fetched without TLS, which is done on this machine alone; write https://")]
    Plain(String),
    #[error("'{text}' cannot be read as an address: {reason}")]
    Address { text: String, reason: String },
    #[error(
        "'{text}' is no artifact in a registry ({reason}); write oci://registry.example.com/modules/name:1.0.0"
    )]
    Artifact { text: String, reason: String },
    #[error(
        "an address needs the package's digest, sha256: and 64 hexadecimal digits, as its publisher tells it"
    )]
    NoDigest,
    #[error("'{0}' is no digest; write sha256: and 64 hexadecimal digits, as `sha256sum` prints them")]
    Digest(String),
}

impl SourceError {
    /// The input of a form that it is about.
    #[must_use]
    pub fn field(&self) -> &'static str {
        match self {
            Self::NoDigest | Self::Digest(_) => "digest",
            _ => "address",
        }
    }
}

impl Source {
    /// Whether `text` is meant as a place in the network, and not as a file.
    #[must_use]
    pub fn is_meant(text: &str) -> bool {
        text.contains("://")
    }

    /// Reads what somebody wrote, with the digest that he wrote beside it.
    ///
    /// # Errors
    /// What is wrong with it, or missing.
    pub fn parse(text: &str, digest: Option<&str>) -> Result<Self, SourceError> {
        let digest = digest.map(str::parse).transpose()?;
        if text.starts_with("oci://") {
            return Ok(Self::Registry { at: text.parse()?, digest });
        }
        let wrong = |reason: String| SourceError::Address { text: text.to_owned(), reason };
        if !text.starts_with("https://") && !text.starts_with("http://") {
            return Err(SourceError::Scheme(text.to_owned()));
        }
        let mut url = Url::parse(text).map_err(|error| wrong(error.to_string()))?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(wrong("it carries a user name or a password".to_owned()));
        }
        if url.scheme() == "http" && !is_this_machine(&url) {
            return Err(SourceError::Plain(text.to_owned()));
        }
        url.set_fragment(None);
        Ok(Self::Address { url, digest: digest.ok_or(SourceError::NoDigest)? })
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address { url, .. } => url.fmt(f),
            Self::Registry { at, .. } => at.fmt(f),
        }
    }
}

/// Whether a URL leads to this machine, where nobody listens in between.
pub(crate) fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => IpAddr::V4(address).is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::V6(address).is_loopback(),
        None => false,
    }
}

impl Artifact {
    pub(crate) fn reference(&self) -> &Reference {
        &self.0
    }

    /// Host, and port where it has one.
    #[must_use]
    pub fn registry(&self) -> &str {
        self.0.resolve_registry()
    }

    #[must_use]
    pub fn repository(&self) -> &str {
        self.0.repository()
    }

    /// Whether a tag or a digest was written, and not only a repository.
    #[must_use]
    pub fn has_version(text: &str) -> bool {
        let last = text.rsplit('/').next().unwrap_or_default();
        last.contains([':', '@'])
    }

    #[must_use]
    pub fn with_tag(&self, tag: &str) -> Self {
        Self(Reference::with_tag(
            self.0.registry().to_owned(),
            self.0.repository().to_owned(),
            tag.to_owned(),
        ))
    }

    /// The same artifact by what it is, whatever its tag comes to mean.
    #[must_use]
    pub fn with_digest(&self, digest: &Digest) -> Self {
        let (registry, repository) = (self.0.registry().to_owned(), self.0.repository().to_owned());
        Self(Reference::with_digest(registry, repository, digest.0.clone()))
    }

    /// Of the registry's API: plain on this machine, TLS everywhere else.
    pub(crate) fn base(&self) -> Result<Url, SourceError> {
        let registry = self.registry();
        let parse = |scheme: &str| {
            Url::parse(&format!("{scheme}://{registry}/v2/"))
                .map_err(|error| SourceError::Artifact { text: self.to_string(), reason: error.to_string() })
        };
        let secure = parse("https")?;
        if is_this_machine(&secure) { parse("http") } else { Ok(secure) }
    }
}

impl FromStr for Artifact {
    type Err = SourceError;

    fn from_str(text: &str) -> Result<Self, SourceError> {
        let wrong = |reason: &str| SourceError::Artifact { text: text.to_owned(), reason: reason.to_owned() };
        let rest = text.strip_prefix("oci://").ok_or_else(|| wrong("it does not begin with oci://"))?;
        // Without a host some registry of somebody's would be meant.
        let (host, repository) = rest.split_once('/').ok_or_else(|| wrong("it names no repository"))?;
        if !(host.contains(['.', ':']) || host == "localhost") {
            return Err(wrong("it begins with no host"));
        }
        if repository.is_empty() {
            return Err(wrong("it names no repository"));
        }
        let artifact = Self(rest.parse().map_err(|error: oci_client::ParseError| wrong(&error.to_string()))?);
        artifact.base()?;
        match artifact.0.digest() {
            Some(digest) => digest.parse::<Digest>().map(|_| artifact.clone()),
            None => Ok(artifact),
        }
    }
}

impl fmt::Display for Artifact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "oci://{}", self.0.whole())
    }
}

impl Digest {
    /// Of bytes at hand.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(format!("sha256:{}", hex::encode(Sha256::digest(bytes))))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Digest {
    type Err = SourceError;

    fn from_str(text: &str) -> Result<Self, SourceError> {
        let digits = text.trim().strip_prefix("sha256:").unwrap_or_default();
        if digits.len() == 64 && digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            Ok(Self(format!("sha256:{}", digits.to_ascii_lowercase())))
        } else {
            Err(SourceError::Digest(text.to_owned()))
        }
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIGEST: &str = "sha256:00000000000000000000000000000000000000000000000000000000000000ff";

    #[test]
    fn sources_are_read() {
        let address = Source::parse("https://example.com/a.caisson#x", Some(DIGEST)).unwrap();
        assert_eq!(address.to_string(), "https://example.com/a.caisson");
        assert!(Source::parse("http://127.0.0.1:8080/a.caisson", Some(DIGEST)).is_ok());
        for (text, base, repository) in [
            ("oci://ghcr.io/example/powerdns:1.0.0", "https://ghcr.io/v2/", "example/powerdns"),
            ("oci://127.0.0.1:5000/a/b", "http://127.0.0.1:5000/v2/", "a/b"),
            ("oci://localhost/a:b", "http://localhost/v2/", "a"),
        ] {
            let Source::Registry { at, digest: None } = Source::parse(text, None).unwrap() else {
                panic!("{text}")
            };
            assert_eq!((at.base().unwrap().as_str(), at.repository()), (base, repository));
        }
        let fixed = format!("oci://ghcr.io/example/powerdns@{DIGEST}");
        let Source::Registry { at, .. } = Source::parse(&fixed, None).unwrap() else { panic!("{fixed}") };
        assert_eq!((at.to_string(), at.reference().digest()), (fixed.clone(), Some(DIGEST)));
        assert!(Artifact::has_version(&fixed) && !Artifact::has_version("oci://127.0.0.1:5000/a/b"));
        assert_eq!(at.with_tag("2").to_string(), "oci://ghcr.io/example/powerdns:2");
    }

    #[test]
    fn what_is_no_source_is_told_what_to_write() {
        let short = "sha256:ff";
        let cases = [
            ("ftp://example.com/a.caisson", Some(DIGEST), "https://…/module.caisson or oci://"),
            ("file:///etc/passwd", Some(DIGEST), "is no place that packages come from"),
            ("http://example.com/a.caisson", Some(DIGEST), "without TLS"),
            ("http://127.0.0.1.example.com/a", Some(DIGEST), "without TLS"),
            ("https://user:word@example.com/a", Some(DIGEST), "user name or a password"),
            ("https:///", Some(DIGEST), "cannot be read as an address"),
            ("https://example.com/a.caisson", None, "needs the package's digest"),
            ("https://example.com/a.caisson", Some(short), "'sha256:ff' is no digest"),
            ("oci://powerdns:1.0.0", None, "it names no repository"),
            ("oci://example/powerdns", None, "it begins with no host"),
            ("oci://ghcr.io/", None, "it names no repository"),
            ("oci://ghcr.io/Example/Powerdns", None, "is no artifact in a registry"),
            ("oci://ghcr.io/a/b@sha256:ff", None, "a/b"),
        ];
        for (text, digest, expected) in cases {
            let message = Source::parse(text, digest).unwrap_err().to_string();
            assert!(message.contains(expected) && !message.contains('\n'), "{text}: {message}");
        }
    }
}
