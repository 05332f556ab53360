//! Puts every host function within a guest's reach. What it may do there is decided call by call, against its grants.

use wasmtime::component::{HasSelf, Linker};

use crate::CallState;
use crate::bindings::caisson::module as contract;

/// Names of the interfaces this host offers, as components import them (without package and version).
pub const INTERFACES: &[&str] = &[
    "types",
    "log",
    "config",
    "http",
    "database",
    "tasks",
    "cache",
    "crypto",
    "events",
    "services",
    "payments",
    "notifications",
    "mail",
    "i18n",
    "validation",
    "probe",
];

/// # Errors
/// Only where an interface is added twice, which is a mistake in this file.
pub fn add_to_linker(linker: &mut Linker<CallState>) -> wasmtime::Result<()> {
    macro_rules! add {
        ($($interface:ident),+ $(,)?) => {
            $(contract::$interface::add_to_linker::<CallState, HasSelf<CallState>>(linker, |state| state)?;)+
        };
    }
    add!(
        types,
        log,
        config,
        http,
        database,
        tasks,
        cache,
        crypto,
        events,
        services,
        payments,
        notifications,
        mail,
        i18n,
        validation,
        probe,
    );
    wasmtime_wasi::p2::add_to_linker_async(linker)?;
    // Resolved once a component, when it is loaded: a guest that does not import it pays nothing for it.
    crate::http::wasi::add_to_linker(linker)
}
