//! A good module has no finding; each case spoils one thing and says what comes of it.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use caisson_package::build::Messages;

use super::*;

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

/// What is spoilt, and the finding: its code, and its text from the place on.
type Case = (fn(&Path), Code, &'static str);

const CASES: &[Case] = &[
    (
        |dir| replace(dir, "module.toml", "title", "titel"),
        Code::ManifestRefused,
        "module.toml:7: module.toml cannot be read",
    ),
    (
        |dir| replace(dir, "module.toml", "secret = true", "secret = false"),
        Code::ManifestRefused,
        "module.toml: module.toml: settings.api_key: a password field",
    ),
    (
        |dir| replace(dir, "component.wat", "(export \"caisson:module/admin@0.1.0\" (instance $empty))", ""),
        Code::MissingExport,
        "module.toml: component.wasm does not export 'caisson:module/admin@0.1.0'",
    ),
    (
        |dir| replace(dir, "module.toml", "link = \"home\"", "link = \"nowhere\""),
        Code::DeadLink,
        "module.toml:30: the link 'Demo' leads to 'nowhere'",
    ),
    (
        |dir| {
            append(
                dir,
                "module.toml",
                "[[admin.routes]]\nname = \"list\"\nuri = \"list\"\npermission = \"look\"\n",
            )
        },
        Code::UnlinkedRoute,
        "module.toml:56: nothing leads to the page 'list'",
    ),
    (
        |dir| append(dir, "module.toml", "[[permissions]]\nkey = \"change-all\"\nname = \"Change\"\n"),
        Code::UnusedPermission,
        "module.toml:56: nothing asks for the permission 'change-all'",
    ),
    (
        |dir| replace(dir, "views/client/status.html", "action(\"reboot\")", "tab(\"status\")"),
        Code::UnreachedAction,
        "module.toml:45: no template leads to the action 'reboot'",
    ),
    (
        |dir| {
            replace(
                dir,
                "views/client/status.html",
                "action(\"reboot\")",
                "action(\"reboot\" if state else \"halt?now=1\")",
            )
        },
        Code::UnknownAction,
        "views/client/status.html:2: action(\"halt?now=1\") leads to nothing",
    ),
    (
        |dir| replace(dir, "views/client/status.html", "tab(\"status\")", "tab(\"other\")"),
        Code::UnknownTab,
        "views/client/status.html:3: tab(\"other\") leads to nothing",
    ),
    (
        |dir| replace(dir, "views/admin/home.html", "page(\"home\")", "page(\"hom\")"),
        Code::UnknownPage,
        "views/admin/home.html:2: page(\"hom\") leads to nothing",
    ),
    (
        |dir| {
            append(
                dir,
                "module.toml",
                "[[schedules]]\nname = \"one\"\ncron = \"0 3 * * *\"\nmethod = \"poll\"\n",
            );
            append(
                dir,
                "module.toml",
                "[[schedules]]\nname = \"two\"\ncron = \"0 4 * * *\"\nmethod = \"look-around\"\n",
            );
            append(dir, "src/lib.rs", "fn look_around() {}\n");
        },
        Code::UnnamedInSource,
        "module.toml:56: no source mentions the method 'poll'",
    ),
    (
        |dir| {
            append(dir, "module.toml", "[capabilities.events]\npublishes = [\"zone-emptied\"]\n");
            replace(
                dir,
                "component.wat",
                "(instance $empty)",
                "(import \"caisson:module/events@0.1.0\" (instance (export \"dispatch\" (func)))) (instance $empty)",
            );
        },
        Code::UnnamedInSource,
        "module.toml:56: no source mentions the event 'zone-emptied'",
    ),
    (
        |dir| {
            replace(dir, "module.toml", "type = \"product\"", "type = \"payment\"");
            replace(dir, "module.toml", "[[service]]\nkey = \"name\"\nlabel = \"Name\"\n", "");
            replace(dir, "component.wat", "module/product@", "module/payment@");
        },
        Code::UnverifiedWebhook,
        "module.toml: the manifest has no [webhook]",
    ),
    (
        |dir| replace(dir, "module.toml", "Example Ltd", "You"),
        Code::Placeholder,
        "module.toml:9: the author is still 'You'",
    ),
    (|dir| fs::remove_file(dir.join("README.md")).unwrap(), Code::NoReadme, "there is no README.md"),
    (
        |dir| append(dir, "module.toml", "[[product]]\nkey = \"disk_gb\"\nlabel = \"Disk\"\n"),
        Code::UnreadField,
        "module.toml:56: nothing reads the field 'disk_gb'",
    ),
    (
        |dir| append(dir, "views/admin/home.html", "{{ visits|safe }}"),
        Code::TemplateRefused,
        "views/admin/home.html:3: the filter 'safe'",
    ),
    (
        |dir| replace(dir, "module.toml", "template = \"client/status\"", "template = \"client/state\""),
        Code::MissingTemplate,
        "module.toml:40: the tab 'status' shows views/client/state.html, which is not there",
    ),
    (
        |dir| append(dir, "src/lib.rs", "fn more() { View::new(\n    \"admin/more\", &data) }\n"),
        Code::MissingTemplate,
        "src/lib.rs:4: the module shows views/admin/more.html",
    ),
    (
        |dir| {
            write(dir, "views/old.html", "<p>Old</p>");
            write(dir, "tests/fixtures/old.json", "{}");
        },
        Code::UnnamedTemplate,
        "views/old.html: no tab, no source and no other template",
    ),
    (
        |dir| fs::remove_file(dir.join("tests/fixtures/admin/home.json")).unwrap(),
        Code::NoFixture,
        "views/admin/home.html: the template has no fixture",
    ),
    (
        |dir| replace(dir, "views/admin/home.html", "{{ visits }}", "{{ visits.none.none }}"),
        Code::RenderFailed,
        "views/admin/home.html:1: template 'admin/home' cannot be rendered",
    ),
    (
        |dir| write(dir, "tests/fixtures/client/status.new.json", "{}"),
        Code::RenderFailed,
        "views/client/status.html:1: template 'client/status' cannot be rendered",
    ),
    (
        |dir| replace(dir, "tests/fixtures/client/status.json", ", \"state\": \"up\"", ""),
        Code::UnlistedVariable,
        "views/client/status.html: the template uses 'state'",
    ),
    (
        |dir| replace(dir, "tests/fixtures/client/status.json", "\"name\"", "\"nam\""),
        Code::UnlistedVariable,
        "views/client/status.html: the template uses 'account.name'",
    ),
    (
        |dir| {
            replace(dir, "tests/fixtures/client/status.json", "\"name\"", "\"nam\"");
            write(dir, "tests/fixtures/client/status.new.json", "{ \"account\": null, \"state\": \"up\" }");
        },
        Code::UnlistedVariable,
        "views/client/status.html: the template uses 'account.name'",
    ),
    (
        |dir| write(dir, "tests/fixtures/admin/home.json", "[\n3"),
        Code::FixtureUnreadable,
        "tests/fixtures/admin/home.json:1: the fixture is no JSON object",
    ),
    (
        |dir| write(dir, "tests/fixtures/admin/house.json", "{}"),
        Code::StrayFixture,
        "tests/fixtures/admin/house.json: there is no views/admin/house.html",
    ),
    (
        |dir| fs::remove_file(dir.join("views/assets/logo.png")).unwrap(),
        Code::MissingAsset,
        "views/client/status.html:3: there is no views/assets/logo.png",
    ),
    (|dir| append(dir, "lang/pl.ftl", "=\n"), Code::StringsRefused, "lang/pl.ftl:4: "),
    (
        |dir| replace(dir, "views/admin/home.html", "t(\"count\"", "t(\"counted\""),
        Code::UnknownString,
        "views/admin/home.html:2: lang/en.ftl has no 'counted'",
    ),
    (
        |dir| append(dir, "lang/en.ftl", "state-down = Down\n"),
        Code::Untranslated,
        "lang/en.ftl:4: 'state-down' stands here and not in lang/pl.ftl",
    ),
    (
        |dir| append(dir, "lang/pl.ftl", "state-down = W dół\n"),
        Code::Untranslated,
        "lang/pl.ftl:4: 'state-down' stands here and not in lang/en.ftl",
    ),
    (
        |dir| {
            append(dir, "lang/en.ftl", "bye = Bye\nnotify-ready-subject = Ready\n");
            append(dir, "lang/pl.ftl", "bye = Pa\nnotify-ready-subject = Gotowe\n");
            append(dir, "src/lib.rs", "fn told() { to_client(&id, \"ready\", &data) }\n");
        },
        Code::UnusedString,
        "lang/en.ftl:4: nothing uses 'bye'",
    ),
    (
        |dir| replace(dir, "lang/pl.ftl", "{ $n } wizyt", "{ $count ->\n  [one] wizyta\n *[other] wizyt\n }"),
        Code::OtherPlaceables,
        "lang/pl.ftl:3: 'count' takes $count here, and $n in lang/en.ftl",
    ),
    (
        |dir| replace(dir, "views/admin/home.html", ", n=visits", ""),
        Code::MissingArgument,
        "views/admin/home.html:2: 'count' is filled in with $n, which is not given",
    ),
    (
        |dir| fs::remove_file(dir.join("lang/en.ftl")).unwrap(),
        Code::NoEnglish,
        "lang/: there is no lang/en.ftl",
    ),
    (
        |dir| replace(dir, "module.toml", "cache = true", "cache = false"),
        Code::UndeclaredImport,
        "module.toml: component.wasm imports 'caisson:module/cache@0.1.0', which module.toml does not ask for",
    ),
    (
        |dir| {
            replace(dir, "component.wat", "\"caisson:contract\" \"0.1.0\"", "\"caisson:contract\" \"0.0.9\"")
        },
        Code::ComponentRefused,
        "module.toml: component.wasm was built against version 0.0.9",
    ),
    (
        |dir| replace(dir, "module.toml", "cache = true", "cache = true\ntasks = true"),
        Code::UnusedRequest,
        "module.toml:51: the manifest asks for 'tasks'",
    ),
    (
        |dir| replace(dir, "module.toml", "from = \"settings.api_base\"", "host = \"*.example.com\""),
        Code::WideHost,
        "module.toml:52: '*.example.com' is every host",
    ),
    (
        |dir| {
            replace(
                dir,
                "module.toml",
                "from = \"settings.api_base\"",
                "host = \"example.com\"\nscheme = \"http\"",
            )
        },
        Code::PlainHttp,
        "module.toml:52: plain HTTP",
    ),
    (
        |dir| replace(dir, "module.toml", "reason = \"The provider's API.\"\n", ""),
        Code::NoReason,
        "module.toml:52: [[capabilities.http]] says no reason",
    ),
    (
        |dir| write(dir, "views/frames/console.js", "1"),
        Code::UndeclaredFrames,
        "module.toml: views/frames/ holds scripts",
    ),
    (
        |dir| write(dir, "deploy/key.pem", &["text\n-----BEGIN PRIVATE", " KEY-----\n"].concat()),
        Code::PrivateKey,
        "deploy/key.pem:2: a private key begins here",
    ),
    (
        |dir| write(dir, ".env", &["A=1\nKEY=sk_live", "_4eC39HqLyjWDarjtT1zdp7dc\n"].concat()),
        Code::ProviderToken,
        ".env:2: 'sk_l… (32 characters)' looks like a Stripe key",
    ),
    (
        |dir| {
            append(dir, "src/lib.rs", &["const API_TOKEN: &str = \"8f14e45f", "ceea167a5a36\";\n"].concat())
        },
        Code::HardcodedSecret,
        "src/lib.rs:3: 'API_TOKEN' is given '8f14… (20 characters)'",
    ),
];

#[test]
fn every_case_is_found_in_its_place() {
    for (spoil, code, expected) in CASES {
        let findings = looked(spoil);
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
    let cases: BTreeSet<Code> = CASES.iter().map(|(_, code, _)| *code).chain(elsewhere).collect();
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
