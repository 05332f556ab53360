//! `cargo xtask check-contract`: the contract means something in every language that modules are written in.
//!
//! It is frozen ([`crate::frozen`]). From `wit/` come bindings for C, which must compile, for Python, which must import, and a component from JavaScript that
//! exports what every world exports. Rust is not among them: the SDK and every module prove it. The tools are exact versions,
//! installed below `target/tools` once.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, anyhow};
use wit_bindgen_core::Files;
use wit_bindgen_core::wit_parser::Resolve;

use crate::command::run;
use crate::frozen;

const WORLDS: [&str; 4] = ["product-module", "payment-module", "notification-module", "plugin-module"];

const PYTHON_TOOL: &str = "componentize-py==0.25.1";
const JS_TOOL: &str = "componentize-qjs@0.4.5";

/// The least that a module in JavaScript exports.
const GUEST_JS: &str = "\
export const lifecycle = { activate() {}, deactivate() {}, update(fromVersion) {} };
export const jobs = { run(job) { return '{}'; } };
";

pub(crate) fn check_contract(root: &Path) -> anyhow::Result<()> {
    frozen::check(root)?;
    let work = root.join("target/contract");
    if work.exists() {
        fs::remove_dir_all(&work)?;
    }
    c(root, &work.join("c"))?;
    let tools = root.join("target/tools");
    python(root, &tools.join("python"), &work.join("python"))?;
    javascript(root, &tools.join("js"), &work.join("js"))?;
    eprintln!("    {} worlds in C, Python and JavaScript", WORLDS.len());
    Ok(())
}

/// Generates by the library, compiles by whatever compiler links Rust programs here.
fn c(root: &Path, out: &Path) -> anyhow::Result<()> {
    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_dir(root.join("wit"))?;
    for world in WORLDS {
        let id = resolve.select_world(&[package], Some(world))?;
        let mut files = Files::default();
        wit_bindgen_c::Opts::default().build().generate(&mut resolve.clone(), id, &mut files)?;
        let folder = fresh(&out.join(world))?;
        let mut sources = Vec::new();
        for (name, content) in files.iter() {
            let file = folder.join(name);
            fs::write(&file, content).with_context(|| format!("cannot write {}", file.display()))?;
            if name.ends_with(".c") {
                sources.push(file);
            }
        }
        // Which module an import is of is an attribute that only a compiler for WebAssembly knows.
        let strict = ["-std=c11", "-fsyntax-only", "-Wall", "-Werror", "-Wno-attributes"];
        run(Command::new("cc").args(strict).arg("-I").arg(&folder).args(sources))?;
    }
    Ok(())
}

fn python(root: &Path, tool: &Path, out: &Path) -> anyhow::Result<()> {
    install(tool, PYTHON_TOOL, || {
        run(Command::new("python3")
            .args(["-m", "pip", "install", "--quiet", "--root-user-action=ignore", "--target"])
            .arg(tool)
            .arg(PYTHON_TOOL))
    })?;
    for world in WORLDS {
        let folder = fresh(out)?.join(world.replace('-', "_"));
        let mut generate = Command::new(tool.join("bin/componentize-py"));
        generate.env("PYTHONPATH", tool).arg("-d").arg(root.join("wit")).args(["-w", world, "bindings"]);
        run(generate.arg(&folder))?;
        let mut import = Command::new("python3");
        import.args(["-c", "import wit_world, wit_world.exports, wit_world.imports"]);
        run(import.env("PYTHONPATH", &folder).env("PYTHONDONTWRITEBYTECODE", "1"))?;
    }
    Ok(())
}

fn javascript(root: &Path, tool: &Path, out: &Path) -> anyhow::Result<()> {
    install(tool, JS_TOOL, || {
        run(Command::new("npm")
            .args(["install", "--silent", "--no-audit", "--no-fund", "--no-package-lock", "--prefix"])
            .arg(tool)
            .arg(JS_TOOL))
    })?;
    let guest = fresh(out)?.join("guest.js");
    fs::write(&guest, GUEST_JS)?;
    for world in WORLDS {
        let mut build = Command::new(tool.join("node_modules/.bin/componentize-qjs"));
        build.arg("--wit").arg(root.join("wit")).arg("--js").arg(&guest).args(["--world", world]);
        let built = build.arg("--output").arg(out.join(format!("{world}.wasm"))).output();
        let built = built.context("cannot run componentize-qjs")?;
        if !built.status.success() {
            return Err(anyhow!("{world} in JavaScript: {}", String::from_utf8_lossy(&built.stderr)));
        }
    }
    Ok(())
}

/// Runs `install` unless this version was installed before.
fn install(tool: &Path, version: &str, install: impl FnOnce() -> anyhow::Result<()>) -> anyhow::Result<()> {
    let stamp = tool.join(".installed");
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == version) {
        return Ok(());
    }
    if tool.exists() {
        fs::remove_dir_all(tool)?;
    }
    fs::create_dir_all(tool)?;
    install()?;
    fs::write(stamp, version)?;
    Ok(())
}

fn fresh(folder: &Path) -> anyhow::Result<PathBuf> {
    fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
    Ok(folder.to_owned())
}
