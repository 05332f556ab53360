//! Tokens of the API: random, shown once, stored as a hash.

use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use caisson_storage::{StorageError, admins, tokens};
use caisson_types::{AdminId, Secret, Timestamp};
use sha2::{Digest, Sha256};

use crate::{ApiError, App};

/// Makes tokens easy to find where they leaked.
const PREFIX: &str = "caisson_";

/// A new token. 256 random bits: a plain digest of it cannot be guessed back.
#[must_use]
pub fn new_token() -> Secret<String> {
    let bytes: [u8; 32] = rand::random();
    Secret::new(format!("{PREFIX}{}", hex::encode(bytes)))
}

/// What is stored of a token.
#[must_use]
pub fn hash_token(token: &str) -> String {
    hex::encode(Sha256::digest(token.as_bytes()))
}

/// An administrator who presented a valid token. A handler without it, or a session, cannot be reached.
#[derive(Clone, Debug)]
pub struct ApiAdmin {
    pub id: AdminId,
    pub email: String,
}

impl FromRequestParts<App> for ApiAdmin {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let refuse = || {
            ApiError::new(StatusCode::UNAUTHORIZED, "Send a valid API token as 'Authorization: Bearer …'.")
        };
        let header =
            parts.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).ok_or_else(refuse)?;
        let token =
            header.strip_prefix("Bearer ").filter(|token| token.starts_with(PREFIX)).ok_or_else(refuse)?;
        let mut conn = app.db().conn().await?;
        let found = match tokens::by_hash(&mut conn, &hash_token(token)).await {
            Ok(found) => found,
            Err(StorageError::Missing) => return Err(refuse()),
            Err(error) => return Err(error.into()),
        };
        let now = Timestamp::now();
        if found.expires_at.is_some_and(|end| end <= now) {
            return Err(ApiError::new(
                StatusCode::UNAUTHORIZED,
                "This API token has expired; make a new one.",
            ));
        }
        // Once a minute is exact enough for a person, and spares a write on each request.
        if found.last_used_at.is_none_or(|last| now.0 - last.0 > 60_000) {
            tokens::touch(&mut conn, found.id, now).await?;
        }
        let admin = admins::by_id(&mut conn, found.admin_id).await?;
        Ok(Self { id: admin.id, email: admin.email })
    }
}
