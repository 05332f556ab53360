//! Hosts in trouble: each is told by its cause, one that is slow delays nobody, and what only flickers wakes nobody up.

use caisson_tests::fakes::{Fault, Rule};
use caisson_tests::support::until;
use reqwest::Method;
use serde_json::{Value, json};

use super::super::{SOON, TOO_LONG_MS, TROUBLES, lose_worker};
use super::Scene;

/// What a result says of a trouble: its cause, and what goes with it.
fn result_of(fault: Fault) -> (&'static str, String) {
    match fault {
        Fault::Down | Fault::CutMidBody => ("broken", String::new()),
        Fault::Slow { .. } | Fault::AnswerLate { .. } => ("timeout", String::new()),
        Fault::Rubbish => ("text", String::new()),
        Fault::Status { code, .. } => ("status", code.to_string()),
        other => panic!("no host is known to be {other:?}"),
    }
}

pub(super) async fn go_through(scene: &mut Scene) {
    let moody = each_has_its_cause(scene).await;
    what_is_late_is_down_and_what_flickers_is_not(scene, moody).await;
    a_patient_check_delays_nobody(scene, moody).await;
    a_lost_worker(scene, moody).await;
    a_host_that_is_not_listed(scene).await;
}

async fn patch(scene: &Scene, check: i64, changes: &Value) {
    let path = scene.module().path(&format!("checks/{check}"));
    let patched = scene.admin.api.send(Method::PATCH, &path, Some(changes)).await;
    patched.unwrap().expect(200).unwrap();
}

/// One failure of each kind, with a success after it: the cause is kept, and nothing goes down; gives the check.
async fn each_has_its_cause(scene: &Scene) -> i64 {
    let told = scene.told(4).await.len();
    let moody = scene.add("Moody", "http", scene.site.url()).await;
    scene.minute_passes().await;
    scene.has_results(moody, 1).await;
    patch(scene, moody, &json!({ "timeout": 1, "contains": "in stock" })).await;
    for (fault, _) in TROUBLES {
        scene.site.arm(fault);
        assert_eq!(scene.run(moody).await["state"], "up", "{fault:?}");
        let last = &scene.results(moody).await[0];
        let (cause, detail) = result_of(fault);
        assert_eq!((&last["cause"], &last["detail"]), (&json!(cause), &json!(detail)), "{fault:?}: {last}");
        scene.site.heal();
        assert_eq!(scene.run(moody).await["state"], "up", "{fault:?}");
    }

    // In time, and later than it may be.
    patch(scene, moody, &json!({ "timeout": 5, "slow_ms": 100 })).await;
    scene.site.arm(Fault::Slow { ms: 400 });
    scene.run(moody).await;
    let last = &scene.results(moody).await[0];
    assert_eq!((&last["cause"], &last["detail"]), (&json!("slow"), &json!("100")), "{last}");
    scene.site.heal();
    patch(scene, moody, &json!({ "timeout": 1, "slow_ms": null })).await;
    assert_eq!(scene.run(moody).await["state"], "up");
    assert_eq!(scene.told(told).await.len(), told, "nothing that passed was told");
    moody
}

/// Answers that come after the time-out are failures, each way of the change is told once, and what comes and goes is not.
async fn what_is_late_is_down_and_what_flickers_is_not(scene: &Scene, moody: i64) {
    let told = scene.told(4).await.len();
    let late = Fault::AnswerLate { ms: TOO_LONG_MS };
    scene.site.arm(late);
    for state in ["up", "down", "down"] {
        assert_eq!(scene.run(moody).await["state"], state);
    }
    assert_eq!(scene.told(told + 1).await.last().map(String::as_str), Some("Down: Moody"));
    let open = scene.open_incidents().await;
    let incident = open.iter().find(|one| one["check_id"] == moody).unwrap();
    assert_eq!(incident["cause"], "timeout", "{incident}");

    // One answer in time is not up again, and one more failure begins the count anew.
    for (is_late, state) in
        [(false, "down"), (true, "down"), (false, "down"), (false, "up"), (true, "up"), (false, "up")]
    {
        scene.site.heal();
        if is_late {
            scene.site.arm(late);
        }
        assert_eq!(scene.run(moody).await["state"], state);
    }
    let subjects = scene.told(told + 2).await;
    assert_eq!(subjects[told..], ["Down: Moody", "Up again: Moody"]);
}

/// One host keeps its task waiting for half a minute; another is checked meanwhile.
async fn a_patient_check_delays_nobody(scene: &Scene, moody: i64) {
    scene.site.arm(Rule::from(Fault::HoldBeforeAnswer).times(1));
    let other = scene.add("Patient", "ssl", scene.lasting.address().to_string()).await;
    patch(scene, moody, &json!({ "timeout": 30 })).await;
    let before = scene.results(moody).await.len();
    scene.post(&format!("checks/{moody}/run"), json!({}), 202).await;
    let held = until(SOON, "the site to be asked", async || (scene.site.held() > 0).then_some(()));
    held.await.unwrap();
    assert_eq!(scene.run(other).await["state"], "up");
    assert_eq!(scene.results(moody).await.len(), before, "it still waits");
    scene.site.heal();
    scene.has_results(moody, before + 1).await;
}

/// A worker that is killed while it waits for a host: the check is made once more, and counts once.
async fn a_lost_worker(scene: &mut Scene, moody: i64) {
    let before = scene.results(moody).await.len();
    scene.site.arm(Rule::from(Fault::HoldBeforeAnswer).times(1));
    scene.post(&format!("checks/{moody}/run"), json!({}), 202).await;
    lose_worker(&mut scene.panel, || scene.site.held()).await;
    scene.has_results(moody, before + 1).await;
    assert_eq!(scene.check(moody).await["state"], "up");
    assert_eq!(scene.results(moody).await.len(), before + 1);
}

/// A host that the settings list no more is neither up nor down, and its check says why.
async fn a_host_that_is_not_listed(scene: &Scene) {
    let other = scene.add("Gone", "port", scene.lasting.address().to_string()).await;
    assert_eq!(scene.run(other).await["state"], "up");
    scene.configure(&[scene.site.url()], 204).await;
    let noted = until(SOON, "the check to say why", async || {
        // The worker hears of settings a moment later.
        scene.post(&format!("checks/{other}/run"), json!({}), 202).await;
        let check = scene.check(other).await;
        check["note"].is_string().then_some(check)
    });
    let noted = noted.await.unwrap();
    assert!(noted["note"].as_str().unwrap().contains("grant"), "{noted}");
    assert_eq!(noted["state"], "up");
}
