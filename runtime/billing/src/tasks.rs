//! What administrators do to queued work.

use caisson_storage::{audit, services, tasks};
use caisson_types::{ProvisionStatus, TaskId};

use crate::services::status;
use crate::{Billing, BillingError, Result};

impl Billing {
    /// Runs a failed or cancelled task again; a service that failed with it is being processed again.
    ///
    /// # Errors
    /// Where there is none, or it waits, runs or is done.
    pub async fn retry_task(&self, id: TaskId, actor: &str) -> Result<()> {
        let mut tx = self.db.begin().await?;
        let task = tasks::by_id(&mut tx, id).await.map_err(BillingError::missing("task"))?;
        if !tasks::retry(&mut tx, id).await? {
            return Err(BillingError::Conflict(format!("A task that is {} cannot be retried.", task.status)));
        }
        if let Some(service) = task.service_id {
            let service = services::by_id_for_update(&mut tx, service)
                .await
                .map_err(BillingError::missing("service"))?;
            if service.provision_status == ProvisionStatus::Failed {
                status::change(&mut tx, &service, ProvisionStatus::Processing, None, actor).await?;
            }
        }
        audit::append(
            &mut tx,
            actor,
            "task.retry",
            &id.to_string(),
            &serde_json::json!({ "method": task.method }),
        )
        .await?;
        tx.commit().await?;
        self.signal.notify();
        Ok(())
    }

    /// Cancels a task that waits.
    ///
    /// # Errors
    /// Where there is none, or it does not wait.
    pub async fn cancel_task(&self, id: TaskId, actor: &str) -> Result<()> {
        let mut tx = self.db.begin().await?;
        let task = tasks::by_id(&mut tx, id).await.map_err(BillingError::missing("task"))?;
        if !tasks::cancel(&mut tx, id).await? {
            return Err(BillingError::Conflict(format!(
                "A task that is {} cannot be cancelled.",
                task.status
            )));
        }
        audit::append(
            &mut tx,
            actor,
            "task.cancel",
            &id.to_string(),
            &serde_json::json!({ "method": task.method }),
        )
        .await?;
        tx.commit().await?;
        Ok(())
    }
}
