//! Notifications in the panel, and the tasks that carry them to channels.

use caisson_capabilities::CallContext;
use caisson_capabilities::contract::exports::notification::{Fate, Message, Report, Status};
use caisson_capabilities::contract::types::Role;
use caisson_registry::Active;
use caisson_sandbox::{CallError, exports};
use caisson_storage::notifications::{self, Carried, Delivery, Notification, Recipient};
use caisson_storage::page::{Page, PageQuery};
use caisson_storage::tasks::Task;
use caisson_storage::{Conn, StorageError};
use caisson_types::{Budget, Problem, TaskStatus, Timestamp};
use uuid::Uuid;

use crate::{Billing, BillingError, Result};

/// Of a channel's name for a delivery, or of why it failed.
const TEXT_MAX: usize = 255;

/// A notification, and what became of it in each channel.
#[derive(Clone, Debug, PartialEq)]
pub struct NotificationWithDeliveries {
    pub notification: Notification,
    pub deliveries: Vec<Delivery>,
}

impl Billing {
    /// Somebody's notifications, newest first.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn notifications(
        &self,
        recipient: Recipient,
        query: &PageQuery,
    ) -> Result<Page<NotificationWithDeliveries>> {
        let mut conn = self.db.conn().await?;
        let page = notifications::page(&mut conn, recipient, query).await?;
        let mut items = Vec::with_capacity(page.items.len());
        for notification in page.items {
            let deliveries = notifications::deliveries(&mut conn, notification.id).await?;
            items.push(NotificationWithDeliveries { notification, deliveries });
        }
        Ok(Page { items, total: page.total })
    }

    /// Hands a notification to a channel, unless that has it: an answer can be lost, and the report of what came of it arrive.
    pub(crate) async fn send_notification(
        &self,
        active: &Active,
        context: CallContext,
        budget: Budget,
        task: &Task,
    ) -> Result<String, CallError> {
        let later = |error: StorageError| CallError::Problem(Problem::new(503, error.to_string()));
        let id = carried(task).map_err(|error| Problem::new(500, error))?.notification;
        let found = async {
            let mut conn = self.db.conn().await?;
            let told = notifications::delivery(&mut conn, id, &active.key).await?;
            Ok((told, notifications::by_id(&mut conn, id).await?))
        };
        let (told, notification) = found.await.map_err(|error| match error {
            StorageError::Missing => CallError::Problem(Problem::new(410, "the notification is gone")),
            other => later(other),
        })?;
        if told.is_with_channel() {
            return Ok("null".to_owned());
        }
        let (channel, began) = (self.channel_record(active), Timestamp::now());
        let settle = async |delivery: Delivery| {
            let noted =
                async { notifications::settle(&mut *self.db.conn().await?, id, &delivery, began).await };
            noted.await.map_err(later)
        };
        let module = active.key.clone();
        if !active.is_configured() {
            let error = Some("The channel has no settings yet.".to_owned());
            settle(Delivery { module, status: "skipped".to_owned(), reference: None, error }).await?;
            return Ok("null".to_owned());
        }
        let message = Message {
            id: notification.id.to_string(),
            sender: notification.module.to_string(),
            event: notification.event,
            audience: match notification.recipient {
                Recipient::Client(_) => Role::Client,
                Recipient::Admin(_) => Role::Staff,
            },
            to: notification.address,
            phone: notification.phone.map(String::from),
            subject: notification.subject,
            text: notification.text,
            html: None,
            attachments: Vec::new(),
            data: notification.data.to_string(),
        };
        let sent = self
            .registry
            .call_within(active, context, budget, &exports::notification::SEND, (channel, message))
            .await?;
        let status = match sent.status {
            Status::Accepted => "accepted",
            Status::Delivered => "delivered",
            Status::Skipped => "skipped",
        };
        let reference = sent.reference.map(|text| text.chars().take(TEXT_MAX).collect());
        settle(Delivery { module, status: status.to_owned(), reference, error: None }).await?;
        Ok("null".to_owned())
    }

    /// What a provider reports of messages that a channel was given.
    pub(crate) async fn note_reports(&self, active: &Active, reports: &[Report]) -> Result<()> {
        let unusable = |reason: String| BillingError::Answer { module: active.key.to_string(), reason };
        let mut tx = self.db.begin().await?;
        for report in reports {
            let id: Uuid =
                report.message.parse().map_err(|_| unusable("a report's message is no UUID".to_owned()))?;
            let (status, error) = match report.fate {
                Fate::Accepted => ("accepted", None),
                Fate::Delivered => ("delivered", None),
                Fate::Failed => {
                    ("failed", report.reason.as_deref().or(Some("The provider did not deliver it.")))
                }
            };
            let delivery = Delivery {
                module: active.key.clone(),
                status: status.to_owned(),
                reference: None,
                error: error.map(|text| caisson_types::problem::shown(text, TEXT_MAX)),
            };
            if !notifications::report(&mut tx, id, &delivery).await? {
                return Err(unusable(format!("no message {id} was given to it")));
            }
        }
        Ok(tx.commit().await?)
    }

    /// A channel that did not take a notification shows on it, in the same transaction as on the task.
    pub(crate) async fn tell_notification(
        &self,
        conn: &mut Conn,
        task: &Task,
        now: TaskStatus,
        error: &CallError,
    ) -> Result<()> {
        let Ok(carried) = carried(task) else { return Ok(()) };
        let status = if now == TaskStatus::Failed { "failed" } else { "queued" };
        let delivery = Delivery {
            module: task.module.clone(),
            status: status.to_owned(),
            reference: None,
            error: Some(error.to_string()),
        };
        match notifications::missed(conn, carried.notification, &delivery).await {
            Ok(()) | Err(StorageError::Missing) => Ok(()),
            Err(other) => Err(other.into()),
        }
    }
}

fn carried(task: &Task) -> Result<Carried, String> {
    serde_json::from_value(task.payload.clone())
        .map_err(|error| format!("the stored notification cannot be read: {error}"))
}
