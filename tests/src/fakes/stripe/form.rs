//! Parameters as Stripe takes them, and what it says of those that it does not.

use std::collections::BTreeMap;

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// Why a request is refused.
#[derive(Debug)]
pub(super) struct Refusal {
    status: StatusCode,
    kind: &'static str,
    code: &'static str,
    message: String,
    param: Option<String>,
}

impl Refusal {
    pub(super) fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, kind: "invalid_request_error", code, message: message.into(), param: None }
    }

    pub(super) fn param(code: &'static str, param: &str, message: impl Into<String>) -> Self {
        let refusal = Self::new(StatusCode::BAD_REQUEST, code, message);
        Self { param: Some(param.to_owned()), ..refusal }
    }

    pub(super) fn missing(what: &str, id: &str) -> Self {
        let message = format!("No such {what}: '{id}'");
        Self { status: StatusCode::NOT_FOUND, ..Self::param("resource_missing", "id", message) }
    }

    /// The key belongs to other parameters.
    pub(super) fn key() -> Self {
        let message = "Keys for idempotent requests can only be used with the same parameters they were first used with.";
        Self { kind: "idempotency_error", ..Self::new(StatusCode::BAD_REQUEST, "", message) }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let Self { status, kind, code, message, param } = self;
        let code = Some(code).filter(|code| !code.is_empty());
        let error = json!({ "type": kind, "code": code, "message": message, "param": param });
        (status, Json(json!({ "error": error }))).into_response()
    }
}

pub(super) struct Form(BTreeMap<String, String>);

impl Form {
    /// The parameters, all of which must be known; a name that ends in `[]`, `[*]` or the like is known by its beginning.
    pub(super) fn read(encoded: &str, known: &[&str]) -> Result<Self, Refusal> {
        let mut fields = BTreeMap::new();
        for pair in encoded.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let (name, value) = (decode(name), decode(value));
            let is_known = known
                .iter()
                .any(|one| one.strip_suffix('*').map_or(*one == name, |start| name.starts_with(start)));
            if !is_known {
                return Err(Refusal::param(
                    "parameter_unknown",
                    &name,
                    format!("Received unknown parameter: {name}"),
                ));
            }
            if value.is_empty() {
                return Err(Refusal::param(
                    "parameter_invalid_empty",
                    &name,
                    format!("You passed an empty string for '{name}'."),
                ));
            }
            fields.insert(name, value);
        }
        Ok(Self(fields))
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    pub(super) fn need(&self, name: &str) -> Result<&str, Refusal> {
        let missing =
            || Refusal::param("parameter_missing", name, format!("Missing required param: {name}."));
        self.get(name).ok_or_else(missing)
    }

    pub(super) fn whole(&self, name: &str) -> Result<i64, Refusal> {
        let text = self.need(name)?;
        text.parse().map_err(|_| {
            Refusal::param("parameter_invalid_integer", name, format!("Invalid integer: {text}"))
        })
    }

    pub(super) fn metadata(&self) -> BTreeMap<String, String> {
        let own = |(name, value): (&String, &String)| {
            let key = name.strip_prefix("metadata[")?.strip_suffix(']')?;
            Some((key.to_owned(), value.clone()))
        };
        self.0.iter().filter_map(own).collect()
    }
}

/// Percent-decoding, with `+` for a space.
fn decode(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let hex = |rest: &mut std::str::Bytes<'_>| {
            let pair = [rest.next()?, rest.next()?];
            u8::from_str_radix(std::str::from_utf8(&pair).ok()?, 16).ok()
        };
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => hex(&mut rest).unwrap_or(b'%'),
            other => other,
        });
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
