//! Create, suspend, unsuspend, terminate, change package: asked for here, done by the module's tasks.

use caisson_capabilities::CallContext;
use caisson_capabilities::services::to_contract;
use caisson_sandbox::exports::product;
use caisson_storage::services::{self, ServiceContext};
use caisson_storage::{audit, service_events, tasks};
use caisson_types::{PanelEvent, ProductId, ServiceId, TaskStatus, Verb};
use serde_json::Value;

use super::data;
use super::status::announced;
use crate::{Billing, BillingError, Result};

impl Billing {
    /// Asks the module for a verb. It has begun when this returns; the service's status tells how it ends.
    ///
    /// # Errors
    /// Where the verb does not fit the service's status, its module is not active, or the module refuses.
    pub async fn run_verb(&self, id: ServiceId, verb: Verb, actor: &str) -> Result<()> {
        let context = self.service(id).await?;
        self.check_fits(&context, verb).await?;
        let active = self.registry.active_for(&context.service.module, id)?;
        self.may(&context, verb, announced(&context.service), actor).await?;
        let view = data::view(&self.vault, context).map_err(|error| self.unreadable(id, &error))?;
        let secrets = data::secrets(&view, &active);
        let service = to_contract(view);
        self.note(id, verb, actor).await?;
        let call = CallContext { service: Some(id), secrets, ..CallContext::default() };
        let asked = match verb {
            Verb::Create => self.registry.call(&active, call, &product::CREATE, (service,)).await,
            Verb::Suspend => self.registry.call(&active, call, &product::SUSPEND, (service,)).await,
            Verb::Unsuspend => self.registry.call(&active, call, &product::UNSUSPEND, (service,)).await,
            Verb::Terminate => self.registry.call(&active, call, &product::TERMINATE, (service,)).await,
            Verb::ChangePackage => {
                return Err(BillingError::field("product_id", "Name the product to change to."));
            }
        };
        self.settle(id, verb, asked, actor).await
    }

    /// Moves a service to another product of the same module.
    ///
    /// # Errors
    /// As [`Billing::run_verb`]; the service keeps its product where the module refuses at once.
    pub async fn change_package(&self, id: ServiceId, to: ProductId, actor: &str) -> Result<()> {
        let context = self.service(id).await?;
        self.check_fits(&context, Verb::ChangePackage).await?;
        let product = self.product(to).await.map_err(|error| match error {
            BillingError::NotFound(_) => BillingError::field("product_id", "There is no such product."),
            other => other,
        })?;
        if product.module != context.service.module {
            return Err(BillingError::field("product_id", "The product belongs to another module."));
        }
        if product.id == context.service.product_id {
            return Err(BillingError::field("product_id", "The service has this product already."));
        }
        let active = self.registry.active_for(&context.service.module, id)?;
        let mut asked = announced(&context.service);
        asked["to"] = to.to_string().into();
        self.may(&context, Verb::ChangePackage, asked, actor).await?;
        let (before, previous) = (context.product.id, context.product.module_data.to_string());
        let mut view = data::view(&self.vault, context).map_err(|error| self.unreadable(id, &error))?;
        view.product_id = product.id;
        view.product_data = product.module_data;
        self.note(id, Verb::ChangePackage, actor).await?;
        self.set_product(id, to).await?;
        let secrets = data::secrets(&view, &active);
        let call = CallContext { service: Some(id), secrets, ..CallContext::default() };
        let asked =
            self.registry.call(&active, call, &product::CHANGE_PACKAGE, (to_contract(view), previous)).await;
        if asked.is_err() {
            self.set_product(id, before).await?;
        }
        self.settle(id, Verb::ChangePackage, asked, actor).await
    }

    /// Runs the service's last failed task again.
    ///
    /// # Errors
    /// Where none failed.
    pub async fn retry(&self, id: ServiceId, actor: &str) -> Result<()> {
        self.service(id).await?;
        let mut conn = self.db.conn().await?;
        let failed = tasks::of_service(&mut conn, id, 50)
            .await?
            .into_iter()
            .find(|task| task.status == TaskStatus::Failed);
        let Some(failed) = failed else {
            return Err(BillingError::Conflict(
                "No task of this service has failed, so there is nothing to retry.".to_owned(),
            ));
        };
        service_events::append(&mut conn, id, "retry", &format!("Retry of {}", failed.method), actor).await?;
        drop(conn);
        self.retry_task(failed.id, actor).await
    }

    async fn check_fits(&self, context: &ServiceContext, verb: Verb) -> Result<()> {
        let status = context.service.provision_status;
        if !verb.fits(status) {
            return Err(BillingError::Conflict(format!(
                "A service that is {status} cannot be asked to {verb}."
            )));
        }
        let mut conn = self.db.conn().await?;
        if tasks::unfinished_of_service(&mut conn, context.service.id).await? > 0 {
            return Err(BillingError::Conflict(
                "A task of this service is not finished yet; wait for it, or cancel it.".to_owned(),
            ));
        }
        Ok(())
    }

    /// Asks those who may say no; what they say stands on the service's timeline.
    async fn may(&self, context: &ServiceContext, verb: Verb, asked: Value, actor: &str) -> Result<()> {
        let event = match verb {
            Verb::Create => PanelEvent::ServiceCreating,
            Verb::Suspend => PanelEvent::ServiceSuspending,
            Verb::Unsuspend => PanelEvent::ServiceUnsuspending,
            Verb::Terminate => PanelEvent::ServiceTerminating,
            Verb::ChangePackage => PanelEvent::ServiceChangingPackage,
        };
        let answer = self.ask(event, &asked).await;
        if let Err(error) = &answer {
            let mut conn = self.db.conn().await?;
            let text = format!("{verb}: {error}");
            service_events::append(&mut conn, context.service.id, "refused", &text, actor).await?;
        }
        answer
    }

    async fn note(&self, id: ServiceId, verb: Verb, actor: &str) -> Result<()> {
        let mut tx = self.db.begin().await?;
        service_events::append(&mut tx, id, "verb", &format!("Asked to {verb}"), actor).await?;
        audit::append(&mut tx, actor, &format!("service.{verb}"), &id.to_string(), &serde_json::json!({}))
            .await?;
        tx.commit().await?;
        Ok(())
    }

    /// A refusal is put on the timeline; the status stays what it was, since nothing was begun.
    async fn settle(
        &self,
        id: ServiceId,
        verb: Verb,
        asked: Result<(), caisson_sandbox::CallError>,
        actor: &str,
    ) -> Result<()> {
        let Err(error) = asked else { return Ok(()) };
        let mut conn = self.db.conn().await?;
        service_events::append(&mut conn, id, "refused", &format!("{verb}: {error}"), actor).await?;
        Err(error.into())
    }

    async fn set_product(&self, id: ServiceId, product: ProductId) -> Result<()> {
        let mut conn = self.db.conn().await?;
        Ok(services::set_product(&mut conn, id, product).await?)
    }

    pub(crate) fn unreadable(
        &self,
        id: ServiceId,
        error: &caisson_storage::vault::VaultError,
    ) -> BillingError {
        tracing::error!(service.id = %id, %error, "a service's secrets do not open with this master key");
        BillingError::Conflict("This service's secrets do not open with the panel's master key.".to_owned())
    }
}
