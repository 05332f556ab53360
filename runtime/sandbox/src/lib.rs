//! The engine, and the call itself: a fresh instance with a budget, from a component that was compiled when it was installed.
//!
//! - [`Engine`] is configured in one place, with the reason of each setting beside it.
//! - [`Compiler`] turns a component into an artefact in a child process with limits; [`cache`] keeps artefacts under a MAC.
//! - [`Sandbox::call`] is the only way into a guest. The store is dropped after every call, whatever happened.

mod artefact;
mod call;
mod compile;
mod engine;
pub mod exports;
mod loaded;
mod outcome;
mod record;
mod tally;

pub use artefact::{ArtefactError, Artefacts};
pub use call::{Answer, Parameters, Sandbox, SandboxConfig, StartUp, Target};
pub use compile::{CompileError, Compiler, run_compiler};
pub use engine::{Engine, EngineConfig};
pub use exports::Export;
pub use loaded::{LoadError, Loaded};
pub use outcome::{CallError, Failure};
pub use record::{CallRecord, Recorder, RecorderConfig, Watch};
