//! The contract's exports, as typed names to call by.

use std::marker::PhantomData;

use caisson_capabilities::contract::{exports as wit, payments, types};

/// Interface and function.
pub(crate) type ExportName = (&'static str, &'static str);

/// A function of a guest that takes `P` and answers `result<R, problem>`.
pub struct Export<P, R> {
    pub(crate) name: ExportName,
    /// Names of what it takes.
    pub(crate) parameters: &'static [&'static str],
    types: PhantomData<fn(P) -> R>,
}

impl<P, R> Export<P, R> {
    const fn new(
        interface: &'static str,
        function: &'static str,
        parameters: &'static [&'static str],
    ) -> Self {
        Self { name: (interface, function), parameters, types: PhantomData }
    }
}

/// Name of an interface as components export it.
pub(crate) fn qualified(interface: &str) -> String {
    format!("caisson:module/{interface}@{}", caisson_types::CONTRACT_VERSION)
}

macro_rules! exports {
    ($($module:ident = $interface:literal { $($name:ident = $function:literal ($($parameter:ident: $type:ty),*) -> $result:ty),+ $(,)? })+) => {
        $(
            pub mod $module {
                use super::*;
                $(pub const $name: Export<($($type,)*), $result> =
                    Export::new($interface, $function, &[$(stringify!($parameter)),*]);)+
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
        UPDATE = "update"(from_version: String) -> (),
    }
    jobs = "jobs" {
        RUN = "run"(job: wit::jobs::Job) -> String,
    }
    hooks = "hooks" {
        ON_EVENT = "on-event"(event: wit::hooks::Event) -> wit::hooks::Verdict,
    }
    admin = "admin" {
        HANDLE = "handle"(route: String, request: types::Request) -> types::Response,
    }
    settings = "settings" {
        SAVE = "save"(data: String) -> String,
        PAGE = "page"(data: String) -> types::View,
        TEST_CONNECTION = "test-connection"(data: String) -> String,
    }
    product = "product" {
        GET_PRODUCT_DATA = "get-product-data"(data: String) -> String,
        SAVE_PRODUCT_DATA = "save-product-data"(data: String) -> String,
        PRODUCT_PAGE = "product-page"(data: String) -> types::View,
        GET_SERVICE_DATA = "get-service-data"(data: String) -> String,
        SAVE_SERVICE_DATA = "save-service-data"(data: String) -> String,
        SERVICE_PAGE = "service-page"(service: types::Service) -> types::View,
        CREATE = "create"(service: types::Service) -> (),
        SUSPEND = "suspend"(service: types::Service) -> (),
        UNSUSPEND = "unsuspend"(service: types::Service) -> (),
        TERMINATE = "terminate"(service: types::Service) -> (),
        CHANGE_PACKAGE = "change-package"(service: types::Service, previous_product_data: String) -> (),
        RUN_ACTION = "run-action"(action: String, service: types::Service) -> Option<String>,
        SINGLE_SIGN_ON = "single-sign-on"(service: types::Service) -> String,
        USAGE = "usage"(service: types::Service) -> Vec<wit::product::Metric>,
    }
    payment = "payment" {
        CHECKOUT = "checkout"(gateway: wit::payment::Gateway, invoice: payments::Invoice) -> types::View,
        WEBHOOK = "webhook"(gateway: wit::payment::Gateway, request: types::Request, verification: wit::payment::Verification) -> types::Response,
        RETURNED = "returned"(gateway: wit::payment::Gateway, request: types::Request) -> types::Response,
        RECONCILE = "reconcile"(gateway: wit::payment::Gateway, invoice: payments::Invoice) -> (),
        CHARGE = "charge"(gateway: wit::payment::Gateway, invoice: payments::Invoice, token: String) -> String,
        REFUND = "refund"(gateway: wit::payment::Gateway, transaction: String, amount: types::Money) -> String,
    }
    notification = "notification" {
        SEND = "send"(channel: wit::notification::Channel, message: wit::notification::Message) -> wit::notification::Delivery,
        CALLBACK = "callback"(channel: wit::notification::Channel, request: types::Request) -> wit::notification::Receipt,
    }
    client_area = "client-area" {
        VARIABLES = "variables"(tab: String, service: types::Service, request: types::Request) -> String,
        HANDLE = "handle"(action: String, service: types::Service, request: types::Request) -> types::Response,
        HANDLE_STATIC = "handle-static"(action: String, request: types::Request) -> types::Response,
    }
}
