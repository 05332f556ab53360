//! Groups and servers as an administrator or the API says them, and what is refused.

use caisson_guest::db::{self, Filter as _};
use caisson_guest::i18n::{translate, translate_with};
use caisson_guest::{Check, Problem, Request, Result, Value, crypto, json, log, time};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::fleet::{self, Fill, Group, Server};

#[derive(Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct GroupForm {
    name: String,
    fill: Fill,
}

#[derive(Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ServerForm {
    name: String,
    /// The group's id or name.
    group: String,
    address: String,
    user: String,
    /// Kept as it is where it is left empty.
    #[serde(skip_serializing)]
    password: Option<String>,
    max_accounts: u32,
    active: bool,
    sso_path: Option<String>,
}

impl ServerForm {
    /// What a new server is offered with.
    pub(crate) fn offered() -> Self {
        Self { max_accounts: 100, active: true, ..Self::default() }
    }
}

impl From<&Group> for GroupForm {
    fn from(group: &Group) -> Self {
        Self { name: group.name.clone(), fill: group.fill }
    }
}

impl From<&Server> for ServerForm {
    fn from(server: &Server) -> Self {
        Self {
            name: server.name.clone(),
            group: server.group_uuid.clone(),
            address: server.address.clone(),
            user: server.login.clone(),
            password: None,
            max_accounts: u32::try_from(server.max_accounts).unwrap_or(u32::MAX),
            active: server.active,
            sso_path: server.sso_path.clone(),
        }
    }
}

/// A document of the API over what is there: what it leaves out stays.
pub(crate) fn merged<T: Serialize + DeserializeOwned>(there: &T, request: &Request) -> Result<T> {
    let given: Value = request.json()?;
    let Value::Object(given) = given else {
        return Err(Problem::new(422, "The body must be a JSON object."));
    };
    let mut all = json!(there);
    for (key, value) in given {
        all[key.as_str()] = value;
    }
    T::deserialize(all)
        .map_err(|error| Problem::new(422, format!("The body is not what was expected: {error}.")))
}

/// Stores a group, a new one where `there` is none.
pub(crate) fn save_group(form: GroupForm, there: Option<&Group>) -> Result<String> {
    let name = form.name.trim();
    let mut check = Check::new();
    check.text("name", name).required().max_length(100);
    let is_taken = taken("groups", name, there.map(|group| group.uuid.as_str()))?;
    check.that("name", !is_taken, translate("name-taken"));
    check.done()?;
    let now = time::now();
    let mut row = json!({ "name": name, "fill": form.fill, "updated_at": now });
    if let Some(group) = there {
        db::table("groups").filter("uuid", &group.uuid).update(&row)?;
        return Ok(group.uuid.clone());
    }
    let uuid = crypto::uuid();
    (row["uuid"], row["created_at"]) = (json!(uuid), json!(now));
    db::table("groups").insert(&row)?;
    Ok(uuid)
}

/// Stores a server, a new one where `there` is none. What was typed as its password is sealed before it is stored.
pub(crate) fn save_server(mut form: ServerForm, there: Option<&Server>) -> Result<String> {
    let group = checked(&mut form, there)?;
    let now = time::now();
    let mut row = json!({
        "name": form.name, "group_uuid": group.uuid, "address": form.address, "login": form.user,
        "max_accounts": form.max_accounts, "active": form.active, "sso_path": form.sso_path, "updated_at": now,
    });
    let sealed = form.password.map(|password| crypto::encrypt(password.as_bytes())).transpose()?;
    let uuid = there.map_or_else(crypto::uuid, |server| server.uuid.clone());
    db::transaction(|| {
        if there.is_some() {
            db::table("servers").filter("uuid", &uuid).update(&row)?;
        } else {
            (row["uuid"], row["created_at"]) = (json!(uuid), json!(now));
            db::table("servers").insert(&row)?;
        }
        if let Some(sealed) = sealed {
            db::table("servers").filter("uuid", &uuid).set("sealed", db::bytes(sealed))?;
        }
        Ok(())
    })?;
    log::info(if there.is_some() { "change server" } else { "add server" }, &uuid, &form.name);
    Ok(uuid)
}

