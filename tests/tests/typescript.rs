//! What an author in TypeScript is told, and what a build leaves alone.

use std::fs;
use std::path::Path;

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

const WELL: &str = "import { log, plugin } from \"@caisson/sdk\";\n\n\
    export default plugin({ activate: () => log.info(\"activate\") });\n";

fn module(script: &str) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir(dir.path().join("src")).unwrap();
    fs::write(dir.path().join("module.toml"), MANIFEST).unwrap();
    fs::write(dir.path().join("package.json"), r#"{ "private": true, "type": "module" }"#).unwrap();
    fs::write(dir.path().join("src/index.ts"), script).unwrap();
    dir
}

fn build(dir: &Path) -> Result<(), String> {
    let target_dir = repository().join("target/guests");
    let options = BuildOptions { target_dir, out: None, messages: Messages::Keep };
    build_module(dir, &options).map(drop).map_err(|error| error.to_string())
}

#[test]
fn mistakes_are_told_with_file_and_line() {
    let cases = [
        (
            "no such word",
            WELL.replace("log.info(\"activate\")", "log.inform(\"activate\")"),
            "src/index.ts(3,",
        ),
        ("no such file", WELL.replace("@caisson/sdk", "./nowhere.js"), "src/index.ts(1,"),
        (
            "not asked for",
            WELL.replace("log.info(", "cache.forget(").replace("log,", "cache,"),
            "cache = true",
        ),
        (
            "another type",
            WELL.replace("plugin(", "notification(").replace(" plugin ", " notification "),
            "send",
        ),
        ("at the start", format!("{WELL}\nthrow new Error(\"too early\");\n"), "too early"),
        ("nothing", "export const nothing = 1;\n".to_owned(), "default"),
    ];
    for (what, script, expected) in cases {
        let error = build(module(&script).path()).unwrap_err();
        assert!(error.contains(expected), "{what}: {error}");
    }
}

#[test]
fn what_did_not_change_is_not_made_again() {
    let dir = module(WELL);
    let made = || fs::metadata(dir.path().join(".caisson/component.wasm")).unwrap().modified().unwrap();
    build(dir.path()).unwrap();
    let first = made();
    build(dir.path()).unwrap();
    assert_eq!(made(), first);
    fs::write(dir.path().join("src/index.ts"), WELL.replace("\"activate\"", "\"awake\"")).unwrap();
    build(dir.path()).unwrap();
    assert_ne!(made(), first);
}

#[test]
fn nothing_runs_where_nothing_changed() {
    let dir =
        module(&format!("import {{ word }} from \"greeting\";\n{}", WELL.replace("\"activate\"", "word")));
    let package = dir.path().join("node_modules/greeting");
    fs::create_dir_all(&package).unwrap();
    fs::write(
        package.join("package.json"),
        r#"{ "name": "greeting", "type": "module", "main": "index.js" }"#,
    )
    .unwrap();
    fs::write(package.join("index.d.ts"), "export declare const word: string;\n").unwrap();
    fs::write(package.join("index.js"), "export const word = \"hello\";\n").unwrap();
    // esbuild writes it whenever it runs.
    let bundled = || fs::metadata(dir.path().join(".caisson/bundle.json")).unwrap().modified().unwrap();
    build(dir.path()).unwrap();
    let first = bundled();
    build(dir.path()).unwrap();
    assert_eq!(bundled(), first);
    // A package is part of what a module is made of.
    fs::write(package.join("index.js"), "export const word = \"welcome\";\n").unwrap();
    build(dir.path()).unwrap();
    assert_ne!(bundled(), first);
    let bundle = fs::read_to_string(dir.path().join(".caisson/module.js")).unwrap();
    assert!(bundle.contains("welcome") && !bundle.contains("hello"), "{bundle}");
    // So is what does not reach the bundle and is checked only.
    fs::write(dir.path().join("src/other.ts"), "export const one: number = \"two\";\n").unwrap();
    let error = build(dir.path()).unwrap_err();
    assert!(error.contains("src/other.ts(1,"), "{error}");
    // What failed is not taken for built.
    build(dir.path()).unwrap_err();
}

#[test]
fn javascript_is_built_as_it_is() {
    let dir = module(WELL);
    fs::rename(dir.path().join("src/index.ts"), dir.path().join("src/index.js")).unwrap();
    build(dir.path()).unwrap();
    assert!(dir.path().join("target/hello.wasm").is_file());
}
