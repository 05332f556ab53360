use std::time::Duration;

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use caisson_storage::audit;
use caisson_storage::tokens::{self, Token};
use caisson_types::{FieldError, Timestamp, TokenId};
use minijinja::{Value as ViewValue, context};
use serde_json::{Value, json};
use uuid::Uuid;

use super::super::error::PageError;
use super::super::guard::Form;
use super::super::rows;
use super::super::ui::AdminUi;
use crate::ApiError;
use crate::auth::{hash_token, new_token};
use crate::view::data;

pub(super) async fn list(ui: AdminUi) -> Result<Response, PageError> {
    let values = context! { name => "", days => "" };
    show(&ui, StatusCode::OK, ViewValue::from(()), values, &[]).await
}

async fn show(
    ui: &AdminUi,
    status: StatusCode,
    created: ViewValue,
    values: ViewValue,
    errors: &[FieldError],
) -> Result<Response, PageError> {
    let now = Timestamp::now();
    let found = tokens::list_of(&mut *ui.app.db().conn().await?, ui.admin.id).await?;
    let row = |token: &Token| {
        json!({
            "id": token.id, "name": token.name, "created_at": token.created_at.0,
            "last_used_at": token.last_used_at.map(|at| at.0), "expires_at": token.expires_at.map(|at| at.0),
            "expired": token.expires_at.is_some_and(|end| end <= now),
        })
    };
    let rows: Vec<Value> = found.iter().map(row).collect();
    let context = context! { tokens => data(rows), created, values, errors => data(rows::errors(errors)) };
    ui.page_with(status, "admin/tokens.html", context).await
}

/// Shown in the answer itself: the token is nowhere kept to be shown after a redirect.
pub(super) async fn create(ui: AdminUi, form: Form) -> Result<Response, PageError> {
    let (name, days) = (form.text("name"), form.text("days"));
    let mut errors = Vec::new();
    if name.is_empty() || name.chars().count() > 100 {
        errors.push(FieldError::new("name", "A name has 1 to 100 characters."));
    }
    let lifetime = match days {
        "" => None,
        text => match text.parse::<u64>() {
            Ok(days @ 1..=3650) => Some(Duration::from_secs(days * 24 * 3600)),
            _ => {
                errors.push(FieldError::new("days", "Days are 1 to 3650, or empty for no end."));
                None
            }
        },
    };
    if !errors.is_empty() {
        let values = context! { name, days };
        return show(&ui, StatusCode::UNPROCESSABLE_ENTITY, ViewValue::from(()), values, &errors).await;
    }
    let (secret, now) = (new_token(), Timestamp::now());
    let token = Token {
        id: TokenId::new(),
        admin_id: ui.admin.id,
        name: name.to_owned(),
        hash: hash_token(secret.expose()),
        created_at: now,
        last_used_at: None,
        expires_at: lifetime.map(|lifetime| now.after(lifetime)),
    };
    let mut tx = ui.app.db().begin().await?;
    tokens::insert(&mut tx, &token).await?;
    audit::append(&mut tx, ui.actor(), "token.create", &token.id.to_string(), &json!({ "name": name }))
        .await?;
    tx.commit().await?;
    let created = context! { name, token => secret.expose().as_str() };
    show(&ui, StatusCode::OK, created, context! { name => "", days => "" }, &[]).await
}

pub(super) async fn revoke(ui: AdminUi, Path(id): Path<Uuid>, _: Form) -> Result<Response, PageError> {
    let id = TokenId(id);
    let mut tx = ui.app.db().begin().await?;
    if !tokens::list_of(&mut tx, ui.admin.id).await?.iter().any(|token| token.id == id) {
        return Err(ApiError::not_found("token").into());
    }
    tokens::delete(&mut tx, id).await?;
    audit::append(&mut tx, ui.actor(), "token.revoke", &id.to_string(), &json!({})).await?;
    tx.commit().await?;
    ui.done("/admin/tokens", "done-revoked").await
}
