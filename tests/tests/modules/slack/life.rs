//! What is posted, from the first message to the last, and what Slack refuses for good.

use caisson_tests::fakes::Channel;
use caisson_tests::support::until;
use serde_json::json;

use super::super::{SOON, id, on_both, package};
use super::{KEY, Scene};

async fn whole_life(database: Option<&str>) {
    let scene = Scene::start(database).await;
    let module = scene.module();
    let tested = module.post("test-connection", scene.settings(json!({ "language": "pl" }))).await;
    assert_eq!(tested.expect(200).unwrap()["message"], "Slack took the message: look into the channel.");
    assert_eq!(scene.slack.posts()[0], json!({ "text": "Panel hostingowy może tu pisać." }));
    let wrong = format!("{}x", scene.slack.webhook());
    let refused = module.post("test-connection", scene.settings(json!({ "webhook_url": wrong }))).await;
    assert!(refused.expect(422).unwrap()["message"].as_str().unwrap().contains("does not know this webhook"));

    // What staff is told is posted; what a client is told is not.
    scene.tell_staff(3).await;
    scene.delivery("", "delivered").await;
    let post = scene.slack.posts().pop().unwrap();
    assert_eq!(post["text"], ":large_blue_circle: Puppet sang");
    let blocks = &post["attachments"][0]["blocks"];
    assert_eq!(blocks[0]["text"]["text"], "Puppet sang 3 times.");
    let fields = blocks[1]["fields"].as_array().unwrap();
    assert!(fields.iter().any(|field| field["text"] == "Times\n3"), "{post}");
    assert_eq!(blocks[2]["elements"][0]["text"], "product/puppet · sung");
    let client = json!({ "email": "ola@example.com", "name": "Ola", "currency": "PLN", "locale": "pl" });
    let client = id(scene.admin.api.post("/clients", &client).await.unwrap());
    let product = json!({ "name": "Song", "slug": "song", "module": "product/puppet", "price_minor": 100, "currency": "EUR" });
    let product = id(scene.admin.api.post("/products", &product).await.unwrap());
    let service = json!({ "client_id": client, "product_id": product });
    id(scene.admin.api.post("/services", &service).await.unwrap());
    let data = json!({ "who": "Puppet", "times": 3 });
    let told = json!({ "op": "notify.client", "id": client, "event": "sung", "data": data });
    scene.puppet.one(told.clone()).await.unwrap();
    let of_client = format!("?client={client}");
    scene.delivery(&of_client, "skipped").await;
    scene.configure(json!({ "audience": "everybody", "addresses": ["OLA@example.com"] })).await;
    scene.puppet.one(told).await.unwrap();
    scene.delivery(&of_client, "delivered").await;
    let post = scene.slack.posts().pop().unwrap();
    assert_eq!(post["text"], ":large_blue_circle: Puppet śpiewa");
    scene.tell_staff(1).await;
    scene.delivery("", "skipped").await;
    assert_eq!(scene.slack.posts().len(), 3);

    // The next version goes on with the same settings; the last one leaves nothing that is secret.
    module
        .install(&package(KEY).edit("module.toml", "version = \"1.0.0\"", "version = \"1.1.0\"").unwrap())
        .await;
    module.act("activate").await;
    scene.configure(json!({})).await;
    scene.tell_staff(2).await;
    scene.delivery("", "delivered").await;
    assert_eq!(scene.slack.posts().len(), 4);
    let settings = module.get(&module.path("settings")).await;
    let log = module.get(&module.path("log")).await;
    let calls = module.get(&module.path("calls")).await;
    let mut seen = format!("{settings}{log}{calls}{}", scene.panel.logs());
    for call in calls.as_array().unwrap() {
        let told = scene.panel.caisson(&["module", "call", call["id"].as_str().unwrap()]).await.unwrap();
        seen.push_str(&told);
    }
    assert!(seen.contains("POST {webhook_url} -> 200"), "{seen}");
    let folder = tempfile::tempdir().unwrap();
    seen.push_str(&module.leave(&scene.panel, folder.path()).await);
    assert!(!seen.contains(scene.slack.secret()), "the webhook's address is somewhere: {seen}");
    scene.tell_staff(4).await;
    assert_eq!(module.get("/notifications").await["items"][0]["deliveries"], json!([]));
}

#[tokio::test]
async fn its_whole_life() {
    on_both(whole_life).await;
}

#[tokio::test]
async fn a_channel_that_is_gone_is_said_so_and_a_retry_posts_once() {
    let scene = Scene::start(None).await;
    for (channel, why) in [
        (Channel::Gone, "The Slack channel of this webhook is gone."),
        (Channel::Closed, "Slack does not let this webhook post"),
        (Channel::Revoked, "Slack does not know this webhook any more."),
        (Channel::Archived, "The Slack channel is archived."),
    ] {
        scene.slack.become_of_channel(channel);
        scene.tell_staff(1).await;
        let failed = scene.delivery("", "failed").await;
        assert!(failed["error"].as_str().unwrap().starts_with(why), "{failed}");
    }
    assert_eq!(scene.slack.requests().len(), 4, "what is final is not asked again");
    scene.slack.become_of_channel(Channel::Open);
    let tasks = scene.module().get(&format!("/tasks?module={KEY}&limit=10")).await;
    for task in tasks["items"].as_array().unwrap() {
        let retry = format!("/tasks/{}/retry", task["id"].as_str().unwrap());
        assert!(scene.admin.api.post(&retry, &json!({})).await.unwrap().status < 300);
    }
    let came = until(SOON, "all four to be posted", async || (scene.slack.posts().len() == 4).then_some(()));
    came.await.unwrap();
}
