//! One module, written in every language that has a kit, through one scenario: what the kits promise is the same.

use std::time::Duration;

use caisson_tests::fakes::{Mailbox, MailboxApi};
use caisson_tests::support::archive::Archive;
use caisson_tests::support::{Admin, Api, Install, Panel, Postgres, modules, repository, until};
use serde_json::{Value, json};

const MODULE: &str = "product/mailbox";
const SOON: Duration = Duration::from_secs(40);

struct Scene {
    admin: Admin,
    provider: MailboxApi,
    client: String,
    product: String,
    panel: Panel,
}

impl Scene {
    async fn start(language: &str, database: Option<String>) -> Self {
        let provider = MailboxApi::start().await.unwrap();
        let builder = Panel::builder().allow_private(provider.address()).database(database);
        let source = repository().join("tests/guests/mailbox").join(language);
        let built = modules::build_from(&source, &format!("{MODULE}-{language}")).unwrap();
        let package = Archive::open(&built.file).unwrap().bytes().unwrap();
        let panel = builder.start().await.unwrap();
        let admin = panel.admin().await.unwrap();
        let settings = Some(json!({ "api_base": provider.url(), "api_key": provider.key() }));
        Install { key: MODULE, package, without: &[], settings }.on(&admin.api).await.unwrap();
        let mut scene = Self { provider, client: String::new(), product: String::new(), admin, panel };
        let client = json!({ "email": "ada@example.com", "name": "Ada Example", "currency": "EUR" });
        scene.client = id(&scene.post("/clients", &client, 201).await);
        scene.product = scene.product("small", 100).await;
        scene
    }

    async fn product(&self, name: &str, quota: u32) -> String {
        let product = json!({
            "name": name, "slug": name, "module": MODULE, "price_minor": 100, "currency": "EUR",
            "module_data": { "quota_mb": quota },
        });
        id(&self.post("/products", &product, 201).await)
    }

    async fn get(&self, path: &str) -> Value {
        self.admin.api.get(path).await.unwrap().ok().unwrap()
    }

    async fn post(&self, path: &str, body: &Value, status: u16) -> Value {
        self.admin.api.post(path, body).await.unwrap().expect(status).unwrap()
    }

    async fn order(&self, address: &str) -> String {
        id(&self.post("/services", &self.ordered(address), 201).await)
    }

    fn ordered(&self, address: &str) -> Value {
        json!({ "client_id": self.client, "product_id": self.product, "data": { "address": address } })
    }

    async fn reaches(&self, service: &str, status: &str) -> Value {
        until(SOON, &format!("the service to be {status}"), async || {
            let shown = self.get(&format!("/services/{service}")).await;
            (shown["provision_status"] == status).then_some(shown)
        })
        .await
        .unwrap()
    }

    async fn verb(&self, service: &str, verb: &str, body: Value, status: &str) -> Value {
        self.ask(service, verb, &body).await;
        self.reaches(service, status).await
    }

    async fn ask(&self, service: &str, verb: &str, body: &Value) {
        self.admin.api.ask(service, verb, body).await.unwrap().expect(202).unwrap();
    }

    async fn test_connection(&self, settings: &Value, status: u16) -> Value {
        self.post(&format!("/modules/{MODULE}/test-connection"), settings, status).await["message"].clone()
    }

    async fn refresh(&self, service: &str) -> Value {
        self.post(&format!("/services/{service}/actions/refresh"), &json!({}), 200).await["message"].clone()
    }
}

fn id(created: &Value) -> String {
    created["id"].as_str().unwrap().to_owned()
}

async fn whole_life(language: &str, database: Option<String>) {
    let scene = Scene::start(language, database).await;
    settings(&scene).await;
    api_routes(&scene).await;
    orders(&scene).await;
    verbs(&scene).await;
    refusals(&scene).await;
}

async fn settings(scene: &Scene) {
    let settings = |url: &str, key: &str| json!({ "api_base": url, "api_key": key });
    let url = scene.provider.url();
    let well = scene.test_connection(&settings(&url, scene.provider.key()), 200).await;
    assert_eq!(well, "The provider answers: well");
    let refused = scene.test_connection(&settings(&url, "wrong"), 422).await;
    assert_eq!(refused, "The provider does not accept this API key.");
    // A name that has no address.
    let nobody = scene.test_connection(&settings("http://mailboxes.invalid", "any"), 502).await;
    assert_eq!(nobody, "The provider could not be reached.");
}

async fn orders(scene: &Scene) {
    for address in ["", "no address", &format!("{}@example.com", "a".repeat(120))] {
        let refused = scene.post("/services", &scene.ordered(address), 422).await;
        assert_eq!(refused["errors"][0]["field"], "data.address", "{refused}");
    }
    let service = scene.order("  Ada@Example.COM ").await;
    assert_eq!(scene.get(&format!("/services/{service}")).await["data"]["address"], "ada@example.com");
}

