//! How much of their quota accounts use: measured hourly, kept for each day.

use std::collections::HashMap;

use caisson_guest::db::{self, Filter as _};
use caisson_guest::{Data, Job, Result, Value, config, json, tasks, time};
use serde::{Deserialize, Serialize};

use crate::fleet;
use crate::ocs::Ocs;

const DAY: u64 = 24 * 3_600_000;

/// Days that the chart shows.
const SHOWN: u64 = 30;

/// A page of one server's accounts.
#[derive(Serialize, Deserialize)]
pub(crate) struct Page {
    server: String,
    offset: u64,
}

impl Page {
    fn queue(&self, delay: u32) -> Result<()> {
        let key = format!("measure:{}:{}", self.server, self.offset);
        let task = tasks::add("measure-server").payload(self).unique(key).delay(delay);
        task.tag("measure").tries(3).backoff(60).queue().map(drop)
    }
}

/// Queues a task for each server with accounts, one a second, and lets go of old days.
pub(crate) fn start() -> Result<Data> {
    let keep: u64 = config::get("keep_days")?.unwrap_or(90);
    let old = time::now().saturating_sub(keep.max(SHOWN) * DAY);
    let deleted = db::table("measures").filter_by("day", db::Lt, old).delete()?;
    let servers: Vec<String> =
        db::table("accounts").distinct().order_by("server_uuid").pluck("server_uuid")?;
    for (delay, server) in (0..).zip(&servers) {
        Page { server: server.clone(), offset: 0 }.queue(delay)?;
    }
    Data::new(&json!({ "servers": servers.len(), "deleted": deleted }))
}

/// Measures a page of accounts, and queues the next one where there may be more.
pub(crate) fn server(job: &Job) -> Result<Data> {
    #[derive(Deserialize)]
    struct Account {
        service_uuid: String,
        username: String,
    }
    let page: Page = job.payload()?;
    let limit: u64 = config::get("measure_page")?.unwrap_or(100);
    let Some(server) = fleet::server(&page.server)? else { return Data::new(&json!({ "gone": true })) };
    let (count, users) = Ocs::at(&server)?.users(page.offset, limit)?;
    let accounts: Vec<Account> = db::table("accounts")
        .filter("server_uuid", &server.uuid)
        .filter_in("username", users.keys().map(String::as_str))
        .get()?;
    let now = time::now();
    let day = now - now % DAY;
    let measured: Vec<Value> = accounts
        .iter()
        .filter_map(|account| Some((account, users.get(&account.username)?)))
        .map(|(account, user)| {
            json!({ "service_uuid": account.service_uuid, "day": day, "used": user.used(), "quota": user.quota() })
        })
        .collect();
    let services = accounts.iter().map(|account| account.service_uuid.as_str());
    db::transaction(|| {
        // The last measure of a day stands for it.
        db::table("measures").filter("day", day).filter_in("service_uuid", services).delete()?;
        db::table("measures").insert_many(&measured)
    })?;
    if count as u64 >= limit {
        Page { offset: page.offset + limit, ..page }.queue(1)?;
    }
    Data::new(&json!({ "measured": measured.len() }))
}

/// What the statistics show: a point for each of the last days, without a value where nothing was measured.
pub(crate) fn statistics(service: &str) -> Result<Value> {
    #[derive(Deserialize)]
    struct Row {
        day: u64,
        used: u64,
        quota: Option<u64>,
    }
    let today = time::now() / DAY;
    let first = today.saturating_sub(SHOWN - 1);
    let rows: Vec<Row> = db::table("measures")
        .filter("service_uuid", service)
        .filter_by("day", db::Ge, first * DAY)
        .order_by("day")
        .get()?;
    let used: HashMap<u64, u64> = rows.iter().map(|row| (row.day / DAY, row.used)).collect();
    // By noon, so that it is the same day wherever it is read.
    let point = |day: u64| json!({ "at": day * DAY + DAY / 2, "value": used.get(&day) });
    let points: Vec<Value> = (first..=today).map(point).collect();
    let last = rows.last();
    Ok(json!({
        "points": points,
        "days": rows.len(),
        "used": last.map(|row| row.used),
        "quota": last.and_then(|row| row.quota),
        "most": rows.iter().map(|row| row.used).max(),
    }))
}
