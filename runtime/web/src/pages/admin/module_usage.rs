//! Tabs of a module's page about what it did: overview, permissions and calls.

use std::time::Duration;

use axum::extract::Path;
use axum::response::Response;
use caisson_registry::{DeniedLine, GrantLine, Listed};
use caisson_storage::calls::{self, CallFilter};
use caisson_storage::services;
use caisson_storage::usage::{self, HourTotals, Totals};
use caisson_types::manifest::GrantId;
use caisson_types::{ModuleKey, ServiceId, TaskId, Timestamp};
use minijinja::{Value as ViewValue, context};
use serde_json::{Value, json};

use super::super::error::PageError;
use super::super::guard::Form;
use super::super::lists::Asked;
use super::super::rows;
use super::super::ui::AdminUi;
use super::modules::{adds, base, key};
use crate::view::{FilterOption, data};

const HOUR: Duration = Duration::from_secs(3_600);
/// A grant that nobody used for so long might as well be taken away.
const UNUSED_DAYS: u32 = 30;
const OUTCOMES: [&str; 5] = ["ok", "problem", "trapped", "exhausted", "host-error"];

pub(super) async fn overview(ui: &AdminUi, module: &Listed) -> Result<ViewValue, PageError> {
    let mut conn = ui.app.db().conn().await?;
    let services = services::count_of_module(&mut conn, &module.key).await?;
    let day = usage::by_hour(&mut conn, Some(&module.key), Timestamp::now().before(HOUR * 23)).await?;
    drop(conn);
    let mut total = Totals::default();
    day.iter().for_each(|hour| total.add(&hour.totals));
    let stats = json!({
        "services": services, "calls_day": total.calls, "failed_day": total.failed,
        "p50_us": total.times.quantile(0.5), "p99_us": total.times.quantile(0.99), "cpu_us": total.cpu_us,
        "bytes_out": total.bytes_out, "bytes_in": total.bytes_in,
    });
    let charts = (!day.is_empty()).then(|| charts(&day));
    Ok(
        context! { stats => data(stats), adds => data(adds(&module.shown().manifest)), charts => data(charts) },
    )
}

/// The last 24 hours, oldest first.
fn charts(day: &[HourTotals]) -> Value {
    let none = Totals::default();
    let hours: Vec<(String, &Totals)> = rows::last_day()
        .map(|(at, label)| (label, day.iter().find(|hour| hour.at == at).map_or(&none, |hour| &hour.totals)))
        .collect();
    let calls =
        hours.iter().map(|(label, of)| json!({ "label": label, "value": of.calls, "bad": of.failed }));
    let cpu = hours.iter().map(|(label, of)| json!({ "label": label, "value": of.cpu_us, "bad": 0 }));
    let bytes = hours
        .iter()
        .map(|(label, of)| json!({ "label": label, "value": of.bytes_out + of.bytes_in, "bad": 0 }));
    let times = hours.iter().map(
        |(label, of)| json!({ "label": label, "values": [of.times.quantile(0.5), of.times.quantile(0.99)] }),
    );
    json!({
        "calls": calls.collect::<Value>(), "cpu": cpu.collect::<Value>(), "bytes": bytes.collect::<Value>(),
        "times": times.collect::<Value>(),
    })
}

pub(super) async fn permissions(ui: &AdminUi, key: &ModuleKey) -> Result<ViewValue, PageError> {
    let report = ui.app.registry().grants_report(key, UNUSED_DAYS).await?;
    let asked: Vec<Value> = report.grants.iter().map(grant).collect();
    let unused: Vec<Value> = report.grants.iter().filter(|line| line.unused).map(grant).collect();
    let denied: Vec<Value> = report.denied.iter().map(denial).collect();
    Ok(context! {
        asked => data(asked), unused => data(unused), denied => data(denied), unused_days => report.unused_days,
    })
}

fn grant(line: &GrantLine) -> Value {
    json!({
        "id": line.request.id.0, "risk": line.request.risk.as_str(), "sentence": line.request.sentence,
        "reason": line.request.reason, "new": false, "used": line.granted.then_some(line.uses),
        "granted": line.granted, "last_used_at": line.last_used_at.map(|at| at.0),
        "granted_at": line.granted_at.map(|at| at.0),
    })
}

fn denial(line: &DeniedLine) -> Value {
    json!({
        "line": line.line, "denials": line.denials, "last_at": line.last_at.0, "call_id": line.call,
        "asked": line.asked, "granted": line.granted,
    })
}

/// Takes grants away that nobody used.
pub(super) async fn narrow(
    ui: AdminUi,
    Path((kind, name)): Path<(String, String)>,
    form: Form,
) -> Result<Response, PageError> {
    let key = key(&kind, &name)?;
    let taken: Vec<GrantId> = form.all("grants").map(|grant| GrantId(grant.to_owned())).collect();
    let narrowed = ui.app.registry().narrow(&key, &taken, ui.actor()).await;
    ui.outcome(&format!("{}?tab=permissions", base(&key)), "done-narrowed", narrowed).await
}

pub(super) async fn calls(ui: &AdminUi, key: &ModuleKey, query: &Asked) -> Result<ViewValue, PageError> {
    let back = query.back("since");
    let filter = CallFilter {
        module: Some(key.clone()),
        version: None,
        export: query.get("export").map(str::to_owned),
        outcome: query.get("outcome").map(str::to_owned),
        service: query.parse("service").map(ServiceId),
        task: query.parse("task").map(TaskId),
        request: query.parse("request"),
        since: back,
        until: None,
        slower_than_us: query.parse::<u64>("slower").map(|ms| ms.saturating_mul(1_000)),
        denied: query.get("denied").is_some(),
    };
    let found = calls::page(&mut *ui.app.db().conn().await?, &filter, &query.page()).await?;
    let option = |value: &str, label: String| FilterOption { value: value.to_owned(), label };
    let slower = ["100", "1000", "10000"].map(|ms| option(ms, ui.t("calls-slower-than", &[("ms", ms)])));
    let denied = vec![option("1", ui.t("calls-with-denied", &[]))];
    let mut filters = vec![
        query.words(ui, "outcome", "col-outcome", "status-", OUTCOMES),
        query.times(ui, "since"),
        query.filter("slower", ui.t("calls-duration", &[]), slower.into()),
        query.filter("denied", ui.t("calls-denied", &[]), denied),
    ];
    filters.extend(query.given(
        ui,
        [
            ("export", "col-function"),
            ("service", "col-service"),
            ("task", "col-task"),
            ("request", "col-request"),
        ],
    ));
    Ok(context! {
        calls => data(found.items.iter().map(rows::call).collect::<Vec<_>>()),
        listing => data(query.listing(&format!("{}?tab=calls", base(key)), found.total, filters)),
    })
}
