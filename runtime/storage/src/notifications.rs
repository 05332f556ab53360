//! What modules told people: kept for whom it is for, and one task for each channel that carries it further.

use caisson_types::{AdminId, ClientId, ModuleKey, Phone, Timestamp, VersionId};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::db::Conn;
use crate::error::Result;
use crate::page::{Page, PageQuery};
use crate::row::{Fields, as_i64, one_changed, read_all};
use crate::sql::Filter;
use crate::tasks::{self, NewTask};

/// Method of the tasks that carry a notification to a channel. Modules' own methods do not begin with `@`.
pub const METHOD: &str = "@notify";
/// How often a channel may fail to take one, and the seconds before it is asked again.
const TRIES: u32 = 5;
const BACKOFF_S: u32 = 30;
const HOUR_MS: i64 = 3_600_000;

/// Whom it is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recipient {
    Client(ClientId),
    Admin(AdminId),
}

impl Recipient {
    fn parts(self) -> (&'static str, String) {
        match self {
            Recipient::Client(id) => ("client", id.to_string()),
            Recipient::Admin(id) => ("admin", id.to_string()),
        }
    }
}

/// Somebody who can be told something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    pub recipient: Recipient,
    pub email: String,
    pub phone: Option<Phone>,
    pub locale: String,
}

/// A notification to one person.
#[derive(Clone, Debug, PartialEq)]
pub struct Notification {
    pub id: Uuid,
    /// Who sent it.
    pub module: ModuleKey,
    pub event: String,
    pub recipient: Recipient,
    /// An e-mail address.
    pub address: String,
    pub phone: Option<Phone>,
    pub subject: String,
    pub text: String,
    pub data: Value,
    pub created_at: Timestamp,
}

/// What became of a notification in one channel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// The notification module.
    pub module: ModuleKey,
    /// `queued`, `accepted`, `delivered`, `skipped` or `failed`.
    pub status: String,
    /// The channel's own name for it.
    pub reference: Option<String>,
    pub error: Option<String>,
}

impl Delivery {
    /// Whether the channel has it, so that it is not to be sent again.
    #[must_use]
    pub fn is_with_channel(&self) -> bool {
        matches!(self.status.as_str(), "accepted" | "delivered")
    }
}

/// What a task that carries a notification holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Carried {
    pub notification: Uuid,
}

fn read(row: Fields<'_>) -> Result<Notification> {
    let recipient = match row.get::<String>("recipient_kind")?.as_str() {
        "client" => Recipient::Client(row.parse("recipient_id")?),
        _ => Recipient::Admin(row.parse("recipient_id")?),
    };
    Ok(Notification {
        id: row.parse("id")?,
        module: row.parse("module")?,
        event: row.get("event")?,
        recipient,
        address: row.get("address")?,
        phone: row.parse_opt("phone")?,
        subject: row.get("subject")?,
        text: row.get("text")?,
        data: row.json("data")?,
        created_at: row.time("created_at")?,
    })
}

/// A client who has a service of the module; none where the client is not the module's.
///
/// # Errors
/// Those of reading.
pub async fn client_of(conn: &mut Conn, module: &ModuleKey, client: ClientId) -> Result<Option<Person>> {
    let row = sqlx::query(
        "SELECT email, phone, locale FROM clients WHERE id = $1 \
         AND EXISTS (SELECT 1 FROM services WHERE client_id = $1 AND module = $2)",
    )
    .bind(client.to_string())
    .bind(module.to_string())
    .fetch_optional(&mut *conn)
    .await?;
    row.map(|row| person(Recipient::Client(client), Fields::new(&row))).transpose()
}

/// Everybody on the staff. There is one role so far, and it has every permission.
///
/// # Errors
/// Those of reading.
pub async fn staff(conn: &mut Conn) -> Result<Vec<Person>> {
    let rows =
        sqlx::query("SELECT id, email, phone, locale FROM admins ORDER BY id").fetch_all(&mut *conn).await?;
    read_all(&rows, |row| person(Recipient::Admin(row.parse("id")?), row))
}

fn person(recipient: Recipient, row: Fields<'_>) -> Result<Person> {
    Ok(Person {
        recipient,
        email: row.get("email")?,
        phone: row.parse_opt("phone")?,
        locale: row.get("locale")?,
    })
}

