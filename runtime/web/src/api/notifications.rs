use axum::extract::{Query, State};
use caisson_billing::NotificationWithDeliveries;
use caisson_storage::notifications::{Delivery, Recipient};
use caisson_storage::page::PageQuery;
use caisson_types::ClientId;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::auth::ApiAdmin;
use crate::{ApiError, App};

/// What a module told somebody.
#[derive(Serialize, ToSchema)]
pub(super) struct NotificationBody {
    id: Uuid,
    /// Who sent it.
    module: String,
    event: String,
    subject: String,
    text: String,
    #[schema(value_type = Object)]
    data: Value,
    created_at: i64,
    /// In each channel that carries it further.
    deliveries: Vec<DeliveryBody>,
}

/// What became of it in one channel.
#[derive(Serialize, ToSchema)]
pub(super) struct DeliveryBody {
    /// The notification module.
    module: String,
    /// `queued`, `accepted`, `delivered`, `skipped` or `failed`.
    status: String,
    /// The channel's own name for it.
    reference: Option<String>,
    error: Option<String>,
}

impl From<Delivery> for DeliveryBody {
    fn from(one: Delivery) -> Self {
        Self {
            module: one.module.to_string(),
            status: one.status,
            reference: one.reference,
            error: one.error,
        }
    }
}

impl From<NotificationWithDeliveries> for NotificationBody {
    fn from(found: NotificationWithDeliveries) -> Self {
        let one = found.notification;
        Self {
            id: one.id,
            module: one.module.to_string(),
            event: one.event,
            subject: one.subject,
            text: one.text,
            data: one.data,
            created_at: one.created_at.0,
            deliveries: found.deliveries.into_iter().map(DeliveryBody::from).collect(),
        }
    }
}

/// A page of notifications.
#[derive(Serialize, ToSchema)]
pub(super) struct NotificationList {
    items: Vec<NotificationBody>,
    total: u64,
}

/// Which notifications.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct NotificationQuery {
    /// Those of a client; without it, those of whoever asks.
    client: Option<Uuid>,
    /// Part of a subject or a text.
    search: Option<String>,
    /// At most 200; default 50.
    limit: Option<u64>,
    #[serde(default)]
    offset: u64,
}

/// Lists one's own notifications, or a client's, newest first.
#[utoipa::path(get, path = "/notifications", params(NotificationQuery), responses((status = OK, body = NotificationList)))]
pub(super) async fn list_notifications(
    State(app): State<App>,
    admin: ApiAdmin,
    Query(query): Query<NotificationQuery>,
) -> Result<axum::Json<NotificationList>, ApiError> {
    let recipient = query.client.map_or(Recipient::Admin(admin.id), |id| Recipient::Client(ClientId(id)));
    let paging = PageQuery {
        search: query.search,
        offset: query.offset,
        ..PageQuery::first(query.limit.unwrap_or(50).min(200))
    };
    let page = app.billing().notifications(recipient, &paging).await?;
    Ok(axum::Json(NotificationList {
        items: page.items.into_iter().map(NotificationBody::from).collect(),
        total: page.total,
    }))
}
