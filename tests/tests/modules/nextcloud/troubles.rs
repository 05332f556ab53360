//! Servers in trouble.

use std::time::Duration;

use caisson_tests::fakes::{Fault, Rule};
use caisson_tests::support::until;
use serde_json::{Value, json};

use super::super::SOON;
use super::{Scene, said};

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
