//! Packages on disk, each under the digest of its bytes.

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use tokio::fs;
use tokio::io::AsyncWriteExt as _;
use uuid::Uuid;

/// A directory of packages. The name of each file is the SHA-256 of its content, checked when it is written and each time
/// it is read.
#[derive(Clone, Debug)]
pub struct FsPackages {
    dir: PathBuf,
}

/// What a package is called until it is complete.
const TEMPORARY: &str = ".incoming-";

impl FsPackages {
    /// The directory is made with the first package.
    #[must_use]
    pub fn new(dir: impl Into<PathBuf>) -> Self {
        Self { dir: dir.into() }
    }

    /// Keeps a package. When this returns it survives a power cut; when it fails nothing is left behind.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] when `digest` is not that of `bytes`; those of writing.
    pub async fn put(&self, digest: &str, bytes: &[u8]) -> io::Result<()> {
        let path = self.path(digest)?;
        if hex::encode(Sha256::digest(bytes)) != digest {
            let message = format!("the package's bytes do not have the digest {digest}");
            return Err(io::Error::new(ErrorKind::InvalidInput, message));
        }
        fs::create_dir_all(&self.dir).await?;
        let temporary = self.dir.join(format!("{TEMPORARY}{}", Uuid::new_v4()));
        let written = async {
            let mut file = fs::File::create_new(&temporary).await?;
            file.write_all(bytes).await?;
            file.sync_all().await?;
            fs::rename(&temporary, &path).await?;
            fs::File::open(&self.dir).await?.sync_all().await
        };
        let written = written.await;
        if written.is_err() {
            // It is gone after the rename, and the first error is the one that matters.
            let _ = fs::remove_file(&temporary).await;
        }
        written
    }

    /// Where a package is, or would be.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] when `digest` is not 64 lower-case hexadecimal digits.
    pub fn path(&self, digest: &str) -> io::Result<PathBuf> {
        if is_digest(digest) {
            Ok(self.dir.join(digest))
        } else {
            Err(io::Error::new(ErrorKind::InvalidInput, format!("'{digest}' is not a SHA-256 digest")))
        }
    }

    /// A package's bytes.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`]; [`ErrorKind::InvalidData`] when the file is not what was put there; those of reading.
    pub async fn read(&self, digest: &str) -> io::Result<Vec<u8>> {
        let bytes = fs::read(self.path(digest)?).await?;
        if hex::encode(Sha256::digest(&bytes)) == digest {
            Ok(bytes)
        } else {
            let message = format!("the file of package {digest} was changed: install the package again");
            Err(io::Error::new(ErrorKind::InvalidData, message))
        }
    }

    /// Removes a package; one that is gone is no error.
    ///
    /// # Errors
    /// Those of removing.
    pub async fn remove(&self, digest: &str) -> io::Result<()> {
        match fs::remove_file(self.path(digest)?).await {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// The digests of all packages, sorted.
    ///
    /// # Errors
    /// Those of reading the directory.
    pub async fn list(&self) -> io::Result<Vec<String>> {
        let mut digests = names(&self.dir).await?;
        digests.retain(|name| is_digest(name));
        digests.sort();
        Ok(digests)
    }

    /// Removes what a process that was killed left half-written. Call it where no other process is putting packages.
    /// Returns how many files that were.
    ///
    /// # Errors
    /// Those of reading the directory and of removing.
    pub async fn remove_leftovers(&self) -> io::Result<usize> {
        let mut leftovers = names(&self.dir).await?;
        leftovers.retain(|name| name.starts_with(TEMPORARY));
        for name in &leftovers {
            fs::remove_file(self.dir.join(name)).await?;
        }
        Ok(leftovers.len())
    }
}

fn is_digest(name: &str) -> bool {
    name.len() == 64 && name.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

async fn names(dir: &Path) -> io::Result<Vec<String>> {
    let mut entries = match fs::read_dir(dir).await {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut names = Vec::new();
    while let Some(entry) = entries.next_entry().await? {
        names.extend(entry.file_name().into_string());
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest(bytes: &[u8]) -> String {
        hex::encode(Sha256::digest(bytes))
    }

    #[tokio::test]
    async fn a_package_comes_back_as_it_was_put() {
        let dir = tempfile::tempdir().unwrap();
        let packages = FsPackages::new(dir.path().join("packages"));
        assert_eq!(packages.list().await.unwrap(), Vec::<String>::new());
        let digest = digest(b"one");
        packages.put(&digest, b"one").await.unwrap();
        packages.put(&digest, b"one").await.unwrap();
        assert_eq!(packages.read(&digest).await.unwrap(), b"one");
        assert_eq!(packages.list().await.unwrap(), std::slice::from_ref(&digest));

        packages.remove(&digest).await.unwrap();
        packages.remove(&digest).await.unwrap();
        assert_eq!(packages.read(&digest).await.unwrap_err().kind(), ErrorKind::NotFound);
    }

    #[tokio::test]
    async fn other_bytes_and_other_names_are_refused() {
        let dir = tempfile::tempdir().unwrap();
        let packages = FsPackages::new(dir.path());
        let digest = digest(b"one");
        assert_eq!(packages.put(&digest, b"two").await.unwrap_err().kind(), ErrorKind::InvalidInput);
        for bad in ["", "../../etc/passwd", &digest.to_uppercase(), &digest[1..]] {
            assert!(packages.path(bad).is_err(), "{bad}");
        }
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0, "nothing is left");

        packages.put(&digest, b"one").await.unwrap();
        std::fs::write(packages.path(&digest).unwrap(), b"tampered").unwrap();
        assert_eq!(packages.read(&digest).await.unwrap_err().kind(), ErrorKind::InvalidData);
    }

    #[tokio::test]
    async fn what_a_killed_process_left_is_removed() {
        let dir = tempfile::tempdir().unwrap();
        let packages = FsPackages::new(dir.path());
        packages.put(&digest(b"one"), b"one").await.unwrap();
        std::fs::write(dir.path().join(".incoming-x"), b"half").unwrap();
        assert_eq!(packages.list().await.unwrap().len(), 1);
        assert_eq!(packages.remove_leftovers().await.unwrap(), 1);
        assert_eq!(packages.list().await.unwrap().len(), 1);
    }
}
