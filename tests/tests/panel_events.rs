//! The panel's own events: told after the fact through the queue, asked before it, with a veto.

use std::time::Duration;

use caisson_tests::support::{Admin, Panel, Postgres, Puppet, puppet, until};
use serde_json::{Value, json};

const SOON: Duration = Duration::from_secs(40);

fn note(name: &str) -> Value {
    json!({ "op": "db.upsert", "name": name, "value": 1 })
}

async fn forget_notes(puppet: &Puppet) {
    puppet.one(json!({ "op": "db.delete", "name": "%" })).await.unwrap();
}

/// Waits until the puppet heard of `name`, and gives what it was told.
async fn heard(puppet: &Puppet, name: &str) -> Value {
    until(SOON, name, async || {
        let rows = puppet.one(json!({ "op": "db.all", "table": "heard" })).await.ok()?;
        rows.as_array()?.iter().find(|row| row["name"] == name).map(|row| row["payload"].clone())
    })
    .await
    .unwrap()
}

async fn scene(admin: &Admin) -> (Puppet, Puppet) {
    let hears = "\"client.creating\",";
    let more = "\"module.activated\", \"module.deactivated\", \"client.updated\", \"client.deleting\",\n    \
                \"client.deleted\", \"service.ordered\", \"service.deleted\", \"task.failed\", \"client.creating\",";
    let package = puppet::package("puppet", "1.0.0").unwrap().edit("module.toml", hears, more).unwrap();
    let puppet = Puppet::install_package(admin, "puppet", &package.bytes().unwrap(), &[]).await.unwrap();
    let other = Puppet::install(admin, "puppet-two", &["subscribe client.created"]).await.unwrap();
    (puppet, other)
}

async fn told_and_asked(database: Option<String>) {
    let _case = caisson_threats::case(22, "events that were not granted");
    let builder = Panel::builder().database(database);
    let panel = builder.start().await.unwrap();
    let admin = panel.admin().await.unwrap();
    let (puppet, other) = scene(&admin).await;
    assert_eq!(heard(&puppet, "module.activated").await["module"], "product/puppet");

    // Asked before, each with its veto; what is not allowed does not happen.
    let client = json!({ "email": "ada@example.com", "name": "Ada", "currency": "EUR" });
    puppet.one(note("veto client.creating")).await.unwrap();
    let refused = admin.api.post("/clients", &client).await.unwrap();
    assert_eq!(refused.status, 409, "{}", refused.body);
    let words = refused.body.to_string();
    assert!(words.contains("Puppet does not allow it: The puppet keeps a note"), "{words}");
    let clients = admin.api.get("/clients").await.unwrap().expect(200).unwrap();
    assert!(!clients.to_string().contains("ada@example.com"), "{clients}");
    forget_notes(&puppet).await;
    let id = |reply: &Value| reply["id"].as_str().unwrap().to_owned();
    let made = admin.api.post("/clients", &client).await.unwrap().expect(201).unwrap();
    let told = heard(&puppet, "client.created").await;
    assert_eq!((&told["id"], &told["email"]), (&made["id"], &json!("ada@example.com")));

    let product = json!({
        "name": "P", "slug": "p", "module": "product/puppet-two", "price_minor": 1, "currency": "EUR", "module_data": {},
    });
    let product = id(&admin.api.post("/products", &product).await.unwrap().expect(201).unwrap());
    let order = json!({ "client_id": id(&made), "product_id": product, "data": {} });
    puppet.one(note("veto service.ordering")).await.unwrap();
    admin.api.post("/services", &order).await.unwrap().expect(409).unwrap();
    forget_notes(&puppet).await;
    let service = id(&admin.api.post("/services", &order).await.unwrap().expect(201).unwrap());
    assert_eq!(heard(&puppet, "service.ordered").await["id"], service);

    let done = json!({ "op": "services.status", "id": service });
    other.one(done).await.unwrap();
    let told = heard(&puppet, "service.status-changed").await;
    assert_eq!((&told["from"], &told["to"]), (&json!("pending"), &json!("completed")), "{told}");
    puppet.one(note("veto service.suspending")).await.unwrap();
    let suspend = format!("/services/{service}/suspend");
    admin.api.post(&suspend, &json!({})).await.unwrap().expect(409).unwrap();
    let shown = admin.api.get(&format!("/services/{service}")).await.unwrap().expect(200).unwrap();
    assert_eq!(shown["provision_status"], "completed");

    // Who may not hear does not, who is broken has no say, and a module is told when another goes.
    let rows = other.one(json!({ "op": "db.all", "table": "heard" })).await.unwrap();
    assert!(!rows.to_string().contains("client.created"), "{rows}");
    let task = json!({ "op": "tasks.add", "do": [{ "op": "crash" }] });
    let task = other.one(task).await.unwrap();
    let told = heard(&puppet, "task.failed").await;
    assert_eq!((&told["id"], &told["method"]), (&task, &json!("script")), "{told}");
    admin.api.post(&other.path("deactivate"), &json!({})).await.unwrap().expect(204).unwrap();
    assert_eq!(heard(&puppet, "module.deactivated").await["module"], "product/puppet-two");
}

#[tokio::test]
async fn modules_hear_of_the_panel_and_may_say_no() {
    told_and_asked(None).await;
}

#[tokio::test]
async fn modules_hear_of_the_panel_and_may_say_no_on_postgresql() {
    told_and_asked(Some(Postgres::shared().unwrap().create_database().unwrap())).await;
}
