//! `caisson module check --conformance`: a careful module stands its scenarios played again, a careless one is told what it does.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use caisson_tests::support::{Panel, Postgres, caisson_program, repository, run_caisson, until};
use serde_json::{Value, json};

fn check(dir: &Path) -> Value {
    let mut command = Command::new(caisson_program().unwrap());
    command.args(["module", "check", "--conformance", "--json"]).arg(dir).current_dir(repository());
    let output = command.env("CAISSON_LOG", "error").output().unwrap();
    let document = serde_json::from_slice(&output.stdout);
    document.unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)))
}

fn codes(document: &Value) -> Vec<String> {
    let findings = document["findings"].as_array().unwrap().iter();
    let mut codes: Vec<String> = findings
        .map(|finding| finding["code"].as_str().unwrap().to_owned())
        .filter(|code| code.starts_with('C'))
        .collect();
    codes.sort();
    codes.dedup();
    codes
}

#[test]
fn a_careful_module_stands_everything() {
    let document = check(&repository().join("tests/guests/mailbox/c"));
    assert_eq!(codes(&document), Vec::<String>::new(), "{document:#}");
    let score = &document["conformance"];
    assert!(score["tried"].as_u64().unwrap() >= 40, "{score}");
    assert_eq!(score["passed"], score["tried"]);
}

const CARELESS: &str = r#"
#include <caisson.h>

static bool activate(void) {
    return cs_db_create("made", {.name = "id", .type = CS_COLUMN_ID}, {.name = "name", .type = CS_COLUMN_TEXT},
                        CS_TIMESTAMPS);
}

static bool post(cs_str path, cs_answer *answer) {
    cs_http http;
    CS_TRY(cs_http_from_setting(&http, "api_base"));
    return cs_http_send(&http, &(cs_http_request){.method = CS_POST, .path = path}, answer);
}

static bool test_connection(cs_value settings, cs_str *text) {
    (void)settings;
    cs_answer answer;
    if (!post(cs_s("ping"), &answer)) return cs_fail(502, "No answer.");
    if (!cs_equal(cs_answer_text(&answer), "well")) __builtin_trap();
    *text = cs_s("well");
    return true;
}

/* Whatever the provider says, it is made, and again each time. */
static bool create(const cs_service *service) {
    cs_answer answer;
    (void)post(cs_s("make"), &answer);
    return cs_db_insert(cs_db("made"), cs_object("name", cs_get_str(cs_service_data(service), "name")));
}

/* Whatever the trouble is, it is for good. */
static bool suspend(const cs_service *service) {
    (void)service;
    cs_answer answer;
    if (!post(cs_s("suspend"), &answer) || answer.status != 200) return cs_fail(400, "Refused.");
    return true;
}

CAISSON_MODULE(.activate = activate, .test_connection = test_connection, .create = create, .suspend = suspend);
"#;

const SCENARIOS: &str = r#"
[given]
settings = { api_base = "https://api.example" }
service = { data = { name = "Ada" } }

[[scenario]]
name = "ping"
when = { call = "settings.test-connection", settings = { api_base = "https://api.example" } }
[[scenario.given.exchange]]
request = { method = "POST", url = "*/ping" }
answer = { text = "well" }

[[scenario]]
name = "make"
when = { call = "product.create" }
[[scenario.given.exchange]]
request = { method = "POST", url = "*/make" }

[[scenario]]
name = "suspend"
given.service = { status = "completed", data = { name = "Ada" } }
when = { call = "product.suspend" }
[[scenario.given.exchange]]
request = { method = "POST", url = "*/suspend" }
"#;

const ASKED: &str = r#"
[capabilities.database]
tables = ["made"]

[[capabilities.http]]
from = "settings.api_base"
reason = "It is made there."

[[settings]]
key = "api_base"
label = "Address"
type = "url"
required = true
"#;

/// What a beginning makes, asking for what the careless module asks for.
fn begin(folder: &Path) -> PathBuf {
    let dir = folder.join("careless");
    let mut command = Command::new(caisson_program().unwrap());
    command.args(["module", "new", "--type", "product", "--language", "c"]).arg(&dir);
    assert!(command.output().unwrap().status.success());
    let manifest = std::fs::read_to_string(dir.join("module.toml")).unwrap();
    std::fs::write(dir.join("module.toml"), manifest + ASKED).unwrap();
    dir
}

