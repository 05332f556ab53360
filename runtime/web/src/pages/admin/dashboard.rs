use axum::response::Response;
use caisson_storage::services::{self, ServiceFilter};
use caisson_storage::tasks::{self, TaskFilter};
use caisson_storage::{PageQuery, clients, hours, usage};
use caisson_types::{ProvisionStatus, TaskStatus, Timestamp};
use minijinja::context;
use serde_json::{Value, json};

use super::super::error::PageError;
use super::super::rows;
use super::super::ui::AdminUi;
use crate::view::data;

const DAY: std::time::Duration = std::time::Duration::from_secs(24 * 3600);
/// Rows of each list.
const FEW: u64 = 5;

pub(super) async fn show(ui: AdminUi) -> Result<Response, PageError> {
    let app = &ui.app;
    let since = Timestamp::now().before(DAY);
    let mut conn = app.db().conn().await?;
    let failed =
        ServiceFilter { provision_status: Some(ProvisionStatus::Failed), ..ServiceFilter::default() };
    let failed = services::page_contexts(&mut conn, &failed, &PageQuery::first(FEW)).await?;
    let all = services::page(&mut conn, &ServiceFilter::default(), &PageQuery::first(0)).await?.total;
    let clients = clients::page(&mut conn, &PageQuery::first(0)).await?.total;
    let filter = TaskFilter { status: Some(TaskStatus::Failed), ..TaskFilter::default() };
    let failed_tasks = tasks::page(&mut conn, &filter, &PageQuery::first(FEW)).await?.items;
    let failed_tasks = rows::tasks(app, &mut conn, &failed_tasks).await?;
    let activity = hours::of_tasks(&mut conn, since).await?;
    let calls = usage::by_hour(&mut conn, None, since).await?;
    let events = caisson_storage::service_events::newest(&mut conn, 8).await?;
    drop(conn);

    let listed = app.registry().list().await?;
    let waiting = listed.iter().filter(|module| module.versions[0].approved_at.is_none()).map(|module| {
        let (newest, about) = (&module.versions[0], &module.versions[0].manifest.module);
        let waits = if module.active.is_some() { "update" } else { "first" };
        json!({
            "type": module.key.kind().as_str(), "name": module.key.name().as_str(), "title": about.title, "icon": about.icon,
            "version": newest.version.to_string(), "waits": waits,
        })
    });
    let quarantined = listed.iter().filter_map(|module| {
        let about = &module.shown().manifest.module;
        Some(json!({
            "type": module.key.kind().as_str(), "name": module.key.name().as_str(), "title": about.title, "icon": about.icon,
            "reason": module.quarantined.as_ref()?,
        }))
    });
    let counts = json!({
        "services": all,
        "clients": clients,
        "tasks_day": activity.iter().map(|hour| hour.total).sum::<u64>(),
        "calls_day": calls.iter().map(|hour| hour.totals.calls).sum::<u64>(),
    });
    let context = context! {
        counts => data(counts),
        failed_services => data(failed.items.iter().map(|context| rows::service(app, context)).collect::<Vec<_>>()),
        failed_tasks => data(failed_tasks),
        waiting_modules => data(waiting.collect::<Vec<Value>>()),
        quarantined => data(quarantined.collect::<Vec<Value>>()),
        activity => data(rows::day(&activity)),
        recent => data(rows::timeline(&events)),
    };
    ui.page("admin/dashboard.html", context).await
}
