//! What every request that changes something must bring: the panel's own origin and the token of a form the panel showed. No
//! handler can be reached without both, whatever it reads of the body.

use axum::body::{Body, to_bytes};
use axum::extract::{FromRequestParts, Multipart, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use caisson_types::manifest::{Field, FieldKind};
use serde_json::{Map, Value};
use subtle::ConstantTimeEq;

use super::error::PageError;
use super::shell::Shell;
use crate::upload::{Arriving, broken};
use crate::{ApiError, App};

/// Name of the hidden input.
const TOKEN: &str = "_csrf";
/// Largest form.
const FORM_MAX: usize = 1024 * 1024;
/// The one form with a file. Its token is checked by [`read_upload`], before the file is read.
const UPLOAD: &str = "/admin/modules";

/// The fields of a form whose token was right, in their order, without the token.
#[derive(Clone, Debug, Default)]
pub(super) struct Form(Vec<(String, String)>);

impl Form {
    /// A field's text, trimmed; empty where it is not there.
    pub(super) fn text(&self, name: &str) -> &str {
        self.0.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.trim())
    }

    /// A field's text as it was typed, for what must not be trimmed.
    pub(super) fn raw(&self, name: &str) -> &str {
        self.0.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }

    pub(super) fn all<'f>(&'f self, name: &'f str) -> impl Iterator<Item = &'f str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub(super) fn checked(&self, name: &str) -> bool {
        self.0.iter().any(|(key, _)| key == name)
    }

    /// Values of a generated form, whose inputs are named by `prefix` and the field's key. Several of one name make a list.
    pub(super) fn values(&self, fields: &[Field], prefix: &str) -> Map<String, Value> {
        let mut values = Map::new();
        for field in fields.iter().filter(|field| !field.internal) {
            let name = format!("{prefix}{}", field.key);
            let mut given = self.all(&name).map(Value::from);
            let value = match field.kind {
                FieldKind::MultiSelect => Some(Value::Array(given.collect())),
                // Compared by `when`, so it has to be there as what it means.
                FieldKind::Checkbox => Some(Value::Bool(given.next().is_some())),
                _ => given.next(),
            };
            values.extend(value.map(|value| (field.key.clone(), value)));
        }
        values
    }

    pub(super) fn into_pairs(self) -> Vec<(String, String)> {
        self.0
    }
}

impl FromRequestParts<App> for Form {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, PageError> {
        parts.extensions.remove::<Self>().ok_or_else(refuse)
    }
}

fn refuse() -> PageError {
    let message = "The form is too old, or did not come from this panel; reload the page and try again.";
    ApiError::new(StatusCode::FORBIDDEN, message).into()
}

/// Lets a request through whose origin and token are the panel's, with its [`Form`] read.
pub(super) async fn check(
    app: &App,
    shell: &Shell,
    mut parts: Parts,
    body: Body,
) -> Result<Request, PageError> {
    if !same_origin(app.public_url(), &parts.headers) {
        return Err(refuse());
    }
    let kind =
        parts.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if kind.starts_with("multipart/form-data") && parts.uri.path() == UPLOAD {
        return Ok(Request::from_parts(parts, body));
    }
    if !kind.starts_with("application/x-www-form-urlencoded") {
        return Err(refuse());
    }
    let bytes = to_bytes(body, FORM_MAX)
        .await
        .map_err(|_| ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, "A form has at most 1 MiB."))?;
    let mut pairs: Vec<(String, String)> = url::form_urlencoded::parse(&bytes).into_owned().collect();
    let token = pairs.iter().find(|(key, _)| key == TOKEN).map(|(_, value)| value.as_str());
    if !fits(token.unwrap_or_default(), &shell.csrf) {
        return Err(refuse());
    }
    pairs.retain(|(key, _)| key != TOKEN);
    parts.extensions.insert(Form(pairs));
    Ok(Request::from_parts(parts, Body::empty()))
}

fn fits(given: &str, token: &str) -> bool {
    bool::from(given.as_bytes().ct_eq(token.as_bytes()))
}

/// Browsers say where a request comes from. One that says nothing is no browser, and carries no cookies it was not given.
fn same_origin(public_url: &str, headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let site = text("sec-fetch-site").is_none_or(|site| site == "same-origin");
    let origin = text("origin").is_none_or(|origin| {
        let host = text("host").unwrap_or_default();
        origin == public_url || origin.split_once("://").is_some_and(|(_, given)| given == host)
    });
    site && origin
}

/// What the upload form sent, once its token was seen to be right.
pub(super) async fn read_upload(shell: &Shell, mut form: Multipart) -> Result<Arriving, PageError> {
    let mut trusted = false;
    let mut arriving = Arriving::default();
    while let Some(field) = form.next_field().await.map_err(broken)? {
        match field.name() {
            Some(TOKEN) => trusted = fits(&field.text().await.map_err(broken)?, &shell.csrf),
            _ if trusted => arriving.take(field).await?,
            _ => return Err(refuse()),
        }
    }
    if trusted { Ok(arriving) } else { Err(refuse()) }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn a_request_from_another_site_is_told_by_its_headers() {
        let _case = caisson_threats::case(35, "a request from another site is told by its headers");
        let cases: [(&[(&'static str, &str)], bool); 6] = [
            (&[], true),
            (&[("sec-fetch-site", "same-origin"), ("origin", "https://panel.example")], true),
            (&[("sec-fetch-site", "cross-site")], false),
            (&[("sec-fetch-site", "same-site")], false),
            (&[("origin", "https://evil.example"), ("host", "panel.example")], false),
            (&[("origin", "null")], false),
        ];
        for (given, expected) in cases {
            let headers = given
                .iter()
                .map(|(name, value)| ((*name).parse().unwrap(), HeaderValue::from_str(value).unwrap()));
            assert_eq!(same_origin("https://panel.example", &headers.collect()), expected, "{given:?}");
        }
    }
}
