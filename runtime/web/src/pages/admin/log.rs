use axum::response::Response;
use caisson_storage::module_log::{self, LogFilter};
use caisson_types::{ServiceId, TaskId};
use minijinja::context;
use uuid::Uuid;

use super::super::error::PageError;
use super::super::lists::Asked;
use super::super::rows;
use super::super::ui::AdminUi;
use crate::view::data;

const LEVELS: [&str; 4] = ["debug", "info", "warning", "error"];

pub(super) async fn show(ui: AdminUi, asked: Asked) -> Result<Response, PageError> {
    let filter = LogFilter {
        module: asked.module(),
        level: asked.get("level").map(str::to_owned),
        service: asked.parse::<Uuid>("service").map(ServiceId),
        task: asked.parse::<Uuid>("task").map(TaskId),
        call: None,
        action: asked.get("action").map(str::to_owned),
        since: asked.back("since"),
        until: None,
    };
    let found = module_log::page(&mut *ui.app.db().conn().await?, &filter, &asked.page()).await?;
    let mut filters = vec![
        asked.modules(&ui),
        asked.words(&ui, "level", "log-level", "level-", LEVELS),
        asked.times(&ui, "since"),
    ];
    filters.extend(
        asked.given(&ui, [("action", "col-action"), ("service", "col-service"), ("task", "col-task")]),
    );
    let context = context! {
        entries => data(rows::log_entries(&ui.app, &found.items)),
        listing => data(asked.listing("/admin/log", found.total, filters)),
    };
    ui.page("admin/log.html", context).await
}
