//! The server-monitoring module through its whole life over HTTP, on both databases, with hosts that do well and hosts that do not.

mod life;
mod troubles;

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use caisson_tests::fakes::{TlsServer, WatchedSite};
use caisson_tests::support::{Admin, Panel, PanelBuilder, Visitor, until};
use serde_json::{Value, json};

use super::{Module, SOON, minutes_pass, on_both, package, started};

const KEY: &str = "plugin/server-monitoring";

struct Scene {
    panel: Panel,
    admin: Admin,
    site: WatchedSite,
    lasting: TlsServer,
    over: TlsServer,
    /// That were let pass.
    minutes: AtomicI64,
}

impl Scene {
    /// The module serves, and may reach the site and both servers.
    async fn start(database: Option<&str>) -> Self {
        // Built before anything is asked: a connection does not outlive the silence meanwhile.
        let archive = package(KEY);
        let (site, lasting, over) = (
            WatchedSite::start().await.unwrap(),
            TlsServer::start(30).await.unwrap(),
            TlsServer::start(-3).await.unwrap(),
        );
        let places = [site.address(), lasting.address(), over.address()];
        let builder = Panel::builder().separate_workers(1).lease(Duration::from_secs(3));
        let builder = builder.database(database.map(str::to_owned));
        let builder = places.into_iter().fold(builder, PanelBuilder::allow_private);
        let (panel, admin) = started(builder).await;
        let scene = Self { panel, admin, site, lasting, over, minutes: AtomicI64::new(0) };
        scene.module().install(&archive).await;
        let asked = scene.module().get(&format!("/modules/{KEY}")).await["requests"].clone();
        for grant in ["http settings.hosts GET", "probe settings.hosts"] {
            assert!(asked.as_array().unwrap().iter().any(|one| one["id"] == grant), "{asked}");
        }
        scene.configure(&scene.hosts(), 204).await;
        scene.module().act("activate").await;
        scene
    }

    fn module(&self) -> Module<'_> {
        Module { admin: &self.admin, key: KEY }
    }

    fn hosts(&self) -> Vec<String> {
        let places = [self.site.address(), self.lasting.address(), self.over.address()];
        [self.site.url()].into_iter().chain(places.map(|one| one.to_string())).collect()
    }

    async fn configure(&self, hosts: &[String], status: u16) -> Value {
        let settings = json!({ "hosts": hosts, "fail_after": 2, "recover_after": 2 });
        let put = self.admin.api.put(&self.module().path("settings"), &settings).await;
        put.unwrap().expect(status).unwrap()
    }

    async fn get(&self, path: &str) -> Value {
        self.module().get(&self.module().path(path)).await
    }

    async fn post(&self, path: &str, body: Value, status: u16) -> Value {
        self.module().post(path, body).await.expect(status).unwrap()
    }

    /// The id of a new check, which is due now, and not again before tomorrow.
    async fn add(&self, name: &str, kind: &str, target: impl Into<String>) -> i64 {
        let check =
            json!({ "name": name, "kind": kind, "target": target.into(), "interval": 1440, "timeout": 5 });
        self.post("checks", check, 201).await["id"].as_i64().unwrap()
    }

    async fn check(&self, id: i64) -> Value {
        self.get(&format!("checks/{id}")).await
    }

    async fn results(&self, id: i64) -> Vec<Value> {
        self.get(&format!("checks/{id}/results")).await["items"].as_array().unwrap().clone()
    }

    /// One more result of a check, and the check after it.
    async fn run(&self, id: i64) -> Value {
        let before = self.results(id).await.len();
        self.post(&format!("checks/{id}/run"), json!({}), 202).await;
        self.has_results(id, before + 1).await;
        self.check(id).await
    }

    async fn has_results(&self, id: i64, count: usize) {
        let what = format!("check {id} to have {count} results");
        until(SOON, &what, async || (self.results(id).await.len() >= count).then_some(())).await.unwrap();
    }

    /// Lets the next minute's schedules come round now, and at the next call those of the minute after it.
    async fn minute_passes(&self) {
        let minutes = 1 + self.minutes.fetch_add(1, Ordering::Relaxed);
        minutes_pass(&self.panel, minutes).await;
    }

    /// Subjects of what staff was told, oldest first, once there are so many.
    async fn told(&self, count: usize) -> Vec<String> {
        until(SOON, &format!("{count} notifications"), async || {
            let page = self.admin.api.get("/notifications").await.ok()?.expect(200).ok()?;
            let subject = |one: &Value| one["subject"].as_str().unwrap().to_owned();
            let mut subjects: Vec<String> = page["items"].as_array()?.iter().map(subject).collect();
            subjects.reverse();
            (subjects.len() >= count).then_some(subjects)
        })
        .await
        .unwrap()
    }

    async fn open_incidents(&self) -> Vec<Value> {
        self.get("incidents?open=1").await["items"].as_array().unwrap().clone()
    }

    async fn visitor(&self) -> Visitor {
        self.panel.signed_in(&self.admin).await.unwrap()
    }
}

#[tokio::test]
async fn its_whole_life_and_every_trouble() {
    on_both(async |database| {
        // One scene for all: to compile the module is what takes long.
        let mut scene = Scene::start(database).await;
        let shop = life::begin(&mut scene).await;
        troubles::go_through(&mut scene).await;
        life::leave(&scene, shop).await;
    })
    .await;
}
