//! From the first check to what is left when the module goes.

use caisson_tests::fakes::Fault;
use caisson_tests::support::Page;
use serde_json::json;

use super::super::package;
use super::{KEY, Scene};

/// From the first check to what an administrator does by hand; gives the id of the check of the site's page.
pub(super) async fn begin(scene: &mut Scene) -> i64 {
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
    assert!(scene.site.asked().contains(&"GET /health/".to_owned()), "{:?}", scene.site.asked());
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
    let base = format!("/admin/modules/{KEY}");
    let mut visitor = scene.visitor().await;
    let dashboard = visitor.open(&format!("{base}/dashboard")).await.unwrap();
    assert_eq!(dashboard.status, 200, "{}", dashboard.body);
    for part in ["Shop", "Add a check", "chart-strip", "chart-area", "The certificate ended 3 days ago."] {
        assert!(dashboard.text().contains(part), "{part}: {}", dashboard.text());
    }
    let presents = |page: &Page, link: &str, title: &str| {
        let link = format!("href=\"{base}/{link}\" aria-current=\"page\"");
        page.text().contains(&link) && page.body.contains(&format!("{title}</h1>"))
    };
    assert!(presents(&dashboard, "dashboard", "Monitoring"), "{}", dashboard.text());
    let list = visitor.open(&format!("{base}/checks?search=sho&state=up")).await.unwrap();
    assert!(list.body.contains("Shop") && !list.body.contains("Lasting"), "{}", list.body);
    for period in ["day", "week", "month"] {
        let page = visitor.open(&format!("{base}/checks/{shop}?period={period}")).await.unwrap();
        assert!(
            page.status == 200 && page.body.contains("It answered with the status 500."),
            "{}",
            page.body
        );
        assert!(presents(&page, "checks", "Checks"), "{}", page.text());
    }

    let form = |name, target| {
        [("name", name), ("kind", "port"), ("target", target), ("interval", "5"), ("timeout", "5")]
    };
    let target = scene.site.address().to_string();
    visitor.open(&format!("{base}/new-check")).await.unwrap();
    let refused = visitor.submit(&format!("{base}/new-check"), &form("Shop", &target)).await.unwrap();
    assert!(refused.status == 422 && presents(&refused, "checks", "Checks"), "{}", refused.text());
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
pub(super) async fn leave(scene: &Scene, shop: i64) {
    let next = package(KEY).edit("module.toml", "version = \"1.0.0\"", "version = \"1.0.1\"").unwrap();
    scene.module().install(&next.without("sbom.cdx.json")).await;
    scene.post("activate?version=1.0.1", json!({}), 204).await;
    assert_eq!(scene.run(shop).await["state"], "up");
    scene.post("deactivate", json!({}), 204).await;
    let folder = tempfile::tempdir().unwrap();
    let export = folder.path().join("export");
    let command = ["module", "export", KEY, "--output", export.to_str().unwrap()];
    scene.panel.caisson(&command).await.unwrap();
    for (table, part) in
        [("checks", "Shop"), ("results", "expired"), ("incidents", "expired"), ("hours", "tries")]
    {
        let rows = std::fs::read_to_string(export.join(format!("tables/{table}.jsonl"))).unwrap();
        assert!(rows.contains(part), "{table}: {rows}");
    }
    let erase = ["module", "delete", KEY, "--erase", "--confirm", "server-monitoring"];
    scene.panel.caisson(&erase).await.unwrap();
    scene.admin.api.get(&format!("/modules/{KEY}")).await.unwrap().expect(404).unwrap();
}
