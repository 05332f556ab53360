//! Finds a compiler that makes WebAssembly out of Rust.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::BuildError;

pub(super) const TARGET: &str = "wasm32-unknown-unknown";

/// A way to compile Rust for [`TARGET`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RustToolchain {
    /// The target's standard library is installed beside the compiler.
    Installed,
    /// The standard library is compiled from the distribution's source, by the distribution's compiler.
    FromSource {
        rustc: PathBuf,
        /// The folder that holds `std/Cargo.toml`.
        library: PathBuf,
        linker: PathBuf,
    },
}

impl RustToolchain {
    /// Looks for the installed target first, then for Debian's source of the standard library.
    ///
    /// # Errors
    /// [`BuildError::NoTarget`] with what was looked for and not found.
    pub fn find() -> Result<Self, BuildError> {
        let rustc = std::env::var_os("RUSTC").map_or_else(|| PathBuf::from("rustc"), PathBuf::from);
        let sysroot = ask(&rustc, &["--print", "sysroot"])?;
        let sysroot = Path::new(sysroot.trim());
        if has_std(&sysroot.join("lib/rustlib").join(TARGET).join("lib")) {
            return Ok(Self::Installed);
        }
        Self::find_debian(sysroot, Path::new("/usr/bin/rustc"), Path::new("/usr/src"))
    }

    /// `rustc` must be of the very version of the source below `sources`: the two are one program.
    fn find_debian(sysroot: &Path, rustc: &Path, sources: &Path) -> Result<Self, BuildError> {
        let missing = |missing: String| Err(BuildError::NoTarget { missing });
        if !rustc.is_file() {
            return missing(format!("there is no {} either", rustc.display()));
        }
        let about = ask(rustc, &["-vV"])?;
        let Some(release) = verbose_field(&about, "release") else {
            return missing(format!("{} does not tell its version", rustc.display()));
        };
        let library = sources.join(format!("rustc-{release}")).join("library");
        if !library.join("std/Cargo.toml").is_file() {
            return missing(format!("there is no {} for {}", library.display(), rustc.display()));
        }
        let own_sysroot = ask(rustc, &["--print", "sysroot"])?;
        let host = verbose_field(&about, "host").unwrap_or("x86_64-unknown-linux-gnu");
        let linker = [sysroot, Path::new(own_sysroot.trim())]
            .map(|root| root.join("lib/rustlib").join(host).join("bin/rust-lld"))
            .into_iter()
            .find(|path| path.is_file());
        match linker {
            Some(linker) => Ok(Self::FromSource { rustc: rustc.to_owned(), library, linker }),
            None => missing("no rust-lld was found to link with".to_owned()),
        }
    }

    /// The compiler's version, as a build in `dir` would find it.
    pub(super) fn release(&self, dir: &Path) -> Result<String, BuildError> {
        let rustc = match self {
            Self::Installed => {
                std::env::var_os("RUSTC").map_or_else(|| PathBuf::from("rustc"), PathBuf::from)
            }
            Self::FromSource { rustc, .. } => rustc.clone(),
        };
        let about = ask_in(dir, &rustc, &["-vV"])?;
        let release = verbose_field(&about, "release").map(str::to_owned);
        release.ok_or_else(|| BuildError::NoTarget {
            missing: format!("{} does not tell its version", rustc.display()),
        })
    }

    /// Adds to a `cargo build` what this way of compiling needs.
    pub(super) fn apply(&self, cargo: &mut Command) {
        cargo.args(["--target", TARGET]);
        if let Self::FromSource { rustc, library, linker } = self {
            cargo
                .args(["-Z", "build-std=std,panic_abort"])
                .env("RUSTC", rustc)
                // The source's version is the compiler's, so the unstable pieces between the two fit by construction.
                .env("RUSTC_BOOTSTRAP", "1")
                .env("__CARGO_TESTS_ONLY_SRC_ROOT", library)
                .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker);
        }
    }
}

fn has_std(lib: &Path) -> bool {
    std::fs::read_dir(lib).is_ok_and(|entries| {
        entries.flatten().any(|entry| entry.file_name().to_string_lossy().starts_with("libstd-"))
    })
}

/// The value of a line `name: value`, as `rustc -vV` prints them.
fn verbose_field<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": ")).map(str::trim)
}

fn ask(program: &Path, arguments: &[&str]) -> Result<String, BuildError> {
    ask_in(Path::new("."), program, arguments)
}

/// In a module's folder, since rustup's choice depends on it.
fn ask_in(dir: &Path, program: &Path, arguments: &[&str]) -> Result<String, BuildError> {
    let failed = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::NotFound => {
            BuildError::NoTarget { missing: format!("there is no program '{}'", program.display()) }
        }
        _ => BuildError::Program { program: program.display().to_string(), error },
    };
    let output = Command::new(program)
        .current_dir(dir)
        .args(arguments.iter().map(OsStr::new))
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .map_err(failed)?;
    if !output.status.success() {
        return Err(failed(std::io::Error::other(format!(
            "{} ended with {}",
            arguments.join(" "),
            output.status
        ))));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_without_the_source_is_told_both_mends() {
        let nowhere = Path::new("/nonexistent");
        let error = RustToolchain::find_debian(nowhere, nowhere, nowhere).unwrap_err().to_string();
        assert!(error.contains("rustup target add wasm32-unknown-unknown"), "{error}");
        assert!(error.contains("apt-get install rustc-web"), "{error}");
    }

    #[test]
    fn fields_are_read_from_verbose_versions() {
        let text = "rustc 1.96.0 (abc)\nbinary: rustc\nrelease: 1.96.0\nhost: x86_64-unknown-linux-gnu\n";
        assert_eq!(verbose_field(text, "release"), Some("1.96.0"));
        assert_eq!(verbose_field(text, "host"), Some("x86_64-unknown-linux-gnu"));
        assert_eq!(verbose_field(text, "LLVM version"), None);
    }

    #[test]
    fn a_compiler_that_says_nothing_of_itself_is_none() {
        let silent = RustToolchain::FromSource {
            rustc: "true".into(),
            library: PathBuf::new(),
            linker: PathBuf::new(),
        };
        let error = silent.release(Path::new(".")).unwrap_err().to_string();
        assert!(error.ends_with("(true does not tell its version)"), "{error}");
    }
}
