//! Errors as HTTP: mapped once, logged once. Whoever asked sees a closed set of messages; the log has the cause.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use caisson_billing::BillingError;
use caisson_registry::{RegistryError, TrustError};
use caisson_sandbox::{CallError, Failure};
use caisson_storage::StorageError;
use caisson_types::FieldError;
use utoipa::ToSchema;

/// Why a request could not be served.
#[derive(Debug)]
pub struct ApiError {
    pub status: StatusCode,
    pub message: String,
    pub errors: Vec<FieldError>,
}

/// The body of every error.
#[derive(Debug, serde::Serialize, ToSchema)]
pub struct ErrorBody {
    /// What was wrong, in one sentence.
    pub message: String,
    /// For 422: what was wrong with which field.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<ErrorField>,
}

/// One rejected input field.
#[derive(Debug, serde::Serialize, ToSchema)]
pub struct ErrorField {
    /// Dotted path of the field.
    pub field: String,
    pub message: String,
}

impl ApiError {
    pub fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self { status, message: message.into(), errors: Vec::new() }
    }

    #[must_use]
    pub fn invalid(errors: Vec<FieldError>) -> Self {
        Self {
            status: StatusCode::UNPROCESSABLE_ENTITY,
            message: "Some fields need another look.".to_owned(),
            errors,
        }
    }

    #[must_use]
    pub fn field(field: &str, message: impl Into<String>) -> Self {
        Self::invalid(vec![FieldError::new(field, message)])
    }

    pub(crate) fn not_found(what: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, format!("There is no such {what}."))
    }

    /// A mistake of the panel: the cause goes to the log only.
    fn internal(error: &(dyn std::error::Error + 'static)) -> Self {
        tracing::error!(error, "a request failed");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "The panel could not do this; its log has the cause.")
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let errors = self
            .errors
            .into_iter()
            .map(|error| ErrorField { field: error.field, message: error.message })
            .collect();
        (self.status, Json(ErrorBody { message: self.message, errors })).into_response()
    }
}

impl From<StorageError> for ApiError {
    fn from(error: StorageError) -> Self {
        match error {
            StorageError::Missing => Self::new(StatusCode::NOT_FOUND, "There is no such thing."),
            other => Self::internal(&other),
        }
    }
}

impl From<RegistryError> for ApiError {
    fn from(error: RegistryError) -> Self {
        use RegistryError as E;
        let message = error.to_string();
        match error {
            E::Package(_) => Self::field("package", message),
            E::Fetch(error) => Self::field(error.field(), message),
            E::Trust(TrustError::UnknownPublisher(_)) => Self::new(StatusCode::NOT_FOUND, message),
            E::Trust(error) => Self::field(error.field(), message),
            E::Invalid(errors) => Self::invalid(errors),
            E::UnknownModule(_) | E::UnknownVersion { .. } | E::UnknownCall(_) => {
                Self::new(StatusCode::NOT_FOUND, message)
            }
            E::OtherBytes { .. }
            | E::NotActive(_)
            | E::ServesNot(_)
            | E::NotApproved { .. }
            | E::SettingsRefused { .. }
            | E::StillActive { .. }
            | E::InUse { .. }
            | E::ServesAlready { .. }
            | E::NoCanary(_)
            | E::NothingBefore { .. }
            | E::TablesChanged { .. }
            | E::TasksLeft { .. }
            | E::TrialRuns { .. }
            | E::Sold { .. } => Self::new(StatusCode::CONFLICT, message),
            E::OtherName { .. } => Self::field("name", message),
            E::NotAsked { .. } | E::NotGranted { .. } => Self::field("grants", message),
            E::Refused(error) => error.into(),
            E::Compile(caisson_sandbox::ArtefactError::Compile(_))
            | E::Load(caisson_sandbox::LoadError::Unfit(_)) => Self::field("package", message),
            E::Storage(error) => error.into(),
            E::Compile(_) | E::Load(_) | E::Disk(_) | E::Tables(_) | E::Export(_) | E::Corrupt { .. } => {
                Self::internal(&error)
            }
        }
    }
}

/// A module's code as the panel's own. What a provider refused the module (401, 403) was not refused to whoever asked the panel; what
/// passes (408, 429) is not wrong with the request.
fn problem_status(code: u16) -> StatusCode {
    match code {
        404 => StatusCode::NOT_FOUND,
        408 | 429 | 503 => StatusCode::SERVICE_UNAVAILABLE,
        409 => StatusCode::CONFLICT,
        400..=499 => StatusCode::UNPROCESSABLE_ENTITY,
        _ => StatusCode::BAD_GATEWAY,
    }
}

impl From<CallError> for ApiError {
    fn from(error: CallError) -> Self {
        let message = error.to_string();
        match error {
            CallError::Problem(problem) => Self {
                status: problem_status(problem.code),
                message: problem.message,
                errors: problem.errors,
            },
            CallError::Failure(Failure::Busy | Failure::Quarantined) => {
                Self::new(StatusCode::SERVICE_UNAVAILABLE, message)
            }
            CallError::Failure(_) => Self::new(StatusCode::BAD_GATEWAY, message),
        }
    }
}

impl From<BillingError> for ApiError {
    fn from(error: BillingError) -> Self {
        use BillingError as E;
        let message = error.to_string();
        match error {
            E::NotFound(what) => Self::not_found(what),
            E::Invalid(errors) => Self::invalid(errors),
            E::Conflict(_) => Self::new(StatusCode::CONFLICT, message),
            E::Module(error) => error.into(),
            E::Registry(error) => error.into(),
            E::Storage(error) => error.into(),
            E::Answer { .. } => {
                tracing::warn!(message, "a module's answer cannot be used");
                Self::new(StatusCode::BAD_GATEWAY, message)
            }
        }
    }
}
