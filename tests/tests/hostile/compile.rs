//! What brings a compiler to its knees: it works in a child, within limits, and the panel has other things to do.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::time::{Duration, Instant};

use caisson_sandbox::{CompileError, Compiler};
use caisson_tests::support::Panel;
use serde_json::Value;

use super::guest::Guest;

/// Modules that are small to write down and large to compile.
fn bombs() -> Vec<(&'static str, String)> {
    let deep = |open: &str, shut: &str, times: usize| format!("{}{}", open.repeat(times), shut.repeat(times));
    let locals = "(local i64)".repeat(49_000);
    let targets = "0 ".repeat(100_000);
    let stores = "(i32.store (i32.const 0) (i32.add (i32.load (i32.const 4)) (i32.const 7)))".repeat(60_000);
    let many: String = (0..20_000).map(|_| "(func (drop (i32.const 1)))").collect();
    let products = "(local.set 0 (i64.mul (local.get 0) (local.get 0)))".repeat(100_000);
    vec![
        ("blocks", format!("(func $deed {})", deep("(block ", ")", 20_000))),
        ("loops", format!("(func $deed {})", deep("(loop ", ")", 4_000))),
        ("locals", format!("(func $deed {locals})")),
        ("targets", format!("(func $deed (block (br_table {targets} (i32.const 0))))")),
        ("stores", format!("(func $deed {stores})")),
        ("functions", format!("(func $deed) {many}")),
        ("products", format!("(func $deed (local i64) {products})")),
    ]
}

#[tokio::test]
async fn what_is_large_to_compile_is_compiled_or_refused_in_a_sentence() {
    let mut panel = Panel::start().await.unwrap();
    let admin = panel.admin().await.unwrap();
    for (name, text) in bombs() {
        let _case = caisson_threats::case(20, format!("a bomb of {name}"));
        let guest = Guest::new(&format!("bomb-of-{name}"), text);
        let began = Instant::now();
        let reply = guest.install(&admin).await;
        if reply.status != 201 {
            let refused = reply.expect(422).unwrap_or_else(|error| panic!("{name}: {error}"));
            let message = refused["errors"][0]["message"].as_str().unwrap();
            assert!(message.starts_with("component.wasm ") && !message.contains('\n'), "{name}: {message}");
        }
        assert!(began.elapsed() < Duration::from_secs(150), "{name}: {:?}", began.elapsed());
        admin.api.get("/modules").await.unwrap().expect(200).unwrap();
    }
    panel.front().check_running().unwrap();
}

/// Compilers that go wrong, each a script, and what is said of them.
const BROKEN: [(&str, &str, &str); 6] = [
    ("panics", "echo \"thread 'main' panicked at nowhere\" >&2; exit 101", "does not compile"),
    ("is killed", "kill -KILL $$", "took more than 120 s"),
    ("runs out of memory", "echo 'memory allocation of 4 bytes failed' >&2; kill -ABRT $$", "took more than"),
    ("says nothing", "exit 1", "the compiler gave no reason"),
    ("never stops talking", "while echo 'and another thing' >&2; do :; done", ""),
    ("talks in colours", "printf '\\033[31mred\\033[0m\\n' >&2; exit 1", "does not compile"),
];

#[tokio::test]
async fn a_compiler_that_goes_wrong_is_a_refusal() {
    let folder = tempfile::tempdir().unwrap();
    let component = folder.path().join("component.wasm");
    std::fs::write(&component, "").unwrap();
    for (what, script, words) in BROKEN {
        let _case = caisson_threats::case(20, format!("a compiler that {what}"));
        let program = folder.path().join("compiler");
        write_script(&program, script);
        let compiler = Compiler::new(&program, []);
        let told = compiler.compile(&component, &folder.path().join("artefact")).await.unwrap_err();
        assert!(matches!(told, CompileError::Refused(_) | CompileError::Limits), "{what}: {told:?}");
        let told = told.to_string();
        assert!(told.contains(words), "{what}: {told}");
        assert!(!told.chars().any(char::is_control) && told.len() < 5_000, "{what}: {told:?}");
    }
    let _case = caisson_threats::case(20, "a compiler that is not there");
    let compiler = Compiler::new(folder.path().join("nothing"), []);
    let told = compiler.compile(&component, &folder.path().join("artefact")).await.unwrap_err();
    assert!(matches!(told, CompileError::Start(_)), "{told:?}");
}

fn write_script(program: &Path, script: &str) {
    std::fs::write(program, format!("#!/bin/sh\n{script}\n")).unwrap();
    std::fs::set_permissions(program, std::fs::Permissions::from_mode(0o755)).unwrap();
}

/// A genuine artefact of this very engine is still not what a package carries.
#[tokio::test]
async fn machine_code_is_no_component() {
    let _case = caisson_threats::case(21, "a genuine artefact for a component");
    let panel = Panel::start().await.unwrap();
    let admin = panel.admin().await.unwrap();
    let guest = Guest::named("neighbour");
    guest.install(&admin).await.expect(201).unwrap();
    let engine =
        std::fs::read_dir(panel.data_dir().join("artefacts")).unwrap().next().unwrap().unwrap().path();
    let artefacts = std::fs::read_dir(engine).unwrap().map(|entry| entry.unwrap().path());
    let code = artefacts.max_by_key(|path| path.metadata().unwrap().len()).unwrap();
    let smuggled = guest.package_of("smuggled", &std::fs::read(code).unwrap());
    let reply = admin.api.upload_bytes("/modules", "package", "raw.caisson", smuggled).await.unwrap();
    let refused: Value = reply.expect(422).unwrap();
    let message = refused["errors"][0]["message"].as_str().unwrap();
    assert!(message.contains("machine code that was compiled elsewhere"), "{message}");
}
