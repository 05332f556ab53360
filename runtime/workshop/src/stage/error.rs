use std::io;

use caisson_billing::BillingError;
use caisson_panel::PanelError;
use caisson_registry::RegistryError;
use caisson_sandbox::CallError;
use caisson_storage::StorageError;
use caisson_storage::tables::TableError;
use caisson_types::FieldError;
use caisson_types::manifest::GrantId;

/// Why a module could not be brought on a stage.
#[derive(Debug, thiserror::Error)]
pub enum StageError {
    #[error("the stage's folder cannot be written: {0}")]
    Folder(#[source] io::Error),
    #[error("the key of the compiled components cannot be used: {0}")]
    Key(String),
    #[error(transparent)]
    Panel(#[from] PanelError),
    #[error("the stage's database could not do this: {0}")]
    Database(#[from] StorageError),
    #[error("{}", in_words(.0))]
    Registry(#[from] RegistryError),
    #[error("{}", of_billing(.0))]
    Billing(#[from] BillingError),
    /// How a call ended that the stage made itself.
    #[error(transparent)]
    Call(#[from] CallError),
    #[error("the environment variable {0} is not set; a recording takes its secret from there")]
    Unset(String),
    #[error("the module does not ask for {grant}; it asks for {}", list(asked))]
    NotAsked { grant: GrantId, asked: Vec<GrantId> },
    #[error("the module has no table '{0}' once it is activated")]
    NoTable(String),
    #[error("table '{table}': {reason}")]
    Row { table: String, reason: String },
    #[error(transparent)]
    Table(#[from] TableError),
}

/// With the fields that were refused: nobody sees the form here.
fn in_words(error: &RegistryError) -> String {
    match error {
        RegistryError::Invalid(errors) => fields(errors),
        other => other.to_string(),
    }
}

fn of_billing(error: &BillingError) -> String {
    match error {
        BillingError::Invalid(errors) => fields(errors),
        BillingError::Registry(error) => in_words(error),
        other => other.to_string(),
    }
}

fn fields(errors: &[FieldError]) -> String {
    let fields: Vec<String> =
        errors.iter().map(|error| format!("'{}': {}", error.field, error.message)).collect();
    format!("what is given is refused: {}", fields.join("; "))
}

fn list(grants: &[GrantId]) -> String {
    let grants: Vec<String> = grants.iter().map(|grant| format!("'{grant}'")).collect();
    if grants.is_empty() { "nothing".to_owned() } else { grants.join(", ") }
}
