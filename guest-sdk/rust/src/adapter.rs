//! From the contract's exports to the traits of [`crate::module`]. Only [`crate::export!`] names anything here.

use std::marker::PhantomData;

use crate::bindings::client_area::exports::caisson::module::client_area;
use crate::bindings::common::exports::caisson::module::{admin, hooks, jobs, lifecycle, settings};
use crate::bindings::notification::exports::caisson::module::notification;
use crate::bindings::payment::exports::caisson::module::payment;
use crate::bindings::product::exports::caisson::module::product;
use crate::verb::{self, Verb};
use crate::{
    Data, Delivery, Event, Gateway, Invoice, Job, Message, Metric, Module, Money, NotificationChannel,
    NotificationModule, PaymentModule, PluginModule, Problem, ProductModule, Receipt, Request, Response,
    Result, Service, Verdict, Verification, View, data,
};

/// What the exports are generated for: one of [`Product`], [`Payment`], [`Notification`] and [`Plugin`].
#[derive(Debug)]
pub struct Exports<K>(PhantomData<K>);

/// How a type of module runs a job.
pub trait Dispatch {
    type Module: Module;

    fn run(job: &Job) -> Result<Data> {
        Self::Module::job(job)
    }
}

/// Exports of a product module.
#[derive(Debug)]
pub struct Product<M>(PhantomData<M>);

/// Exports of a payment module.
#[derive(Debug)]
pub struct Payment<M>(PhantomData<M>);

/// Exports of a notification module.
#[derive(Debug)]
pub struct Notification<M>(PhantomData<M>);

/// Exports of a plugin module.
#[derive(Debug)]
pub struct Plugin<M>(PhantomData<M>);

impl<M: ProductModule> Dispatch for Product<M> {
    type Module = M;

    fn run(job: &Job) -> Result<Data> {
        match Verb::of_job(&job.method) {
            Some(verb) => verb::run::<M>(verb, job),
            None => M::job(job),
        }
    }
}

impl<M: PaymentModule> Dispatch for Payment<M> {
    type Module = M;
}

impl<M: NotificationModule> Dispatch for Notification<M> {
    type Module = M;
}

impl<M: PluginModule> Dispatch for Plugin<M> {
    type Module = M;
}

/// Runs at the start of every call, whose instance is new: a panic ends it with a trap, and the log says where and why.
fn begin() {
    #[cfg(target_arch = "wasm32")]
    std::panic::set_hook(Box::new(|panic| crate::log::error("panic", &(), &panic.to_string())));
}

fn page(view: Option<View>) -> Result<View> {
    view.ok_or_else(|| Problem::not_found("This module has no page here."))
}

impl<K: Dispatch> lifecycle::Guest for Exports<K> {
    fn activate() -> Result<()> {
        begin();
        K::Module::activate()
    }

    fn deactivate() -> Result<()> {
        begin();
        K::Module::deactivate()
    }

    fn update(from_version: String) -> Result<()> {
        begin();
        K::Module::update(&from_version)
    }
}

impl<K: Dispatch> jobs::Guest for Exports<K> {
    fn run(job: Job) -> Result<String> {
        begin();
        K::run(&job).map(Data::into_json)
    }
}

impl<K: Dispatch> hooks::Guest for Exports<K> {
    fn on_event(event: Event) -> Result<Verdict> {
        begin();
        K::Module::on_event(&event)
    }
}

impl<K: Dispatch> admin::Guest for Exports<K> {
    fn handle(route: String, request: Request) -> Result<Response> {
        begin();
        K::Module::admin(&route, &request)
    }
}

impl<K: Dispatch> settings::Guest for Exports<K> {
    fn save(form: String) -> Result<String> {
        begin();
        data::overlay(&form, &K::Module::save_settings(data::read_form(&form)?)?)
    }

    fn page(form: String) -> Result<View> {
        begin();
        page(K::Module::settings_page(&data::read_form(&form)?)?)
    }

    fn test_connection(form: String) -> Result<String> {
        begin();
        K::Module::test_connection(&data::read_form(&form)?)
    }
}

