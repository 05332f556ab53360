//! Callbacks of gateways, so that each has its effect once.
//!
//! A delivery is claimed, processed, and only then marked as processed: one that failed, or was lost with its process, is let in
//! again when the gateway repeats it.

use std::time::Duration;

use caisson_types::{ModuleKey, Timestamp};
use uuid::Uuid;

use crate::db::Conn;
use crate::error::Result;
use crate::row::Fields;

/// What became of a wish to process a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claim {
    /// It is the caller's, to be [processed] or [released].
    ///
    /// [processed]: processed
    /// [released]: release
    Granted(Uuid),
    /// It was processed before.
    Processed,
    /// Somebody else is at it.
    Taken,
}

/// Claims a delivery for some time.
///
/// # Errors
/// Those of writing.
pub async fn claim(
    conn: &mut Conn,
    module: &ModuleKey,
    delivery: &str,
    now: Timestamp,
    lease: Duration,
) -> Result<Claim> {
    let claim = Uuid::now_v7();
    let row = sqlx::query(
        "INSERT INTO webhook_deliveries (module, delivery, claim, claimed_until) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (module, delivery) DO UPDATE SET claim = excluded.claim, claimed_until = excluded.claimed_until \
         WHERE webhook_deliveries.processed_at IS NULL AND webhook_deliveries.claimed_until < $5 RETURNING claim",
    )
    .bind(module.to_string())
    .bind(delivery)
    .bind(claim.to_string())
    .bind(now.after(lease).0)
    .bind(now.0)
    .fetch_optional(&mut *conn)
    .await?;
    if row.is_some() {
        return Ok(Claim::Granted(claim));
    }
    let row = sqlx::query("SELECT processed_at FROM webhook_deliveries WHERE module = $1 AND delivery = $2")
        .bind(module.to_string())
        .bind(delivery)
        .fetch_optional(&mut *conn)
        .await?;
    let processed = row.map(|row| Fields::new(&row).time_opt("processed_at")).transpose()?.flatten();
    // One that was released a moment ago is the next delivery's.
    Ok(if processed.is_some() { Claim::Processed } else { Claim::Taken })
}

/// The delivery has had its effect. `false` means that the claim ran out and is another's.
///
/// # Errors
/// Those of writing.
pub async fn processed(
    conn: &mut Conn,
    module: &ModuleKey,
    delivery: &str,
    claim: Uuid,
    now: Timestamp,
) -> Result<bool> {
    let result = sqlx::query(
        "UPDATE webhook_deliveries SET processed_at = $1, claim = NULL WHERE module = $2 AND delivery = $3 AND claim = $4",
    )
    .bind(now.0)
    .bind(module.to_string())
    .bind(delivery)
    .bind(claim.to_string())
    .execute(&mut *conn)
    .await?;
    Ok(result.rows_affected() > 0)
}

/// The delivery had no effect: the next one is let in.
///
/// # Errors
/// Those of writing.
pub async fn release(conn: &mut Conn, module: &ModuleKey, delivery: &str, claim: Uuid) -> Result<()> {
    sqlx::query("DELETE FROM webhook_deliveries WHERE module = $1 AND delivery = $2 AND claim = $3")
        .bind(module.to_string())
        .bind(delivery)
        .bind(claim.to_string())
        .execute(&mut *conn)
        .await?;
    Ok(())
}

/// Forgets deliveries that were processed, or given up, before a point in time. Returns how many.
///
/// # Errors
/// Those of writing.
pub async fn purge(conn: &mut Conn, before: Timestamp) -> Result<u64> {
    const OLD: &str = "DELETE FROM webhook_deliveries WHERE (module, delivery) IN (SELECT module, delivery \
                       FROM webhook_deliveries WHERE COALESCE(processed_at, claimed_until) < $1 LIMIT $2)";
    crate::retention::older(conn, OLD, before).await
}
