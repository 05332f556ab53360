//! The contract's exports, as typed names to call by.

use std::marker::PhantomData;

use caisson_capabilities::contract::{exports as wit, payments, types};

/// Interface and function.
pub(crate) type ExportName = (&'static str, &'static str);

/// A function of a guest that takes `P` and answers `result<R, problem>`.
pub struct Export<P, R> {
    pub(crate) name: ExportName,
    types: PhantomData<fn(P) -> R>,
}

impl<P, R> Export<P, R> {
    const fn new(interface: &'static str, function: &'static str) -> Self {
        Self { name: (interface, function), types: PhantomData }
    }
}

/// Name of an interface as components export it.
pub(crate) fn qualified(interface: &str) -> String {
    format!("caisson:module/{interface}@{}", caisson_types::CONTRACT_VERSION)
}

macro_rules! exports {
    ($($module:ident = $interface:literal { $($name:ident = $function:literal ($($parameter:ty),*) -> $result:ty),+ $(,)? })+) => {
        $(
            pub mod $module {
                use super::*;
                $(pub const $name: Export<($($parameter,)*), $result> = Export::new($interface, $function);)+
            }
        )+

        /// Every export there is.
        pub(crate) const ALL: &[(&str, &[&str])] = &[$(($interface, &[$($function),+])),+];
    };
}

exports! {
    lifecycle = "lifecycle" {
        ACTIVATE = "activate"() -> (),
        DEACTIVATE = "deactivate"() -> (),
        UPDATE = "update"(String) -> (),
    }
    jobs = "jobs" {
        RUN = "run"(wit::jobs::Job) -> String,
    }
    hooks = "hooks" {
        ON_EVENT = "on-event"(wit::hooks::Event) -> wit::hooks::Verdict,
    }
    admin = "admin" {
        HANDLE = "handle"(String, types::Request) -> types::Response,
    }
    settings = "settings" {
        SAVE = "save"(String) -> String,
        PAGE = "page"(String) -> types::View,
        TEST_CONNECTION = "test-connection"(String) -> String,
    }
    product = "product" {
        GET_PRODUCT_DATA = "get-product-data"(String) -> String,
        SAVE_PRODUCT_DATA = "save-product-data"(String) -> String,
        PRODUCT_PAGE = "product-page"(String) -> types::View,
        GET_SERVICE_DATA = "get-service-data"(String) -> String,
        SAVE_SERVICE_DATA = "save-service-data"(String) -> String,
        SERVICE_PAGE = "service-page"(types::Service) -> types::View,
        CREATE = "create"(types::Service) -> (),
        SUSPEND = "suspend"(types::Service) -> (),
        UNSUSPEND = "unsuspend"(types::Service) -> (),
        TERMINATE = "terminate"(types::Service) -> (),
        CHANGE_PACKAGE = "change-package"(types::Service, String) -> (),
        RUN_ACTION = "run-action"(String, types::Service) -> Option<String>,
        SINGLE_SIGN_ON = "single-sign-on"(types::Service) -> String,
        USAGE = "usage"(types::Service) -> Vec<wit::product::Metric>,
    }
    payment = "payment" {
        CHECKOUT = "checkout"(wit::payment::Gateway, payments::Invoice) -> types::View,
        WEBHOOK = "webhook"(wit::payment::Gateway, types::Request, wit::payment::Verification) -> types::Response,
        RETURNED = "returned"(wit::payment::Gateway, types::Request) -> types::Response,
        RECONCILE = "reconcile"(wit::payment::Gateway, payments::Invoice) -> (),
        CHARGE = "charge"(wit::payment::Gateway, payments::Invoice, String) -> String,
        REFUND = "refund"(wit::payment::Gateway, String, types::Money) -> String,
    }
    notification = "notification" {
        SEND = "send"(wit::notification::Channel, wit::notification::Message) -> wit::notification::Delivery,
    }
    client_area = "client-area" {
        VARIABLES = "variables"(String, types::Service, types::Request) -> String,
        HANDLE = "handle"(String, types::Service, types::Request) -> types::Response,
        HANDLE_STATIC = "handle-static"(String, types::Request) -> types::Response,
    }
}
