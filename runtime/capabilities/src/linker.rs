//! Puts every host function within a guest's reach. What it may do there is decided call by call, against its grants.

use wasmtime::component::{HasSelf, Linker};

use crate::CallState;
use crate::bindings::caisson::module as contract;

/// The one list of the contract's imports: what is not in it is not linked.
macro_rules! interfaces {
    ($($variant:ident = $module:ident),+ $(,)?) => {
        /// An interface of the contract that guests import.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Interface {
            $($variant),+
        }

        impl Interface {
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// As components import it, without package and version.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => stringify!($module)),+
                }
            }
        }

        fn add_contract(linker: &mut Linker<CallState>) -> wasmtime::Result<()> {
            $(contract::$module::add_to_linker::<CallState, HasSelf<CallState>>(linker, |state| state)?;)+
            Ok(())
        }
    };
}

interfaces! {
    Types = types,
    Log = log,
    Config = config,
    Http = http,
    Database = database,
    Tasks = tasks,
    Cache = cache,
    Crypto = crypto,
    Events = events,
    Services = services,
    Payments = payments,
    Notifications = notifications,
    Mail = mail,
    I18n = i18n,
    Validation = validation,
    Probe = probe,
}

// The shared types have no functions.
impl contract::types::Host for CallState {}

/// # Errors
/// Only where an interface is added twice, which is a mistake in this file.
pub fn add_to_linker(linker: &mut Linker<CallState>) -> wasmtime::Result<()> {
    add_contract(linker)?;
    wasmtime_wasi::p2::add_to_linker_async(linker)?;
    // Resolved once a component, when it is loaded: a guest that does not import it pays nothing for it.
    crate::http::wasi::add_to_linker(linker)
}
