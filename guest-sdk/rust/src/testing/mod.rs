//! A host for native tests: `cargo test` runs a module's logic without a panel, a sandbox or a WebAssembly compiler.
//!
//! ```
//! use caisson_guest::testing::{Host, reply};
//! use caisson_guest::{Result, http::Client};
//!
//! fn is_up() -> Result<bool> {
//!     Ok(Client::from_setting("api_base")?.get("v1/ping").send()?.is_success())
//! }
//!
//! let host = Host::install();
//! host.setting("api_base", "https://api.example.com");
//! host.on_http(|request| {
//!     assert_eq!(request.url, "https://api.example.com/v1/ping");
//!     Ok(reply(200, r#"{"status":"ok"}"#))
//! });
//! assert!(is_up().unwrap());
//! ```
//!
//! It answers what modules ask most: configuration, HTTP, tasks, services, mail, probes, randomness, log, cache, validation,
//! events, payments and notifications. Grants and
//! budgets are the sandbox's, so nothing is denied here. Each test thread has a host of its own.

mod billing;
pub(crate) mod functions;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use serde::Serialize;
use serde_json::{Map, Value};

use crate::adapter::{Dispatch, Product};
use crate::bindings::host::caisson::module::types::{Client, Money};
use crate::host::http::{Error, Request, Response};
use crate::{Data, FieldError, Invoice, Job, ProductModule, ProvisionStatus, Result, Service};

type Handler = Rc<RefCell<dyn FnMut(&Request) -> Result<Response, Error>>>;

type MailHandler = Rc<RefCell<dyn FnMut(&SentMail) -> Result<String, crate::host::mail::Error>>>;

/// An entry of the module's log.
#[derive(Clone, Debug, PartialEq)]
pub struct LogEntry {
    pub level: crate::log::Level,
    pub action: String,
    pub request: String,
    pub response: String,
}

/// A task that the module queued.
#[derive(Clone, Debug, PartialEq)]
pub struct QueuedTask {
    pub id: String,
    pub method: String,
    pub payload: Value,
    pub options: crate::host::tasks::Options,
}

/// A message that the module sent, and the server it went to.
#[derive(Clone, Debug, PartialEq)]
pub struct SentMail {
    pub server: crate::host::mail::Server,
    pub message: crate::host::mail::Message,
}

/// Something that the module told somebody.
#[derive(Clone, Debug, PartialEq)]
pub struct Notified {
    pub to: crate::host::notifications::Recipient,
    pub event: String,
    pub data: Value,
}

/// Money that the module reported: a payment, a failure or a refund.
#[derive(Clone, Debug, PartialEq)]
pub enum Reported {
    Paid(crate::host::payments::Payment),
    Failed { invoice: String, transaction: String, reason: String },
    Refunded { transaction: String, refund: String, amount: Money },
}

#[derive(Default)]
struct State {
    invoices: BTreeMap<String, Invoice>,
    reported: Vec<Reported>,
    notified: Vec<Notified>,
    config: BTreeMap<String, Value>,
    services: BTreeMap<String, Service>,
    statuses: Vec<(String, ProvisionStatus)>,
    tasks: Vec<QueuedTask>,
    log: Vec<LogEntry>,
    events: Vec<(String, Value)>,
    cache: BTreeMap<String, (String, Vec<String>)>,
    rejected: Vec<FieldError>,
    requests: Vec<Request>,
    handler: Option<Handler>,
    mails: Vec<SentMail>,
    mail_handler: Option<MailHandler>,
    /// Hosts and ports that answer: milliseconds to connect, days that the certificate lasts.
    answers: BTreeMap<(String, u16), (u32, i64)>,
    counter: u64,
}

thread_local! {
    static STATE: RefCell<State> = RefCell::default();
}

fn with<T>(act: impl FnOnce(&mut State) -> T) -> T {
    STATE.with_borrow_mut(act)
}

/// The host of this test thread.
#[derive(Debug)]
pub struct Host(());

impl Host {
    /// A host that knows nothing yet, in place of the one before.
    #[must_use]
    pub fn install() -> Self {
        STATE.take();
        crate::services::begin_call();
        Self(())
    }

    /// Sets the setting `key`, as an administrator would.
    pub fn setting<T: Serialize>(&self, key: &str, value: T) {
        self.config(&format!("settings.{key}"), value);
    }

    /// Sets a key of the manifest's `[config]`.
    pub fn config<T: Serialize>(&self, key: &str, value: T) {
        let value = serde_json::to_value(value).unwrap_or_default();
        with(|state| state.config.insert(key.to_owned(), value));
    }

    /// Has every validation of the field rejected from now on, as the panel would by its rules.
    pub fn reject(&self, field: &str, message: &str) {
        let error = FieldError { field: field.to_owned(), message: message.to_owned() };
        with(|state| state.rejected.push(error));
    }

    /// Answers every request from now on.
    pub fn on_http(&self, handler: impl FnMut(&Request) -> Result<Response, Error> + 'static) {
        with(|state| state.handler = Some(Rc::new(RefCell::new(handler))));
    }

    /// Takes or refuses every message from now on; where nothing is said, all are taken.
    pub fn on_mail(
        &self,
        handler: impl FnMut(&SentMail) -> Result<String, crate::host::mail::Error> + 'static,
    ) {
        with(|state| state.mail_handler = Some(Rc::new(RefCell::new(handler))));
    }

