use super::super::{BuildOptions, Language, build_module};
use super::*;

const MANIFEST: &str = manifest!(
    "product",
    r#"[capabilities]
tasks = true
services = true
"#
);

/// Uses what libc has without a system, and much of the kit.
const MODULE: &str = r#"
#include <caisson.h>
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int by_size(const void *a, const void *b) { return *(const int *)a - *(const int *)b; }

static bool create(const cs_service *service) {
    int sizes[] = {3, 1, 2};
    char line[64];
    qsort(sizes, 3, sizeof *sizes, by_size);
    assert(sizes[0] == 1);
    snprintf(line, sizeof line, "%d %.3f %s", sizes[2], strtod("1.5", NULL), strchr("a=b", '='));
    return cs_service_set(service->id, cs_object("line", line, "sizes", cs_list(sizes[0], sizes[1])));
}

static bool terminate(const cs_service *service) {
    cs_log_info("terminate", service->id, cs_format("%ld", strtol("7", NULL, 10)));
    return true;
}

CAISSON_MODULE(.create = create, .terminate = terminate);
"#;

fn module(source: &str) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("module.toml"), MANIFEST).unwrap();
    std::fs::create_dir(dir.path().join("src")).unwrap();
    std::fs::write(dir.path().join("src/module.c"), source).unwrap();
    dir
}

fn options(target: &Path) -> BuildOptions {
    BuildOptions { target_dir: target.to_owned(), out: None, messages: Messages::Keep }
}

#[test]
fn a_folder_of_c_files_is_a_module_in_c_unless_it_is_a_crate() {
    let dir = module(MODULE);
    assert_eq!(Language::detect(dir.path()).unwrap(), Language::C);
    std::fs::write(dir.path().join("Cargo.toml"), "").unwrap();
    assert_eq!(Language::detect(dir.path()).unwrap(), Language::Rust);
    let empty = tempfile::tempdir().unwrap();
    std::fs::create_dir(empty.path().join("src")).unwrap();
    std::fs::write(empty.path().join("src/module.h"), "").unwrap();
    assert!(Language::detect(empty.path()).is_err());
}

#[test]
fn a_module_imports_what_it_uses_of_the_contract_and_nothing_of_a_system() {
    let (dir, target) = (module(MODULE), tempfile::tempdir().unwrap());
    let built = build_module(dir.path(), &options(target.path())).unwrap();
    let mut names: Vec<_> =
        built.imports.iter().filter_map(|name| name.strip_prefix("caisson:module/")).collect();
    names.sort_unstable();
    let expected = ["log@0.1.0", "services@0.1.0", "tasks@0.1.0", "types@0.1.0"];
    assert_eq!(
        (names.as_slice(), built.imports.len()),
        (expected.as_slice(), expected.len()),
        "{:?}",
        built.imports
    );
    assert!(built.exports.contains(&"caisson:module/product@0.1.0".to_owned()), "{:?}", built.exports);

    // The kit stands where it was left, and what the author changed is compiled.
    let kit = || std::fs::read_dir(target.path().join("c")).unwrap().count();
    assert_eq!(kit(), 1);
    let first = std::fs::read(&built.component).unwrap();
    std::fs::write(dir.path().join("src/module.c"), MODULE.replace("\"line\"", "\"another line\"")).unwrap();
    let again = build_module(dir.path(), &options(target.path())).unwrap();
    assert!(std::fs::read(&again.component).unwrap() != first);
    assert_eq!(kit(), 1);
}

#[test]
fn what_only_a_system_has_is_refused_by_name() {
    let (dir, target) =
        (module(&MODULE.replace("assert(", "puts(line); assert(")), tempfile::tempdir().unwrap());
    let error = build_module(dir.path(), &options(target.path())).unwrap_err().to_string();
    assert!(error.contains("fd_write") && error.contains("cs_log_info"), "{error}");
}

#[test]
fn what_does_not_compile_is_told_in_the_compilers_words() {
    let (dir, target) =
        (module("#include <caisson.h>\nCAISSON_MODULE(.crate = 0);"), tempfile::tempdir().unwrap());
    let error = build_module(dir.path(), &options(target.path())).unwrap_err().to_string();
    assert!(error.contains("module.c:2") && error.contains("crate"), "{error}");
}

#[test]
fn every_type_of_module_has_a_kit_in_which_all_may_be_left_out() {
    let target = tempfile::tempdir().unwrap();
    for (kind, export) in [("payment", "payment"), ("notification", "notification"), ("plugin", "jobs")] {
        let dir = module("#include <caisson.h>\nCAISSON_MODULE();");
        let manifest = MANIFEST.replace("\"product\"", &format!("\"{kind}\""));
        std::fs::write(dir.path().join("module.toml"), manifest).unwrap();
        let built = build_module(dir.path(), &options(target.path())).unwrap();
        assert!(built.exports.contains(&format!("caisson:module/{export}@0.1.0")), "{:?}", built.exports);
        assert!(built.imports.iter().all(|name| name.starts_with("caisson:module/")), "{:?}", built.imports);
    }
}

/// Texts and values know nothing of the host, so they are tried natively, with what finds errors there.
#[test]
fn the_kit_reads_and_writes_values() {
    let (dir, target) = (module(MODULE), tempfile::tempdir().unwrap());
    build_module(dir.path(), &options(target.path())).unwrap();
    let kit = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../guest-sdk/c");
    let program = target.path().join("values");
    let mut compile = Clang::find().unwrap().command();
    compile.args(["-std=gnu2x", "-O1", "-Wall", "-Wextra", "-Werror", "-DCAISSON_PRODUCT", "-isystem"]);
    compile.arg(dir.path().join(".caisson/bindings")).arg("-I").arg(kit.join("include"));
    let sources = ["tests/values.c", "src/text.c", "src/value.c", "src/json_read.c", "src/json_write.c"];
    compile
        .args(sources.map(|source| kit.join(source)))
        .args(["-fsanitize=undefined", "-fsanitize-trap=undefined", "-lm", "-o"])
        .arg(&program);
    let compiled = compile.output().unwrap();
    assert!(compiled.status.success(), "{}", String::from_utf8_lossy(&compiled.stderr));
    let ran = Command::new(&program).output().unwrap();
    let words = [ran.stdout, ran.stderr].concat();
    assert!(ran.status.success() && words.is_empty(), "{}", String::from_utf8_lossy(&words));
}
