//! From an empty folder to a call: what `caisson module new` makes builds, packs, installs and runs as it is, in every language.

use std::time::{Duration, Instant};

use caisson_tests::support::{Panel, repository, until};
use serde_json::{Value, json};

const SOON: Duration = Duration::from_secs(40);
const TYPES: [&str; 4] = ["product", "plugin", "payment", "notification"];

async fn begins(language: &str, source: &str) {
    let panel = Panel::builder().env("CAISSON_KEY_PASSWORD", "a password of a test").start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let target = repository().join("target/guests");
    let target = target.to_str().unwrap();
    let caisson = async |step: &str, arguments: &[&str]| {
        let start = Instant::now();
        panel.caisson(arguments).await.unwrap();
        println!("{language}: {step} took {:.1} s", start.elapsed().as_secs_f32());
    };
    for kind in TYPES {
        let dir = folder.path().join(format!("{kind}-demo"));
        let dir = dir.to_str().unwrap();
        caisson("new", &["module", "new", dir, "--type", kind, "--language", language]).await;
        caisson(
            &format!("build and test of a {kind} module"),
            &["module", "test", dir, "--target-dir", target],
        )
        .await;
        // Python and TypeScript carry an interpreter, which takes its time to be compiled: once is enough.
        if kind == "product" || matches!(language, "c" | "rust") {
            has_nothing_to_mend(&panel, dir, kind, target).await;
        }
    }
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (dir, file, key) = (path("product-demo"), path("product-demo.caisson"), path("publisher"));
    change_a_line(&folder.path().join("product-demo").join(source));
    caisson("build after a change of one line", &["module", "build", &dir, "--target-dir", target]).await;
    caisson("pack", &["module", "pack", &dir, "--output", &file, "--target-dir", target]).await;
    caisson("keygen", &["module", "keygen", "--out", &key]).await;
    caisson("sign", &["module", "sign", &file, "--key", &format!("{key}.key")]).await;
    let public = format!("{key}.pub");
    caisson("verify", &["module", "verify", &file, "--publisher-key", &public]).await;
    let module = "product/product-demo";
    let trusted = ["publisher", "add", "--name", "Ada", "--key", &public, "--module", module];
    caisson("publisher add", &trusted).await;
    caisson("install", &["module", "install", &file]).await;
    caisson("grant", &["module", "grant", module, "--all"]).await;
    caisson("activate", &["module", "activate", module]).await;
    let start = Instant::now();
    assert_eq!(greeting(&panel, module).await, "Good day, Ada!");
    println!("{language}: to sell one took {:.1} s", start.elapsed().as_secs_f32());
}

/// What is checked of a new module is as it should be, and what it costs is known.
async fn has_nothing_to_mend(panel: &Panel, dir: &str, kind: &str, target: &str) {
    let check = ["module", "check", dir, "--strict", "--target-dir", target];
    let found = panel.caisson_json(&check).await.unwrap();
    assert_eq!((&found["errors"], &found["warnings"]), (&json!(0), &json!(0)), "{found:#}");
    assert_eq!(found["module"], format!("{kind}/{kind}-demo"));
    for (figure, least) in
        [("component_bytes", 1_000), ("artefact_bytes", 1_000), ("start_memory_bytes", 64 * 1024)]
    {
        assert!(found["cost"][figure].as_u64().unwrap() >= least, "{figure}: {found:#}");
    }
}

/// What an author does most often.
fn change_a_line(file: &std::path::Path) {
    let text = std::fs::read_to_string(file).unwrap();
    assert!(text.contains("Hello, "), "{}", file.display());
    std::fs::write(file, text.replace("Hello, ", "Good day, ")).unwrap();
}

/// Sells one of the new module's services, and reads what its client sees.
async fn greeting(panel: &Panel, module: &str) -> Value {
    let api = panel.admin().await.unwrap().api;
    let post = async |path: &str, body: Value| api.post(path, &body).await.unwrap().expect(201).unwrap();
    let product = json!({
        "name": "Demo", "slug": "demo", "module": module, "price_minor": 100, "currency": "EUR", "module_data": {},
    });
    let product = until(SOON, "the panel to hear of the module", async || {
        let made = api.post("/products", &product).await.unwrap();
        (made.status == 201).then(|| made.expect(201).unwrap()["id"].clone())
    })
    .await
    .unwrap();
    let client = json!({ "email": "ada@example.com", "name": "Ada", "currency": "EUR" });
    let client = post("/clients", client).await["id"].clone();
    let order = json!({ "client_id": client, "product_id": product, "data": { "name": "Ada" } });
    let service = post("/services", order).await["id"].as_str().unwrap().to_owned();
    api.post(&format!("/services/{service}/create"), &json!({})).await.unwrap().expect(202).unwrap();
    until(SOON, "the service to be completed", async || {
        let shown = api.get(&format!("/services/{service}")).await.unwrap().ok().unwrap();
        (shown["provision_status"] == "completed").then_some(())
    })
    .await
    .unwrap();
    api.get(&format!("/services/{service}/tabs/overview")).await.unwrap().ok().unwrap()["greeting"].clone()
}

#[tokio::test]
async fn in_c() {
    begins("c", "src/product-demo.c").await;
}

#[tokio::test]
async fn in_python() {
    begins("python", "src/product_demo.py").await;
}

#[tokio::test]
async fn in_rust() {
    begins("rust", "src/lib.rs").await;
}

#[tokio::test]
async fn in_typescript() {
    begins("typescript", "src/index.ts").await;
}
