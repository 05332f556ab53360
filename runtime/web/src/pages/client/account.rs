use axum::http::StatusCode;
use axum::response::Response;
use caisson_storage::audit;
use caisson_storage::clients::{self, Client};
use caisson_storage::sessions::Principal;
use caisson_types::{FieldError, Phone};
use minijinja::{Value as ViewValue, context};
use serde_json::json;

use super::super::account::{read_password, read_profile, renew_sessions};
use super::super::error::PageError;
use super::super::guard::Form;
use super::super::rows;
use super::super::ui::ClientUi;
use crate::view::data;

pub(super) async fn show(ui: ClientUi) -> Result<Response, PageError> {
    page(&ui, StatusCode::OK, values(&ui), &[]).await
}

fn values(ui: &ClientUi) -> ViewValue {
    let Client { name, phone, locale, .. } = &ui.client;
    context! { name => name.as_str(), phone => phone.as_ref().map(Phone::as_str), locale => locale.as_str() }
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
    let profile = match read_profile(&form) {
        Ok(profile) => profile,
        Err(errors) => {
            let typed = ["name", "phone", "locale"].map(|field| (field, form.text(field)));
            let typed = typed.into_iter().collect::<ViewValue>();
            return page(&ui, StatusCode::UNPROCESSABLE_ENTITY, typed, &errors).await;
        }
    };
    let client =
        Client { name: profile.name, phone: profile.phone, locale: profile.locale, ..ui.client.clone() };
    clients::update(&mut *ui.app.db().conn().await?, &client).await?;
    ui.done("/client/account", "done-saved").await
}

pub(super) async fn password(ui: ClientUi, form: Form) -> Result<Response, PageError> {
    let hash = match read_password(&ui, &form, ui.client.password_hash.clone()).await? {
        Ok(hash) => hash,
        Err(errors) => {
            return page(&ui, StatusCode::UNPROCESSABLE_ENTITY, values(&ui), &errors).await;
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
