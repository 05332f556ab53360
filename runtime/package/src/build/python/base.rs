//! The interpreter with the kit, before any module: made once for a world, and kept.
//!
//! Making it takes what a build took before there were bases: the interpreter is linked, compiled and started. A module is loaded into
//! what is kept, in a fraction of that. A base is named by what it is made of, so one of another kit, contract or tool is not found;
//! one that does not have the digest of its receipt is made again.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use wasmtime::Engine;
use wasmtime::component::Component;

use super::super::contract::WORLD;
use super::super::digest::{digest, folder_parts};
use super::super::{BuildError, Messages, write};
use super::load::{LoadError, Mount, compile, engine, load};
use super::tool::{self, Tool};
use super::{Workshop, failure};

/// The Python module that componentize-py is given.
const ENTRY: &str = "caisson_component";

/// No caches are written, neither here nor beside the author's files: what is imported later is imported once.
const ENTRY_TEXT: &str = "import sys\n\nsys.dont_write_bytecode = True\n\nfrom caisson import build\n\
     from caisson.exports import *\n\nbuild.keep(\"/2\")\n";

/// How many bases are kept: a machine builds modules of a few worlds, and each change of a world leaves one behind.
const KEPT: usize = 8;

/// A base as it lies on the disk.
pub(super) struct Base {
    /// Named by what it is made of.
    pub(super) key: String,
    dir: PathBuf,
    engine: Engine,
}

impl Base {
    /// The base for a module, which may not be there yet.
    pub(super) fn of(workshop: &Workshop, target_dir: &Path) -> Result<Self, BuildError> {
        let engine = engine().map_err(|error| damaged(target_dir, &error.to_string()))?;
        let mut host = DefaultHasher::new();
        engine.precompile_compatibility_hash().hash(&mut host);
        let mut parts = vec![tool::VERSION.as_bytes().to_vec(), ENTRY_TEXT.as_bytes().to_vec()];
        parts.push(host.finish().to_le_bytes().to_vec());
        for folder in [&workshop.wit, &workshop.sdk] {
            parts.extend(folder_parts(folder)?);
        }
        let key = digest(parts);
        let target_dir = std::path::absolute(target_dir).unwrap_or_else(|_| target_dir.to_owned());
        let dir = target_dir.join("python").join(&key[..16]);
        Ok(Self { key, dir, engine })
    }

    /// Loads the module of `workshop` by running `code`, and gives its component. The base is made where it is missing or broken.
    pub(super) fn load(
        &self,
        workshop: &Workshop,
        tool: &Tool,
        code: &str,
        seed: [u8; 32],
        messages: Messages,
    ) -> Result<Vec<u8>, LoadFailure> {
        let all = self.dir.parent().unwrap_or(&self.dir);
        let failed = |error| BuildError::File { path: self.dir.clone(), error };
        std::fs::create_dir_all(&self.dir).map_err(failed)?;
        // Two builds that start at once make it once.
        let lock = std::fs::File::create(self.dir.with_extension("lock")).map_err(failed)?;
        lock.lock().map_err(failed)?;
        if !self.is_whole() {
            if messages == Messages::Show {
                eprintln!("starting Python for this manifest, once, into {}", self.dir.display());
            }
            self.make(workshop, tool)?;
            forget_old(all);
        }
        // Says when it was used last.
        lock.set_modified(SystemTime::now()).map_err(failed)?;
        let base = read(&self.component())?;
        let compiled = self.compiled()?;
        drop(lock);

        let kept = ["python", "world", "bundled"].map(|name| (self.dir.join("files").join(name), name));
        let packages = workshop.packages();
        let own = [(workshop.source.clone(), "src"), (workshop.sdk.clone(), "1"), (packages, "packages")];
        let folders: Vec<_> = kept.into_iter().chain(own).collect();
        let mounts: Vec<_> = folders.iter().map(|(folder, at)| Mount { folder, at }).collect();
        load(&self.engine, &base, &compiled, &mounts, code, seed).map_err(|error| match error {
            LoadError::Said(words) => LoadFailure::Module(words),
            LoadError::Base(reason) => LoadFailure::Build(damaged(&self.dir, &reason)),
        })
    }

    fn component(&self) -> PathBuf {
        self.dir.join("base.wasm")
    }

