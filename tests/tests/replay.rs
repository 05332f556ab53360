//! A call that failed on a panel, made again elsewhere: what is recorded of it holds no secret, it fails the same way, and once the
//! source is mended it does not. And what a call would do, before anybody does it.

use std::path::{Path, PathBuf};
use std::process::Output;
use std::time::Duration;

use caisson_tests::fakes::MailboxApi;
use caisson_tests::support::archive::Archive;
use caisson_tests::support::{Admin, Panel, Postgres, caisson_program, modules, repository, until};
use serde_json::{Value, json};
use tokio::process::Command;

const MODULE: &str = "/modules/product/mailbox";
const SOON: Duration = Duration::from_secs(40);

/// A panel whose provider refuses to make a mailbox.
struct Scene {
    panel: Panel,
    admin: Admin,
    provider: MailboxApi,
    service: String,
    client: String,
}

impl Scene {
    async fn start(database: Option<String>) -> Self {
        let provider = MailboxApi::start().await.unwrap();
        let builder = Panel::builder().allow_private(provider.address()).database(database);
        let built = modules::build_from(&mailbox(), "product/mailbox-c").unwrap();
        let package = Archive::open(&built.file).unwrap().bytes().unwrap();
        let panel = builder.start().await.unwrap();
        let admin = panel.admin().await.unwrap();
        let sent = admin.api.upload_bytes("/modules", "package", "mailbox.caisson", package).await;
        sent.unwrap().expect(201).unwrap();
        let mut scene = Self { panel, admin, provider, service: String::new(), client: String::new() };
        let module = scene.get(MODULE).await;
        let asked: Vec<&Value> =
            module["requests"].as_array().unwrap().iter().map(|one| &one["id"]).collect();
        scene.put("grants", &json!({ "grants": asked })).await;
        let settings = json!({ "api_base": scene.provider.url(), "api_key": scene.provider.key() });
        scene.put("settings", &settings).await;
        scene.post(&format!("{MODULE}/activate"), &json!({}), 204).await;
        let client = json!({ "email": "ada@example.com", "name": "Ada Example", "currency": "EUR" });
        scene.client = id(&scene.post("/clients", &client, 201).await);
        let product = json!({
            "name": "small", "slug": "small", "module": "product/mailbox", "price_minor": 100, "currency": "EUR",
            "module_data": { "quota_mb": 100 },
        });
        let product = id(&scene.post("/products", &product, 201).await);
        let data = json!({ "address": "abuse@example.com" });
        let order = json!({ "client_id": scene.client, "product_id": product, "data": data });
        scene.service = id(&scene.post("/services", &order, 201).await);
        scene.admin.api.ask(&scene.service, "create", &json!({})).await.unwrap().expect(202).unwrap();
        scene
    }

    async fn get(&self, path: &str) -> Value {
        self.admin.api.get(path).await.unwrap().ok().unwrap()
    }

    async fn post(&self, path: &str, body: &Value, status: u16) -> Value {
        self.admin.api.post(path, body).await.unwrap().expect(status).unwrap()
    }

    async fn put(&self, resource: &str, body: &Value) {
        self.admin.api.put(&format!("{MODULE}/{resource}"), body).await.unwrap().expect(204).unwrap();
    }

    /// The first call that ended like this.
    async fn call(&self, outcome: &str) -> String {
        until(SOON, &format!("a call that ends with {outcome}"), async || {
            let calls = self.get(&format!("{MODULE}/calls?outcome={outcome}")).await;
            calls[0]["id"].as_str().map(str::to_owned)
        })
        .await
        .unwrap()
    }

    async fn bundle(&self, outcome: &str) -> (String, Value) {
        let id = self.call(outcome).await;
        let bundle = self.get(&format!("/calls/{id}/bundle")).await;
        (id, bundle)
    }

    /// What the table behind bundles holds, as text.
    async fn stored(&self, call: &str) -> String {
        let db = caisson_storage::Db::connect(&self.panel.database_url(), 1).await.unwrap();
        let captured =
            caisson_storage::captures::of(&mut db.conn().await.unwrap(), call.parse().unwrap()).await;
        db.close().await;
        captured.unwrap().unwrap().to_string()
    }
}

fn id(created: &Value) -> String {
    created["id"].as_str().unwrap().to_owned()
}

fn mailbox() -> PathBuf {
    repository().join("tests/guests/mailbox/c")
}

async fn run(arguments: &[&str]) -> Output {
    let mut command = Command::new(caisson_program().unwrap());
    let command = command.arg("module").args(arguments).env("CAISSON_LOG", "off").current_dir(repository());
    command.output().await.unwrap()
}

