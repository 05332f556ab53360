//! The nextcloud module with servers that work, and with ones that do not.

use std::time::Duration;

use caisson_storage::{Db, schedules};
use caisson_tests::fakes::{CLOUD_ADMIN, CloudUser, Fault, Nextcloud, Rule};
use caisson_tests::support::{Admin, Panel, Reply, until};
use caisson_types::Timestamp;
use reqwest::Method;
use serde_json::{Value, json};

use super::{Module, SOON, id, package, postgres};

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
        let clouds = [Nextcloud::start().await.unwrap(), Nextcloud::start().await.unwrap()];
        let archive = package(KEY);
        let mut builder = Panel::builder().concurrency(4).database(database.map(str::to_owned));
        for cloud in &clouds {
            builder = builder.allow_private(cloud.address());
        }
        let panel = builder.start().await.unwrap();
        let admin = panel.admin().await.unwrap();
        let module = Module { admin: &admin, key: KEY };
        let asked = module.install(&archive).await;
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
        let db = Db::connect(&self.panel.database_url(), 1).await.unwrap();
        let soon = Timestamp(Timestamp::now().0 + 3_600_000);
        schedules::fire(&mut db.conn().await.unwrap(), soon).await.unwrap();
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

async fn whole_life(database: Option<&str>) {
    let scene = Scene::start(database, [2, 4]).await;
    let (module, clouds) = (scene.module(), &scene.clouds);
    let tried = module.post("test-connection", settings(clouds)).await;
    assert_eq!(said(tried, 200), "Nextcloud answers at all 2 addresses.");
    let wrong = json!({ "hosts": [clouds[0].url(), format!("{}/nowhere", clouds[1].url())] });
    let why = said(module.post("test-connection", wrong).await, 404);
    assert!(why.contains("/nowhere: "), "{why}");
    fleet(&scene).await;

    // The emptier server first: a half is more than a quarter.
    let (first, user) = scene.account().await;
    assert_eq!((user.email.as_str(), user.name.as_str()), ("ada@example.com", "Ada Example"));
    assert_eq!((user.quota.as_str(), user.enabled), ("5 GB", true));
    assert!(user.id.starts_with("nc_") && user.id.ends_with("-eu"), "{user:?}");
    assert_eq!(scene.users(), [1, 0]);
    let (second, _) = scene.account().await;
    assert_eq!(scene.users(), [1, 1]);
    let (third, _) = scene.account().await;
    assert_eq!(scene.users(), [1, 2]);
    assert_eq!(scene.server(1).await["percent"], 50);
    for resource in [format!("server/{}", scene.servers[0]), format!("group/{}", scene.group)] {
        assert_eq!(scene.delete(&resource).await.status, 409, "{resource}");
    }

    // What the client sees, and what is measured.
    let tab = scene.tab(&first, "overview").await;
    assert_eq!((&tab["password"], &tab["username"]), (&json!(user.password), &json!(user.id)));
    assert_eq!(tab["usage"], json!({ "used": 0, "quota": 5 * GB, "percent": 0, "enabled": true }));
    clouds[0].store(&user.id, 4 * GB);
    assert_eq!(scene.tab(&first, "overview").await["usage"]["percent"], 80);
    assert_eq!(scene.tab(&first, "statistics").await["days"], 0);
    scene.hour_passes().await;
    let measured = until(SOON, "the account to be measured", async || {
        let tab = scene.tab(&first, "statistics").await;
        (tab["days"] == 1).then_some(tab)
    });
    let measured = measured.await.unwrap();
    assert_eq!(measured["points"][29]["value"], 4 * GB, "{measured}");
    assert_eq!(measured["points"][28]["value"], Value::Null);
    let files = scene.tab(&first, "files").await;
    assert_eq!(files["dav"], format!("{}/remote.php/dav/files/{}/", clouds[0].url(), user.id));
    assert_eq!(files["offers_sign_in"], false);
    let sign_in = async || {
        let path = format!("/services/{first}/client-actions/sign-in");
        scene.admin.api.post(&path, &json!({})).await.unwrap()
    };
    let refused = said(sign_in().await, 404);
    assert!(refused.starts_with("This server offers no single sign-on"), "{refused}");
    let path = json!({ "sso_path": "/apps/user_oidc/login/1?for={username}" });
    let server = format!("server/{}", scene.servers[0]);
    scene.send(Method::PUT, &server, path).await.expect(200).unwrap();
    let to = sign_in().await.expect(200).unwrap();
    assert_eq!(to["redirect"], format!("{}/apps/user_oidc/login/1?for={}", clouds[0].url(), user.id));

    // A new password is the one that is stored.
    assert_eq!(
        said(scene.press_reset(&first).await, 200),
        "There is a new password. It stands below Access."
    );
    let changed = scene.user(&user.id).password;
    assert_ne!(changed, user.password);
    assert_eq!(scene.tab(&first, "overview").await["password"], json!(changed));

    // Suspended accounts are switched off, and take nothing.
    for _ in 0..2 {
        scene.verb(&first, "suspend", "suspended").await;
        assert!(!scene.user(&user.id).enabled);
        assert_eq!(scene.press_reset(&first).await.status, 409);
        assert_eq!(sign_in().await.status, 409);
        assert_eq!(scene.tab(&first, "files").await["is_suspended"], true);
        scene.verb(&first, "unsuspend", "completed").await;
        assert!(scene.user(&user.id).enabled);
    }
    packages(&scene, &first, &user.id).await;
    pages(&scene, &first).await;

    // The next version goes on where this one was.
    module
        .install(&package(KEY).edit("module.toml", "version = \"1.0.0\"", "version = \"1.1.0\"").unwrap())
        .await;
    module.act("activate").await;
    for service in [&first, &second, &third] {
        let ended = scene.verb(service, "terminate", "terminated").await;
        assert_eq!(ended["data"].get("username"), None, "{ended}");
    }
    assert_eq!(scene.users(), [0, 0]);
    assert_eq!(scene.server(0).await["accounts"], 0);
    let log = format!("{}{}", module.get(&module.path("log")).await, scene.panel.logs());
    scene.forget_sales(&[&first, &second, &third]).await;
    let folder = tempfile::tempdir().unwrap();
    let kept = module.leave(&scene.panel, folder.path()).await;
    for secret in [clouds[0].password(), clouds[1].password(), &user.password, &changed] {
        assert!(!log.contains(secret) && !kept.contains(secret), "a password is somewhere");
    }
}

