//! Builds a module's folder into a component.
//!
//! [`build_module`] finds the language, runs that language's own tools, wraps the core module as a component, and states the
//! contract version in a custom section. Skipping what did not change is left to the language's tools, which know.

mod bill;
mod c;
mod component;
mod contract;
mod digest;
mod javascript;
mod python;
mod rust;
mod sdk;
mod toolchain;

use std::io;
use std::path::{Path, PathBuf};

pub use bill::bill_of_materials;
pub use component::{BuiltComponent, componentize};
pub use toolchain::RustToolchain;

use caisson_types::manifest::{Manifest, ManifestError};

/// How to build.
#[derive(Clone, Debug)]
pub struct BuildOptions {
    /// Where compilers keep what they made. Modules that share one folder compile the standard library and their common
    /// dependencies once.
    pub target_dir: PathBuf,
    /// Where the component is written; `<module>/target/<name>.wasm` where none is given.
    pub out: Option<PathBuf>,
    pub messages: Messages,
}

/// Where the words of compilers go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Messages {
    /// To standard error, as they come.
    Show,
    /// Into the error, when there is one.
    Keep,
}

/// A language that modules can be written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    Rust,
    /// TypeScript is JavaScript that was checked.
    JavaScript,
    Python,
    C,
}

impl Language {
    /// What a folder is written in, told by the file that its language cannot do without.
    ///
    /// # Errors
    /// [`BuildError::UnknownLanguage`] where none of those files is there.
    pub fn detect(dir: &Path) -> Result<Self, BuildError> {
        if dir.join("Cargo.toml").is_file() {
            Ok(Self::Rust)
        } else if dir.join("package.json").is_file() {
            Ok(Self::JavaScript)
        } else if dir.join("pyproject.toml").is_file() {
            Ok(Self::Python)
        } else if c::detect(dir) {
            Ok(Self::C)
        } else {
            Err(BuildError::UnknownLanguage { dir: dir.to_owned() })
        }
    }
}

/// What a build made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Built {
    pub component: PathBuf,
    pub language: Language,
    /// Size of the component.
    pub bytes: u64,
    /// Interfaces that it imports, as `caisson:module/log@0.1.0`.
    pub imports: Vec<String>,
    /// Interfaces that it exports.
    pub exports: Vec<String>,
}

/// Why a module was not built.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    #[error("{} is not a module: it has no {}", dir.display(), Manifest::FILE_NAME)]
    NoManifest { dir: PathBuf },
    #[error("{}: {error}", dir.display())]
    Manifest { dir: PathBuf, error: ManifestError },
    #[error(
        "{} has no Cargo.toml, package.json, pyproject.toml or src/*.c: modules are built from Rust, TypeScript, JavaScript, Python \
         and C",
        dir.display()
    )]
    UnknownLanguage { dir: PathBuf },
    #[error(
        "this machine cannot compile Rust for wasm32-unknown-unknown: run `rustup target add wasm32-unknown-unknown`, \
         or on Debian `apt-get install rustc-web rust-web-src rust-web-llvm` ({missing})"
    )]
    NoTarget { missing: String },
    #[error(
        "modules in Python are built by Python 3.10 or newer with its venv: on Debian `apt-get install python3-venv`, or name \
         another interpreter in CAISSON_PYTHON ({missing})"
    )]
    NoPython { missing: String },
    #[error("{name} could not be installed with pip: {reason}")]
    NoTool { name: String, reason: String },
    #[error("{}: {reason}", path.display())]
    Project { path: PathBuf, reason: String },
    #[error(
        "this machine cannot compile C for wasm32-wasi: on Debian `apt-get install clang-19 lld-19 wasi-libc \
         libclang-rt-19-dev-wasm32`, or name another clang in CAISSON_CLANG ({missing})"
    )]
    NoClang { missing: String },
    #[error("the bindings of the contract could not be made: {reason}")]
    Bindings { reason: String },
    #[error("CAISSON_ARENA_KIB is '{given}': it must be a number of KiB from 64 to 2097152")]
    Arena { given: String },
    #[error(
        "{} uses what only an operating system has ({functions}): a module has no files, streams, clock or environment; \
         use the kit's functions, such as cs_log_info and cs_now",
        dir.display()
    )]
    System { dir: PathBuf, functions: String },
    #[error("{program} could not be run: {error}")]
    Program { program: String, error: io::Error },
    #[error(
        "{program} is not installed: modules in TypeScript and JavaScript are built with Node 20 or newer and npm; on Debian `apt-get install nodejs npm`"
    )]
    NoNode { program: &'static str },
    #[error("{} {what}", file.display())]
    Package { file: PathBuf, what: String },
    #[error("{} does not compile{}", dir.display(), after_colon(messages))]
    Compile { dir: PathBuf, messages: String },
    #[error(
        "{}/Cargo.toml makes no WebAssembly library: say `crate-type = [\"cdylib\"]` in its [lib] table",
        dir.display()
    )]
    NoLibrary { dir: PathBuf },
    #[error("{} is no component: {reason}", module.display())]
    Componentize { module: PathBuf, reason: String },
    #[error("{} cannot be read or written: {error}", path.display())]
    File { path: PathBuf, error: io::Error },
}

