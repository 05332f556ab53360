//! JSON that goes deep, or holds numbers of a million digits, everywhere the host takes JSON.

use caisson_guest::Result;
use caisson_guest::bindings::host::caisson::module::{
    cache, database, events, i18n, log, services, tasks, validation,
};

use crate::spam::host;
use crate::tables::insert;

const DEPTH: usize = 200_000;

pub(crate) fn nested(name: &str) -> Result<String> {
    let deep = format!("{}{}", "[".repeat(DEPTH), "]".repeat(DEPTH));
    let object = format!("{}1{}", r#"{"a":"#.repeat(DEPTH), "}".repeat(DEPTH));
    let number = format!("1{}", "0".repeat(1_000_000));
    match name {
        "log" => {
            log::emit(log::Level::Info, "deep", &deep, &object);
            Ok("It was taken.".to_owned())
        }
        "cache" => host(cache::set("deep", &deep, 60, &[])),
        "cached number" => host(cache::set("number", &number, 60, &[])),
        "event" => host(events::dispatch("sung", &object[..60_000])),
        "deep event" => {
            let (open, shut) = (r#"{"a":"#.repeat(9000), "}".repeat(9000));
            host(events::dispatch("sung", &format!("{open}1{shut}")))
        }
        "task" => {
            let options = tasks::Options {
                queue: None,
                tags: Vec::new(),
                tries: None,
                backoff_s: None,
                timeout_s: None,
                max_exceptions: None,
                delay_s: None,
                unique_key: None,
                service: None,
                status: None,
            };
            host(tasks::add("deep", &object, &options))
        }
        "i18n" => Ok(i18n::translate("deep", &object, None)),
        "validation" => host(validation::validate(&object, &[])),
        "validated field" => {
            let field = "a.".repeat(DEPTH);
            let rules = "integer".to_owned();
            host(validation::validate("{}", &[validation::Rule { field, rules, message: None }]))
        }
        "service" => host(services::set_provision_data("01a1fc93-2b24-7758-97df-36120d605173", &object)),
        "column" => insert("document", database::Value::Json(deep)),
        "column's number" => insert("document", database::Value::Json(number)),
        "decimal" => insert("price", database::Value::Decimal(number)),
        "real" => insert("document", database::Value::Real(f64::NAN)),
        _ => crate::unknown(name),
    }
}