/// Groups and servers over the API.
async fn fleet(scene: &Scene) {
    let module = scene.module();
    let test = async |at: usize| module.post(&format!("server/{}/test", scene.servers[at]), json!({})).await;
    assert_eq!(said(test(0).await, 200), "Nextcloud 31.0.2.1 answers, and its login may manage accounts.");
    scene.clouds[1].hide_server_info();
    assert_eq!(said(test(1).await, 200), "Nextcloud answers, and its login may manage accounts.");
    let server = format!("server/{}", scene.servers[1]);
    scene.send(Method::PUT, &server, json!({ "password": "wrong" })).await.expect(200).unwrap();
    assert_eq!(said(test(1).await, 422), "The server does not accept the user name or the password.");
    let right = json!({ "password": scene.clouds[1].password(), "name": "second" });
    let changed = scene.send(Method::PUT, &server, right).await.expect(200).unwrap();
    assert_eq!((&changed["name"], &changed["max_accounts"]), (&json!("second"), &json!(4)));
    assert_eq!(test(1).await.status, 200);

    let field = async |resource: &str, body: Value| {
        let refused = module.post(resource, body).await.expect(422).unwrap();
        refused["errors"][0]["field"].clone()
    };
    let server = |name: &str, address: &str| json!({ "name": name, "group": "Europe", "address": address, "user": "x", "password": "y" });
    assert_eq!(field("servers", server("third", "https://elsewhere.example")).await, "address");
    assert_eq!(field("servers", server("second", &scene.clouds[0].url())).await, "name");
    assert_eq!(field("groups", json!({ "name": "Europe" })).await, "name");
    module.post("groups", json!({ "nmae": "Asia" })).await.expect(422).unwrap();
    let spare =
        module.post("groups", json!({ "name": "Asia", "fill": "first-fit" })).await.expect(201).unwrap();
    let spare = format!("group/{}", spare["uuid"].as_str().unwrap());
    let renamed = scene.send(Method::PUT, &spare, json!({ "name": "Africa" })).await.expect(200).unwrap();
    assert_eq!((&renamed["name"], &renamed["fill"]), (&json!("Africa"), &json!("first-fit")));
    scene.delete(&spare).await.expect(204).unwrap();
    assert_eq!(scene.delete(&spare).await.status, 404);
    let groups = module.get(&module.path("groups")).await;
    assert_eq!((&groups["items"][0]["servers"], &groups["items"][0]["free"]), (&json!(2), &json!(6)));
}

