//! Holds back guessing: by account, and by address.

use std::net::IpAddr;
use std::time::Duration;

use caisson_storage::{Conn, StorageError, throttle};
use caisson_types::Timestamp;

/// Failures are forgotten after this.
const WINDOW: Duration = Duration::from_secs(15 * 60);
const PER_ACCOUNT: u64 = 5;
const PER_ADDRESS: u64 = 50;

/// Too many failures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Too many tries; please wait a quarter of an hour.")]
pub struct Throttled;

/// One try to sign in; tell it how the try ended.
pub struct Attempt {
    account: String,
    address: String,
}

/// Begins a try, unless there were too many. Every try counts from its beginning, so that parallel guesses count too.
///
/// # Errors
/// `Ok(Err(Throttled))` where there were too many tries.
pub async fn attempt(
    conn: &mut Conn,
    kind: &str,
    account: &str,
    address: IpAddr,
) -> Result<Result<Attempt, Throttled>, StorageError> {
    let attempt = Attempt {
        account: format!("login:{kind}:{}", account.to_lowercase()),
        address: format!("login:ip:{address}"),
    };
    let now = Timestamp::now();
    let since = now.before(WINDOW);
    for (key, limit) in [(&attempt.account, PER_ACCOUNT), (&attempt.address, PER_ADDRESS)] {
        throttle::record(conn, key, now).await?;
        if throttle::count_since(conn, key, since).await? > limit {
            return Ok(Err(Throttled));
        }
    }
    Ok(Ok(attempt))
}

impl Attempt {
    /// It was the right password: the account starts afresh. The address does not, or one good account would cover for many
    /// guesses.
    ///
    /// # Errors
    /// Where the database cannot be reached.
    pub async fn succeeded(self, conn: &mut Conn) -> Result<(), StorageError> {
        throttle::clear(conn, &self.account).await
    }

    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }
}
