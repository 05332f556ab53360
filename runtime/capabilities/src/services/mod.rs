//! Services of the module's own products. Grant: `services = true`. Other modules' services do not exist here.

mod host;

use caisson_types::{ProvisionStatus, ServiceId};

use crate::bindings::caisson::module::types as wit;
use crate::ports::ServiceView;

/// The contract's word for a status.
#[must_use]
pub fn to_status(status: ProvisionStatus) -> wit::ProvisionStatus {
    use ProvisionStatus as S;
    match status {
        S::Pending => wit::ProvisionStatus::Pending,
        S::Processing => wit::ProvisionStatus::Processing,
        S::Completed => wit::ProvisionStatus::Completed,
        S::Failed => wit::ProvisionStatus::Failed,
        S::Error => wit::ProvisionStatus::Error,
        S::Suspended => wit::ProvisionStatus::Suspended,
        S::Pause => wit::ProvisionStatus::Pause,
        S::Terminated => wit::ProvisionStatus::Terminated,
    }
}

/// The panel's word for a status.
#[must_use]
pub fn from_status(status: wit::ProvisionStatus) -> ProvisionStatus {
    use wit::ProvisionStatus as S;
    match status {
        S::Pending => ProvisionStatus::Pending,
        S::Processing => ProvisionStatus::Processing,
        S::Completed => ProvisionStatus::Completed,
        S::Failed => ProvisionStatus::Failed,
        S::Error => ProvisionStatus::Error,
        S::Suspended => ProvisionStatus::Suspended,
        S::Pause => ProvisionStatus::Pause,
        S::Terminated => ProvisionStatus::Terminated,
    }
}

/// A service as the contract has it.
#[must_use]
pub fn to_contract(view: ServiceView) -> wit::Service {
    wit::Service {
        id: view.id.to_string(),
        client: wit::Client {
            id: view.client.id.to_string(),
            email: view.client.email,
            name: view.client.name,
            locale: view.client.locale,
            currency: view.client.currency,
        },
        product_id: view.product_id.to_string(),
        status: to_status(view.status),
        product_data: view.product_data.to_string(),
        service_data: view.service_data.to_string(),
    }
}

pub(crate) fn parse_id(text: &str) -> Option<ServiceId> {
    text.parse().ok()
}
