//! Something happened, and those who asked to hear of it will: one task for each, in the publisher's transaction.
//!
//! So an event is delivered exactly where what it tells of was kept, survives whoever published it, and a subscriber that fails
//! is tried again without anybody else noticing. A task that ran and was lost with its worker runs again: subscribers tell
//! repeats by the event's id.

use caisson_types::{ModuleKey, PanelEvent, VersionId};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::db::Conn;
use crate::error::Result;
use crate::row::Fields;
use crate::tasks::{self, NewTask};

/// Method of the tasks that deliver events. Modules' own methods do not begin with `@`.
pub const METHOD: &str = "@event";
/// How often a subscriber may fail to hear of one event, and the seconds before it is told again.
const TRIES: u32 = 5;
const BACKOFF_S: u32 = 30;

/// How long a chain of events that lead to events may grow: longer ones go in circles.
pub const DEPTH_MAX: u8 = 8;

/// What a task that delivers an event carries.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// The same for every subscriber, and when it is delivered again.
    pub id: Uuid,
    /// `service.ordered` of the panel's, `product/powerdns.zone-emptied` of a module's.
    pub name: String,
    pub payload: Value,
    /// How many events led to this one: what hears an event and publishes another goes one deeper.
    #[serde(default)]
    pub depth: u8,
}

/// Replaces what a module hears of.
///
/// # Errors
/// Those of writing.
pub async fn subscribe(conn: &mut Conn, module: &ModuleKey, events: &[String]) -> Result<()> {
    sqlx::query("DELETE FROM event_subscriptions WHERE module = $1")
        .bind(module.to_string())
        .execute(&mut *conn)
        .await?;
    for event in events {
        sqlx::query("INSERT INTO event_subscriptions (event, module) VALUES ($1, $2)")
            .bind(event.as_str())
            .bind(module.to_string())
            .execute(&mut *conn)
            .await?;
    }
    Ok(())
}

/// Publishes one of the panel's own events; at the end of a chain that grew too long, nobody hears of it.
///
/// # Errors
/// As [`publish`].
pub async fn announce(conn: &mut Conn, event: PanelEvent, payload: Value, depth: u8) -> Result<()> {
    if depth > DEPTH_MAX {
        tracing::warn!(
            event = event.name(),
            "a chain of events that lead to events was ended: it goes in circles"
        );
        return Ok(());
    }
    publish(conn, event.name(), payload, depth).await?;
    Ok(())
}

/// Publishes an event of now and returns its id. In a transaction it is delivered once that commits; whoever commits wakes the
/// workers.
///
/// # Errors
/// Those of writing; then nobody hears of it.
pub async fn publish(conn: &mut Conn, name: &str, payload: Value, depth: u8) -> Result<Uuid> {
    let event = Event { id: Uuid::now_v7(), name: name.to_owned(), payload, depth };
    let subscribers = sqlx::query(
        "SELECT m.key, m.active FROM event_subscriptions s JOIN modules m ON m.key = s.module \
         WHERE s.event = $1 AND m.active IS NOT NULL ORDER BY m.key",
    )
    .bind(name)
    .fetch_all(&mut *conn)
    .await?;
    if subscribers.is_empty() {
        return Ok(event.id);
    }
    let carried = serde_json::to_value(&event).map_err(crate::StorageError::other)?;
    // All of them or none.
    let mut tx = conn.begin().await?;
    for row in &subscribers {
        let row = Fields::new(row);
        let (module, version): (ModuleKey, VersionId) = (row.parse("key")?, row.parse("active")?);
        let task = NewTask {
            payload: carried.clone(),
            tags: vec!["event".to_owned(), name.to_owned()],
            tries: TRIES,
            max_exceptions: TRIES,
            backoff_s: BACKOFF_S,
            ..NewTask::new(module, version, METHOD)
        };
        tasks::enqueue(&mut tx, &task).await?;
    }
    tx.commit().await?;
    Ok(event.id)
}
