//! Versions of a module beside each other: held, refused, tried on a share, taken back, and gone; on both databases.

mod canaries;
mod leaving;
mod updates;

use std::time::Duration;

use caisson_tests::support::archive::Archive;
use caisson_tests::support::{Admin, Puppet, puppet};
use serde_json::{Value, json};

const SOON: Duration = Duration::from_secs(40);

/// What a version plays at its update, and on each of its pages and tabs.
struct Plays {
    update: Value,
    page: Value,
}

/// A version that is told by its motto.
fn version(number: &str, plays: &Plays) -> Archive {
    let config = format!(
        "[config]\nupdate = '''{}'''\npage = '''{}'''\nmotto = \"{number}\"\nlong = ",
        plays.update, plays.page
    );
    puppet::package("puppet", number).unwrap().edit("module.toml", "[config]\nmotto = ", &config).unwrap()
}

/// Says which version it is.
fn motto() -> Value {
    json!([{ "op": "config.get", "key": "motto" }])
}

fn crash() -> Value {
    json!([{ "op": "crash" }])
}

fn quiet() -> Plays {
    Plays { update: json!([]), page: motto() }
}

/// Installs a version and grants it what it asks for.
async fn install(puppet: &Puppet, archive: &Archive) {
    puppet.upload(&archive.bytes().unwrap()).await.unwrap();
    puppet.grant(None, &[]).await.unwrap();
}

async fn first(admin: &Admin) -> Puppet {
    let package = version("1.0.0", &quiet()).bytes().unwrap();
    Puppet::install_package(admin, "puppet", &package, &[]).await.unwrap()
}

async fn act(admin: &Admin, puppet: &Puppet, verb: &str) {
    admin.api.post(&puppet.path(verb), &json!({})).await.unwrap().expect(204).unwrap();
}

async fn module(admin: &Admin) -> Value {
    admin.api.get("/modules/product/puppet").await.unwrap().ok().unwrap()
}

/// Services of a product of the puppet's.
async fn services(admin: &Admin, count: usize) -> Vec<String> {
    let id = |reply: Value| reply["id"].as_str().unwrap().to_owned();
    let client = json!({ "email": "ada@example.com", "name": "Ada", "currency": "EUR" });
    let client = id(admin.api.post("/clients", &client).await.unwrap().expect(201).unwrap());
    let product = json!({
        "name": "P", "slug": "p", "module": "product/puppet", "price_minor": 1, "currency": "EUR", "module_data": {},
    });
    let product = id(admin.api.post("/products", &product).await.unwrap().expect(201).unwrap());
    let order = json!({ "client_id": client, "product_id": product, "data": {} });
    let mut services = Vec::new();
    for _ in 0..count {
        services.push(id(admin.api.post("/services", &order).await.unwrap().expect(201).unwrap()));
    }
    services
}

/// Which version serves a service, or the status of the refusal.
async fn serves(admin: &Admin, service: &str) -> Result<String, u16> {
    let reply = admin.api.get(&format!("/services/{service}/tabs/payloads")).await.unwrap();
    match reply.status {
        200 => Ok(reply.body["payloads"][0].as_str().unwrap().to_owned()),
        status => Err(status),
    }
}
