//! The panel in Chromium: a module from its package to a client's tab, with the policy that refuses everything inline, in light and
//! dark, wide and narrow.

use std::time::Duration;

use caisson_tests::fakes::HostingApi;
use caisson_tests::support::{Browser, Panel, Publisher, Puppet, modules, puppet, until};
use serde_json::json;
use thirtyfour::By;

use super::person::Person;

const MODULE: &str = "product/cloud-service";
const ADMIN: (&str, &str) = ("ada@example.com", "correct horse battery");
const CLIENT: (&str, &str) = ("grace@example.com", "staple battery horse");
const SOON: Duration = Duration::from_secs(15);

#[tokio::test]
async fn from_a_package_to_a_clients_tab() {
    let hosting = HostingApi::start().await.unwrap();
    let panel = Panel::builder().allow_private(hosting.address()).start().await.unwrap();
    let person = Person { browser: Browser::start().await.unwrap(), panel: panel.url() };
    person.browser.resize(1280, 900).await.unwrap();

    person.open(&panel.setup_link().unwrap()).await;
    for (field, text) in
        [("name", "Ada"), ("email", ADMIN.0), ("password", ADMIN.1), ("password_again", ADMIN.1)]
    {
        person.type_into(field, text).await;
    }
    person.photograph("setup").await;
    person.press("Create administrator").await;
    person.see(".sidebar").await;

    // Install, grant, activate.
    person.open("/admin/modules").await;
    let package = modules::package(MODULE).unwrap();
    let file = person.browser.find(By::Name("package")).await.unwrap();
    file.send_keys(package.to_str().unwrap()).await.unwrap();
    person.press("Check and install").await;
    person.reads("What it asks for").await;
    for grant in person.browser.find_all(By::Name("grants")).await.unwrap() {
        if !grant.is_selected().await.unwrap() {
            grant.click().await.unwrap();
        }
    }
    person.photograph("module-approval").await;
    person.press("Approve and activate").await;
    person.type_into("api_base", &hosting.url()).await;
    person.type_into("api_key", hosting.key()).await;
    person.press("Test connection").await;
    person.see(".note.is-green").await;
    person.type_into("api_key", hosting.key()).await;
    person.press("Save").await;
    person.reads("Saved.").await;
    person.photograph("module-settings").await;

    // A product, a client, a service.
    person.open("/admin/products/new").await;
    person.choose("module", "Cloud service").await;
    person.press("Continue").await;
    person.see("[name=\"data.server_location\"]").await;
    person.type_into("name", "Cloud Basic").await;
    person.type_into("slug", "cloud-basic").await;
    person.photograph("product-new").await;
    person.press("Create product").await;
    person.reads("Created.").await;
    person.open("/admin/clients/new").await;
    for (field, text) in [("name", "Grace Example"), ("email", CLIENT.0), ("password", CLIENT.1)] {
        person.type_into(field, text).await;
    }
    person.press("Save").await;
    person.reads("Created.").await;
    person.open("/admin/services/new").await;
    person.choose("client_id", "Grace").await;
    person.choose("product_id", "Cloud Basic").await;
    person.press("Continue").await;
    person.type_into("data.domain", "grace.example").await;
    person.press("Save and create").await;
    // The page follows the work by itself.
    person.reads("Completed").await;
    person.photograph("service").await;
    let service = person.browser.current_url().await.unwrap().path().rsplit('/').next().unwrap().to_owned();
    for (name, path) in [("dashboard", "/admin"), ("modules", "/admin/modules"), ("tasks", "/admin/tasks")] {
        person.open(path).await;
        person.photograph(name).await;
    }

    // The client's own view.
    person.open(&format!("/client/services/{service}/general")).await;
    person.type_into("email", CLIENT.0).await;
    person.type_into("password", CLIENT.1).await;
    person.press("Log in").await;
    person.reads("grace.example").await;
    person.reads("Access").await;
    person.photograph("client-tab").await;
    person.open(&format!("/client/services/{service}/files")).await;
    person.reads("Files").await;

    let console = person.browser.console().await.unwrap();
    let faults: Vec<&String> = console.iter().filter(|line| line.starts_with("SEVERE")).collect();
    // The browser itself reports answers such as the 422 of a form; nothing else may be there.
    let faults: Vec<_> = faults.into_iter().filter(|line| !line.contains("status of 4")).collect();
    assert!(faults.is_empty(), "{faults:#?}");
    person.browser.quit().await.unwrap();
}

