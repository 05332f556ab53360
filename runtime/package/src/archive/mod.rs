//! The package format: one `.caisson` file, a zstd-compressed tar archive that is the same bytes for the same input.
//!
//! [`write()`] makes one from a module's folder, [`read()`] takes one apart. Reading trusts nothing: it works in memory, so no
//! name in an archive ever becomes a path on disk; it streams, so a bomb is cut off at a cap instead of being unpacked;
//! and it knows the few places a file may stand, so what it does not know is refused rather than carried along.

mod error;
mod layout;
mod read;
mod tape;
mod write;

use std::collections::BTreeMap;

use caisson_types::Manifest;

pub use error::{ArchiveError, PackError};
pub use read::read;
pub use write::{Extras, write};

/// Bytes of a whole `.caisson` file.
pub const MAX_ARCHIVE_BYTES: usize = 40 << 20;
/// Bytes that an archive may unpack to, tar headers and padding included.
pub const MAX_UNPACKED_BYTES: u64 = 64 << 20;
/// Files in one package.
pub const MAX_FILES: usize = 2_000;
/// Bytes of `component.wasm`.
pub const MAX_COMPONENT_BYTES: usize = 32 << 20;
/// Bytes of one template, one strings file, one scenario, the readme or the licence.
pub const MAX_TEXT_BYTES: usize = 256 << 10;
/// Bytes of the list of parts.
pub const MAX_SBOM_BYTES: usize = 1 << 20;
/// Bytes of one asset.
pub const MAX_ASSET_BYTES: usize = 2 << 20;

/// Level of the zstd frame. Fixed, because it decides the archive's bytes; 12 packs an 18 MB component in about a second.
const ZSTD_LEVEL: i32 = 12;
/// Largest window that a frame may ask memory for: 8 MiB, what every zstd decoder is told to support.
const MAX_WINDOW_LOG: u32 = 23;

/// A package, read and held in memory.
#[derive(Clone, Debug)]
pub struct Package {
    /// SHA-256 of the archive, in hexadecimal: the package's identity.
    pub digest: String,
    pub manifest: Manifest,
    /// `module.toml` as it was written.
    pub manifest_text: String,
    /// `component.wasm`. Nothing has been checked about it but its size.
    pub component: Vec<u8>,
    /// Template sources by their path below `views/`, without `.html`.
    pub templates: BTreeMap<String, String>,
    /// Images and fonts by their path below `views/assets/`.
    pub assets: BTreeMap<String, Vec<u8>>,
    /// Scripts and styles of frames, by their name below `views/frames/`.
    pub frames: BTreeMap<String, String>,
    /// Fluent sources by locale.
    pub strings: BTreeMap<String, String>,
    /// Scenarios, and what was recorded for them, by their path below `tests/`.
    pub scenarios: BTreeMap<String, String>,
    pub readme: Option<String>,
    /// The list of parts, as [`Sbom`](crate::Sbom) reads it.
    pub sbom: Option<String>,
    pub license: Option<String>,
}

#[cfg(test)]
mod tests;
