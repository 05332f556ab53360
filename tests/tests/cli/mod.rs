//! Every error that the command line can print, provoked: what is said, how the command ends, and that nothing is left behind.

mod authors;
mod complete;
mod modules;
mod panel;
mod signing;
mod start;
mod tools;

use std::collections::BTreeSet;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use caisson_tests::support::{caisson_program, find_program, repository};

/// What a command cannot do ends with this status, and what nobody could mean with the other.
const FAILED: i32 = 1;
const MISUSED: i32 = 2;

/// A folder to run commands in; what a panel keeps is in `caisson-data` there.
struct Desk {
    folder: tempfile::TempDir,
    environment: Vec<(&'static str, String)>,
}

impl Desk {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), environment: Vec::new() }
    }

    /// The same desk, with a variable set.
    fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.environment.push((name, value.into()));
        self
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        std::fs::create_dir_all(self.path(name).parent().unwrap()).unwrap();
        std::fs::write(self.path(name), content).unwrap();
    }

    /// Runs a line such as `module list`; what has blanks stands in `'…'`. Nobody sits at a terminal.
    fn run(&self, line: &str) -> Output {
        // A session of its own: a developer's terminal is not asked for passwords.
        let mut command = Command::new(find_program("setsid").unwrap());
        command.arg("--wait").arg(caisson_program().unwrap()).args(words(line)).stdin(Stdio::null());
        for name in ["CAISSON_LOG", "CAISSON_CONFIG", "CAISSON_KEY_PASSWORD", "CAISSON_REGISTRY_PASSWORD"] {
            command.env_remove(name);
        }
        command.env("DOCKER_CONFIG", self.path("nobody's docker"));
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command.current_dir(self.folder.path()).output().unwrap()
    }

    fn does(&self, line: &str) -> String {
        let done = self.run(line);
        assert!(done.status.success(), "{line}: {}", text(&done.stderr));
        text(&done.stdout)
    }

    /// The command fails with exactly this sentence, and leaves everything as it was.
    fn refuses(&self, line: &str, sentence: &str) {
        let before = self.files();
        let done = self.run(line);
        let (said, told) = (text(&done.stderr), text(&done.stdout));
        assert_eq!(said, format!("error: {sentence}\n"), "{line}");
        assert_eq!((done.status.code(), told.as_str()), (Some(FAILED), ""), "{line}");
        assert_eq!(self.files(), before, "{line} left something behind");
    }

    /// The command is not understood: what is wrong, and how it is written.
    fn misuses(&self, line: &str, sentence: &str) {
        let done = self.run(line);
        let (said, told) = (text(&done.stderr), text(&done.stdout));
        let first = said.lines().next().unwrap_or_default();
        assert_eq!(first, format!("error: {sentence}"), "{line}: {said}");
        assert_eq!((done.status.code(), told.as_str()), (Some(MISUSED), ""), "{line}");
    }

    /// Everything but the panel's own files, which every command may make.
    fn files(&self) -> BTreeSet<PathBuf> {
        let mut found = BTreeSet::new();
        collect(self.folder.path(), &mut found);
        found
    }
}

fn collect(folder: &Path, found: &mut BTreeSet<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        let own = path.ends_with("caisson-data") || path.ends_with("target") || path.ends_with(".caisson");
        if path.is_dir() && !own {
            collect(&path, found);
        }
        if !own {
            found.insert(path);
        }
    }
}

fn words(line: &str) -> Vec<String> {
    let parts = line.split('\'').enumerate();
    let words = parts.flat_map(|(at, part)| match at % 2 {
        0 => part.split_whitespace().map(str::to_owned).collect(),
        _ => vec![part.to_owned()],
    });
    words.collect()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Where compilers keep what they made, shared with the other tests.
fn shared_target() -> String {
    repository().join("target/guests").display().to_string()
}

#[test]
fn no_command_is_ended_by_a_signal_or_shows_how_it_is_written() {
    let desk = Desk::new();
    desk.misuses("sell", "unrecognized subcommand 'sell'");
    desk.misuses("module sell", "unrecognized subcommand 'sell'");
    desk.misuses("module list --colour", "unexpected argument '--colour' found");
    desk.misuses("module install", "the following required arguments were not provided:");
    let failed = desk.run("module install nothing.caisson");
    assert_eq!(failed.status.signal(), None);
    let said = text(&failed.stderr);
    for foreign in ["Some(", "Err(", "::", "panicked", "\"level\"", "os { "] {
        assert!(!said.contains(foreign), "{said}");
    }
}
