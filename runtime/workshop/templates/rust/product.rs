//! Greets whoever orders it.

use caisson_guest::{
    Data, Module, NoFields, ProductModule, Request, Result, Service, json, log, services,
};
use serde::{Deserialize, Serialize};

struct __Type__;

/// What was ordered, and what was made of it.
#[derive(Serialize, Deserialize)]
struct Order {
    name: String,
    #[serde(default)]
    greeting: Option<String>,
}

impl Module for __Type__ {
    type Settings = NoFields;
}

impl ProductModule for __Type__ {
    type ProductData = NoFields;
    type ServiceData = Order;

    fn create_job(service: &Service) -> Result<()> {
        let order: Order = service.service_data()?;
        services::set_data(&service.id, &json!({ "greeting": format!("Hello, {}!", order.name) }))
    }

    fn terminate_job(service: &Service) -> Result<()> {
        log::info("terminate", &service.id, "goodbye");
        Ok(())
    }

    fn tab(_tab: &str, service: &Service, _request: &Request) -> Result<Data> {
        let order: Order = service.service_data()?;
        Data::new(&json!({ "greeting": order.greeting }))
    }
}

caisson_guest::export!(product: __Type__);
