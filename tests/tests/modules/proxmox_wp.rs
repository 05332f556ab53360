//! The proxmox-wp module with a backend that works, and with one that does not.

use caisson_tests::fakes::{Fault, ProxmoxWp, Rule};
use caisson_tests::support::archive::Archive;
use caisson_tests::support::{Admin, Panel, Reply, until};
use serde_json::{Value, json};

use super::{Module, SOON, id, package, panel, postgres};

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
        let archive = quick();
        let (panel, admin) = panel(database, backend.address()).await;
        let module = Module { admin: &admin, key: KEY };
        let asked = module.install(&archive).await;
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

async fn whole_life(database: Option<&str>) {
    let scene = Scene::start(database).await;
    let (module, backend) = (scene.module(), &scene.backend);
    let tried = async |key: &str| module.post("test-connection", settings(backend, key)).await;
    assert_eq!(said(tried(backend.key()).await, 200), "The backend answers and accepts the key.");
    assert_eq!(said(tried("wrong").await, 422), "The backend does not accept the key.");

    // A site takes its time, and is there once.
    backend.take_time(2);
    let service = scene.order().await;
    let shown = scene.verb(&service, "create", "completed").await;
    assert_eq!(shown["data"]["subdomain"], "s1.sites.example");
    let site = backend.site(&service).unwrap();
    assert_eq!((site.email.as_str(), site.plan.as_str()), ("ada@example.com", "basic"));
    assert_eq!(site.public_ip, "203.0.113.10");
    backend.take_time(0);

    // Buttons, and the switch.
    for (button, told) in
        [("stop", "The site is stopped."), ("start", "The site starts."), ("restart", "The site restarts.")]
    {
        assert_eq!(said(scene.press(&service, button).await, 200), told);
    }
    for (wanted, enabled) in [("off", false), ("off", false), ("on", true)] {
        scene.click(&service, "toggle", json!({ "wanted": wanted })).await.expect(200).unwrap();
        assert_eq!(backend.site(&service).unwrap().enabled, enabled);
    }

    // Domains, as the backend lets them.
    let other = scene.site().await;
    let domain = |name: &str| json!({ "domain": name });
    scene.click(&other, "add-domain", domain("taken.example")).await.expect(200).unwrap();
    for name in ["Example.ORG", "example.org"] {
        scene.click(&service, "add-domain", domain(name)).await.expect(200).unwrap();
    }
    let refused = scene.click(&service, "add-domain", domain("taken.example")).await;
    assert_eq!(said(refused, 409), "Domain already exists");
    let refused = scene.click(&service, "add-domain", domain("www.elsewhere.example")).await;
    assert_eq!(said(refused, 422), "www.elsewhere.example does not point to 203.0.113.10.");
    scene.click(&service, "add-domain", domain("two.example")).await.expect(200).unwrap();
    let refused = scene.click(&service, "add-domain", domain("three.example")).await;
    assert_eq!(said(refused, 422), "Domain limit exceeded");
    let refused = scene.click(&service, "add-domain", domain("https://x")).await.expect(422).unwrap();
    assert_eq!(refused["errors"][0]["field"], "domain");
    scene.click(&service, "delete-domain", domain("taken.example")).await.expect(404).unwrap();
    scene.click(&service, "delete-domain", domain("two.example")).await.expect(200).unwrap();
    assert_eq!(backend.site(&service).unwrap().domains, ["example.org"]);
    assert_eq!(backend.site(&other).unwrap().domains, ["taken.example"]);

    // Backups and the ways back are tasks.
    scene.click(&service, "make-backup", json!({})).await.expect(200).unwrap();
    scene.activity(&service, "make-backup", "done").await;
    let backup = json!({ "backup": "BAK11122025-1" });
    scene.click(&other, "roll-back", backup.clone()).await.expect(404).unwrap();
    scene.click(&service, "roll-back", backup.clone()).await.expect(200).unwrap();
    scene.activity(&service, "roll-back", "done").await;
    scene.press(&service, "reset").await.expect(200).unwrap();
    scene.activity(&service, "reset", "done").await;
    let done = backend.site(&service).unwrap().done;
    let all = ["stop", "start", "restart", "backup BAK11122025-1", "rollback BAK11122025-1", "reset"];
    assert_eq!(done, all);
    let tab = scene.tab(&service).await;
    assert_eq!(tab["domains"]["found"], json!(["example.org"]));
    assert_eq!(tab["backups"]["found"][0]["date"], "2025-12-11");
    assert_eq!(tab["state"]["found"]["text"], "Running");

    // Suspended services are refused everything, and go on as they were.
    for _ in 0..2 {
        scene.verb(&service, "suspend", "suspended").await;
        assert_eq!(backend.site(&service).unwrap().status, "suspended");
        let asked = backend.asked().len();
        for (action, form) in [("add-domain", domain("four.example")), ("roll-back", backup.clone())] {
            assert_eq!(scene.click(&service, action, form).await.status, 409, "{action}");
        }
        assert_eq!(scene.press(&service, "start").await.status, 409);
        assert_eq!(scene.tab(&service).await["is_suspended"], true);
        assert_eq!(backend.asked().len(), asked);
        scene.verb(&service, "unsuspend", "completed").await;
    }
    scene.click(&service, "delete-backup", backup).await.expect(200).unwrap();
    let larger = json!({ "product_id": scene.premium });
    scene.ask(&service, "change-package", larger).await;
    scene.reaches(&service, "completed").await;
    let changed =
        until(SOON, "the plan to change", async || (backend.site(&service)?.plan == "premium").then_some(()));
    changed.await.unwrap();

    // The next version goes on where this one was.
    module.install(&quick().edit("module.toml", "version = \"1.0.0\"", "version = \"1.1.0\"").unwrap()).await;
    module.act("activate").await;
    for service in [&service, &other] {
        let ended = scene.verb(service, "terminate", "terminated").await;
        assert_eq!(ended["data"].get("subdomain"), None, "{ended}");
    }
    assert_eq!(backend.sites(), []);
    let log = format!("{}{}", module.get(&module.path("log")).await, scene.panel.logs());
    let refused = module.post("erase", json!({ "name": "proxmox-wp" })).await;
    assert_eq!(refused.status, 409, "it serves");
    scene.forget_sales(&[&service, &other]).await;
    let folder = tempfile::tempdir().unwrap();
    let kept = module.leave(&scene.panel, folder.path()).await;
    assert!(!log.contains(backend.key()) && !kept.contains(backend.key()), "the key is somewhere");
}