/// Takes `count` from what a module may send in this hour. `false` means that it would be more than `most`, and nothing was
/// taken.
///
/// # Errors
/// Those of writing.
pub async fn take_quota(
    conn: &mut Conn,
    module: &ModuleKey,
    count: usize,
    most: u32,
    now: Timestamp,
) -> Result<bool> {
    if as_i64(count) > i64::from(most) {
        return Ok(false);
    }
    let hour = now.0 / HOUR_MS;
    sqlx::query("DELETE FROM notification_usage WHERE module = $1 AND hour < $2")
        .bind(module.to_string())
        .bind(hour)
        .execute(&mut *conn)
        .await?;
    let row = sqlx::query(
        "INSERT INTO notification_usage (module, hour, sent) VALUES ($1, $2, $3) \
         ON CONFLICT (module, hour) DO UPDATE SET sent = notification_usage.sent + excluded.sent \
         WHERE notification_usage.sent + excluded.sent <= $4 RETURNING sent",
    )
    .bind(module.to_string())
    .bind(hour)
    .bind(as_i64(count))
    .bind(i64::from(most))
    .fetch_optional(&mut *conn)
    .await?;
    Ok(row.is_some())
}

/// Keeps a notification and queues it for every notification module that is active. In a transaction it goes out once that
/// commits; whoever commits wakes the workers.
///
/// # Errors
/// Those of writing; then nobody is told.
pub async fn publish(conn: &mut Conn, new: &Notification) -> Result<()> {
    let mut tx = conn.begin().await?;
    let (kind, id) = new.recipient.parts();
    sqlx::query(
        "INSERT INTO notifications (id, module, event, recipient_kind, recipient_id, address, phone, subject, text, \
         data, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind(new.id.to_string())
    .bind(new.module.to_string())
    .bind(new.event.as_str())
    .bind(kind)
    .bind(id)
    .bind(new.address.as_str())
    .bind(new.phone.as_ref().map(ToString::to_string))
    .bind(new.subject.as_str())
    .bind(new.text.as_str())
    .bind(new.data.to_string())
    .bind(new.created_at.0)
    .execute(&mut *tx)
    .await?;
    let channels = sqlx::query(
        "SELECT key, active FROM modules WHERE active IS NOT NULL AND key LIKE 'notification/%' ORDER BY key",
    )
    .fetch_all(&mut *tx)
    .await?;
    for row in &channels {
        let row = Fields::new(row);
        let (channel, version): (ModuleKey, VersionId) = (row.parse("key")?, row.parse("active")?);
        sqlx::query(
            "INSERT INTO notification_deliveries (notification_id, module, status, updated_at) \
             VALUES ($1, $2, 'queued', $3)",
        )
        .bind(new.id.to_string())
        .bind(channel.to_string())
        .bind(new.created_at.0)
        .execute(&mut *tx)
        .await?;
        let carried =
            serde_json::to_value(Carried { notification: new.id }).map_err(crate::StorageError::other)?;
        let task = NewTask {
            payload: carried,
            tags: vec!["notification".to_owned()],
            actor: Some(new.module.to_string()),
            tries: TRIES,
            max_exceptions: TRIES,
            backoff_s: BACKOFF_S,
            ..NewTask::new(channel, version, METHOD)
        };
        tasks::enqueue(&mut tx, &task).await?;
    }
    tx.commit().await
}

/// Notes how a channel took a notification that was handed over at `began`. What the provider reported since knows better, and stays;
/// so does that it arrived.
///
/// # Errors
/// [`crate::StorageError::Missing`] where it was not queued for it.
pub async fn settle(conn: &mut Conn, id: Uuid, delivery: &Delivery, began: Timestamp) -> Result<()> {
    let result = sqlx::query(
        "UPDATE notification_deliveries SET reference = COALESCE($1, reference), updated_at = $2, \
         status = CASE WHEN reported_at >= $3 OR status = 'delivered' THEN status ELSE $4 END, \
         error = CASE WHEN reported_at >= $3 OR status = 'delivered' THEN error ELSE $5 END \
         WHERE notification_id = $6 AND module = $7",
    )
    .bind(delivery.reference.clone())
    .bind(Timestamp::now().0)
    .bind(began.0)
    .bind(delivery.status.as_str())
    .bind(delivery.error.clone())
    .bind(id.to_string())
    .bind(delivery.module.to_string())
    .execute(&mut *conn)
    .await?;
    one_changed(&result)
}

/// Notes that a try to hand a notification over failed, unless the provider reported that it has it.
///
/// # Errors
/// [`crate::StorageError::Missing`] where it was not queued for it.
pub async fn missed(conn: &mut Conn, id: Uuid, delivery: &Delivery) -> Result<()> {
    let result = sqlx::query(
        "UPDATE notification_deliveries SET updated_at = $1, \
         status = CASE WHEN status IN ('accepted', 'delivered') THEN status ELSE $2 END, \
         error = CASE WHEN status IN ('accepted', 'delivered') THEN error ELSE $3 END \
         WHERE notification_id = $4 AND module = $5",
    )
    .bind(Timestamp::now().0)
    .bind(delivery.status.as_str())
    .bind(delivery.error.clone())
    .bind(id.to_string())
    .bind(delivery.module.to_string())
    .execute(&mut *conn)
    .await?;
    one_changed(&result)
}

/// Notes what a provider reports of a notification; whether it is one of the channel's. Reports come in any order: one that arrived
/// stays so, and to one that failed it is no news that it was accepted.
///
/// # Errors
/// Those of writing.
pub async fn report(conn: &mut Conn, id: Uuid, delivery: &Delivery) -> Result<bool> {
    let result = sqlx::query(
        "UPDATE notification_deliveries SET reported_at = $1, updated_at = $1, \
         status = CASE WHEN status = 'delivered' OR (status = 'failed' AND $2) THEN status ELSE $3 END, \
         error = CASE WHEN status = 'delivered' OR (status = 'failed' AND $2) THEN error ELSE $4 END \
         WHERE notification_id = $5 AND module = $6",
    )
    .bind(Timestamp::now().0)
    .bind(delivery.status == "accepted")
    .bind(delivery.status.as_str())
    .bind(delivery.error.clone())
    .bind(id.to_string())
    .bind(delivery.module.to_string())
    .execute(&mut *conn)
    .await?;
    Ok(result.rows_affected() == 1)
}

/// # Errors
/// [`crate::StorageError::Missing`].
pub async fn by_id(conn: &mut Conn, id: Uuid) -> Result<Notification> {
    let row = sqlx::query("SELECT * FROM notifications WHERE id = $1")
        .bind(id.to_string())
        .fetch_one(&mut *conn)
        .await?;
    read(Fields::new(&row))
}

/// Somebody's notifications, newest first; searches subject and text.
///
/// # Errors
/// Those of reading.
pub async fn page(conn: &mut Conn, recipient: Recipient, query: &PageQuery) -> Result<Page<Notification>> {
    const SQL: (&str, &str, &str) =
        ("SELECT COUNT(*) AS total FROM notifications", "SELECT * FROM notifications", " ORDER BY id DESC");
    let (kind, id) = recipient.parts();
    Filter::new()
        .and("recipient_kind = ?", Some(kind))
        .and("recipient_id = ?", Some(id))
        .search(
            "(LOWER(subject) LIKE ? ESCAPE '!' OR LOWER(text) LIKE ? ESCAPE '!')",
            query.search.as_deref(),
        )
        .page(conn, SQL, query, read)
        .await
}

/// What became of one in its channels.
///
/// # Errors
/// Those of reading.
pub async fn deliveries(conn: &mut Conn, id: Uuid) -> Result<Vec<Delivery>> {
    let rows =
        sqlx::query("SELECT * FROM notification_deliveries WHERE notification_id = $1 ORDER BY module")
            .bind(id.to_string())
            .fetch_all(&mut *conn)
            .await?;
    read_all(&rows, read_delivery)
}

/// What became of one in a channel.
///
/// # Errors
/// [`crate::StorageError::Missing`].
pub async fn delivery(conn: &mut Conn, id: Uuid, channel: &ModuleKey) -> Result<Delivery> {
    let row = sqlx::query("SELECT * FROM notification_deliveries WHERE notification_id = $1 AND module = $2")
        .bind(id.to_string())
        .bind(channel.to_string())
        .fetch_one(&mut *conn)
        .await?;
    read_delivery(Fields::new(&row))
}

fn read_delivery(row: Fields<'_>) -> Result<Delivery> {
    Ok(Delivery {
        module: row.parse("module")?,
        status: row.get("status")?,
        reference: row.get("reference")?,
        error: row.get("error")?,
    })
}
