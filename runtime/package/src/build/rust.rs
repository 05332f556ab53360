//! Rust modules: one cargo build for `wasm32-unknown-unknown`.

pub(super) mod bill;

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use include_dir::{Dir, include_dir};
use serde::Deserialize;

use super::sdk::Sdk;
use super::toolchain::RustToolchain;
use super::{BuildError, BuildOptions, Compiled, Form, Language, Messages, write_kit};

/// Every module is compiled alike, so that all of them share one standard library: calls are short and instances live for
/// one call, so code is optimised for speed, in one piece, without unwinding.
const PROFILE: &[(&str, &str)] = &[
    ("CARGO_PROFILE_RELEASE_OPT_LEVEL", "2"),
    ("CARGO_PROFILE_RELEASE_LTO", "fat"),
    ("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "1"),
    ("CARGO_PROFILE_RELEASE_PANIC", "abort"),
    ("CARGO_PROFILE_RELEASE_DEBUG", "false"),
    ("CARGO_PROFILE_RELEASE_STRIP", "debuginfo"),
    ("CARGO_PROFILE_RELEASE_INCREMENTAL", "false"),
];

static SOURCE: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../guest-sdk/rust/src");
static CONTRACT: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../guest-sdk/rust/wit");

/// The kit, for modules that depend on it by [`KIT_PATH`].
pub(super) static KIT: Sdk = Sdk {
    files: &[("Cargo.toml", include_str!("../../../../guest-sdk/rust/Cargo.toml"))],
    folders: &[("src", &SOURCE), ("wit", &CONTRACT)],
};

const KIT_PATH: &str = ".caisson/sdk";

/// A small stack keeps the pages that one call touches few.
const FLAGS: &str = "-Clink-arg=-zstack-size=65536";

/// Compiles the crate in `dir` into a core module.
pub(super) fn compile(dir: &Path, options: &BuildOptions) -> Result<Compiled, BuildError> {
    let toolchain = RustToolchain::find()?;
    if std::fs::read_to_string(dir.join("Cargo.toml")).is_ok_and(|text| text.contains(KIT_PATH)) {
        write_kit(dir, Language::Rust)?;
    }
    let program = std::env::var_os("CARGO").map_or_else(|| PathBuf::from("cargo"), PathBuf::from);
    let mut cargo = Command::new(&program);
    cargo
        .current_dir(dir)
        .args(["build", "--release", "--lib", "--message-format=json-render-diagnostics", "--target-dir"])
        .arg(std::path::absolute(&options.target_dir).unwrap_or_else(|_| options.target_dir.clone()))
        .envs(PROFILE.iter().copied())
        .env("CARGO_ENCODED_RUSTFLAGS", FLAGS)
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_BUILD_TARGET")
        // Gives each module's library a file name of its own in the shared folder; two modules of the same crate name
        // would overwrite each other's otherwise, and cargo would take the one for the other.
        .env("__CARGO_DEFAULT_LIB_METADATA", "caisson")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(match options.messages {
            Messages::Show => Stdio::inherit(),
            Messages::Keep => Stdio::piped(),
        });
    toolchain.apply(&mut cargo);

    let failed = |error| BuildError::Program { program: program.display().to_string(), error };
    let mut child = cargo.spawn().map_err(failed)?;
    let stderr = child.stderr.take().map(|mut pipe| {
        std::thread::spawn(move || {
            let mut text = Vec::new();
            // What a broken pipe cuts off is only missing from the message.
            let _ = pipe.read_to_end(&mut text);
            String::from_utf8_lossy(&text).into_owned()
        })
    });
    let output = child.wait_with_output().map_err(failed)?;
    let messages = stderr.and_then(|thread| thread.join().ok()).unwrap_or_default();
    if !output.status.success() {
        return Err(BuildError::Compile { dir: dir.to_owned(), messages: messages.trim().to_owned() });
    }
    let path = library(&output.stdout, &dir.join("Cargo.toml"))
        .ok_or_else(|| BuildError::NoLibrary { dir: dir.to_owned() })?;
    let bytes = std::fs::read(&path).map_err(|error| BuildError::File { path: path.clone(), error })?;
    Ok(Compiled { path, bytes, form: Form::Core })
}

/// One of cargo's messages, as far as it matters here.
#[derive(Deserialize)]
struct Message {
    reason: String,
    #[serde(default)]
    manifest_path: PathBuf,
    #[serde(default)]
    filenames: Vec<PathBuf>,
}

/// The WebAssembly file that the crate of `manifest` was compiled to.
fn library(messages: &[u8], manifest: &Path) -> Option<PathBuf> {
    let manifest = manifest.canonicalize().unwrap_or_else(|_| manifest.to_owned());
    messages
        .split(|byte| *byte == b'\n')
        .filter_map(|line| serde_json::from_slice::<Message>(line).ok())
        .filter(|message| message.reason == "compiler-artifact")
        .filter(|message| message.manifest_path.canonicalize().is_ok_and(|path| path == manifest))
        .flat_map(|message| message.filenames)
        .find(|file| file.extension().is_some_and(|extension| extension == "wasm"))
}
