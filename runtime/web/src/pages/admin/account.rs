use axum::http::StatusCode;
use axum::response::Response;
use caisson_storage::admins::{self, Admin};
use caisson_storage::audit;
use caisson_storage::sessions::Principal;
use caisson_types::{FieldError, Phone};
use minijinja::{Value as ViewValue, context};
use serde_json::json;

use super::super::account::{read_password, read_profile, renew_sessions};
use super::super::error::PageError;
use super::super::guard::Form;
use super::super::rows;
use super::super::ui::AdminUi;
use crate::view::data;

pub(super) async fn show(ui: AdminUi) -> Result<Response, PageError> {
    page(&ui, StatusCode::OK, values(&ui), &[]).await
}

fn values(ui: &AdminUi) -> ViewValue {
    let Admin { name, phone, locale, .. } = &ui.admin;
    context! { name => name.as_str(), phone => phone.as_ref().map(Phone::as_str), locale => locale.as_str() }
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
    let profile = match read_profile(&form) {
        Ok(profile) => profile,
        Err(errors) => {
            let typed = ["name", "phone", "locale"].map(|field| (field, form.text(field)));
            let typed = typed.into_iter().collect::<ViewValue>();
            return page(&ui, StatusCode::UNPROCESSABLE_ENTITY, typed, &errors).await;
        }
    };
    let admin =
        Admin { name: profile.name, phone: profile.phone, locale: profile.locale, ..ui.admin.clone() };
    admins::update(&mut *ui.app.db().conn().await?, &admin).await?;
    ui.done("/admin/account", "done-saved").await
}

pub(super) async fn password(ui: AdminUi, form: Form) -> Result<Response, PageError> {
    let hash = match read_password(&ui, &form, Some(ui.admin.password_hash.clone())).await? {
        Ok(hash) => hash,
        Err(errors) => {
            return page(&ui, StatusCode::UNPROCESSABLE_ENTITY, values(&ui), &errors).await;
        }
    };
    let mut tx = ui.app.db().begin().await?;
    admins::set_password(&mut tx, ui.admin.id, &hash).await?;
    let cookie = renew_sessions(&ui, &mut tx, Principal::Admin(ui.admin.id)).await?;
    audit::append(&mut tx, ui.actor(), "admin.password", &ui.admin.id.to_string(), &json!({})).await?;
    tx.commit().await?;
    Ok(cookie.put(ui.go("/admin/account")))
}
