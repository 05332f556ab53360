//! What a request is refused with, and the JSON document it must carry.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::account::FieldErrors;

/// A refusal: status and JSON.
pub(super) struct Refusal(StatusCode, Value);

impl Refusal {
    pub(super) fn new(status: StatusCode, error: &str) -> Self {
        Self(status, json!({ "error": error }))
    }

    pub(super) fn no_account(username: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, &format!("there is no account {username}"))
    }

    pub(super) fn exists(external_ref: &str) -> Self {
        Self(StatusCode::CONFLICT, json!({ "error": "account exists", "external_ref": external_ref }))
    }
}

impl From<FieldErrors> for Refusal {
    fn from(fields: FieldErrors) -> Self {
        let error = "some fields are not valid";
        Self(StatusCode::UNPROCESSABLE_ENTITY, json!({ "error": error, "fields": fields }))
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = (self.0, Json(self.1)).into_response();
        if self.0 == StatusCode::UNAUTHORIZED {
            let bearer = header::HeaderValue::from_static("Bearer");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, bearer);
        }
        response
    }
}

/// A request body: a JSON object, declared as JSON.
pub(super) struct Document {
    pub(super) fields: Map<String, Value>,
    /// Of the bytes as sent: what an idempotency key is bound to.
    pub(super) digest: [u8; 32],
}

impl<S: Send + Sync> FromRequest<S> for Document {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        let declared = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let essence = declared.and_then(|value| value.split(';').next()).map(str::trim);
        if !essence.is_some_and(|essence| essence.eq_ignore_ascii_case("application/json")) {
            let error = "the content type must be application/json";
            return Err(Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, error));
        }
        let body = Bytes::from_request(request, state)
            .await
            .map_err(|error| Refusal::new(error.status(), &error.body_text()))?;
        let fields = serde_json::from_slice(&body).map_err(|error| {
            Refusal::new(StatusCode::BAD_REQUEST, &format!("the body is not a JSON object: {error}"))
        })?;
        Ok(Self { fields, digest: Sha256::digest(&body).into() })
    }
}
