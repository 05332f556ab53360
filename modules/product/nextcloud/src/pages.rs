//! Pages and addresses of the API for groups and servers.

use caisson_guest::i18n::{translate, translate_with};
use caisson_guest::{Problem, Request, Response, Result, Value, View, json};

use crate::client_area::no_such;
use crate::fleet::{self, Group, Load, Server};
use crate::form::{self, GroupForm, ServerForm};
use crate::ocs::{About, Ocs};
use crate::quota::percent;

/// The permission that changes something.
const MANAGE: &str = "manage";

pub(crate) fn handle(route: &str, request: &Request) -> Result<Response> {
    match route {
        "servers" => servers(request),
        "new-server" => server_page(None, &json!(ServerForm::offered()), &json!([]), None),
        "server" => {
            let server = server_of(request)?;
            server_page(Some(&server), &json!(ServerForm::from(&server)), &json!([]), None)
        }
        "add-server" => save_server(request, None),
        "save-server" => save_server(request, Some(&server_of(request)?)),
        "test-server" => test_server(&server_of(request)?),
        "delete-server" => form::delete_server(&server_of(request)?).map(|()| Response::redirect("servers")),
        "groups" => groups(request),
        "new-group" => group_page(None, &json!(GroupForm::default()), &json!([])),
        "group" => {
            let group = group_of(request)?;
            group_page(Some(&group), &json!(GroupForm::from(&group)), &json!([]))
        }
        "add-group" => save_group(request, None),
        "save-group" => save_group(request, Some(&group_of(request)?)),
        "delete-group" => form::delete_group(&group_of(request)?).map(|()| Response::redirect("groups")),
        route => api(route, request),
    }
}

fn api(route: &str, request: &Request) -> Result<Response> {
    match route {
        "api-list-servers" => {
            let items: Vec<Value> = fleet::loads(None)?.iter().map(document).collect();
            Response::json(&json!({ "items": items }))
        }
        "api-add-server" => {
            let uuid = form::save_server(form::merged(&ServerForm::offered(), request)?, None)?;
            Ok(Response::json(&server_document(&uuid)?)?.with_status(201))
        }
        "api-show-server" => Response::json(&server_document(&server_of(request)?.uuid)?),
        "api-change-server" => {
            let server = server_of(request)?;
            form::save_server(form::merged(&ServerForm::from(&server), request)?, Some(&server))?;
            Response::json(&server_document(&server.uuid)?)
        }
        "api-delete-server" => form::delete_server(&server_of(request)?).map(|()| Response::empty()),
        "api-test-server" => {
            let about = Ocs::soon(&server_of(request)?).test()?;
            Response::json(
                &json!({ "message": praise(&about), "version": about.version, "free": about.free }),
            )
        }
        "api-list-groups" => Response::json(&json!({ "items": summaries()? })),
        "api-add-group" => {
            let uuid = form::save_group(form::merged(&GroupForm::default(), request)?, None)?;
            Ok(Response::json(&group_document(&uuid)?)?.with_status(201))
        }
        "api-show-group" => Response::json(&group_document(&group_of(request)?.uuid)?),
        "api-change-group" => {
            let group = group_of(request)?;
            form::save_group(form::merged(&GroupForm::from(&group), request)?, Some(&group))?;
            Response::json(&group_document(&group.uuid)?)
        }
        "api-delete-group" => form::delete_group(&group_of(request)?).map(|()| Response::empty()),
        other => Err(no_such("page", other)),
    }
}

fn server_of(request: &Request) -> Result<Server> {
    let found = fleet::server(request.param("uuid").unwrap_or_default())?;
    found.ok_or_else(|| Problem::not_found(translate("no-such-server")))
}

fn group_of(request: &Request) -> Result<Group> {
    let found = fleet::group(request.param("uuid").unwrap_or_default())?;
    found.ok_or_else(|| Problem::not_found(translate("no-such-group")))
}

/// A server as people and programs see it: its password is nowhere.
fn document(load: &Load) -> Value {
    let Load { server, used } = load;
    json!({
        "uuid": server.uuid, "group": server.group_uuid, "name": server.name, "address": server.address,
        "user": server.login, "max_accounts": server.max_accounts, "accounts": used,
        "percent": percent(*used, server.max_accounts), "active": server.active, "sso_path": server.sso_path,
    })
}

fn server_document(uuid: &str) -> Result<Value> {
    let found = fleet::loads(None)?.into_iter().find(|load| load.server.uuid == uuid);
    found.map(|load| document(&load)).ok_or_else(|| Problem::not_found(translate("no-such-server")))
}

/// Every group, with the load of its servers.
pub(crate) fn summaries() -> Result<Vec<Value>> {
    let loads = fleet::loads(None)?;
    Ok(fleet::groups()?.iter().map(|group| summary(group, &loads)).collect())
}

