//! Why an archive was refused, or could not be made.

use std::io;
use std::path::PathBuf;

use super::{MAX_ARCHIVE_BYTES, MAX_FILES, MAX_UNPACKED_BYTES};

/// An archive that is not a package.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    #[error("the package is {0} bytes long; at most {max} are read", max = MAX_ARCHIVE_BYTES)]
    TooLong(usize),
    #[error(
        "this is not a module package: a .caisson file is a zstd-compressed tar archive, as `caisson module pack` makes it"
    )]
    NotAnArchive,
    #[error("the package is damaged: {0}; download or pack it again")]
    Damaged(String),
    #[error("the package unpacks to more than {max} bytes", max = MAX_UNPACKED_BYTES)]
    TooMuch,
    #[error("the package holds more than {max} files", max = MAX_FILES)]
    TooMany,
    #[error("the package goes on after the end of its archive; pack it again with `caisson module pack`")]
    Trailing,
    /// One file of the archive, and what is wrong with it.
    #[error("'{name}' in the package {reason}")]
    File { name: String, reason: String },
    #[error("the package lacks {0}")]
    Missing(&'static str),
}

impl ArchiveError {
    /// The name comes from an untrusted archive: control characters are escaped and the length is bounded.
    pub(super) fn file(name: &[u8], reason: impl Into<String>) -> Self {
        Self::File { name: printable(name), reason: reason.into() }
    }
}

/// A name from outside, fit for a message and a log line.
pub(super) fn printable(name: &[u8]) -> String {
    const SHOWN: usize = 120;
    let text = String::from_utf8_lossy(name);
    let mut shown: String = text.chars().take(SHOWN).flat_map(char::escape_debug).collect();
    if text.chars().nth(SHOWN).is_some() {
        shown.push('…');
    }
    shown
}

/// A folder that could not be packed.
#[derive(Debug, thiserror::Error)]
pub enum PackError {
    #[error("{path} cannot be read: {cause}", path = path.display())]
    Io {
        path: PathBuf,
        #[source]
        cause: io::Error,
    },
    #[error("{path} {reason}", path = path.display())]
    File { path: PathBuf, reason: String },
    #[error("the archive cannot be compressed: {0}")]
    Compress(#[source] io::Error),
    #[error("the packed archive is {0} bytes long; at most {max} are allowed", max = MAX_ARCHIVE_BYTES)]
    TooLong(usize),
    #[error("the package would hold more than {max} files", max = MAX_FILES)]
    TooMany,
}
