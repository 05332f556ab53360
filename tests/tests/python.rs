//! What an author in Python is told, and what a build makes of the same files and of others.

use std::fs;
use std::path::{Path, PathBuf};

use caisson_package::build::{BuildOptions, Messages, build_module};
use caisson_tests::support::repository;
use tempfile::TempDir;

const MANIFEST: &str = r#"
contract = "0.1.0"
[module]
name = "hello"
type = "plugin"
version = "1.0.0"
title = "Hello"
description = "Greets."
author = "Caisson"
"#;

const WELL: &str = r#"
from caisson import PluginModule, log, plugin

GREETING = "well met by moonlight"

@plugin
class Hello(PluginModule):
    def activate(self):
        log.info("activate", None, GREETING)
"#;

fn module(script: &str) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir_all(dir.path().join("src/hello")).unwrap();
    fs::write(dir.path().join("module.toml"), MANIFEST).unwrap();
    fs::write(
        dir.path().join("pyproject.toml"),
        "[project]\nname = \"hello\"\ndependencies = [\"caisson\"]\n",
    )
    .unwrap();
    fs::write(dir.path().join("src/hello/__init__.py"), script).unwrap();
    dir
}

fn build(dir: &Path) -> Result<Vec<u8>, String> {
    let target_dir = repository().join("target/guests");
    let options = BuildOptions { target_dir, out: None, messages: Messages::Keep };
    let built = build_module(dir, &options).map_err(|error| error.to_string())?;
    Ok(fs::read(built.component).unwrap())
}

fn holds(component: &[u8], text: &str) -> bool {
    component.windows(text.len()).any(|window| window == text.as_bytes())
}

fn caches(dir: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    let folders: Vec<PathBuf> = entries.filter(|path| path.is_dir()).collect();
    let below = folders.iter().flat_map(|folder| caches(folder));
    below.chain(folders.iter().filter(|folder| folder.ends_with("__pycache__")).cloned()).collect()
}

#[test]
fn the_same_sources_make_the_same_bytes_and_a_line_makes_others() {
    let (one, other) = (module(WELL), module(WELL));
    let first = build(one.path()).unwrap();
    assert!(holds(&first, "well met by moonlight"));
    // Written at another time, in another folder.
    assert!(build(other.path()).unwrap() == first, "the same sources made other bytes");

    let file = one.path().join("src/hello/__init__.py");
    fs::write(&file, WELL.replace("moonlight", "daylight")).unwrap();
    let changed = build(one.path()).unwrap();
    assert!(holds(&changed, "well met by daylight") && !holds(&changed, "well met by moonlight"));
    fs::write(&file, WELL).unwrap();
    assert!(build(one.path()).unwrap() == first, "what was changed back made other bytes");
    assert!(caches(one.path()).is_empty(), "the interpreter left its caches");
}

#[test]
fn a_module_imports_what_no_other_did() {
    let dir =
        module(&format!("import decimal\nfrom html.parser import HTMLParser\nfrom . import parts\n{WELL}"));
    fs::write(dir.path().join("src/hello/parts.py"), "NAME = \"the other file\"\n").unwrap();
    assert!(holds(&build(dir.path()).unwrap(), "the other file"));
}

#[test]
fn mistakes_are_told_with_file_and_line() {
    let cases = [
        (
            "a typing error",
            WELL.replace("def activate", "deff activate"),
            "src/hello/__init__.py:8: SyntaxError",
        ),
        ("no such module", format!("import nowhere\n{WELL}"), "src/hello/__init__.py:1: ModuleNotFoundError"),
        (
            "another type",
            WELL.replace("PluginModule", "ProductModule").replace("plugin", "product"),
            "src/hello/__init__.py:6: TypeError: Hello needs a function with @job(\"create\")",
        ),
        (
            "the end",
            format!("{WELL}\nraise SystemExit(\"too early\")\n"),
            "src/hello/__init__.py:11: SystemExit: too early",
        ),
        (
            "no panel",
            format!("{WELL}\nlog.info(\"import\", None, \"too early\")\n"),
            "was called while the module was imported, when",
        ),
    ];
    for (what, script, expected) in cases {
        let error = build(module(&script).path()).unwrap_err();
        assert!(error.contains(expected), "{what}: {error}");
    }
}
