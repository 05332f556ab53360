//! Making a package: the same folder and component give the same bytes, on every machine and day.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use semver::Version;
use serde::Deserialize;
use tar::{EntryType, Header};

use super::error::PackError;
use super::layout::{
    COMPONENT, Kind, LICENSE, MANIFEST, README, SBOM, SCENARIOS, STRINGS, VIEWS, is_scenario,
};
use super::{MAX_ARCHIVE_BYTES, MAX_FILES, MAX_SBOM_BYTES, ZSTD_LEVEL};
use crate::sbom::Sbom;

const BLOCK: usize = 512;

/// What goes into a package beside the module's folder.
#[derive(Clone, Copy, Default)]
pub struct Extras<'e> {
    /// The list of parts.
    pub sbom: Option<&'e Sbom>,
    /// In place of the version that `module.toml` states.
    pub version: Option<&'e Version>,
}

/// Packs a module's folder with its built component. Of the folder, `module.toml`, `README.md`, `LICENSE`, `views/`, `lang/` and the
/// scenarios of `tests/` are taken; sources and build output stay out. The list of parts is what is given, not what may lie there.
///
/// # Errors
/// The file that is missing, cannot be read, is too long, or has no place in a package.
pub fn write(dir: &Path, component: &Path, extras: Extras<'_>) -> Result<Vec<u8>, PackError> {
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
            add_folder(&mut files, name, &path, |_| true)?;
        }
    }
    let scenarios = dir.join(SCENARIOS);
    if exists(&scenarios)? {
        // The tests of the language lie there, too.
        add_folder(&mut files, SCENARIOS, &scenarios, is_scenario)?;
    }
    if let Some(version) = extras.version
        && let Some((path, text)) = files.get_mut(MANIFEST)
    {
        *text = restated(text, version)
            .map_err(|error| PackError::File { path: path.clone(), reason: error.message().to_owned() })?;
    }
    if let Some(sbom) = extras.sbom {
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

/// A manifest with another version.
fn restated(manifest: &[u8], version: &Version) -> Result<Vec<u8>, toml::de::Error> {
    #[derive(Deserialize)]
    struct Stated {
        module: About,
    }
    #[derive(Deserialize)]
    struct About {
        version: toml::Spanned<String>,
    }
    let mut text = String::from_utf8_lossy(manifest).into_owned();
    let stated: Stated = toml::from_str(&text)?;
    text.replace_range(stated.module.version.span(), &format!("\"{version}\""));
    Ok(text.into_bytes())
}

fn add_folder(
    files: &mut Files,
    name: &str,
    folder: &Path,
    wanted: fn(&str) -> bool,
) -> Result<(), PackError> {
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
            add_folder(files, &name, &path, wanted)?;
        } else if !wanted(&name) {
            continue;
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
