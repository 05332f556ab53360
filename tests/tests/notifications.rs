//! Modules tell people something: in their own language, in the panel and through channels, on both databases.

use std::time::Duration;

use anyhow::Context as _;
use caisson_tests::support::{
    Admin, Install, Panel, Puppet, each_database, modules, puppet, repository, until,
};
use serde_json::{Value, json};

const SOON: Duration = Duration::from_secs(40);
const CHANNEL: &str = "/modules/notification/channel";

async fn install_channel(admin: &Admin) {
    // Both are built before anything is asked: a connection does not outlive the silence meanwhile.
    puppet::package("puppet", "1.0.0").unwrap();
    let built =
        modules::build_from(&repository().join("tests/guests/channel"), "notification/channel").unwrap();
    let package = std::fs::read(&built.file).unwrap();
    let settings = Some(json!({ "token": "channel-token" }));
    let install = Install { key: "notification/channel", package, without: &[], settings };
    install.on(&admin.api).await.unwrap();
}

async fn configure(admin: &Admin, settings: Value) {
    admin.api.put(&format!("{CHANNEL}/settings"), &settings).await.unwrap().expect(204).unwrap();
}

/// What the channel sent.
async fn sent(admin: &Admin) -> anyhow::Result<Vec<Value>> {
    let test = format!("{CHANNEL}/test-connection");
    let answer = admin.api.post(&test, &json!({ "refuses_with": null })).await?.expect(200)?;
    Ok(serde_json::from_str(answer["message"].as_str().context("no message")?)?)
}

/// A Polish client with a service of the puppet's, and one without.
async fn clients(admin: &Admin) -> (String, String) {
    let post = async |path: &str, body: Value| {
        let made = admin.api.post(path, &body).await.unwrap().expect(201).unwrap();
        made["id"].as_str().unwrap().to_owned()
    };
    let client = json!({ "email": "ola@example.com", "name": "Ola", "currency": "PLN", "locale": "pl" });
    let stranger = json!({ "email": "jo@example.com", "name": "Jo", "currency": "EUR" });
    let (client, stranger) = (post("/clients", client).await, post("/clients", stranger).await);
    let product = json!({
        "name": "Song", "slug": "song", "module": "product/puppet", "price_minor": 100, "currency": "EUR",
    });
    let product = post("/products", product).await;
    post("/services", json!({ "client_id": client, "product_id": product })).await;
    (client, stranger)
}

fn to_client(id: &str, data: Value) -> Value {
    json!({ "op": "notify.client", "id": id, "event": "sung", "data": data })
}

fn to_staff(permission: &str) -> Value {
    let data = json!({ "who": "Puppet", "times": 3 });
    json!({ "op": "notify.staff", "permission": permission, "event": "sung", "data": data })
}

fn tried(step: Value) -> Value {
    json!({ "op": "try", "do": step })
}

async fn listed(admin: &Admin, query: &str) -> Vec<Value> {
    let page = admin.api.get(&format!("/notifications{query}")).await.unwrap().expect(200).unwrap();
    page["items"].as_array().unwrap().clone()
}