    fn code(&self) -> PathBuf {
        self.dir.join("base.code")
    }

    fn receipt(&self) -> PathBuf {
        self.dir.with_extension("receipt")
    }

    /// Whether everything is as it was when it was made.
    fn is_whole(&self) -> bool {
        let receipt = std::fs::read_to_string(self.receipt()).unwrap_or_default();
        !receipt.is_empty() && folder_parts(&self.dir).is_ok_and(|parts| digest(parts) == receipt)
    }

    fn make(&self, workshop: &Workshop, tool: &Tool) -> Result<(), BuildError> {
        let failed = |error| BuildError::File { path: self.dir.clone(), error };
        let _ = std::fs::remove_file(self.receipt());
        std::fs::remove_dir_all(&self.dir).map_err(failed)?;
        let (entry, files) = (self.dir.join("entry"), self.dir.join("files"));
        write(&entry.join(format!("{ENTRY}.py")), ENTRY_TEXT.as_bytes())?;
        std::fs::create_dir_all(&files).map_err(failed)?;

        let search = [entry.as_path(), &workshop.sdk, &files];
        let mut command = tool.componentize();
        command.arg("--wit-path").arg(&workshop.wit).args([
            "--world",
            WORLD,
            "--quiet",
            "componentize",
            ENTRY,
        ]);
        for folder in search {
            command.arg("--python-path").arg(folder);
        }
        // Where nothing is: what this machine's Python has installed is none of the module's.
        command.arg("--output").arg(self.component()).env("VIRTUAL_ENV", &entry);
        let output = command.output().map_err(|error| tool.failed(error))?;
        if !output.status.success() {
            let said = [output.stdout, output.stderr].concat();
            let messages = failure::message(&String::from_utf8_lossy(&said), &[], &self.dir);
            return Err(BuildError::Compile { dir: workshop.sdk.clone(), messages });
        }
        std::fs::remove_dir_all(&entry).map_err(failed)?;
        let code =
            compile(&self.engine, &read(&self.component())?).map_err(|reason| damaged(&self.dir, &reason))?;
        write(&self.code(), &code)?;
        write(&self.receipt(), digest(folder_parts(&self.dir)?).as_bytes())
    }

    fn compiled(&self) -> Result<Component, BuildError> {
        #[expect(
            unsafe_code,
            reason = "the receipt says that this is what was compiled here; whoever writes into the folder of compilers writes compilers"
        )]
        let component = unsafe { Component::deserialize_file(&self.engine, self.code()) };
        component.map_err(|error| damaged(&self.dir, &error.to_string()))
    }
}

/// Why there is no component.
pub(super) enum LoadFailure {
    /// The module's own code; the interpreter's words.
    Module(String),
    Build(BuildError),
}

impl From<BuildError> for LoadFailure {
    fn from(error: BuildError) -> Self {
        Self::Build(error)
    }
}

/// Removes all but the bases that were used last.
fn forget_old(all: &Path) {
    let locks = std::fs::read_dir(all).into_iter().flatten().flatten().map(|entry| entry.path());
    let locks = locks.filter(|path| path.extension().is_some_and(|extension| extension == "lock"));
    let used =
        |path: &PathBuf| path.metadata().and_then(|data| data.modified()).unwrap_or(SystemTime::UNIX_EPOCH);
    let mut locks: Vec<_> = locks.map(|path| (used(&path), path)).collect();
    locks.sort();
    let old = locks.len().saturating_sub(KEPT);
    for (_, lock) in locks.into_iter().take(old) {
        // One that another build holds is not old; what cannot be removed is only in the way.
        if std::fs::File::open(&lock).is_ok_and(|file| file.try_lock().is_ok()) {
            let _ = std::fs::remove_file(lock.with_extension("receipt"));
            let _ = std::fs::remove_dir_all(lock.with_extension(""));
            let _ = std::fs::remove_file(&lock);
        }
    }
}

fn read(path: &Path) -> Result<Vec<u8>, BuildError> {
    std::fs::read(path).map_err(|error| BuildError::File { path: path.to_owned(), error })
}

fn damaged(path: &Path, reason: &str) -> BuildError {
    BuildError::Project {
        path: path.to_owned(),
        reason: format!("the started Python cannot be used; remove it ({reason})"),
    }
}

#[cfg(test)]
mod tests;
