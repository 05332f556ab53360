//! What a module is in a registry: one manifest, the archive, and its signature where it has one.

/// What the whole is.
pub const ARTIFACT_TYPE: &str = "application/vnd.caisson.module.v1";
/// The layer that is the `.caisson` file: a tar archive in a zstd frame.
pub const PACKAGE_TYPE: &str = "application/vnd.caisson.package.v1.tar+zstd";
/// The layer that is the `.minisig` file.
pub const SIGNATURE_TYPE: &str = "application/vnd.caisson.signature.v1+minisig";
/// The configuration that an artifact without one has.
pub(crate) const EMPTY_TYPE: &str = "application/vnd.oci.empty.v1+json";
pub(crate) const EMPTY: &[u8] = b"{}";
/// Bytes of a manifest that are read.
pub(crate) const MAX_MANIFEST_BYTES: u64 = 1 << 20;
