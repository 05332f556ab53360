//! What a manifest must hold beyond its shape.

use std::collections::HashSet;

use super::{AUTHOR_MAX, DESCRIPTION_MAX, ICON_MAX, TITLE_MAX};
use super::{Field, FieldKind, Manifest, ManifestError, Method, ModuleType, TABLE_NAME_MAX, is_table_name};

/// The first thing that is wrong.
pub(super) fn check(manifest: &Manifest) -> Result<(), ManifestError> {
    texts(manifest)?;
    for (place, fields) in
        [("settings", &manifest.settings), ("product", &manifest.product), ("service", &manifest.service)]
    {
        form(place, fields)?;
    }
    if manifest.module.kind != ModuleType::Product
        && !(manifest.product.is_empty() && manifest.service.is_empty())
    {
        return invalid(
            "product",
            format!("a {} module has no product or service fields", manifest.module.kind),
        );
    }
    unique("permissions", manifest.permissions.iter().map(|p| p.key.as_str()))?;
    unique("client.tabs", manifest.client.tabs.iter().map(|t| t.key.as_str()))?;
    unique("client.actions", manifest.client.actions.iter().map(|a| a.key.as_str()))?;
    unique("actions", manifest.actions.iter().map(|a| a.key.as_str()))?;
    unique("schedules", manifest.schedules.iter().map(|s| s.name.as_str()))?;
    pages(manifest)?;
    money(manifest)?;
    webhook(manifest)?;
    capabilities(manifest)
}

fn invalid<T>(place: impl Into<String>, reason: impl Into<String>) -> Result<T, ManifestError> {
    Err(ManifestError::Invalid { place: place.into(), reason: reason.into() })
}

fn texts(manifest: &Manifest) -> Result<(), ManifestError> {
    let about = &manifest.module;
    for (key, text, max) in [
        ("title", &about.title, TITLE_MAX),
        ("description", &about.description, DESCRIPTION_MAX),
        ("author", &about.author, AUTHOR_MAX),
        ("icon", &about.icon, ICON_MAX),
    ] {
        let length = text.chars().count();
        if text.trim().is_empty() || length > max {
            return invalid(
                format!("module.{key}"),
                format!("must have 1 to {max} characters, not {length}"),
            );
        }
        if text.chars().any(char::is_control) {
            return invalid(format!("module.{key}"), "must not have control characters");
        }
    }
    if !about.icon.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-') {
        return invalid(
            "module.icon",
            "is the name of a Tabler icon: lower-case letters, digits and hyphens",
        );
    }
    if let Some(website) = &about.website
        && !website.starts_with("https://")
    {
        return invalid("module.website", "must begin with https://");
    }
    Ok(())
}

fn form(place: &str, fields: &[Field]) -> Result<(), ManifestError> {
    unique(place, fields.iter().map(|field| field.key.as_str()))?;
    for field in fields {
        let at = format!("{place}.{}", field.key);
        if !is_identifier(&field.key) {
            return invalid(
                at,
                "a key has 1 to 64 lower-case letters, digits and underscores, and begins with a letter",
            );
        }
        let chooses = matches!(field.kind, FieldKind::Select | FieldKind::Radio | FieldKind::MultiSelect);
        if chooses && field.options.is_empty() {
            return invalid(at, format!("a {} field needs options", field.kind));
        }
        if field.kind == FieldKind::Password && !field.secret {
            return invalid(at, "a password field must say secret = true");
        }
        if field.secret && field.default.is_some() {
            return invalid(at, "a secret cannot have a default: packages are public");
        }
        if let Some(default) = &field.default
            && let Err(error) = field.read(Some(default))
        {
            return invalid(at, format!("its default is refused by the field itself: {}", error.message));
        }
        if let Some(when) = &field.when
            && !fields.iter().any(|other| other.key == when.field)
        {
            return invalid(at, format!("depends on the field '{}', which does not exist", when.field));
        }
    }
    Ok(())
}

fn pages(manifest: &Manifest) -> Result<(), ManifestError> {
    let known = |key: &str| manifest.permissions.iter().any(|permission| permission.key.as_str() == key);
    let routes = [("admin.routes", &manifest.admin.routes), ("admin.api", &manifest.admin.api)];
    for (place, routes) in routes {
        for route in routes {
            let at = format!("{place}.{}", route.name);
            if !known(route.permission.as_str()) {
                return invalid(
                    at,
                    format!("asks for the permission '{}', which is not declared", route.permission),
                );
            }
            if route.method == Method::Head {
                return invalid(at, "a route that takes GET answers HEAD by itself");
            }
            let segments_are_plain = route.uri.split('/').all(|segment| {
                let name = segment.strip_prefix('{').and_then(|s| s.strip_suffix('}')).unwrap_or(segment);
                !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
            });
            if !segments_are_plain {
                return invalid(
                    at,
                    format!("'{}' is not a path such as servers or server/{{uuid}}", route.uri),
                );
            }
        }
        unique(place, routes.iter().map(|route| format!("{} {}", route.method, route.uri)))?;
    }
    for link in &manifest.admin.sidebar {
        if let Some(permission) = &link.permission
            && !known(permission.as_str())
        {
            return invalid(
                format!("admin.sidebar.{}", link.title),
                format!("asks for the permission '{permission}', which is not declared"),
            );
        }
    }
    for action in &manifest.client.actions {
        if manifest.tab(action.tab.as_str()).is_none() {
            return invalid(
                format!("client.actions.{}", action.key),
                format!("belongs to the tab '{}', which does not exist", action.tab),
            );
        }
    }
    for tab in &manifest.client.tabs {
        if !is_template_path(&tab.template) {
            return invalid(
                format!("client.tabs.{}", tab.key),
                format!("'{}' is not a template below views/", tab.template),
            );
        }
    }
    Ok(())
}

