//! How a call ended, in words for each audience.

use caisson_capabilities::{Exhausted, Limit};
use caisson_types::Problem;

use crate::exports::ExportName;

/// Why a call brought no result.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum CallError {
    /// The module's own answer.
    #[error(transparent)]
    Problem(#[from] Problem),
    /// The sandbox ended it.
    #[error(transparent)]
    Failure(#[from] Failure),
}

/// What the sandbox says. None of these carries text of the guest or of the host's internals; that is in the log.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    #[error("the module used up its {} and was stopped", .0.name())]
    Exhausted(Limit),
    /// A trap of the guest's own: unreachable code, an access out of bounds, a panic.
    #[error("the module crashed: {0}")]
    Trapped(String),
    #[error("the module does not export {0}")]
    NotExported(String),
    /// It crashed too often, and waits for an administrator.
    #[error("the module is quarantined after repeated failures; an administrator can release it on its page")]
    Quarantined,
    /// No slot came free in time.
    #[error("the panel is busy: no sandbox came free in time")]
    Busy,
    /// A mistake of the host, logged with its cause.
    #[error("the panel made a mistake while running the module; its log has the cause")]
    Host,
}

impl CallError {
    /// A short word for the inspector and for metrics.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            CallError::Problem(_) => "problem",
            CallError::Failure(Failure::Exhausted(_)) => "exhausted",
            CallError::Failure(Failure::Trapped(_)) => "trapped",
            CallError::Failure(Failure::NotExported(_)) => "not-exported",
            CallError::Failure(Failure::Quarantined) => "quarantined",
            CallError::Failure(Failure::Busy) => "busy",
            CallError::Failure(Failure::Host) => "host-error",
        }
    }

    /// Whether the try counts as an exception: the module did not get to say how it ended.
    #[must_use]
    pub fn is_exception(&self) -> bool {
        matches!(self, CallError::Failure(_))
    }

    /// What may be shown to a client: the module's own message, or that it did not work.
    #[must_use]
    pub fn public_message(&self) -> String {
        match self {
            CallError::Problem(problem) => problem.to_string(),
            CallError::Failure(Failure::Busy) => {
                "The panel is busy; please try again in a moment.".to_owned()
            }
            CallError::Failure(_) => "This part of the panel does not work right now.".to_owned(),
        }
    }
}

/// A call that brought no result, and how far it came.
pub(crate) struct Ended {
    pub(crate) phase: Phase,
    pub(crate) error: wasmtime::Error,
}

#[derive(Clone, Copy)]
pub(crate) enum Phase {
    /// Making the instance.
    Start,
    /// Looking for the function.
    Find(ExportName),
    /// Running it.
    Run,
}

impl Failure {
    /// Reads a wasmtime error: a budget's trap, a trap of the guest, or a mistake of the host.
    pub(crate) fn new(ended: &Ended, limit_hit: Option<Limit>) -> Self {
        let error = &ended.error;
        if let Some(Exhausted(limit)) = error.downcast_ref::<Exhausted>() {
            return Failure::Exhausted(*limit);
        }
        // Out of memory a guest most often aborts; the cause is the limit it ran into.
        if let Some(limit) = limit_hit.or_else(|| untyped_limit(error)) {
            return Failure::Exhausted(limit);
        }
        if let Some(trap) = error.downcast_ref::<wasmtime::Trap>() {
            return Failure::Trapped(trap_sentence(*trap));
        }
        if error.is::<wasmtime::PoolConcurrencyLimitError>() {
            return Failure::Busy;
        }
        match ended.phase {
            Phase::Start => Failure::Host,
            Phase::Find((interface, function)) => {
                Failure::NotExported(format!("{interface}.{function} as the contract has it"))
            }
            // Host functions answer their own mistakes as results; what is left is a guest that exits, or hands over what is
            // no text, no list or no handle.
            Phase::Run if error.is::<wasmtime_wasi::I32Exit>() => {
                Failure::Trapped("it ended itself".to_owned())
            }
            Phase::Run => Failure::Trapped("it broke the rules of a call to the host".to_owned()),
        }
    }
}

/// Limits that wasmtime enforces itself and reports in words only.
fn untyped_limit(error: &wasmtime::Error) -> Option<Limit> {
    use wasmtime::component::ResourceTableError;
    if matches!(error.downcast_ref(), Some(ResourceTableError::Full)) {
        return Some(Limit::Handles);
    }
    let words = error.root_cause().to_string();
    if words.contains("fuel allocated for hostcalls has been exhausted") {
        Some(Limit::HostCallData)
    } else if words.contains("store handle limit exceeded") {
        Some(Limit::Handles)
    } else {
        None
    }
}

fn trap_sentence(trap: wasmtime::Trap) -> String {
    use wasmtime::Trap;
    match trap {
        Trap::StackOverflow => "its calls nested too deeply".to_owned(),
        Trap::UnreachableCodeReached => "it gave up (a panic, or code that must not be reached)".to_owned(),
        Trap::MemoryOutOfBounds => "it reached outside its memory".to_owned(),
        Trap::CannotLeaveComponent => "it called the host where it may not".to_owned(),
        other => other.to_string(),
    }
}
