//! `caisson module dev`: what an author changes serves on a panel of his own, and what it does is in his terminal.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use caisson_tests::support::{Api, Process, caisson_program, free_port, repository, run_caisson, until};
use serde_json::{Value, json};

const SOON: Duration = Duration::from_secs(120);

async fn caisson(arguments: &[&str]) -> anyhow::Result<String> {
    run_caisson(&caisson_program()?, arguments, &[]).await
}

/// A module's folder and the panel that serves what is in it.
struct Bench {
    process: Process,
    api: Api,
    folder: tempfile::TempDir,
}

impl Bench {
    async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (dir, data) = (folder.path().join("demo"), folder.path().join("data"));
        let new = ["module", "new", dir.to_str().unwrap(), "--type", "product", "--language", "c"];
        caisson(&new).await.unwrap();
        let listen = format!("127.0.0.1:{}", free_port().unwrap());
        let mut command = Command::new(caisson_program().unwrap());
        command.args(["module", "dev"]).arg(&dir).args(["--listen", &listen]).arg("--data").arg(&data);
        command.arg("--target-dir").arg(repository().join("target/guests"));
        let process = Process::spawn("dev", &mut command, &folder.path().join("terminal"), None).unwrap();
        let mut bench = Self { process, api: Api::new(&format!("http://{listen}"), "").unwrap(), folder };
        bench.says("as dev@example.com with the password ").await;
        let config = folder_config(bench.folder.path(), &data);
        let who = ["--email", "test@example.com", "--name", "Test", "--password", "a password of a test"];
        let create = ["--config", config.to_str().unwrap(), "admin", "create", "--token", "--json"];
        let made = caisson(&[&create[..], &who].concat()).await.unwrap();
        let made: Value = serde_json::from_str(&made).unwrap();
        bench.api = Api::new(&format!("http://{listen}"), made["token"].as_str().unwrap()).unwrap();
        bench
    }

    /// Waits until the terminal shows it.
    async fn says(&mut self, words: &str) {
        until(SOON, &format!("the terminal to say '{words}'"), async || {
            self.process.check_running().unwrap();
            self.process.log().contains(words).then_some(())
        })
        .await
        .unwrap();
    }

    fn change(&self, file: &str, from: &str, to: &str) {
        let file = self.folder.path().join("demo").join(file);
        let text = std::fs::read_to_string(&file).unwrap();
        assert!(text.contains(from), "{from} in {}", file.display());
        std::fs::write(file, text.replace(from, to)).unwrap();
    }

    async fn post(&self, path: &str, body: Value) -> String {
        let made = self.api.post(path, &body).await.unwrap().expect(201).unwrap();
        made["id"].as_str().unwrap().to_owned()
    }

    async fn greeting(&self, service: &str) -> Value {
        self.api.get(&format!("/services/{service}/tabs/overview")).await.unwrap().ok().unwrap()["greeting"]
            .clone()
    }
}

fn folder_config(folder: &Path, data: &Path) -> std::path::PathBuf {
    let config = folder.join("caisson.toml");
    std::fs::write(&config, format!("[data]\ndir = '{}'\n", data.display())).unwrap();
    config
}

#[tokio::test]
async fn what_is_changed_serves_and_what_it_does_is_in_the_terminal() {
    let mut bench = Bench::start().await;
    bench.says("serves  product/demo 0.1.0-dev.1: built in ").await;
    let product = json!({
        "name": "Demo", "slug": "demo", "module": "product/demo", "price_minor": 100, "currency": "EUR", "module_data": {},
    });
    let product = bench.post("/products", product).await;
    let client =
        bench.post("/clients", json!({ "email": "ada@example.com", "name": "Ada", "currency": "EUR" })).await;
    let order = json!({ "client_id": client, "product_id": product, "data": { "name": "Ada" } });
    let service = bench.post("/services", order).await;
    let create = format!("/services/{service}/create");
    bench.api.post(&create, &json!({})).await.unwrap().expect(202).unwrap();
    // The call, what the module logged in it, and what it asked of the host.
    for words in ["ok         product.create ", "ms  ok      services.set-provision-data"] {
        bench.says(words).await;
    }
    assert_eq!(bench.greeting(&service).await, "Hello, Ada!");

    // What is broken is told, and what served before serves on.
    bench.change("src/demo.c", "Hello, ", "Good day, \" BROKEN \"");
    bench.says("broken  ").await;
    assert_eq!(bench.greeting(&service).await, "Hello, Ada!");
    bench.change("src/demo.c", "Good day, \" BROKEN \"", "Good day, ");
    bench.says("serves  product/demo 0.1.0-dev.2: ").await;
    bench.api.post(&format!("/services/{service}/terminate"), &json!({})).await.unwrap().expect(202).unwrap();
    for words in ["ok         product.terminate ", "\n  info       terminate  "] {
        bench.says(words).await;
    }
    let again = bench
        .post("/services", json!({ "client_id": client, "product_id": product, "data": { "name": "Bob" } }))
        .await;
    bench.api.post(&format!("/services/{again}/create"), &json!({})).await.unwrap().expect(202).unwrap();
    until(SOON, "the service to be completed", async || {
        let shown = bench.api.get(&format!("/services/{again}")).await.unwrap().ok().unwrap();
        (shown["provision_status"] == "completed").then_some(())
    })
    .await
    .unwrap();
    assert_eq!(bench.greeting(&again).await, "Good day, Bob!");

    // A change of the strings alone is a version, too; older ones do not pile up.
    bench.change("lang/en.ftl", "\n", "\n\n");
    bench.says("serves  product/demo 0.1.0-dev.3: ").await;
    let shown = bench.api.get("/modules/product/demo").await.unwrap().ok().unwrap();
    assert_eq!(shown["versions"].as_array().unwrap().len(), 1, "{shown}");
    assert!(bench.process.stop().unwrap().success());
}

#[tokio::test]
async fn what_cannot_be_developed_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().to_str().unwrap();
    let said = async |arguments: &[&str]| format!("{:#}", caisson(arguments).await.unwrap_err());
    let open = said(&["module", "dev", dir, "--listen", "0.0.0.0:8088"]).await;
    assert!(open.contains("a panel to develop on is for this machine alone"), "{open}");
    let empty = said(&["module", "dev", dir]).await;
    assert!(empty.contains(&format!("{dir} is not a module: it has no module.toml")), "{empty}");
    // What is there cannot be removed for a fresh beginning.
    let kept = folder.path().join("kept");
    std::fs::create_dir_all(kept.join("dev")).unwrap();
    std::fs::write(kept.join("dev/plugin-demo"), "").unwrap();
    // A data directory that another panel has.
    let demo = folder.path().join("demo");
    let demo = demo.to_str().unwrap();
    caisson(&["module", "new", demo, "--type", "plugin", "--language", "c"]).await.unwrap();
    let fresh = said(&["module", "dev", demo, "--fresh", "--target-dir", kept.to_str().unwrap()]).await;
    assert!(fresh.contains("dev/plugin-demo cannot be removed"), "{fresh}");
    let data = folder.path().join("data");
    let config = folder_config(folder.path(), &data);
    let admin = [
        "admin",
        "create",
        "--email",
        "ada@example.com",
        "--name",
        "Ada",
        "--password",
        "a password of a test",
    ];
    caisson(&[&["--config", config.to_str().unwrap()], &admin[..]].concat()).await.unwrap();
    let kept = said(&["module", "dev", demo, "--data", data.to_str().unwrap()]).await;
    assert!(kept.contains("password cannot be read; begin again with an empty panel: --fresh"), "{kept}");
}
