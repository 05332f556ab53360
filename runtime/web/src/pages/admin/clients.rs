use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use caisson_billing::NewClient;
use caisson_storage::PageQuery;
use caisson_storage::clients::Client;
use caisson_storage::services::{self, ServiceFilter};
use caisson_types::{ClientId, FieldError, Secret};
use minijinja::context;
use serde_json::{Value, json};
use uuid::Uuid;

use super::super::error::{PageError, field_errors};
use super::super::forms::currencies;
use super::super::guard::Form;
use super::super::lists::Asked;
use super::super::rows;
use super::super::ui::AdminUi;
use crate::ApiError;
use crate::auth::hash_password;
use crate::view::data;

pub(super) async fn list(ui: AdminUi, asked: Asked) -> Result<Response, PageError> {
    let page = ui.app.billing().clients(&asked.page()).await?;
    let ids: Vec<ClientId> = page.items.iter().map(|client| client.id).collect();
    let counts = services::counts_of_clients(&mut *ui.app.db().conn().await?, &ids).await?;
    let row = |client: &Client| row(client, counts.get(&client.id).copied().unwrap_or_default());
    let context = context! {
        clients => data(page.items.iter().map(row).collect::<Vec<_>>()),
        listing => data(asked.listing("/admin/clients", page.total, Vec::new())),
    };
    ui.page("admin/clients/list.html", context).await
}

fn row(client: &Client, services: u64) -> Value {
    json!({
        "id": client.id, "name": client.name, "email": client.email, "phone": client.phone, "locale": client.locale,
        "currency": client.currency.as_str(), "services": services, "can_login": client.password_hash.is_some(),
        "created_at": client.created_at.0,
    })
}

pub(super) async fn show(ui: AdminUi, Path(id): Path<Uuid>) -> Result<Response, PageError> {
    let client = ui.app.billing().client(ClientId(id)).await?;
    let filter = ServiceFilter { client: Some(client.id), ..ServiceFilter::default() };
    let mut conn = ui.app.db().conn().await?;
    let found = services::page_contexts(&mut conn, &filter, &PageQuery::first(100)).await?;
    drop(conn);
    let context = context! {
        client => data(row(&client, found.total)),
        services => data(found.items.iter().map(|context| rows::service(&ui.app, context)).collect::<Vec<_>>()),
    };
    ui.page("admin/clients/show.html", context).await
}

pub(super) async fn new(ui: AdminUi) -> Result<Response, PageError> {
    let values = json!({ "name": "", "email": "", "phone": null, "locale": ui.locale(), "currency": "EUR" });
    show_form(&ui, StatusCode::OK, None, values, &[]).await
}

pub(super) async fn edit(ui: AdminUi, Path(id): Path<Uuid>) -> Result<Response, PageError> {
    let client = ui.app.billing().client(ClientId(id)).await?;
    let values = row(&client, 0);
    show_form(&ui, StatusCode::OK, Some(&client), values, &[]).await
}

async fn show_form(
    ui: &AdminUi,
    status: StatusCode,
    client: Option<&Client>,
    values: Value,
    errors: &[FieldError],
) -> Result<Response, PageError> {
    let context = context! {
        client => client.map(|client| data(json!({ "id": client.id, "name": client.name }))),
        values => data(values),
        currencies => data(currencies()),
        errors => data(rows::errors(errors)),
    };
    ui.page_with(status, "admin/clients/form.html", context).await
}

/// What the form says. The password is hashed where there is one.
async fn read(form: &Form) -> Result<NewClient, PageError> {
    let password_hash = match form.raw("password") {
        "" => None,
        password => {
            let hash = hash_password(Secret::new(password.to_owned())).await;
            Some(hash.map_err(|error| ApiError::field("password", error.to_string()))?)
        }
    };
    Ok(NewClient {
        email: form.text("email").to_owned(),
        name: form.text("name").to_owned(),
        phone: form.text("phone").to_owned(),
        password_hash,
        locale: form.text("locale").to_owned(),
        currency: form.text("currency").to_owned(),
    })
}

fn typed(form: &Form) -> Value {
    json!({
        "name": form.text("name"), "email": form.text("email"), "phone": form.text("phone"), "locale": form.text("locale"),
        "currency": form.text("currency"),
    })
}

pub(super) async fn create(ui: AdminUi, form: Form) -> Result<Response, PageError> {
    let created = match read(&form).await {
        Ok(new) => ui.app.billing().create_client(new, ui.actor()).await.map_err(PageError::from),
        Err(error) => Err(error),
    };
    match created {
        Ok(client) => ui.done(&format!("/admin/clients/{}", client.id), "done-created").await,
        Err(error) => {
            let errors = field_errors(error)?;
            show_form(&ui, StatusCode::UNPROCESSABLE_ENTITY, None, typed(&form), &errors).await
        }
    }
}

pub(super) async fn update(ui: AdminUi, Path(id): Path<Uuid>, form: Form) -> Result<Response, PageError> {
    let client = ui.app.billing().client(ClientId(id)).await?;
    let saved = match read(&form).await {
        Ok(new) => ui.app.billing().update_client(client.id, new, ui.actor()).await.map_err(PageError::from),
        Err(error) => Err(error),
    };
    match saved {
        Ok(client) => ui.done(&format!("/admin/clients/{}", client.id), "done-saved").await,
        Err(error) => {
            let errors = field_errors(error)?;
            show_form(&ui, StatusCode::UNPROCESSABLE_ENTITY, Some(&client), typed(&form), &errors).await
        }
    }
}

pub(super) async fn delete(ui: AdminUi, Path(id): Path<Uuid>, _: Form) -> Result<Response, PageError> {
    match ui.app.billing().delete_client(ClientId(id), ui.actor()).await {
        Ok(()) => ui.done("/admin/clients", "done-deleted").await,
        Err(error) => ui.outcome(&format!("/admin/clients/{id}"), "done-deleted", Err::<(), _>(error)).await,
    }
}
