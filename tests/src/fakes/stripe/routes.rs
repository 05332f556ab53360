//! The API's addresses, and what each refuses.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, Request, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};

use super::books::{Books, Refund, Session, mint};
use super::form::{Form, Refusal};

type Answer = Result<Json<Value>, Refusal>;

pub(super) struct Api {
    pub(super) key: String,
    books: Mutex<Books>,
    /// What was asked first under a key, and the answer.
    kept: Mutex<HashMap<String, (String, Value)>>,
}

impl Api {
    pub(super) fn new(key: String) -> Self {
        Self { key, books: Mutex::default(), kept: Mutex::default() }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does the work once for a key; the answer is the same from then on. Refusals are not kept, as nothing was done.
    fn once(
        &self,
        headers: &HeaderMap,
        asked: &str,
        work: impl FnOnce(&mut Books) -> Result<Value, Refusal>,
    ) -> Answer {
        let key = headers.get("idempotency-key").and_then(|key| key.to_str().ok());
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((first, answer)) = key.and_then(|key| kept.get(key)) {
            return if first == asked { Ok(Json(answer.clone())) } else { Err(Refusal::key()) };
        }
        let answer = work(&mut self.lock())?;
        if let Some(key) = key {
            kept.insert(key.to_owned(), (asked.to_owned(), answer.clone()));
        }
        Ok(Json(answer))
    }
}

pub(super) fn router(api: Arc<Api>) -> Router {
    Router::new()
        .route("/v1/account", get(account))
        .route("/v1/checkout/sessions", post(open_session))
        .route("/v1/checkout/sessions/{id}", get(show_session))
        .route("/v1/checkout/sessions/{id}/expire", post(expire_session))
        .route("/v1/payment_intents/{id}", get(show_intent))
        .route("/v1/refunds", get(list_refunds).post(make_refund))
        .layer(from_fn_with_state(Arc::clone(&api), admit))
        .with_state(api)
}

/// The key, and forms as forms.
async fn admit(State(api): State<Arc<Api>>, request: Request<axum::body::Body>, next: Next) -> Response {
    match refused(&api, request.headers()) {
        Some(refusal) => refusal.into_response(),
        None => next.run(request).await,
    }
}

fn refused(api: &Api, headers: &HeaderMap) -> Option<Refusal> {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if header("authorization") != Some(format!("Bearer {}", api.key).as_str()) {
        return Some(Refusal::new(StatusCode::UNAUTHORIZED, "", "Invalid API Key provided"));
    }
    let kind = header("content-type").unwrap_or_default();
    let has_body = header("content-length").is_some_and(|length| length != "0");
    if has_body && kind != "application/x-www-form-urlencoded" {
        let message = format!("Request bodies must be application/x-www-form-urlencoded, not '{kind}'.");
        return Some(Refusal::new(StatusCode::BAD_REQUEST, "", message));
    }
    None
}

async fn account(State(api): State<Arc<Api>>) -> Json<Value> {
    Json(json!({ "id": "acct_1", "object": "account", "charges_enabled": api.lock().charges_enabled }))
}

const SESSION: [&str; 13] = [
    "mode",
    "client_reference_id",
    "customer_email",
    "success_url",
    "cancel_url",
    "metadata[*",
    "payment_intent_data[metadata]*",
    "payment_intent_data[description]",
    "line_items[0][quantity]",
    "line_items[0][price_data][currency]",
    "line_items[0][price_data][unit_amount]",
    "line_items[0][price_data][product_data][name]",
    "line_items[0][price_data][product_data][description]",
];
/// The least that is taken, in most currencies.
const LEAST: i64 = 50;

async fn open_session(State(api): State<Arc<Api>>, headers: HeaderMap, body: String) -> Answer {
    let form = Form::read(&body, &SESSION)?;
    if form.need("mode")? != "payment" {
        return Err(Refusal::param("parameter_missing", "line_items", "Only payments are taken here."));
    }
    for address in ["success_url", "cancel_url"] {
        if !form.need(address)?.starts_with("http") {
            return Err(Refusal::param("url_invalid", address, "Not a valid URL"));
        }
    }
    let (amount, quantity) =
        (form.whole("line_items[0][price_data][unit_amount]")?, form.whole("line_items[0][quantity]")?);
    let currency = form.need("line_items[0][price_data][currency]")?;
    form.need("line_items[0][price_data][product_data][name]")?;
    if currency.len() != 3 || !currency.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return Err(Refusal::param(
            "",
            "line_items[0][price_data][currency]",
            format!("Invalid currency: {currency}"),
        ));
    }
    if amount * quantity < LEAST {
        let message = format!("The Checkout Session's total amount must be at least {LEAST} {currency}.");
        return Err(Refusal::new(StatusCode::BAD_REQUEST, "amount_too_small", message));
    }
    api.once(&headers, &body, |books| {
        let session = Session {
            id: mint("cs_test"),
            status: "open",
            is_paid: false,
            amount: amount * quantity,
            currency: currency.to_owned(),
            reference: form.get("client_reference_id").unwrap_or_default().to_owned(),
            success_url: form.get("success_url").unwrap_or_default().to_owned(),
            cancel_url: form.get("cancel_url").unwrap_or_default().to_owned(),
            metadata: form.metadata(),
            intent: None,
        };
        let shown = books.session(&session, false);
        books.sessions.push(session);
        Ok(shown)
    })
}

