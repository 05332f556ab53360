//! The provider's HTTP API, version 1.

use std::sync::Arc;

use axum::extract::{DefaultBodyLimit, Path, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post, put};
use axum::{Json, Router};
use serde_json::{Value, json};

use super::account::{ACTIVE, Account, Fields, SUSPENDED};
use super::reply::{Document, Refusal};
use super::state::{Kept, Shared};

type Server = State<Arc<Shared>>;
type Answer = Result<Response, Refusal>;

/// Longest request body.
const BODY_MAX: usize = 64 * 1024;

pub(super) fn router(shared: Arc<Shared>) -> Router {
    let account = get(read_account).put(change_account).delete(delete_account);
    let api = Router::new()
        .route("/ping", get(async || Json(json!({ "status": "ok" }))))
        .route("/accounts", post(create_account))
        .route("/accounts/{username}", account)
        .route("/accounts/{username}/suspend", post(suspend_account))
        .route("/accounts/{username}/unsuspend", post(unsuspend_account))
        .route("/accounts/{username}/restart", post(restart_account))
        .route("/accounts/{username}/password", put(change_password))
        .route("/accounts/{username}/files", get(list_files))
        .route("/accounts/{username}/sso", post(create_sign_on))
        .fallback(async || Refusal::new(StatusCode::NOT_FOUND, "there is no such path"))
        .method_not_allowed_fallback(async || {
            Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "the path does not take this method")
        })
        .layer(from_fn_with_state(Arc::clone(&shared), require_key))
        .layer(DefaultBodyLimit::max(BODY_MAX));
    Router::new()
        .nest("/v1", api)
        .route("/login/{token}", get(sign_on))
        .fallback(async || Refusal::new(StatusCode::NOT_FOUND, "there is no such path"))
        .with_state(shared)
}

async fn require_key(State(shared): Server, request: Request, next: Next) -> Answer {
    let given = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    if given.and_then(|value| value.strip_prefix("Bearer ")) == Some(shared.key.as_str()) {
        Ok(next.run(request).await)
    } else {
        Err(Refusal::new(StatusCode::UNAUTHORIZED, "the API key is missing or wrong"))
    }
}

async fn create_account(State(shared): Server, headers: HeaderMap, document: Document) -> Answer {
    let key = headers
        .get("idempotency-key")
        .and_then(|value| value.to_str().ok())
        .filter(|key| (1..=255).contains(&key.len()))
        .ok_or_else(|| {
            let error = "the Idempotency-Key header is required, 1 to 255 characters";
            Refusal::new(StatusCode::BAD_REQUEST, error)
        })?
        .to_owned();

    let mut inner = shared.lock();
    if let Some(kept) = inner.kept.get(&key) {
        if kept.digest == document.digest {
            return Ok((StatusCode::CREATED, Json(&kept.answer)).into_response());
        }
        let error = "the Idempotency-Key was used with another body";
        return Err(Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, error));
    }
    let new = Fields::new(document.fields).new_account()?;
    if let Some(existing) = inner.accounts.get(&new.username) {
        return Err(Refusal::exists(&existing.external_ref));
    }

    inner.created += 1;
    let number = inner.created;
    let account = Account {
        id: format!("acc-{number}"),
        username: new.username,
        password: new.password,
        domain: new.domain,
        plan: new.plan,
        location: new.location,
        disk_gb: new.disk_gb,
        bandwidth_gb: new.bandwidth_gb,
        disk_used_gb: 0,
        bandwidth_used_gb: 0,
        // A network set aside for documentation: nobody is reached by accident.
        ip_address: format!("198.51.100.{}", 1 + number % 254),
        status: ACTIVE,
        external_ref: new.external_ref,
    };
    let answer = json!({
        "id": account.id,
        "username": account.username,
        "ip_address": account.ip_address,
        "status": account.status,
    });
    inner.accounts.insert(account.username.clone(), account);
    inner.kept.insert(key, Kept { digest: document.digest, answer: answer.clone() });
    Ok((StatusCode::CREATED, Json(answer)).into_response())
}

