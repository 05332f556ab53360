//! What a module implements: [`Module`], and the trait of its type. Every function but those that make the module what it is
//! has a default.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::tasks::Task;
use crate::verb::{self, Verb};
use crate::{
    Data, Delivery, Event, Gateway, Invoice, Job, Message, Metric, Money, NotificationChannel, Problem,
    Receipt, Request, Response, Result, Service, Verdict, Verification, View,
};

/// What every module can do, whatever its type.
pub trait Module {
    /// The settings form; [`crate::NoFields`] where the manifest declares none. Secrets are [`crate::Secret`].
    type Settings: DeserializeOwned + Serialize;

    /// Prepares what the module needs. A problem leaves it inactive. Idempotent, as are the next two.
    fn activate() -> Result<()> {
        Ok(())
    }

    /// Lets go of what is outside; the module's data stays.
    fn deactivate() -> Result<()> {
        Ok(())
    }

    /// Brings data of an older version up to this one.
    fn update(from_version: &str) -> Result<()> {
        let _ = from_version;
        Ok(())
    }

    /// Runs a queued or scheduled job. Verbs of a product module have functions of their own and do not come here.
    fn job(job: &Job) -> Result<Data> {
        Err(Problem::not_found(format!("This module has no job '{}'.", job.method)))
    }

    /// An event that the manifest subscribes to. It may be delivered again, with the same id.
    fn on_event(event: &Event) -> Result<Verdict> {
        let _ = event;
        Ok(Verdict::Proceed)
    }

    /// A page or API request in the administration area: `route` is the name of a declared route.
    fn admin(route: &str, request: &Request) -> Result<Response> {
        let _ = request;
        Err(Problem::not_found(format!("This module has no page '{route}'.")))
    }

    /// Checks and normalises the settings form.
    fn save_settings(settings: Self::Settings) -> Result<Self::Settings> {
        Ok(settings)
    }

    /// What stands under the settings form.
    fn settings_page(settings: &Self::Settings) -> Result<Option<View>> {
        let _ = settings;
        Ok(None)
    }

    /// Tries the settings out, saved or not, as [`crate::config`] and credentials answer during this call. The text is shown.
    fn test_connection(settings: &Self::Settings) -> Result<String> {
        let _ = settings;
        Err(Problem::unsupported("This module has no connection to test."))
    }
}

/// A module that sells services.
///
/// Each verb (`create`, `suspend` …) queues a task and returns; the task runs the verb's job (`create_job` …). A job does its
/// work idempotently: it may run again after a failure or a lost worker. When it succeeds, the provision status becomes what
/// the verb leads to, unless the job has set another. When it fails, the panel tries again or sets the status to failed.
pub trait ProductModule: Module {
    /// The product form; [`crate::NoFields`] where the manifest declares none. With `#[serde(default)]` its defaults are
    /// filled in.
    type ProductData: DeserializeOwned + Serialize;
    /// What is ordered, and what the module stores about a service.
    type ServiceData: DeserializeOwned + Serialize;

    /// What the product form shows of what is stored, such as a name in place of an id. [`ProductModule::save_product_data`] leads
    /// back.
    fn get_product_data(data: Self::ProductData) -> Result<Self::ProductData> {
        Ok(data)
    }

    /// Checks and normalises the product form; 422 with [`crate::Check`] refuses it.
    fn save_product_data(data: Self::ProductData) -> Result<Self::ProductData> {
        Ok(data)
    }

    /// What stands under the product form.
    fn product_page(data: &Self::ProductData) -> Result<Option<View>> {
        let _ = data;
        Ok(None)
    }

    /// What the order form begins with.
    fn get_service_data(data: Self::ServiceData) -> Result<Self::ServiceData> {
        Ok(data)
    }

    /// Checks and normalises what a client ordered; 422 with [`crate::Check`] refuses it.
    fn save_service_data(data: Self::ServiceData) -> Result<Self::ServiceData> {
        Ok(data)
    }

    /// The module's part of the service page in the administration area.
    fn service_page(service: &Service) -> Result<Option<View>> {
        let _ = service;
        Ok(None)
    }

    /// Changes how a verb's task is queued: tries, backoff, time-out.
    fn tune_task(verb: Verb, task: Task) -> Task {
        let _ = verb;
        task
    }

    fn create(service: &Service) -> Result<()>
    where
        Self: Sized,
    {
        verb::queue::<Self>(Verb::Create, service)
    }

    fn suspend(service: &Service) -> Result<()>
    where
        Self: Sized,
    {
        verb::queue::<Self>(Verb::Suspend, service)
    }

    fn unsuspend(service: &Service) -> Result<()>
    where
        Self: Sized,
    {
        verb::queue::<Self>(Verb::Unsuspend, service)
    }