fn after_colon(messages: &str) -> String {
    if messages.is_empty() { String::new() } else { format!(":\n{messages}") }
}

/// Builds the module in `dir`.
///
/// # Errors
/// The first thing that is missing or wrong, with the mend.
pub fn build_module(dir: &Path, options: &BuildOptions) -> Result<Built, BuildError> {
    let dir = std::path::absolute(dir).map_err(|error| BuildError::File { path: dir.to_owned(), error })?;
    let manifest = read_manifest(&dir)?;
    let language = Language::detect(&dir)?;
    let Compiled { path, bytes, form } = match language {
        Language::Rust => rust::compile(&dir, options)?,
        Language::JavaScript => javascript::compile(&dir, &manifest, options)?,
        Language::Python => python::compile(&dir, &manifest, options)?,
        Language::C => c::compile(&dir, &manifest, options)?,
    };
    let built = match form {
        Form::Core => component::componentize(&bytes),
        Form::Component => component::seal(bytes),
    }
    .map_err(|reason| BuildError::Componentize { module: path, reason })?;
    let out = match &options.out {
        Some(out) => out.clone(),
        None => dir.join("target").join(format!("{}.wasm", manifest.module.name)),
    };
    write(&out, &built.bytes)?;
    Ok(Built {
        component: out,
        language,
        bytes: built.bytes.len() as u64,
        imports: built.imports,
        exports: built.exports,
    })
}

/// Everything that is generated in a module's folder, beside `target/`.
const GENERATED: &str = ".caisson";

/// What an editor needs to complete and explain the manifest: its first line names the file.
const SCHEMA: &str = include_str!("../../../docs/manifest.schema.json");

/// Writes a language's kit into a module's folder, where its build finds it, and the manifest's schema, where an editor does.
pub fn write_kit(dir: &Path, language: Language) -> Result<(), BuildError> {
    let kit = match language {
        Language::Rust => &rust::KIT,
        Language::JavaScript => &javascript::KIT,
        Language::Python => &python::KIT,
        Language::C => &c::KIT,
    };
    let generated = dir.join(GENERATED);
    write(&generated.join("manifest.schema.json"), SCHEMA.as_bytes())?;
    kit.write(&generated.join("sdk"))
}

/// What a language's tools left.
struct Compiled {
    path: PathBuf,
    bytes: Vec<u8>,
    form: Form,
}

enum Form {
    /// A core module that carries its component type.
    Core,
    /// A component that does not state its contract version yet.
    Component,
}

/// The manifest of a module's folder.
///
/// # Errors
/// Where there is none, or what is wrong with it.
pub fn read_manifest(dir: &Path) -> Result<Manifest, BuildError> {
    let path = dir.join(Manifest::FILE_NAME);
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(BuildError::NoManifest { dir: dir.to_owned() });
        }
        Err(error) => return Err(BuildError::File { path, error }),
    };
    Manifest::parse(&text).map_err(|error| BuildError::Manifest { dir: dir.to_owned(), error })
}

/// Writes a whole file or none, and leaves one alone that says the same already, so that its time tells of real changes.
fn write(path: &Path, bytes: &[u8]) -> Result<(), BuildError> {
    let failed = |error| BuildError::File { path: path.to_owned(), error };
    if std::fs::read(path).is_ok_and(|old| old == bytes) {
        return Ok(());
    }
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent).map_err(failed)?;
    }
    let partial = path.with_extension(format!("partial-{}", std::process::id()));
    std::fs::write(&partial, bytes).map_err(failed)?;
    std::fs::rename(&partial, path).map_err(failed)
}

/// The last line that a program wrote to say why it failed.
fn one_line_of(said: &[u8]) -> String {
    let said = String::from_utf8_lossy(said);
    let last = said.lines().rev().map(str::trim).find(|line| !line.is_empty());
    last.unwrap_or("it gave no reason").to_owned()
}

#[cfg(test)]
mod tests;
