//! Slack in trouble: nothing is lost, and what it took unheard is posted again.

use caisson_tests::fakes::{Fault, Rule, Slack};
use caisson_tests::support::archive::Archive;
use caisson_tests::support::until;
use serde_json::Value;

use super::super::{SOON, TROUBLES, is_unheard, lose_worker, on_both, package, panel, panel_and_worker};
use super::{KEY, Scene};

/// The module, which waits for Slack no longer than a second.
fn impatient() -> Archive {
    package(KEY).edit("module.toml", "answer_ms = 20000", "answer_ms = 1000").unwrap()
}

impl Scene {
    /// How many posts tell of so many songs.
    fn posts_of(&self, times: u32) -> usize {
        let text = format!("Puppet sang {times} times.");
        let tells = |post: &&Value| post["attachments"][0]["blocks"][0]["text"]["text"] == text.as_str();
        self.slack.posts().iter().filter(tells).count()
    }
}

async fn in_trouble(database: Option<&str>) {
    let slack = Slack::start().await.unwrap();
    let (archive, on) = (impatient(), panel(database, slack.address()).await);
    let scene = Scene::on(on, slack, &archive).await;
    for (times, (fault, why)) in (2..).zip(TROUBLES) {
        let why = why.replace("The provider asks for a pause.", "Slack asks for a pause of 1 s.");
        scene.slack.arm(fault);
        scene.tell_staff(times).await;
        let waits = scene.delivery("", "queued").await;
        assert!(waits["error"].as_str().unwrap().starts_with(&why), "{fault:?}: {waits}");
        scene.slack.heal();
        let told = until(SOON, "the message to be delivered", async || {
            scene.module().hurry().await;
            let list = scene.module().get("/notifications").await;
            (list["items"][0]["deliveries"][0]["status"] == "delivered").then_some(())
        });
        told.await.unwrap();
        assert_eq!(scene.posts_of(times), if is_unheard(fault) { 2 } else { 1 }, "{fault:?}");
    }
}

#[tokio::test]
async fn no_message_is_lost() {
    on_both(in_trouble).await;
}

#[tokio::test]
async fn a_pause_is_for_all() {
    let scene = Scene::start(None).await;
    scene.slack.arm(Rule::from(Fault::Status { code: 429, retry_after: Some(600) }).times(1));
    scene.tell_staff(1).await;
    let waits = scene.delivery("", "queued").await;
    assert!(waits["error"].as_str().unwrap().starts_with("Slack asks for a pause of 600 s."), "{waits}");
    let asked = scene.slack.requests().len();
    scene.tell_staff(2).await;
    let waits = scene.delivery("", "queued").await;
    assert!(waits["error"].as_str().unwrap().starts_with("Slack asks for a pause of "), "{waits}");
    assert_eq!(scene.slack.requests().len(), asked);
}

/// A worker that is killed while Slack holds its word back: the message stands there, and nobody knows.
async fn a_lost_worker(database: Option<&str>) {
    let slack = Slack::start().await.unwrap();
    let (archive, on) = (package(KEY), panel_and_worker(database, slack.address()).await);
    let mut scene = Scene::on(on, slack, &archive).await;
    scene.slack.arm(Rule::from(Fault::HoldBeforeAnswer).times(1));
    scene.tell_staff(2).await;
    lose_worker(&mut scene.panel, || scene.slack.held()).await;
    scene.delivery("", "delivered").await;
    assert_eq!(scene.posts_of(2), 2);
}

#[tokio::test]
async fn a_lost_worker_loses_no_message() {
    on_both(a_lost_worker).await;
}
