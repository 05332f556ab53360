//! The server-monitoring module through its whole life over HTTP, on both databases, with hosts that do well and hosts that do not.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use caisson_storage::{Db, schedules};
use caisson_tests::fakes::{Fault, TlsServer, WatchedSite};
use caisson_tests::support::archive::Archive;
use caisson_tests::support::{Admin, Panel, Postgres, Visitor, modules, until};
use caisson_types::Timestamp;
use reqwest::Method;
use serde_json::{Value, json};

const MODULE: &str = "plugin/server-monitoring";
const SOON: Duration = Duration::from_secs(60);

struct Scene {
    panel: Panel,
    admin: Admin,
    site: WatchedSite,
    lasting: TlsServer,
    over: TlsServer,
    /// That were let pass.
    minutes: AtomicI64,
}

fn at(path: &str) -> String {
    format!("/modules/{MODULE}/{path}")
}

impl Scene {
    /// The module serves, and may reach the site and both servers.
    async fn start(database: Option<String>) -> Self {
        // Built before anything is asked: a connection does not outlive the silence meanwhile.
        let package = modules::package(MODULE).unwrap();
        let (site, lasting, over) = (
            WatchedSite::start().await.unwrap(),
            TlsServer::start(30).await.unwrap(),
            TlsServer::start(-3).await.unwrap(),
        );
        let mut builder = Panel::builder().concurrency(4);
        for address in [site.address(), lasting.address(), over.address()] {
            builder = builder.allow_private(address);
        }
        let panel = builder.database(database).start().await.unwrap();
        let admin = panel.admin().await.unwrap();
        panel.caisson(&["module", "install", package.to_str().unwrap()]).await.unwrap();
        let scene = Self { panel, admin, site, lasting, over, minutes: AtomicI64::new(0) };
        scene.post("activate", json!({}), 409).await;
        let module: Value =
            scene.admin.api.get(&format!("/modules/{MODULE}")).await.unwrap().expect(200).unwrap();
        let requests = module["requests"].as_array().unwrap();
        let grants: Vec<&str> = requests.iter().map(|request| request["id"].as_str().unwrap()).collect();
        assert!(grants.contains(&"http settings.hosts GET") && grants.contains(&"probe settings.hosts"));
        let grants = json!({ "grants": grants });
        scene.admin.api.put(&at("grants"), &grants).await.unwrap().expect(204).unwrap();
        scene.configure(&scene.hosts(), 204).await;
        scene.post("activate", json!({}), 204).await;
        scene
    }

    fn hosts(&self) -> Vec<String> {
        let places = [self.site.address(), self.lasting.address(), self.over.address()];
        [self.site.url()].into_iter().chain(places.map(|one| one.to_string())).collect()
    }

    async fn configure(&self, hosts: &[String], status: u16) -> Value {
        let settings = json!({ "hosts": hosts, "fail_after": 2, "recover_after": 2 });
        self.admin.api.put(&at("settings"), &settings).await.unwrap().expect(status).unwrap()
    }

    async fn get(&self, path: &str) -> Value {
        self.admin.api.get(&at(path)).await.unwrap().expect(200).unwrap()
    }

