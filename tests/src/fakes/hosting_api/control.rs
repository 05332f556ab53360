//! The control port: what a test in another process, or a person at a terminal, can see and set.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::{get, post, put};
use axum::{Json, Router};
use serde::Deserialize;

use super::super::troubled::{Rule, Seen};
use super::{Account, HostingApi};

type Server = State<HostingApi>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Usage {
    disk_used_gb: u64,
    bandwidth_used_gb: u64,
}

/// `GET /accounts`, `GET /requests`, `POST /faults` (a [`Rule`]), `DELETE /faults`, `GET /held`, `POST /release`,
/// `PUT /accounts/{username}/usage`.
pub(super) fn router(api: HostingApi) -> Router {
    Router::new()
        .route("/accounts", get(list_accounts))
        .route("/accounts/{username}/usage", put(set_usage))
        .route("/requests", get(list_requests))
        .route("/faults", post(arm).delete(heal))
        .route("/held", get(count_held))
        .route("/release", post(release))
        .with_state(api)
}

async fn list_accounts(State(api): Server) -> Json<Vec<Account>> {
    Json(api.accounts())
}

async fn list_requests(State(api): Server) -> Json<Vec<Seen>> {
    Json(api.requests())
}

async fn arm(State(api): Server, Json(rule): Json<Rule>) -> StatusCode {
    api.arm(rule);
    StatusCode::NO_CONTENT
}

async fn heal(State(api): Server) -> StatusCode {
    api.heal();
    StatusCode::NO_CONTENT
}

async fn count_held(State(api): Server) -> Json<usize> {
    Json(api.held())
}

async fn release(State(api): Server) -> StatusCode {
    api.release();
    StatusCode::NO_CONTENT
}

async fn set_usage(State(api): Server, Path(username): Path<String>, Json(usage): Json<Usage>) -> StatusCode {
    if api.set_usage(&username, usage.disk_used_gb, usage.bandwidth_used_gb) {
        StatusCode::NO_CONTENT
    } else {
        StatusCode::NOT_FOUND
    }
}