    /// Lets a host and port answer probes: how long it takes to connect, and how many days its certificate lasts. All
    /// others refuse connections.
    pub fn answers(&self, host: &str, port: u16, connect: Duration, certificate_days: i64) {
        let milliseconds = u32::try_from(connect.as_millis()).unwrap_or(u32::MAX);
        with(|state| state.answers.insert((host.to_owned(), port), (milliseconds, certificate_days)));
    }

    /// Adds a service that is pending.
    #[must_use]
    pub fn service<P: Serialize, S: Serialize>(&self, id: &str, product: &P, service: &S) -> Service {
        let json = |value: serde_json::Result<String>| value.unwrap_or_else(|_| "{}".to_owned());
        let service = Service {
            id: id.to_owned(),
            client: example_client(),
            product_id: "00000000-0000-7000-8000-000000000002".to_owned(),
            status: ProvisionStatus::Pending,
            product_data: json(serde_json::to_string(product)),
            service_data: json(serde_json::to_string(service)),
        };
        with(|state| state.services.insert(id.to_owned(), service.clone()));
        service
    }

    /// A service as it is now.
    #[must_use]
    pub fn get_service(&self, id: &str) -> Option<Service> {
        with(|state| state.services.get(id).cloned())
    }

    /// Sells the service with another product configuration.
    pub fn change_product_data<P: Serialize>(&self, id: &str, product: &P) {
        let json = serde_json::to_string(product).unwrap_or_default();
        with(|state| {
            if let Some(service) = state.services.get_mut(id) {
                service.product_data = json;
            }
        });
    }

    /// A service's data as it is now.
    #[must_use]
    pub fn service_data(&self, id: &str) -> Value {
        let json = self.get_service(id).map(|service| service.service_data).unwrap_or_default();
        serde_json::from_str(&json).unwrap_or_default()
    }

    /// Every status that was set, in order.
    #[must_use]
    pub fn statuses(&self) -> Vec<(String, ProvisionStatus)> {
        with(|state| state.statuses.clone())
    }

    /// Tasks that wait.
    #[must_use]
    pub fn tasks(&self) -> Vec<QueuedTask> {
        with(|state| state.tasks.clone())
    }

    #[must_use]
    pub fn log(&self) -> Vec<LogEntry> {
        with(|state| state.log.clone())
    }

    /// Events that were dispatched: name and payload.
    #[must_use]
    pub fn events(&self) -> Vec<(String, Value)> {
        with(|state| state.events.clone())
    }

    /// Requests that were sent.
    #[must_use]
    pub fn requests(&self) -> Vec<Request> {
        with(|state| state.requests.clone())
    }

    /// Messages that were sent, taken or not.
    #[must_use]
    pub fn mails(&self) -> Vec<SentMail> {
        with(|state| state.mails.clone())
    }

    /// Adds an invoice that nothing was paid of.
    pub fn invoice(&self, id: &str, total: Money) -> Invoice {
        let invoice = Invoice {
            id: id.to_owned(),
            number: "2026-00001".to_owned(),
            status: crate::host::payments::InvoiceStatus::Unpaid,
            total: total.clone(),
            due: total,
            client: example_client(),
            description: "Example".to_owned(),
        };
        with(|state| state.invoices.insert(id.to_owned(), invoice.clone()));
        invoice
    }

    /// Money that was reported, in order, each once.
    #[must_use]
    pub fn reported(&self) -> Vec<Reported> {
        with(|state| state.reported.clone())
    }

    /// Everything that people were told, in order.
    #[must_use]
    pub fn notified(&self) -> Vec<Notified> {
        with(|state| state.notified.clone())
    }

    /// Runs the oldest waiting task of a product module once, as a worker would. None where no task waits.
    pub fn run_task<M: ProductModule>(&self) -> Option<Result<Data>> {
        let task = with(|state| if state.tasks.is_empty() { None } else { Some(state.tasks.remove(0)) })?;
        let service = task.options.service.as_ref().and_then(|id| self.get_service(id));
        let payload = task.payload.to_string();
        let job = Job { id: task.id, method: task.method, payload, attempt: 1, service };
        crate::services::begin_call();
        Some(Product::<M>::run(&job))
    }
}

fn example_client() -> Client {
    Client {
        id: "00000000-0000-7000-8000-000000000001".to_owned(),
        email: "client@example.com".to_owned(),
        name: "Example Client".to_owned(),
        locale: "en".to_owned(),
        currency: "EUR".to_owned(),
    }
}

/// An answer of a provider's.
#[must_use]
pub fn reply(status: u16, body: impl Into<Vec<u8>>) -> Response {
    Response { status, headers: Vec::new(), body: body.into(), url: String::new() }
}

/// What `set_provision_data` does: null removes, anything else replaces.
fn merge(stored: &str, update: &str) -> serde_json::Result<String> {
    let mut fields: Map<String, Value> = serde_json::from_str(stored)?;
    for (key, value) in serde_json::from_str::<Map<String, Value>>(update)? {
        if value.is_null() {
            fields.remove(&key);
        } else {
            fields.insert(key, value);
        }
    }
    serde_json::to_string(&fields)
}
