//! The contract is frozen: what was built against a version stays loadable, and does what it did.
//!
//! `tests/kept/<version>` holds guests as they were when the version was frozen; nobody builds them again. `CAISSON_KEEP=1` makes
//! those of a version that has none yet.

use std::fs;
use std::path::PathBuf;

use caisson_capabilities::{CallState, add_to_linker};
use caisson_tests::support::till::{self, Till};
use caisson_tests::support::{Admin, Install, Panel, Puppet, modules, puppet, repository, until};
use caisson_types::CONTRACT_VERSION;
use serde_json::{Value, json};
use wasmtime::component::{Component, Linker};
use wit_component::{ComponentEncoder, StringEncoding, WitPrinter, dummy_module, embed_component_metadata};
use wit_parser::{ManglingAndAbi, Resolve};

const SOON: std::time::Duration = std::time::Duration::from_secs(40);

/// Everything that a module may import or export.
const EVERYTHING: &str = "package caisson:kept;
world everything {
    include caisson:module/product-module@0.1.0;
    include caisson:module/payment-module@0.1.0;
    include caisson:module/notification-module@0.1.0;
}";

fn folder() -> PathBuf {
    repository().join("tests/kept").join(CONTRACT_VERSION)
}

/// A component that imports and exports all of the contract as `wit/` has it now, and does nothing.
fn everything() -> Vec<u8> {
    let mut resolve = Resolve::default();
    resolve.push_dir(repository().join("wit")).unwrap();
    let package = resolve.push_str("kept.wit", EVERYTHING).unwrap();
    let world = resolve.packages[package].worlds["everything"];
    let mut module = dummy_module(&resolve, world, ManglingAndAbi::Standard32);
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).unwrap();
    ComponentEncoder::default().module(&module).unwrap().encode().unwrap()
}

/// The interfaces of a component, as text.
fn told(component: &[u8]) -> String {
    let decoded = wit_component::decode(component).unwrap();
    let (resolve, package) = (decoded.resolve(), decoded.package());
    let others: Vec<_> = resolve.packages.iter().map(|(id, _)| id).filter(|id| *id != package).collect();
    let mut printer = WitPrinter::default();
    printer.print(resolve, package, &others).unwrap();
    printer.output.to_string()
}

