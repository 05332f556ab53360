//! Notifications in the panel, and the tasks that carry them to channels.

use caisson_capabilities::CallContext;
use caisson_capabilities::contract::exports::notification::{Channel, Message, Status};
use caisson_capabilities::contract::types::Role;
use caisson_registry::Active;
use caisson_sandbox::{CallError, exports};
use caisson_storage::notifications::{self, Carried, Delivery, Notification, Recipient};
use caisson_storage::page::{Page, PageQuery};
use caisson_storage::tasks::Task;
use caisson_storage::{Conn, StorageError};
use caisson_types::{Budget, Problem, TaskStatus};

use crate::webhooks::gateway;
use crate::{Billing, Result};

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

    /// Hands a notification to a channel.
    pub(crate) async fn send_notification(
        &self,
        active: &Active,
        context: CallContext,
        budget: Budget,
        task: &Task,
    ) -> Result<String, CallError> {
        let later = |error: StorageError| CallError::Problem(Problem::new(503, error.to_string()));
        let id = carried(task).map_err(|error| Problem::new(500, error))?.notification;
        let found = async { notifications::by_id(&mut *self.db.conn().await?, id).await };
        let notification = found.await.map_err(|error| match error {
            StorageError::Missing => CallError::Problem(Problem::new(410, "the notification is gone")),
            other => later(other),
        })?;
        let channel = Channel {
            id: gateway::id(&self.vault, &active.key).to_string(),
            settings: gateway::settings(active),
        };
        let message = Message {
            id: notification.id.to_string(),
            sender: notification.module.to_string(),
            event: notification.event,
            audience: match notification.recipient {
                Recipient::Client(_) => Role::Client,
                Recipient::Admin(_) => Role::Staff,
            },
            to: notification.address,
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
        let reference = sent.reference.map(|text| text.chars().take(255).collect());
        let delivery =
            Delivery { module: active.key.clone(), status: status.to_owned(), reference, error: None };
        let noted = async { notifications::settle(&mut *self.db.conn().await?, id, &delivery).await };
        noted.await.map_err(later)?;
        Ok("null".to_owned())
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
        match notifications::settle(conn, carried.notification, &delivery).await {
            Ok(()) | Err(StorageError::Missing) => Ok(()),
            Err(other) => Err(other.into()),
        }
    }
}

fn carried(task: &Task) -> Result<Carried, String> {
    serde_json::from_value(task.payload.clone())
        .map_err(|error| format!("the stored notification cannot be read: {error}"))
}
