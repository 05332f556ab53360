//! From an empty folder to a call: what `caisson module new` makes builds, packs, installs and runs as it is, in every language.

use std::time::{Duration, Instant};

use caisson_tests::support::{Panel, repository, until};
use serde_json::{Value, json};

const SOON: Duration = Duration::from_secs(40);
const TYPES: [&str; 4] = ["product", "plugin", "payment", "notification"];

async fn begins(language: &str) {
    let panel = Panel::start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let target = repository().join("target/guests");
    let target = target.to_str().unwrap();
    let caisson = async |step: &str, arguments: &[&str]| {
        let start = Instant::now();
        panel.caisson(arguments).await.unwrap();
        println!("{language}: {step} took {:.1} s", start.elapsed().as_secs_f32());
    };
    for kind in TYPES {
        let name = format!("{kind}-demo");
        let dir = folder.path().join(&name);
        let (dir, file) = (dir.to_str().unwrap(), folder.path().join(format!("{name}.caisson")));
        let file = file.to_str().unwrap();
        caisson("new", &["module", "new", dir, "--type", kind, "--language", language]).await;
        caisson(&format!("build of a {kind} module"), &["module", "build", dir, "--target-dir", target])
            .await;
        caisson("pack", &["module", "pack", dir, "--output", file, "--target-dir", target]).await;
    }
    let file = folder.path().join("product-demo.caisson");
    let key = "product/product-demo";
    caisson("install", &["module", "install", file.to_str().unwrap()]).await;
    caisson("grant", &["module", "grant", key, "--all"]).await;
    caisson("activate", &["module", "activate", key]).await;
    assert_eq!(greeting(&panel, key).await, "Hello, Ada!");
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
    begins("c").await;
}

#[tokio::test]
async fn in_python() {
    begins("python").await;
}

#[tokio::test]
async fn in_rust() {
    begins("rust").await;
}

#[tokio::test]
async fn in_typescript() {
    begins("typescript").await;
}

#[tokio::test]
async fn where_nobody_can_be_asked_it_says_what_is_missing() {
    let panel = Panel::start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("demo");
    let refused = panel.caisson(&["module", "new", dir.to_str().unwrap(), "--language", "c"]).await;
    let refused = format!("{:#}", refused.unwrap_err());
    assert!(refused.contains("--type is missing, and this is no terminal to ask at"), "{refused}");
    assert!(!dir.exists());
}
