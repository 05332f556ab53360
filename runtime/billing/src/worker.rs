//! Runs queued calls. `apalis` drives the workers; the task's row is the truth, and only the worker that holds its lease may say
//! how it ended.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use apalis_core::worker::builder::WorkerBuilder;
use caisson_capabilities::CallContext;
use caisson_capabilities::contract::exports::hooks;
use caisson_capabilities::contract::exports::jobs::Job;
use caisson_capabilities::services::to_contract;
use caisson_registry::{Active, RegistryError};
use caisson_sandbox::{CallError, exports};
use caisson_storage::events::{self, Event};
use caisson_storage::tasks::backend::{StoreConfig, TaskStore};
use caisson_storage::tasks::{self, Failure, Task};
use caisson_storage::{StorageError, notifications, schedules, service_events, services};
use caisson_types::{Budget, PanelEvent, Problem, ProvisionStatus, TaskStatus, Timestamp};
use serde_json::{Value, json};

use crate::services::{data, status};
use crate::{Billing, BillingError, Result};

/// What one worker process is told.
#[derive(Clone, Debug)]
pub struct WorkerConfig {
    /// Unique among all processes; owns leases.
    pub name: String,
    /// How long a task stays a silent worker's.
    pub lease: Duration,
}

impl Billing {
    /// Runs one claimed task to its end and stores how it ended. While it runs the lease is renewed; a worker that lost its
    /// lease stops at once and stores nothing.
    ///
    /// # Errors
    /// Only where the database cannot be reached; the lease then runs out, and another worker takes the task.
    pub async fn run_task(self: &Arc<Self>, config: &WorkerConfig, task: Task) -> Result<()> {
        tokio::select! {
            ended = self.call_job(&task) => self.settle_task(config, &task, ended).await,
            () = self.renew(config, &task) => {
                tracing::warn!(task.id = %task.id, "the lease was lost to another worker; this try is dropped");
                Ok(())
            }
        }
    }

    /// Returns once the lease is lost.
    async fn renew(&self, config: &WorkerConfig, task: &Task) {
        loop {
            tokio::time::sleep(config.lease / 3).await;
            let until = Timestamp::now().after(config.lease);
            let renewed = async {
                let mut conn = self.db.conn().await?;
                tasks::extend_lease(&mut conn, task.id, &config.name, until).await
            };
            match renewed.await {
                Ok(true) => {}
                Ok(false) => return,
                // The lease may still hold; whether it does is checked again, and in the end by the row itself.
                Err(error) => tracing::warn!(task.id = %task.id, %error, "the lease could not be renewed"),
            }
        }
    }

    async fn call_job(&self, task: &Task) -> Result<String, CallError> {
        let gone = |message: String| CallError::Problem(Problem::new(409, message));
        if self.registry.active(&task.module).is_err() {
            // Another process may have activated it a moment ago.
            self.registry
                .refresh()
                .await
                .map_err(|error| CallError::Problem(Problem::new(503, error.to_string())))?;
        }
        self.registry.active(&task.module).map_err(|error| gone(error.to_string()))?;
        let active = self.registry.version(task.version_id).await.map_err(|error| match error {
            RegistryError::Storage(StorageError::Missing) => {
                gone("the version that queued this task is gone".to_owned())
            }
            other => CallError::Problem(Problem::new(503, other.to_string())),
        })?;
        let mut secrets = Vec::new();
        let service = match task.service_id {
            None => None,
            Some(id) => {
                let context = self.service(id).await.map_err(|error| gone(error.to_string()))?;
                let view = data::view(&self.vault, context)
                    .map_err(|error| gone(self.unreadable(id, &error).to_string()))?;
                secrets = data::secrets(&view, &active);
                Some(to_contract(view))
            }
        };
        let mut budget = active.budgets.task;
        budget.wall_ms = budget.wall_ms.min(u64::from(task.timeout_s).saturating_mul(1_000));
        let context =
            CallContext { task: Some(task.id), service: task.service_id, secrets, ..CallContext::default() };
        if task.method == events::METHOD {
            return self.deliver(&active, context, budget, task).await;
        }
        if task.method == notifications::METHOD {
            return self.send_notification(&active, context, budget, task).await;
        }
        let job = Job {
            id: task.id.to_string(),
            method: task.method.clone(),
            payload: task.payload.to_string(),
            attempt: task.attempts,
            service,
        };
        self.registry.call_within(&active, context, budget, &exports::jobs::RUN, (job,)).await
    }

    /// Tells a subscriber of an event.
    async fn deliver(
        &self,
        active: &Active,
        context: CallContext,
        budget: Budget,
        task: &Task,
    ) -> Result<String, CallError> {
        let event: Event = serde_json::from_value(task.payload.clone())
            .map_err(|error| Problem::new(500, format!("the stored event cannot be read: {error}")))?;
        let context = CallContext { depth: event.depth, event: Some(event.name.clone()), ..context };
        let told =
            hooks::Event { id: event.id.to_string(), name: event.name, payload: event.payload.to_string() };
        // What came after the fact has no veto.
        let _ =
            self.registry.call_within(active, context, budget, &exports::hooks::ON_EVENT, (told,)).await?;
        Ok("null".to_owned())
    }

