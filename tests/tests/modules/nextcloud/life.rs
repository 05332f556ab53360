//! From the first server to the last account.

use caisson_tests::fakes::CLOUD_ADMIN;
use caisson_tests::support::until;
use reqwest::Method;
use serde_json::{Value, json};

use super::super::{SOON, id, on_both, package};
use super::{GB, KEY, Scene, said, settings};

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
    let usage = module.get(&format!("/services/{first}/usage")).await;
    assert_eq!((&usage[0]["name"], &usage[0]["value"]), (&json!("storage"), &json!((4 * GB) as f64)));
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
    let product = visitor.open(&format!("/admin/products/{}?tab=module", scene.small)).await.unwrap();
    assert!(product.text().contains(&format!("{base}/groups/{}", scene.group)), "{}", product.text());
    assert!(product.body.contains("value=\"Europe\""), "the group by its name: {}", product.body);
    let saved =
        visitor.submit(&product.path, &[("data.group", "Europe"), ("data.quota", "5 gb")]).await.unwrap();
    assert!(saved.status == 200 && saved.body.contains("value=\"5 GB\""), "{}", saved.body);
    let stored = scene.module().get(&format!("/products/{}", scene.small)).await;
    assert_eq!(stored["module_data"]["group"], scene.group);
    let new = visitor.open(&format!("/admin/products/new?module={KEY}")).await.unwrap();
    assert!(new.body.contains("value=\"nc_\"") && new.body.contains("Europe"), "{}", new.body);
    let form = |group| {
        [
            ("module", KEY),
            ("name", "By hand"),
            ("slug", "by-hand"),
            ("data.group", group),
            ("data.quota", "1 GB"),
        ]
    };
    let refused = visitor.submit("/admin/products", &form("Nowhere")).await.unwrap();
    assert!(refused.status == 422 && refused.body.contains("f-data.group-error"), "{}", refused.body);
    assert!(refused.body.contains("value=\"By hand\""), "what was typed stays: {}", refused.body);
    let made = visitor.submit("/admin/products", &form("Europe")).await.unwrap();
    assert!(made.status == 200 && made.path.ends_with("?tab=pricing"), "{} {}", made.path, made.body);
    let made = made.path.split('?').next().unwrap();
    assert_eq!(visitor.submit(&format!("{made}/delete"), &[]).await.unwrap().status, 200);
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
async fn its_whole_life() {
    on_both(whole_life).await;
}
