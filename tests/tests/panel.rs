//! The panel's program starts, says that it is ready, knows its administrators, and can run as several processes.

use std::time::Duration;

use caisson_tests::support::{Api, Panel, Postgres, until};

#[tokio::test]
async fn one_process_on_sqlite() {
    let mut panel = Panel::start().await.unwrap();
    let admin = panel.admin().await.unwrap();
    admin.api.get("/modules").await.unwrap().expect(200).unwrap();
    let stranger = Api::new(&panel.url(), "not-a-token").unwrap();
    stranger.get("/modules").await.unwrap().expect(401).unwrap();

    panel.restart().await.unwrap();
    admin.api.get("/modules").await.unwrap().expect(200).unwrap();
}

#[tokio::test]
async fn several_processes_on_postgresql() {
    let database = Postgres::shared().unwrap().create_database().unwrap();
    let mut panel = Panel::builder().database(database).separate_workers(2).start().await.unwrap();
    let admin = panel.admin().await.unwrap();
    admin.api.get("/tasks").await.unwrap().expect(200).unwrap();

    panel.kill_worker(0).unwrap();
    assert!(panel.workers()[0].exited().unwrap().is_some());
    let soon = Duration::from_secs(10);
    until(soon, "the other worker to have written its log", async || {
        (!panel.workers()[1].log().is_empty()).then_some(())
    })
    .await
    .unwrap();
    panel.workers()[1].check_running().unwrap();
}
