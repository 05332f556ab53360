//! Settings before a module serves, and modules that serve before their settings are there, on both databases.

use std::time::Duration;

use caisson_tests::support::{Admin, Install, Puppet, each_database, modules, puppet, until};
use serde_json::{Value, json};

const SOON: Duration = Duration::from_secs(40);

async fn install(admin: &Admin, key: &str, settings: Option<Value>) -> anyhow::Result<()> {
    let package = std::fs::read(modules::package(key)?)?;
    Install { key, package, without: &[], settings }.on(&admin.api).await
}

#[tokio::test]
async fn what_was_saved_before_is_checked_before_it_serves() {
    const MODULE: &str = "product/cloud-service";
    each_database(async |_panel, admin| {
        let settings = format!("/modules/{MODULE}/settings");
        let wrong = json!({ "api_base": "https://api.example.com/v1", "api_key": "k" });
        let refused = install(&admin, MODULE, Some(wrong)).await.unwrap_err().to_string();
        let sentence = "product/cloud-service refuses its settings: api_base: Leave /v1 out. Change them on its Settings page, then \
                        activate it";
        assert!(refused.contains("409") && refused.contains(sentence), "{refused}");
        let shown = admin.api.get(&format!("/modules/{MODULE}")).await.unwrap().ok().unwrap();
        assert_eq!(shown["status"], "inactive", "{shown}");

        let right = json!({ "api_base": "https://api.example.com/" });
        admin.api.put(&settings, &right).await.unwrap().expect(204).unwrap();
        let activate = format!("/modules/{MODULE}/activate");
        admin.api.post(&activate, &json!({})).await.unwrap().expect(204).unwrap();
        let form = admin.api.get(&settings).await.unwrap().ok().unwrap();
        assert_eq!(form["values"]["api_base"], "https://api.example.com", "as the module would have it: {form}");
        assert_eq!(form["secrets_set"], json!(["api_key"]));
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn nobody_is_sent_to_a_module_without_its_settings() {
    each_database(async |panel, admin| {
        puppet::package("puppet", "1.0.0").unwrap();
        for key in ["payment/stripe", "notification/slack"] {
            install(&admin, key, None).await.unwrap();
        }
        let puppet = Puppet::install(&admin, "puppet", &[]).await.unwrap();
        let post = async |path: &str, body: Value| {
            let made = admin.api.post(path, &body).await.unwrap().expect(201).unwrap();
            made["id"].as_str().unwrap().to_owned()
        };
        let password = "correct horse battery";
        let ada = json!({ "email": "ada@example.com", "name": "Ada", "password": password, "currency": "EUR" });
        let ada = post("/clients", ada).await;
        let invoice =
            json!({ "client_id": ada, "currency": "EUR", "total_minor": 500, "description": "Server" });
        let page = format!("/client/invoices/{}", post("/invoices", invoice).await);
        let mut client = panel.visitor().unwrap();
        client.open("/client/login").await.unwrap();
        client.submit("/client/login", &[("email", "ada@example.com"), ("password", password)]).await.unwrap();
        let offered = "Pay with Stripe";
        let shown = client.open(&page).await.unwrap().text();
        assert!(shown.contains("5.00") && !shown.contains(offered), "nobody could pay there: {shown}");

        let data = json!({ "who": "Puppet", "times": 1 });
        puppet
            .one(json!({ "op": "notify.staff", "permission": "hear", "event": "sung", "data": data }))
            .await
            .unwrap();
        let told = until(SOON, "the channel to be passed over", async || {
            let all = admin.api.get("/notifications").await.ok()?.ok().ok()?;
            let delivery = all["items"][0]["deliveries"][0].clone();
            (delivery["status"] == "skipped").then_some(delivery)
        });
        assert_eq!(told.await.unwrap()["error"], "The channel has no settings yet.");

        let settings =
            json!({ "api_base": "https://api.stripe.com", "secret_key": "sk_1", "webhook_secret": "whsec_1" });
        admin.api.put("/modules/payment/stripe/settings", &settings).await.unwrap().expect(204).unwrap();
        assert!(client.open(&page).await.unwrap().text().contains(offered));
    })
    .await
    .unwrap();
}
