//! Whether what the manifest declares fits together, and is what the templates and the sources go by.

use caisson_types::Manifest;
use caisson_types::manifest::{Method, ModuleType, Route};

use super::Inputs;
use super::codes::Code;
use super::finding::Finding;
use super::uses::Name;

pub(super) fn check(inputs: &Inputs<'_>, manifest: &Manifest, findings: &mut Vec<Finding>) {
    links(inputs, manifest, findings);
    permissions(inputs, manifest, findings);
    actions(inputs, manifest, findings);
    addresses(inputs, manifest, findings);
    names(inputs, manifest, findings);
    fields(inputs, manifest, findings);
    about(inputs, manifest, findings);
}

/// A finding of the manifest.
fn of(code: Code, line: Option<usize>, message: String, mend: impl Into<String>) -> Finding {
    Finding::new(code, message, mend).at(Manifest::FILE_NAME, line)
}

/// The place within the module that a name in a template leads to.
fn place(name: &str) -> &str {
    name.split(['?', '#']).next().unwrap_or_default().trim_matches('/')
}

fn links(inputs: &Inputs<'_>, manifest: &Manifest, findings: &mut Vec<Finding>) {
    let admin = &manifest.admin;
    for (index, link) in admin.sidebar.iter().enumerate() {
        let named = admin.routes.iter().any(|route| route.name == link.link);
        let raw = link.link.starts_with('/') || link.link.starts_with("https://");
        if !named && !raw && Route::find(&admin.routes, Method::Get, &link.link).is_none() {
            findings.push(of(
                Code::DeadLink,
                inputs.subject.table_line("admin.sidebar", index),
                format!("the link '{}' leads to '{}', which is no route", link.title, link.link),
                "name a route of [[admin.routes]] by its name or its uri",
            ));
        }
    }
    for (index, route) in admin.routes.iter().enumerate() {
        let linked = admin.sidebar.iter().any(|link| {
            link.link == route.name
                || Route::find(std::slice::from_ref(route), Method::Get, &link.link).is_some()
        });
        if route.method == Method::Get && !linked && !inputs.leads_to_page(route) {
            findings.push(of(
                Code::UnlinkedRoute,
                inputs.subject.table_line("admin.routes", index),
                format!("nothing leads to the page '{}'", route.uri),
                "link it from [[admin.sidebar]], or from a template with page(\"…\")",
            ));
        }
    }
}

fn permissions(inputs: &Inputs<'_>, manifest: &Manifest, findings: &mut Vec<Finding>) {
    let admin = &manifest.admin;
    for (index, permission) in manifest.permissions.iter().enumerate() {
        let key = &permission.key;
        let asked = admin.routes.iter().chain(&admin.api).any(|route| route.permission == *key)
            || admin.sidebar.iter().any(|link| link.permission.as_ref() == Some(key));
        if !asked && (inputs.subject.sources.is_none() || !inputs.subject.mentions(key.as_str())) {
            findings.push(of(
                Code::UnusedPermission,
                inputs.subject.table_line("permissions", index),
                format!("nothing asks for the permission '{key}'"),
                "name it in a route or a link, or take it away",
            ));
        }
    }
}

/// Actions of clients that no template leads to.
fn actions(inputs: &Inputs<'_>, manifest: &Manifest, findings: &mut Vec<Finding>) {
    let calls = || inputs.uses.values().flat_map(|uses| uses.of_function("action"));
    let names: Vec<&Name> = calls().flat_map(|call| &call.names).collect();
    for (index, action) in manifest.client.actions.iter().enumerate() {
        let key = action.key.as_str();
        let reached = names.iter().any(|name| match name {
            Name::Whole(name) => place(name) == key,
            Name::Prefix(prefix) => key.starts_with(place(prefix)) || place(prefix) == key,
            Name::Unknown => true,
        });
        if !reached {
            findings.push(of(
                Code::UnreachedAction,
                inputs.subject.table_line("client.actions", index),
                format!("no template leads to the action '{key}'"),
                format!("let a form or a button call action(\"{key}\"), or take it away"),
            ));
        }
    }
}

/// What templates lead to that is not there.
fn addresses(inputs: &Inputs<'_>, manifest: &Manifest, findings: &mut Vec<Finding>) {
    let is_tab = |template: &str| manifest.client.tabs.iter().any(|tab| tab.template == template);
    let of_client = |key: &str| manifest.client.actions.iter().any(|action| action.key.as_str() == key);
    let button = |key: &str| manifest.actions.iter().any(|action| action.key.as_str() == key);
    for (template, uses) in inputs.uses {
        for call in &uses.calls {
            for name in &call.names {
                let Name::Whole(name) = name else { continue };
                let at = place(name);
                let (code, known, what) = match call.function.as_str() {
                    "action" => (
                        Code::UnknownAction,
                        of_client(at) || (!is_tab(template) && button(at)),
                        "an action under [[client.actions]]",
                    ),
                    "tab" if is_tab(template) => {
                        (Code::UnknownTab, manifest.tab(at).is_some(), "a tab under [[client.tabs]]")
                    }
                    "page" if !is_tab(template) => (
                        Code::UnknownPage,
                        Method::ALL
                            .iter()
                            .any(|method| Route::find(&manifest.admin.routes, *method, at).is_some()),
                        "a route under [[admin.routes]]",
                    ),
                    _ => continue,
                };
                if !known {
                    findings.push(
                        Finding::new(
                            code,
                            format!("{}(\"{name}\") leads to nothing", call.function),
                            format!("declare {what} in module.toml, or name one that is there"),
                        )
                        .at(format!("views/{template}.html"), call.line),
                    );
                }
            }
        }
    }
}

