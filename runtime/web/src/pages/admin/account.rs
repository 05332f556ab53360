use axum::http::StatusCode;
use axum::response::Response;
use caisson_storage::admins::{self, Admin};
use caisson_storage::audit;
use caisson_storage::sessions::Principal;
use caisson_types::FieldError;
use minijinja::{Value as ViewValue, context};
use serde_json::json;

use super::super::account::{check_profile, read_password, renew_sessions};
use super::super::error::PageError;
use super::super::guard::Form;
use super::super::rows;
use super::super::ui::AdminUi;
use crate::view::data;

pub(super) async fn show(ui: AdminUi) -> Result<Response, PageError> {
    let values = context! { name => ui.admin.name.as_str(), locale => ui.admin.locale.as_str() };
    page(&ui, StatusCode::OK, values, &[]).await
}

async fn page(
    ui: &AdminUi,
    status: StatusCode,
    values: ViewValue,
    errors: &[FieldError],
) -> Result<Response, PageError> {
    let admin = &ui.admin;
    let shown = json!({ "name": admin.name, "email": admin.email, "created_at": admin.created_at.0 });
    let context = context! { admin => data(shown), values, errors => data(rows::errors(errors)) };
    ui.page_with(status, "admin/account.html", context).await
}

pub(super) async fn save(ui: AdminUi, form: Form) -> Result<Response, PageError> {
    let (name, locale) = (form.text("name"), form.text("locale"));
    let errors = check_profile(name, locale);
    if !errors.is_empty() {
        return page(&ui, StatusCode::UNPROCESSABLE_ENTITY, context! { name, locale }, &errors).await;
    }
    let admin = Admin { name: name.to_owned(), locale: locale.to_owned(), ..ui.admin.clone() };
    admins::update(&mut *ui.app.db().conn().await?, &admin).await?;
    ui.done("/admin/account", "done-saved").await
}

pub(super) async fn password(ui: AdminUi, form: Form) -> Result<Response, PageError> {
    let hash = match read_password(&ui, &form, Some(ui.admin.password_hash.clone())).await? {
        Ok(hash) => hash,
        Err(errors) => {
            let values = context! { name => ui.admin.name.as_str(), locale => ui.admin.locale.as_str() };
            return page(&ui, StatusCode::UNPROCESSABLE_ENTITY, values, &errors).await;
        }
    };
    let mut tx = ui.app.db().begin().await?;
    admins::set_password(&mut tx, ui.admin.id, &hash).await?;
    let cookie = renew_sessions(&ui, &mut tx, Principal::Admin(ui.admin.id)).await?;
    audit::append(&mut tx, ui.actor(), "admin.password", &ui.admin.id.to_string(), &json!({})).await?;
    tx.commit().await?;
    Ok(cookie.put(ui.go("/admin/account")))
}