/// A larger package sets the quota; one of another group is refused, and the service keeps what it has.
async fn packages(scene: &Scene, service: &str, user: &str) {
    let module = scene.module();
    scene.ask(service, "change-package", json!({ "product_id": scene.large })).await;
    let changed =
        until(SOON, "the quota to change", async || (scene.user(user).quota == "20 GB").then_some(()));
    changed.await.unwrap();
    scene.reaches(service, "completed").await;
    module.post("groups", json!({ "name": "Elsewhere" })).await.expect(201).unwrap();
    let product = json!({
        "name": "Far", "slug": "far", "module": KEY, "price_minor": 500, "currency": "EUR",
        "module_data": { "group": "Elsewhere", "quota": "1 TB" },
    });
    let far = id(scene.admin.api.post("/products", &product).await.unwrap());
    let refused =
        scene.admin.api.ask(service, "change-package", &json!({ "product_id": far })).await.unwrap();
    assert!(said(refused, 409).contains("accounts are not moved"));
    let shown = scene.admin.api.get(&format!("/services/{service}")).await.unwrap().ok().unwrap();
    assert_eq!(
        (&shown["product_id"], &shown["provision_status"]),
        (&json!(scene.large), &json!("completed"))
    );
    let mut visitor = scene.panel.signed_in(&scene.admin).await.unwrap();
    let gone = visitor.submit(&format!("/admin/products/{far}/delete"), &[]).await.unwrap();
    assert_eq!(gone.status, 200);
}

