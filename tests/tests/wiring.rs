//! No test file is left out of the program.

use std::path::Path;

#[test]
fn every_file_is_a_module() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let main = std::fs::read_to_string(dir.join("all.rs")).unwrap();
    let missing: Vec<String> = std::fs::read_dir(&dir)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir() || path.extension().is_some_and(|extension| extension == "rs"))
        .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
        .filter(|name| name != "all" && !main.contains(&format!("\nmod {name};")))
        .collect();
    assert_eq!(missing, Vec::<String>::new(), "tests/tests/all.rs needs a `mod` line for each of these");
}
