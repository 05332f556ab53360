//! A site from its order to its end, and what the backend refuses for good.

use caisson_tests::support::until;
use serde_json::json;

use super::super::{SOON, id, on_both};
use super::{KEY, Scene, quick, said, settings};

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
async fn its_whole_life() {
    on_both(whole_life).await;
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
