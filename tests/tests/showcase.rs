//! Every module of the repository active on one panel, as the demo has it, and a picture of each for its README.
//!
//! `CAISSON_PICTURES=1` puts the pictures beside the READMEs; otherwise they are in `target/screenshots`.

use std::time::Duration;

use caisson_tests::demo::{ADMIN, CLIENT, Demo, Sold};
use caisson_tests::support::{Browser, modules, repository, until};
use serde_json::Value;

use super::person::Person;

const SOON: Duration = Duration::from_secs(15);

/// A page that shows what a module is for.
struct Picture {
    module: &'static str,
    path: String,
    /// A button that leads there.
    press: Option<&'static str>,
    /// What must be read there.
    reads: &'static str,
}

fn picture(module: &'static str, path: impl Into<String>, reads: &'static str) -> Picture {
    Picture { module, path: path.into(), press: None, reads }
}

/// What clients see, and what administrators see.
fn pictures(sold: &Sold) -> [Vec<Picture>; 2] {
    let mut clients = vec![
        picture("product/cloud-service", format!("/client/services/{}/general", sold.cloud), "ada.example"),
        picture("product/nextcloud", format!("/client/services/{}/statistics", sold.nextcloud), "Statistics"),
        picture(
            "product/proxmox-wp",
            format!("/client/services/{}/site", sold.wordpress),
            "blog.ada.example",
        ),
        Picture {
            press: Some("Pay with Stripe"),
            ..picture(
                "payment/stripe",
                format!("/client/invoices/{}", sold.unpaid_invoice),
                "Continue to Stripe",
            )
        },
    ];
    if let Some(zone) = &sold.zone {
        clients.push(picture("product/powerdns", format!("/client/services/{zone}/records"), "192.0.2.10"));
    }
    let admins = vec![
        picture(
            "notification/slack",
            "/admin/modules/notification/slack?tab=settings",
            "Incoming webhook URL",
        ),
        picture("notification/sms", "/admin/modules/notification/sms?tab=settings", "Account SID"),
        picture("plugin/server-monitoring", "/admin/modules/plugin/server-monitoring/dashboard", "Shop"),
    ];
    [clients, admins]
}

async fn sign_in(person: &Person, page: &str, (email, password): (&str, &str)) {
    person.open(page).await;
    person.type_into("email", email).await;
    person.type_into("password", password).await;
    person.press("Log in").await;
    let entered = until(SOON, "the login to be left", async || {
        let at = person.browser.current_url().await.ok()?;
        (at.path() != page).then_some(())
    });
    entered.await.unwrap();
}

async fn take(person: &Person, picture: &Picture) {
    person.open(&picture.path).await;
    if let Some(button) = picture.press {
        person.press(button).await;
    }
    person.reads(picture.reads).await;
    let name = format!("module-{}", picture.module.replace('/', "-"));
    person.photograph(&name).await;
    let taken = person.browser.save_screenshot(&name).await.unwrap();
    let folder = repository().join("modules").join(picture.module);
    if std::env::var_os("CAISSON_PICTURES").is_some() {
        std::fs::copy(taken, folder.join("screenshot.png")).unwrap();
    }
    let readme = std::fs::read_to_string(folder.join("README.md")).unwrap();
    assert!(readme.contains("](screenshot.png)"), "the README of {} has no picture", picture.module);
    assert!(folder.join("screenshot.png").is_file(), "the picture of {} is not there", picture.module);
}

/// What the demo promises of its data.
async fn is_worth_looking_at(demo: &Demo, sold: &Sold) {
    let get = async |path: &str| -> Value { demo.admin.api.get(path).await.unwrap().expect(200).unwrap() };
    let active = get("/modules").await;
    for key in modules::keys().unwrap().iter().filter(|key| *key != "product/powerdns" || sold.zone.is_some())
    {
        let found = active.as_array().unwrap().iter().find(|one| one["key"] == *key);
        assert_eq!(found.map(|one| &one["status"]), Some(&Value::from("active")), "{key}");
    }
    let services = get("/services?limit=50").await;
    let mut statuses: Vec<&str> = services["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|one| one["provision_status"].as_str())
        .collect();
    statuses.sort_unstable();
    statuses.dedup();
    assert_eq!(statuses, ["completed", "failed", "pending", "suspended"]);
    for (invoice, status) in [(&sold.paid_invoice, "paid"), (&sold.unpaid_invoice, "unpaid")] {
        assert_eq!(get(&format!("/invoices/{invoice}")).await["status"], status);
    }
    let incidents = get("/modules/plugin/server-monitoring/incidents").await;
    let ended = incidents["items"].as_array().unwrap().iter().filter(|one| !one["ended_at"].is_null());
    assert_eq!(ended.count(), 3, "{incidents}");
}

#[tokio::test]
async fn every_module_is_active_and_has_its_picture_taken() {
    let demo = Demo::start(None).await.unwrap();
    let sold = demo.fill().await.unwrap();
    is_worth_looking_at(&demo, &sold).await;
    for ((page, who), pictures) in
        [("/client/login", CLIENT), ("/admin/login", ADMIN)].into_iter().zip(pictures(&sold))
    {
        let person = Person { browser: Browser::start().await.unwrap(), panel: demo.panel.url() };
        person.browser.resize(1280, 900).await.unwrap();
        sign_in(&person, page, who).await;
        for picture in &pictures {
            take(&person, picture).await;
        }
        person.browser.quit().await.unwrap();
    }
}
