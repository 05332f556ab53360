//! The client's list of records, and what its forms do.

use caisson_guest::{
    Data, FieldError, Problem, ProvisionStatus, Request, Response, Result, Service, Value, json,
};
use serde::Deserialize;

use crate::api::{Api, RrSet};
use crate::record::{Record, TYPES, Typed, same};
use crate::zone::{self, Package, Zone};

pub(crate) fn records(service: &Service, request: &Request) -> Result<Data> {
    let zone: Zone = service.service_data()?;
    let package: Package = service.product_data()?;
    let records = zone::records(service)?;
    let shown: Vec<Value> = records.iter().map(|record| row(record, &zone.zone)).collect();
    let types: Vec<Value> = TYPES.iter().map(|kind| json!({ "value": kind, "label": kind })).collect();
    // By its place in the list, which the same request has just shown.
    let edited = request.query("edit").and_then(|at| at.parse::<usize>().ok()).and_then(|at| records.get(at));
    let form = edited.map(|record| {
        let typed = record.shown(&zone.zone);
        json!({
            "name": typed.name, "type": typed.kind, "ttl": typed.ttl, "content": typed.content,
            "was_name": record.name, "was_type": record.kind, "was_content": record.content,
        })
    });
    let mut data = json!({
        "zone": zone.zone, "records": shown, "types": types, "default_ttl": package.ttl, "max": package.max_records,
        "suspended": service.status == ProvisionStatus::Suspended,
    });
    if let (Some(form), Some(data)) = (form, data.as_object_mut()) {
        data.insert("form".to_owned(), form);
    }
    Data::new(&data)
}

fn row(record: &Record, zone: &str) -> Value {
    let typed = record.shown(zone);
    let was = json!({ "was_name": record.name, "was_type": record.kind, "was_content": record.content });
    json!({ "name": typed.name, "type": typed.kind, "ttl": typed.ttl, "content": typed.content, "was": was })
}

/// Which record a form is about.
#[derive(Deserialize)]
struct Was {
    was_name: String,
    was_type: String,
    was_content: String,
}

impl Was {
    fn find(&self, records: &[Record]) -> Result<Record> {
        let found = records.iter().find(|record| {
            (&record.name, &record.kind, &record.content)
                == (&self.was_name, &self.was_type, &self.was_content)
        });
        found.cloned().ok_or_else(|| Problem::conflict("This record is gone; reload the page."))
    }
}

pub(crate) fn add(service: &Service, request: &Request) -> Result<Response> {
    let (records, package) = (zone::records(service)?, service.product_data::<Package>()?);
    let record = typed(service, request, &package)?;
    if records.len() >= package.max_records as usize {
        let message = format!(
            "The zone has all of its {} records; delete one, or take a larger product.",
            records.len()
        );
        return Err(Problem::invalid_field("name", message));
    }
    record.check_beside(&records)?;
    let set = zone::set_of(&with(records, record.clone()), &record.name, &record.kind);
    change(service, &[set])
}

pub(crate) fn save(service: &Service, request: &Request) -> Result<Response> {
    let (records, package) = (zone::records(service)?, service.product_data::<Package>()?);
    let was = request.form_data::<Was>()?.find(&records)?;
    let record = typed(service, request, &package)?;
    let others: Vec<Record> = records.into_iter().filter(|other| !same(other, &was)).collect();
    record.check_beside(&others)?;
    let mut sets = Vec::new();
    if (&was.name, &was.kind) != (&record.name, &record.kind) {
        sets.push(zone::set_of(&others, &was.name, &was.kind));
    }
    sets.push(zone::set_of(&with(others, record.clone()), &record.name, &record.kind));
    change(service, &sets)
}

pub(crate) fn delete(service: &Service, request: &Request) -> Result<Response> {
    let records = zone::records(service)?;
    let was = request.form_data::<Was>()?.find(&records)?;
    let others: Vec<Record> = records.into_iter().filter(|other| !same(other, &was)).collect();
    change(service, &[zone::set_of(&others, &was.name, &was.kind)])
}

fn typed(service: &Service, request: &Request, package: &Package) -> Result<Record> {
    let zone: Zone = service.service_data()?;
    let typed: Typed = request.form_data()?;
    typed.read(&zone.zone, package.ttl).map_err(|errors: Vec<FieldError>| Problem::invalid(errors))
}

/// The changed record comes last, since its TTL is the set's.
fn with(mut records: Vec<Record>, record: Record) -> Vec<Record> {
    records.push(record);
    records
}

fn change(service: &Service, sets: &[RrSet]) -> Result<Response> {
    let zone: Zone = service.service_data()?;
    Api::connect()?.change(&zone.zone, sets)?;
    Ok(Response::empty())
}