#[test]
fn a_careless_module_is_told_what_it_does() {
    let folder = tempfile::tempdir().unwrap();
    let dir = begin(folder.path());

    // Nothing of the beginning asks a provider.
    assert_eq!(codes(&check(&dir)), ["C005"]);

    std::fs::write(dir.join("src/careless.c"), CARELESS).unwrap();
    std::fs::write(dir.join("tests/product.toml"), SCENARIOS).unwrap();
    let document = check(&dir);
    assert_eq!(codes(&document), ["C001", "C002", "C003", "C004"], "{document:#}");
    let score = &document["conformance"];
    assert!(score["passed"].as_u64().unwrap() < score["tried"].as_u64().unwrap(), "{score}");
    let told = document["findings"].to_string();
    for part in [
        "'make': the first time it left the service completed, 1 rows in 'made'; the second time the service completed, 2 rows",
        "'make': its provider took no connection, and it says that all is well",
        "'ping': its provider answered 200 with a page for people, and the module crashed",
        "'suspend': its provider answered 500, and it was not tried again",
    ] {
        assert!(told.contains(part), "{part}\n{document:#}");
    }
}

#[tokio::test]
async fn whoever_installs_a_package_may_have_its_scenarios_played_first() {
    let folder = tempfile::tempdir().unwrap();
    let dir = begin(folder.path());
    std::fs::write(dir.join("src/careless.c"), CARELESS).unwrap();
    std::fs::write(dir.join("tests/product.toml"), SCENARIOS).unwrap();
    let file = folder.path().join("careless.caisson");
    let (dir, file) = (dir.to_str().unwrap(), file.to_str().unwrap());
    let target = repository().join("target/guests");
    let target = target.to_str().unwrap();
    let pack = ["module", "pack", dir, "--output", file, "--target-dir", target];
    run_caisson(&caisson_program().unwrap(), &pack, &[]).await.unwrap();
    let postgres = Postgres::shared().unwrap().create_database().unwrap();
    for database in [None, Some(postgres)] {
        let panel = Panel::builder().database(database).start().await.unwrap();
        let admin = panel.admin().await.unwrap();
        let refused = panel.caisson(&["module", "install", file, "--conformance"]).await.unwrap_err();
        let refused = format!("{refused:#}");
        for part in [
            "C003",
            "did not go as they should when the package's scenarios were played again; it is not installed",
        ] {
            assert!(refused.contains(part), "{refused}");
        }
        admin.api.get("/modules/product/careless").await.unwrap().expect(404).unwrap();

        panel.caisson(&["module", "install", file]).await.unwrap();
        const TRIAL: &str = "/modules/product/careless/trial";
        admin.api.get(TRIAL).await.unwrap().expect(404).unwrap();
        let mut visitor = panel.signed_in(&admin).await.unwrap();
        let page = visitor.open("/admin/modules/product/careless/-/approve").await.unwrap();
        assert!(page.text().contains("Play them"), "{}", page.text());
        let form = [("version", "0.1.0"), ("back", "approve")];
        visitor.submit("/admin/modules/product/careless/-/trial", &form).await.unwrap();
        // One at a time.
        let again = admin.api.post(TRIAL, &json!({})).await.unwrap();
        let told = again.body.to_string();
        assert!(again.status == 409 && told.contains("0.1.0 are played just now; wait until"), "{told}");
        let trial = until(Duration::from_secs(300), "the scenarios to be played", async || {
            let trial = admin.api.get(TRIAL).await.unwrap().ok().unwrap();
            (trial["state"] != "running").then_some(trial)
        });
        let trial = trial.await.unwrap();
        assert_eq!(trial["state"], "ended", "{trial:#}");
        assert_eq!(codes(&trial), ["C001", "C002", "C003", "C004"], "{trial:#}");
        assert!(trial["passed"].as_u64().unwrap() < trial["tried"].as_u64().unwrap());
        let page = visitor.open("/admin/modules/product/careless/-/difference").await.unwrap().text();
        assert!(page.contains("and it says that all is well") && page.contains("Play them again"), "{page}");
    }
}
