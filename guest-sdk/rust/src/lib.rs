//! Write Caisson modules in Rust.
//!
//! A module is a type that implements [`Module`] and the trait of its kind, and one line that exports it:
//!
//! ```
//! use caisson_guest::{Module, NoFields, ProductModule, Result, Service, json, log, services};
//!
//! struct Hello;
//!
//! impl Module for Hello {
//!     type Settings = NoFields;
//! }
//!
//! impl ProductModule for Hello {
//!     type ProductData = NoFields;
//!     type ServiceData = NoFields;
//!
//!     fn create_job(service: &Service) -> Result<()> {
//!         services::set_data(&service.id, &json!({ "greeting": "Hello" }))
//!     }
//!
//!     fn terminate_job(service: &Service) -> Result<()> {
//!         Ok(log::info("terminate", &service.id, "goodbye"))
//!     }
//! }
//!
//! caisson_guest::export!(product: Hello);
//! # fn main() {}
//! ```
//!
//! Everything that can fail gives a [`Result`] whose error is the [`Problem`] that people see, so `?` is all there is to error
//! handling; what only staff should read goes to the [`log`]. Host functions need a grant that the manifest asks for and an
//! administrator approves; without it they answer a problem that names the grant.

pub mod cache;
pub mod config;
pub mod crypto;
pub mod db;
pub mod events;
pub mod host;
pub mod http;
pub mod i18n;
pub mod log;
pub mod mail;
pub mod notifications;
pub mod payments;
pub mod probe;
pub mod services;
pub mod tasks;
pub mod time;
pub mod validation;
pub mod verb;

#[cfg(not(target_arch = "wasm32"))]
pub mod testing;

#[doc(hidden)]
pub mod adapter;
#[doc(hidden)]
pub mod bindings;

#[cfg(target_arch = "wasm32")]
mod alloc;
mod check;
mod data;
mod exchange;
mod form;
mod incoming;
mod module;
mod problem;

pub use serde_json::{Value, json};

pub use bindings::common::exports::caisson::module::hooks::{Event, Verdict};
pub use bindings::common::exports::caisson::module::jobs::Job;
pub use bindings::host::caisson::module::payments::Invoice;
pub use bindings::host::caisson::module::types::{
    Actor, Blob, Body, Client, Denied, FieldError, Header, HttpMethod, Money, Parameter, Problem,
    ProvisionStatus, Request, Response, Role, Service, View,
};
pub use bindings::notification::exports::caisson::module::notification::{
    Attachment, Channel as NotificationChannel, Delivery, Fate, Message, Receipt, Report,
    Status as DeliveryStatus,
};
pub use bindings::payment::exports::caisson::module::payment::{Gateway, Verification};
pub use bindings::product::exports::caisson::module::product::Metric;
pub use check::{Check, Number, Text, is_domain};
pub use data::{Data, NoFields, Secret};
pub use module::{Module, NotificationModule, PaymentModule, PluginModule, ProductModule};
pub use verb::Verb;

/// What nearly everything here gives.
pub type Result<T, E = Problem> = std::result::Result<T, E>;

/// Exports a type as the module: `export!(product: MyModule)`, or `payment`, `notification`, `plugin`.
///
/// A crate exports one module. Native builds, such as `cargo test`, export nothing.
#[macro_export]
macro_rules! export {
    (product: $module:ty) => {
        $crate::export!(@ Product<$module>, export_common common, export_product product, export_client_area client_area);
    };
    (payment: $module:ty) => {
        $crate::export!(@ Payment<$module>, export_common common, export_payment payment, export_client_area client_area);
    };
    (notification: $module:ty) => {
        $crate::export!(@ Notification<$module>, export_common common, export_notification notification);
    };
    (plugin: $module:ty) => {
        $crate::export!(@ Plugin<$module>, export_common common);
    };
    (@ $kind:ident<$module:ty>, $($export:ident $part:ident),+) => {
        #[doc(hidden)]
        #[allow(dead_code, reason = "native builds name the exports without exporting them")]
        type CaissonExports = $crate::adapter::Exports<$crate::adapter::$kind<$module>>;

        $(
            #[cfg(target_arch = "wasm32")]
            $crate::bindings::$part::$export!(CaissonExports with_types_in $crate::bindings::$part);
        )+
    };
    ($other:ident: $module:ty) => {
        compile_error!("a module is a product, payment, notification or plugin: export!(product: MyModule)");
    };
}
