//! The programs that build: exact versions from npm, installed once below the folder that all modules share.

use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use super::super::digest::digest;
use super::command;
use crate::build::{BuildError, BuildOptions, Messages, write};

/// What is installed together: `package.json` with exact versions, and the lock with their digests.
pub(super) struct ToolSet {
    name: &'static str,
    files: &'static [(&'static str, &'static str)],
}

/// esbuild, TypeScript and QuickJS.
pub(super) static TOOLS: ToolSet = ToolSet {
    name: "js",
    files: &[
        ("package.json", include_str!("../../../../../guest-sdk/js/package.json")),
        ("package-lock.json", include_str!("../../../../../guest-sdk/js/package-lock.json")),
    ],
};

/// SpiderMonkey, for modules that ask for it: 385 MB once installed.
pub(super) static SPIDERMONKEY: ToolSet = ToolSet {
    name: "spidermonkey",
    files: &[
        ("package.json", include_str!("../../../../../guest-sdk/js/spidermonkey/package.json")),
        ("package-lock.json", include_str!("../../../../../guest-sdk/js/spidermonkey/package-lock.json")),
        ("build.mjs", include_str!("../../../../../guest-sdk/js/spidermonkey/build.mjs")),
    ],
};

impl ToolSet {
    /// Which versions.
    pub(super) fn digest(&self) -> String {
        digest(self.files.iter().map(|(_, text)| text.as_bytes()))
    }

    /// Its `package-lock.json`.
    pub(super) fn lock(&self) -> &'static str {
        self.files.iter().find(|(name, _)| *name == "package-lock.json").map_or("{}", |(_, text)| text)
    }
}

/// Installed tools.
pub(super) struct Tools {
    pub(super) dir: PathBuf,
    /// Which versions.
    pub(super) digest: String,
}

impl Tools {
    /// The tools of `set`, which are installed where they are missing.
    pub(super) fn get(set: &ToolSet, options: &BuildOptions) -> Result<Self, BuildError> {
        let digest = set.digest();
        let target = std::path::absolute(&options.target_dir)
            .unwrap_or_else(|_| options.target_dir.clone())
            .join("tools");
        let dir = target.join(format!("{}-{}", set.name, &digest[..16]));
        if !dir.is_dir() {
            install(set, &target, &dir, options.messages)?;
        }
        Ok(Self { dir, digest })
    }

    /// Runs one of the tools in `dir`.
    pub(super) fn command(&self, tool: &str, dir: &Path) -> Command {
        command(self.dir.join("node_modules/.bin").join(tool), dir)
    }
}

/// Installs beside `dir` and renames: another build that does the same meanwhile is not disturbed, and half an installation is none.
fn install(set: &ToolSet, target: &Path, dir: &Path, messages: Messages) -> Result<(), BuildError> {
    if messages == Messages::Show {
        eprintln!("installing the tools for TypeScript and JavaScript into {}, once", dir.display());
    }
    let partial = target.join(format!("{}-partial-{}", set.name, std::process::id()));
    for (name, text) in set.files {
        write(&partial.join(name), text.as_bytes())?;
    }
    let mut npm = command("npm", &partial);
    // No script of a package runs; none is needed. `npm ci` refuses locks of packages that name bindings for systems they were not
    // published for, as componentize-qjs does; what is in the lock is checked against its digest either way.
    npm.args(["install", "--no-save", "--include=dev", "--ignore-scripts"]);
    npm.args(["--no-audit", "--no-fund", "--loglevel=error"]);
    let installed = output(npm).and_then(|output| match output.status.success() {
        true => Ok(()),
        false => Err(failed(dir, &output, messages)),
    });
    if let Err(error) = installed {
        let _ = std::fs::remove_dir_all(&partial);
        return Err(error);
    }
    match std::fs::rename(&partial, dir) {
        Err(_) if dir.is_dir() => {
            // Another build was first; what stays behind is only in the way.
            let _ = std::fs::remove_dir_all(&partial);
            Ok(())
        }
        renamed => renamed.map_err(|error| BuildError::File { path: dir.to_owned(), error }),
    }
}

/// Runs a script of ours in `dir`.
pub(super) fn node(dir: &Path) -> Command {
    command("node", dir)
}

/// Runs to the end, out of sight.
pub(super) fn output(mut command: Command) -> Result<Output, BuildError> {
    command.output().map_err(|error| match command.get_program().to_str() {
        Some("npm") if error.kind() == io::ErrorKind::NotFound => BuildError::NoNode { program: "npm" },
        Some("node") if error.kind() == io::ErrorKind::NotFound => BuildError::NoNode { program: "node" },
        _ => BuildError::Program { program: command.get_program().to_string_lossy().into_owned(), error },
    })
}

/// The error of a tool that was not content, with its own words or after showing them.
pub(super) fn failed(dir: &Path, output: &Output, messages: Messages) -> BuildError {
    // `env` of a tool's first line looks for node.
    if output.status.code() == Some(127) {
        return BuildError::NoNode { program: "node" };
    }
    let words = [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text).trim().to_owned());
    let words = words.iter().filter(|text| !text.is_empty()).cloned().collect::<Vec<_>>().join("\n");
    let messages = match messages {
        Messages::Keep => words,
        Messages::Show => {
            eprintln!("{words}");
            String::new()
        }
    };
    BuildError::Compile { dir: dir.to_owned(), messages }
}