/// Trims the form, and finds its group.
fn checked(form: &mut ServerForm, there: Option<&Server>) -> Result<Group> {
    for text in [&mut form.name, &mut form.group, &mut form.address, &mut form.user] {
        *text = text.trim().to_owned();
    }
    form.address = form.address.trim_end_matches('/').to_owned();
    form.sso_path = form.sso_path.take().map(|path| path.trim().to_owned()).filter(|path| !path.is_empty());
    form.password = form.password.take().filter(|password| !password.is_empty());
    let group = fleet::group_called(&form.group)?;
    let (hosts, path) = (fleet::hosts()?, form.sso_path.as_deref().unwrap_or_default());
    let mut check = Check::new();
    check.text("name", &form.name).required().max_length(100);
    check.that(
        "name",
        !taken("servers", &form.name, there.map(|server| server.uuid.as_str()))?,
        translate("name-taken"),
    );
    check.that("group", group.is_some(), translate("group-missing"));
    let unlisted = translate_with("address-unlisted", &json!({ "hosts": hosts.join(", ") }));
    check.that("address", hosts.contains(&form.address), unlisted);
    // A colon would end the name where it is sent.
    let fits = !form.user.contains(':') && !form.user.chars().any(char::is_control);
    check.text("user", &form.user).required().max_length(100).that(|_| fits, &translate("user-wrong"));
    // A password that was typed for one server is sent to no other.
    let stays = there.is_some_and(|server| server.address == form.address);
    let has_password = form.password.is_some() || stays;
    check.that("password", has_password, translate("password-missing"));
    check.text("password", form.password.as_deref().unwrap_or_default()).max_length(200);
    check.number("max_accounts", form.max_accounts).at_least(1).at_most(1_000_000);
    check.text("sso_path", path).max_length(300).that(is_path, &translate("sso-path-wrong"));
    if let (Some(group), Some(server)) = (&group, there) {
        let stays = server.group_uuid == group.uuid || fleet::used(&server.uuid)? == 0;
        check.that("group", stays, translate("group-fixed"));
    }
    check.done()?;
    group.ok_or_else(|| Problem::invalid_field("group", translate("group-missing")))
}

/// A path below the server's address, which cannot lead to another host.
fn is_path(text: &str) -> bool {
    text.starts_with('/')
        && !text.starts_with("//")
        && text.chars().all(|c| c.is_ascii_graphic() && c != '\\')
}

fn taken(table: &str, name: &str, but: Option<&str>) -> Result<bool> {
    let named: Vec<String> = db::table(table).filter("name", name).pluck("uuid")?;
    Ok(named.iter().any(|uuid| Some(uuid.as_str()) != but))
}

pub(crate) fn delete_group(group: &Group) -> Result<()> {
    if db::table("servers").filter("group_uuid", &group.uuid).exists()? {
        return Err(Problem::conflict(translate("group-in-use")));
    }
    db::table("groups").filter("uuid", &group.uuid).delete()?;
    log::info("delete group", &group.uuid, &group.name);
    Ok(())
}

pub(crate) fn delete_server(server: &Server) -> Result<()> {
    if fleet::used(&server.uuid)? > 0 {
        return Err(Problem::conflict(translate("server-in-use")));
    }
    db::table("servers").filter("uuid", &server.uuid).delete()?;
    log::info("delete server", &server.uuid, &server.name);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_stay_on_the_server() {
        assert!(is_path("/apps/user_oidc/login/1?user={username}"));
        for wrong in ["apps/x", "//evil.example/x", "/\\evil.example", "/a b", "https://evil.example/"] {
            assert!(!is_path(wrong), "{wrong}");
        }
    }
}
