use std::sync::Arc;

use anyhow::Context as _;
use caisson_storage::Db;
use caisson_storage::tables::{Insert, Tables, TablesConfig, Value as Cell};
use caisson_types::Timestamp;
use serde_json::{Value, json};

use super::{Places, Shop};
use crate::fakes::{CLOUD_ADMIN, Nextcloud};
use crate::support::Panel;

pub(super) const MODULE: &str = "product/nextcloud";

const DAY: i64 = 24 * 3_600_000;
const MB: i64 = 1 << 20;

/// Two Nextcloud servers of one group.
pub struct Nextclouds {
    pub servers: [Nextcloud; 2],
}

impl Nextclouds {
    pub(super) async fn start() -> anyhow::Result<Self> {
        Ok(Self { servers: [Nextcloud::start().await?, Nextcloud::start().await?] })
    }

    pub(super) fn places(&self) -> Places {
        self.servers.iter().map(|one| one.address()).collect()
    }

    pub(super) fn settings(&self) -> Value {
        json!({ "hosts": self.servers.each_ref().map(|one| one.url()) })
    }

    /// An account with a month of statistics, which is given back, and one that is suspended, on servers of a group.
    pub(super) async fn fill(
        &self,
        panel: &Panel,
        shop: &Shop<'_>,
        client: &str,
        other: &str,
    ) -> anyhow::Result<String> {
        let at = |resource: &str| format!("/modules/{MODULE}/{resource}");
        shop.api.post(&at("groups"), &json!({ "name": "Europe" })).await?.expect(201)?;
        for (server, (name, seats)) in self.servers.iter().zip([("cloud1", 3), ("cloud2", 20)]) {
            let server = json!({
                "name": name, "group": "Europe", "address": server.url(), "user": CLOUD_ADMIN,
                "password": server.password(), "max_accounts": seats,
            });
            shop.api.post(&at("servers"), &server).await?.expect(201)?;
        }
        let data = json!({ "group": "Europe", "quota": "5 GB" });
        let product = shop.product(MODULE, "Nextcloud 5 GB", data, 400).await?;
        let account = shop.service(client, &product, &json!({})).await?;
        shop.verb(&account, "create", "completed", &Value::Null).await?;
        let shown = shop.api.get(&format!("/services/{account}")).await?.expect(200)?;
        let name = shown["data"]["username"].as_str().context("an account without a name")?;
        let month = month();
        for server in &self.servers {
            server.store(name, month.last().map_or(0, |(_, used)| used.unsigned_abs()));
        }
        remember(panel, &account, month).await?;
        let suspended = shop.service(other, &product, &json!({})).await?;
        shop.verb(&suspended, "create", "completed", &Value::Null).await?;
        shop.verb(&suspended, "suspend", "suspended", &Value::Null).await?;
        Ok(account)
    }

    pub(super) fn describe(&self) -> String {
        self.servers
            .each_ref()
            .map(|one| format!("{}  {CLOUD_ADMIN}  {}", one.url(), one.password()))
            .join("  ")
    }
}

/// Days of the last month and what was stored by then: more each day, but for a tidying up in between.
fn month() -> Vec<(i64, i64)> {
    let today = Timestamp::now().0 / DAY * DAY;
    let used = |day: i64| (400 + day * 95 + (day * 53) % 70 - if day > 18 { 620 } else { 0 }) * MB;
    (0..30).map(|day| (today - (29 - day) * DAY, used(day))).collect()
}

async fn remember(panel: &Panel, service: &str, month: Vec<(i64, i64)>) -> anyhow::Result<()> {
    let db = Db::connect(&panel.database_url(), 1).await?;
    let tables = Arc::new(Tables::new(db.clone(), TablesConfig::default()).await?);
    let row = |(day, used): (i64, i64)| {
        vec![
            Cell::Uuid(service.to_owned()),
            Cell::Timestamp(day.unsigned_abs()),
            Cell::Integer(used),
            Cell::Integer(5 * 1024 * MB),
        ]
    };
    let insert = Insert {
        table: "measures".to_owned(),
        columns: ["service_uuid", "day", "used", "quota"].map(str::to_owned).to_vec(),
        rows: month.into_iter().map(row).collect(),
        on_conflict: None,
    };
    tables.session(&MODULE.parse()?).insert(&insert).await?;
    db.close().await;
    Ok(())
}