/// What an administrator does by hand.
async fn pages(scene: &Scene, service: &str) {
    let base = format!("/admin/modules/{KEY}");
    let mut visitor = scene.panel.signed_in(&scene.admin).await.unwrap();
    let list = visitor.open(&format!("{base}/servers")).await.unwrap();
    for part in ["cloud1", "second", "Europe", "1 of 2", "2 of 4"] {
        assert!(list.body.contains(part), "{part}: {}", list.text());
    }
    let one = format!("{base}/servers/{}", scene.servers[0]);
    visitor.open(&one).await.unwrap();
    let tested = visitor.submit(&format!("{one}/test"), &[]).await.unwrap();
    assert!(tested.body.contains("its login may manage accounts"), "{}", tested.text());
    assert!(!tested.body.contains(scene.clouds[0].password()));
    visitor.open(&one).await.unwrap();
    assert_eq!(visitor.submit(&format!("{one}/delete"), &[]).await.unwrap().status, 409);
    let url = scene.clouds[0].url();
    let form = |name, max| {
        [
            ("name", name),
            ("group", scene.group.as_str()),
            ("address", url.as_str()),
            ("user", CLOUD_ADMIN),
            ("max_accounts", max),
        ]
    };
    let new = format!("{base}/new-server");
    visitor.open(&new).await.unwrap();
    let refused = visitor.submit(&new, &form("By hand", "0")).await.unwrap();
    assert_eq!(refused.status, 422, "{}", refused.text());
    assert!(
        refused.body.contains("By hand") && refused.body.contains("password is needed"),
        "{}",
        refused.text()
    );
    let password = ("password", "typed");
    let whole: Vec<_> = form("By hand", "3").into_iter().chain([password]).collect();
    let made = visitor.submit(&new, &whole).await.unwrap();
    assert!(
        made.path == format!("{base}/servers") && made.body.contains("Takes no accounts"),
        "{}",
        made.text()
    );
    let saved = visitor.submit(&one, &form("cloud1", "2")).await.unwrap();
    assert_eq!(saved.path, format!("{base}/servers"));
    scene.send(Method::PUT, &format!("server/{}", scene.servers[0]), json!({ "active": true })).await;

    visitor.open(&format!("{base}/new-group")).await.unwrap();
    let group = [("name", "By hand"), ("fill", "first-fit")];
    let made = visitor.submit(&format!("{base}/new-group"), &group).await.unwrap();
    assert!(made.path == format!("{base}/groups") && made.body.contains("By hand"), "{}", made.text());
    let page = visitor.open(&format!("/admin/services/{service}")).await.unwrap();
    assert!(page.body.contains("cloud1") && page.body.contains("Switched on"), "{}", page.text());
}

#[tokio::test]
async fn whole_life_on_sqlite() {
    whole_life(None).await;
}

#[tokio::test]
async fn whole_life_on_postgresql() {
    whole_life(Some(&postgres())).await;
}

/// Orders that come at once never get more seats than there are; one that ends gives its seat back.
async fn crowded(database: Option<&str>) {
    let scene = Scene::start(database, [1, 2]).await;
    let mut services = Vec::new();
    for _ in 0..6 {
        services.push(scene.order().await);
    }
    for service in &services {
        scene.ask(service, "create", json!({})).await;
    }
    let mut completed = Vec::new();
    for service in &services {
        let settled = until(SOON, "the service to settle", async || {
            let shown = scene.admin.api.get(&format!("/services/{service}")).await.ok()?.ok().ok()?;
            let status = shown["provision_status"].as_str()?.to_owned();
            matches!(status.as_str(), "completed" | "failed").then_some((status, shown))
        });
        let (status, shown) = settled.await.unwrap();
        if status == "completed" {
            completed.push(service);
        } else {
            let why = "No server of the group 'Europe' takes another account: add one.";
            assert_eq!(shown["status_message"], why);
        }
    }
    assert_eq!((completed.len(), scene.users()), (3, [1, 2]));
    scene.verb(completed[0], "terminate", "terminated").await;
    let waiting = services.iter().find(|one| !completed.contains(one)).unwrap();
    scene.verb(waiting, "retry", "completed").await;
    assert_eq!(scene.users(), [1, 2]);
}

#[tokio::test]
async fn orders_that_come_at_once_overfill_no_server_on_sqlite() {
    crowded(None).await;
}

#[tokio::test]
async fn orders_that_come_at_once_overfill_no_server_on_postgresql() {
    crowded(Some(&postgres())).await;
}

