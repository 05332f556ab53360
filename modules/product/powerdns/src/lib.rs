//! DNS zones on a PowerDNS server, as services of the panel.
//!
//! A zone is known as a service's own by its `account`, which holds the service's id. So a try that was lost halfway is simply
//! made again, and a zone that somebody else made is never touched. A suspended zone keeps its SOA and name servers only; its
//! records are stored with the service before they are taken out, and put back when it is resumed.

mod api;
mod client_area;
mod name;
mod record;
mod zone;

use caisson_guest::{
    Check, Data, Metric, Module, Problem, ProductModule, Request, Response, Result, Secret, Service, View,
    is_domain, json, time,
};
use serde::{Deserialize, Serialize};

use api::Api;
use zone::{Package, Zone};

struct PowerDns;

#[derive(Serialize, Deserialize)]
struct Settings {
    api_base: String,
    #[serde(default)]
    api_key: Secret,
    server_id: String,
    nameservers: Vec<String>,
    hostmaster: String,
}

impl Module for PowerDns {
    type Settings = Settings;

    fn save_settings(mut settings: Settings) -> Result<Settings> {
        settings.api_base = settings.api_base.trim_end_matches('/').to_owned();
        for server in &mut settings.nameservers {
            *server = name::plain(server);
        }
        let mut check = Check::new();
        check
            .text("api_base", &settings.api_base)
            .required()
            .that(|base| !base.contains("/api/"), "Leave /api/v1 out.");
        check.that("api_key", settings.api_key.is_set, "This field is required.");
        check.that("nameservers", !settings.nameservers.is_empty(), "A zone needs a name server.");
        check.that(
            "nameservers",
            settings.nameservers.iter().all(|server| is_domain(server)),
            "These must be host names.",
        );
        check.done()?;
        Ok(settings)
    }

    fn test_connection(_settings: &Settings) -> Result<String> {
        let version = Api::connect()?.version()?;
        Ok(format!("PowerDNS {version} answers and accepts the key."))
    }
}

impl ProductModule for PowerDns {
    type ProductData = Package;
    type ServiceData = Zone;

    fn save_service_data(mut zone: Zone) -> Result<Zone> {
        zone.zone = name::plain(&zone.zone);
        let mut check = Check::new();
        check.text("zone", &zone.zone).required().domain();
        check.done()?;
        Ok(zone)
    }

    fn service_page(service: &Service) -> Result<Option<View>> {
        let package: Package = service.product_data()?;
        let data = match zone::records(service) {
            Ok(records) => json!({ "used": records.len(), "max": package.max_records }),
            Err(problem) => json!({ "max": package.max_records, "unavailable": problem.message }),
        };
        View::new("admin_area/service", &data).map(Some)
    }

    fn create_job(service: &Service) -> Result<()> {
        zone::create(service)
    }

    fn suspend_job(service: &Service) -> Result<()> {
        zone::suspend(service)
    }

    fn unsuspend_job(service: &Service) -> Result<()> {
        zone::unsuspend(service)
    }

    fn terminate_job(service: &Service) -> Result<()> {
        zone::terminate(service)
    }

    /// Nothing changes at the server, so there is no task: the new quota fits, or the product stays.
    fn change_package(service: &Service, _previous: &str) -> Result<()> {
        let package: Package = service.product_data()?;
        let used = zone::records(service)?.len();
        if used > package.max_records as usize {
            return Err(Problem::conflict(format!(
                "The zone has {used} records, and this product allows {}: delete some first.",
                package.max_records
            )));
        }
        Ok(())
    }

    fn usage(service: &Service) -> Result<Vec<Metric>> {
        let value = zone::records(service)?.len() as f64;
        Ok(vec![Metric { name: "records".to_owned(), value, unit: "records".to_owned(), at: time::now() }])
    }

    fn tab(tab: &str, service: &Service, request: &Request) -> Result<Data> {
        match tab {
            "records" => client_area::records(service, request),
            other => Err(Problem::not_found(format!("This module has no tab '{other}'."))),
        }
    }

    fn client_action(action: &str, service: &Service, request: &Request) -> Result<Response> {
        match action {
            "add-record" => client_area::add(service, request),
            "save-record" => client_area::save(service, request),
            "delete-record" => client_area::delete(service, request),
            other => Err(Problem::not_found(format!("This module has no action '{other}'."))),
        }
    }
}

caisson_guest::export!(product: PowerDns);
