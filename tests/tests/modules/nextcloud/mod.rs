//! The nextcloud module with servers that work, and with ones that do not.

mod life;
mod seats;
mod troubles;

use caisson_tests::fakes::{CLOUD_ADMIN, CloudUser, Nextcloud};
use caisson_tests::support::archive::Archive;
use caisson_tests::support::{Admin, Panel, PanelBuilder, Reply, until};
use reqwest::Method;
use serde_json::{Value, json};

use super::{Module, SOON, id, minutes_pass, package, started};

const KEY: &str = "product/nextcloud";
const GB: u64 = 1 << 30;

struct Scene {
    panel: Panel,
    admin: Admin,
    clouds: [Nextcloud; 2],
    client: String,
    group: String,
    servers: [String; 2],
    small: String,
    large: String,
}

impl Scene {
    /// The module with a group of two servers, which take `seats` accounts each.
    async fn start(database: Option<&str>, seats: [u32; 2]) -> Self {
        let builder = Panel::builder().concurrency(4).database(database.map(str::to_owned));
        Self::on(builder, seats, &package(KEY)).await
    }

    async fn on(mut builder: PanelBuilder, seats: [u32; 2], archive: &Archive) -> Self {
        let clouds = [Nextcloud::start().await.unwrap(), Nextcloud::start().await.unwrap()];
        for cloud in &clouds {
            builder = builder.allow_private(cloud.address());
        }
        let (panel, admin) = started(builder).await;
        let module = Module { admin: &admin, key: KEY };
        let asked = module.install(archive).await;
        let hosts = "Call each of the hosts given in the setting 'hosts' over HTTP (GET,POST,PUT,DELETE).";
        assert!(asked.iter().any(|sentence| sentence == hosts), "{asked:?}");
        module.configure(&settings(&clouds)).await;
        module.act("activate").await;
        let group = module.post("groups", json!({ "name": "Europe" })).await.expect(201).unwrap();
        let group = group["uuid"].as_str().unwrap().to_owned();
        let mut servers = Vec::new();
        for (at, cloud) in clouds.iter().enumerate() {
            let server = json!({
                "name": format!("cloud{}", at + 1), "group": "Europe", "address": cloud.url(), "user": CLOUD_ADMIN,
                "password": cloud.password(), "max_accounts": seats[at],
            });
            let made = module.post("servers", server).await.expect(201).unwrap();
            assert_eq!(made.get("password"), None, "{made}");
            servers.push(made["uuid"].as_str().unwrap().to_owned());
        }
        let product = |name: &str, quota: &str| {
            json!({
                "name": name, "slug": name, "module": KEY, "price_minor": 500, "currency": "EUR",
                "module_data": { "group": "Europe", "quota": quota, "username_suffix": "-eu" },
            })
        };
        let small = id(admin.api.post("/products", &product("small", "5gb")).await.unwrap());
        let large = id(admin.api.post("/products", &product("large", "20 GB")).await.unwrap());
        let client = json!({ "email": "ada@example.com", "name": "Ada Example", "currency": "EUR" });
        let client = id(admin.api.post("/clients", &client).await.unwrap());
        let servers = servers.try_into().unwrap();
        Self { panel, admin, clouds, client, group, servers, small, large }
    }

    fn module(&self) -> Module<'_> {
        Module { admin: &self.admin, key: KEY }
    }

    async fn order(&self) -> String {
        let order = json!({ "client_id": self.client, "product_id": self.small, "data": {} });
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

    /// A service whose account is there.
    async fn account(&self) -> (String, CloudUser) {
        let service = self.order().await;
        let shown = self.verb(&service, "create", "completed").await;
        let user = self.user(shown["data"]["username"].as_str().unwrap());
        (service, user)
    }

    /// The account, on whichever server it is.
    fn user(&self, id: &str) -> CloudUser {
        self.clouds.iter().find_map(|cloud| cloud.user(id)).unwrap()
    }

    fn users(&self) -> [usize; 2] {
        [0, 1].map(|at: usize| self.clouds[at].users().len())
    }

    async fn press_reset(&self, service: &str) -> Reply {
        let path = format!("/services/{service}/actions/reset-password");
        self.admin.api.post(&path, &json!({})).await.unwrap()
    }

    async fn tab(&self, service: &str, tab: &str) -> Value {
        self.module().get(&format!("/services/{service}/tabs/{tab}")).await
    }

    async fn send(&self, method: Method, resource: &str, body: Value) -> Reply {
        self.admin.api.send(method, &self.module().path(resource), Some(&body)).await.unwrap()
    }

    async fn delete(&self, resource: &str) -> Reply {
        self.admin.api.delete(&self.module().path(resource)).await.unwrap()
    }

    async fn server(&self, at: usize) -> Value {
        let module = self.module();
        module.get(&module.path(&format!("server/{}", self.servers[at]))).await
    }

    /// Lets the hourly schedule come round.
    async fn hour_passes(&self) {
        minutes_pass(&self.panel, 60).await;
    }

    /// Deletes what was sold, as an administrator does on the pages.
    async fn forget_sales(&self, services: &[&str]) {
        let mut visitor = self.panel.signed_in(&self.admin).await.unwrap();
        let services = services.iter().map(|id| format!("/admin/services/{id}/delete"));
        let products = [&self.small, &self.large].map(|id| format!("/admin/products/{id}/delete"));
        for path in services.chain(products) {
            assert_eq!(visitor.submit(&path, &[]).await.unwrap().status, 200, "{path}");
        }
    }
}

fn settings(clouds: &[Nextcloud]) -> Value {
    let hosts: Vec<String> = clouds.iter().map(|cloud| format!("{}/", cloud.url())).collect();
    json!({ "hosts": hosts })
}

fn said(reply: Reply, status: u16) -> String {
    reply.expect(status).unwrap()["message"].as_str().unwrap().to_owned()
}