/// Runs `act` on the account and answers with what it returns.
fn with_account(
    shared: &Shared,
    username: &str,
    act: impl FnOnce(&mut Account) -> Result<Value, Refusal>,
) -> Answer {
    let mut inner = shared.lock();
    let account = inner.accounts.get_mut(username).ok_or_else(|| Refusal::no_account(username))?;
    act(account).map(|value| Json(value).into_response())
}

async fn read_account(State(shared): Server, Path(username): Path<String>) -> Answer {
    with_account(&shared, &username, |account| Ok(json!(account)))
}

async fn suspend_account(State(shared): Server, Path(username): Path<String>) -> Answer {
    with_account(&shared, &username, |account| {
        account.status = SUSPENDED;
        Ok(json!(account))
    })
}

async fn unsuspend_account(State(shared): Server, Path(username): Path<String>) -> Answer {
    with_account(&shared, &username, |account| {
        account.status = ACTIVE;
        Ok(json!(account))
    })
}

async fn restart_account(State(shared): Server, Path(username): Path<String>) -> Answer {
    with_account(&shared, &username, |account| {
        if account.status == SUSPENDED {
            let error = "the account is suspended and cannot be restarted";
            return Err(Refusal::new(StatusCode::CONFLICT, error));
        }
        Ok(json!(account))
    })
}

async fn change_account(State(shared): Server, Path(username): Path<String>, document: Document) -> Answer {
    let change = Fields::new(document.fields).change()?;
    with_account(&shared, &username, |account| {
        if let Some(plan) = change.plan {
            account.plan = plan;
        }
        account.disk_gb = change.disk_gb.unwrap_or(account.disk_gb);
        account.bandwidth_gb = change.bandwidth_gb.unwrap_or(account.bandwidth_gb);
        Ok(json!(account))
    })
}

async fn change_password(State(shared): Server, Path(username): Path<String>, document: Document) -> Answer {
    let password = Fields::new(document.fields).password()?;
    with_account(&shared, &username, |account| {
        account.password = password;
        Ok(Value::Null)
    })?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

async fn delete_account(State(shared): Server, Path(username): Path<String>) -> Answer {
    match shared.lock().accounts.remove(&username) {
        Some(_) => Ok(StatusCode::NO_CONTENT.into_response()),
        None => Err(Refusal::no_account(&username)),
    }
}

async fn list_files(State(shared): Server, Path(username): Path<String>) -> Answer {
    with_account(&shared, &username, |account| {
        Ok(json!({ "files": [
            { "name": "index.html", "kind": "file", "size_bytes": 512 + account.domain.len() },
            { "name": "logs", "kind": "directory", "size_bytes": 0 },
        ] }))
    })
}

/// A link that signs its holder in, once.
async fn create_sign_on(State(shared): Server, Path(username): Path<String>, headers: HeaderMap) -> Answer {
    let host = headers.get(header::HOST).and_then(|value| value.to_str().ok()).unwrap_or("localhost");
    let token = uuid::Uuid::new_v4().simple().to_string();
    let mut inner = shared.lock();
    if !inner.accounts.contains_key(&username) {
        return Err(Refusal::no_account(&username));
    }
    inner.sign_ons.insert(token.clone(), username);
    Ok(Json(json!({ "url": format!("http://{host}/login/{token}") })).into_response())
}

async fn sign_on(State(shared): Server, Path(token): Path<String>) -> Response {
    match shared.lock().sign_ons.remove(&token) {
        // Usernames are letters, digits and underscores: nothing to escape.
        Some(username) => {
            Html(format!("<!doctype html><title>Hosting</title><p>Signed in as {username}.</p>"))
                .into_response()
        }
        None => {
            let page = "<!doctype html><title>Hosting</title><p>This link was used or never given out.</p>";
            (StatusCode::GONE, Html(page)).into_response()
        }
    }
}
