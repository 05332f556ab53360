//! The backend's paths, and what each of them refuses.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, Query, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::site::{Site, quota};
use super::{Inner, Shared};

type Server = State<Arc<Shared>>;
type Answer = Result<Json<Value>, Refusal>;

enum Refusal {
    /// A status, and the text that goes with it as `error`.
    Said(StatusCode, String),
    /// A page of the server below the API.
    Page(StatusCode, String),
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        match self {
            Self::Said(status, error) => (status, Json(json!({ "error": error }))).into_response(),
            Self::Page(status, page) => (status, Html(page)).into_response(),
        }
    }
}

/// Where names lead that do not lead here.
const ELSEWHERE: &str = ".elsewhere.example";

pub(super) fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/create-site", post(create_site))
        .route("/delete-site", post(delete_site))
        .route("/suspend", post(suspend))
        .route("/unsuspend", post(unsuspend))
        .route("/wp/upgrade/", post(upgrade))
        .route("/status", get(status))
        .route("/action/getdomain", get(list_domains))
        .route("/action/setdomain", post(add_domain))
        .route("/action/deldomain", post(delete_domain))
        .route("/action/getbak", get(list_backups))
        .route("/action/mkbak", post(make_backup))
        .route("/action/delbak", post(delete_backup))
        .route("/action/rollback", post(roll_back))
        .route("/action/toggle", post(toggle))
        .route("/action/{power}", post(power))
        .layer(from_fn_with_state(Arc::clone(&shared), require_key))
        .with_state(shared)
}

fn refuse<T>(status: StatusCode, error: &str) -> Result<T, Refusal> {
    Err(Refusal::Said(status, error.to_owned()))
}

async fn require_key(State(shared): Server, request: Request, next: Next) -> Result<Response, Refusal> {
    let given = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    if given.and_then(|value| value.strip_prefix("Bearer ")) == Some(shared.key.as_str()) {
        Ok(next.run(request).await)
    } else {
        refuse(StatusCode::UNAUTHORIZED, "Unauthorized")
    }
}

/// A body that is declared as JSON and has these fields and no others.
fn document<T: DeserializeOwned>(headers: &HeaderMap, body: &Bytes) -> Result<T, Refusal> {
    let declared = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    if declared != Some("application/json") {
        return refuse(StatusCode::UNSUPPORTED_MEDIA_TYPE, "Content-Type must be application/json");
    }
    serde_json::from_slice(body).or_else(|error| refuse(StatusCode::UNPROCESSABLE_ENTITY, &error.to_string()))
}

fn find<'i>(inner: &'i mut Inner, service: &str) -> Result<&'i mut Site, Refusal> {
    if uuid::Uuid::parse_str(service).is_err() {
        return refuse(StatusCode::UNPROCESSABLE_ENTITY, "Invalid service id");
    }
    match inner.sites.get_mut(service) {
        Some(site) => Ok(site),
        None => refuse(StatusCode::NOT_FOUND, "Service not found"),
    }
}

/// A site that takes actions.
fn live<'i>(inner: &'i mut Inner, service: &str) -> Result<&'i mut Site, Refusal> {
    let site = find(inner, service)?;
    match site.status {
        "suspended" => refuse(StatusCode::FORBIDDEN, "Service is suspended"),
        "installing" => refuse(StatusCode::CONFLICT, "Service is being installed"),
        _ => Ok(site),
    }
}

