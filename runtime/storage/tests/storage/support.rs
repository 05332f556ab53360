//! Rows to begin with, and waiting for a condition.

use std::time::Duration;

use caisson_storage::admins::Admin;
use caisson_storage::clients::Client;
use caisson_storage::modules::Version;
use caisson_storage::products::Product;
use caisson_storage::services::Service;
use caisson_storage::tasks::NewTask;
use caisson_storage::{Conn, clients, modules, products, services};
use caisson_types::{
    AdminId, BillingStatus, ClientId, ModuleKey, ProductId, ProvisionStatus, Secret, ServiceId, Timestamp,
    VersionId,
};
use serde_json::json;

pub(crate) fn key(text: &str) -> ModuleKey {
    text.parse().unwrap()
}

pub(crate) fn admin(email: &str) -> Admin {
    Admin {
        id: AdminId::new(),
        email: email.to_owned(),
        name: "Ada".to_owned(),
        phone: None,
        password_hash: Secret::new("$argon2id$".to_owned()),
        locale: "en".to_owned(),
        created_at: Timestamp(1_000),
    }
}

pub(crate) fn client(email: &str, name: &str) -> Client {
    Client {
        id: ClientId::new(),
        email: email.to_owned(),
        name: name.to_owned(),
        phone: None,
        password_hash: None,
        locale: "en".to_owned(),
        currency: "EUR".parse().unwrap(),
        created_at: Timestamp(1_000),
    }
}

pub(crate) fn version(module: &str, version: &str) -> Version {
    Version {
        id: VersionId::new(),
        key: key(module),
        version: version.parse().unwrap(),
        digest: "d".repeat(64),
        manifest: "name = \"x\"".to_owned(),
        installed_at: Timestamp(2_000),
        approved_at: None,
        approved_by: None,
    }
}

pub(crate) fn product(slug: &str, module: &str) -> Product {
    Product {
        id: ProductId::new(),
        slug: slug.parse().unwrap(),
        name: "Zone".to_owned(),
        description: String::new(),
        module: key(module),
        module_data: json!({ "records": 10 }),
        hidden: true,
        price_minor: 1_250,
        currency: "EUR".parse().unwrap(),
        stock: None,
        created_at: Timestamp(3_000),
        updated_at: Timestamp(3_000),
    }
}

pub(crate) fn service(client: ClientId, product: ProductId, module: &str) -> Service {
    Service {
        id: ServiceId::new(),
        client_id: client,
        product_id: product,
        module: key(module),
        billing_status: BillingStatus::Active,
        provision_status: ProvisionStatus::Pending,
        status_message: None,
        data: json!({ "zone": "example.org" }),
        sealed: Some(vec![0, 1, 255]),
        created_at: Timestamp(4_000),
        updated_at: Timestamp(4_000),
    }
}

/// A client, a module, a product of it and a service.
pub(crate) async fn service_with_all(conn: &mut Conn) -> Service {
    let client = client("c@example.org", "Carl Client");
    let product = product("zone", "product/powerdns");
    clients::insert(conn, &client).await.unwrap();
    modules::insert_version(conn, &version("product/powerdns", "1.0.0")).await.unwrap();
    products::insert(conn, &product).await.unwrap();
    let service = service(client.id, product.id, "product/powerdns");
    services::insert(conn, &service).await.unwrap();
    service
}

/// A task that is due.
pub(crate) fn task(module: &str) -> NewTask {
    let mut task = NewTask::new(key(module), VersionId::new(), "create");
    task.run_at = Timestamp(0);
    task
}

pub(crate) const LEASE: Duration = Duration::from_secs(20);

/// Polls until `done` says so.
pub(crate) async fn eventually(what: &str, mut done: impl AsyncFnMut() -> bool) {
    let deadline = tokio::time::Instant::now() + Duration::from_secs(30);
    while !done().await {
        assert!(tokio::time::Instant::now() < deadline, "{what} did not happen within 30 s");
        tokio::task::yield_now().await;
    }
}
