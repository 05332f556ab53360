//! What several pages show of one thing, in the shapes that the templates' comments name.

use std::collections::HashMap;

use caisson_storage::calls::Call;
use caisson_storage::module_log::Entry;
use caisson_storage::services::{self, Service, ServiceContext};
use caisson_storage::tasks::Task;
use caisson_storage::{Conn, StorageError, service_events};
use caisson_types::manifest::Field;
use caisson_types::{FieldError, ModuleKey, ServiceId, Timestamp};
use serde_json::{Value, json};

use crate::App;

/// `{type, name, title, icon}`. A module that does not serve is shown by its name.
pub(super) fn module(app: &App, key: &ModuleKey) -> Value {
    let (title, icon) = match app.registry().active(key) {
        Ok(active) => (active.manifest.module.title.clone(), active.manifest.module.icon.clone()),
        Err(_) => (key.name().to_string(), "puzzle".to_owned()),
    };
    json!({ "type": key.kind().as_str(), "name": key.name().as_str(), "title": title, "icon": icon })
}

/// What tells a service from others: the first text that its module asks for when it is ordered, or else stores; else its number.
pub(super) fn label(app: &App, service: &Service) -> String {
    let active = app.registry().active_for(&service.module, service.id).ok();
    let fields = active.as_ref().map_or(&[][..], |active| &active.manifest.service);
    let first = |internal: bool| {
        let named = fields.iter().filter(|field| field.internal == internal && !field.secret);
        named.filter_map(|field| service.data.get(&field.key)?.as_str()).find(|text| !text.is_empty())
    };
    let named = first(false).or_else(|| first(true));
    let id = service.id.to_string();
    named.map_or_else(|| format!("#{}", &id[id.len().saturating_sub(8)..]), str::to_owned)
}

pub(super) fn service(app: &App, context: &ServiceContext) -> Value {
    let ServiceContext { service, client, product } = context;
    json!({
        "id": service.id,
        "label": label(app, service),
        "product": { "id": product.id, "name": product.name, "description": product.description },
        "client": { "id": client.id, "name": client.name, "email": client.email },
        "module": module(app, &service.module),
        "billing_status": service.billing_status.as_str(),
        "provision_status": service.provision_status.as_str(),
        "status_message": service.status_message,
        "created_at": service.created_at.0,
        "updated_at": service.updated_at.0,
    })
}

/// What the module stored about a service and everybody may read, with its labels, in the manifest's order.
pub(super) fn facts(app: &App, service: &Service, for_client: bool) -> Vec<(String, String)> {
    let Ok(active) = app.registry().active_for(&service.module, service.id) else { return Vec::new() };
    let fields = active.manifest.service.iter().filter(|field| !(for_client && field.internal));
    fields
        .filter_map(|field| {
            let value = service.data.get(&field.key).filter(|value| !value.is_null())?;
            Some((field.label.clone(), fact(field, value)))
        })
        .collect()
}

/// Labels of what it stored as a secret.
pub(super) fn secrets_set(app: &App, service: &Service) -> Vec<String> {
    let Ok(active) = app.registry().active_for(&service.module, service.id) else { return Vec::new() };
    let set = app.billing().secrets_set(service);
    let fields = active.manifest.service.iter().filter(|field| set.contains(&field.key));
    fields.map(|field| field.label.clone()).collect()
}

/// A value as a person reads it: a choice by its label, a list by its entries.
fn fact(field: &Field, value: &Value) -> String {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => {
            return items.iter().map(|item| fact(field, item)).collect::<Vec<_>>().join(", ");
        }
        other => other.to_string(),
    };
    field.options.iter().find(|option| option.value == text).map_or(text, |option| option.label.clone())
}

/// Labels of the services that rows speak of, in one query.
pub(super) async fn labels(
    app: &App,
    conn: &mut Conn,
    ids: impl IntoIterator<Item = ServiceId>,
) -> Result<HashMap<ServiceId, String>, StorageError> {
    let mut ids: Vec<ServiceId> = ids.into_iter().collect();
    ids.sort_unstable();
    ids.dedup();
    let found = services::by_ids(conn, &ids).await?;
    Ok(found.iter().map(|service| (service.id, label(app, service))).collect())
}

pub(super) async fn tasks(app: &App, conn: &mut Conn, found: &[Task]) -> Result<Vec<Value>, StorageError> {
    let labels = labels(app, conn, found.iter().filter_map(|task| task.service_id)).await?;
    Ok(found.iter().map(|task| self::task(app, task, &labels)).collect())
}

pub(super) fn task(app: &App, task: &Task, labels: &HashMap<ServiceId, String>) -> Value {
    let service =
        task.service_id.map(|id| json!({ "id": id, "label": labels.get(&id).cloned().unwrap_or_default() }));
    json!({
        "id": task.id,
        "method": task.method,
        "module": module(app, &task.module),
        "service": service,
        "status": task.status.as_str(),
        "progress": task.progress.unwrap_or_default(),
        "progress_text": task.progress_message,
        "attempts": task.attempts,
        "tries": task.tries,
        "error": task.last_error,
        "created_at": task.created_at.0,
        "run_at": task.run_at.0,
        "finished_at": task.finished_at.map(|at| at.0),
    })
}

pub(super) fn log_entries(app: &App, entries: &[Entry]) -> Vec<Value> {
    let row = |entry: &Entry| {
        json!({
            "id": entry.id,
            "at": entry.at.0,
            "level": entry.level,
            "action": entry.action,
            "module": module(app, &entry.module),
            "request": entry.request,
            "response": entry.response,
            "call_id": entry.call_id,
            "task_id": entry.task_id,
            "service_id": entry.service_id,
        })
    };
    entries.iter().map(row).collect()
}

pub(super) fn call(call: &Call) -> Value {
    json!({
        "id": call.id,
        "export": call.export,
        "at": call.at.0,
        "outcome": call.outcome,
        "message": call.message,
        "wall_us": call.wall_us,
        "cpu_us": call.cpu_us,
        "memory_bytes": call.memory_bytes,
        "host_calls": call.host_call_count,
        "omitted": call.omitted,
        "denied": call.denied,
        "bytes_out": call.bytes_out,
        "bytes_in": call.bytes_in,
        "request_id": call.request_id,
        "task_id": call.task_id,
        "service_id": call.service_id,
    })
}

pub(super) fn timeline(events: &[service_events::Entry]) -> Vec<Value> {
    let row = |event: &service_events::Entry| json!({ "at": event.at.0, "kind": event.kind, "text": event.text, "actor": event.actor });
    events.iter().map(row).collect()
}

pub(super) fn errors(errors: &[FieldError]) -> Value {
    errors.iter().map(|error| json!({ "field": error.field, "message": error.message })).collect()
}

/// The last 24 hours as a chart's bars, oldest first.
pub(super) fn day(hours: &[caisson_storage::hours::Hour]) -> Vec<Value> {
    let bar = |(at, label): (Timestamp, String)| {
        let found = hours.iter().find(|counted| counted.at == at);
        let (value, bad) = found.map_or((0, 0), |counted| (counted.total, counted.failed));
        json!({ "label": label, "value": value, "bad": bad })
    };
    last_day().map(bar).collect()
}

/// The last 24 hours, oldest first: their beginnings and labels.
pub(super) fn last_day() -> impl Iterator<Item = (Timestamp, String)> {
    const HOUR: i64 = 3_600_000;
    let this = Timestamp::now().0.div_euclid(HOUR);
    (this - 23..=this).map(|hour| (Timestamp(hour * HOUR), format!("{:02}:00", hour % 24)))
}
