//! A good module has no finding; each case spoils one thing and says what comes of it.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use caisson_package::build::Messages;

use super::*;

mod cases;

const MANIFEST: &str = r#"contract = "0.1.0"

[module]
name = "demo"
type = "product"
version = "1.0.0"
title = "Demo"
description = "A module with nothing wrong in it."
author = "Example Ltd"

[[settings]]
key = "api_base"
label = "Address"
type = "url"

[[settings]]
key = "api_key"
label = "Key"
type = "password"
secret = true

[[service]]
key = "name"
label = "Name"

[[permissions]]
key = "look"
name = "Look"

[[admin.sidebar]]
title = "Demo"
link = "home"
permission = "look"

[[admin.routes]]
name = "home"
uri = "home"
permission = "look"

[[client.tabs]]
key = "status"
name = "Status"
template = "client/status"

[[client.actions]]
key = "reboot"
tab = "status"

[capabilities]
cache = true

[[capabilities.http]]
from = "settings.api_base"
secrets = ["api_key"]
reason = "The provider's API."
"#;

const SOURCE: &str = r#"
fn admin() { View::new("admin/home", &json!({ "visits": service.name })) }
"#;

const STATUS: &str = r#"<p>{{ t("greeting", name=account.name) }} {{ t("ui-actions") }}</p>
<form method="post" action="{{ action("reboot") }}">{{ csrf() }}
<img src="{{ asset("logo.png") }}" alt=""><a href="{{ tab("status") }}">{{ t("state-" ~ state) }}</a>
</form>
"#;

const COMPONENT: &str = r#"(component
    (import "caisson:module/cache@0.1.0" (instance (export "get" (func))))
    (import "caisson:module/http@0.1.0" (instance (export "send" (func))))
    (instance $empty)
    (export "caisson:module/lifecycle@0.1.0" (instance $empty))
    (export "caisson:module/jobs@0.1.0" (instance $empty))
    (export "caisson:module/product@0.1.0" (instance $empty))
    (export "caisson:module/client-area@0.1.0" (instance $empty))
    (export "caisson:module/admin@0.1.0" (instance $empty))
    (@custom "caisson:contract" "0.1.0"))"#;

/// Writes the good module.
fn good(dir: &Path) {
    for (path, text) in [
        ("module.toml", MANIFEST),
        ("README.md", "# Demo\n"),
        ("src/lib.rs", SOURCE),
        ("component.wat", COMPONENT),
        ("views/client/status.html", STATUS),
        (
            "views/admin/home.html",
            "<p>{{ visits }}</p>\n<a href=\"{{ page(\"home\") }}\">{{ t(\"count\", n=visits) }}</a>\n",
        ),
        ("views/assets/logo.png", "an image"),
        ("lang/en.ftl", "greeting = Hello { $name }\nstate-up = Up\ncount = { $n } visits\n"),
        ("lang/pl.ftl", "greeting = Witaj { $name }\nstate-up = W górę\ncount = { $n } wizyt\n"),
        ("tests/fixtures/client/status.json", "{ \"account\": { \"name\": \"Ada\" }, \"state\": \"up\" }"),
        ("tests/fixtures/admin/home.json", "{ \"visits\": 3 }"),
    ] {
        write(dir, path, text);
    }
}

