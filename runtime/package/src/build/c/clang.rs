//! Finds a compiler that makes WebAssembly out of C.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::super::BuildError;

/// Names another compiler than the ones that are looked for.
const VARIABLE: &str = "CAISSON_CLANG";

/// The oldest one whose C is new enough for the kit.
const OLDEST: u32 = 16;

/// What is looked for, in this order: the one that is tested first.
const NAMES: &[&str] =
    &["clang-19", "clang", "clang-22", "clang-21", "clang-20", "clang-18", "clang-17", "clang-16"];

const TARGET: &str = "--target=wasm32-wasi";

/// A clang that has everything a module needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Clang {
    program: PathBuf,
    version: String,
}

impl Clang {
    /// The compiler that `CAISSON_CLANG` names, or the first one of the usual names.
    ///
    /// # Errors
    /// [`BuildError::NoClang`] with what is missing.
    pub(super) fn find() -> Result<Self, BuildError> {
        if let Some(program) = std::env::var_os(VARIABLE) {
            return Self::complete(PathBuf::from(program)).map_err(|missing| BuildError::NoClang { missing });
        }
        Self::first_of(NAMES)
    }

    /// The first that is complete; where none is, what the first that is there lacks.
    fn first_of(names: &[&str]) -> Result<Self, BuildError> {
        let mut lacks = None;
        for name in names {
            match Self::complete(PathBuf::from(name)) {
                Ok(clang) => return Ok(clang),
                Err(missing) if ask(Path::new(name), &["-dumpversion"]).is_some() => {
                    lacks.get_or_insert(missing);
                }
                Err(_) => {}
            }
        }
        let missing = lacks.unwrap_or_else(|| format!("there is no {}", names.join(", no ")));
        Err(BuildError::NoClang { missing })
    }

    /// `program`, if it runs and finds all of its parts; else what is missing.
    fn complete(program: PathBuf) -> Result<Self, String> {
        let name = program.display();
        let version = ask(&program, &["-dumpversion"]).ok_or_else(|| format!("{name} cannot be run"))?;
        let major = version.split('.').next().and_then(|major| major.parse::<u32>().ok()).unwrap_or(0);
        if major < OLDEST {
            return Err(format!("{name} is version {version}, and {OLDEST} is the oldest that will do"));
        }
        let parts: [(&[&str], &str); 3] = [
            (&[TARGET, "-print-file-name=libc.a"], "wasi-libc"),
            (
                &[TARGET, "--rtlib=compiler-rt", "-print-libgcc-file-name"],
                "compiler-rt's builtins for wasm32",
            ),
            (&[TARGET, "-print-prog-name=wasm-ld"], "wasm-ld of lld"),
        ];
        for (question, part) in parts {
            // The compiler answers a bare name where it finds no file.
            if !ask(&program, question).is_some_and(|path| Path::new(&path).is_file()) {
                return Err(format!("{name} finds no {part}"));
            }
        }
        Ok(Self { program, version })
    }

    pub(super) fn command(&self) -> Command {
        Command::new(&self.program)
    }

    /// What else what it makes depends on, besides what it is given.
    pub(super) fn version(&self) -> &str {
        &self.version
    }
}

/// The program's answer in one line, where it gives one.
fn ask(program: &Path, question: &[&str]) -> Option<String> {
    let output =
        Command::new(program).args(question).stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    /// A program that answers as a clang of this version does, and finds the parts named.
    fn pretend(dir: &Path, version: &str, parts: &[&str]) -> PathBuf {
        let here = dir.join("here");
        std::fs::write(&here, "").unwrap();
        let part =
            |name: &str| if parts.contains(&name) { here.display().to_string() } else { name.to_owned() };
        let script = format!(
            "#!/bin/sh\ncase \"$*\" in\n*dumpversion) echo {version};;\n*libc.a) echo {};;\n*libgcc*) echo {};;\n*wasm-ld) echo {};;\nesac\n",
            part("libc.a"),
            part("builtins"),
            part("wasm-ld"),
        );
        let program = dir.join("clang");
        std::fs::write(&program, script).unwrap();
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
        program
    }

    #[test]
    fn what_a_compiler_lacks_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let all = ["libc.a", "builtins", "wasm-ld"];
        assert!(Clang::complete(pretend(dir.path(), "19.1.7", &all)).is_ok());
        for (version, parts, missing) in [
            ("15.0.6", &all[..], "version 15.0.6, and 16"),
            ("19.1.7", &["builtins", "wasm-ld"], "no wasi-libc"),
            ("19.1.7", &["libc.a", "wasm-ld"], "no compiler-rt"),
            ("19.1.7", &["libc.a", "builtins"], "no wasm-ld"),
        ] {
            let lacks = Clang::complete(pretend(dir.path(), version, parts)).unwrap_err();
            assert!(lacks.contains(missing), "{lacks}");
        }
    }

    #[test]
    fn a_machine_without_clang_is_told_what_to_install() {
        let error = Clang::first_of(&["/nonexistent/clang"]).unwrap_err().to_string();
        assert!(error.contains("apt-get install clang-19 lld-19 wasi-libc"), "{error}");
        assert!(error.contains("there is no /nonexistent/clang"), "{error}");
    }
}