async fn verbs(scene: &Scene) {
    let service = scene.order("grace@example.com").await;
    assert_eq!(scene.refresh(&service).await, "Nothing to refresh.");
    let shown = scene.verb(&service, "create", json!({}), "completed").await;
    assert_eq!(shown["data"]["mailbox"], "grace@example.com");
    let made = scene.provider.mailbox("grace@example.com");
    assert_eq!(made, Some(Mailbox { quota: 100, active: true }));
    assert_eq!(scene.refresh(&service).await, "Refreshed grace@example.com.");

    let tab = format!("/services/{service}/tabs/overview");
    let seen = until(SOON, "the module to hear of its own event", async || {
        let seen = scene.get(&tab).await;
        (seen["heard"] == 1).then_some(seen)
    });
    let expected = json!({
        "address": "grace@example.com", "quota": 100, "heard": 1, "total": 1, "last": "grace@example.com",
        "greeting": "Mailbox of Ada Example",
    });
    let seen = seen.await.unwrap();
    for (key, value) in expected.as_object().unwrap() {
        // The host isolates what it puts into a message.
        let plain = seen[key].as_str().map(|text| json!(text.replace(['\u{2068}', '\u{2069}'], "")));
        assert_eq!(&plain.unwrap_or_else(|| seen[key].clone()), value, "{key}");
    }

    let active = || scene.provider.mailbox("grace@example.com").unwrap().active;
    scene.verb(&service, "suspend", json!({}), "suspended").await;
    assert!(!active());
    scene.verb(&service, "unsuspend", json!({}), "completed").await;
    assert!(active());
    let large = scene.product("large", 500).await;
    scene.ask(&service, "change-package", &json!({ "product_id": large })).await;
    until(SOON, "the larger quota", async || (scene.get(&tab).await["quota"] == 500).then_some(()))
        .await
        .unwrap();
    assert_eq!(scene.provider.mailbox("grace@example.com").unwrap().quota, 500);
    scene.reaches(&service, "completed").await;
    let listed = scene.get(&format!("/modules/{MODULE}/listing")).await;
    assert_eq!(listed["accounts"][0]["address"], "grace@example.com", "{listed}");

    // Gone already counts as removed.
    scene.provider.remove("grace@example.com");
    scene.verb(&service, "terminate", json!({}), "terminated").await;
    let listed = scene.get(&format!("/modules/{MODULE}/listing")).await;
    assert_eq!(listed["accounts"], json!([]));
}

/// The module's part of the panel's API is what its manifest declares, for those who may.
async fn api_routes(scene: &Scene) {
    let listing = format!("/modules/{MODULE}/listing");
    assert_eq!(scene.get(&listing).await, json!({ "accounts": [] }));
    let stranger = Api::new(&scene.panel.url(), "no-such-token").unwrap();
    stranger.get(&listing).await.unwrap().expect(401).unwrap();
    scene.post(&listing, &json!({}), 404).await;
    for path in ["listing/more", "accounts", "nothing"] {
        let path = format!("/modules/{MODULE}/{path}");
        scene.admin.api.get(&path).await.unwrap().expect(404).unwrap();
    }
}

async fn refusals(scene: &Scene) {
    // There already: an earlier try made it.
    scene.provider.put("joan@example.com", 100);
    let service = scene.order("joan@example.com").await;
    scene.verb(&service, "create", json!({}), "completed").await;
    // Refused for good: tried once, with the provider's reason.
    let service = scene.order("abuse@example.com").await;
    let failed = scene.verb(&service, "create", json!({}), "failed").await;
    let message = failed["status_message"].as_str().unwrap_or_default();
    assert_eq!(message, "The provider refused the mailbox: This address is reserved.", "{failed}");
    let tries = scene.provider.asked().iter().filter(|request| *request == "POST /mailboxes").count();
    assert_eq!(tries, 3, "one for each of three services");
}

macro_rules! languages {
    ($($language:ident),+ $(,)?) => {$(
        mod $language {
            use super::*;

            #[tokio::test]
            async fn on_sqlite() {
                whole_life(stringify!($language), None).await;
            }

            #[tokio::test]
            async fn on_postgresql() {
                let database = Postgres::shared().unwrap().create_database().unwrap();
                whole_life(stringify!($language), Some(database)).await;
            }
        }
    )+};
}

languages!(c, python, rust, typescript);

/// The module in TypeScript on the other engine, which reads numbers and text its own way: to the provider and back, once.
#[tokio::test]
async fn typescript_on_spidermonkey() {
    let scene = Scene::start("spidermonkey", None).await;
    settings(&scene).await;
    let service = scene.order("grace@example.com").await;
    let shown = scene.verb(&service, "create", json!({}), "completed").await;
    assert_eq!(shown["data"]["mailbox"], "grace@example.com");
    let made = scene.provider.mailbox("grace@example.com");
    assert_eq!(made, Some(Mailbox { quota: 100, active: true }));
}
