//! What a product configures, and how an account comes and goes.

use caisson_guest::i18n::{translate, translate_with};
use caisson_guest::{Check, Problem, ProvisionStatus, Result, Service, crypto, db, json, log, services};
use serde::{Deserialize, Serialize};

use crate::fleet::{self, Home};
use crate::ocs::Ocs;
use crate::quota;

/// The product form.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Package {
    /// The group's id, once it is saved.
    pub(crate) group: String,
    pub(crate) quota: String,
    pub(crate) username_prefix: String,
    pub(crate) username_suffix: String,
}

impl Default for Package {
    fn default() -> Self {
        Self {
            group: String::new(),
            quota: "5 GB".to_owned(),
            username_prefix: "nc_".to_owned(),
            username_suffix: String::new(),
        }
    }
}

/// What is stored about a service.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Account {
    pub(crate) username: Option<String>,
    pub(crate) password: Option<String>,
}

/// Random characters of a user name: enough that no two accounts of a server ever get the same.
const RANDOM: usize = 10;

const PASSWORD_LENGTH: u32 = 20;

pub(crate) fn save_package(mut package: Package) -> Result<Package> {
    let group = fleet::group_called(package.group.trim())?;
    let quota = quota::normalised(&package.quota);
    for affix in [&mut package.username_prefix, &mut package.username_suffix] {
        *affix = affix.trim().to_owned();
    }
    let mut check = Check::new();
    let names: Vec<String> = fleet::groups()?.into_iter().map(|group| group.name).collect();
    let unknown = match names.as_slice() {
        [] => translate("group-none"),
        names => translate_with("group-unknown", &json!({ "names": names.join(", ") })),
    };
    check.that("group", group.is_some(), unknown);
    check.that("quota", quota.is_some(), translate("quota-wrong"));
    for (field, affix) in
        [("username_prefix", &package.username_prefix), ("username_suffix", &package.username_suffix)]
    {
        let fits = affix.chars().all(|c| c.is_ascii_alphanumeric() || "_.@-".contains(c));
        check.that(field, fits, translate("affix-wrong"));
    }
    check.done()?;
    package.group = group.map_or(package.group, |group| group.uuid);
    package.quota = quota.unwrap_or(package.quota);
    Ok(package)
}

/// The account that must be there by now.
pub(crate) fn home(service: &Service) -> Result<Home> {
    fleet::home(&service.id)?.ok_or_else(|| Problem::conflict("The service has no account yet."))
}

/// Makes the account, once: every try has the same server, name and password.
pub(crate) fn create(service: &Service) -> Result<()> {
    let package: Package = service.product_data()?;
    let (home, password) = seat(service, &package)?;
    let (ocs, id) = (Ocs::at(&home.server)?, home.username.as_str());
    let fields = [
        ("userid", id),
        ("password", &password),
        ("displayName", &service.client.name),
        ("email", &service.client.email),
        ("quota", &package.quota),
    ];
    if !ocs.create(&fields)? {
        // An earlier try came further than it knew, perhaps with an older package.
        ocs.set(id, "password", &password)?;
        ocs.set(id, "quota", &package.quota)?;
        ocs.switch(id, true)?;
    }
    fleet::note_made(&service.id)
}

/// The seat and the password of an earlier try, or fresh ones that are stored before any server hears of them.
fn seat(service: &Service, package: &Package) -> Result<(Home, String)> {
    let account: Account = service.service_data()?;
    if let (Some(home), Some(password)) = (fleet::home(&service.id)?, account.password) {
        return Ok((home, password));
    }
    let prefix = &package.username_prefix;
    let username = crypto::name(prefix, prefix.len() + RANDOM)? + &package.username_suffix;
    let password = crypto::password(PASSWORD_LENGTH)?;
    let server = db::transaction(|| {
        fleet::give_back(&service.id)?;
        let server = fleet::take_seat(&package.group, &service.id, &username)?;
        services::set_data(&service.id, &json!({ "username": username, "password": password }))?;
        Ok(server)
    })?;
    Ok((Home { server, username, is_made: false, next_password: None }, password))
}

/// Removes the account; one that was never made, or is gone, counts as removed.
pub(crate) fn terminate(service: &Service) -> Result<()> {
    if let Some(home) = fleet::home(&service.id)? {
        Ocs::at(&home.server)?.delete(&home.username)?;
    }
    db::transaction(|| {
        fleet::give_back(&service.id)?;
        services::set_data(&service.id, &json!({ "username": null, "password": null }))
    })
}

/// Refuses a package that would need another server: accounts are not moved.
pub(crate) fn check_change(service: &Service) -> Result<()> {
    let (home, package) = (home(service)?, service.product_data::<Package>()?);
    if home.server.group_uuid == package.group {
        return Ok(());
    }
    Err(Problem::conflict(translate("other-group")))
}

pub(crate) fn change(service: &Service) -> Result<()> {
    check_change(service)?;
    let (home, package) = (home(service)?, service.product_data::<Package>()?);
    Ocs::at(&home.server)?.set(&home.username, "quota", &package.quota)
}

/// Sets a new password, which is stored before the server hears of it: where its answer is lost, the next reset sends the same again.
pub(crate) fn reset_password(service: &Service) -> Result<String> {
    if service.status != ProvisionStatus::Completed {
        return Err(Problem::conflict(translate("not-in-use")));
    }
    let home = home(service)?;
    let password = match &home.next_password {
        Some(sealed) => String::from_utf8(crypto::decrypt(sealed)?)
            .map_err(|_| Problem::internal("The stored password is none."))?,
        None => {
            let password = crypto::password(PASSWORD_LENGTH)?;
            fleet::note_next_password(&service.id, Some(crypto::encrypt(password.as_bytes())?))?;
            password
        }
    };
    match Ocs::soon(&home.server).set(&home.username, "password", &password) {
        Ok(()) => {
            db::transaction(|| {
                services::set_data(&service.id, &json!({ "password": password }))?;
                fleet::note_next_password(&service.id, None)
            })?;
            Ok(translate("password-reset"))
        }
        Err(problem) => {
            log::error("reset-password", &service.id, &problem.message);
            if problem.is_final() {
                fleet::note_next_password(&service.id, None)?;
                return Err(Problem::conflict(translate("password-refused")));
            }
            Err(Problem::unavailable(translate("password-unknown")))
        }
    }
}
