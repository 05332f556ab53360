use super::*;

#[test]
fn a_folder_that_is_no_module_is_refused_by_name() {
    let options =
        BuildOptions { target_dir: PathBuf::from("/nonexistent"), out: None, messages: Messages::Keep };
    let error = build_module(Path::new("/nonexistent/module"), &options).unwrap_err().to_string();
    assert_eq!(error, "/nonexistent/module is not a module: it has no module.toml");
}

#[test]
fn an_unknown_language_names_what_is_supported() {
    let error = Language::detect(Path::new("/nonexistent")).unwrap_err().to_string();
    assert!(
        error.contains("no Cargo.toml") && error.contains("pyproject.toml") && error.contains("Rust"),
        "{error}"
    );
}

#[test]
fn bytes_that_are_no_module_are_refused_in_one_line() {
    let reason = componentize(b"not wasm").unwrap_err();
    assert!(!reason.is_empty() && !reason.contains('\n'), "{reason}");
}

#[test]
fn a_module_that_claims_no_world_is_told_how() {
    let reason = componentize(&wasm_encoder::Module::new().finish()).unwrap_err();
    assert!(reason.contains("caisson_guest::export!"), "{reason}");
}
