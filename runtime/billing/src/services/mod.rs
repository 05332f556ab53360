//! What clients ordered, and the verbs that act on it.

pub(crate) mod data;
mod guest;
pub(crate) mod status;
mod verbs;

use std::collections::HashSet;

use caisson_sandbox::exports;
use caisson_storage::page::{Page, PageQuery};
use caisson_storage::services::{self, ServiceContext, ServiceFilter};
use caisson_storage::{audit, events, service_events};
use caisson_types::{BillingStatus, ClientId, PanelEvent, ProductId, ProvisionStatus, ServiceId, Timestamp};
use serde_json::{Map, Value};

pub use caisson_storage::services::Service;
pub use guest::{AdminRequest, Answered, TabRequest};

use status::announced;

use crate::{Billing, BillingError, Result};

/// A service as a form or the API gives it.
#[derive(Clone, Debug)]
pub struct NewService {
    pub client_id: ClientId,
    pub product_id: ProductId,
    /// Values of the module's service fields.
    pub data: Map<String, Value>,
}

impl Billing {
    /// Makes a service; nothing is asked of the provider yet.
    ///
    /// # Errors
    /// [`BillingError::Invalid`] with an entry for each field that was refused, the module's included.
    pub async fn create_service(&self, new: NewService, actor: &str) -> Result<Service> {
        let not_there = |field: &'static str| {
            move |error: BillingError| match error {
                BillingError::NotFound(what) => {
                    BillingError::field(field, format!("There is no such {what}."))
                }
                other => other,
            }
        };
        let client = self.client(new.client_id).await.map_err(not_there("client_id"))?;
        let product = self.product(new.product_id).await.map_err(not_there("product_id"))?;
        let active = self.registry.active(&product.module)?;
        let checked = self
            .checked_data(&active, &active.manifest.service, new.data, &exports::product::SAVE_SERVICE_DATA)
            .await;
        let values = checked.map_err(|error| match error {
            BillingError::Invalid(errors) => BillingError::Invalid(
                errors
                    .into_iter()
                    .map(|error| caisson_types::FieldError {
                        field: format!("data.{}", error.field),
                        ..error
                    })
                    .collect(),
            ),
            other => other,
        })?;
        let id = ServiceId::new();
        let (data, sealed) = data::seal(&self.vault, id, values, active.secret_service_keys());
        let now = Timestamp::now();
        let service = Service {
            id,
            client_id: client.id,
            product_id: product.id,
            module: product.module,
            billing_status: BillingStatus::Pending,
            provision_status: ProvisionStatus::Pending,
            status_message: None,
            data,
            sealed,
            created_at: now,
            updated_at: now,
        };
        let mut asked = announced(&service);
        asked.as_object_mut().map(|asked| asked.remove("id"));
        self.ask(PanelEvent::ServiceOrdering, &asked).await?;
        let mut tx = self.db.begin().await?;
        services::insert(&mut tx, &service).await?;
        events::announce(&mut tx, PanelEvent::ServiceOrdered, announced(&service), 1).await?;
        service_events::append(&mut tx, id, "ordered", &format!("Ordered: {}", product.name), actor).await?;
        audit::append(
            &mut tx,
            actor,
            "service.create",
            &id.to_string(),
            &serde_json::json!({ "product": product.slug }),
        )
        .await?;
        tx.commit().await?;
        self.signal.notify();
        Ok(service)
    }

    /// Deletes a service that has nothing at its provider: one that never was provisioned, or was terminated.
    ///
    /// # Errors
    /// [`BillingError::Conflict`] in any other state.
    pub async fn delete_service(&self, id: ServiceId, actor: &str) -> Result<()> {
        let mut tx = self.db.begin().await?;
        let service =
            services::by_id_for_update(&mut tx, id).await.map_err(BillingError::missing("service"))?;
        if !matches!(service.provision_status, ProvisionStatus::Pending | ProvisionStatus::Terminated) {
            return Err(BillingError::Conflict(format!(
                "This service is {}; terminate it first.",
                service.provision_status
            )));
        }
        services::delete(&mut tx, id).await?;
        let detail = serde_json::json!({ "module": service.module.to_string() });
        audit::append(&mut tx, actor, "service.delete", &id.to_string(), &detail).await?;
        events::announce(&mut tx, PanelEvent::ServiceDeleted, announced(&service), 1).await?;
        tx.commit().await?;
        self.signal.notify();
        Ok(())
    }

    /// Keys of a service's data that hold a secret. None where they do not open: the log says so, and whatever needs them.
    #[must_use]
    pub fn secrets_set(&self, service: &Service) -> HashSet<String> {
        data::secrets_set(&self.vault, service).unwrap_or_else(|error| {
            self.unreadable(service.id, &error);
            HashSet::new()
        })
    }

    /// A service with its client and product.
    ///
    /// # Errors
    /// Where there is none.
    pub async fn service(&self, id: ServiceId) -> Result<ServiceContext> {
        let mut conn = self.db.conn().await?;
        services::context_by_id(&mut conn, id).await.map_err(BillingError::missing("service"))
    }

    /// The same, for its client only: another client's service is not there.
    ///
    /// # Errors
    /// Where there is none, or it is another client's.
    pub async fn service_of(&self, client: ClientId, id: ServiceId) -> Result<ServiceContext> {
        let context = self.service(id).await?;
        if context.service.client_id == client { Ok(context) } else { Err(BillingError::NotFound("service")) }
    }

    /// # Errors
    /// Where the database cannot be read.
    pub async fn services(&self, filter: &ServiceFilter, query: &PageQuery) -> Result<Page<Service>> {
        let mut conn = self.db.conn().await?;
        Ok(services::page(&mut conn, filter, query).await?)
    }
}
