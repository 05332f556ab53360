//! Taking a package apart.

use std::collections::BTreeMap;
use std::io;

use caisson_types::Manifest;
use sha2::{Digest, Sha256};

use super::error::{ArchiveError, printable};
use super::layout::{COMPONENT, Kind, MANIFEST};
use super::tape::Tape;
use super::{MAX_ARCHIVE_BYTES, MAX_WINDOW_LOG, Package};
use crate::PackageError;

const ZSTD_MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

/// Reads a `.caisson` file and its manifest. Component, templates and strings are not judged here; see
/// [`check_package`](crate::check_package).
///
/// # Errors
/// The first thing that is wrong with the archive, naming the file, or with the manifest, naming its line or key.
pub fn read(bytes: &[u8]) -> Result<Package, PackageError> {
    let mut files = unpack(bytes)?;
    let manifest_text = files.manifest.take().ok_or(ArchiveError::Missing(MANIFEST))?;
    // Judged before the component is looked for: a broken manifest is the more telling mistake.
    let manifest = Manifest::parse(&manifest_text)?;
    let component = files.component.take().ok_or(ArchiveError::Missing(COMPONENT))?;
    Ok(Package {
        digest: hex::encode(Sha256::digest(bytes)),
        manifest,
        manifest_text,
        component,
        templates: files.templates,
        assets: files.assets,
        frames: files.frames,
        strings: files.strings,
        scenarios: files.scenarios,
        readme: files.readme,
        sbom: files.sbom,
        license: files.license,
    })
}

#[derive(Default)]
struct Files {
    manifest: Option<String>,
    component: Option<Vec<u8>>,
    templates: BTreeMap<String, String>,
    assets: BTreeMap<String, Vec<u8>>,
    frames: BTreeMap<String, String>,
    strings: BTreeMap<String, String>,
    scenarios: BTreeMap<String, String>,
    readme: Option<String>,
    sbom: Option<String>,
    license: Option<String>,
}

fn unpack(bytes: &[u8]) -> Result<Files, ArchiveError> {
    if bytes.len() > MAX_ARCHIVE_BYTES {
        return Err(ArchiveError::TooLong(bytes.len()));
    }
    if !bytes.starts_with(&ZSTD_MAGIC) {
        return Err(ArchiveError::NotAnArchive);
    }
    let damaged = |error: io::Error| ArchiveError::Damaged(printable(error.to_string().as_bytes()));
    let mut frame = zstd::Decoder::with_buffer(bytes).map_err(damaged)?.single_frame();
    frame.window_log_max(MAX_WINDOW_LOG).map_err(damaged)?;

    let mut files = Files::default();
    let mut seen = BTreeMap::new();
    let mut tape = Tape::new(&mut frame);
    while let Some(entry) = tape.next()? {
        let name = entry.name.as_bytes();
        let refuse = |reason: &str| Err(ArchiveError::file(name, reason));
        let kind = Kind::of(&entry.name).map_err(|reason| ArchiveError::file(name, reason))?;
        // Paths are ASCII here, so this folding is the one that file systems and people do.
        if let Some(other) = seen.insert(entry.name.to_ascii_lowercase(), entry.name.clone()) {
            return refuse(if other == entry.name {
                "stands there twice"
            } else {
                "differs from another file only in upper and lower case"
            });
        }
        let contents = tape.contents(&entry, kind.max_bytes())?;
        kind.check_contents(&contents).map_err(|reason| ArchiveError::file(name, reason))?;
        files.take(&entry.name, kind, contents)?;
    }
    // The decoder stops after one frame; a second one would otherwise ride along under the same digest.
    if !frame.finish().is_empty() {
        return Err(ArchiveError::Trailing);
    }
    Ok(files)
}

impl Files {
    fn take(&mut self, name: &str, kind: Kind, contents: Vec<u8>) -> Result<(), ArchiveError> {
        let text = |contents: Vec<u8>| {
            String::from_utf8(contents).map_err(|_| ArchiveError::file(name.as_bytes(), "is not UTF-8 text"))
        };
        match kind {
            Kind::Manifest => self.manifest = Some(text(contents)?),
            Kind::Component => self.component = Some(contents),
            Kind::Readme => self.readme = Some(text(contents)?),
            Kind::Sbom => self.sbom = Some(text(contents)?),
            Kind::License => self.license = Some(text(contents)?),
            Kind::Template(key) => {
                self.templates.insert(key, text(contents)?);
            }
            Kind::Strings(locale) => {
                self.strings.insert(locale, text(contents)?);
            }
            Kind::Scenario(path) => {
                self.scenarios.insert(path, text(contents)?);
            }
            Kind::Frame(name) => {
                self.frames.insert(name, text(contents)?);
            }
            Kind::Asset(path, _) => {
                self.assets.insert(path, contents);
            }
        }
        Ok(())
    }
}
