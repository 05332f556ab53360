use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use caisson_registry::NewPublisher;
use caisson_storage::publishers::Publisher;
use caisson_types::FieldError;
use minijinja::{Value as ViewValue, context};
use serde_json::{Value, json};
use uuid::Uuid;

use super::super::error::{PageError, field_errors};
use super::super::guard::Form;
use super::super::rows;
use super::super::ui::AdminUi;
use crate::view::data;

pub(super) async fn list(ui: AdminUi) -> Result<Response, PageError> {
    let values = context! { name => "", key => "", modules => "" };
    show(&ui, StatusCode::OK, values, &[]).await
}

async fn show(
    ui: &AdminUi,
    status: StatusCode,
    values: ViewValue,
    errors: &[FieldError],
) -> Result<Response, PageError> {
    let row = |publisher: &Publisher| {
        json!({
            "id": publisher.id, "name": publisher.name, "key_id": publisher.key_id,
            "public_key": publisher.public_key, "modules": publisher.modules.words(),
            "added_by": publisher.added_by, "added_at": publisher.added_at.0,
            "revoked_by": publisher.revoked_by, "revoked_at": publisher.revoked_at.map(|at| at.0),
        })
    };
    let rows: Vec<Value> = ui.app.registry().publishers().await?.iter().map(row).collect();
    let context = context! { publishers => data(rows), values, errors => data(rows::errors(errors)) };
    ui.page_with(status, "admin/publishers.html", context).await
}

pub(super) async fn add(ui: AdminUi, form: Form) -> Result<Response, PageError> {
    let (name, key, modules) = (form.text("name"), form.text("key"), form.text("modules"));
    let words = modules.split([',', ' ', '\n', '\r', '\t']).filter(|word| !word.is_empty());
    let new = NewPublisher {
        name: name.to_owned(),
        key: key.to_owned(),
        modules: words.map(str::to_owned).collect(),
    };
    match ui.app.registry().add_publisher(new, ui.actor()).await {
        Ok(_) => ui.done("/admin/publishers", "done-trusted").await,
        Err(error) => {
            let values = context! { name, key, modules };
            show(&ui, StatusCode::UNPROCESSABLE_ENTITY, values, &field_errors(error)?).await
        }
    }
}

pub(super) async fn revoke(ui: AdminUi, Path(id): Path<Uuid>, _: Form) -> Result<Response, PageError> {
    ui.app.registry().revoke_publisher(&id.to_string(), ui.actor()).await?;
    ui.done("/admin/publishers", "done-distrusted").await
}