/// What `caisson module …` prints, and whether it was content.
async fn caisson(arguments: &[&str]) -> (bool, String) {
    let output = run(arguments).await;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.success(), format!("{}{}", text(&output.stdout), text(&output.stderr)))
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// The mailbox in C, for which a refusal is as good as a mailbox.
fn mended() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for file in ["module.toml", "views", "lang"] {
        let from = std::fs::canonicalize(mailbox().join(file)).unwrap();
        std::os::unix::fs::symlink(from, folder.path().join(file)).unwrap();
    }
    let sources = folder.path().join("src");
    std::fs::create_dir(&sources).unwrap();
    for file in std::fs::read_dir(mailbox().join("src")).unwrap() {
        let file = file.unwrap();
        let source = std::fs::read_to_string(file.path()).unwrap();
        let mended = source.replace("answer.status == done", "answer.status == done || answer.status == 422");
        assert_eq!(file.file_name() == "api.c", mended != source, "{:?}", file.file_name());
        std::fs::write(sources.join(file.file_name()), mended).unwrap();
    }
    folder
}

async fn is_recorded_without_secrets(scene: &Scene) -> (String, Value) {
    let (id, bundle) = scene.bundle("problem").await;
    let told = format!("{bundle:#}");
    assert_eq!((&bundle["format"], &bundle["no_scenario"]), (&json!(2), &Value::Null), "{told}");
    let asked = &bundle["captured"]["exchanges"][0];
    assert_eq!(asked["request"]["url"], format!("{}/mailboxes", scene.provider.url()));
    assert_eq!(asked["request"]["json"]["address"], "abuse@example.com", "{told}");
    assert_eq!(asked["answer"]["status"], 422, "{told}");
    assert_eq!(bundle["scenario"]["given"]["service"]["data"], json!({ "address": "abuse@example.com" }));
    assert_eq!(bundle["scenario"]["given"]["client"]["email"], "ada@example.com");
    let settings = &bundle["scenario"]["given"]["settings"];
    assert_eq!(settings["api_key"]["env"], "API_KEY", "{told}");
    assert_eq!(settings["api_base"], scene.provider.url());
    let stored = scene.stored(&id).await;
    for (place, text) in [("bundle", &told), ("database", &stored)] {
        assert!(
            text.contains("abuse@example.com") && !text.contains(scene.provider.key()),
            "{place}: {text}"
        );
    }
    // The module's own log line names the service; what the panel adds does not.
    let added = format!("{}{}", bundle["captured"], bundle["scenario"]);
    for name in [&scene.service, &scene.client] {
        assert!(!added.contains(name.as_str()), "{added}");
    }
    (id, bundle)
}

