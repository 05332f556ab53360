//! The server's addresses, and what each refuses.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Form, FromRequest as _, Path, Query, Request, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use axum::{Json, Router};
use serde_json::{Map, Value, json};

use super::Shared;
use super::user::{CloudUser, is_id, is_quota, weakness};

type Server = State<Arc<Shared>>;
type Answer = Result<Value, Refusal>;
type Fields = BTreeMap<String, String>;

/// A code of OCS, and what is said with it.
struct Refusal(u32, &'static str);

const GONE: Refusal = Refusal(998, "User does not exist");

pub(super) fn router(shared: Arc<Shared>) -> Router {
    let users = Router::new()
        .route("/users", get(list).post(create))
        .route("/users/details", get(details))
        .route("/users/{id}", get(show).put(change).delete(delete))
        .route("/users/{id}/enable", put(enable))
        .route("/users/{id}/disable", put(disable))
        .route("/users/{id}/groups", post(join));
    Router::new()
        .nest("/ocs/v1.php/cloud", users)
        .route("/ocs/v1.php/apps/serverinfo/api/v1/info", get(server_info))
        .layer(from_fn_with_state(Arc::clone(&shared), admit))
        .route("/status.php", get(status))
        .fallback(async || (StatusCode::NOT_FOUND, "404 page not found"))
        .with_state(shared)
}

/// Everything that OCS wants of every request.
async fn admit(State(shared): Server, request: Request, next: Next) -> Response {
    match refused(&shared, request.headers(), request.uri()) {
        Some(refusal) => refusal,
        None => next.run(request).await,
    }
}

fn refused(shared: &Shared, headers: &HeaderMap, uri: &Uri) -> Option<Response> {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or("");
    let asks_for_json = header("accept").contains("application/json")
        || uri.query().is_some_and(|query| query.contains("format=json"));
    if !asks_for_json {
        let xml = "<?xml version=\"1.0\"?><ocs><meta><status>ok</status></meta></ocs>";
        return Some(([(header::CONTENT_TYPE, "application/xml")], xml).into_response());
    }
    if header("ocs-apirequest") != "true" {
        let refused = Json(json!({ "message": "CSRF check failed" }));
        return Some((StatusCode::PRECONDITION_FAILED, refused).into_response());
    }
    let inner = shared.lock();
    if inner.is_in_maintenance {
        let headers = [("x-nextcloud-maintenance-mode", "1"), ("retry-after", "120")];
        return Some((StatusCode::SERVICE_UNAVAILABLE, headers, "Maintenance mode").into_response());
    }
    if !shared.accepts(header("authorization")) {
        let refused = Json(document(997, "Current user is not logged in", json!([])));
        return Some((StatusCode::UNAUTHORIZED, refused).into_response());
    }
    if !inner.is_admin {
        let said = "Logged in account must be an administrator or sub admin";
        return Some((StatusCode::FORBIDDEN, Json(document(403, said, json!([])))).into_response());
    }
    None
}

fn document(code: u32, message: &str, data: Value) -> Value {
    let status = if code == 100 { "ok" } else { "failure" };
    json!({ "ocs": { "meta": { "status": status, "statuscode": code, "message": message }, "data": data } })
}

fn reply(answer: Answer) -> Response {
    let (code, message, data) = match answer {
        Ok(data) => (100, "OK", data),
        Err(Refusal(code, message)) => (code, message, json!([])),
    };
    Json(document(code, message, data)).into_response()
}

/// The fields of a form that is declared as one, all of them known.
async fn fields(request: Request, known: &[&str]) -> Result<Fields, Refusal> {
    let Ok(Form(fields)) = Form::<Vec<(String, String)>>::from_request(request, &()).await else {
        return Err(Refusal(400, "The body must be a form"));
    };
    if fields.iter().any(|(name, _)| !known.contains(&name.as_str())) {
        return Err(Refusal(400, "Unknown parameter"));
    }
    Ok(fields.into_iter().collect())
}

async fn create(State(shared): Server, request: Request) -> Response {
    let known = ["userid", "password", "displayName", "email", "groups[]", "subadmin[]", "quota", "language"];
    reply(fields(request, &known).await.and_then(|fields| made(&shared, fields)))
}

fn made(shared: &Shared, mut fields: Fields) -> Answer {
    let mut take = |name: &str| fields.remove(name).unwrap_or_default();
    let (id, password, email, quota, group) =
        (take("userid"), take("password"), take("email"), take("quota"), take("groups[]"));
    let mut inner = shared.lock();
    if !is_id(&id) {
        return Err(Refusal(101, "Invalid user id"));
    }
    if inner.users.contains_key(&id) || id == super::CLOUD_ADMIN {
        return Err(Refusal(102, "User already exists"));
    }
    if !group.is_empty() && group != "admin" {
        return Err(Refusal(104, "Group does not exist"));
    }
    if password.is_empty() && email.is_empty() {
        return Err(Refusal(108, "An email address is required, to send a password link to the user."));
    }
    if let Some(hint) = weakness(&password) {
        return Err(Refusal(107, hint));
    }
    if !quota.is_empty() && !is_quota(&quota) {
        return Err(Refusal(101, "Invalid quota value"));
    }
    let user = CloudUser {
        id: id.clone(),
        password,
        name: take("displayName"),
        email,
        quota,
        enabled: true,
        stored: None,
        groups: Vec::new(),
    };
    inner.users.insert(id.clone(), user);
    Ok(json!({ "id": id }))
}

/// The ids of a page, in their order; the administrator's own comes with them.
fn page(shared: &Shared, query: &BTreeMap<String, String>) -> Vec<String> {
    let number = |name: &str, default| query.get(name).and_then(|text| text.parse().ok()).unwrap_or(default);
    let inner = shared.lock();
    let mut ids: Vec<String> = inner.users.keys().cloned().chain([super::CLOUD_ADMIN.to_owned()]).collect();
    ids.sort();
    ids.into_iter().skip(number("offset", 0)).take(number("limit", 500)).collect()
}

async fn list(State(shared): Server, Query(query): Query<BTreeMap<String, String>>) -> Response {
    reply(Ok(json!({ "users": page(&shared, &query) })))
}

async fn details(State(shared): Server, Query(query): Query<BTreeMap<String, String>>) -> Response {
    let ids = page(&shared, &query);
    let inner = shared.lock();
    let shown = |id: String| {
        let user = inner.users.get(&id).map_or_else(|| json!({ "id": id }), CloudUser::document);
        (id, user)
    };
    let users: Map<String, Value> = ids.into_iter().map(shown).collect();
    // What PHP makes of a map without entries.
    let users = if users.is_empty() { json!([]) } else { Value::Object(users) };
    reply(Ok(json!({ "users": users })))
}

async fn show(State(shared): Server, Path(id): Path<String>) -> Response {
    let inner = shared.lock();
    reply(inner.users.get(&id).map(CloudUser::document).ok_or(GONE))
}

async fn change(State(shared): Server, Path(id): Path<String>, request: Request) -> Response {
    let fields = match fields(request, &["key", "value"]).await {
        Ok(fields) => fields,
        Err(refusal) => return reply(Err(refusal)),
    };
    let field = |name: &str| fields.get(name).cloned().unwrap_or_default();
    let (key, value) = (field("key"), field("value"));
    let mut inner = shared.lock();
    let Some(user) = inner.users.get_mut(&id) else { return reply(Err(Refusal(101, ""))) };
    let refusal = match key.as_str() {
        "quota" if !is_quota(&value) => Some(Refusal(102, "Invalid quota value")),
        "password" => weakness(&value).map(|hint| Refusal(107, hint)),
        "email" if !value.contains('@') => Some(Refusal(102, "")),
        "quota" | "email" | "displayname" => None,
        _ => Some(Refusal(113, "")),
    };
    if let Some(refusal) = refusal {
        return reply(Err(refusal));
    }
    match key.as_str() {
        "quota" => user.quota = value,
        "password" => user.password = value,
        "email" => user.email = value,
        _ => user.name = value,
    }
    reply(Ok(json!([])))
}

/// One code for an account that is not there, as older servers have it.
async fn delete(State(shared): Server, Path(id): Path<String>) -> Response {
    let gone = shared.lock().users.remove(&id);
    reply(gone.map(|_| json!([])).ok_or(Refusal(101, "")))
}

fn switch(shared: &Shared, id: &str, enabled: bool) -> Response {
    let mut inner = shared.lock();
    let Some(user) = inner.users.get_mut(id) else { return reply(Err(Refusal(101, ""))) };
    user.enabled = enabled;
    reply(Ok(json!([])))
}

async fn enable(State(shared): Server, Path(id): Path<String>) -> Response {
    switch(&shared, &id, true)
}

async fn disable(State(shared): Server, Path(id): Path<String>) -> Response {
    switch(&shared, &id, false)
}

async fn join(State(shared): Server, Path(id): Path<String>, request: Request) -> Response {
    let group = match fields(request, &["groupid"]).await {
        Ok(mut fields) => fields.remove("groupid").unwrap_or_default(),
        Err(refusal) => return reply(Err(refusal)),
    };
    let mut inner = shared.lock();
    let answer = match (group.as_str(), inner.users.get_mut(&id)) {
        ("", _) => Err(Refusal(101, "")),
        ("admin", Some(user)) => {
            user.groups.push(group);
            Ok(json!([]))
        }
        ("admin", None) => Err(Refusal(103, "")),
        _ => Err(Refusal(102, "")),
    };
    reply(answer)
}

async fn server_info(State(shared): Server) -> Response {
    let inner = shared.lock();
    if !inner.has_server_info {
        return reply(Err(Refusal(998, "Invalid query, please check the syntax.")));
    }
    let storage = json!({ "num_users": inner.users.len() + 1 });
    let system = json!({ "version": "31.0.2.1", "freespace": 250_000_000_000_u64 });
    reply(Ok(json!({ "nextcloud": { "system": system, "storage": storage } })))
}

async fn status(State(shared): Server) -> Response {
    let maintenance = shared.lock().is_in_maintenance;
    let status = json!({
        "installed": true, "maintenance": maintenance, "needsDbUpgrade": false, "version": "31.0.2.1",
        "versionstring": "31.0.2", "edition": "", "productname": "Nextcloud", "extendedSupport": false,
    });
    Json(status).into_response()
}
