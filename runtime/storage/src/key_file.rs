//! The master key on disk.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use caisson_types::Secret;
use uuid::Uuid;
use zeroize::Zeroizing;

/// Why there is no master key.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    #[error("the key file {path} cannot be used: {cause}", path = path.display())]
    Io {
        path: PathBuf,
        #[source]
        cause: io::Error,
    },
    #[error(
        "the key file {path} may be read by others (mode {mode:03o}): run chmod 600 {path}",
        path = path.display()
    )]
    Open { path: PathBuf, mode: u32 },
    #[error(
        "the key file {path} does not hold 64 hexadecimal digits: restore it from a backup, since nothing sealed \
         with it opens without it",
        path = path.display()
    )]
    Malformed { path: PathBuf },
}

const KEY_BYTES: usize = 32;

/// Reads the master key, or makes one that only this user can read. When several processes start at once, all get the
/// same key.
///
/// # Errors
/// When the file cannot be read or written, may be read by others, or does not hold a key.
pub fn load_or_create(path: &Path) -> Result<Secret<Vec<u8>>, KeyFileError> {
    let io = |cause| KeyFileError::Io { path: path.to_owned(), cause };
    match File::open(path) {
        Ok(file) => load(path, file),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            create(path).map_err(io)?;
            load(path, File::open(path).map_err(io)?)
        }
        Err(error) => Err(io(error)),
    }
}

fn load(path: &Path, mut file: File) -> Result<Secret<Vec<u8>>, KeyFileError> {
    let io = |cause| KeyFileError::Io { path: path.to_owned(), cause };
    let mode = file.metadata().map_err(io)?.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(KeyFileError::Open { path: path.to_owned(), mode });
    }
    let mut text = Zeroizing::new(String::new());
    file.read_to_string(&mut text).map_err(io)?;
    match hex::decode(text.trim()) {
        Ok(key) if key.len() == KEY_BYTES => Ok(Secret::new(key)),
        _ => Err(KeyFileError::Malformed { path: path.to_owned() }),
    }
}

/// The key is written under another name and linked into place when it is complete, so that nobody reads half a key, and
/// the first of several wins.
fn create(path: &Path) -> io::Result<()> {
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(directory)?;
    let temporary = directory.join(format!(".key-{}", Uuid::new_v4()));
    let written = write(&temporary).and_then(|()| match fs::hard_link(&temporary, path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        linked => linked,
    });
    let removed = fs::remove_file(&temporary);
    written?;
    removed?;
    File::open(directory)?.sync_all()
}

fn write(path: &Path) -> io::Result<()> {
    let key = Zeroizing::new(rand::random::<[u8; KEY_BYTES]>());
    let text = Zeroizing::new(format!("{}\n", hex::encode(*key)));
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_made_once_and_only_its_owner_reads_it() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("state/master.key");
        let key = load_or_create(&path).unwrap();
        assert_eq!(key.expose().len(), KEY_BYTES);
        assert_eq!(load_or_create(&path).unwrap(), key);
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1, "nothing is left beside it");
    }

    #[test]
    fn processes_that_start_together_get_one_key() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("master.key");
        let keys: Vec<_> = std::thread::scope(|scope| {
            let starts: Vec<_> = (0..8).map(|_| scope.spawn(|| load_or_create(&path).unwrap())).collect();
            starts.into_iter().map(|start| start.join().unwrap()).collect()
        });
        assert!(keys.iter().all(|key| key == &keys[0]));
    }

    #[test]
    fn a_key_that_others_can_read_or_that_is_damaged_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("master.key");
        load_or_create(&path).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        let error = load_or_create(&path).unwrap_err().to_string();
        assert!(error.contains("mode 640") && error.contains("chmod 600"), "{error}");

        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        fs::write(&path, "abc").unwrap();
        assert!(matches!(load_or_create(&path), Err(KeyFileError::Malformed { .. })));
    }
}
