//! Compiled components on disk. Loading one is running machine code, so nothing is loaded that this host did not write: each
//! artefact stands under a MAC whose key is derived from the panel's master key.

use std::path::{Path, PathBuf};

use caisson_types::Secret;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use wasmtime::component::Component;

use crate::compile::{CompileError, Compiler};
use crate::engine::Engine;
use crate::loaded::LoadError;

/// Why an artefact cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum ArtefactError {
    /// Not compiled for this engine yet, or compiled by another.
    #[error("there is no compiled artefact of component {0} for this engine")]
    Absent(String),
    /// Somebody else wrote it.
    #[error(
        "the compiled artefact of component {0} was changed on disk and is not loaded; install the package again"
    )]
    Forged(String),
    #[error(transparent)]
    Compile(#[from] CompileError),
    #[error("the artefact of component {digest} could not be {action}")]
    Io {
        digest: String,
        action: &'static str,
        #[source]
        source: std::io::Error,
    },
}

/// The cache of one engine.
pub struct Artefacts {
    folder: PathBuf,
    key: Secret<[u8; 32]>,
    compiler: Compiler,
}

/// Length of the MAC at the end of its side file.
const MAC_FILE: &str = "mac";
const CODE_FILE: &str = "cwasm";

impl Artefacts {
    /// Artefacts of `engine` below `folder`.
    ///
    /// # Errors
    /// Where the folder cannot be made.
    pub fn new(
        folder: &Path,
        engine: &Engine,
        key: Secret<[u8; 32]>,
        compiler: Compiler,
    ) -> std::io::Result<Self> {
        let folder = folder.join(engine.fingerprint());
        std::fs::create_dir_all(&folder)?;
        Ok(Self { folder, key, compiler })
    }

    /// Compiles `component`, whose SHA-256 is `digest`, unless it is there already.
    ///
    /// # Errors
    /// What is wrong with the component, or with the disk. Nothing is left behind.
    pub async fn compile(&self, digest: &str, component: &[u8]) -> Result<(), ArtefactError> {
        if self.read(digest).is_ok() {
            return Ok(());
        }
        let io = |action| move |source| ArtefactError::Io { digest: digest.to_owned(), action, source };
        let work =
            tempfile::Builder::new().prefix(".compile-").tempdir_in(&self.folder).map_err(io("written"))?;
        let (input, output) = (work.path().join("component.wasm"), work.path().join("artefact"));
        tokio::fs::write(&input, component).await.map_err(io("written"))?;
        self.compiler.compile(&input, &output).await?;
        let code = tokio::fs::read(&output).await.map_err(io("read"))?;
        let mac = self.mac(digest, &code).finalize().into_bytes();
        let mac_file = work.path().join("mac");
        tokio::fs::write(&mac_file, mac).await.map_err(io("written"))?;
        // The code goes last: an artefact without its MAC is absent, not forged.
        tokio::fs::rename(&mac_file, self.path(digest, MAC_FILE)).await.map_err(io("written"))?;
        tokio::fs::rename(&output, self.path(digest, CODE_FILE)).await.map_err(io("written"))
    }

    /// Loads a compiled component.
    ///
    /// # Errors
    /// [`ArtefactError::Absent`] where it must be compiled first.
    /// [`LoadError::Unfit`] where it wants more than a pooled slot has.
    pub(crate) fn load(&self, engine: &Engine, digest: &str) -> Result<Component, LoadError> {
        let code = self.read(digest)?;
        #[expect(
            unsafe_code,
            reason = "the MAC just checked says that this host compiled exactly these bytes for this engine"
        )]
        let component = unsafe { Component::deserialize(&engine.inner, code) };
        component.map_err(|error| LoadError::unfit(&error))
    }

    /// Forgets an artefact.
    pub fn remove(&self, digest: &str) {
        for extension in [CODE_FILE, MAC_FILE] {
            if let Err(error) = std::fs::remove_file(self.path(digest, extension))
                && error.kind() != std::io::ErrorKind::NotFound
            {
                tracing::warn!(%error, digest, "an artefact could not be removed");
            }
        }
    }

    fn read(&self, digest: &str) -> Result<Vec<u8>, ArtefactError> {
        let read = |extension| match std::fs::read(self.path(digest, extension)) {
            Ok(bytes) => Ok(bytes),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                Err(ArtefactError::Absent(digest.to_owned()))
            }
            Err(source) => Err(ArtefactError::Io { digest: digest.to_owned(), action: "read", source }),
        };
        let (code, mac) = (read(CODE_FILE)?, read(MAC_FILE)?);
        self.mac(digest, &code).verify_slice(&mac).map_err(|_| ArtefactError::Forged(digest.to_owned()))?;
        Ok(code)
    }

    /// Over the digest too, so that one module's artefact cannot stand in for another's.
    fn mac(&self, digest: &str, code: &[u8]) -> Hmac<Sha256> {
        #[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
        let mac = Hmac::<Sha256>::new_from_slice(self.key.expose()).expect("any length");
        mac.chain_update(digest.as_bytes()).chain_update([0]).chain_update(code)
    }

    fn path(&self, digest: &str, extension: &str) -> PathBuf {
        self.folder.join(format!("{digest}.{extension}"))
    }
}
