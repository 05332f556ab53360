use caisson_registry::RegistryError;
use caisson_sandbox::CallError;
use caisson_storage::StorageError;
use caisson_types::FieldError;

/// Why something could not be done. Each message may be shown to an administrator.
#[derive(Debug, thiserror::Error)]
pub enum BillingError {
    #[error("there is no such {0}")]
    NotFound(&'static str),
    #[error("some fields need another look")]
    Invalid(Vec<FieldError>),
    /// It does not fit the state things are in.
    #[error("{0}")]
    Conflict(String),
    /// The module said no, or did not get to say anything.
    #[error("{0}")]
    Module(#[from] CallError),
    #[error(transparent)]
    Registry(#[from] RegistryError),
    #[error("the panel's database could not do this now")]
    Storage(#[source] StorageError),
    /// What a module answered cannot be used.
    #[error("the module {module} answered something that cannot be used: {reason}")]
    Answer { module: String, reason: String },
}

impl From<StorageError> for BillingError {
    fn from(error: StorageError) -> Self {
        BillingError::Storage(error)
    }
}

impl BillingError {
    /// Names what was not there.
    pub(crate) fn missing(what: &'static str) -> impl FnOnce(StorageError) -> Self {
        move |error| match error {
            StorageError::Missing => BillingError::NotFound(what),
            other => BillingError::Storage(other),
        }
    }

    /// One field's error.
    pub(crate) fn field(field: &str, message: impl Into<String>) -> Self {
        BillingError::Invalid(vec![FieldError::new(field, message)])
    }
}
