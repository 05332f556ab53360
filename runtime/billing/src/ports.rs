//! What guests may do to billing and to the queue, through the traits that `capabilities` defines.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use caisson_capabilities::ports::{
    PortError, ServicePage, ServiceView, ServicesPort, TaskRequest, TasksPort,
};
use caisson_storage::tasks::{self, NewTask, TaskSignal};
use caisson_storage::vault::Vault;
use caisson_storage::{Db, StorageError, modules, services};
use caisson_types::{ModuleKey, ProvisionStatus, ServiceId, TaskId, Timestamp};
use serde_json::{Map, Value};

use crate::services::data;
use crate::services::status;

/// The doors, for the sandbox to be given before there is a registry.
pub struct Ports {
    db: Db,
    vault: Arc<Vault>,
    signal: TaskSignal,
}

impl Ports {
    #[must_use]
    pub fn new(db: Db, vault: Arc<Vault>, signal: TaskSignal) -> Self {
        Self { db, vault, signal }
    }
}

/// Tells "not there" from "did not work".
fn port(error: StorageError) -> PortError {
    match error {
        StorageError::Missing => PortError::Missing,
        other => PortError::Failed(Box::new(other)),
    }
}

/// Other modules' services are not there.
fn own(module: &ModuleKey, owner: &ModuleKey) -> Result<(), PortError> {
    if module == owner { Ok(()) } else { Err(PortError::Missing) }
}

#[async_trait]
impl ServicesPort for Ports {
    async fn get(&self, module: &ModuleKey, id: ServiceId) -> Result<ServiceView, PortError> {
        let mut conn = self.db.conn().await.map_err(port)?;
        let context = services::context_by_id(&mut conn, id).await.map_err(port)?;
        own(module, &context.service.module)?;
        data::view(&self.vault, context).map_err(|error| PortError::Failed(Box::new(error)))
    }

    async fn list(
        &self,
        module: &ModuleKey,
        status: Option<ProvisionStatus>,
        after: Option<ServiceId>,
        limit: u32,
    ) -> Result<ServicePage, PortError> {
        let mut conn = self.db.conn().await.map_err(port)?;
        let contexts = services::contexts_of_module(&mut conn, module, status, after, limit.into())
            .await
            .map_err(port)?;
        let full = contexts.len() == limit as usize;
        let next = contexts.last().map(|context| context.service.id).filter(|_| full);
        let items =
            contexts.into_iter().map(|context| data::view(&self.vault, context)).collect::<Result<_, _>>();
        Ok(ServicePage { items: items.map_err(|error| PortError::Failed(Box::new(error)))?, next })
    }

    async fn set_provision_status(
        &self,
        module: &ModuleKey,
        id: ServiceId,
        status: ProvisionStatus,
        message: Option<String>,
    ) -> Result<(), PortError> {
        let mut tx = self.db.begin().await.map_err(port)?;
        let service = services::by_id_for_update(&mut tx, id).await.map_err(port)?;
        own(module, &service.module)?;
        status::change(&mut tx, &service, status, message.as_deref(), &module.to_string())
            .await
            .map_err(port)?;
        tx.commit().await.map_err(port)
    }

    async fn merge_data(
        &self,
        module: &ModuleKey,
        id: ServiceId,
        data: Map<String, Value>,
        secret_keys: &HashSet<String>,
    ) -> Result<(), PortError> {
        let mut tx = self.db.begin().await.map_err(port)?;
        let service = services::by_id_for_update(&mut tx, id).await.map_err(port)?;
        own(module, &service.module)?;
        let failed = |error| PortError::Failed(Box::new(error));
        let mut merged = data::open(&self.vault, &service).map_err(failed)?;
        for (key, value) in data {
            if value.is_null() {
                merged.remove(&key);
            } else {
                merged.insert(key, value);
            }
        }
        let (plain, sealed) = data::seal(&self.vault, id, merged, secret_keys);
        services::set_data(&mut tx, id, &plain, sealed.as_deref()).await.map_err(port)?;
        tx.commit().await.map_err(port)
    }
}

#[async_trait]
impl TasksPort for Ports {
    async fn add(&self, module: &ModuleKey, request: TaskRequest) -> Result<TaskId, PortError> {
        let mut tx = self.db.begin().await.map_err(port)?;
        let version = modules::by_key(&mut tx, module).await.map_err(port)?.active;
        let version = version.ok_or_else(|| PortError::Invalid("the module is not active".to_owned()))?;
        if let Some(id) = request.service {
            let service = services::by_id_for_update(&mut tx, id).await.map_err(port)?;
            own(module, &service.module)?;
            if let Some(status) = request.status {
                status::change(&mut tx, &service, status, None, &module.to_string()).await.map_err(port)?;
            }
        }
        let mut task = NewTask::new(module.clone(), version, request.method);
        task.payload = request.payload;
        task.service_id = request.service;
        task.tags = request.tags;
        task.unique_key = request.unique_key;
        task.actor = Some(module.to_string());
        task.queue = request.queue.unwrap_or(task.queue);
        task.tries = request.tries.unwrap_or(task.tries);
        task.backoff_s = request.backoff_s.unwrap_or(task.backoff_s);
        task.timeout_s = request.timeout_s.unwrap_or(task.timeout_s);
        task.max_exceptions = request.max_exceptions.unwrap_or(task.max_exceptions);
        task.run_at = Timestamp::now().after(Duration::from_secs(request.delay_s.unwrap_or(0).into()));
        let id = tasks::enqueue(&mut tx, &task).await.map_err(port)?;
        tx.commit().await.map_err(port)?;
        self.signal.notify();
        Ok(id)
    }

    async fn cancel(&self, module: &ModuleKey, id: TaskId) -> Result<(), PortError> {
        let mut tx = self.db.begin().await.map_err(port)?;
        own(module, &tasks::by_id(&mut tx, id).await.map_err(port)?.module)?;
        if !tasks::cancel(&mut tx, id).await.map_err(port)? {
            return Err(PortError::Invalid("only a task that waits can be cancelled".to_owned()));
        }
        tx.commit().await.map_err(port)
    }

    async fn progress(
        &self,
        module: &ModuleKey,
        id: TaskId,
        percent: u8,
        message: &str,
    ) -> Result<(), PortError> {
        let mut conn = self.db.conn().await.map_err(port)?;
        let task = tasks::by_id(&mut conn, id).await.map_err(port)?;
        own(module, &task.module)?;
        tasks::set_progress(&mut conn, id, percent.into(), message).await.map_err(port)
    }
}
