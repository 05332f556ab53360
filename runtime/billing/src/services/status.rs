//! The one place where a service's provision status changes, and what follows from it.

use caisson_storage::services::{self, Service};
use caisson_storage::{Conn, Result, service_events};
use caisson_types::{BillingStatus, ProvisionStatus};

/// Sets the status, lets the billing status follow the truth, and puts it on the service's timeline.
pub(crate) async fn change(
    conn: &mut Conn,
    service: &Service,
    status: ProvisionStatus,
    message: Option<&str>,
    actor: &str,
) -> Result<()> {
    services::set_provision_status(conn, service.id, status, message).await?;
    if let Some(billing) = follows(service.billing_status, status) {
        services::set_billing_status(conn, service.id, billing).await?;
    }
    if service.provision_status != status || message.is_some() {
        let text = match message {
            Some(message) => format!("{} → {status}: {message}", service.provision_status),
            None => format!("{} → {status}", service.provision_status),
        };
        service_events::append(conn, service.id, status.as_str(), &text, actor).await?;
    }
    Ok(())
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
