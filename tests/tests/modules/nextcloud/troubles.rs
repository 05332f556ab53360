//! Servers in trouble.

use std::time::Duration;

use caisson_tests::fakes::{Fault, Rule};
use caisson_tests::support::{Panel, until};
use serde_json::{Value, json};

use super::super::{SOON, TROUBLES, lose_worker, on_both, package};
use super::{KEY, Scene, said};

async fn lost_halfway(database: Option<&str>) {
    let impatient = package(KEY).edit("module.toml", "work_ms = 30000", "work_ms = 1000").unwrap();
    let builder = Panel::builder().database(database.map(str::to_owned));
    let scene = Scene::on(builder, [20, 20], &impatient).await;
    let mut services = Vec::new();
    for (fault, why) in TROUBLES {
        for cloud in &scene.clouds {
            cloud.arm(Rule::from(fault).on("POST", "/users"));
        }
        let service = scene.order().await;
        scene.ask(&service, "create", json!({})).await;
        let path = format!("/tasks?service={service}&limit=1");
        let failed = until(SOON, "the first try", async || {
            let newest = scene.module().get(&path).await["items"][0].clone();
            newest["last_error"].is_string().then_some(newest)
        });
        let failed = failed.await.unwrap();
        assert!(failed["last_error"].as_str().unwrap().starts_with(why), "{fault:?}: {failed}");
        scene.reaches(&service, "processing").await;
        for cloud in &scene.clouds {
            cloud.heal();
        }
        let shown = until(SOON, "the account to be made", async || {
            scene.module().hurry().await;
            let shown = scene.module().get(&format!("/services/{service}")).await;
            (shown["provision_status"] == "completed").then_some(shown)
        });
        let shown = shown.await.unwrap();
        let user = scene.user(shown["data"]["username"].as_str().unwrap());
        let tab = scene.tab(&service, "overview").await;
        assert_eq!((&tab["password"], user.enabled), (&json!(user.password), true));
        services.push(service);
        assert_eq!(scene.users().iter().sum::<usize>(), services.len(), "{fault:?}");
    }

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
async fn whatever_was_lost_halfway_is_made_once() {
    on_both(lost_halfway).await;
}

/// A worker that is killed while the server holds its word back: the account stands there, and nobody knows.
async fn a_lost_worker(database: Option<&str>) {
    let builder = Panel::builder().database(database.map(str::to_owned));
    let builder = builder.separate_workers(1).lease(Duration::from_secs(3));
    let mut scene = Scene::on(builder, [5, 5], &package(KEY)).await;
    for cloud in &scene.clouds {
        cloud.arm(Rule::from(Fault::HoldBeforeAnswer).on("POST", "/users").times(1));
    }
    let service = scene.order().await;
    scene.ask(&service, "create", json!({})).await;
    let clouds = &scene.clouds;
    lose_worker(&mut scene.panel, || clouds.iter().map(|cloud| cloud.held()).sum()).await;
    for cloud in &scene.clouds {
        cloud.heal();
    }
    let shown = scene.reaches(&service, "completed").await;
    let user = scene.user(shown["data"]["username"].as_str().unwrap());
    let tab = scene.tab(&service, "overview").await;
    assert_eq!((&tab["password"], scene.users().iter().sum()), (&json!(user.password), 1));
}

#[tokio::test]
async fn a_lost_worker_makes_one_account() {
    on_both(a_lost_worker).await;
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
