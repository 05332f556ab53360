//! The mailboxes that this module has made, a row each.

use caisson_guest::db::{self, Filter as _, Table};
use caisson_guest::{Result, Service, cache, events, json, log, services};
use serde::{Deserialize, Serialize};

use crate::api::Api;

/// The product form.
#[derive(Serialize, Deserialize)]
pub(crate) struct Package {
    pub(crate) quota_mb: i64,
}

/// What is ordered, and the mailbox that was made of it.
#[derive(Serialize, Deserialize)]
pub(crate) struct Order {
    #[serde(default)]
    pub(crate) address: String,
    #[serde(default)]
    mailbox: Option<String>,
}

/// A row of the module's table.
#[derive(Serialize, Deserialize)]
pub(crate) struct Account {
    pub(crate) address: String,
    pub(crate) quota: i64,
    pub(crate) heard: i64,
}

pub(crate) fn create_table() -> Result<()> {
    db::schema::create("accounts", |table| {
        table.id();
        table.uuid("service").unique();
        table.varchar("address", 120);
        table.integer("quota").default(0);
        table.integer("heard").default(0);
        table.timestamps();
    })
}

pub(crate) fn accounts() -> Table {
    db::table("accounts")
}

/// The service's row.
pub(crate) fn of(service: &Service) -> Table {
    accounts().filter("service", &service.id)
}

pub(crate) fn address(service: &Service) -> Result<String> {
    service.service_data::<Order>().map(|order| order.address)
}

/// Makes the mailbox; one that is there already was made by an earlier try.
pub(crate) fn create(service: &Service) -> Result<()> {
    let (address, package) = (address(service)?, service.product_data::<Package>()?);
    Api::connect()?.create(&address, package.quota_mb)?;
    let row = json!({ "service": service.id, "address": address, "quota": package.quota_mb });
    accounts().upsert(&row, &["service"])?;
    services::set_data(&service.id, &json!({ "mailbox": address }))?;
    events::dispatch("created", &json!({ "service": service.id, "address": address }))?;
    cache::set("last", &address, 60, &[])?;
    log::info("mailbox", &address, "made");
    Ok(())
}
