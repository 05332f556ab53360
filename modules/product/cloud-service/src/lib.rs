//! Hosting accounts at a provider, as services of the panel.
//!
//! The module keeps no account names of its own making from the provider: it mints user name and password, stores them with
//! the service, and only then asks for the account. So a try that was lost halfway is simply made again, with the same names
//! and the same idempotency key, and there is one account however often that happens.

mod account;
mod api;
mod client_area;

use caisson_guest::{
    Check, Data, Metric, Module, ProductModule, Request, Response, Result, Secret, Service, View, json,
    services, time,
};
use serde::{Deserialize, Serialize};

use account::{Account, Package};
use api::Api;

struct CloudService;

#[derive(Serialize, Deserialize)]
struct Settings {
    api_base: String,
    #[serde(default)]
    api_key: Secret,
}

impl Module for CloudService {
    type Settings = Settings;

    fn save_settings(mut settings: Settings) -> Result<Settings> {
        settings.api_base = settings.api_base.trim_end_matches('/').to_owned();
        let mut check = Check::new();
        check
            .text("api_base", &settings.api_base)
            .required()
            .that(|base| !base.ends_with("/v1"), "Leave /v1 out.");
        check.that("api_key", settings.api_key.is_set, "This field is required.");
        check.done()?;
        Ok(settings)
    }

    fn test_connection(_settings: &Settings) -> Result<String> {
        Api::connect()?.ping()?;
        Ok("The provider answers and accepts the key.".to_owned())
    }
}

impl ProductModule for CloudService {
    type ProductData = Package;
    type ServiceData = Account;

    fn save_product_data(mut package: Package) -> Result<Package> {
        package.server_location = package.server_location.trim().to_lowercase();
        let mut check = Check::new();
        check.text("server_location", &package.server_location).required().max_length(64);
        check.number("disk_space", package.disk_space).at_least(1);
        check.number("bandwidth", package.bandwidth).at_least(1);
        check.done()?;
        Ok(package)
    }

    fn save_service_data(mut account: Account) -> Result<Account> {
        account.domain = account.domain.trim().trim_end_matches('.').to_lowercase();
        let mut check = Check::new();
        check.text("domain", &account.domain).required().domain();
        check.done()?;
        Ok(account)
    }

    fn service_page(service: &Service) -> Result<Option<View>> {
        let account: Account = service.service_data()?;
        let at_provider = match &account.username {
            Some(username) => Api::connect().and_then(|api| api.account(username)),
            None => Ok(None),
        };
        let data = match at_provider {
            Ok(found) => json!({ "username": account.username, "account": found }),
            Err(problem) => json!({ "username": account.username, "unavailable": problem.message }),
        };
        View::new("admin_area/service", &data).map(Some)
    }

    fn create_job(service: &Service) -> Result<()> {
        account::create(service)
    }

    fn suspend_job(service: &Service) -> Result<()> {
        Api::connect()?.suspend(&account::username(service)?)
    }

    fn unsuspend_job(service: &Service) -> Result<()> {
        Api::connect()?.unsuspend(&account::username(service)?)
    }

    fn terminate_job(service: &Service) -> Result<()> {
        account::terminate(service)
    }

    fn change_package_job(service: &Service, _previous: &Package) -> Result<()> {
        Api::connect()?.change(&account::username(service)?, &service.product_data()?)
    }

    fn run_action(action: &str, service: &Service) -> Result<Option<String>> {
        match action {
            "restart" => {
                Api::connect()?.restart(&account::username(service)?)?;
                Ok(Some("The server restarts.".to_owned()))
            }
            "reset-password" => {
                account::reset_password(service)?;
                Ok(Some("There is a new password.".to_owned()))
            }
            other => Err(client_area::no_such("action", other)),
        }
    }

    fn single_sign_on(service: &Service) -> Result<String> {
        Api::connect()?.sign_in_url(&account::username(service)?)
    }

    fn usage(service: &Service) -> Result<Vec<Metric>> {
        let username = account::username(service)?;
        let Some(found) = Api::connect()?.account(&username)? else { return Ok(Vec::new()) };
        let metric = |name: &str, value: f64| Metric {
            name: name.to_owned(),
            value,
            unit: "GB".to_owned(),
            at: time::now(),
        };
        Ok(vec![metric("disk", found.disk_used_gb), metric("bandwidth", found.bandwidth_used_gb)])
    }

    fn tab(tab: &str, service: &Service, _request: &Request) -> Result<Data> {
        client_area::tab(tab, service)
    }

    fn client_action(action: &str, service: &Service, _request: &Request) -> Result<Response> {
        match action {
            "sign-in" => Ok(Response::redirect(Self::single_sign_on(service)?)),
            other => Err(client_area::no_such("action", other)),
        }
    }
}

/// Forgets the account, so that a service that is ordered again begins anew.
fn forget_account(service: &Service) -> Result<()> {
    services::set_data(&service.id, &json!({ "username": null, "password": null, "ip_address": null }))
}

caisson_guest::export!(product: CloudService);