/// What only payment modules have to do with.
fn money(manifest: &Manifest) -> Result<(), ManifestError> {
    let kind = manifest.module.kind;
    if manifest.capabilities.payments && kind != ModuleType::Payment {
        let why = format!("a {kind} module takes no payments; only payment modules ask for this");
        return invalid("capabilities.payments", why);
    }
    Ok(())
}

/// How callbacks are verified, where there are any.
fn webhook(manifest: &Manifest) -> Result<(), ManifestError> {
    let kind = manifest.module.kind;
    let Some(scheme) = &manifest.webhook else { return Ok(()) };
    if !matches!(kind, ModuleType::Payment | ModuleType::Notification) {
        return invalid("webhook", format!("a {kind} module has no provider that calls back"));
    }
    scheme.check().or_else(|reason| invalid("webhook", reason))?;
    let secret = scheme.secret();
    if !manifest.settings.iter().any(|field| field.key == secret && field.secret) {
        return invalid("webhook.secret", format!("'{secret}' is not a secret setting"));
    }
    Ok(())
}

fn capabilities(manifest: &Manifest) -> Result<(), ManifestError> {
    let setting = |key: &str| manifest.settings.iter().find(|field| field.key == key);
    for (index, http) in manifest.capabilities.http.iter().enumerate() {
        let at = format!("capabilities.http[{index}]");
        match (&http.from, &http.host) {
            (Some(_), Some(_)) | (None, None) => return invalid(at, "needs either host or from, not both"),
            (Some(from), None) => match from.strip_prefix("settings.").and_then(setting) {
                // The host takes no more than the origin of a secret address.
                Some(field) if field.kind == FieldKind::Url => {}
                Some(field) if field.kind == FieldKind::Tags && !field.secret => {}
                _ => return invalid(at, format!("'{from}' is not a url or tags field of the settings")),
            },
            (None, Some(_)) => {}
        }
        if !matches!(http.scheme.as_str(), "http" | "https") {
            return invalid(at, format!("'{}' is not a scheme: http or https", http.scheme));
        }
        for secret in &http.secrets {
            if !setting(secret).is_some_and(|field| field.secret) {
                return invalid(at, format!("'{secret}' is not a secret setting"));
            }
        }
        if let Some(ca) = &http.ca {
            match ca.strip_prefix("settings.").and_then(setting) {
                Some(field) if field.kind == FieldKind::Textarea && !field.secret => {}
                _ => return invalid(at, format!("'{ca}' is not a textarea field of the settings")),
            }
            if http.from.is_none() && http.scheme == "http" {
                return invalid(at, "plain http has no certificates; remove ca, or say scheme = \"https\"");
            }
        }
    }
    for (index, mail) in manifest.capabilities.mail.iter().enumerate() {
        let at = format!("capabilities.mail[{index}]");
        mail.place().check(manifest, false).or_else(|reason| invalid(at.as_str(), reason))?;
        for secret in &mail.secrets {
            if !setting(secret).is_some_and(|field| field.secret) {
                return invalid(at, format!("'{secret}' is not a secret setting"));
            }
        }
    }
    for (index, probe) in manifest.capabilities.probe.iter().enumerate() {
        let at = format!("capabilities.probe[{index}]");
        probe.place().check(manifest, true).or_else(|reason| invalid(at, reason))?;
    }
    if let Some(database) = &manifest.capabilities.database {
        unique("capabilities.database.tables", database.tables.iter().map(String::as_str))?;
        for table in &database.tables {
            if !is_table_name(table) {
                return invalid(
                    "capabilities.database.tables",
                    format!(
                        "'{table}' is not a table name: 1 to {TABLE_NAME_MAX} lower-case letters, digits and single underscores between them"
                    ),
                );
            }
        }
    }
    if let Some(events) = &manifest.capabilities.events {
        unique("capabilities.events.publishes", events.publishes.iter().map(String::as_str))?;
        unique("capabilities.events.subscribes", events.subscribes.iter().map(String::as_str))?;
        if let Some((place, reason)) = events.fault() {
            return invalid(place, reason);
        }
    }
    Ok(())
}

fn unique(place: &str, keys: impl Iterator<Item = impl Into<String>>) -> Result<(), ManifestError> {
    let mut seen = HashSet::new();
    for key in keys {
        let key = key.into();
        if !seen.insert(key.clone()) {
            return invalid(place, format!("'{key}' stands there twice"));
        }
    }
    Ok(())
}

fn is_identifier(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

fn is_template_path(text: &str) -> bool {
    !text.is_empty()
        && text.split('/').all(|part| {
            !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
        })
}