async fn show_session(
    State(api): State<Arc<Api>>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Answer {
    let form = Form::read(&query.unwrap_or_default(), &["expand[]"])?;
    let expanded = form.get("expand[]") == Some("payment_intent.latest_charge.balance_transaction");
    let books = api.lock();
    let session = books.sessions.iter().find(|one| one.id == id);
    let session = session.ok_or_else(|| Refusal::missing("checkout.session", &id))?;
    Ok(Json(books.session(session, expanded)))
}

async fn expire_session(State(api): State<Arc<Api>>, Path(id): Path<String>) -> Answer {
    let mut books = api.lock();
    let session = books.sessions.iter().find(|one| one.id == id);
    if session.ok_or_else(|| Refusal::missing("checkout.session", &id))?.status != "open" {
        let message = "Only Checkout Sessions with a status in [\"open\"] can be expired.";
        return Err(Refusal::new(StatusCode::BAD_REQUEST, "", message));
    }
    books.expire(&id);
    Ok(Json(books.shown(&id)))
}

async fn show_intent(State(api): State<Arc<Api>>, Path(id): Path<String>) -> Answer {
    let found = api.lock().plain_intent(&id);
    found.map(Json).ok_or_else(|| Refusal::missing("payment_intent", &id))
}

async fn make_refund(State(api): State<Arc<Api>>, headers: HeaderMap, body: String) -> Answer {
    let form = Form::read(&body, &["payment_intent", "amount", "metadata[*"])?;
    let (intent, amount) = (form.need("payment_intent")?, form.whole("amount")?);
    api.once(&headers, &body, |books| {
        let session = books.by_intent(intent).filter(|session| session.is_paid);
        let paid = session.ok_or_else(|| Refusal::missing("payment_intent", intent))?.amount;
        let left = paid - books.refunded(intent);
        if left == 0 {
            let message = format!("Charge of {intent} has already been refunded.");
            return Err(Refusal::new(StatusCode::BAD_REQUEST, "charge_already_refunded", message));
        }
        if !(1..=left).contains(&amount) {
            let message =
                format!("Refund amount ({amount}) is greater than unrefunded amount on charge ({left})");
            return Err(Refusal::param("", "amount", message));
        }
        let (id, status) = (mint("re"), books.refunds_begin);
        let refund = Refund { id, intent: intent.to_owned(), amount, status, metadata: form.metadata() };
        let shown = books.refund(&refund);
        books.refunds.push(refund);
        Ok(shown)
    })
}

async fn list_refunds(State(api): State<Arc<Api>>, RawQuery(query): RawQuery) -> Answer {
    let form = Form::read(&query.unwrap_or_default(), &["payment_intent", "limit"])?;
    let intent = form.need("payment_intent")?;
    let books = api.lock();
    let own = books.refunds.iter().filter(|one| one.intent == intent);
    let data: Vec<Value> = own.map(|one| books.refund(one)).collect();
    Ok(Json(json!({ "object": "list", "has_more": false, "data": data })))
}