    async fn settle_task(
        &self,
        config: &WorkerConfig,
        task: &Task,
        ended: Result<String, CallError>,
    ) -> Result<()> {
        let mut tx = self.db.begin().await?;
        match ended {
            Ok(result) => {
                let result = serde_json::from_str(&result).unwrap_or_default();
                if !tasks::complete(&mut tx, task.id, &config.name, &result).await? {
                    tracing::warn!(task.id = %task.id, "the task is another worker's by now; its result is dropped");
                    return Ok(());
                }
            }
            Err(error) => {
                let failure = match &error {
                    CallError::Problem(problem) => Failure::Problem { is_final: problem.is_final() },
                    CallError::Failure(_) => Failure::Exception,
                };
                let Some(now) = tasks::fail(
                    &mut tx,
                    task.id,
                    &config.name,
                    &error.to_string(),
                    failure,
                    Timestamp::now(),
                )
                .await?
                else {
                    tracing::warn!(task.id = %task.id, "the task is another worker's by now; its failure is dropped");
                    return Ok(());
                };
                tracing::warn!(task.id = %task.id, module = %task.module, method = task.method, %error, status = %now, "a task failed");
                self.tell_service(&mut tx, task, now, &error).await?;
                if now == TaskStatus::Failed {
                    events::announce(&mut tx, PanelEvent::TaskFailed, failed(task, &error), depth(task) + 1)
                        .await?;
                }
                if task.method == notifications::METHOD {
                    self.tell_notification(&mut tx, task, now, &error).await?;
                }
            }
        }
        tx.commit().await?;
        // Another task of the same service may have waited for this one.
        self.signal.notify();
        Ok(())
    }

    /// A failed verb shows on its service, in the same transaction as on its task.
    async fn tell_service(
        &self,
        conn: &mut caisson_storage::Conn,
        task: &Task,
        now: TaskStatus,
        error: &CallError,
    ) -> Result<()> {
        let Some(id) = task.service_id else { return Ok(()) };
        let service = services::by_id_for_update(conn, id).await.map_err(BillingError::missing("service"))?;
        let actor = task.module.to_string();
        if now == TaskStatus::Failed && service.provision_status == ProvisionStatus::Processing {
            status::change(conn, &service, ProvisionStatus::Failed, Some(&error.to_string()), actor.as_str())
                .await?;
        } else {
            let text = format!("{}, try {}: {error}", task.method, task.attempts);
            service_events::append(conn, id, "task", &text, &actor).await?;
        }
        Ok(())
    }

    /// Services whose last task ran out of lost workers say so, instead of being "processing" for ever.
    ///
    /// # Errors
    /// Where the database cannot be reached.
    pub async fn settle_abandoned(&self) -> Result<()> {
        let mut tx = self.db.begin().await?;
        for (service, error) in services::processing_without_task(&mut tx).await? {
            status::change(&mut tx, &service, ProvisionStatus::Failed, Some(&error), "queue").await?;
        }
        tx.commit().await?;
        Ok(())
    }
}

/// A task that used up its tries, as events tell of it.
fn failed(task: &Task, error: &CallError) -> Value {
    json!({
        "id": task.id.to_string(),
        "module": task.module.to_string(),
        "method": task.method,
        "service": task.service_id.map(|id| id.to_string()),
        "error": error.to_string(),
    })
}

/// How many events led to a task.
fn depth(task: &Task) -> u8 {
    let told = task.payload["depth"].as_u64().filter(|_| task.method == events::METHOD);
    told.and_then(|depth| u8::try_from(depth).ok()).unwrap_or_default()
}

/// Runs tasks until `stop`, then finishes those that run.
///
/// # Errors
/// Where the queue cannot be reached for good.
pub async fn work(
    billing: Arc<Billing>,
    store: StoreConfig,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::result::Result<(), apalis_core::error::WorkerError> {
    let config = WorkerConfig { name: store.worker.clone(), lease: store.lease };
    let settle = tokio::spawn(settle_regularly(Arc::clone(&billing), store.reap));
    let schedule = tokio::spawn(schedule_regularly(Arc::clone(&billing)));
    let worker = WorkerBuilder::new(store.worker.as_str()).backend(TaskStore::new(billing.db.clone(), store)).build(move |task: Task| {
        let (billing, config) = (Arc::clone(&billing), config.clone());
        async move {
            let id = task.id;
            if let Err(error) = billing.run_task(&config, task).await {
                tracing::error!(task.id = %id, error = &error as &dyn std::error::Error, "a task's end could not be stored");
            }
        }
    });
    // Without a budget of its own: it is polled after the work, which may have used up all of the budget that they share.
    let ended = worker.run_until(tokio::task::unconstrained(async {
        stop.await;
        Ok::<(), std::io::Error>(())
    }));
    let ended = ended.await;
    settle.abort();
    schedule.abort();
    ended
}

/// How often somebody looks for schedules that are due; they come at most once a minute.
const SCHEDULE_EVERY: Duration = Duration::from_secs(2);

async fn schedule_regularly(billing: Arc<Billing>) {
    let mut interval = tokio::time::interval(SCHEDULE_EVERY);
    loop {
        interval.tick().await;
        let fired = async { schedules::fire(&mut *billing.db.conn().await?, Timestamp::now()).await };
        match fired.await {
            Ok(0) => {}
            Ok(_) => billing.signal.notify(),
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "schedules could not be read");
            }
        }
    }
}

async fn settle_regularly(billing: Arc<Billing>, every: Duration) {
    let mut interval = tokio::time::interval(every);
    loop {
        interval.tick().await;
        if let Err(error) = billing.settle_abandoned().await {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "abandoned services could not be settled"
            );
        }
    }
}
