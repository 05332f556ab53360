//! What a build was made from, as one word: where it is the same, nothing is made again.

use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use super::BuildError;

/// A digest of parts, each with its length: no two lists of parts run into the same bytes.
pub(super) fn digest(parts: impl IntoIterator<Item = impl AsRef<[u8]>>) -> String {
    let mut digest = Sha256::new();
    for part in parts {
        let part = part.as_ref();
        digest.update((part.len() as u64).to_le_bytes());
        digest.update(part);
    }
    hex::encode(digest.finalize())
}

/// Names and contents of every file below `folder`, in one order everywhere.
pub(super) fn folder_parts(folder: &Path) -> Result<Vec<Vec<u8>>, BuildError> {
    let (mut files, mut parts) = (Vec::new(), Vec::new());
    list(folder, &mut files)?;
    files.sort();
    for path in files {
        let bytes = std::fs::read(&path).map_err(|error| BuildError::File { path: path.clone(), error })?;
        let name = path.strip_prefix(folder).unwrap_or(&path);
        parts.extend([name.as_os_str().as_encoded_bytes().to_vec(), bytes]);
    }
    Ok(parts)
}

/// Every file below `folder` but the interpreters' own caches.
fn list(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), BuildError> {
    let failed = |error| BuildError::File { path: folder.to_owned(), error };
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(failed(error)),
    };
    for entry in entries {
        let path = entry.map_err(failed)?.path();
        if !path.is_dir() {
            files.push(path);
        } else if path.file_name().is_some_and(|name| name != "__pycache__") {
            list(&path, files)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::digest;

    #[test]
    fn parts_are_told_from_each_other() {
        assert_eq!(digest(["ab", "c"]), digest(["ab", "c"]));
        assert_ne!(digest(["ab", "c"]), digest(["a", "bc"]));
        assert_ne!(digest(["ab"]), digest(["ab", ""]));
    }
}
