//! What clients see of a service, and staff on the service page.

use caisson_guest::i18n::translate;
use caisson_guest::{Data, Problem, ProvisionStatus, Request, Response, Result, Service, Value, json, log};

use crate::account::{Account, Package};
use crate::fleet::{self, Home};
use crate::measure;
use crate::ocs::Ocs;
use crate::quota;

pub(crate) fn no_such(what: &str, name: &str) -> Problem {
    Problem::not_found(format!("This module has no {what} '{name}'."))
}

pub(crate) fn tab(tab: &str, service: &Service) -> Result<Data> {
    // While an order is on its way, the account's place is known, and the account is not.
    let Some(home) = fleet::home(&service.id)?.filter(|home| home.is_made) else {
        return Data::new(&json!({ "is_ready": false }));
    };
    let mut data = match tab {
        "overview" => overview(service, &home)?,
        "files" => files(&home),
        "statistics" => measure::statistics(&service.id)?,
        other => return Err(no_such("tab", other)),
    };
    data["is_ready"] = true.into();
    data["is_suspended"] = (service.status == ProvisionStatus::Suspended).into();
    Data::new(&data)
}

/// Credentials and address come from the panel, so they are there while the server is not; usage comes from the server.
fn overview(service: &Service, home: &Home) -> Result<Value> {
    let account: Account = service.service_data()?;
    let package: Package = service.product_data()?;
    let usage = usage(home).unwrap_or_else(|problem| {
        log::warning("overview", &service.id, &problem.message);
        Value::Null
    });
    Ok(json!({
        "address": home.server.address,
        "username": home.username,
        "password": account.password,
        "is_unsure": home.next_password.is_some(),
        "package": package.quota,
        "usage": usage,
    }))
}

/// What the server says of the account: null where it has none.
fn usage(home: &Home) -> Result<Value> {
    let Some(user) = Ocs::soon(&home.server).user(&home.username)? else { return Ok(Value::Null) };
    let (used, whole) = (user.used(), user.quota());
    Ok(json!({
        "used": used,
        "quota": whole,
        "percent": whole.map(|whole| quota::percent(used, whole)),
        "enabled": user.enabled,
    }))
}

fn files(home: &Home) -> Value {
    let Home { server, username, .. } = home;
    json!({
        "address": format!("{}/apps/files/", server.address),
        "dav": format!("{}/remote.php/dav/files/{username}/", server.address),
        "offers_sign_in": server.sso_path.is_some(),
    })
}

pub(crate) fn action(action: &str, service: &Service, _request: &Request) -> Result<Response> {
    match action {
        "sign-in" => Ok(Response::redirect(sign_in_url(service)?)),
        other => Err(no_such("action", other)),
    }
}

/// Where signing in begins at the server. Nextcloud makes no links that sign somebody in; what stands there is an app of the server's.
pub(crate) fn sign_in_url(service: &Service) -> Result<String> {
    if service.status != ProvisionStatus::Completed {
        return Err(Problem::conflict(translate("not-in-use")));
    }
    let Home { server, username, .. } = crate::account::home(service)?;
    match server.sso_path {
        Some(path) => Ok(format!("{}{}", server.address, path.replace("{username}", &username))),
        None => Err(Problem::not_found(translate("no-sign-in"))),
    }
}

/// For staff: where the account is, and what the server says of it.
pub(crate) fn service_page(service: &Service) -> Result<Value> {
    let Some(home) = fleet::home(&service.id)? else { return Ok(json!({})) };
    let shown = json!({ "uuid": home.server.uuid, "name": home.server.name, "address": home.server.address });
    Ok(match usage(&home) {
        Ok(usage) => json!({ "server": shown, "username": home.username, "usage": usage }),
        Err(problem) => {
            json!({ "server": shown, "username": home.username, "usage": null, "unavailable": problem.message })
        }
    })
}
