//! JSON bodies whose mistakes are told field by field, as everywhere else.

use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use caisson_types::FieldError;
use serde::de::DeserializeOwned;

use crate::ApiError;

/// A parsed body.
pub(super) struct Json<T>(pub(super) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        use axum::extract::rejection::JsonRejection as R;
        match axum::Json::from_request(request, state).await {
            Ok(axum::Json(value)) => Ok(Self(value)),
            Err(R::JsonDataError(error)) => Err(ApiError::invalid(vec![data_error(&error.body_text())])),
            Err(R::JsonSyntaxError(_)) => {
                Err(ApiError::new(StatusCode::BAD_REQUEST, "The body is not JSON."))
            }
            Err(R::MissingJsonContentType(_)) => Err(ApiError::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "Send the body as 'Content-Type: application/json'.",
            )),
            Err(other) => Err(ApiError::new(other.status(), "The body could not be read.")),
        }
    }
}

/// axum's text is `… into the target type: <path>: <reason> at line …`; a path is there unless the body itself has the wrong
/// shape, and a missing or unknown field is named in the reason.
fn data_error(text: &str) -> FieldError {
    let reason = text.split_once("target type: ").map_or(text, |(_, reason)| reason);
    let reason = reason.split(" at line ").next().unwrap_or(reason);
    let named = reason.split('`').nth(1).filter(|_| reason.contains(" field `"));
    match (named, reason.split_once(": ")) {
        (Some(field), _) if reason.contains("unknown field") => {
            FieldError::new(field, "There is no such field.")
        }
        (Some(field), _) => FieldError::new(field, "This is required."),
        (None, Some((path, why))) if !path.contains(' ') => {
            FieldError::new(path, format!("This does not fit: {why}."))
        }
        _ => FieldError::new("body", format!("This does not fit: {reason}.")),
    }
}

#[cfg(test)]
mod tests {
    use super::data_error;

    #[test]
    fn mistakes_name_their_field() {
        let field = |text: &str| {
            data_error(&format!("Failed to deserialize the JSON body into the target type: {text}")).field
        };
        assert_eq!(field("missing field `slug` at line 1 column 9"), "slug");
        assert_eq!(field("colour: unknown field `colour`, expected `name` at line 1"), "colour");
        assert_eq!(field("price_minor: invalid type: string \"x\", expected i64 at line 1"), "price_minor");
        assert_eq!(field("invalid type: sequence, expected struct X at line 1"), "body");
    }
}
