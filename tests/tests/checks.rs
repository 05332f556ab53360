//! `caisson module check`: what it prints, for people and for scripts, and how it ends.

use std::path::Path;
use std::process::{Command, Output};

use caisson_tests::support::archive::Archive;
use caisson_tests::support::{caisson_program, repository};
use serde_json::Value;

fn caisson(arguments: &[&str]) -> Output {
    let mut command = Command::new(caisson_program().unwrap());
    command.args(arguments).current_dir(repository()).output().unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn make(folder: &Path, kind: &str, language: &str) -> String {
    let dir = folder.join(format!("{kind}-demo")).to_str().unwrap().to_owned();
    let made = caisson(&["module", "new", &dir, "--type", kind, "--language", language]);
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    dir
}

fn check_json(arguments: &[&str]) -> (Value, bool) {
    let output = caisson(&[&["module", "check", "--json"], arguments].concat());
    let document = serde_json::from_str(&stdout(&output));
    (
        document.unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr))),
        output.status.success(),
    )
}

#[test]
fn what_is_found_is_told_to_people_and_to_scripts() {
    let folder = tempfile::tempdir().unwrap();
    let dir = make(folder.path(), "plugin", "c");
    let file = |path: &str| Path::new(&dir).join(path);
    let manifest = std::fs::read_to_string(file("module.toml")).unwrap();
    std::fs::write(file("module.toml"), manifest.replace("link = \"home\"", "link = \"house\"")).unwrap();

    // A warning alone fails only where warnings are to.
    let lax = caisson(&["module", "check", &dir]);
    let told = stdout(&lax);
    assert!(lax.status.success(), "{told}");
    let line = manifest.lines().position(|line| line == "[[admin.sidebar]]").unwrap() + 1;
    let expected = format!(
        "warning M003: module.toml:{line}: the link 'Plugin demo' leads to 'house', which is no route; "
    );
    assert!(told.lines().any(|line| line.starts_with(&expected)), "{told}");
    assert!(told.contains("cost: component "), "{told}");
    let last = told.lines().last().unwrap();
    assert!(last.starts_with("plugin/plugin-demo 0.1.0: 0 errors, 1 warning and "), "{told}");
    let strict = caisson(&["module", "check", &dir, "--strict"]);
    assert_eq!(strict.status.code(), Some(1));

    // An error fails always.
    let page = std::fs::read_to_string(file("views/admin_area/home.html")).unwrap();
    std::fs::write(file("views/admin_area/home.html"), page.replace("t(\"visits\")", "t(\"guests\")"))
        .unwrap();
    let (document, passes) = check_json(&[&dir]);
    assert!(!passes);
    assert_eq!((&document["errors"], &document["warnings"]), (&1.into(), &1.into()));
    let first = &document["findings"][0];
    assert_eq!(first["code"], "S002", "{document:#}");
    assert_eq!(first["severity"], "error");
    assert_eq!(first["file"], "views/admin_area/home.html");
    assert_eq!(first["line"], 4);
    assert_eq!(first["message"], "lang/en.ftl has no 'guests'");
    assert_eq!(first["mend"], "add `guests = …` there");
}

#[test]
fn a_package_is_checked_without_its_sources() {
    let folder = tempfile::tempdir().unwrap();
    let dir = make(folder.path(), "plugin", "c");
    let file = folder.path().join("demo.caisson");
    let file = file.to_str().unwrap();
    let packed = caisson(&["module", "pack", &dir, "--output", file]);
    assert!(packed.status.success(), "{}", String::from_utf8_lossy(&packed.stderr));
    let (document, passes) = check_json(&["--package", file, "--strict"]);
    assert!(passes, "{document:#}");

    // One that gives up while its instance is made.
    let component = r#"(component
        (core module $guest (func $first (unreachable)) (start $first))
        (core instance (instantiate $guest))
        (instance $empty)
        (export "caisson:module/lifecycle@0.1.0" (instance $empty))
        (export "caisson:module/jobs@0.1.0" (instance $empty))
        (export "caisson:module/admin@0.1.0" (instance $empty))
        (@custom "caisson:contract" "0.1.0"))"#;
    let spoilt =
        Archive::open(Path::new(file)).unwrap().with("component.wasm", wat::parse_str(component).unwrap());
    std::fs::write(file, spoilt.bytes().unwrap()).unwrap();
    let (document, passes) = check_json(&["--package", file]);
    assert!(!passes);
    let told =
        document["findings"].as_array().unwrap().iter().filter(|finding| finding["severity"] == "error");
    let told: Vec<&Value> = told.collect();
    assert_eq!(told.len(), 1, "{document:#}");
    assert_eq!(told[0]["code"], "Z004");
    let message = told[0]["message"].as_str().unwrap();
    assert!(message.starts_with("no instance can be made: the module crashed: it gave up"), "{message}");
}

#[test]
fn the_reference_is_printed() {
    let codes = caisson(&["module", "check", "--codes"]);
    let written = std::fs::read_to_string(repository().join("runtime/docs/check.md")).unwrap();
    assert_eq!(stdout(&codes), written);
}