    async fn post(&self, path: &str, body: Value, status: u16) -> Value {
        self.admin.api.post(&at(path), &body).await.unwrap().expect(status).unwrap()
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
        let db = Db::connect(&self.panel.database_url(), 1).await.unwrap();
        let soon = Timestamp(Timestamp::now().0 + minutes * 60_000);
        schedules::fire(&mut db.conn().await.unwrap(), soon).await.unwrap();
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

/// From the first check to what an administrator does by hand; gives the id of the check of the site's page.
async fn life(scene: &mut Scene) -> i64 {
    let hosts = scene.hosts();
    let tested = scene.post("test-connection", json!({ "hosts": hosts }), 200).await;
    assert_eq!(tested["message"], "All 4 hosts answer.");
    let refused = scene.configure(&["*.example.com:25".to_owned()], 422).await;
    assert_eq!(refused["errors"][0]["field"], "hosts", "{refused}");

    let shop = scene.add("Shop", "http", format!("{}/health/", scene.site.url())).await;
    let port = scene.add("Port", "port", scene.site.address().to_string()).await;
    let host = scene.add("Host", "tcp", scene.site.address().to_string()).await;
    let lasting = scene.add("Lasting", "ssl", scene.lasting.address().to_string()).await;
    let over = scene.add("Over", "ssl", scene.over.address().to_string()).await;
    let other = json!({ "name": "Other", "kind": "port", "target": "127.0.0.1:9" });
    assert_eq!(scene.post("checks", other, 422).await["errors"][0]["field"], "target");

    // What is due is checked when the minute comes.
    scene.minute_passes().await;
    for id in [shop, port, host, lasting, over] {
        scene.has_results(id, 1).await;
    }
    for id in [shop, port, host, lasting] {
        assert_eq!(scene.check(id).await["state"], "up", "{id}");
    }
    assert!(scene.site.requests().contains(&"GET /health/".to_owned()), "{:?}", scene.site.requests());
    assert_eq!(scene.check(over).await["state"], "unknown", "one failure is not enough");
    assert_eq!(scene.run(over).await["state"], "down");
    assert_eq!(scene.results(over).await[0]["cause"], "expired");
    assert_eq!(scene.told(1).await, ["Down: Over"]);

    // Each change is told once; what it was down for is one incident.
    scene.site.arm(Fault::Status { code: 500, retry_after: None });
    assert_eq!(scene.run(shop).await["state"], "up");
    for _ in 0..3 {
        assert_eq!(scene.run(shop).await["state"], "down");
    }
    assert_eq!(scene.run(port).await["state"], "up", "it takes connections");
    scene.site.heal();
    assert_eq!(scene.run(shop).await["state"], "down");
    assert_eq!(scene.run(shop).await["state"], "up");
    assert_eq!(scene.told(3).await, ["Down: Over", "Down: Shop", "Up again: Shop"]);
    assert_eq!(scene.open_incidents().await.len(), 1);

    // A port that nobody listens on is down; its host, which says so, is alive.
    scene.site.shut().await;
    for id in [port, host] {
        scene.run(id).await;
        scene.run(id).await;
    }
    assert_eq!(
        (&scene.check(port).await["state"], &scene.check(host).await["state"]),
        (&json!("down"), &json!("up"))
    );
    scene.site.open().await.unwrap();
    assert_eq!(scene.told(4).await[3], "Down: Port");
    pages(scene, shop).await;
    shop
}

/// What an administrator does by hand.
async fn pages(scene: &Scene, shop: i64) {
    let base = format!("/admin/modules/{MODULE}");
    let mut visitor = scene.visitor().await;
    let dashboard = visitor.open(&format!("{base}/dashboard")).await.unwrap();
    assert_eq!(dashboard.status, 200, "{}", dashboard.body);
    for part in ["Shop", "Add a check", "chart-strip", "chart-area", "The certificate ended 3 days ago."] {
        assert!(dashboard.text().contains(part), "{part}: {}", dashboard.text());
    }
    let list = visitor.open(&format!("{base}/checks?search=sho&state=up")).await.unwrap();
    assert!(list.body.contains("Shop") && !list.body.contains("Lasting"), "{}", list.body);
    for period in ["day", "week", "month"] {
        let page = visitor.open(&format!("{base}/checks/{shop}?period={period}")).await.unwrap();
        assert!(
            page.status == 200 && page.body.contains("It answered with the status 500."),
            "{}",
            page.body
        );
    }

    let form = |name, target| {
        [("name", name), ("kind", "port"), ("target", target), ("interval", "5"), ("timeout", "5")]
    };
    let target = scene.site.address().to_string();
    visitor.open(&format!("{base}/new-check")).await.unwrap();
    let refused = visitor.submit(&format!("{base}/new-check"), &form("Shop", &target)).await.unwrap();
    assert_eq!(refused.status, 422);
    assert!(refused.body.contains("Another check has this name.") && refused.body.contains(&target));
    let made = visitor.submit(&format!("{base}/new-check"), &form("By hand", &target)).await.unwrap();
    assert_eq!(made.status, 200, "{}", made.body);
    let page = made.path.clone();
    assert!(page.starts_with(&format!("{base}/checks/")) && made.body.contains("By hand"), "{page}");
    let paused = visitor.submit(&format!("{page}/pause"), &[]).await.unwrap();
    assert!(paused.path == page && paused.body.contains("Paused"), "{}", paused.body);
    assert_eq!(visitor.submit(&format!("{page}/run"), &[]).await.unwrap().status, 409);
    visitor.open(&page).await.unwrap();
    assert!(visitor.submit(&format!("{page}/resume"), &[]).await.unwrap().body.contains("Check now"));
    let renamed = visitor.submit(&format!("{page}/edit"), &form("By foot", &target)).await.unwrap();
    assert!(renamed.path == page && renamed.body.contains("By foot"), "{}", renamed.body);
    let gone = visitor.submit(&format!("{page}/delete"), &[]).await.unwrap();
    assert_eq!(gone.path, format!("{base}/checks"));
    assert_eq!(visitor.open(&page).await.unwrap().status, 404);
}

/// A next version, and the end: what was kept is there until it is erased.
async fn leave(scene: &Scene, shop: i64) {
    let package = Archive::open(&modules::package(MODULE).unwrap()).unwrap();
    let next = package.edit("module.toml", "version = \"1.0.0\"", "version = \"1.0.1\"").unwrap();
    let next = next.without("sbom.cdx.json").bytes().unwrap();
    scene
        .admin
        .api
        .upload_bytes("/modules", "package", "next.caisson", next)
        .await
        .unwrap()
        .expect(201)
        .unwrap();
    scene.post("activate?version=1.0.1", json!({}), 204).await;
    assert_eq!(scene.run(shop).await["state"], "up");
    scene.post("deactivate", json!({}), 204).await;
    let folder = tempfile::tempdir().unwrap();
    let export = folder.path().join("export");
    let command = ["module", "export", MODULE, "--output", export.to_str().unwrap()];
    scene.panel.caisson(&command).await.unwrap();
    for (table, part) in
        [("checks", "Shop"), ("results", "expired"), ("incidents", "expired"), ("hours", "tries")]
    {
        let rows = std::fs::read_to_string(export.join(format!("tables/{table}.jsonl"))).unwrap();
        assert!(rows.contains(part), "{table}: {rows}");
    }
    let erase = ["module", "delete", MODULE, "--erase", "--confirm", "server-monitoring"];
    scene.panel.caisson(&erase).await.unwrap();
    scene.admin.api.get(&format!("/modules/{MODULE}")).await.unwrap().expect(404).unwrap();
}

#[tokio::test]
async fn whole_life_and_every_trouble_on_sqlite() {
    // One scene for both: to compile the module is what takes long.
    let mut scene = Scene::start(None).await;
    let shop = life(&mut scene).await;
    troubles(&scene).await;
    leave(&scene, shop).await;
}

#[tokio::test]
async fn whole_life_on_postgresql() {
    let mut scene = Scene::start(Some(Postgres::shared().unwrap().create_database().unwrap())).await;
    let shop = life(&mut scene).await;
    leave(&scene, shop).await;
}

/// Every trouble is told by its cause, and a slow host delays nobody.
async fn troubles(scene: &Scene) {
    let told = scene.told(4).await.len();
    let shop = scene.add("Moody", "http", scene.site.url()).await;
    scene.minute_passes().await;
    scene.has_results(shop, 1).await;
    let timeout = json!({ "timeout": 1 });
    let path = at(&format!("checks/{shop}"));
    scene.admin.api.send(Method::PATCH, &path, Some(&timeout)).await.unwrap().expect(200).unwrap();
    for (fault, causes) in [
        (Fault::AnswerLate { ms: 3_000 }, ["timeout", ""]),
        (Fault::Status { code: 429, retry_after: None }, ["status", "429"]),
        (Fault::CutMidBody, ["broken", ""]),
        (Fault::Down, ["broken", ""]),
    ] {
        scene.site.heal();
        scene.site.arm(fault);
        scene.run(shop).await;
        let last = &scene.results(shop).await[0];
        assert_eq!([&last["cause"], &last["detail"]], causes, "{fault:?}: {last}");
    }
    assert_eq!(scene.check(shop).await["state"], "down");
    assert_eq!(scene.told(told + 1).await.last().map(String::as_str), Some("Down: Moody"));

    // One host keeps its task waiting for half a minute; another is checked meanwhile.
    scene.site.heal();
    scene.site.arm(Fault::HoldBeforeAnswer);
    let other = scene.add("Patient", "ssl", scene.lasting.address().to_string()).await;
    let patience = json!({ "timeout": 30 });
    scene.admin.api.send(Method::PATCH, &path, Some(&patience)).await.unwrap().expect(200).unwrap();
    let (before, asked) = (scene.results(shop).await.len(), scene.site.requests().len());
    scene.post(&format!("checks/{shop}/run"), json!({}), 202).await;
    until(SOON, "the site to be asked", async || (scene.site.requests().len() > asked).then_some(()))
        .await
        .unwrap();
    assert_eq!(scene.run(other).await["state"], "up");
    assert_eq!(scene.results(shop).await.len(), before, "it still waits");

    // A host that the settings list no more is neither up nor down, and its check says why.
    scene.configure(&[scene.site.url()], 204).await;
    scene.post(&format!("checks/{other}/run"), json!({}), 202).await;
    let noted = until(SOON, "the check to say why", async || {
        let check = scene.check(other).await;
        check["note"].is_string().then_some(check)
    });
    let noted = noted.await.unwrap();
    assert!(noted["note"].as_str().unwrap().contains("grant"), "{noted}");
    assert_eq!(noted["state"], "up");
    scene.site.heal();
}