#[tokio::test]
async fn people_are_told_in_their_own_language() {
    each_database(async |_panel, admin| {
        install_channel(&admin).await;
        let puppet = Puppet::install(&admin, "puppet", &[]).await.unwrap();
        let (client, stranger) = clients(&admin).await;
        let data = json!({ "who": "Puppet", "times": 3 });
        puppet.play(json!([to_client(&client, data.clone()), to_staff("hear")])).await.unwrap();

        let of_client = format!("?client={client}");
        for (query, subject, text) in [
            (of_client.as_str(), "Puppet śpiewa", "Puppet śpiewa: 3."),
            ("", "Puppet sang", "Puppet sang 3 times."),
        ] {
            let one = until(SOON, "the channel to have it", async || {
                let one = listed(&admin, query).await.pop()?;
                (one["deliveries"][0]["status"] == "delivered").then_some(one)
            });
            let one = one.await.unwrap();
            assert_eq!((&one["subject"], &one["text"]), (&json!(subject), &json!(text)));
            assert_eq!(
                (&one["module"], &one["event"], &one["data"]),
                (&json!("product/puppet"), &json!("sung"), &data)
            );
            let delivery = &one["deliveries"][0];
            assert_eq!(delivery["module"], "notification/channel");
            assert_eq!(delivery["reference"], format!("row {}", one["id"].as_str().unwrap()));
        }
        let sent = sent(&admin).await.unwrap();
        let to: Vec<_> = sent.iter().map(|one| (&one["recipient"], &one["subject"])).collect();
        assert_eq!(
            to,
            [
                (&json!("admin@example.com"), &json!("Puppet sang")),
                (&json!("ola@example.com"), &json!("Puppet śpiewa"))
            ]
        );
        assert_eq!(sent[0]["channel"], sent[1]["channel"]);
        assert_eq!(sent[0]["settings"], "{}", "no secret");

        // Nobody else's people, nothing that was not declared or translated, and nothing without the grant.
        for (step, code, why) in [
            (to_client(&stranger, data.clone()), 500, "no service of this module"),
            (to_client(&client, json!({})), 500, "notify-sung-subject"),
            (to_staff("rule"), 500, "no permission 'rule'"),
        ] {
            let refused = puppet.one(tried(step.clone())).await.unwrap();
            assert_eq!(refused["code"], code, "{step}: {refused}");
            let log = admin.api.get("/modules/product/puppet/log?limit=50").await;
            let told = until(SOON, "the cause in the module's log", async || {
                let log = admin.api.get("/modules/product/puppet/log?limit=50").await.ok()?.ok().ok()?;
                log.to_string().contains(why).then_some(())
            });
            told.await.unwrap_or_else(|error| panic!("{why}: {error}: {log:?}"));
        }
        let muted = Puppet::install(&admin, "muted", &["notifications"]).await.unwrap();
        let denied = muted.one(tried(to_staff("hear"))).await.unwrap();
        assert_eq!(denied["code"], 403, "{denied}");
        assert_eq!(listed(&admin, "").await.len(), 1);
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn what_was_undone_was_never_said() {
    each_database(async |_panel, admin| {
        install_channel(&admin).await;
        let puppet = Puppet::install(&admin, "puppet", &[]).await.unwrap();
        let say = |ends: Value| {
            let steps = json!([{ "op": "db.put", "name": "a", "value": 1 }, to_staff("hear"), ends]);
            json!({ "op": "transaction", "do": { "op": "all", "do": steps } })
        };
        puppet.one(tried(say(json!({ "op": "fail", "message": "on purpose" })))).await.unwrap();
        assert!(puppet.one(say(json!({ "op": "crash" }))).await.is_err());
        assert_eq!(listed(&admin, "").await, Vec::<Value>::new());
        puppet.one(say(json!({ "op": "db.count" }))).await.unwrap();
        let came = until(SOON, "what was kept", async || (sent(&admin).await.ok()?.len() == 1).then_some(()));
        came.await.unwrap();
        assert_eq!(listed(&admin, "").await.len(), 1);
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn a_channel_that_refuses_says_so_and_is_asked_again() {
    let panel = Panel::start().await.unwrap();
    let admin = panel.admin().await.unwrap();
    let puppet = Puppet::install(&admin, "puppet", &[]).await.unwrap();
    puppet.one(to_staff("hear")).await.unwrap();
    assert_eq!(
        listed(&admin, "").await[0]["deliveries"],
        json!([]),
        "in the panel, where there is no channel"
    );
    install_channel(&admin).await;

    // For good.
    configure(&admin, json!({ "refuses_with": 422 })).await;
    puppet.one(to_staff("hear")).await.unwrap();
    let failed = until(SOON, "the refusal", async || {
        let one = listed(&admin, "").await.swap_remove(0);
        (one["deliveries"][0]["status"] == "failed").then_some(one)
    });
    let failed = failed.await.unwrap();
    assert_eq!(failed["deliveries"][0]["error"], "The channel was told to refuse.");

    // For now: it stays queued, with the reason, and goes out when it is asked again.
    configure(&admin, json!({ "refuses_with": 503 })).await;
    puppet.one(to_staff("hear")).await.unwrap();
    let waits = until(SOON, "the first try", async || {
        let one = listed(&admin, "").await.swap_remove(0);
        one["deliveries"][0]["error"].is_string().then_some(one)
    });
    let waits = waits.await.unwrap();
    assert_eq!(waits["deliveries"][0]["status"], "queued");
    configure(&admin, json!({ "refuses_with": null })).await;
    let tasks = admin.api.get("/tasks?module=notification/channel&limit=10").await.unwrap().ok().unwrap();
    let failed = tasks["items"].as_array().unwrap().iter().find(|task| task["status"] == "failed").unwrap();
    let retry = format!("/tasks/{}/retry", failed["id"].as_str().unwrap());
    assert!(admin.api.post(&retry, &json!({})).await.unwrap().status < 300);
    let came = until(SOON, "the one that was retried", async || {
        let one = listed(&admin, "").await.swap_remove(1);
        (one["deliveries"][0]["status"] == "delivered").then_some(one)
    });
    assert_eq!(came.await.unwrap()["deliveries"][0]["error"], Value::Null);
}
