//! What gateways and channels' providers call: no session, no token of a form, a cap and a measure of its own. Billing verifies and decides.

mod throttle;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{ConnectInfo, DefaultBodyLimit, Extension, OriginalUri, Path, State};
use axum::http::uri::PathAndQuery;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use caisson_billing::Answered;
use caisson_billing::webhooks::{Handled, Received, Unverified};
use caisson_capabilities::contract::types::HttpMethod;
use caisson_types::ModuleKey;
use tower_http::timeout::TimeoutLayer;

pub(crate) use throttle::Throttle;

use crate::{ApiError, App};

const BODY_MAX: usize = 1024 * 1024;
/// For the body to arrive and the module to answer, whose own budget is shorter.
const TIMEOUT: Duration = Duration::from_secs(60);
/// After what a provider may ask again, in seconds.
const RETRY_AFTER: &str = "5";

/// What the module's bytes may be shown as; anything else is a download. The panel's origin shows nobody's markup.
const PLAIN_TYPES: [&str; 3] = ["application/json", "application/xml", "text/plain"];

pub(crate) fn router() -> Router<App> {
    Router::new()
        .route("/webhooks/{kind}/{name}", any(callback))
        .layer(DefaultBodyLimit::max(BODY_MAX))
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, TIMEOUT))
}

async fn callback(
    State(app): State<App>,
    Path((kind, name)): Path<(String, String)>,
    OriginalUri(uri): OriginalUri,
    peer: Option<Extension<ConnectInfo<SocketAddr>>>,
    method: Method,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, ApiError> {
    let key: ModuleKey = format!("{kind}/{name}").parse().map_err(|_| ApiError::not_found("module"))?;
    let address = peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |Extension(info)| info.0.ip());
    if !app.webhooks().lets_in(&key, address) {
        return Ok(later(StatusCode::TOO_MANY_REQUESTS, "Too many requests; try again in a minute."));
    }
    let received = Received {
        method: contract_method(&method)?,
        url: format!("{}{}", app.public_url(), uri.path_and_query().map_or("", PathAndQuery::as_str)),
        query: uri.query().map(pairs).unwrap_or_default(),
        form: form(&headers, &body),
        headers: headers
            .iter()
            .filter_map(|(name, value)| Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned())))
            .collect(),
        body: body.into(),
    };
    let handled = app.billing().webhook(&key, received).await?;
    Ok(match handled {
        Handled::Answered { status, headers, body } => answer(status, headers, body),
        Handled::Repeated => (StatusCode::OK, "This was processed before.").into_response(),
        Handled::Busy => later(StatusCode::SERVICE_UNAVAILABLE, "A copy of this is being processed."),
        Handled::Refused(why) => refuse(&why).into_response(),
    })
}

/// Tells what a provider's operator can mend, and nothing that helps to guess.
fn refuse(why: &Unverified) -> ApiError {
    match why {
        Unverified::Malformed(reason) => {
            ApiError::new(StatusCode::BAD_REQUEST, format!("The request cannot be verified: {reason}."))
        }
        Unverified::Wrong(_) | Unverified::NoSecret(_) => {
            ApiError::new(StatusCode::UNAUTHORIZED, "The request could not be verified.")
        }
    }
}

fn later(status: StatusCode, message: &str) -> Response {
    let mut response = ApiError::new(status, message).into_response();
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static(RETRY_AFTER));
    response
}

fn contract_method(method: &Method) -> Result<HttpMethod, ApiError> {
    Ok(match *method {
        Method::GET => HttpMethod::Get,
        Method::HEAD => HttpMethod::Head,
        Method::POST => HttpMethod::Post,
        Method::PUT => HttpMethod::Put,
        Method::PATCH => HttpMethod::Patch,
        Method::DELETE => HttpMethod::Delete,
        Method::OPTIONS => HttpMethod::Options,
        _ => return Err(ApiError::new(StatusCode::METHOD_NOT_ALLOWED, "No provider calls so.")),
    })
}

fn form(headers: &HeaderMap, body: &[u8]) -> Vec<(String, String)> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if kind.starts_with("application/x-www-form-urlencoded") { pairs(body) } else { Vec::new() }
}

fn pairs(encoded: &(impl AsRef<[u8]> + ?Sized)) -> Vec<(String, String)> {
    url::form_urlencoded::parse(encoded.as_ref()).into_owned().collect()
}

fn answer(status: u16, headers: Vec<(String, String)>, body: Answered) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY);
    let mut response = match body {
        Answered::Text(text) => (status, text).into_response(),
        Answered::Json(json) => (status, axum::Json(json)).into_response(),
        Answered::Blob { content_type, bytes } => {
            let kind = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
            let known = PLAIN_TYPES.into_iter().find(|known| *known == kind);
            let kind = known.unwrap_or("application/octet-stream");
            (status, [(header::CONTENT_TYPE, kind)], bytes).into_response()
        }
        // The others are refused before they come here.
        Answered::Empty | Answered::View { .. } | Answered::Redirect(_) => status.into_response(),
    };
    for (name, value) in headers {
        if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), HeaderValue::from_str(&value)) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}
