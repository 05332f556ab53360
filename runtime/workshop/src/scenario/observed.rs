//! What came of a scenario, as it is compared and shown.

use std::collections::BTreeMap;
use std::fmt;

use caisson_billing::BillingError;
use caisson_registry::RegistryError;
use caisson_sandbox::CallError;
use caisson_types::Problem;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::Request;
use crate::stage::{Ended, StageError};

/// All that can be seen of it.
#[derive(Clone, Debug, Serialize)]
pub struct Observed {
    pub outcome: Outcome,
    /// How the sandbox recorded the call itself; what was queued comes after it.
    pub call: Option<CallSeen>,
    pub requests: Vec<Request>,
    /// Requests that nothing answered.
    pub unanswered: Vec<Request>,
    /// Exchanges that nobody asked for.
    pub unused: Vec<Request>,
    pub service: Option<ServiceSeen>,
    pub invoice: Option<InvoiceSeen>,
    pub rows_before: BTreeMap<String, Vec<Value>>,
    pub rows: BTreeMap<String, Vec<Value>>,
    pub tasks: Vec<Ended>,
    pub log: Vec<String>,
}

/// How the call ended.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    Answer(Value),
    /// The module's own refusal, or the panel's on its behalf.
    Problem(Problem),
    /// The sandbox ended it.
    Failure(String),
}

/// A call as the inspector has it: what replays are compared by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallSeen {
    pub outcome: String,
    pub message: Option<String>,
}

#[derive(Clone, Debug, Serialize)]
pub struct ServiceSeen {
    pub status: String,
    pub message: Option<String>,
    pub data: Map<String, Value>,
    pub timeline: Vec<String>,
}

#[derive(Clone, Debug, Serialize)]
pub struct InvoiceSeen {
    pub status: String,
    /// What is still to be paid, in the currency's smallest unit.
    pub due: i64,
    /// The gateway's ids of what it reported.
    pub transactions: Vec<String>,
}

impl Outcome {
    /// # Errors
    /// What is no outcome of the module's: the stage itself failed.
    pub(super) fn of(result: Result<Value, StageError>) -> Result<Self, StageError> {
        match result {
            Ok(answer) => Ok(Self::Answer(answer)),
            Err(StageError::Call(error)) => Ok(error.into()),
            Err(StageError::Registry(error)) => Self::of_registry(error).map_err(StageError::Registry),
            Err(StageError::Billing(BillingError::Registry(error))) => {
                Self::of_registry(error).map_err(StageError::Registry)
            }
            Err(StageError::Billing(error)) => match error {
                BillingError::Module(error) => Ok(error.into()),
                BillingError::Invalid(errors) => Ok(Self::Problem(Problem::invalid(errors))),
                BillingError::Conflict(message) => Ok(Self::Problem(Problem::new(409, message))),
                BillingError::NotFound(_) => Ok(Self::Problem(Problem::new(404, error.to_string()))),
                BillingError::Answer { .. } => Ok(Self::Failure(error.to_string())),
                other => Err(StageError::Billing(other)),
            },
            Err(other) => Err(other),
        }
    }

    fn of_registry(error: RegistryError) -> Result<Self, RegistryError> {
        match error {
            RegistryError::Refused(error) => Ok(error.into()),
            RegistryError::Invalid(errors) => Ok(Self::Problem(Problem::invalid(errors))),
            other => Err(other),
        }
    }

    /// Whether the module did what it was asked.
    #[must_use]
    pub fn is_well(&self) -> bool {
        matches!(self, Self::Answer(_))
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Answer(Value::Null) => f.write_str("well"),
            Self::Answer(answer) => write!(f, "well, with the answer {answer}"),
            Self::Problem(problem) => write!(f, "problem {}: {problem}", problem.code),
            Self::Failure(why) => f.write_str(why),
        }
    }
}

impl From<CallError> for Outcome {
    fn from(error: CallError) -> Self {
        match error {
            CallError::Problem(problem) => Self::Problem(problem),
            CallError::Failure(failure) => Self::Failure(failure.to_string()),
        }
    }
}
