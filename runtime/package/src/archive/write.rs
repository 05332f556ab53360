//! Making a package: the same folder and component give the same bytes, on every machine and day.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tar::{EntryType, Header};

use super::error::PackError;
use super::layout::{COMPONENT, Kind, LICENSE, MANIFEST, README, SBOM, STRINGS, VIEWS};
use super::{MAX_ARCHIVE_BYTES, MAX_FILES, MAX_SBOM_BYTES, ZSTD_LEVEL};
use crate::sbom::Sbom;

const BLOCK: usize = 512;

/// Packs a module's folder with its built component. Of the folder, `module.toml`, `README.md`, `LICENSE`, `views/` and
/// `lang/` are taken; sources, tests and build output stay out. The list of parts is what is given,
/// not what may lie there.
///
/// # Errors
/// The file that is missing, cannot be read, is too long, or has no place in a package.
pub fn write(dir: &Path, component: &Path, sbom: Option<&Sbom>) -> Result<Vec<u8>, PackError> {
    let mut files = BTreeMap::new();
    add(&mut files, MANIFEST, &dir.join(MANIFEST))?;
    add(&mut files, COMPONENT, component)?;
    for name in [README, LICENSE] {
        let path = dir.join(name);
        if exists(&path)? {
            add(&mut files, name, &path)?;
        }
    }
    for name in [VIEWS, STRINGS] {
        let path = dir.join(name);
        if exists(&path)? {
            add_folder(&mut files, name, &path)?;
        }
    }
    if let Some(sbom) = sbom {
        let (path, text) = (dir.join(SBOM), sbom.text().as_bytes().to_vec());
        if text.len() > MAX_SBOM_BYTES {
            let reason = format!("would be {} bytes long; at most {MAX_SBOM_BYTES} are allowed", text.len());
            return Err(PackError::File { path, reason });
        }
        files.insert(SBOM.to_owned(), (path, text));
    }
    let archive = compress(&tape(&files)?).map_err(PackError::Compress)?;
    if archive.len() > MAX_ARCHIVE_BYTES {
        return Err(PackError::TooLong(archive.len()));
    }
    Ok(archive)
}

/// Files by their path in the archive, which is also the order they are written in.
type Files = BTreeMap<String, (PathBuf, Vec<u8>)>;

fn exists(path: &Path) -> Result<bool, PackError> {
    path.try_exists().map_err(|cause| PackError::Io { path: path.to_owned(), cause })
}

fn add_folder(files: &mut Files, name: &str, folder: &Path) -> Result<(), PackError> {
    let io = |cause| PackError::Io { path: folder.to_owned(), cause };
    for entry in fs::read_dir(folder).map_err(io)? {
        let entry = entry.map_err(io)?;
        let path = entry.path();
        let refuse = |reason: &str| PackError::File { path: path.clone(), reason: reason.to_owned() };
        let below = entry.file_name();
        let below = below.to_str().ok_or_else(|| refuse("has a name that is not UTF-8"))?;
        let name = format!("{name}/{below}");
        // Not followed: what a link points to need not be the author's to publish.
        let kind = entry.file_type().map_err(io)?;
        if kind.is_dir() {
            add_folder(files, &name, &path)?;
        } else if kind.is_file() {
            add(files, &name, &path)?;
        } else {
            return Err(refuse("is neither a file nor a folder; put the file itself there"));
        }
    }
    Ok(())
}

fn add(files: &mut Files, name: &str, path: &Path) -> Result<(), PackError> {
    let refuse = |reason: String| PackError::File { path: path.to_owned(), reason };
    let io = |cause| PackError::Io { path: path.to_owned(), cause };
    let kind = Kind::of(name).map_err(|reason| refuse(format!("{reason}; move it out of the folder")))?;
    let max = kind.max_bytes();
    let length = fs::metadata(path).map_err(io)?.len();
    if usize::try_from(length).map_or(true, |length| length > max) {
        return Err(refuse(format!("is {length} bytes long; at most {max} are allowed")));
    }
    let contents = fs::read(path).map_err(io)?;
    kind.check_contents(&contents).map_err(refuse)?;
    files.insert(name.to_owned(), (path.to_owned(), contents));
    if files.len() > MAX_FILES { Err(PackError::TooMany) } else { Ok(()) }
}

/// The tar archive: sorted, with every field that could differ between machines fixed.
fn tape(files: &Files) -> Result<Vec<u8>, PackError> {
    let mut tape = Vec::new();
    for (name, (path, contents)) in files {
        let mut header = Header::new_ustar();
        header.set_path(name).map_err(|_| PackError::File {
            path: path.clone(),
            reason: "has a path that is too long for an archive; shorten its folders' names".to_owned(),
        })?;
        header.set_entry_type(EntryType::Regular);
        header.set_size(u64::try_from(contents.len()).unwrap_or(u64::MAX));
        header.set_mode(0o644);
        header.set_uid(0);
        header.set_gid(0);
        header.set_mtime(0);
        header.set_cksum();
        tape.extend_from_slice(header.as_bytes());
        tape.extend_from_slice(contents);
        tape.resize(tape.len().next_multiple_of(BLOCK), 0);
    }
    tape.resize(tape.len() + 2 * BLOCK, 0);
    Ok(tape)
}

/// One frame, which states its length and carries a checksum.
fn compress(tape: &[u8]) -> io::Result<Vec<u8>> {
    let mut frame = zstd::Encoder::new(Vec::new(), ZSTD_LEVEL)?;
    frame.include_checksum(true)?;
    frame.set_pledged_src_size(u64::try_from(tape.len()).ok())?;
    frame.write_all(tape)?;
    frame.finish()
}