fn write(dir: &Path, path: &str, text: &str) {
    let path = dir.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// Puts one text in another's place; nothing to replace is a mistake of the case.
fn replace(dir: &Path, path: &str, old: &str, new: &str) {
    let text = fs::read_to_string(dir.join(path)).unwrap();
    assert!(text.contains(old), "{path} has no {old}");
    fs::write(dir.join(path), text.replacen(old, new, 1)).unwrap();
}

fn append(dir: &Path, path: &str, more: &str) {
    let text = fs::read_to_string(dir.join(path)).unwrap();
    fs::write(dir.join(path), text + more).unwrap();
}

/// What is done to the good module; paths are as seen from its folder.
enum Spoil {
    /// The first text becomes the second.
    Replace(&'static str, &'static str, &'static str),
    Append(&'static str, &'static str),
    Write(&'static str, &'static str),
    Remove(&'static str),
}

impl Spoil {
    fn happen(&self, dir: &Path) {
        match self {
            Self::Replace(path, old, new) => replace(dir, path, old, new),
            Self::Append(path, more) => append(dir, path, more),
            Self::Write(path, text) => write(dir, path, text),
            Self::Remove(path) => fs::remove_file(dir.join(path)).unwrap(),
        }
    }
}

fn looked(spoil: impl FnOnce(&Path)) -> Vec<Finding> {
    let folder = tempfile::tempdir().unwrap();
    good(folder.path());
    spoil(folder.path());
    let mut subject = Subject::of_folder(folder.path()).unwrap();
    subject.component = Some(wat::parse_file(folder.path().join("component.wat")).unwrap());
    look(&subject, None, Vec::new()).unwrap().0.findings
}

#[test]
fn a_good_module_has_no_findings() {
    assert_eq!(looked(|_| {}), []);
}

/// A module that queues nothing itself still asks for tasks, where it has schedules.
#[test]
fn schedules_are_what_tasks_are_asked_for() {
    let findings = looked(|dir| {
        replace(dir, "module.toml", "cache = true", "cache = true\ntasks = true");
        append(dir, "module.toml", cases::SCHEDULE);
        append(dir, "src/lib.rs", "fn poll() {}\n");
    });
    assert_eq!(findings, []);
}

#[test]
fn every_case_is_found_in_its_place() {
    for (spoils, code, expected) in cases::ALL.concat() {
        let findings = looked(|dir| spoils.iter().for_each(|spoil| spoil.happen(dir)));
        let whole = format!("{} {}: {expected}", code.severity().as_str(), code.as_str());
        let found = findings.iter().filter(|finding| finding.to_string().starts_with(&whole)).count();
        assert_eq!(found, 1, "{whole}\n{findings:#?}");
        for finding in &findings {
            assert!(!finding.to_string().contains('\n'), "{finding}");
        }
    }
}

#[test]
fn two_missing_requests_and_exports_are_told_at_once() {
    let findings = looked(|dir| {
        replace(dir, "module.toml", "cache = true", "cache = false");
        let at = MANIFEST.find("[[capabilities.http]]").unwrap();
        replace(dir, "module.toml", &MANIFEST[at..], "");
        replace(dir, "component.wat", "(export \"caisson:module/admin@0.1.0\" (instance $empty))", "");
        replace(dir, "component.wat", "(export \"caisson:module/client-area@0.1.0\" (instance $empty))", "");
    });
    let codes: Vec<Code> = findings
        .iter()
        .map(|finding| finding.code)
        .filter(|code| code.severity() == Severity::Error)
        .collect();
    assert_eq!(
        codes,
        [Code::MissingExport, Code::MissingExport, Code::UndeclaredImport, Code::UndeclaredImport]
    );
}

#[test]
fn a_line_may_say_that_it_holds_no_secret_and_what_builds_leave_is_not_looked_at() {
    let secret = ["API_TOKEN = \"8f14e45f", "ceea167a5a36\""].concat();
    let findings = looked(|dir| {
        write(dir, "tests/api.py", &format!("{secret}  # not-a-secret\n"));
        write(dir, "target/debug/x.py", &secret);
        write(dir, ".caisson/sdk/x.py", &secret);
        write(dir, "node_modules/x/x.js", &secret);
    });
    assert_eq!(findings, []);
}

#[test]
fn what_costs_too_much_is_told() {
    let manifest = Manifest::parse(MANIFEST).unwrap();
    let modest = Cost {
        component_bytes: 55_000,
        component_percent: 0,
        artefact_bytes: 300_000,
        compile_cpu_ms: 800,
        compile_wall_ms: 800,
        start_cpu_us: 30,
        start_memory_bytes: 1 << 20,
    };
    let codes =
        |cost: Cost| cost::judge(&cost, &manifest).iter().map(|finding| finding.code).collect::<Vec<_>>();
    assert_eq!(codes(modest), []);
    assert_eq!(codes(Cost { component_percent: 76, ..modest }), [Code::LargeComponent]);
    assert_eq!(codes(Cost { compile_cpu_ms: 61_000, ..modest }), [Code::SlowCompilation]);
    assert_eq!(codes(Cost { start_cpu_us: 10_001, ..modest }), [Code::SlowStart]);
    assert_eq!(codes(Cost { start_memory_bytes: 65 << 20, ..modest }), [Code::LargeStart]);
}

/// What only a whole check finds. What does not start needs the real compiler: `tests/tests/checks.rs` has it.
#[tokio::test]
async fn what_does_not_build_compile_or_pack_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path();
    let compiler = || Compiler::new("/bin/false", []);
    let build = BuildOptions { target_dir: dir.join("target"), out: None, messages: Messages::Keep };
    let codes = |report: Report| report.findings.iter().map(|finding| finding.code).collect::<Vec<_>>();

    let error = check_folder(dir, &build, compiler()).await.unwrap_err().to_string();
    assert!(error.ends_with("is not a module: it has no module.toml"), "{error}");

    good(dir);
    assert_eq!(codes(check_folder(dir, &build, compiler()).await.unwrap()), [Code::BuildFailed]);

    fs::write(dir.join("views/assets/logo.png"), b"\x89PNG\r\n\x1a\n").unwrap();
    fs::write(dir.join("c.wasm"), wat::parse_str(COMPONENT).unwrap()).unwrap();
    let package = dir.join("demo.caisson");
    fs::write(&package, archive::write(dir, &dir.join("c.wasm"), archive::Extras::default()).unwrap())
        .unwrap();
    assert_eq!(codes(check_file(&package, compiler()).await.unwrap()), [Code::NotCompiled]);

    fs::write(&package, "no package").unwrap();
    assert_eq!(codes(check_file(&package, compiler()).await.unwrap()), [Code::NotPacked]);
}

#[test]
fn every_code_has_a_case_and_stands_once() {
    let elsewhere = [
        Code::BuildFailed,
        Code::NotPacked,
        Code::NotRepeatable,
        Code::Crashed,
        Code::CountedAsDone,
        Code::GaveUp,
        Code::NothingToPlay,
        Code::LargeComponent,
        Code::NotCompiled,
        Code::SlowCompilation,
        Code::NotStarted,
        Code::SlowStart,
        Code::LargeStart,
    ];
    let cases: BTreeSet<Code> =
        cases::ALL.concat().iter().map(|(_, code, _)| *code).chain(elsewhere).collect();
    assert_eq!(cases.into_iter().collect::<Vec<_>>(), Code::ALL);
    let names: BTreeSet<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
    assert_eq!(names.len(), Code::ALL.len());
}

#[test]
fn the_reference_is_up_to_date() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/check.md");
    let written = fs::read_to_string(file).unwrap_or_default();
    assert!(
        written == codes::reference(),
        "runtime/docs/check.md is not what the table of codes says: `caisson module check --codes > runtime/docs/check.md`"
    );
}
