//! C modules: bindings are generated here, the kit is compiled once, and what the author wrote is compiled and linked each time.
//!
//! The bindings are of the whole world of the module's type, whatever its manifest asks for: the linker drops what is not used, and
//! so the component imports what its author called, as a Rust module's does. All modules of one type share one compiled kit.

pub(super) mod bill;
mod bindings;
mod clang;
mod imports;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use caisson_types::Manifest;
use include_dir::{Dir, include_dir};
use sha2::{Digest as _, Sha256};

use self::bindings::Bindings;
use self::clang::Clang;
use super::contract::write_whole_contract;
use super::sdk::Sdk;
use super::{BuildError, BuildOptions, Compiled, Form, GENERATED, Language, Messages, write_kit};

static INCLUDE: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../guest-sdk/c/include");
static SOURCE: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../guest-sdk/c/src");

pub(super) static KIT: Sdk = Sdk { files: &[], folders: &[("include", &INCLUDE), ("src", &SOURCE)] };

/// Calls are short and instances live for one call: optimised for speed, without what nobody reads. What an initialiser leaves out
/// is zero, and the kit means something by it, so that is nothing to warn about.
const FLAGS: &[&str] = &[
    "--target=wasm32-wasi",
    "-std=gnu2x",
    "-O2",
    "-g0",
    "-Wall",
    "-Wextra",
    "-Wno-missing-field-initializers",
];

/// A small stack keeps the pages that one call touches few. It lies below everything else, so that one that overflows ends the
/// call and writes over nothing. There is no start-up code of WASI's: the kit's exports begin a call.
const LINK_FLAGS: &[&str] = &[
    "-nostartfiles",
    "-Wl,--no-entry",
    "-Wl,--stack-first",
    "-Wl,-z,stack-size=65536",
    "-Wl,--gc-sections",
    "-Wl,--strip-debug",
];

/// Bytes of the arena that memory comes from, before it grows.
const ARENA_KIB: &str = "CAISSON_ARENA_KIB";

/// Whether `dir` holds a module in C.
pub(super) fn detect(dir: &Path) -> bool {
    files(&dir.join("src"), "c").is_ok_and(|sources| !sources.is_empty())
}

/// Compiles the files in `dir/src` into a core module.
pub(super) fn compile(
    dir: &Path,
    manifest: &Manifest,
    options: &BuildOptions,
) -> Result<Compiled, BuildError> {
    let clang = Clang::find()?;
    let own = dir.join(GENERATED);
    write_whole_contract(&own.join("wit"))?;
    write_kit(dir, Language::C)?;
    let bindings = Bindings::write(&own, manifest)?;
    let kit = Kit::build(&clang, &own, &bindings, manifest, options)?;

    let sources = files(&dir.join("src"), "c").map_err(|error| failed(dir, error))?;
    let folder = dir.join("target").join("c");
    std::fs::create_dir_all(&folder).map_err(|error| failed(&folder, error))?;
    let path = folder.join(format!("{}.wasm", manifest.module.name));
    let mut command = clang.command();
    command.current_dir(dir).args(FLAGS).args(&kit.defines).arg("-Isrc").args(&kit.includes);
    command.args(&sources).args(&kit.objects).args(LINK_FLAGS).arg("-o").arg(&path);
    run(command, dir, options.messages)?;
    let bytes = std::fs::read(&path).map_err(|error| failed(&path, error))?;
    imports::check(dir, &bytes)?;
    Ok(Compiled { path, bytes, form: Form::Core })
}

/// The kit and the bindings, compiled.
struct Kit {
    defines: Vec<String>,
    includes: Vec<PathBuf>,
    objects: Vec<PathBuf>,
}