#[tokio::test]
async fn what_a_module_did_is_seen_and_its_grants_narrowed() {
    let panel = Panel::start().await.unwrap();
    let admin = panel.admin().await.unwrap();
    let puppet = Puppet::install(&admin, "puppet", &["table scratch"]).await.unwrap();
    let denied = json!({ "op": "try", "do": { "op": "db.count", "table": "scratch" } });
    let elsewhere = json!({ "op": "try", "do": { "op": "db.count", "table": "elsewhere" } });
    for number in 0..40 {
        let put = json!({ "op": "db.put", "name": format!("n{number}"), "value": number });
        puppet.play(json!([put, { "op": "db.count" }])).await.unwrap();
    }
    puppet
        .play(json!([{ "op": "config.get", "key": "a" }, { "op": "log.info", "action": "puppet", "request": "hello" }, denied, elsewhere]))
        .await
        .unwrap();
    puppet.play(json!([{ "op": "fail", "message": "The provider is away." }])).await.unwrap_err();

    let person = Person { browser: Browser::start().await.unwrap(), panel: panel.url() };
    person.browser.resize(1280, 900).await.unwrap();
    person.open("/admin/login").await;
    person.type_into("email", &admin.email).await;
    person.type_into("password", &admin.password).await;
    person.press("Log in").await;
    person.see(".sidebar").await;

    let module = "/admin/modules/product/puppet";
    let shown = until(SOON, "the totals", async || {
        let usage = admin.api.get(&puppet.path("usage")).await.ok()?.ok().ok()?;
        (usage["total"]["calls"].as_u64()? >= 43).then_some(())
    });
    shown.await.unwrap();
    person.open(module).await;
    person.reads("How long calls take").await;
    person.photograph("module-overview").await;
    person.photograph_below("module-overview").await;
    person.open(&format!("{module}?tab=calls")).await;
    person.reads("The provider is away.").await;
    person.photograph("module-calls").await;
    person.choose("denied", "With denied host calls").await;
    person.reads("2 denied").await;
    until(SOON, "the list to be narrowed", async || {
        (person.browser.find_all(By::Css("#calls tbody tr")).await.ok()?.len() == 1).then_some(())
    })
    .await
    .unwrap();
    assert!(person.browser.current_url().await.unwrap().query().unwrap().contains("tab=calls"));
    person.press("settings.test-connection").await;
    person.reads("2 host calls were denied").await;
    person.photograph("call").await;
    person.open(&format!("{module}?tab=permissions")).await;
    person.reads("Denied calls").await;
    person.photograph("module-permissions").await;
    person.photograph_below("module-permissions").await;
    person.press("Review and grant").await;
    let ticked = person.see("input[value='table scratch']").await;
    assert!(ticked.is_selected().await.unwrap());

    let console = person.browser.console().await.unwrap();
    let faults: Vec<&String> = console.iter().filter(|line| line.starts_with("SEVERE")).collect();
    assert!(faults.is_empty(), "{faults:#?}");
    person.browser.quit().await.unwrap();
}

#[tokio::test]
async fn a_publisher_is_trusted_and_his_package_installed() {
    let alice = Publisher::new("Zone Works").await.unwrap();
    let panel = Panel::start().await.unwrap();
    let admin = panel.admin().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let package = puppet::package("puppet", "1.0.0").unwrap().save(folder.path(), "puppet.caisson").unwrap();
    let signature = folder.path().join("puppet.caisson.minisig");
    std::fs::write(&signature, alice.sign(&std::fs::read(&package).unwrap()).await.unwrap()).unwrap();

    let person = Person { browser: Browser::start().await.unwrap(), panel: panel.url() };
    person.browser.resize(1280, 900).await.unwrap();
    person.open("/admin/login").await;
    person.type_into("email", &admin.email).await;
    person.type_into("password", &admin.password).await;
    person.press("Log in").await;
    person.see(".sidebar").await;

    person.open("/admin/publishers").await;
    person.reads("No publishers yet").await;
    person.photograph("publishers-empty").await;
    for (field, text) in
        [("name", "Zone Works"), ("key", &alice.public), ("modules", "product/powerdns, product/puppet")]
    {
        person.type_into(field, text).await;
    }
    // By the keyboard alone.
    person.see("[name=modules]").await.send_keys("\u{e007}").await.unwrap();
    person.reads("The publisher is trusted.").await;
    person.photograph("publishers").await;

    person.open("/admin/modules").await;
    for (name, file) in [("package", &package), ("signature", &signature)] {
        let input = person.browser.find(By::Name(name)).await.unwrap();
        input.send_keys(file.to_str().unwrap()).await.unwrap();
    }
    person.press("Exceptions for this package").await;
    person.see("[name=allow_older]").await;
    person.photograph("module-upload").await;
    person.press("Check and install").await;
    person.reads("Signed by Zone Works").await;
    person.photograph_below("module-approval-signed").await;
    person.open("/admin/modules/product/puppet").await;
    person.reads("Signed by Zone Works").await;
    person.photograph_below("module-signed").await;

    person.open("/admin/publishers").await;
    person.press("Revoke").await;
    person.reads("cannot be trusted again").await;
    person.photograph("publisher-revoke").await;
    person.see(".confirm:popover-open button[type=submit]").await.click().await.unwrap();
    person.reads("The publisher is trusted no more.").await;
    person.photograph("publishers-revoked").await;
    person.open("/admin/modules/product/puppet?tab=versions").await;
    person.reads("key revoked").await;
    person.photograph("module-versions-revoked").await;

    let console = person.browser.console().await.unwrap();
    let faults: Vec<&String> = console.iter().filter(|line| line.starts_with("SEVERE")).collect();
    assert!(faults.is_empty(), "{faults:#?}");
    person.browser.quit().await.unwrap();
}
