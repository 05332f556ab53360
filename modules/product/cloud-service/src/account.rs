//! What a product configures, what a service has, and how an account comes and goes.

use caisson_guest::{Problem, Result, Service, config, crypto, json, services};
use serde::{Deserialize, Serialize};

use crate::api::{Api, Created, NewAccount};
use crate::forget_account;

/// Plans that the provider offers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Plan {
    #[default]
    Basic,
    Premium,
    Enterprise,
}

/// The product form.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Package {
    pub(crate) server_location: String,
    pub(crate) plan_type: Plan,
    /// GB.
    pub(crate) disk_space: u32,
    /// GB a month.
    pub(crate) bandwidth: u32,
}

impl Default for Package {
    fn default() -> Self {
        Self {
            server_location: "eu-central".to_owned(),
            plan_type: Plan::Basic,
            disk_space: 10,
            bandwidth: 100,
        }
    }
}

/// What a client ordered, and the account that was made of it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Account {
    #[serde(default)]
    pub(crate) domain: String,
    pub(crate) username: Option<String>,
    pub(crate) password: Option<String>,
    pub(crate) ip_address: Option<String>,
}

/// Long enough that two services never mint the same one, short enough for the provider's 32 characters.
const USERNAME_LENGTH: usize = 12;

const PASSWORD_LENGTH: u32 = 20;

/// The account's name at the provider.
pub(crate) fn username(service: &Service) -> Result<String> {
    let account: Account = service.service_data()?;
    account.username.ok_or_else(|| Problem::conflict("The service has no account at the provider yet."))
}

/// Makes the account, once: every try has the same names.
pub(crate) fn create(service: &Service) -> Result<()> {
    let package: Package = service.product_data()?;
    let account: Account = service.service_data()?;
    let (username, password) = credentials(service, &account)?;
    let api = Api::connect()?;
    let wanted = NewAccount {
        username: &username,
        password: &password,
        domain: &account.domain,
        plan: package.plan_type,
        location: &package.server_location,
        disk_gb: package.disk_space,
        bandwidth_gb: package.bandwidth,
        external_ref: &service.id,
    };
    let ip_address = match api.create(&wanted)? {
        Created::New(made) => made.ip_address,
        // An earlier try came further than it knew, perhaps with an older package.
        Created::Before(found) => {
            api.change(&username, &package)?;
            api.set_password(&username, &password)?;
            found.ip_address
        }
    };
    services::set_data(&service.id, &json!({ "ip_address": ip_address }))
}

/// The names of an earlier try, or fresh ones that are stored before anybody hears of them.
fn credentials(service: &Service, account: &Account) -> Result<(String, String)> {
    if let (Some(username), Some(password)) = (&account.username, &account.password) {
        return Ok((username.clone(), password.clone()));
    }
    let prefix: String = config::get("username_prefix")?.unwrap_or_default();
    let username = crypto::name(&prefix, USERNAME_LENGTH)?;
    let password = crypto::password(PASSWORD_LENGTH)?;
    services::set_data(&service.id, &json!({ "username": username, "password": password }))?;
    Ok((username, password))
}

/// Removes the account; one that was never made, or is gone, counts as removed.
pub(crate) fn terminate(service: &Service) -> Result<()> {
    let account: Account = service.service_data()?;
    if let Some(username) = &account.username {
        Api::connect()?.delete(username)?;
    }
    forget_account(service)
}

/// Sets a new password: at the provider first, so that what is stored is never one that does not work.
pub(crate) fn reset_password(service: &Service) -> Result<()> {
    let username = username(service)?;
    let password = crypto::password(PASSWORD_LENGTH)?;
    Api::connect()?.set_password(&username, &password)?;
    services::set_data(&service.id, &json!({ "password": password }))
}
