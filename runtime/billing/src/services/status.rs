//! The one place where a service's provision status changes, and what follows from it.

use caisson_storage::services::{self, Service};
use caisson_storage::{Conn, Result, events, service_events};
use caisson_types::{BillingStatus, PanelEvent, ProvisionStatus};
use serde_json::{Value, json};

/// Who changes it, and how many events led there.
#[derive(Clone, Copy)]
pub(crate) struct By<'a> {
    pub(crate) actor: &'a str,
    pub(crate) depth: u8,
}

impl<'a> From<&'a str> for By<'a> {
    /// Somebody whom no event moved.
    fn from(actor: &'a str) -> Self {
        Self { actor, depth: 0 }
    }
}

/// Sets the status, lets the billing status follow the truth, puts it on the service's timeline and tells those who hear of it.
pub(crate) async fn change(
    conn: &mut Conn,
    service: &Service,
    status: ProvisionStatus,
    message: Option<&str>,
    by: impl Into<By<'_>>,
) -> Result<()> {
    let by = by.into();
    services::set_provision_status(conn, service.id, status, message).await?;
    if let Some(billing) = follows(service.billing_status, status) {
        services::set_billing_status(conn, service.id, billing).await?;
    }
    if service.provision_status != status || message.is_some() {
        let text = match message {
            Some(message) => format!("{} → {status}: {message}", service.provision_status),
            None => format!("{} → {status}", service.provision_status),
        };
        service_events::append(conn, service.id, status.as_str(), &text, by.actor).await?;
    }
    if service.provision_status != status {
        let mut payload = announced(service);
        payload["from"] = service.provision_status.as_str().into();
        payload["to"] = status.as_str().into();
        events::announce(conn, PanelEvent::ServiceStatusChanged, payload, by.depth + 1).await?;
    }
    Ok(())
}

/// A service as events tell of it.
pub(crate) fn announced(service: &Service) -> Value {
    json!({
        "id": service.id.to_string(),
        "client": service.client_id.to_string(),
        "product": service.product_id.to_string(),
        "module": service.module.to_string(),
    })
}

/// A service is active, suspended or terminated for its client when its provider made it so; never because it was asked for.
fn follows(billing: BillingStatus, provision: ProvisionStatus) -> Option<BillingStatus> {
    let next = match provision {
        ProvisionStatus::Completed => BillingStatus::Active,
        ProvisionStatus::Suspended => BillingStatus::Suspended,
        ProvisionStatus::Terminated => BillingStatus::Terminated,
        _ => return None,
    };
    (next != billing && billing != BillingStatus::Cancelled).then_some(next)
}
