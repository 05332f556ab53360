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
use caisson_storage::{Conn, modules, services};
use caisson_types::{ModuleKey, ProvisionStatus, ServiceId, TaskId, Timestamp};
use serde_json::{Map, Value};

use crate::services::data;
use crate::services::status::{self, By};

/// The doors, for the sandbox to be given before there is a registry.
pub struct Ports {
    vault: Arc<Vault>,
    signal: TaskSignal,
}

impl Ports {
    #[must_use]
    pub fn new(vault: Arc<Vault>, signal: TaskSignal) -> Self {
        Self { vault, signal }
    }
}

/// Other modules' services are not there.
fn own(module: &ModuleKey, owner: &ModuleKey) -> Result<(), PortError> {
    if module == owner { Ok(()) } else { Err(PortError::Missing) }
}

#[async_trait]
impl ServicesPort for Ports {
    async fn get(
        &self,
        conn: &mut Conn,
        module: &ModuleKey,
        id: ServiceId,
    ) -> Result<ServiceView, PortError> {
        let context = services::context_by_id(conn, id).await?;
        own(module, &context.service.module)?;
        data::view(&self.vault, context).map_err(|error| PortError::Failed(Box::new(error)))
    }

    async fn list(
        &self,
        conn: &mut Conn,
        module: &ModuleKey,
        status: Option<ProvisionStatus>,
        after: Option<ServiceId>,
        limit: u32,
    ) -> Result<ServicePage, PortError> {
        let contexts = services::contexts_of_module(conn, module, status, after, limit.into()).await?;
        let full = contexts.len() == limit as usize;
        let next = contexts.last().map(|context| context.service.id).filter(|_| full);
        let items =
            contexts.into_iter().map(|context| data::view(&self.vault, context)).collect::<Result<_, _>>();
        Ok(ServicePage { items: items.map_err(|error| PortError::Failed(Box::new(error)))?, next })
    }

    async fn set_provision_status(
        &self,
        conn: &mut Conn,
        module: &ModuleKey,
        id: ServiceId,
        status: ProvisionStatus,
        message: Option<String>,
        depth: u8,
    ) -> Result<(), PortError> {
        let mut tx = conn.begin().await?;
        let service = services::by_id_for_update(&mut tx, id).await?;
        own(module, &service.module)?;
        let by = By { actor: &module.to_string(), depth };
        status::change(&mut tx, &service, status, message.as_deref(), by).await?;
        Ok(tx.commit().await?)
    }

    async fn merge_data(
        &self,
        conn: &mut Conn,
        module: &ModuleKey,
        id: ServiceId,
        data: Map<String, Value>,
        secret_keys: &HashSet<String>,
    ) -> Result<(), PortError> {
        let mut tx = conn.begin().await?;
        let service = services::by_id_for_update(&mut tx, id).await?;
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
        services::set_data(&mut tx, id, &plain, sealed.as_deref()).await?;
        Ok(tx.commit().await?)
    }
}

#[async_trait]
impl TasksPort for Ports {
    async fn add(
        &self,
        conn: &mut Conn,
        module: &ModuleKey,
        request: TaskRequest,
    ) -> Result<TaskId, PortError> {
        let mut tx = conn.begin().await?;
        if modules::by_key(&mut tx, module).await?.active.is_none() {
            return Err(PortError::Invalid("the module is not active".to_owned()));
        }
        if let Some(id) = request.service {
            let service = services::by_id_for_update(&mut tx, id).await?;
            own(module, &service.module)?;
            if let Some(status) = request.status {
                let by = By { actor: &module.to_string(), depth: request.depth };
                status::change(&mut tx, &service, status, None, by).await?;
            }
        }
        let mut task = NewTask::new(module.clone(), request.version, request.method);
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
        let id = tasks::enqueue(&mut tx, &task).await?;
        tx.commit().await?;
        self.signal.notify();
        Ok(id)
    }

    async fn cancel(&self, conn: &mut Conn, module: &ModuleKey, id: TaskId) -> Result<(), PortError> {
        let mut tx = conn.begin().await?;
        own(module, &tasks::by_id(&mut tx, id).await?.module)?;
        if !tasks::cancel(&mut tx, id).await? {
            return Err(PortError::Invalid("only a task that waits can be cancelled".to_owned()));
        }
        Ok(tx.commit().await?)
    }

    async fn progress(
        &self,
        conn: &mut Conn,
        module: &ModuleKey,
        id: TaskId,
        percent: u8,
        message: &str,
    ) -> Result<(), PortError> {
        let task = tasks::by_id(conn, id).await?;
        own(module, &task.module)?;
        Ok(tasks::set_progress(conn, id, percent.into(), message).await?)
    }
}
