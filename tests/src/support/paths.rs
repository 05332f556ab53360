//! Where things are: the repository, what was built, programs of the system.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

/// Directories that hold servers and are not on every user's `PATH`.
const SYSTEM_DIRS: [&str; 3] = ["/usr/sbin", "/usr/bin", "/usr/local/bin"];

/// The root of the checkout.
pub fn repository() -> PathBuf {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests.parent().unwrap_or(tests).to_path_buf()
}

/// Cargo's directory of finished programs, such as `target/debug`: the one the running program came from.
///
/// # Errors
/// When the running program's own path cannot be read.
pub fn target_dir() -> anyhow::Result<PathBuf> {
    let program = env::current_exe().context("cannot tell where the running program is")?;
    let dir = program.parent().context("the running program is in no directory")?;
    // Test programs are in `deps`, one below.
    let dir = if dir.ends_with("deps") { dir.parent().unwrap_or(dir) } else { dir };
    Ok(dir.to_path_buf())
}

/// Finds a program on `PATH` or where Debian keeps servers.
pub fn find_program(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path)
        .chain(SYSTEM_DIRS.iter().map(PathBuf::from))
        .map(|dir| dir.join(name))
        .find(|file| file.is_file())
}
