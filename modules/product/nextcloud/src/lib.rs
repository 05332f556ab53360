//! Nextcloud accounts on groups of servers, as services of the panel.
//!
//! `fleet` is the groups, the servers and the seats on them, `form` how they are changed, `pages` where; `ocs` is a server's API,
//! `account` how an account comes and goes, `measure` what it uses. A seat, a user name and a password are stored together before a
//! server hears of them, so that a try that was lost halfway is made again with the same.

mod account;
mod client_area;
mod fleet;
mod form;
mod measure;
mod ocs;
mod pages;
mod quota;

use caisson_guest::i18n::translate_with;
use caisson_guest::{
    Check, Data, Job, Metric, Module, Problem, ProductModule, Request, Response, Result, Service, View, json,
    time, verb,
};
use serde::{Deserialize, Serialize};

use account::{Account, Package};
use ocs::Ocs;

struct Nextcloud;

#[derive(Serialize, Deserialize)]
struct Settings {
    hosts: Vec<String>,
}

/// For how long a test of the settings begins with another address: somebody waits for it.
const TEST_MS: u64 = 8_000;

/// `https://cloud.example.com`, or below it.
fn is_address(text: &str) -> bool {
    let Some(rest) = ["https://", "http://"].iter().find_map(|scheme| text.strip_prefix(scheme)) else {
        return false;
    };
    let host = rest.split('/').next().unwrap_or_default();
    !host.is_empty()
        && text.len() <= 300
        && rest.chars().all(|c| c.is_ascii_alphanumeric() || "-._:/[]~".contains(c))
}

impl Module for Nextcloud {
    type Settings = Settings;

    fn activate() -> Result<()> {
        fleet::create_tables()
    }

    fn update(_from_version: &str) -> Result<()> {
        fleet::create_tables()
    }

    fn save_settings(settings: Settings) -> Result<Settings> {
        let hosts = fleet::tidy(settings.hosts);
        let wrong = hosts.iter().find(|host| !is_address(host));
        let message = wrong.map(|host| {
            let host: String = host.chars().take(100).collect();
            translate_with("hosts-wrong", &json!({ "host": host }))
        });
        let mut check = Check::new();
        check.that("hosts", message.is_none(), message.clone().unwrap_or_default());
        check.done()?;
        Ok(Settings { hosts })
    }

    /// Servers that the settings as they are saved let nobody reach.
    fn settings_page(settings: &Settings) -> Result<Option<View>> {
        let (loads, hosts) = (fleet::loads(None)?, fleet::tidy(settings.hosts.clone()));
        let lost = loads.iter().filter(|load| !hosts.contains(&load.server.address));
        let lost: Vec<&str> = lost.map(|load| load.server.name.as_str()).collect();
        View::new("admin_area/settings", &json!({ "lost": lost, "count": loads.len() })).map(Some)
    }

    fn test_connection(settings: &Settings) -> Result<String> {
        let (hosts, until) = (fleet::tidy(settings.hosts.clone()), time::now() + TEST_MS);
        for (tried, host) in hosts.iter().enumerate() {
            if time::now() > until {
                return Ok(translate_with("hosts-some", &json!({ "tried": tried, "count": hosts.len() })));
            }
            ocs::status(host).map_err(|problem| {
                let why = json!({ "host": host, "why": problem.message });
                Problem::new(problem.code, translate_with("host-failed", &why))
            })?;
        }
        Ok(translate_with("hosts-well", &json!({ "count": hosts.len() })))
    }

    fn job(job: &Job) -> Result<Data> {
        match job.method.as_str() {
            "measure" => measure::start(),
            "measure-server" => measure::server(job),
            other => Err(client_area::no_such("job", other)),
        }
    }

    fn admin(route: &str, request: &Request) -> Result<Response> {
        pages::handle(route, request)
    }
}

impl ProductModule for Nextcloud {
    type ProductData = Package;
    type ServiceData = Account;

    fn get_product_data(package: Package) -> Result<Package> {
        let group = fleet::group(&package.group)?.map_or(package.group, |group| group.name);
        Ok(Package { group, ..package })
    }

    fn save_product_data(package: Package) -> Result<Package> {
        account::save_package(package)
    }

    /// The groups to choose from, with their load.
    fn product_page(package: &Package) -> Result<Option<View>> {
        View::new("admin_area/product", &json!({ "groups": pages::summaries()?, "chosen": package.group }))
            .map(Some)
    }

    fn service_page(service: &Service) -> Result<Option<View>> {
        View::new("admin_area/service", &client_area::service_page(service)?).map(Some)
    }

    fn create_job(service: &Service) -> Result<()> {
        account::create(service)
    }

    fn suspend_job(service: &Service) -> Result<()> {
        let home = account::home(service)?;
        Ocs::at(&home.server)?.switch(&home.username, false)
    }

    fn unsuspend_job(service: &Service) -> Result<()> {
        let home = account::home(service)?;
        Ocs::at(&home.server)?.switch(&home.username, true)
    }

    fn terminate_job(service: &Service) -> Result<()> {
        account::terminate(service)
    }

    /// Refused at once where the service would have to move, so that it keeps its product.
    fn change_package(service: &Service, previous: &str) -> Result<()> {
        account::check_change(service)?;
        verb::queue_change::<Self>(service, previous)
    }

    fn change_package_job(service: &Service, _previous: &Package) -> Result<()> {
        account::change(service)
    }

    fn run_action(action: &str, service: &Service) -> Result<Option<String>> {
        match action {
            "reset-password" => account::reset_password(service).map(Some),
            other => Err(client_area::no_such("action", other)),
        }
    }

    fn single_sign_on(service: &Service) -> Result<String> {
        client_area::sign_in_url(service)
    }

    fn usage(service: &Service) -> Result<Vec<Metric>> {
        let home = account::home(service)?;
        let Some(user) = Ocs::soon(&home.server).user(&home.username)? else { return Ok(Vec::new()) };
        let metric = |name: &str, bytes: u64| Metric {
            name: name.to_owned(),
            value: bytes as f64,
            unit: "bytes".to_owned(),
            at: time::now(),
        };
        let quota = user.quota().map(|quota| metric("quota", quota));
        Ok([Some(metric("storage", user.used())), quota].into_iter().flatten().collect())
    }

    fn tab(tab: &str, service: &Service, _request: &Request) -> Result<Data> {
        client_area::tab(tab, service)
    }

    fn client_action(action: &str, service: &Service, request: &Request) -> Result<Response> {
        client_area::action(action, service, request)
    }
}

caisson_guest::export!(product: Nextcloud);