/// A file of the version, made where it is missing and that is asked for.
fn kept(name: &str, make: impl FnOnce() -> Vec<u8>) -> Vec<u8> {
    let file = folder().join(name);
    if !file.is_file() && std::env::var_os("CAISSON_KEEP").is_some() {
        fs::create_dir_all(folder()).unwrap();
        fs::write(&file, make()).unwrap();
    }
    fs::read(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

fn puppet_package() -> Vec<u8> {
    kept("product-puppet.caisson", || puppet::package("puppet", "1.0.0").unwrap().bytes().unwrap())
}

fn till_package() -> Vec<u8> {
    kept("payment-till.caisson", || till::package("till", &[]).unwrap())
}

fn channel_package() -> Vec<u8> {
    kept("notification-channel.caisson", || {
        let source = repository().join("tests/guests/channel");
        fs::read(modules::build_from(&source, "notification/channel").unwrap().file).unwrap()
    })
}

#[test]
fn the_host_links_all_of_it_and_the_contract_says_the_same() {
    let component = kept("everything.wasm", everything);
    assert_eq!(told(&component), told(&everything()), "the contract {CONTRACT_VERSION} is not what it was");
    let engine = wasmtime::Engine::default();
    let mut linker = Linker::<CallState>::new(&engine);
    add_to_linker(&mut linker).unwrap();
    let component = Component::new(&engine, &component).unwrap();
    linker.instantiate_pre(&component).unwrap();
}

async fn panel() -> (Panel, Admin) {
    let panel = Panel::start().await.unwrap();
    let admin = panel.admin().await.unwrap();
    (panel, admin)
}

/// One step of each interface, and what comes of it.
#[tokio::test]
async fn a_product_of_then_does_what_it_did() {
    let package = puppet_package();
    let (_panel, admin) = panel().await;
    let puppet = Puppet::install_package(&admin, "puppet", &package, &[]).await.unwrap();
    let tried = |step: Value| json!({ "op": "try", "do": step });
    let place = json!({ "host": "127.0.0.1", "port": 9 });
    let with = |op: &str, mut more: Value| {
        more["op"] = op.into();
        more
    };
    for (step, comes) in [
        (with("config.get", json!({ "key": "motto" })), json!("Pull the strings.")),
        (with("log.info", json!({ "action": "kept", "request": 1, "response": 2 })), Value::Null),
        (with("db.upsert", json!({ "name": "kept", "value": 7 })), Value::Null),
        (with("db.get", json!({ "name": "kept" })), json!({ "name": "kept", "value": 7 })),
        (with("cache.set", json!({ "key": "k", "value": 1, "tags": ["t"] })), Value::Null),
        (with("cache.increment", json!({ "key": "k", "by": 2 })), json!(3)),
        (with("services.list", json!({})), json!([])),
        (
            with("validation.validate", json!({ "data": { "a": "b" }, "rules": { "a": "integer" } })),
            json!({ "rejected": [["a", "The a field must be a whole number."]] }),
        ),
        (
            with("i18n.translate", json!({ "key": "greeting", "arguments": { "name": "Jo" } })),
            json!("Hello Jo from the puppet"),
        ),
    ] {
        let came = puppet.one(step.clone()).await.unwrap();
        assert!(comes.is_null() || came == comes, "{step}: {came}");
    }
    let sealed = puppet.one(json!({ "op": "crypto.encrypt", "text": "kept" })).await.unwrap();
    let opened = puppet.one(json!({ "op": "crypto.decrypt", "sealed": sealed })).await.unwrap();
    assert_eq!(opened, "kept");
    let url = "http://127.0.0.1:9/";
    for (denied, code) in [
        (with("probe.connect", place.clone()), 403),
        (with("http.get", json!({ "url": url })), 403),
        (
            with("mail.send", json!({ "host": "127.0.0.1", "port": 9, "to": "a@example.com", "text": "x" })),
            403,
        ),
        (with("events.dispatch", json!({ "name": "unsung", "payload": {} })), 403),
    ] {
        let came = puppet.one(tried(denied.clone())).await.unwrap();
        assert_eq!(came["code"], code, "{denied}: {came}");
    }
    // Work and events come back through exports.
    let write = json!([{ "op": "db.upsert", "name": "worked", "value": 8 }]);
    puppet.one(with("tasks.add", json!({ "do": write }))).await.unwrap();
    puppet.one(with("events.dispatch", json!({ "name": "sung", "payload": { "mark": 1 } }))).await.unwrap();
    until(SOON, "the task and the event", async || {
        let worked = puppet.one(with("db.get", json!({ "name": "worked" }))).await.ok()?;
        let heard = puppet.one(with("db.all", json!({ "table": "heard" }))).await.ok()?;
        (worked["value"] == 8 && heard.as_array().is_some_and(|all| !all.is_empty())).then_some(())
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn a_gateway_of_then_takes_money() {
    let package = till_package();
    let (panel, admin) = panel().await;
    let till = Till::install_package(&panel, &admin, "till", package).await.unwrap();
    let client = json!({ "email": "ada@example.com", "name": "Ada", "currency": "EUR" });
    let create = async |path: &str, body: &Value| {
        let made = admin.api.post(path, body).await.unwrap().expect(201).unwrap();
        made["id"].as_str().unwrap().to_owned()
    };
    let client = create("/clients", &client).await;
    let invoice =
        json!({ "client_id": client, "currency": "EUR", "total_minor": 500, "description": "Kept" });
    let invoice = create("/invoices", &invoice).await;
    let pay =
        json!({ "op": "pay", "invoice": invoice, "transaction": "t-1", "minor": 500, "currency": "EUR" });
    let answered = till.call(&json!({ "steps": [pay] })).await.unwrap();
    assert_eq!(answered.status, 200, "{answered:?}");
    let shown = admin.api.get(&format!("/invoices/{invoice}")).await.unwrap().expect(200).unwrap();
    assert_eq!(shown["status"], "paid", "{shown} {answered:?}");
}

#[tokio::test]
async fn a_channel_of_then_delivers() {
    let (package, puppet) = (channel_package(), puppet_package());
    let (_panel, admin) = panel().await;
    let settings = Some(json!({ "token": "channel-token" }));
    let install = Install { key: "notification/channel", package, without: &[], settings };
    install.on(&admin.api).await.unwrap();
    let puppet = Puppet::install_package(&admin, "puppet", &puppet, &[]).await.unwrap();
    let data = json!({ "who": "Puppet", "times": 3 });
    let told = json!({ "op": "notify.staff", "permission": "hear", "event": "sung", "data": data });
    puppet.one(told).await.unwrap();
    until(SOON, "the message to be delivered", async || {
        let list = admin.api.get("/notifications").await.ok()?.ok().ok()?;
        (list["items"][0]["deliveries"][0]["status"] == "delivered").then_some(())
    })
    .await
    .unwrap();
}
