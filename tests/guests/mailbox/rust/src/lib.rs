//! Mailboxes at a provider, as services of the panel.

mod account;
mod api;

use caisson_guest::db::{self, Filter as _};
use caisson_guest::{
    Data, Event, Metric, Module, Problem, ProductModule, Request, Response, Result, Secret, Service, Value,
    Verdict, View, cache, i18n, json, time, validation,
};
use serde::{Deserialize, Serialize};

use account::{Account, Order, Package, accounts};
use api::Api;

struct Mailbox;

#[derive(Serialize, Deserialize)]
struct Settings {
    api_base: String,
    #[serde(default)]
    api_key: Secret,
}

impl Module for Mailbox {
    type Settings = Settings;

    fn activate() -> Result<()> {
        account::create_table()
    }

    fn test_connection(_settings: &Settings) -> Result<String> {
        Ok(format!("The provider answers: {}", Api::connect()?.ping()?))
    }

    fn on_event(event: &Event) -> Result<Verdict> {
        let told: Value = serde_json::from_str(&event.payload).unwrap_or_default();
        accounts().filter("service", told["service"].as_str()).increment("heard", 1)?;
        Ok(Verdict::Proceed)
    }

    fn admin(route: &str, _request: &Request) -> Result<Response> {
        let all: Vec<Account> = accounts().order_by("address").get()?;
        let shown = json!({ "accounts": all });
        match route {
            "accounts" => Ok(Response::view(View::new("accounts", &shown)?)),
            "listing" => Response::json(&shown),
            other => Err(Problem::not_found(format!("This module has no page '{other}'."))),
        }
    }
}

impl ProductModule for Mailbox {
    type ProductData = Package;
    type ServiceData = Order;

    fn save_service_data(mut order: Order) -> Result<Order> {
        order.address = order.address.trim().to_lowercase();
        validation::validate::<Value>(&order, &[("address", "required|email|max:120")])?;
        Ok(order)
    }

    fn create_job(service: &Service) -> Result<()> {
        account::create(service)
    }

    fn suspend_job(service: &Service) -> Result<()> {
        Api::connect()?.change(&account::address(service)?, &json!({ "active": false }))
    }

    fn unsuspend_job(service: &Service) -> Result<()> {
        Api::connect()?.change(&account::address(service)?, &json!({ "active": true }))
    }

    fn change_package_job(service: &Service, _previous: &Package) -> Result<()> {
        let package: Package = service.product_data()?;
        Api::connect()?.change(&account::address(service)?, &json!({ "quota": package.quota_mb }))?;
        account::of(service).set("quota", package.quota_mb)?;
        Ok(())
    }

    fn terminate_job(service: &Service) -> Result<()> {
        Api::connect()?.delete(&account::address(service)?)?;
        account::of(service).delete()?;
        Ok(())
    }

    fn run_action(_action: &str, service: &Service) -> Result<Option<String>> {
        Ok(Some(match account::of(service).first::<Account>()? {
            Some(account) => format!("Refreshed {}.", account.address),
            None => "Nothing to refresh.".to_owned(),
        }))
    }

    fn usage(service: &Service) -> Result<Vec<Metric>> {
        let quota: Option<f64> = account::of(service).value("quota")?;
        let metric =
            |value| Metric { name: "quota".to_owned(), value, unit: "MB".to_owned(), at: time::now() };
        Ok(quota.map(metric).into_iter().collect())
    }

    fn tab(_tab: &str, service: &Service, _request: &Request) -> Result<Data> {
        let account = account::of(service).first::<Account>()?;
        let account = account.ok_or_else(|| Problem::conflict("This service has no mailbox yet."))?;
        Data::new(&json!({
            "address": account.address,
            "quota": account.quota,
            "heard": account.heard,
            "total": db::table("accounts").count()?,
            "last": cache::get::<String>("last")?,
            "greeting": i18n::translate_with("overview-greeting", &json!({ "name": service.client.name })),
        }))
    }
}

caisson_guest::export!(product: Mailbox);