#[tokio::test]
async fn a_failed_call_is_replayed_until_it_is_mended() {
    let scene = Scene::start(None).await;
    let (id, bundle) = is_recorded_without_secrets(&scene).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bundle.json");
    std::fs::write(&file, bundle.to_string()).unwrap();
    let refusal = "The provider refused the mailbox: This address is reserved.";

    let (well, told) = caisson(&["replay", text(&file), text(&mailbox())]).await;
    assert!(!well, "{told}");
    for part in [
        &*format!("then: problem ({refusal})"),
        "requests: 1\n",
        &format!("POST {}/mailboxes\n", scene.provider.url()),
        "\"address\": \"abuse@example.com\"",
        &format!("error: the call fails as it did: problem ({refusal})"),
    ] {
        assert!(told.contains(part), "{part}\n{told}");
    }
    assert!(!told.contains("nothing answers"), "{told}");

    let mended = mended();
    let kept = mended.path().join("tests/reserved.toml");
    let arguments = ["replay", text(&file), text(mended.path()), "--save", text(&kept)];
    let (well, told) = caisson(&arguments).await;
    assert!(well && told.contains("The call ends well now."), "{told}");
    assert!(told.contains("  + accounts: {"), "{told}");
    // What was kept is a scenario like any other.
    let (well, told) = caisson(&["test", text(mended.path())]).await;
    assert!(well && told.contains("1 scenarios, all as they should be"), "{told}");
    let (well, told) = caisson(&arguments).await;
    assert!(!well && told.contains("reserved.toml is there already; name another file"), "{told}");

    // On the panel's own machine no bundle is needed, nor a source.
    let kept = repository().join("target/guests");
    let of_panel = async |id: &str| {
        let arguments = ["module", "replay", "--call", id, "--target-dir", text(&kept), "--json"];
        format!("{:#}", scene.panel.caisson(&arguments).await.unwrap_err())
    };
    let told = of_panel(&id).await;
    assert!(told.contains(&format!("the call fails as it did: problem ({refusal})")), "{told}");
    let told = of_panel("01920000-0000-7000-8000-000000000000").await;
    assert!(told.contains("call 01920000-0000-7000-8000-000000000000 is not kept; "), "{told}");
    let well = scene.call("ok").await;
    let told = of_panel(&well).await;
    assert!(told.contains("ended well: there is nothing to replay"), "{told}");

    let (_, bundle_of_well) = scene.bundle("ok").await;
    assert_eq!(bundle_of_well["no_scenario"], "the call ended well");
    assert_eq!((&bundle_of_well["captured"], &bundle_of_well["scenario"]), (&Value::Null, &Value::Null));
    let changed = |key: &str, value: Value| {
        let mut bundle = bundle.clone();
        bundle[key] = value;
        bundle
    };
    let mut without = changed("scenario", Value::Null);
    without["no_scenario"] = "no scenario can ask for it".into();
    let mut otherwise = bundle.clone();
    otherwise["call"]["outcome"] = "trapped".into();
    let mut nowhere = bundle.clone();
    nowhere["scenario"]["given"]["tables"] = json!({ "nowhere": [{ "id": 1 }] });
    let puppet = repository().join("tests/guests/puppet");
    let cases = [
        (json!([]), mailbox(), "this is no bundle: "),
        (json!({}), mailbox(), "bundle.json cannot be played"),
        (changed("format", json!(1)), mailbox(), "the bundle has format 1, and this program reads format 2"),
        (bundle_of_well, mailbox(), "ended well: there is nothing to replay"),
        (without, mailbox(), "cannot be replayed: no scenario can ask for it"),
        (bundle.clone(), puppet, "the bundle is of product/mailbox, and the folder is product/puppet's"),
        (bundle.clone(), folder.path().to_owned(), "is not a module: it has no module.toml"),
        (otherwise, mailbox(), "the call fails in another way: problem ("),
        (nowhere, mailbox(), "could not be made again"),
    ];
    for (bundle, dir, expected) in cases {
        std::fs::write(&file, bundle.to_string()).unwrap();
        let (well, told) = caisson(&["replay", text(&file), text(&dir)]).await;
        assert!(!well && told.contains(expected), "{expected}\n{told}");
    }
}

#[tokio::test]
async fn postgresql_records_the_same() {
    let database = Postgres::shared().unwrap().create_database().unwrap();
    is_recorded_without_secrets(&Scene::start(Some(database)).await).await;
}

#[tokio::test]
async fn a_plan_shows_what_a_call_would_do() {
    let dir = mailbox();
    let dir = text(&dir);
    let (well, told) =
        caisson(&["plan", dir, "--call", "product.create", "--scenario", "a mailbox is made"]).await;
    assert!(well, "{told}");
    for part in [
        "outcome: well\n",
        "requests: 1\n  1. POST https://mailboxes.example/mailboxes\n",
        "     \"quota\": 100",
        "  + accounts: {",
        "service: completed",
        "  info mailbox",
    ] {
        assert!(told.contains(part), "{part}\n{told}");
    }
    let folder = tempfile::tempdir().unwrap();
    let given = folder.path().join("given.toml");
    let settings = "[given.settings]\napi_base = 'https://other.example'\napi_key = 'k-17'\n";
    std::fs::write(&given, settings).unwrap();
    let with = "settings.api_base=https://other.example";
    let arguments = [
        "plan",
        dir,
        "--call",
        "settings.test-connection",
        "--given",
        text(&given),
        "--with",
        with,
        "--json",
    ];
    let output = run(&arguments).await;
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(output.status.success() && told["outcome"]["problem"]["code"] == 502, "{told}");
    let asked = &told["requests"][0];
    assert_eq!((&asked["url"], &asked["answered"]), (&json!("https://other.example/ping"), &json!(false)));

    std::fs::write(&given, "[[given.tables.nowhere]]\nid = 1\n").unwrap();
    for (arguments, expected) in [
        (vec!["--call", "product.create", "--given", text(&given)], "product.create could not be asked for"),
        (vec!["--scenario", "none"], "has no scenario 'none'; it has 'the provider answers'"),
        (vec!["--call", "product.explode"], "product.explode cannot be asked for like this"),
        (vec!["--call", "jobs.run", "--given", "none.toml"], "none.toml cannot be read"),
        (vec!["--given", "none.toml"], "--call"),
    ] {
        let (well, told) = caisson(&[&["plan", dir][..], arguments.as_slice()].concat()).await;
        assert!(!well && told.contains(expected), "{expected}\n{told}");
    }
}
