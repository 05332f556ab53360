//! The proxmox-wp module with a backend that works, and with one that does not.

mod life;
mod troubles;

use caisson_tests::fakes::ProxmoxWp;
use caisson_tests::support::archive::Archive;
use caisson_tests::support::{Admin, Panel, Reply, until};
use serde_json::{Value, json};

use super::{Module, SOON, id, package, panel};

const KEY: &str = "product/proxmox-wp";

struct Scene {
    panel: Panel,
    admin: Admin,
    backend: ProxmoxWp,
    client: String,
    basic: String,
    premium: String,
}

/// The module, which looks at a site that is being made every second.
fn quick() -> Archive {
    package(KEY).edit("module.toml", "poll_seconds = 15", "poll_seconds = 1").unwrap()
}

impl Scene {
    async fn start(database: Option<&str>) -> Self {
        let backend = ProxmoxWp::start().await.unwrap();
        let (archive, on) = (quick(), panel(database, backend.address()).await);
        Self::on(on, backend, &archive).await
    }

    /// The module serves, and sells two plans.
    async fn on((panel, admin): (Panel, Admin), backend: ProxmoxWp, archive: &Archive) -> Self {
        let module = Module { admin: &admin, key: KEY };
        let asked = module.install(archive).await;
        let host = "Call the host given in the setting 'api_base' over HTTP (GET,POST), and send it the secret api_key.";
        assert!(asked.iter().any(|sentence| sentence == host), "{asked:?}");
        module.configure(&settings(&backend, backend.key())).await;
        module.act("activate").await;
        let mut products = Vec::new();
        for plan in ["basic", "premium"] {
            let product = json!({
                "name": plan, "slug": plan, "module": KEY, "price_minor": 500, "currency": "EUR",
                "module_data": { "plan": plan },
            });
            products.push(id(admin.api.post("/products", &product).await.unwrap()));
        }
        let client = json!({ "email": "ada@example.com", "name": "Ada Example", "currency": "EUR" });
        let client = id(admin.api.post("/clients", &client).await.unwrap());
        let premium = products.remove(1);
        Self { panel, admin, backend, client, basic: products.remove(0), premium }
    }

    fn module(&self) -> Module<'_> {
        Module { admin: &self.admin, key: KEY }
    }

    async fn order(&self) -> String {
        let order = json!({ "client_id": self.client, "product_id": self.basic, "data": {} });
        id(self.admin.api.post("/services", &order).await.unwrap())
    }

    async fn ask(&self, service: &str, verb: &str, body: Value) {
        self.admin.api.ask(service, verb, &body).await.unwrap().expect(202).unwrap();
    }

    async fn reaches(&self, service: &str, status: &str) -> Value {
        let what = format!("the service to be {status}");
        let reached = until(SOON, &what, async || {
            let shown = self.admin.api.get(&format!("/services/{service}")).await.ok()?.ok().ok()?;
            (shown["provision_status"] == status).then_some(shown)
        });
        reached.await.unwrap()
    }

    async fn verb(&self, service: &str, verb: &str, status: &str) -> Value {
        self.ask(service, verb, json!({})).await;
        self.reaches(service, status).await
    }

    /// A service whose site is there.
    async fn site(&self) -> String {
        let service = self.order().await;
        self.verb(&service, "create", "completed").await;
        service
    }

    async fn click(&self, service: &str, action: &str, form: Value) -> Reply {
        let path = format!("/services/{service}/client-actions/{action}");
        self.admin.api.post(&path, &form).await.unwrap()
    }

    async fn press(&self, service: &str, button: &str) -> Reply {
        let path = format!("/services/{service}/actions/{button}");
        self.admin.api.post(&path, &json!({})).await.unwrap()
    }

    async fn tab(&self, service: &str) -> Value {
        self.module().get(&format!("/services/{service}/tabs/site")).await
    }

    /// Deletes what was sold, as an administrator does on the pages.
    async fn forget_sales(&self, services: &[&str]) {
        let mut visitor = self.panel.visitor().unwrap();
        let login = [("email", self.admin.email.as_str()), ("password", self.admin.password.as_str())];
        visitor.open("/admin/login").await.unwrap();
        visitor.submit("/admin/login", &login).await.unwrap();
        let services = services.iter().map(|id| format!("/admin/services/{id}/delete"));
        let products = [&self.basic, &self.premium].map(|id| format!("/admin/products/{id}/delete"));
        for path in services.chain(products) {
            assert_eq!(visitor.submit(&path, &[]).await.unwrap().status, 200, "{path}");
        }
    }

    /// What became of the last thing that takes long.
    async fn activity(&self, service: &str, work: &str, state: &str) -> Value {
        let what = format!("{work} to be {state}");
        let seen = until(SOON, &what, async || {
            let shown = self.admin.api.get(&format!("/services/{service}")).await.ok()?.ok().ok()?;
            let activity = shown["data"]["activity"].clone();
            (activity["work"] == work && activity["state"] == state).then_some(activity)
        });
        seen.await.unwrap()
    }
}

fn settings(backend: &ProxmoxWp, key: &str) -> Value {
    json!({ "api_base": format!("{}/", backend.url()), "api_key": key, "public_ip": "203.0.113.10" })
}

fn said(reply: Reply, status: u16) -> String {
    reply.expect(status).unwrap()["message"].as_str().unwrap().to_owned()
}
