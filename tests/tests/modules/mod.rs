//! The repository's modules, each through its whole life and its provider's troubles.

mod proxmox_wp;
mod server_monitoring;
mod slack;
mod sms;
mod stripe;

use std::path::Path;
use std::time::Duration;

use caisson_tests::support::archive::Archive;
use caisson_tests::support::{Admin, Panel, Postgres, Puppet, Reply, modules, until};
use serde_json::{Value, json};

const SOON: Duration = Duration::from_secs(60);

/// A panel that may call a provider on loopback.
async fn panel(database: Option<&str>, provider: std::net::SocketAddr) -> (Panel, Admin) {
    let builder = Panel::builder().allow_private(provider).database(database.map(str::to_owned));
    let panel = builder.start().await.unwrap();
    let admin = panel.admin().await.unwrap();
    (panel, admin)
}

fn postgres() -> String {
    Postgres::shared().unwrap().create_database().unwrap()
}

/// A module of the repository, changed as a test wants it.
fn package(key: &str) -> Archive {
    Archive::open(&modules::package(key).unwrap()).unwrap()
}

/// A module on a panel, by its key.
struct Module<'a> {
    admin: &'a Admin,
    key: &'static str,
}

impl Module<'_> {
    fn path(&self, resource: &str) -> String {
        format!("/modules/{}/{resource}", self.key)
    }

    async fn get(&self, path: &str) -> Value {
        self.admin.api.get(path).await.unwrap().expect(200).unwrap()
    }

    async fn post(&self, resource: &str, body: Value) -> Reply {
        self.admin.api.post(&self.path(resource), &body).await.unwrap()
    }

    /// Installs a version and grants it what it asks for: the sentences that an administrator reads.
    async fn install(&self, archive: &Archive) -> Vec<String> {
        let bytes = archive.bytes().unwrap();
        let sent = self.admin.api.upload_bytes("/modules", "package", "module.caisson", bytes).await;
        sent.unwrap().expect(201).unwrap();
        let module = self.get(&format!("/modules/{}", self.key)).await;
        let requests = module["requests"].as_array().unwrap();
        let ids: Vec<&Value> = requests.iter().map(|one| &one["id"]).collect();
        let granted = self.admin.api.put(&self.path("grants"), &json!({ "grants": ids })).await;
        granted.unwrap().expect(204).unwrap();
        requests.iter().map(|one| one["sentence"].as_str().unwrap().to_owned()).collect()
    }

    async fn configure(&self, settings: &Value) {
        self.admin.api.put(&self.path("settings"), settings).await.unwrap().expect(204).unwrap();
    }

    async fn act(&self, verb: &str) {
        self.post(verb, json!({})).await.expect(204).unwrap();
    }

    /// Leaves: with what it kept in a folder, and then without a trace.
    async fn leave(&self, panel: &Panel, folder: &Path) -> String {
        self.act("deactivate").await;
        let output = folder.join("kept");
        let shown = output.display().to_string();
        panel.caisson(&["module", "export", self.key, "--output", &shown]).await.unwrap();
        let name = self.key.rsplit('/').next().unwrap();
        self.post("erase", json!({ "name": name })).await.expect(204).unwrap();
        assert_eq!(self.admin.api.get(&self.path("export")).await.unwrap().status, 404);
        std::fs::read_to_string(output.join("module.json")).unwrap()
    }
}

fn id(created: Reply) -> String {
    created.expect(201).unwrap()["id"].as_str().unwrap().to_owned()
}

/// Has a puppet tell the staff how often it sang.
async fn tell_staff(puppet: &Puppet, times: u32) {
    let data = json!({ "who": "Puppet", "times": times });
    let told = json!({ "op": "notify.staff", "permission": "hear", "event": "sung", "data": data });
    puppet.one(told).await.unwrap();
}

/// The newest notification's delivery, once it is as it should be; one that is queued, once a try was in vain.
async fn delivery(admin: &Admin, query: &str, status: &str) -> Value {
    let what = format!("the delivery to be {status}");
    let reached = until(SOON, &what, async || {
        let list = admin.api.get(&format!("/notifications{query}")).await.ok()?.ok().ok()?;
        let delivery = list["items"][0]["deliveries"][0].clone();
        let told = status != "queued" || delivery["error"].is_string();
        (delivery["status"] == status && told).then_some(delivery)
    });
    reached.await.unwrap()
}