/// A group with what its servers hold, and how much of that new accounts may still take.
fn summary(group: &Group, loads: &[Load]) -> Value {
    let own: Vec<&Load> = loads.iter().filter(|load| load.server.group_uuid == group.uuid).collect();
    let open = own.iter().filter(|load| load.server.active);
    let used: u64 = own.iter().map(|load| load.used).sum();
    let max: u64 = own.iter().map(|load| load.server.max_accounts).sum();
    let free: u64 = open.map(|load| load.server.max_accounts.saturating_sub(load.used)).sum();
    json!({
        "uuid": group.uuid, "name": group.name, "fill": group.fill, "servers": own.len(), "accounts": used,
        "max_accounts": max, "free": free, "percent": percent(used, max),
    })
}

fn group_document(uuid: &str) -> Result<Value> {
    let group = fleet::group(uuid)?.ok_or_else(|| Problem::not_found(translate("no-such-group")))?;
    Ok(summary(&group, &fleet::loads(Some(uuid))?))
}

fn page(template: &str, data: &Value) -> Result<Response> {
    View::new(template, data).map(Response::view)
}

fn servers(request: &Request) -> Result<Response> {
    let (groups, hosts) = (fleet::groups()?, fleet::hosts()?);
    let mut rows = Vec::new();
    for load in fleet::loads(None)? {
        let mut row = document(&load);
        let group = groups.iter().find(|group| group.uuid == load.server.group_uuid);
        row["group_name"] = json!(group.map(|group| &group.name));
        row["listed"] = hosts.contains(&load.server.address).into();
        rows.push(row);
    }
    let shown =
        json!({ "servers": rows, "has_groups": !groups.is_empty(), "may_manage": request.may(MANAGE) });
    page("admin_area/servers", &shown)
}

fn groups(request: &Request) -> Result<Response> {
    page("admin_area/groups", &json!({ "groups": summaries()?, "may_manage": request.may(MANAGE) }))
}

/// A server's form, and what came of trying it out.
fn server_page(
    server: Option<&Server>,
    form: &Value,
    errors: &Value,
    tested: Option<Value>,
) -> Result<Response> {
    let choice = |value: &str, label: &str| json!({ "value": value, "label": label });
    let groups: Vec<Value> = fleet::groups()?.iter().map(|one| choice(&one.uuid, &one.name)).collect();
    let mut hosts = fleet::hosts()?;
    hosts.extend(server.map(|server| server.address.clone()).filter(|address| !hosts.contains(address)));
    let hosts: Vec<Value> = hosts.iter().map(|host| choice(host, host)).collect();
    let server = server.map(|server| server_document(&server.uuid)).transpose()?;
    let shown = json!({
        "server": server, "groups": groups, "hosts": hosts, "form": form, "errors": errors, "tested": tested,
    });
    page("admin_area/server", &shown)
}

fn group_page(group: Option<&Group>, form: &Value, errors: &Value) -> Result<Response> {
    let fills = ["least-loaded", "first-fit"]
        .map(|fill| json!({ "value": fill, "label": translate(&format!("fill-{fill}")) }));
    let group = group.map(|group| group_document(&group.uuid)).transpose()?;
    page("admin_area/group", &json!({ "group": group, "form": form, "fills": fills, "errors": errors }))
}

fn save_server(request: &Request, there: Option<&Server>) -> Result<Response> {
    let saved = request.form_data().and_then(|form| form::save_server(form, there));
    after(saved, "servers", |errors| server_page(there, &typed(request), &errors, None))
}

fn save_group(request: &Request, there: Option<&Group>) -> Result<Response> {
    let saved = request.form_data().and_then(|form| form::save_group(form, there));
    after(saved, "groups", |errors| group_page(there, &typed(request), &errors))
}

/// Where a form leads: to the list, or back to itself with what is wrong.
fn after(
    saved: Result<String>,
    list: &str,
    again: impl FnOnce(Value) -> Result<Response>,
) -> Result<Response> {
    let error = |field: &str, message: &str| json!({ "field": field, "message": message });
    match saved {
        Ok(_) => Ok(Response::redirect(list)),
        Err(problem) if matches!(problem.code, 409 | 422) => {
            let fields = problem.errors.iter().map(|one| error(&one.field, &one.message));
            let whole = problem.errors.is_empty().then(|| error("", &problem.message));
            Ok(again(fields.chain(whole).collect())?.with_status(problem.code))
        }
        Err(problem) => Err(problem),
    }
}

/// What was typed, but for the password: it is typed again.
fn typed(request: &Request) -> Value {
    let kept = request.form.iter().filter(|field| field.name != "password");
    Value::Object(kept.map(|field| (field.name.clone(), field.value.clone().into())).collect())
}

/// The server's page, with what came of trying it out.
fn test_server(server: &Server) -> Result<Response> {
    let (status, tested) = match Ocs::soon(server).test() {
        Ok(about) => (200, json!({ "ok": true, "message": praise(&about), "free": about.free })),
        Err(problem) => (problem.code, json!({ "ok": false, "message": problem.message, "free": null })),
    };
    let form = json!(ServerForm::from(server));
    Ok(server_page(Some(server), &form, &json!([]), Some(tested))?.with_status(status))
}

fn praise(about: &About) -> String {
    match &about.version {
        Some(version) => translate_with("server-well-version", &json!({ "version": version })),
        None => translate("server-well"),
    }
}
