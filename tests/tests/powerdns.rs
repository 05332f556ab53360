//! The powerdns module against the genuine server, asked over DNS, on both databases.

use std::time::Duration;

use caisson_tests::support::{
    Admin, Install, Panel, Pdns, Postgres, RecordType, Reply, ResponseCode, modules, until,
};
use serde_json::{Value, json};

const MODULE: &str = "product/powerdns";
const SOON: Duration = Duration::from_secs(40);

struct Scene {
    _panel: Panel,
    admin: Admin,
    pdns: Pdns,
    client: String,
}

impl Scene {
    async fn start(database: Option<String>) -> Self {
        let pdns = Pdns::start().unwrap();
        let builder = Panel::builder().allow_private(pdns.api_address()).database(database);
        let panel = builder.start().await.unwrap();
        let admin = panel.admin().await.unwrap();
        let package = std::fs::read(modules::package(MODULE).unwrap()).unwrap();
        let scene = Self { _panel: panel, client: String::new(), admin, pdns };
        let settings = Some(scene.settings(scene.pdns.key()));
        Install { key: MODULE, package, without: &[], settings }.on(&scene.admin.api).await.unwrap();
        let client = json!({ "email": "ada@example.com", "name": "Ada Example", "currency": "EUR" });
        let client = id(scene.post("/clients", &client).await);
        Self { client, ..scene }
    }

    fn settings(&self, key: &str) -> Value {
        json!({
            "api_base": self.pdns.api_url(), "api_key": key, "server_id": "localhost",
            "nameservers": ["ns1.example.net", "ns2.example.net"], "hostmaster": "host.master@example.net",
        })
    }

    async fn get(&self, path: &str) -> Value {
        self.admin.api.get(path).await.unwrap().expect(200).unwrap()
    }

    async fn post(&self, path: &str, body: &Value) -> Reply {
        self.admin.api.post(path, body).await.unwrap()
    }

    async fn product(&self, name: &str, records: u32) -> String {
        let product = json!({
            "name": name, "slug": name, "module": MODULE, "price_minor": 100, "currency": "EUR",
            "module_data": { "max_records": records, "ttl": 60 },
        });
        id(self.post("/products", &product).await)
    }

    async fn order(&self, product: &str, zone: &str) -> String {
        let order = json!({ "client_id": self.client, "product_id": product, "data": { "zone": zone } });
        id(self.post("/services", &order).await)
    }

    async fn verb(&self, service: &str, verb: &str, status: &str) -> Value {
        self.admin.api.ask(service, verb, &json!({})).await.unwrap().expect(202).unwrap();
        until(SOON, &format!("{verb} to end as {status}"), async || {
            let shown = self.get(&format!("/services/{service}")).await;
            (shown["provision_status"] == status).then_some(shown)
        })
        .await
        .unwrap()
    }

    /// Sends a form of the client's tab; an empty `fields` member of the answer means that it was taken.
    async fn record(&self, service: &str, action: &str, form: &Value) -> Result<(), Vec<String>> {
        let reply = self.post(&format!("/services/{service}/client-actions/{action}"), form).await;
        if reply.status == 200 {
            return Ok(());
        }
        let body: Value = reply.expect(422).unwrap();
        let errors = body["errors"].as_array().cloned().unwrap_or_default();
        Err(errors.iter().map(|error| error["field"].as_str().unwrap().to_owned()).collect())
    }

    async fn addresses(&self, name: &str) -> Vec<String> {
        self.pdns.query(name, RecordType::A).await.unwrap().texts()
    }
}

fn id(created: Reply) -> String {
    created.expect(201).unwrap()["id"].as_str().unwrap().to_owned()
}

fn typed(name: &str, kind: &str, content: &str) -> Value {
    json!({ "name": name, "type": kind, "ttl": "60", "content": content })
}

