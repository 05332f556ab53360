//! Orders that come at once.

use caisson_tests::support::until;
use serde_json::json;

use super::super::{SOON, on_both};
use super::Scene;

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
async fn orders_that_come_at_once_overfill_no_server() {
    on_both(crowded).await;
}
