//! componentize-py, in a virtual environment of its own that is made once.

use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::super::{BuildError, Messages, write};
use super::project::Project;

/// The release that the interpreter, and with it the memory of every call, comes from.
pub(super) const VERSION: &str = "0.25.1";

/// Names the interpreter that the tool is installed with; `python3` where it is not set.
const INTERPRETER: &str = "CAISSON_PYTHON";

/// The version of Python inside of a component, for which dependencies are chosen.
pub(super) const INSIDE: &str = "3.14";

pub(super) struct Tool {
    dir: PathBuf,
}

impl Tool {
    /// The tool below `target_dir`, installed there first where it is not.
    pub(super) fn find_or_install(target_dir: &Path, messages: Messages) -> Result<Self, BuildError> {
        let target_dir = std::path::absolute(target_dir).unwrap_or_else(|_| target_dir.to_owned());
        let tools = target_dir.join("tools");
        let tool = Self { dir: tools.join(format!("python-{VERSION}")) };
        let failed = |error| BuildError::File { path: tools.clone(), error };
        std::fs::create_dir_all(&tools).map_err(failed)?;
        // Two builds that start at once install it once.
        let lock = std::fs::File::create(tools.join(".python.lock")).map_err(failed)?;
        lock.lock().map_err(failed)?;
        let stamp = tool.dir.join(".installed");
        if !stamp.is_file() {
            tool.install(messages)?;
            write(&stamp, VERSION.as_bytes())?;
        }
        Ok(tool)
    }

    fn install(&self, messages: Messages) -> Result<(), BuildError> {
        let python = std::env::var_os(INTERPRETER).map_or_else(|| PathBuf::from("python3"), PathBuf::from);
        let mut make = Command::new(&python);
        make.args(["-m", "venv", "--clear"]).arg(&self.dir);
        // Debian's venv is a package of its own, and says so at some length on standard output.
        run(&mut make, messages, |said| match said {
            Said::NotFound => {
                BuildError::NoPython { missing: format!("there is no program '{}'", python.display()) }
            }
            Said::Failed(words) => {
                BuildError::NoPython { missing: format!("`{} -m venv` failed: {words}", python.display()) }
            }
        })?;
        let mut install = self.pip();
        install
            .args(["install", "--no-deps", "--only-binary=:all:"])
            .arg(format!("componentize-py=={VERSION}"));
        run(&mut install, messages, |said| BuildError::NoTool {
            name: format!("componentize-py {VERSION}"),
            reason: said.to_string(),
        })
    }

    /// Installs what the project depends on into `packages`: wheels of pure Python, since nothing else can be brought along.
    pub(super) fn install_dependencies(
        &self,
        project: &Project,
        packages: &Path,
        messages: Messages,
    ) -> Result<(), BuildError> {
        let failed = |error| BuildError::File { path: packages.to_owned(), error };
        let wanted = project.dependencies.join("\n");
        let stamp = packages.with_extension("requirements");
        if packages.is_dir() && std::fs::read_to_string(&stamp).unwrap_or_default() == wanted {
            return Ok(());
        }
        if packages.is_dir() {
            std::fs::remove_dir_all(packages).map_err(failed)?;
        }
        std::fs::create_dir_all(packages).map_err(failed)?;
        if !project.dependencies.is_empty() {
            let mut install = self.pip();
            install
                .args(["install", "--only-binary=:all:", "--platform", "any", "--implementation", "py"])
                .args(["--abi", "none", "--python-version", INSIDE, "--no-compile", "--target"])
                .arg(packages)
                .args(&project.dependencies);
            run(&mut install, messages, |said| BuildError::NoTool {
                name: format!(
                    "the dependencies {} as wheels of pure Python",
                    project.dependencies.join(", ")
                ),
                reason: said.to_string(),
            })?;
        }
        write(&stamp, wanted.as_bytes())
    }

    fn pip(&self) -> Command {
        let mut pip = Command::new(self.program("python"));
        pip.args(["-m", "pip", "--disable-pip-version-check", "--quiet"]);
        pip
    }

    /// The tool, without what the surroundings would add to it.
    pub(super) fn componentize(&self) -> Command {
        let mut command = Command::new(self.program("componentize-py"));
        command
            .env_remove("PYTHONPATH")
            .env_remove("PYTHONHOME")
            .env("RUST_BACKTRACE", "0")
            .stdin(Stdio::null());
        command
    }

    pub(super) fn failed(&self, error: io::Error) -> BuildError {
        BuildError::Program { program: self.program("componentize-py").display().to_string(), error }
    }

    fn program(&self, name: &str) -> PathBuf {
        if cfg!(windows) {
            self.dir.join("Scripts").join(name).with_extension("exe")
        } else {
            self.dir.join("bin").join(name)
        }
    }
}

/// How a program that had to succeed did not.
enum Said {
    NotFound,
    /// The last line of what it printed, which is where pip and venv have the reason.
    Failed(String),
}

impl std::fmt::Display for Said {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NotFound => f.write_str("the virtual environment is damaged; remove it"),
            Self::Failed(words) => f.write_str(words),
        }
    }
}

fn run(
    command: &mut Command,
    messages: Messages,
    problem: impl FnOnce(Said) -> BuildError,
) -> Result<(), BuildError> {
    let output = match command.env_remove("PYTHONPATH").stdin(Stdio::null()).output() {
        Ok(output) => output,
        Err(_) => return Err(problem(Said::NotFound)),
    };
    if output.status.success() {
        return Ok(());
    }
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    if messages == Messages::Show {
        eprintln!("{}", said.trim_end());
    }
    let last = said.lines().rev().map(str::trim).find(|line| !line.is_empty()).unwrap_or("it gave no reason");
    Err(problem(Said::Failed(last.to_owned())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_interpreter_names_what_to_install() {
        let mut command = Command::new("/nonexistent/python3");
        let error = run(&mut command, Messages::Keep, |said| match said {
            Said::NotFound => BuildError::NoPython { missing: "nothing there".to_owned() },
            Said::Failed(words) => BuildError::NoPython { missing: words },
        });
        let error = error.unwrap_err().to_string();
        assert!(error.contains("apt-get install python3-venv") && error.contains("nothing there"), "{error}");
    }

    #[test]
    fn the_last_line_is_the_reason() {
        let mut command = Command::new("sh");
        command.args(["-c", "echo first; echo 'ERROR: no such thing' >&2; exit 1"]);
        let error = run(&mut command, Messages::Keep, |said| BuildError::NoTool {
            name: "x".to_owned(),
            reason: said.to_string(),
        });
        assert!(error.unwrap_err().to_string().contains("ERROR: no such thing"));
    }
}
