//! Packages on their way from authors to panels: pushed to a registry of artifacts, fetched from there or from an address.
//!
//! What is fetched is not trusted for where it came from: bytes are held against their digest here, and everything else is judged where
//! a package is installed. A panel fetches through the egress of its modules, so that what somebody typed into a form leads to a
//! private network only where the operator opened it.

mod artifact;
mod credentials;
mod fetch;
mod publish;
mod source;
mod wire;

pub use artifact::{ARTIFACT_TYPE, PACKAGE_TYPE, SIGNATURE_TYPE};
pub use credentials::{Credentials, CredentialsError};
pub use fetch::{FetchError, Fetched, fetch};
pub use publish::{Parcel, PublishError, Published, publish};
pub use source::{Artifact, Digest, Source, SourceError};