#[tokio::test]
async fn whole_life_on_sqlite() {
    whole_life(None).await;
}

#[tokio::test]
async fn whole_life_on_postgresql() {
    whole_life(Some(&postgres())).await;
}

#[tokio::test]
async fn a_create_that_was_lost_halfway_makes_one_site() {
    let scene = Scene::start(None).await;
    let faults = [Fault::CutMidBody, Fault::Rubbish, Fault::Status { code: 500, retry_after: None }];
    let mut services = Vec::new();
    for fault in faults {
        scene.backend.arm(Rule::from(fault).on("POST", "/create-site").times(1));
        let service = scene.order().await;
        scene.ask(&service, "create", json!({})).await;
        let asked = services.len() + 1;
        until(SOON, "the first try", async || (scene.backend.asked().len() >= asked).then_some(()))
            .await
            .unwrap();
        services.push(service);
    }
    for service in &services {
        let shown = scene.reaches(service, "completed").await;
        assert!(shown["data"]["subdomain"].is_string(), "{shown}");
    }
    assert_eq!(scene.backend.sites().len(), services.len());
}

#[tokio::test]
async fn a_site_that_cannot_be_made_says_why_and_a_retry_makes_it() {
    let scene = Scene::start(None).await;
    // At once, and after it was looked at again.
    for (looks, sites) in [(0, 1), (1, 2)] {
        scene.backend.take_time(looks);
        scene.backend.break_next("no space left on the storage");
        let service = scene.order().await;
        let failed = scene.verb(&service, "create", "failed").await;
        assert_eq!(failed["status_message"], "no space left on the storage");
        assert_eq!(failed["billing_status"], "pending");
        scene.verb(&service, "retry", "completed").await;
        assert_eq!(scene.backend.sites().len(), sites);
    }

    // What the backend refuses for good is said in its words.
    let unknown = json!({
        "name": "Huge", "slug": "huge", "module": KEY, "price_minor": 500, "currency": "EUR", "module_data": { "plan": "huge" },
    });
    let unknown = id(scene.admin.api.post("/products", &unknown).await.unwrap());
    let order = json!({ "client_id": scene.client, "product_id": unknown, "data": {} });
    let service = id(scene.admin.api.post("/services", &order).await.unwrap());
    let failed = scene.verb(&service, "create", "failed").await;
    assert!(failed["status_message"].as_str().unwrap().contains("Unknown plan"), "{failed}");
}

#[tokio::test]
async fn a_part_that_fails_leaves_the_page_and_a_lost_backup_is_not_made_twice() {
    let scene = Scene::start(None).await;
    let service = scene.site().await;
    for fault in
        [Fault::Down, Fault::Rubbish, Fault::CutMidBody, Fault::Status { code: 500, retry_after: None }]
    {
        scene.backend.arm(Rule::from(fault).on("GET", "/getdomain"));
        let tab = scene.tab(&service).await;
        assert_eq!(tab["state"]["found"]["text"], "Running", "{tab}");
        assert_eq!(tab["backups"]["found"], json!([]), "{tab}");
        let why = tab["domains"]["unavailable"].as_str().unwrap();
        assert!(why.contains("provider") && !why.contains("127.0.0.1"), "{why}");
        let refused = scene.click(&service, "add-domain", json!({ "domain": "example.org" })).await;
        assert!(refused.status >= 500, "{fault:?}: {}", refused.status);
        scene.backend.heal();
    }
    assert!(scene.backend.site(&service).unwrap().domains.is_empty());

    scene.backend.arm(Rule::from(Fault::CutMidBody).on("POST", "/mkbak").times(1));
    scene.click(&service, "make-backup", json!({})).await.expect(200).unwrap();
    scene.activity(&service, "make-backup", "done").await;
    assert_eq!(scene.backend.site(&service).unwrap().backups, ["BAK11122025-1"]);

    // A site that is gone at the backend has ended; a backend that is not there has ended nothing.
    scene.backend.arm(
        Rule::from(Fault::Status { code: 503, retry_after: Some(60) }).on("POST", "/delete-site").times(1),
    );
    scene.verb(&service, "terminate", "terminated").await;
    assert_eq!(scene.backend.sites(), []);
    let deletes = scene.backend.asked().iter().filter(|one| one.ends_with("/delete-site")).count();
    assert_eq!(deletes, 2);
}
