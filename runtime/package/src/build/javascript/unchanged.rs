//! Whether anything changed that a module is made of. Where nothing did, nothing is bundled, checked or started again.

use std::path::Path;

use caisson_types::Manifest;

use super::Bundled;
use super::project::Project;
use super::tools::{SPIDERMONKEY, Tools};
use crate::build::digest::{digest, folder_parts};
use crate::build::{BuildError, GENERATED, write};

/// Files beside `src/` that say how it is built; npm writes the last where packages come and go.
const FILES: [&str; 3] = ["package.json", "tsconfig.json", "node_modules/.package-lock.json"];

/// What a module is made of, as one word.
#[derive(PartialEq, Eq)]
pub(super) struct Inputs(String);

impl Inputs {
    pub(super) fn of(
        dir: &Path,
        project: &Project,
        manifest: &Manifest,
        tools: &Tools,
    ) -> Result<Self, BuildError> {
        let generated = dir.join(GENERATED);
        let mut parts = vec![tools.digest.as_bytes().to_vec(), SPIDERMONKEY.digest().into_bytes()];
        parts.extend(project.esbuild_arguments(manifest).into_iter().map(String::into_bytes));
        for folder in
            [dir.join("src"), generated.join("sdk"), generated.join("wit"), generated.join("absent")]
        {
            parts.extend(folder_parts(&folder)?);
        }
        let generated = ["entry.ts", "tsconfig.json"].map(|name| generated.join(name));
        let beside = FILES.map(|name| dir.join(name));
        parts.extend(generated.iter().chain(&beside).map(|path| std::fs::read(path).unwrap_or_default()));
        Ok(Self(digest(parts)))
    }

    /// The component, where it was made of the same, and of the same files elsewhere.
    pub(super) fn made_before(&self, dir: &Path) -> Result<Option<Vec<u8>>, BuildError> {
        let generated = dir.join(GENERATED);
        let path = super::engine::output(&generated);
        let Ok(component) = std::fs::read(&path) else { return Ok(None) };
        let known = std::fs::read_to_string(generated.join(RECEIPT)).unwrap_or_default();
        let same = !known.is_empty() && self.with_bundled(dir).is_ok_and(|made_from| made_from == known);
        Ok(same.then_some(component))
    }

    /// Remembers that the component was made of this.
    pub(super) fn keep(&self, dir: &Path) -> Result<(), BuildError> {
        write(&dir.join(GENERATED).join(RECEIPT), self.with_bundled(dir)?.as_bytes())
    }

    /// With every file that the last bundle took from somewhere, such as a package.
    fn with_bundled(&self, dir: &Path) -> Result<String, BuildError> {
        let bundled = Bundled::read(&Bundled::path(&dir.join(GENERATED)))?;
        let mut parts = vec![self.0.as_bytes().to_vec()];
        for (path, _) in bundled.inputs() {
            parts.extend([path.as_bytes().to_vec(), std::fs::read(dir.join(path)).unwrap_or_default()]);
        }
        Ok(digest(parts))
    }
}

const RECEIPT: &str = "made-from";
