use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use caisson_storage::Db;
use caisson_storage::tables::{Insert, Tables, TablesConfig, Value as Cell};
use caisson_types::{ModuleKey, Timestamp};
use serde_json::{Value, json};

use super::Places;
use crate::fakes::{Fault, WatchedSite};
use crate::support::{Api, Panel, until};

pub(super) const MODULE: &str = "plugin/server-monitoring";

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
/// Between two tries of a check.
const EVERY: i64 = 15 * MINUTE;
const DAYS: i64 = 7;

/// Two sites that are watched: one that does well, and one that is down today.
pub struct Monitoring {
    well: WatchedSite,
    down: WatchedSite,
}

/// How a check did at a moment.
struct Tried {
    at: i64,
    ms: Option<i64>,
}

impl Monitoring {
    pub(super) async fn start() -> anyhow::Result<Self> {
        let (well, down) = (WatchedSite::start().await?, WatchedSite::start().await?);
        Ok(Self { well, down })
    }

    pub(super) fn places(&self) -> Places {
        vec![self.well.address(), self.down.address()]
    }

    pub(super) fn settings(&self) -> Value {
        let hosts = [self.well.url(), self.down.url(), self.well.address().to_string()];
        json!({ "hosts": hosts, "fail_after": 2, "recover_after": 2 })
    }

    pub(super) fn describe(&self) -> String {
        format!("{}, {}", self.well.url(), self.down.url())
    }

    /// Has a check made, and waits for its result.
    ///
    /// # Errors
    /// Where the panel refuses.
    pub async fn check(&self, api: &Api) -> anyhow::Result<()> {
        run(api, 1).await
    }

    /// A week of results as the module would have kept them, and one of the sites down since a moment ago.
    pub(super) async fn fill(&self, panel: &Panel, api: &Api) -> anyhow::Result<()> {
        let shop = add(api, "Shop", "http", &self.well.url()).await?;
        let port = add(api, "Shop, port", "tcp", &self.well.address().to_string()).await?;
        let blog = add(api, "Blog", "http", &self.down.url()).await?;
        let db = Db::connect(&panel.database_url(), 1).await?;
        let tables = Arc::new(Tables::new(db.clone(), TablesConfig::default()).await?);
        // The hour that runs is the module's own to write.
        let now = Timestamp::now().0 / HOUR * HOUR;
        for (id, outage) in [(shop, 31), (port, 31), (blog, 140)] {
            remember(&tables, id, now, outage).await?;
        }
        db.close().await;
        self.down.arm(Fault::Status { code: 503, retry_after: None });
        for _ in 0..2 {
            run(api, blog).await?;
        }
        Ok(())
    }
}

async fn add(api: &Api, name: &str, kind: &str, target: &str) -> anyhow::Result<i64> {
    let check = json!({ "name": name, "kind": kind, "target": target, "interval": 5, "timeout": 5 });
    let made = api.post(&format!("/modules/{MODULE}/checks"), &check).await?.expect(201)?;
    let id = made["id"].as_i64().context("a check without an id")?;
    // Once, so that it is known to be up before it is ever down.
    run(api, id).await?;
    Ok(id)
}

/// Has a check tried now, and waits for the result.
async fn run(api: &Api, id: i64) -> anyhow::Result<()> {
    let results = format!("/modules/{MODULE}/checks/{id}/results?limit=1");
    let newest = async || {
        let page = api.get(&results).await.ok()?.ok().ok()?;
        page["items"][0]["at"].as_i64().or(Some(0))
    };
    let before = newest().await.unwrap_or_default();
    api.post(&format!("/modules/{MODULE}/checks/{id}/run"), &json!({})).await?.ok()?;
    let what = format!("a result of check {id}");
    until(Duration::from_secs(60), &what, async || newest().await.filter(|at| *at > before).map(drop)).await
}

/// Response times of a week, with an outage of three quarters of an hour that began so many hours ago.
fn week(now: i64, outage: i64) -> Vec<Tried> {
    let began = now - DAYS * 24 * HOUR;
    let down = (now - outage * HOUR)..(now - outage * HOUR + 3 * EVERY);
    let tried = |step: i64| {
        let at = began + step * EVERY;
        // Slower in the afternoon, and never twice the same.
        let hour = (at / HOUR) % 24;
        let busy = 40 - (hour - 15).abs() * 3;
        Tried { at, ms: (!down.contains(&at)).then_some(90 + busy.max(0) + (step * 37) % 23) }
    };
    (0..DAYS * 24 * HOUR / EVERY).map(tried).collect()
}

async fn remember(tables: &Arc<Tables>, check: i64, now: i64, outage: i64) -> anyhow::Result<()> {
    let module: ModuleKey = MODULE.parse()?;
    let mut session = tables.session(&module);
    let week = week(now, outage);
    let moment = |at: i64| Cell::Timestamp(at.unsigned_abs());
    let results = week.iter().map(|one| {
        let (cause, detail) = if one.ms.is_some() {
            (Cell::Null, Cell::Null)
        } else {
            (Cell::Text("status".to_owned()), Cell::Text("503".to_owned()))
        };
        let ms = one.ms.map_or(Cell::Null, Cell::Integer);
        vec![Cell::Integer(check), moment(one.at), Cell::Boolean(one.ms.is_some()), ms, cause, detail]
    });
    let results: Vec<Vec<Cell>> = results.collect();
    for rows in results.chunks(100) {
        let columns = ["check_id", "at", "ok", "ms", "cause", "detail"];
        session.insert(&insert("results", &columns, rows.to_vec())).await?;
    }
    let hours = week.chunk_by(|a, b| a.at / HOUR == b.at / HOUR).map(|tries| {
        let timed: Vec<i64> = tries.iter().filter_map(|one| one.ms).collect();
        let (count, answered) = (tries.len().cast_signed(), timed.len().cast_signed());
        let began = tries[0].at / HOUR * HOUR;
        vec![
            Cell::Integer(check),
            moment(began),
            Cell::Integer(count as i64),
            Cell::Integer((count - answered) as i64),
            Cell::Integer(answered as i64),
            Cell::Integer(timed.iter().sum()),
        ]
    });
    let columns = ["check_id", "began", "tries", "fails", "timed", "total_ms"];
    session.insert(&insert("hours", &columns, hours.collect())).await?;
    let began = now - outage * HOUR;
    let incident = vec![
        Cell::Integer(check),
        moment(began),
        moment(began + 3 * EVERY),
        Cell::Text("status".to_owned()),
        Cell::Text("503".to_owned()),
        Cell::Integer(1),
        Cell::Integer(1),
        moment(began),
    ];
    let columns = ["check_id", "began_at", "ended_at", "cause", "detail", "alerts", "told", "alert_at"];
    session.insert(&insert("incidents", &columns, vec![incident])).await?;
    Ok(())
}

fn insert(table: &str, columns: &[&str], rows: Vec<Vec<Cell>>) -> Insert {
    let columns = columns.iter().map(|column| (*column).to_owned()).collect();
    Insert { table: table.to_owned(), columns, rows, on_conflict: None }
}
