//! The cloud-service module through its whole life over HTTP, on both databases, with a provider that works, and one that does not.

use std::time::Duration;

use caisson_tests::fakes::{Fault, HostingApi, Rule};
use caisson_tests::support::{Admin, Install, Panel, Postgres, modules, until};
use serde_json::{Value, json};

const MODULE: &str = "product/cloud-service";
const SOON: Duration = Duration::from_secs(40);

struct Scene {
    panel: Panel,
    admin: Admin,
    hosting: HostingApi,
    product: String,
    client: String,
}

fn id(reply: &Value) -> String {
    reply["id"].as_str().unwrap().to_owned()
}

impl Scene {
    async fn start(database: Option<String>, workers: usize) -> Self {
        let hosting = HostingApi::start().await.unwrap();
        let builder = Panel::builder()
            .allow_private(hosting.address())
            .separate_workers(workers)
            .lease(Duration::from_secs(5))
            .database(database);
        let panel = builder.start().await.unwrap();
        let admin = panel.admin().await.unwrap();
        let package = modules::package(MODULE).unwrap();
        let package = std::fs::read(package).unwrap();
        let settings = Some(json!({ "api_base": hosting.url(), "api_key": hosting.key() }));
        Install { key: MODULE, package, without: &[], settings }.on(&admin.api).await.unwrap();
        let product = json!({
            "name": "Cloud Basic", "slug": "cloud-basic", "module": MODULE, "price_minor": 500, "currency": "EUR",
            "module_data": { "server_location": "eu-central", "plan_type": "basic", "disk_space": 10, "bandwidth": 100 },
        });
        let product = id(&admin.api.post("/products", &product).await.unwrap().expect(201).unwrap());
        let client = json!({ "email": "ada@example.com", "name": "Ada Example", "currency": "EUR" });
        let client = id(&admin.api.post("/clients", &client).await.unwrap().expect(201).unwrap());
        Self { panel, admin, hosting, product, client }
    }

    async fn order(&self, domain: &str) -> String {
        let order =
            json!({ "client_id": self.client, "product_id": self.product, "data": { "domain": domain } });
        id(&self.admin.api.post("/services", &order).await.unwrap().expect(201).unwrap())
    }

    async fn ask(&self, service: &str, verb: &str) {
        self.admin.api.ask(service, verb, &json!({})).await.unwrap().expect(202).unwrap();
    }

    async fn reaches(&self, service: &str, status: &str) -> Value {
        until(SOON, &format!("the service to be {status}"), async || {
            let shown: Value =
                self.admin.api.get(&format!("/services/{service}")).await.unwrap().expect(200).unwrap();
            (shown["provision_status"] == status).then_some(shown)
        })
        .await
        .unwrap()
    }
}

async fn whole_life(database: Option<String>) {
    let scene = Scene::start(database, 0).await;
    let tested = scene
        .admin
        .api
        .post(&format!("/modules/{MODULE}/test-connection"), &json!({ "api_base": scene.hosting.url() }))
        .await
        .unwrap();
    tested.expect(200).unwrap();
    let service = scene.order("ada.example").await;
    scene.ask(&service, "create").await;
    let shown = scene.reaches(&service, "completed").await;
    assert_eq!(shown["billing_status"], "active");
    assert_eq!(shown["data"].get("password"), None, "a secret left the vault");
    let tab: Value =
        scene.admin.api.get(&format!("/services/{service}/tabs/general")).await.unwrap().expect(200).unwrap();
    assert!(tab.is_object(), "{tab}");
    let again = scene.admin.api.post(&format!("/services/{service}/create"), &json!({})).await.unwrap();
    again.expect(409).unwrap();
    for (verb, status) in [("suspend", "suspended"), ("unsuspend", "completed"), ("terminate", "terminated")]
    {
        scene.ask(&service, verb).await;
        scene.reaches(&service, status).await;
    }
    assert!(scene.hosting.accounts().is_empty());
}

#[tokio::test]
async fn whole_life_on_sqlite() {
    whole_life(None).await;
}

#[tokio::test]
async fn whole_life_on_postgresql() {
    whole_life(Some(Postgres::shared().unwrap().create_database().unwrap())).await;
}

#[tokio::test]
async fn a_provider_that_is_down_shows_its_cause_and_a_retry_makes_one_account() {
    let scene = Scene::start(None, 0).await;
    let service = scene.order("ada.example").await;
    for fault in [Fault::Down, Fault::Rubbish] {
        scene.hosting.arm(Rule::from(fault));
        let verb = if scene.hosting.requests().is_empty() { "create" } else { "retry" };
        let status = scene.admin.api.get(&format!("/services/{service}")).await.unwrap().expect(200).unwrap();
        let verb = if status["provision_status"] == "failed" { "retry" } else { verb };
        scene.ask(&service, verb).await;
        let shown = scene.reaches(&service, "failed").await;
        assert!(!shown["status_message"].as_str().unwrap_or_default().is_empty(), "no cause: {shown}");
        assert_eq!(shown["billing_status"], "pending");
        scene.hosting.heal();
    }
    scene.ask(&service, "retry").await;
    scene.reaches(&service, "completed").await;
    assert_eq!(scene.hosting.accounts().len(), 1);
}

/// Kills every worker while the provider holds its answer to `create`, and sees one account come of it.
async fn killed_in_the_middle_of_create(database: String) {
    let mut scene = Scene::start(Some(database), 2).await;
    let service = scene.order("ada.example").await;
    scene.hosting.arm(Rule::from(Fault::HoldBeforeAnswer).on("POST", "/accounts").times(1));
    scene.ask(&service, "create").await;
    until(SOON, "the provider to hold its answer", async || (scene.hosting.held() > 0).then_some(()))
        .await
        .unwrap();
    scene.panel.kill_worker(0).unwrap();
    scene.panel.kill_worker(1).unwrap();
    scene.hosting.release();
    scene.panel.add_worker().unwrap();
    scene.reaches(&service, "completed").await;
    assert_eq!(scene.hosting.accounts().len(), 1);
}

#[tokio::test]
async fn a_worker_killed_in_create_leaves_one_account_on_sqlite() {
    let _case = caisson_threats::case(38, "a worker killed in create leaves one account on sqlite");
    let folder = tempfile::tempdir().unwrap();
    killed_in_the_middle_of_create(format!("sqlite:{}", folder.path().join("panel.db").display())).await;
}

#[tokio::test]
async fn a_worker_killed_in_create_leaves_one_account_on_postgresql() {
    let _case = caisson_threats::case(38, "a worker killed in create leaves one account on postgresql");
    killed_in_the_middle_of_create(Postgres::shared().unwrap().create_database().unwrap()).await;
}
