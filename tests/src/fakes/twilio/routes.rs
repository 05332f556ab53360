//! The API, and what it refuses: `{"code": 21211, "message": "…", "status": 400}`.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::account::{Account, Sms, Standing, day};

const BODY_MAX: usize = 1_600;
const PAGE: usize = 50;
const PAGE_MAX: usize = 1_000;

type Store = Arc<Account>;

#[derive(Debug)]
struct Refusal {
    status: StatusCode,
    code: u32,
    message: String,
}

impl Refusal {
    fn new(code: u32, message: impl Into<String>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, code, message: message.into() }
    }

    fn status(status: StatusCode, code: u32, message: &str) -> Self {
        Self { status, ..Self::new(code, message) }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let Self { status, code, message } = self;
        let about = format!("https://www.twilio.com/docs/errors/{code}");
        let body = json!({ "code": code, "message": message, "more_info": about, "status": status.as_u16() });
        (status, Json(body)).into_response()
    }
}

pub(super) fn router(account: Store) -> Router {
    Router::new()
        .route("/2010-04-01/Accounts/{account}", get(show_account))
        .route("/2010-04-01/Accounts/{account}/Messages.json", get(list_messages).post(send_message))
        .fallback(async || missing())
        .layer(middleware::from_fn_with_state(Arc::clone(&account), authenticate))
        .with_state(account)
}

fn missing() -> Refusal {
    Refusal::status(StatusCode::NOT_FOUND, 20404, "The requested resource was not found")
}

async fn authenticate(State(account): State<Store>, request: Request, next: Next) -> Response {
    let wanted = format!("Basic {}", BASE64_STANDARD.encode(format!("{}:{}", account.sid, account.token)));
    let given = request.headers().get(header::AUTHORIZATION);
    if given.is_none_or(|given| given.as_bytes() != wanted.as_bytes()) {
        return Refusal::status(StatusCode::UNAUTHORIZED, 20003, "Authenticate").into_response();
    }
    next.run(request).await
}

async fn show_account(
    State(account): State<Store>,
    Path(file): Path<String>,
) -> Result<Json<Value>, Refusal> {
    if file != format!("{}.json", account.sid) {
        return Err(missing());
    }
    Ok(Json(account.shown()))
}

async fn send_message(
    State(account): State<Store>,
    Path(owner): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<(StatusCode, Json<Value>), Refusal> {
    usable(&account, &owner)?;
    let declared = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    if declared != Some("application/x-www-form-urlencoded") {
        let message = "The Content-Type is not supported";
        return Err(Refusal::status(StatusCode::UNSUPPORTED_MEDIA_TYPE, 20415, message));
    }
    let known = ["To", "From", "MessagingServiceSid", "Body", "StatusCallback"];
    let form = Fields::read(&body, &known)?;
    let message = written(&account, &form)?;
    let shown = account.message(&message);
    account.lock().messages.push(message);
    Ok((StatusCode::CREATED, Json(shown)))
}

fn usable(account: &Account, owner: &str) -> Result<(), Refusal> {
    if owner != account.sid {
        return Err(missing());
    }
    match account.lock().standing {
        Standing::Active => Ok(()),
        _ => Err(Refusal::status(StatusCode::FORBIDDEN, 20005, "Account is not active")),
    }
}

fn written(account: &Account, form: &Fields) -> Result<Sms, Refusal> {
    let to = form.get("To").ok_or_else(|| Refusal::new(21604, "A 'To' phone number is required."))?;
    if !is_e164(to) {
        return Err(Refusal::new(21211, format!("Invalid 'To' Phone Number: {to}")));
    }
    let (from, service) = (form.get("From"), form.get("MessagingServiceSid"));
    match (from, service) {
        (None, None) => return Err(Refusal::new(21603, "A 'From' phone number is required.")),
        (Some(from), _) if !account.sends_from(from) => {
            return Err(Refusal::new(21606, format!("The 'From' phone number {from} is not valid.")));
        }
        (_, Some(service)) if service != account.service => {
            return Err(Refusal::new(21705, "The Messaging Service SID is invalid"));
        }
        _ => {}
    }
    let body = form.get("Body").ok_or_else(|| Refusal::new(21602, "Message body is required."))?;
    if body.chars().count() > BODY_MAX {
        return Err(Refusal::new(21617, "The concatenated message body exceeds the 1600 character limit"));
    }
    let callback = form.get("StatusCallback");
    if callback.is_some_and(|url| !is_absolute(url)) {
        return Err(Refusal::new(21609, "The 'StatusCallback' URL is not a valid URL"));
    }
    if let Some(code) = account.lock().refused.get(to) {
        return Err(Refusal::new(*code, "Refused"));
    }
    let owned = |text: Option<&str>| text.map(str::to_owned);
    Ok(Sms {
        sid: format!("SM{}", uuid::Uuid::new_v4().simple()),
        to: to.to_owned(),
        from: owned(from),
        service: owned(service),
        body: body.to_owned(),
        callback: owned(callback),
        status: if service.is_some() { "accepted" } else { "queued" }.to_owned(),
        error: None,
        made: Timestamp::now(),
        sent: None,
    })
}

fn is_e164(text: &str) -> bool {
    text.strip_prefix('+').is_some_and(|digits| {
        (7..=15).contains(&digits.len())
            && digits.bytes().all(|byte| byte.is_ascii_digit())
            && !digits.starts_with('0')
    })
}

fn is_absolute(url: &str) -> bool {
    url::Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}

async fn list_messages(
    State(account): State<Store>,
    Path(owner): Path<String>,
    uri: Uri,
) -> Result<Json<Value>, Refusal> {
    usable(&account, &owner)?;
    let asked =
        Fields::read(uri.query().unwrap_or_default().as_bytes(), &["To", "From", "DateSent", "PageSize"])?;
    let size = match asked.get("PageSize").map(str::parse) {
        None => PAGE,
        Some(Ok(size @ 1..=PAGE_MAX)) => size,
        Some(_) => return Err(Refusal::new(20001, "Invalid PageSize")),
    };
    let fits = |one: &&Sms| {
        asked.get("To").is_none_or(|to| one.to == to)
            && asked.get("From").is_none_or(|from| one.from.as_deref() == Some(from))
            && asked.get("DateSent").is_none_or(|date| one.sent.is_some_and(|sent| day(sent) == date))
    };
    let messages = account.lock().messages.clone();
    let page: Vec<Value> =
        messages.iter().rev().filter(fits).take(size).map(|one| account.message(one)).collect();
    Ok(Json(json!({ "messages": page, "page": 0, "page_size": size, "next_page_uri": null })))
}

/// A form or a query, whose names must be known, once each, and not empty.
struct Fields(Vec<(String, String)>);

impl Fields {
    fn read(encoded: &[u8], known: &[&str]) -> Result<Self, Refusal> {
        let fields: Vec<(String, String)> = url::form_urlencoded::parse(encoded).into_owned().collect();
        for (name, value) in &fields {
            let times = fields.iter().filter(|(other, _)| other == name).count();
            if !known.contains(&name.as_str()) || value.is_empty() || times > 1 {
                return Err(Refusal::new(20001, format!("Invalid parameter {name}")));
            }
        }
        Ok(Self(fields))
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
    }
}