impl<M: ProductModule> product::Guest for Exports<Product<M>> {
    fn get_product_data(form: String) -> Result<String> {
        begin();
        data::filled(&form, M::get_product_data)
    }

    fn save_product_data(form: String) -> Result<String> {
        begin();
        data::overlay(&form, &M::save_product_data(data::read_form(&form)?)?)
    }

    fn product_page(form: String) -> Result<View> {
        begin();
        page(M::product_page(&data::read_form(&form)?)?)
    }

    fn get_service_data(form: String) -> Result<String> {
        begin();
        data::filled(&form, M::get_service_data)
    }

    fn save_service_data(form: String) -> Result<String> {
        begin();
        data::overlay(&form, &M::save_service_data(data::read_form(&form)?)?)
    }

    fn service_page(service: Service) -> Result<View> {
        begin();
        page(M::service_page(&service)?)
    }

    fn create(service: Service) -> Result<()> {
        begin();
        M::create(&service)
    }

    fn suspend(service: Service) -> Result<()> {
        begin();
        M::suspend(&service)
    }

    fn unsuspend(service: Service) -> Result<()> {
        begin();
        M::unsuspend(&service)
    }

    fn terminate(service: Service) -> Result<()> {
        begin();
        M::terminate(&service)
    }

    fn change_package(service: Service, previous: String) -> Result<()> {
        begin();
        M::change_package(&service, &previous)
    }

    fn run_action(action: String, service: Service) -> Result<Option<String>> {
        begin();
        M::run_action(&action, &service)
    }

    fn single_sign_on(service: Service) -> Result<String> {
        begin();
        M::single_sign_on(&service)
    }

    fn usage(service: Service) -> Result<Vec<Metric>> {
        begin();
        M::usage(&service)
    }
}

impl<M: ProductModule> client_area::Guest for Exports<Product<M>> {
    fn variables(tab: String, service: Service, request: Request) -> Result<String> {
        begin();
        M::tab(&tab, &service, &request).map(Data::into_json)
    }

    fn handle(action: String, service: Service, request: Request) -> Result<Response> {
        begin();
        M::client_action(&action, &service, &request)
    }

    fn handle_static(action: String, _request: Request) -> Result<Response> {
        Err(Problem::not_found(format!("This module has no action '{action}' without a service.")))
    }
}

impl<M: PaymentModule> payment::Guest for Exports<Payment<M>> {
    fn checkout(gateway: Gateway, invoice: Invoice) -> Result<View> {
        begin();
        M::checkout(&gateway, &invoice)
    }

    fn webhook(gateway: Gateway, request: Request, verification: Verification) -> Result<Response> {
        begin();
        M::webhook(&gateway, &request, &verification)
    }

    fn returned(gateway: Gateway, request: Request) -> Result<Response> {
        begin();
        M::returned(&gateway, &request)
    }

    fn reconcile(gateway: Gateway, invoice: Invoice) -> Result<()> {
        begin();
        M::reconcile(&gateway, &invoice)
    }

    fn charge(gateway: Gateway, invoice: Invoice, token: String) -> Result<String> {
        begin();
        M::charge(&gateway, &invoice, &token)
    }

    fn refund(gateway: Gateway, transaction: String, amount: Money) -> Result<String> {
        begin();
        M::refund(&gateway, &transaction, &amount)
    }
}

impl<M: PaymentModule> client_area::Guest for Exports<Payment<M>> {
    fn variables(tab: String, _service: Service, _request: Request) -> Result<String> {
        Err(Problem::not_found(format!("A payment module has no tab '{tab}'.")))
    }

    fn handle(action: String, _service: Service, _request: Request) -> Result<Response> {
        Err(Problem::not_found(format!("A payment module has no action '{action}' of a service.")))
    }

    fn handle_static(action: String, request: Request) -> Result<Response> {
        begin();
        M::client_action(&action, &request)
    }
}

impl<M: NotificationModule> notification::Guest for Exports<Notification<M>> {
    fn send(channel: NotificationChannel, message: Message) -> Result<Delivery> {
        begin();
        M::send(&channel, &message)
    }

    fn callback(channel: NotificationChannel, request: Request) -> Result<Receipt> {
        begin();
        M::callback(&channel, &request)
    }
}
