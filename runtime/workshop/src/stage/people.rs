//! Who buys on a stage, and what.

use caisson_billing::{NewClient, NewInvoice, NewProduct, NewService};
use caisson_capabilities::contract::{payments, types as wit};
use caisson_capabilities::ports::{PaymentsPort, ServicesPort};
use caisson_capabilities::services::to_contract;
use caisson_storage::service_events;
use caisson_storage::services;
use caisson_types::{ClientId, InvoiceId, ProvisionStatus, ServiceId};
use serde_json::{Map, Value};

use super::{ACTOR, Result, Stage, StageError};

/// A service that a client of the stage has.
#[derive(Clone, Debug)]
pub struct Service {
    pub product: Map<String, Value>,
    /// What was ordered; checked as an order is.
    pub data: Map<String, Value>,
    /// What the module stored about it since.
    pub provision: Map<String, Value>,
    pub status: ProvisionStatus,
}

impl Stage {
    /// # Errors
    /// Where the client's form is refused.
    pub async fn client(&self, client: NewClient) -> Result<ClientId> {
        Ok(self.billing.create_client(client, ACTOR).await?.id)
    }

    /// Sells a product of the module to a client; its checks of both forms run.
    ///
    /// # Errors
    /// Where the module refuses a form.
    pub async fn sell(&self, client: ClientId, sold: &Service) -> Result<ServiceId> {
        let product = self.product("sold", sold.product.clone()).await?;
        let order = NewService { client_id: client, product_id: product, data: sold.data.clone() };
        let service = self.billing.create_service(order, ACTOR).await?;
        let mut conn = self.db.conn().await?;
        if !sold.provision.is_empty() {
            let changes = sold.provision.clone().into_iter().collect();
            let secret = self.active()?.secret_service_keys().clone();
            self.ports.merge_data(&mut conn, &self.key, service.id, changes, &secret).await.map_err(
                |error| StageError::Row { table: "services".to_owned(), reason: error.to_string() },
            )?;
        }
        drop(conn);
        self.set_status(service.id, sold.status).await?;
        Ok(service.id)
    }

    pub(crate) async fn set_status(&self, id: ServiceId, status: ProvisionStatus) -> Result<()> {
        let mut conn = self.db.conn().await?;
        Ok(services::set_provision_status(&mut conn, id, status, None).await?)
    }

    /// Another product of the module.
    ///
    /// # Errors
    /// Where the module refuses its form.
    pub(crate) async fn product(
        &self,
        name: &str,
        data: Map<String, Value>,
    ) -> Result<caisson_types::ProductId> {
        let product = NewProduct {
            name: name.to_owned(),
            // One may be asked for twice.
            slug: format!("{name}-{}", uuid::Uuid::now_v7()),
            description: String::new(),
            module: self.key.clone(),
            module_data: data,
            price_minor: 100,
            currency: "EUR".to_owned(),
            hidden: false,
            stock: None,
        };
        Ok(self.billing.create_product(product, ACTOR).await?.id)
    }

    /// # Errors
    /// Where the invoice is refused.
    pub(crate) async fn bill(&self, invoice: NewInvoice) -> Result<InvoiceId> {
        Ok(self.billing.create_invoice(invoice, ACTOR).await?.id)
    }

    /// An invoice as the module is given it.
    pub(crate) async fn billed(&self, id: InvoiceId) -> Result<payments::Invoice> {
        let mut conn = self.db.conn().await?;
        let view = self.ports.invoice(&mut conn, &self.key, id).await;
        let missing = |error: caisson_capabilities::ports::PaymentError| StageError::Row {
            table: "invoices".to_owned(),
            reason: error.to_string(),
        };
        Ok(caisson_capabilities::payments::to_contract(view.map_err(missing)?))
    }

    /// A service as the module is given it.
    pub(crate) async fn seen(&self, id: ServiceId) -> Result<wit::Service> {
        let mut conn = self.db.conn().await?;
        let view = self.ports.get(&mut conn, &self.key, id).await;
        let missing = |error: caisson_capabilities::ports::PortError| StageError::Row {
            table: "services".to_owned(),
            reason: error.to_string(),
        };
        Ok(to_contract(view.map_err(missing)?))
    }

    /// What happened to a service, oldest first.
    pub(crate) async fn timeline(&self, id: ServiceId) -> Result<Vec<String>> {
        let mut conn = self.db.conn().await?;
        let mut lines: Vec<String> =
            service_events::of(&mut conn, id, 100).await?.into_iter().map(|entry| entry.text).collect();
        lines.reverse();
        Ok(lines)
    }
}
