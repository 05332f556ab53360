use axum::http::StatusCode;
use axum::response::Response;
use caisson_storage::audit;
use caisson_storage::clients::{self, Client};
use caisson_storage::sessions::Principal;
use caisson_types::FieldError;
use minijinja::{Value as ViewValue, context};
use serde_json::json;

use super::super::account::{check_profile, read_password, renew_sessions};
use super::super::error::PageError;
use super::super::guard::Form;
use super::super::rows;
use super::super::ui::ClientUi;
use crate::view::data;

pub(super) async fn show(ui: ClientUi) -> Result<Response, PageError> {
    let values = context! { name => ui.client.name.as_str(), locale => ui.client.locale.as_str() };
    page(&ui, StatusCode::OK, values, &[]).await
}

async fn page(
    ui: &ClientUi,
    status: StatusCode,
    values: ViewValue,
    errors: &[FieldError],
) -> Result<Response, PageError> {
    let client = &ui.client;
    let shown = json!({
        "name": client.name, "email": client.email, "locale": client.locale,
        "currency": client.currency.as_str(), "created_at": client.created_at.0,
    });
    let context = context! { client => data(shown), values, errors => data(rows::errors(errors)) };
    ui.page_with(status, "client/account.html", context).await
}

pub(super) async fn save(ui: ClientUi, form: Form) -> Result<Response, PageError> {
    let (name, locale) = (form.text("name"), form.text("locale"));
    let errors = check_profile(name, locale);
    if !errors.is_empty() {
        return page(&ui, StatusCode::UNPROCESSABLE_ENTITY, context! { name, locale }, &errors).await;
    }
    let client = Client { name: name.to_owned(), locale: locale.to_owned(), ..ui.client.clone() };
    clients::update(&mut *ui.app.db().conn().await?, &client).await?;
    ui.done("/client/account", "done-saved").await
}

pub(super) async fn password(ui: ClientUi, form: Form) -> Result<Response, PageError> {
    let hash = match read_password(&ui, &form, ui.client.password_hash.clone()).await? {
        Ok(hash) => hash,
        Err(errors) => {
            let values = context! { name => ui.client.name.as_str(), locale => ui.client.locale.as_str() };
            return page(&ui, StatusCode::UNPROCESSABLE_ENTITY, values, &errors).await;
        }
    };
    let mut tx = ui.app.db().begin().await?;
    clients::set_password(&mut tx, ui.client.id, &hash).await?;
    let cookie = renew_sessions(&ui, &mut tx, Principal::Client(ui.client.id)).await?;
    let email = &ui.client.email;
    audit::append(&mut tx, email, "client.password", &ui.client.id.to_string(), &json!({})).await?;
    tx.commit().await?;
    Ok(cookie.put(ui.go("/client/account")))
}