#[tokio::test]
async fn whatever_was_lost_halfway_is_made_once() {
    let scene = Scene::start(None, [20, 20]).await;
    let trouble = [
        Fault::CutMidBody,
        Fault::Rubbish,
        Fault::Down,
        Fault::Status { code: 500, retry_after: None },
        Fault::Status { code: 429, retry_after: Some(1) },
        Fault::AnswerLate { ms: 31_000 },
    ];
    let mut services = Vec::new();
    for fault in trouble {
        for cloud in &scene.clouds {
            cloud.arm(Rule::from(fault).on("POST", "/users").times(1));
        }
        let service = scene.order().await;
        let asked = || scene.clouds.iter().map(|cloud| cloud.asked().len()).sum::<usize>();
        let before = asked();
        scene.ask(&service, "create", json!({})).await;
        until(SOON, "the first try", async || (asked() > before).then_some(())).await.unwrap();
        services.push(service);
    }
    for cloud in &scene.clouds {
        cloud.heal();
    }
    for service in &services {
        let shown = scene.reaches(service, "completed").await;
        let user = scene.user(shown["data"]["username"].as_str().unwrap());
        let tab = scene.tab(service, "overview").await;
        assert_eq!((&tab["password"], user.enabled), (&json!(user.password), true));
    }
    assert_eq!(scene.users().iter().sum::<usize>(), services.len());

    // An account that is gone has ended; a server that is not there, or is something else, has ended nothing.
    let refusals =
        [Fault::Down, Fault::Rubbish, Fault::CutMidBody, Fault::Status { code: 404, retry_after: None }];
    for (service, fault) in services.iter().zip(refusals) {
        for cloud in &scene.clouds {
            cloud.arm(Rule { method: Some("DELETE".to_owned()), ..Rule::from(fault) }.times(1));
        }
        scene.verb(service, "terminate", "terminated").await;
        for cloud in &scene.clouds {
            cloud.heal();
        }
    }
    assert_eq!(scene.users().iter().sum::<usize>(), services.len() - 4);
}

#[tokio::test]
async fn a_password_whose_answer_was_lost_is_sent_again() {
    let scene = Scene::start(None, [5, 5]).await;
    let (service, user) = scene.account().await;
    let cloud = scene.clouds.iter().find(|cloud| cloud.user(&user.id).is_some()).unwrap();
    cloud.arm(Rule { method: Some("PUT".to_owned()), ..Rule::from(Fault::CutMidBody) });
    let why = said(scene.press_reset(&service).await, 503);
    assert_eq!(why, "The server did not say whether it took the new password. Reset it again in a moment.");
    let taken = cloud.user(&user.id).unwrap().password;
    assert_ne!(taken, user.password);
    let tab = scene.tab(&service, "overview").await;
    assert_eq!((&tab["is_unsure"], &tab["password"]), (&json!(true), &json!(user.password)));
    cloud.heal();
    assert_eq!(scene.press_reset(&service).await.status, 200);
    let tab = scene.tab(&service, "overview").await;
    assert_eq!((&tab["is_unsure"], &tab["password"]), (&json!(false), &json!(taken)));
    assert_eq!(cloud.user(&user.id).unwrap().password, taken);

    // A page shows what the panel knows while the server is gone, and no cause.
    for fault in [Fault::Down, Fault::Rubbish, Fault::CutMidBody] {
        cloud.arm(Rule::from(fault));
        let tab = scene.tab(&service, "overview").await;
        assert_eq!((&tab["usage"], &tab["username"]), (&Value::Null, &json!(user.id)), "{fault:?}");
        cloud.heal();
    }

    // Refused for good: staff reads why.
    cloud.demote();
    let failed = scene.verb(&service, "suspend", "failed").await;
    let why = "The user that the module signs in as is not an administrator of the server.";
    assert_eq!(failed["status_message"], why);
    assert_eq!(scene.press_reset(&service).await.status, 409);
}

#[tokio::test]
async fn a_server_in_maintenance_is_asked_again_later() {
    let scene = Scene::start(None, [5, 5]).await;
    for cloud in &scene.clouds {
        cloud.maintain(true);
    }
    let service = scene.order().await;
    scene.ask(&service, "create", json!({})).await;
    let asked = || scene.clouds.iter().map(|cloud| cloud.asked().len()).sum::<usize>();
    until(Duration::from_secs(30), "the first try", async || (asked() > 0).then_some(())).await.unwrap();
    scene.reaches(&service, "processing").await;
    for cloud in &scene.clouds {
        cloud.maintain(false);
    }
    scene.reaches(&service, "completed").await;
    assert_eq!(scene.users().iter().sum::<usize>(), 1);
}