    fn terminate(service: &Service) -> Result<()>
    where
        Self: Sized,
    {
        verb::queue::<Self>(Verb::Terminate, service)
    }

    /// Makes the service what `service.product_data` already says; `previous` is the JSON of the package before.
    fn change_package(service: &Service, previous: &str) -> Result<()>
    where
        Self: Sized,
    {
        verb::queue_change::<Self>(service, previous)
    }

    /// Makes the service at the provider. Mint names and passwords first, [store](crate::services::set_data) them, then call
    /// the provider, so that a second try uses the same ones.
    fn create_job(service: &Service) -> Result<()>;

    /// Stops the service and keeps everything.
    fn suspend_job(service: &Service) -> Result<()> {
        let _ = service;
        Err(Problem::unsupported("This module cannot suspend a service."))
    }

    /// Undoes [`ProductModule::suspend_job`].
    fn unsuspend_job(service: &Service) -> Result<()> {
        let _ = service;
        Err(Problem::unsupported("This module cannot resume a service."))
    }

    /// Removes the service at the provider. What is gone already counts as done.
    fn terminate_job(service: &Service) -> Result<()>;

    /// See [`ProductModule::change_package`].
    fn change_package_job(service: &Service, previous: &Self::ProductData) -> Result<()> {
        let _ = (service, previous);
        Err(Problem::unsupported("This module cannot change the package of a service."))
    }

    /// A button that the manifest declares. The text is shown.
    fn run_action(action: &str, service: &Service) -> Result<Option<String>> {
        let _ = service;
        Err(Problem::not_found(format!("This module has no action '{action}'.")))
    }

    /// A URL that signs the client in at the provider.
    fn single_sign_on(service: &Service) -> Result<String> {
        let _ = service;
        Err(Problem::unsupported("This module cannot sign anybody in."))
    }

    /// What the service uses now.
    fn usage(service: &Service) -> Result<Vec<Metric>> {
        let _ = service;
        Ok(Vec::new())
    }

    /// What the template of a client's tab shows.
    fn tab(tab: &str, service: &Service, request: &Request) -> Result<Data> {
        let _ = (service, request);
        Err(Problem::not_found(format!("This module has no tab '{tab}'.")))
    }

    /// A request of a client's tab: `action` is one that the manifest declares.
    fn client_action(action: &str, service: &Service, request: &Request) -> Result<Response> {
        let _ = (service, request);
        Err(Problem::not_found(format!("This module has no action '{action}'.")))
    }
}

/// A module that takes money for invoices.
pub trait PaymentModule: Module {
    /// What the client sees to pay.
    fn checkout(gateway: &Gateway, invoice: &Invoice) -> Result<View>;

    /// A callback of the gateway. Act on what is [verified](Verification) only.
    fn webhook(gateway: &Gateway, request: &Request, verification: &Verification) -> Result<Response>;

    /// The client came back from the gateway.
    fn returned(gateway: &Gateway, request: &Request) -> Result<Response>;

    /// Asks the gateway how an open invoice stands, and records it.
    fn reconcile(gateway: &Gateway, invoice: &Invoice) -> Result<()> {
        let _ = (gateway, invoice);
        Err(Problem::unsupported("This gateway cannot be asked about a payment."))
    }

    /// Charges a stored method; the transaction's id.
    fn charge(gateway: &Gateway, invoice: &Invoice, token: &str) -> Result<String> {
        let _ = (gateway, invoice, token);
        Err(Problem::unsupported("This gateway stores no payment methods."))
    }

    /// Pays back; the refund's id at the gateway.
    fn refund(gateway: &Gateway, transaction: &str, amount: &Money) -> Result<String> {
        let _ = (gateway, transaction, amount);
        Err(Problem::unsupported("This gateway cannot pay back."))
    }

    /// A request of the payment form: `action` is one that the manifest declares.
    fn client_action(action: &str, request: &Request) -> Result<Response> {
        let _ = request;
        Err(Problem::not_found(format!("This module has no action '{action}'.")))
    }
}

/// A module that delivers messages.
pub trait NotificationModule: Module {
    /// Delivers one message. Codes 429 and 5xx are tried again with the same `message.id`; others are final.
    fn send(channel: &NotificationChannel, message: &Message) -> Result<Delivery>;

    /// The provider says at `channel.callback_url` what became of messages; the host has verified it as the manifest's `[webhook]`
    /// says.
    fn callback(channel: &NotificationChannel, request: &Request) -> Result<Receipt> {
        let _ = (channel, request);
        Err(Problem::unsupported("This channel takes no callbacks."))
    }
}

/// A module that extends the panel: pages, jobs, schedules and events.
pub trait PluginModule: Module {}
