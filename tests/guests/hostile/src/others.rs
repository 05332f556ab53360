//! Reaching for what is another module's, or the panel's own.

use caisson_guest::Result;
use caisson_guest::bindings::host::caisson::module::types::ProvisionStatus;
use caisson_guest::bindings::host::caisson::module::{
    cache, config, crypto, database, events, services, tasks,
};

use crate::spam::host;
use crate::tables::query;

pub(crate) fn others(name: &str, target: &str) -> Result<String> {
    match name {
        "cached value" => host(cache::get(target)),
        "cached tag" => host(cache::flush(target)),
        "service" => host(services::get(target)),
        "service's status" => host(services::set_provision_status(target, ProvisionStatus::Terminated, None)),
        "service's data" => host(services::set_provision_data(target, "{}")),
        "task" => host(tasks::cancel(target)),
        "setting" => Ok(format!("{:?}", config::get(target))),
        "sealed text" => {
            let bytes: Vec<u8> = target.split(',').filter_map(|byte| byte.parse().ok()).collect();
            host(crypto::decrypt(&bytes))
        }
        "secret" => host(crypto::hmac(crypto::Algorithm::Sha256, target, b"")),
        "table" => host(database::select(&database::Query { table: target.to_owned(), ..query() })),
        "event" => host(events::dispatch(target, "{}")),
        "seal" => host(crypto::encrypt(b"mine")),
        _ => crate::unknown(name),
    }
}
