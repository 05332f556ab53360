//! Narrow doors to what stands above: host functions that act on billing or on the queue call these traits.
//!
//! Each takes the call's connection. Where the module has a transaction open, what is done here is done when it commits.

use std::collections::HashSet;

use async_trait::async_trait;
use caisson_storage::{Conn, StorageError};
use caisson_types::{
    ClientId, InvoiceId, InvoiceStatus, ModuleKey, Money, ProductId, ProvisionStatus, ServiceId, TaskId,
    VersionId,
};
use serde_json::{Map, Value};

/// A service as its module sees it, secrets included.
#[derive(Clone, Debug)]
pub struct ServiceView {
    pub id: ServiceId,
    pub client: ClientView,
    pub product_id: ProductId,
    pub status: ProvisionStatus,
    pub product_data: Value,
    pub service_data: Value,
}

#[derive(Clone, Debug)]
pub struct ClientView {
    pub id: ClientId,
    pub email: String,
    pub name: String,
    pub locale: String,
    pub currency: String,
}

/// A page of services, oldest first.
#[derive(Clone, Debug, Default)]
pub struct ServicePage {
    pub items: Vec<ServiceView>,
    pub next: Option<ServiceId>,
}

/// Why a port could not do it.
#[derive(Debug, thiserror::Error)]
pub enum PortError {
    /// There is none, or it is another module's.
    #[error("there is no such thing in this module")]
    Missing,
    #[error("{0}")]
    Invalid(String),
    /// The cause is in the log; a guest is told only that it failed.
    #[error("the panel could not do this now")]
    Failed(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl From<StorageError> for PortError {
    /// Tells "not there" from "did not work".
    fn from(error: StorageError) -> Self {
        match error {
            StorageError::Missing => Self::Missing,
            other => Self::Failed(Box::new(other)),
        }
    }
}

/// Services of one module's products.
#[async_trait]
pub trait ServicesPort: Send + Sync {
    async fn get(&self, conn: &mut Conn, module: &ModuleKey, id: ServiceId)
    -> Result<ServiceView, PortError>;

    async fn list(
        &self,
        conn: &mut Conn,
        module: &ModuleKey,
        status: Option<ProvisionStatus>,
        after: Option<ServiceId>,
        limit: u32,
    ) -> Result<ServicePage, PortError>;

    /// `depth` is how many events led to the call.
    async fn set_provision_status(
        &self,
        conn: &mut Conn,
        module: &ModuleKey,
        id: ServiceId,
        status: ProvisionStatus,
        message: Option<String>,
        depth: u8,
    ) -> Result<(), PortError>;

    /// Merges `data`; a null removes its key; values of `secret_keys` are encrypted. Durable as for a task.
    async fn merge_data(
        &self,
        conn: &mut Conn,
        module: &ModuleKey,
        id: ServiceId,
        data: Map<String, Value>,
        secret_keys: &HashSet<String>,
    ) -> Result<(), PortError>;
}

/// A task a module adds; what is `None` takes the queue's default.
#[derive(Clone, Debug, Default)]
pub struct TaskRequest {
    /// Who queues it, and runs it.
    pub version: VersionId,
    pub method: String,
    pub payload: Value,
    pub queue: Option<String>,
    pub tags: Vec<String>,
    pub tries: Option<u32>,
    pub backoff_s: Option<u32>,
    pub timeout_s: Option<u32>,
    pub max_exceptions: Option<u32>,
    pub delay_s: Option<u32>,
    pub unique_key: Option<String>,
    pub service: Option<ServiceId>,
    /// Set in the same transaction.
    pub status: Option<ProvisionStatus>,
    /// How many events led to the call.
    pub depth: u8,
}

/// The queue, for one module.
#[async_trait]
pub trait TasksPort: Send + Sync {
    /// Durable when it returns, or when the transaction that is open commits.
    async fn add(
        &self,
        conn: &mut Conn,
        module: &ModuleKey,
        request: TaskRequest,
    ) -> Result<TaskId, PortError>;
    async fn cancel(&self, conn: &mut Conn, module: &ModuleKey, id: TaskId) -> Result<(), PortError>;
    async fn progress(
        &self,
        conn: &mut Conn,
        module: &ModuleKey,
        id: TaskId,
        percent: u8,
        message: &str,
    ) -> Result<(), PortError>;
}

/// An invoice as a payment module sees it.
#[derive(Clone, Debug)]
pub struct InvoiceView {
    pub id: InvoiceId,
    pub number: String,
    pub status: InvoiceStatus,
    pub total: Money,
    pub due: Money,
    pub client: ClientView,
    pub description: String,
}

/// What a gateway says was paid.
#[derive(Clone, Debug)]
pub struct PaymentReport {
    pub invoice: InvoiceId,
    /// The gateway's own id.
    pub transaction: String,
    pub amount: Money,
    pub fee: Option<Money>,
    pub details: Value,
}

/// Whether something was recorded now, or the same had been before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recorded {
    Now,
    Before,
}

/// Why money was not recorded.
#[derive(Debug, thiserror::Error)]
pub enum PaymentError {
    #[error("there is no such invoice or payment for this module")]
    Missing,
    #[error("{0}")]
    Invalid(String),
    /// It does not fit what is there: the invoice, or what was recorded before under the same id.
    #[error("{0}")]
    Mismatch(String),
    #[error("{0}")]
    Closed(String),
    /// The cause is in the log; a guest is told only that it failed.
    #[error("the panel could not record this now")]
    Failed(#[source] StorageError),
}

impl From<StorageError> for PaymentError {
    fn from(error: StorageError) -> Self {
        match error {
            StorageError::Missing => Self::Missing,
            other => Self::Failed(other),
        }
    }
}

/// Invoices, and the money that one module takes for them. What was recorded is durable when it returns, or when the transaction
/// that is open commits.
#[async_trait]
pub trait PaymentsPort: Send + Sync {
    async fn invoice(
        &self,
        conn: &mut Conn,
        module: &ModuleKey,
        id: InvoiceId,
    ) -> Result<InvoiceView, PaymentError>;

    async fn record_payment(
        &self,
        conn: &mut Conn,
        module: &ModuleKey,
        report: PaymentReport,
        depth: u8,
    ) -> Result<Recorded, PaymentError>;

    async fn record_failure(
        &self,
        conn: &mut Conn,
        module: &ModuleKey,
        invoice: InvoiceId,
        transaction: &str,
        reason: &str,
        depth: u8,
    ) -> Result<Recorded, PaymentError>;

    async fn record_refund(
        &self,
        conn: &mut Conn,
        module: &ModuleKey,
        transaction: &str,
        refund: &str,
        amount: Money,
        depth: u8,
    ) -> Result<Recorded, PaymentError>;
}
