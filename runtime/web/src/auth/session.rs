//! Sessions of browsers: a random token in a `__Host-` cookie, its digest in the database.

use std::time::Duration;

use caisson_storage::sessions::{self, Principal, Session};
use caisson_storage::{Conn, Optional, StorageError};
use caisson_types::{Secret, Timestamp};
use sha2::{Digest, Sha256};

/// The cookie's name. `__Host-` makes browsers refuse it from another host, another path, or without TLS.
pub(crate) const COOKIE: &str = "__Host-session";

/// A session that nobody used for so long is over.
const IDLE: Duration = Duration::from_secs(12 * 3600);
/// And so is one this old, however busy.
const LIFETIME: Duration = Duration::from_secs(7 * 24 * 3600);
/// How exact the time of last use is.
const TOUCH_EVERY_MS: i64 = 60_000;

fn digest(token: &str) -> String {
    hex::encode(Sha256::digest(token.as_bytes()))
}

/// 256 random bits in hexadecimal.
pub(crate) fn random_token() -> String {
    let bytes: [u8; 32] = rand::random();
    hex::encode(bytes)
}

/// Begins a session and gives the token for its cookie. Every log-in begins one, so that a token planted before is worth
/// nothing. `data` is what the first page finds.
pub(crate) async fn begin(
    conn: &mut Conn,
    principal: Principal,
    data: serde_json::Value,
) -> Result<Secret<String>, StorageError> {
    let (token, now) = (random_token(), Timestamp::now());
    let session = Session {
        token_hash: digest(&token),
        principal,
        csrf: random_token(),
        created_at: now,
        seen_at: now,
        expires_at: now.after(IDLE),
        data,
    };
    sessions::purge_expired(conn, now).await?;
    sessions::insert(conn, &session).await?;
    Ok(Secret::new(token))
}

/// The session of a cookie's token, if it is still good.
pub(crate) async fn find(conn: &mut Conn, token: &str) -> Result<Option<Session>, StorageError> {
    let Some(session) = sessions::by_hash(conn, &digest(token)).await.optional()? else {
        return Ok(None);
    };
    let now = Timestamp::now();
    if session.expires_at <= now {
        return Ok(None);
    }
    if now.0 - session.seen_at.0 > TOUCH_EVERY_MS {
        let end = now.after(IDLE).min(session.created_at.after(LIFETIME));
        // Whoever ended it in between has the last word.
        sessions::touch(conn, &session.token_hash, now, end).await.optional()?;
    }
    Ok(Some(session))
}
