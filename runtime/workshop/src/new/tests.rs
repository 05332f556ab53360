use super::*;

const LANGUAGES: [Language; 4] = [Language::Rust, Language::JavaScript, Language::Python, Language::C];

fn new(name: &str, kind: ModuleType, language: Language) -> NewModule {
    NewModule { name: name.parse().unwrap(), title: None, kind, language }
}

#[test]
fn every_type_has_a_beginning_in_every_language() {
    for language in LANGUAGES {
        for kind in ModuleType::ALL {
            let dir = tempfile::tempdir().unwrap();
            let made = create_module(dir.path(), &new("vps-hosting", *kind, language)).unwrap();
            assert!(made.len() >= 5, "{kind} {language:?}: {made:?}");
            assert_eq!(Language::detect(dir.path()).unwrap(), language, "{kind}");
            for path in &made {
                let text = std::fs::read_to_string(dir.path().join(path)).unwrap();
                assert!(!text.trim().is_empty(), "{kind} {language:?}: {} is empty", path.display());
                assert!(
                    !text.contains("__") || path.ends_with(".gitignore"),
                    "{kind} {language:?}: {}:\n{text}",
                    path.display()
                );
            }
            let manifest = std::fs::read_to_string(dir.path().join("module.toml")).unwrap();
            let schema = manifest.lines().next().and_then(|line| line.strip_prefix("#:schema ")).unwrap();
            assert!(dir.path().join(schema).is_file(), "{kind} {language:?}: {schema}");
            let manifest = Manifest::parse(&manifest).unwrap();
            assert_eq!((manifest.module.kind, manifest.module.title.as_str()), (*kind, "Vps hosting"));
        }
    }
}

#[test]
fn a_folder_with_something_in_it_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("notes.txt"), "mine").unwrap();
    let error = create_module(dir.path(), &new("demo", ModuleType::Plugin, Language::C)).unwrap_err();
    assert!(error.to_string().ends_with("is not empty; a new module takes a folder of its own"), "{error}");
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
}

#[test]
fn a_title_that_breaks_the_manifest_is_refused_before_anything_is_written() {
    let dir = tempfile::tempdir().unwrap();
    let target = dir.path().join("demo");
    let title = Some("a\"\nb".to_owned());
    let error = create_module(&target, &NewModule { title, ..new("demo", ModuleType::Plugin, Language::C) });
    assert!(error.unwrap_err().to_string().contains("is no title"));
    assert!(!target.exists());
}

/// The kit lies in the module's folder and is a workspace of its own, which cargo takes for a member unless it is told otherwise.
#[test]
fn cargo_takes_a_new_crate_for_a_workspace_of_its_own() {
    let dir = tempfile::tempdir().unwrap();
    create_module(dir.path(), &new("demo", ModuleType::Product, Language::Rust)).unwrap();
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut cargo = std::process::Command::new(program);
    let asked =
        cargo.args(["metadata", "--no-deps", "--offline", "--format-version", "1"]).current_dir(dir.path());
    let told = asked.output().unwrap();
    assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
}
