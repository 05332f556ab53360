//! A guest that does what no guest should, one deed at a time: the deed is named by the settings form's test, or by the product's
//! field of that name. What a deed answers is what it got for it; the panel's test says what that has to be.

mod answers;
mod exhaust;
mod nested;
mod network;
mod others;
mod pages;
mod spam;
mod tables;

use caisson_guest::{Module, NoFields, Problem, ProductModule, Request, Response, Result, Service};
use serde::{Deserialize, Serialize};

struct Hostile;

#[derive(Serialize, Deserialize)]
struct Settings {
    #[serde(default)]
    deed: String,
    #[serde(default)]
    target: String,
}

#[derive(Serialize, Deserialize)]
struct Order {
    deed: String,
}

impl Module for Hostile {
    type Settings = Settings;

    fn activate() -> Result<()> {
        tables::create()
    }

    fn admin(_route: &str, request: &Request) -> Result<Response> {
        pages::page(request.param("deed").unwrap_or_default())
    }

    fn test_connection(settings: &Settings) -> Result<String> {
        deed(&settings.deed, &settings.target)
    }
}

impl ProductModule for Hostile {
    type ProductData = Order;
    type ServiceData = NoFields;

    fn save_product_data(order: Order) -> Result<Order> {
        deed(&order.deed, "")?;
        Ok(order)
    }

    fn create_job(_service: &Service) -> Result<()> {
        Ok(())
    }

    fn terminate_job(_service: &Service) -> Result<()> {
        Ok(())
    }
}

/// A deed is its family and its own name: `spam cache`.
fn deed(deed: &str, target: &str) -> Result<String> {
    let (family, name) = deed.split_once(' ').unwrap_or((deed, ""));
    match family {
        "behave" => Ok("It behaved.".to_owned()),
        "answer" => answers::answer(name),
        "exhaust" => exhaust::exhaust(name),
        "nested" => nested::nested(name),
        "network" => network::network(name),
        "others" => others::others(name, target),
        "spam" => spam::spam(name),
        "tables" => tables::tables(name),
        _ => unknown(deed),
    }
}

fn unknown(deed: &str) -> Result<String> {
    Err(Problem::invalid_field("deed", format!("There is no deed '{deed}'.")))
}

caisson_guest::export!(product: Hostile);
