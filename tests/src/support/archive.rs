//! Packages taken apart and put together again, with whatever a test wants to be wrong with them.

use std::fs;
use std::io::{Cursor, Read as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use tar::{EntryType, Header};

/// A package's files, in the order of the archive.
#[derive(Clone, Debug, Default)]
pub struct Archive(Vec<(String, Vec<u8>)>);

impl Archive {
    /// The files of a package that was packed in earnest, without the list of its parts: that names the version, which a test may change.
    ///
    /// # Errors
    /// When it is not a package.
    pub fn open(package: &Path) -> anyhow::Result<Self> {
        let bytes = fs::read(package).with_context(|| format!("cannot read {}", package.display()))?;
        let mut files = Vec::new();
        for entry in tar::Archive::new(Cursor::new(zstd::decode_all(bytes.as_slice())?)).entries()? {
            let mut entry = entry?;
            let name = entry.path()?.to_string_lossy().into_owned();
            if name == "sbom.cdx.json" {
                continue;
            }
            let mut content = Vec::new();
            entry.read_to_end(&mut content)?;
            files.push((name, content));
        }
        Ok(Self(files))
    }

    /// The content of a file.
    ///
    /// # Errors
    /// When there is none of the name.
    pub fn file(&self, name: &str) -> anyhow::Result<&[u8]> {
        let found = self.0.iter().find(|(known, _)| known == name);
        found.map(|(_, content)| content.as_slice()).with_context(|| format!("the package has no {name}"))
    }

    /// Puts a file in, in the place of the one of its name.
    #[must_use]
    pub fn with(mut self, name: &str, content: impl Into<Vec<u8>>) -> Self {
        let content = content.into();
        match self.0.iter_mut().find(|(known, _)| known == name) {
            Some(file) => file.1 = content,
            None => self.0.push((name.to_owned(), content)),
        }
        self
    }

    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.0.retain(|(known, _)| known != name);
        self
    }

    /// Replaces text in a file.
    ///
    /// # Errors
    /// When the file or the text is not there.
    pub fn edit(self, name: &str, from: &str, to: &str) -> anyhow::Result<Self> {
        let text = String::from_utf8(self.file(name)?.to_vec())?;
        anyhow::ensure!(text.contains(from), "{name} has no '{from}'");
        Ok(self.with(name, text.replacen(from, to, 1)))
    }

    /// The package's bytes.
    ///
    /// # Errors
    /// When it cannot be compressed.
    pub fn bytes(&self) -> anyhow::Result<Vec<u8>> {
        self.bytes_with(|_| Ok(()))
    }

    /// The package's bytes, with entries that only a hostile packer would write.
    ///
    /// # Errors
    /// When it cannot be compressed, or `more` fails.
    pub fn bytes_with(
        &self,
        more: impl FnOnce(&mut tar::Builder<Vec<u8>>) -> anyhow::Result<()>,
    ) -> anyhow::Result<Vec<u8>> {
        let mut tape = tar::Builder::new(Vec::new());
        for (name, content) in &self.0 {
            tape.append(&header(name, EntryType::Regular, content.len())?, content.as_slice())?;
        }
        more(&mut tape)?;
        Ok(zstd::encode_all(tape.into_inner()?.as_slice(), 3)?)
    }

    /// Writes the package into `folder`.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn save(&self, folder: &Path, name: &str) -> anyhow::Result<PathBuf> {
        let path = folder.join(name);
        fs::write(&path, self.bytes()?).with_context(|| format!("cannot write {}", path.display()))?;
        Ok(path)
    }
}

/// A header as the packer writes it. The name is written as it is, so that it may be one that no packer would take.
///
/// # Errors
/// When the name is too long for a header.
pub fn header(name: &str, kind: EntryType, length: usize) -> anyhow::Result<Header> {
    let mut header = Header::new_ustar();
    let field = header.as_ustar_mut().context("a ustar header")?.name.get_mut(..name.len());
    field.context("the name is too long")?.copy_from_slice(name.as_bytes());
    header.set_entry_type(kind);
    header.set_mode(0o644);
    header.set_size(length as u64);
    header.set_cksum();
    Ok(header)
}
