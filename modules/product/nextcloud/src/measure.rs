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
    let (count, users) = Ocs::at(&server).users(page.offset, limit)?;
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
    let points: Vec<Value> =
        (first..=today).map(|day| json!({ "label": date(day), "value": used.get(&day) })).collect();
    let last = rows.last();
    Ok(json!({
        "points": points,
        "days": rows.len(),
        "used": last.map(|row| row.used),
        "quota": last.and_then(|row| row.quota),
        "most": rows.iter().map(|row| row.used).max(),
    }))
}

/// `2026-11-22`, of a count of days since 1970: by eras of 400 years, which begin in March so that leap days come last.
fn date(days: u64) -> String {
    let days = days + 719_468;
    let (era, day) = (days / 146_097, days % 146_097);
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let (month, later) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
    format!("{:04}-{month:02}-{day:02}", era * 400 + year + later)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_have_dates() {
        for (days, text) in
            [(0, "1970-01-01"), (59, "1970-03-01"), (11_016, "2000-02-29"), (20_779, "2026-11-22")]
        {
            assert_eq!(date(days), text);
        }
    }
}
