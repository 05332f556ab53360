//! The control port: what a test in another process, or a person at a terminal, can see and set.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::{get, post, put};
use axum::{Json, Router};
use serde::Deserialize;

use super::account::Account;
use super::faults::Rule;
use super::state::{Seen, Shared};

type Server = State<Arc<Shared>>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Usage {
    disk_used_gb: u64,
    bandwidth_used_gb: u64,
}

/// `GET /accounts`, `GET /requests`, `POST /faults` (a [`Rule`]), `DELETE /faults`, `GET /held`, `POST /release`,
/// `PUT /accounts/{username}/usage`.
pub(super) fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/accounts", get(list_accounts))
        .route("/accounts/{username}/usage", put(set_usage))
        .route("/requests", get(list_requests))
        .route("/faults", post(arm).delete(heal))
        .route("/held", get(count_held))
        .route("/release", post(release))
        .with_state(shared)
}

async fn list_accounts(State(shared): Server) -> Json<Vec<Account>> {
    Json(shared.accounts())
}

async fn list_requests(State(shared): Server) -> Json<Vec<Seen>> {
    Json(shared.requests())
}

async fn arm(State(shared): Server, Json(rule): Json<Rule>) -> StatusCode {
    shared.arm(rule);
    StatusCode::NO_CONTENT
}

async fn heal(State(shared): Server) -> StatusCode {
    shared.heal();
    StatusCode::NO_CONTENT
}

async fn count_held(State(shared): Server) -> Json<usize> {
    Json(shared.held())
}

async fn release(State(shared): Server) -> StatusCode {
    shared.release();
    StatusCode::NO_CONTENT
}

async fn set_usage(
    State(shared): Server,
    Path(username): Path<String>,
    Json(usage): Json<Usage>,
) -> StatusCode {
    if shared.set_usage(&username, usage.disk_used_gb, usage.bandwidth_used_gb) {
        StatusCode::NO_CONTENT
    } else {
        StatusCode::NOT_FOUND
    }
}