impl Kit {
    /// Compiles the kit unless the same was compiled before: by its digest, so that modules of one type share it.
    fn build(
        clang: &Clang,
        own: &Path,
        bindings: &Bindings,
        manifest: &Manifest,
        options: &BuildOptions,
    ) -> Result<Self, BuildError> {
        let mut defines = vec![format!("-DCAISSON_{}", manifest.module.kind.as_str().to_uppercase())];
        let arena = std::env::var(ARENA_KIB).ok();
        if let Some(kib) = arena {
            let number = kib.parse::<u32>().ok().filter(|kib| (64..=1 << 21).contains(kib));
            let number = number.ok_or(BuildError::Arena { given: kib })?;
            defines.push(format!("-D{ARENA_KIB}={number}"));
        }
        // What this program carries, whatever an older one left in the folder.
        let embedded = SOURCE.files().filter(|file| file.path().extension().is_some_and(|is| is == "c"));
        let mut sources: Vec<PathBuf> = embedded.map(|file| own.join("sdk/src").join(file.path())).collect();
        sources.push(bindings.source.clone());

        let mut digest = Sha256::new();
        digest.update(clang.version());
        for text in FLAGS.iter().copied().chain(defines.iter().map(String::as_str)) {
            digest.update(text);
            digest.update([0]);
        }
        digest_folder(&mut digest, &INCLUDE);
        digest_folder(&mut digest, &SOURCE);
        for file in [&bindings.header, &bindings.source, &bindings.object] {
            digest.update(std::fs::read(file).map_err(|error| failed(file, error))?);
        }
        let digest = hex::encode(digest.finalize());
        let target = std::path::absolute(&options.target_dir).unwrap_or_else(|_| options.target_dir.clone());
        let folder = target.join("c").join(&digest[..16]);
        let includes = ["-isystem", "-isystem"]
            .into_iter()
            .zip([own.join("sdk/include"), bindings.folder.clone()])
            .flat_map(|(flag, folder)| [PathBuf::from(flag), folder])
            .collect();
        let mut kit = Self { defines, includes, objects: Vec::new() };
        if !folder.is_dir() {
            kit.compile(clang, &sources, &folder, options.messages)?;
        }
        let objects = sources.iter().filter_map(|source| source.file_stem());
        kit.objects = objects.map(|stem| folder.join(stem).with_extension("o")).collect();
        kit.objects.push(bindings.object.clone());
        Ok(kit)
    }

    /// Into a folder beside, which takes its name when all is there: whoever finds the name finds everything.
    fn compile(
        &self,
        clang: &Clang,
        sources: &[PathBuf],
        folder: &Path,
        messages: Messages,
    ) -> Result<(), BuildError> {
        let partial = folder.with_extension(format!("partial-{}", std::process::id()));
        std::fs::create_dir_all(&partial).map_err(|error| failed(&partial, error))?;
        let mut command = clang.command();
        command.current_dir(&partial).args(FLAGS).args(&self.defines).args(&self.includes).arg("-c");
        // Generated code is not ours to warn about.
        command.arg("-Wno-unused-parameter").args(sources);
        run(command, folder, messages).inspect_err(|_| {
            let _ = std::fs::remove_dir_all(&partial);
        })?;
        match std::fs::rename(&partial, folder) {
            Err(error) if !folder.is_dir() => Err(failed(folder, error)),
            // Somebody else was faster.
            Err(_) => std::fs::remove_dir_all(&partial).map_err(|error| failed(&partial, error)),
            Ok(()) => Ok(()),
        }
    }
}

fn digest_folder(digest: &mut Sha256, folder: &Dir<'_>) {
    for file in folder.files() {
        digest.update(file.path().as_os_str().as_encoded_bytes());
        digest.update((file.contents().len() as u64).to_le_bytes());
        digest.update(file.contents());
    }
    folder.dirs().for_each(|inner| digest_folder(digest, inner));
}

fn failed(path: &Path, error: std::io::Error) -> BuildError {
    BuildError::File { path: path.to_owned(), error }
}

/// Runs the compiler, whose warnings are shown even where it succeeds.
fn run(mut command: Command, dir: &Path, messages: Messages) -> Result<(), BuildError> {
    command.stdin(Stdio::null());
    if messages == Messages::Show {
        command.stderr(Stdio::inherit());
    }
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command.output().map_err(|error| BuildError::Program { program, error })?;
    if output.status.success() {
        return Ok(());
    }
    let messages = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(BuildError::Compile { dir: dir.to_owned(), messages })
}

/// Every file of that extension below a folder, sorted.
fn files(dir: &Path, extension: &str) -> std::io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(dir)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(files(&path, extension)?);
        } else if path.extension().is_some_and(|found| found == extension) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests;