fn success() -> Answer {
    Ok(Json(json!({ "success": true })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewSite {
    service_id: String,
    email: String,
    plan: String,
    public_ip: std::net::IpAddr,
}

async fn create_site(State(shared): Server, headers: HeaderMap, body: Bytes) -> Answer {
    let new: NewSite = document(&headers, &body)?;
    let mut inner = shared.lock();
    if !new.email.contains('@') || uuid::Uuid::parse_str(&new.service_id).is_err() {
        return refuse(StatusCode::UNPROCESSABLE_ENTITY, "Invalid service id or email");
    }
    if quota(&new.plan).is_none() {
        return refuse(StatusCode::UNPROCESSABLE_ENTITY, "Unknown plan");
    }
    if inner.sites.contains_key(&new.service_id) {
        return refuse(StatusCode::CONFLICT, "Site already exists");
    }
    let error = inner.breaks.take();
    let site = Site {
        subdomain: format!("s{}.sites.example", inner.sites.len() + 1),
        email: new.email,
        plan: new.plan,
        public_ip: new.public_ip.to_string(),
        status: if inner.looks > 0 { "installing" } else { "running" },
        enabled: true,
        domains: Vec::new(),
        backups: Vec::new(),
        done: Vec::new(),
        looks_left: inner.looks,
        error,
        service: new.service_id,
    };
    inner.sites.insert(site.service.clone(), site);
    success()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Named {
    service_id: String,
}

async fn delete_site(State(shared): Server, headers: HeaderMap, body: Bytes) -> Answer {
    let Named { service_id } = document(&headers, &body)?;
    let mut inner = shared.lock();
    find(&mut inner, &service_id)?;
    inner.sites.remove(&service_id);
    success()
}

async fn suspend(State(shared): Server, headers: HeaderMap, body: Bytes) -> Answer {
    let Named { service_id } = document(&headers, &body)?;
    match find(&mut shared.lock(), &service_id)? {
        site if site.status == "suspended" => refuse(StatusCode::CONFLICT, "Service is suspended"),
        site => {
            site.status = "suspended";
            success()
        }
    }
}

async fn unsuspend(State(shared): Server, headers: HeaderMap, body: Bytes) -> Answer {
    let Named { service_id } = document(&headers, &body)?;
    match find(&mut shared.lock(), &service_id)? {
        site if site.status == "suspended" => {
            site.status = "running";
            success()
        }
        _ => refuse(StatusCode::CONFLICT, "Service is not suspended"),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Upgrade {
    service_id: String,
    plan: String,
}

async fn upgrade(State(shared): Server, headers: HeaderMap, body: Bytes) -> Answer {
    let Upgrade { service_id, plan } = document(&headers, &body)?;
    let mut inner = shared.lock();
    let site = find(&mut inner, &service_id)?;
    match quota(&plan) {
        None => refuse(StatusCode::UNPROCESSABLE_ENTITY, "Unknown plan"),
        Some(most) if site.domains.len() > most => {
            refuse(StatusCode::CONFLICT, "The site has more domains than this plan allows")
        }
        Some(_) => {
            site.plan = plan;
            success()
        }
    }
}

async fn status(State(shared): Server, Query(Named { service_id }): Query<Named>) -> Answer {
    let mut inner = shared.lock();
    let site = find(&mut inner, &service_id)?;
    if let (0, Some(error)) = (site.looks_left, &site.error) {
        return Ok(Json(json!({ "status": "failed", "error": error })));
    }
    if site.status == "installing" {
        match site.looks_left {
            0 => site.status = "running",
            _ => site.looks_left -= 1,
        }
    }
    let (plan, subdomain) = (&site.plan, &site.subdomain);
    Ok(Json(json!({ "status": site.status, "subdomain": subdomain, "plan": plan, "enabled": site.enabled })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Action {
    service_id: String,
    status: String,
}

async fn power(State(shared): Server, Path(power): Path<String>, headers: HeaderMap, body: Bytes) -> Answer {
    let Action { service_id, status } = document(&headers, &body)?;
    if status != "active" {
        return refuse(StatusCode::FORBIDDEN, "Service is not active");
    }
    let mut inner = shared.lock();
    let site = live(&mut inner, &service_id)?;
    site.status = match power.as_str() {
        "start" | "restart" | "reset" => "running",
        "stop" => "stopped",
        _ => return refuse(StatusCode::NOT_FOUND, "Unknown action"),
    };
    site.done.push(power);
    success()
}

async fn toggle(State(shared): Server, headers: HeaderMap, body: Bytes) -> Answer {
    let Named { service_id } = document(&headers, &body)?;
    let mut inner = shared.lock();
    let site = live(&mut inner, &service_id)?;
    site.enabled = !site.enabled;
    Ok(Json(json!({ "enabled": site.enabled })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Domain {
    service_id: String,
    domain: String,
}

async fn list_domains(State(shared): Server, Query(Named { service_id }): Query<Named>) -> Answer {
    Ok(Json(json!({ "domains": find(&mut shared.lock(), &service_id)?.domains })))
}

async fn add_domain(State(shared): Server, headers: HeaderMap, body: Bytes) -> Answer {
    let Domain { service_id, domain } = document(&headers, &body)?;
    let mut inner = shared.lock();
    let is_taken = inner.sites.values().any(|site| site.domains.contains(&domain));
    let site = live(&mut inner, &service_id)?;
    if is_taken {
        return refuse(StatusCode::CONFLICT, "Domain already exists");
    }
    if domain.ends_with(ELSEWHERE) {
        let page = format!(
            "<html><h1>Bad Request</h1><p>{domain} does not point to <b>{}</b>.</p></html>",
            site.public_ip
        );
        return Err(Refusal::Page(StatusCode::BAD_REQUEST, page));
    }
    if site.domains.len() >= quota(&site.plan).unwrap_or_default() {
        return refuse(StatusCode::FORBIDDEN, "Domain limit exceeded");
    }
    site.domains.push(domain);
    success()
}

async fn delete_domain(State(shared): Server, headers: HeaderMap, body: Bytes) -> Answer {
    let Domain { service_id, domain } = document(&headers, &body)?;
    let mut inner = shared.lock();
    let site = live(&mut inner, &service_id)?;
    match site.domains.iter().position(|known| *known == domain) {
        Some(at) => {
            site.domains.remove(at);
            success()
        }
        None => refuse(StatusCode::NOT_FOUND, "Domain not found"),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Backup {
    service_id: String,
    bak: String,
}

async fn list_backups(State(shared): Server, Query(Named { service_id }): Query<Named>) -> Answer {
    let mut inner = shared.lock();
    let backups = &find(&mut inner, &service_id)?.backups;
    // The snapshot that a reset goes back to is among them.
    Ok(Json(json!(std::iter::once("initial").chain(backups.iter().map(String::as_str)).collect::<Vec<_>>())))
}

async fn make_backup(State(shared): Server, headers: HeaderMap, body: Bytes) -> Answer {
    let Named { service_id } = document(&headers, &body)?;
    let mut inner = shared.lock();
    let site = live(&mut inner, &service_id)?;
    if site.backups.len() >= quota(&site.plan).unwrap_or_default() {
        return refuse(StatusCode::FORBIDDEN, "Backup limit exceeded");
    }
    let made = site.done.iter().filter(|one| one.starts_with("backup")).count();
    let name = format!("BAK11122025-{}", made + 1);
    site.done.push(format!("backup {name}"));
    site.backups.push(name);
    success()
}

async fn delete_backup(State(shared): Server, headers: HeaderMap, body: Bytes) -> Answer {
    let Backup { service_id, bak } = document(&headers, &body)?;
    let mut inner = shared.lock();
    let site = live(&mut inner, &service_id)?;
    match site.backups.iter().position(|known| *known == bak) {
        Some(at) => {
            site.backups.remove(at);
            success()
        }
        None => refuse(StatusCode::NOT_FOUND, "Backup not found"),
    }
}

async fn roll_back(State(shared): Server, headers: HeaderMap, body: Bytes) -> Answer {
    let Backup { service_id, bak } = document(&headers, &body)?;
    let mut inner = shared.lock();
    let site = live(&mut inner, &service_id)?;
    if !site.backups.contains(&bak) {
        return refuse(StatusCode::NOT_FOUND, "Backup not found");
    }
    site.done.push(format!("rollback {bak}"));
    success()
}