async fn whole_life(database: Option<String>) {
    let scene = Scene::start(database).await;
    let test = format!("/modules/{MODULE}/test-connection");
    let tested = scene.post(&test, &scene.settings(scene.pdns.key())).await.expect(200).unwrap();
    assert!(tested["message"].as_str().unwrap().starts_with("PowerDNS 4."), "{tested}");
    let refused = scene.post(&test, &scene.settings("wrong")).await.expect(422).unwrap();
    assert_eq!(refused["message"], "PowerDNS does not accept the API key.");

    let (small, large) = (scene.product("small", 3).await, scene.product("large", 10).await);
    let bad = json!({ "client_id": scene.client, "product_id": small, "data": { "zone": "not a zone" } });
    let bad = scene.post("/services", &bad).await.expect(422).unwrap();
    assert_eq!(bad["errors"][0]["field"], "data.zone", "{bad}");
    let service = scene.order(&small, "Example.org.").await;
    let shown = scene.verb(&service, "create", "completed").await;
    assert_eq!(shown["data"]["zone"], "example.org");
    let soa = scene.pdns.query("example.org", RecordType::SOA).await.unwrap();
    assert!(soa.texts()[0].starts_with("ns1.example.net. host\\.master.example.net."), "{:?}", soa.texts());
    let servers = scene.pdns.query("example.org", RecordType::NS).await.unwrap();
    assert_eq!(servers.texts(), ["ns1.example.net.", "ns2.example.net."]);

    // What clients do with their records.
    scene.record(&service, "add-record", &typed("www", "A", "192.0.2.7")).await.unwrap();
    scene.record(&service, "add-record", &typed("www", "A", "192.0.2.8")).await.unwrap();
    assert_eq!(scene.addresses("www.example.org").await, ["192.0.2.7", "192.0.2.8"]);
    let refusals = [
        (typed("www", "A", "::1"), "content"),
        (typed("www", "A", "192.0.2.7"), "content"),
        (typed("www", "CNAME", "example.net"), "name"),
        (typed("a b", "A", "192.0.2.1"), "name"),
        (typed("@", "NS", "ns9.example.net"), "type"),
        (typed("@", "SOA", "a b 1 2 3 4 5"), "type"),
        (json!({ "name": "x", "type": "A", "ttl": "1", "content": "192.0.2.1" }), "ttl"),
    ];
    for (form, field) in refusals {
        let refused = scene.record(&service, "add-record", &form).await;
        assert_eq!(refused, Err(vec![field.to_owned()]), "{form}");
    }
    scene.record(&service, "add-record", &typed("@", "TXT", "v=spf1 -all")).await.unwrap();
    let full = scene.record(&service, "add-record", &typed("ftp", "A", "192.0.2.9")).await;
    assert_eq!(full, Err(vec!["name".to_owned()]), "the quota holds");
    let tab = scene.get(&format!("/services/{service}/tabs/records")).await;
    assert_eq!(tab["records"].as_array().unwrap().len(), 3, "{tab}");
    let mut edited = typed("web", "A", "192.0.2.10");
    for (key, value) in [("was_name", "www.example.org"), ("was_type", "A"), ("was_content", "192.0.2.8")] {
        edited[key] = json!(value);
    }
    scene.record(&service, "save-record", &edited).await.unwrap();
    assert_eq!(scene.addresses("www.example.org").await, ["192.0.2.7"]);
    assert_eq!(scene.addresses("web.example.org").await, ["192.0.2.10"]);

    // Suspended, the zone stands but answers nothing; resumed, it answers as before.
    scene.verb(&service, "suspend", "suspended").await;
    assert!(scene.addresses("www.example.org").await.is_empty());
    let servers = scene.pdns.query("example.org", RecordType::NS).await.unwrap();
    assert_eq!(servers.texts().len(), 2);
    let refused = scene.post(&format!("/services/{service}/client-actions/add-record"), &edited).await;
    refused.expect(409).unwrap();
    scene.verb(&service, "unsuspend", "completed").await;
    assert_eq!(scene.addresses("www.example.org").await, ["192.0.2.7"]);
    let text = scene.pdns.query("example.org", RecordType::TXT).await.unwrap();
    assert!(text.texts()[0].contains("v=spf1 -all"), "{:?}", text.texts());

    // A package is a quota: a larger one is taken, one that the zone does not fit in is refused.
    let change = async |product: &str| {
        let to = json!({ "product_id": product });
        scene.admin.api.ask(&service, "change-package", &to).await.unwrap()
    };
    change(&large).await.expect(202).unwrap();
    scene.record(&service, "add-record", &typed("ftp", "A", "192.0.2.9")).await.unwrap();
    let refused = change(&small).await.expect(409).unwrap();
    assert!(refused["message"].as_str().unwrap().contains("has 4 records"), "{refused}");
    assert_eq!(scene.get(&format!("/services/{service}")).await["product_id"], json!(large));
    let gone = json!({ "was_name": "ftp.example.org", "was_type": "A", "was_content": "192.0.2.9" });
    scene.record(&service, "delete-record", &gone).await.unwrap();
    change(&small).await.expect(202).unwrap();

    scene.verb(&service, "terminate", "terminated").await;
    let after = scene.pdns.query("example.org", RecordType::SOA).await.unwrap();
    assert_eq!(after.code, ResponseCode::Refused);
}

#[tokio::test]
async fn a_zones_whole_life_on_sqlite() {
    whole_life(None).await;
}

#[tokio::test]
async fn a_zones_whole_life_on_postgresql() {
    whole_life(Some(Postgres::shared().unwrap().create_database().unwrap())).await;
}

#[tokio::test]
async fn a_zone_is_made_once_and_another_owners_is_left_alone() {
    let scene = Scene::start(None).await;
    let product = scene.product("zone", 10).await;
    let zones = format!("{}/api/v1/servers/localhost/zones", scene.pdns.api_url());
    let make = async |name: &str, account: &str| {
        let zone = json!({ "name": name, "kind": "Native", "account": account, "nameservers": ["ns1.example.net."] });
        let http = caisson_tests::support::client().unwrap();
        let made = http.post(&zones).header("x-api-key", scene.pdns.key()).json(&zone).send().await.unwrap();
        assert_eq!(made.status(), 201);
    };
    // As a try left it that was lost before it could say so.
    let ours = scene.order(&product, "ours.example").await;
    make("ours.example.", &ours).await;
    scene.verb(&ours, "create", "completed").await;

    let taken = scene.order(&product, "taken.example").await;
    make("taken.example.", "somebody").await;
    let failed = scene.verb(&taken, "create", "failed").await;
    assert!(
        failed["status_message"].as_str().unwrap().contains("does not belong to this service"),
        "{failed}"
    );
    scene.verb(&taken, "terminate", "terminated").await;
    let still = scene.pdns.query("taken.example", RecordType::SOA).await.unwrap();
    assert_eq!(still.code, ResponseCode::NoError, "somebody else's zone was deleted");
}
