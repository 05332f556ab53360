//! Reading a tar stream block by block, accepting plain regular files in POSIX ustar form and nothing else.
//!
//! The `tar` crate's own iterator follows GNU and pax extensions and stops at the first end mark. A package needs none of
//! the former, and what stands behind the latter must not be overlooked; so only the crate's header fields are used.

use std::io::{self, Read};

use tar::{EntryType, Header};

use super::error::{ArchiveError, printable};
use super::{MAX_FILES, MAX_UNPACKED_BYTES};

const BLOCK: usize = 512;
/// Other programs round an archive up to a record of 20 blocks; two of them are the end mark.
const MAX_END_PADDING: usize = 20 * BLOCK;

/// A regular file of the archive.
pub(super) struct Entry {
    pub(super) name: String,
    /// As the header says; the stream may hold less, never more.
    pub(super) size: u64,
}

/// A tar stream that is being read.
pub(super) struct Tape<R> {
    source: R,
    /// Bytes read so far.
    position: u64,
    files: usize,
}

impl<R: Read> Tape<R> {
    pub(super) fn new(source: R) -> Self {
        Self { source, position: 0, files: 0 }
    }

    /// The next file's header, or none at the archive's end. Its contents must be read before the next call.
    pub(super) fn next(&mut self) -> Result<Option<Entry>, ArchiveError> {
        let at_start = self.position == 0;
        let mut block = [0; BLOCK];
        self.fill(&mut block, "it ends without an end mark")?;
        if block == [0; BLOCK] {
            self.fill(&mut block, "it ends without an end mark")?;
            return if block == [0; BLOCK] {
                self.end()?;
                Ok(None)
            } else {
                Err(ArchiveError::Trailing)
            };
        }
        let header = Header::from_byte_slice(&block);
        if !sum_is_right(header) {
            return Err(if at_start {
                ArchiveError::NotAnArchive
            } else {
                ArchiveError::Damaged("a file's header has a wrong checksum".to_owned())
            });
        }
        self.files += 1;
        if self.files > MAX_FILES {
            return Err(ArchiveError::TooMany);
        }
        entry(header).map(Some)
    }

    /// The contents of the file whose header was read last. `max` bounds the memory, whatever the header said.
    pub(super) fn contents(&mut self, entry: &Entry, max: usize) -> Result<Vec<u8>, ArchiveError> {
        let refuse = |reason: String| Err(ArchiveError::file(entry.name.as_bytes(), reason));
        let size = match usize::try_from(entry.size) {
            Ok(size) if size <= max => size,
            _ => return refuse(format!("is {} bytes long; at most {max} are allowed", entry.size)),
        };
        let padded = size.next_multiple_of(BLOCK);
        self.charge(padded)?;
        let mut contents = Vec::new();
        let limit = u64::try_from(padded).unwrap_or(u64::MAX);
        let read = self.source.by_ref().take(limit).read_to_end(&mut contents).map_err(damaged)?;
        if read < padded {
            return refuse(format!("says it is {size} bytes long, but the archive ends after {read}"));
        }
        contents.truncate(size);
        Ok(contents)
    }

    /// After the end mark, only the padding of a record may follow.
    fn end(&mut self) -> Result<(), ArchiveError> {
        let mut rest = Vec::new();
        let limit = u64::try_from(MAX_END_PADDING).unwrap_or(u64::MAX);
        self.source.by_ref().take(limit).read_to_end(&mut rest).map_err(damaged)?;
        if rest.len() >= MAX_END_PADDING || rest.iter().any(|byte| *byte != 0) {
            return Err(ArchiveError::Trailing);
        }
        Ok(())
    }

    fn fill(&mut self, block: &mut [u8], short: &str) -> Result<(), ArchiveError> {
        self.charge(block.len())?;
        self.source.read_exact(block).map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => ArchiveError::Damaged(short.to_owned()),
            _ => damaged(error),
        })
    }

    fn charge(&mut self, bytes: usize) -> Result<(), ArchiveError> {
        self.position = self.position.saturating_add(u64::try_from(bytes).unwrap_or(u64::MAX));
        if self.position > MAX_UNPACKED_BYTES { Err(ArchiveError::TooMuch) } else { Ok(()) }
    }
}

fn damaged(error: io::Error) -> ArchiveError {
    ArchiveError::Damaged(printable(error.to_string().as_bytes()))
}

/// The sum of the header's bytes, with the checksum field itself as spaces.
fn sum_is_right(header: &Header) -> bool {
    let bytes = header.as_bytes();
    let sum: u32 = bytes
        .iter()
        .enumerate()
        .map(|(at, byte)| if (148..156).contains(&at) { 32 } else { u32::from(*byte) })
        .sum();
    header.cksum().is_ok_and(|said| said == sum)
}

/// Accepts the header of a plain regular file.
fn entry(header: &Header) -> Result<Entry, ArchiveError> {
    let name = header.path_bytes();
    let refuse = |reason: &str| Err(ArchiveError::file(&name, reason));
    let kind = match header.entry_type() {
        EntryType::Regular => None,
        EntryType::Directory => Some("a folder"),
        EntryType::Symlink => Some("a symbolic link"),
        EntryType::Link => Some("a hard link"),
        EntryType::Char | EntryType::Block => Some("a device"),
        EntryType::Fifo => Some("a named pipe"),
        EntryType::GNULongName | EntryType::GNULongLink => Some("a GNU long name"),
        EntryType::GNUSparse => Some("a GNU sparse file"),
        EntryType::XHeader | EntryType::XGlobalHeader => Some("a pax extended header"),
        _ => Some("an entry of an unknown kind"),
    };
    if let Some(kind) = kind {
        return refuse(&format!(
            "is {kind}; a package holds plain files only, as `caisson module pack` writes them"
        ));
    }
    let Some(ustar) = header.as_ustar() else {
        return refuse("is not in POSIX ustar form; pack it with `caisson module pack`");
    };
    if header.link_name_bytes().is_some_and(|link| !link.is_empty()) {
        return refuse("is a file that names a link's target");
    }
    if [&ustar.name[..], &ustar.prefix[..]].into_iter().any(hides_bytes) {
        return refuse("has a NUL character in its path");
    }
    let Ok(text) = std::str::from_utf8(&name) else {
        return refuse("has a path that is not UTF-8");
    };
    let octal = ustar.size.iter().all(|byte| matches!(byte, b'0'..=b'7' | b' ' | 0));
    match header.entry_size() {
        Ok(size) if octal => Ok(Entry { name: text.to_owned(), size }),
        _ => refuse("has a size that cannot be read"),
    }
}

/// Whether a field goes on after the NUL that ends it.
fn hides_bytes(field: &[u8]) -> bool {
    field.iter().skip_while(|byte| **byte != 0).any(|byte| *byte != 0)
}