/// Names that the manifest says and the sources do not.
fn names(inputs: &Inputs<'_>, manifest: &Manifest, findings: &mut Vec<Finding>) {
    let mut told = |table: &str, kind: &str, names: Vec<&str>, alone: bool| {
        // One alone of its kind needs no telling apart.
        if names.len() < 2 && !alone {
            return;
        }
        for (index, name) in names.into_iter().enumerate() {
            if !inputs.subject.mentions(name) {
                let line =
                    inputs.subject.table_line(table, index).or_else(|| inputs.subject.table_line(table, 0));
                let message = format!("no source mentions the {kind} '{name}'");
                findings.push(of(
                    Code::UnnamedInSource,
                    line,
                    message,
                    "write what it is for, or take it away",
                ));
            }
        }
    };
    let routes = |routes: &'_ [Route]| routes.iter().map(|route| route.name.clone()).collect::<Vec<_>>();
    for (table, routes) in
        [("admin.routes", routes(&manifest.admin.routes)), ("admin.api", routes(&manifest.admin.api))]
    {
        told(table, "route", routes.iter().map(String::as_str).collect(), false);
    }
    let keys = manifest.client.actions.iter().map(|action| action.key.as_str());
    told("client.actions", "action", keys.collect(), false);
    told("actions", "button", manifest.actions.iter().map(|action| action.key.as_str()).collect(), false);
    let methods = manifest.schedules.iter().map(|schedule| schedule.method.as_str());
    told("schedules", "method", methods.collect(), false);
    if let Some(database) = &manifest.capabilities.database {
        let tables = database.tables.iter().map(String::as_str).collect();
        told("capabilities.database", "table", tables, true);
    }
    if let Some(events) = &manifest.capabilities.events {
        let published = events.publishes.iter().map(String::as_str).collect();
        told("capabilities.events", "event", published, true);
        // Those of other modules are known by the part after the module's name.
        let own_part = |event: &String| match event.split_once('/') {
            Some((_, rest)) => rest.split_once('.').map_or(rest, |(_, event)| event).to_owned(),
            None => event.clone(),
        };
        let heard: Vec<String> = events.subscribes.iter().map(own_part).collect();
        told("capabilities.events", "event", heard.iter().map(String::as_str).collect(), false);
    }
}

/// Fields that nothing reads.
fn fields(inputs: &Inputs<'_>, manifest: &Manifest, findings: &mut Vec<Finding>) {
    let capabilities = &manifest.capabilities;
    let webhook = manifest.webhook.as_ref().map(|scheme| scheme.secret().to_owned());
    let in_requests =
        |key: &str| {
            let setting = format!("settings.{key}");
            let from = |from: &Option<String>| from.as_deref() == Some(setting.as_str());
            capabilities.http.iter().any(|http| {
                from(&http.from) || from(&http.ca) || http.secrets.iter().any(|secret| secret == key)
            }) || capabilities.mail.iter().any(|mail| {
                from(&mail.from) || from(&mail.port_from) || mail.secrets.iter().any(|secret| secret == key)
            }) || capabilities.probe.iter().any(|probe| from(&probe.from) || from(&probe.port_from))
                || webhook.as_deref() == Some(key)
        };
    let forms =
        [("settings", &manifest.settings), ("product", &manifest.product), ("service", &manifest.service)];
    for (table, fields) in forms {
        for (index, field) in fields.iter().enumerate() {
            let key = &field.key;
            let chooses =
                fields.iter().any(|other| other.when.as_ref().is_some_and(|when| when.field == *key));
            let used = inputs.subject.mentions(key) || chooses || (table == "settings" && in_requests(key));
            if !used {
                findings.push(of(
                    Code::UnreadField,
                    inputs.subject.table_line(table, index),
                    format!("nothing reads the field '{key}'"),
                    "read it in the module, or take it away",
                ));
            }
        }
    }
}

fn about(inputs: &Inputs<'_>, manifest: &Manifest, findings: &mut Vec<Finding>) {
    if manifest.module.kind == ModuleType::Payment && manifest.webhook.is_none() {
        findings.push(of(
            Code::UnverifiedWebhook,
            None,
            "the manifest has no [webhook], so the module is told of callbacks that nobody verified"
                .to_owned(),
            "say how the gateway signs what it sends, unless it sends nothing",
        ));
    }
    if manifest.module.author == "You" {
        let line = inputs.subject.key_line("author");
        let message = "the author is still 'You'".to_owned();
        findings.push(of(Code::Placeholder, line, message, "write who stands for the module"));
    }
    if !inputs.subject.texts.contains_key("README.md") {
        findings.push(Finding::new(
            Code::NoReadme,
            "there is no README.md",
            "write what the module needs to be installed and configured",
        ));
    }
}
