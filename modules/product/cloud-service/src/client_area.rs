//! What a client sees of the service.

use caisson_guest::{Data, Problem, Result, Service, json};

use crate::account::{Account, Package};
use crate::api::Api;

pub(crate) fn tab(tab: &str, service: &Service) -> Result<Data> {
    match tab {
        "general" => general(service),
        "files" => files(service),
        other => Err(no_such("tab", other)),
    }
}

pub(crate) fn no_such(what: &str, name: &str) -> Problem {
    Problem::not_found(format!("This module has no {what} '{name}'."))
}

/// Credentials and address come from the panel, so they are there while the provider is not; usage comes from the provider.
fn general(service: &Service) -> Result<Data> {
    let account: Account = service.service_data()?;
    let package: Package = service.product_data()?;
    let usage = match &account.username {
        Some(username) => Api::connect().and_then(|api| api.account(username)).ok().flatten(),
        None => None,
    };
    Data::new(&json!({
        "is_ready": account.ip_address.is_some(),
        "account": account,
        "package": package,
        "usage": usage,
    }))
}

fn files(service: &Service) -> Result<Data> {
    let account: Account = service.service_data()?;
    let (Some(username), Some(_)) = (&account.username, &account.ip_address) else {
        return Data::new(&json!({ "is_ready": false }));
    };
    let package: Package = service.product_data()?;
    let quota = u64::from(package.disk_space) * 1_000_000_000;
    match Api::connect().and_then(|api| api.files(username)) {
        Ok(files) => {
            let used: u64 = files.iter().map(|file| file.size_bytes).sum();
            Data::new(&json!({ "is_ready": true, "files": files, "used": used, "quota": quota }))
        }
        Err(problem) => Data::new(&json!({ "is_ready": true, "unavailable": problem.message })),
    }
}
