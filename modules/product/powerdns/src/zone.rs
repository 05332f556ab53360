//! What a product allows, what a service has, and how a zone comes and goes.

use caisson_guest::{Problem, Result, Service, config, json, services};
use serde::{Deserialize, Serialize};

use crate::api::{Api, Content, Found, RrSet};
use crate::name::{absolute, plain};
use crate::record::Record;

/// The product form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Package {
    pub(crate) max_records: u32,
    pub(crate) ttl: u32,
}

impl Default for Package {
    fn default() -> Self {
        Self { max_records: 100, ttl: 3_600 }
    }
}

/// What a client ordered, and what a suspended zone had.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Zone {
    #[serde(default)]
    pub(crate) zone: String,
    /// Records that were taken out, to be put back.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) held: Vec<RrSet>,
}

/// The service's zone and what the server has of it.
fn own(api: &Api, service: &Service) -> Result<(Zone, Found)> {
    let zone: Zone = service.service_data()?;
    let found = api.zone(&zone.zone)?;
    let found = found.ok_or_else(|| Problem::not_found(format!("PowerDNS has no zone {}.", zone.zone)))?;
    if found.account == service.id { Ok((zone, found)) } else { Err(somebody_elses(&zone.zone)) }
}

fn somebody_elses(zone: &str) -> Problem {
    Problem::conflict(format!(
        "PowerDNS has the zone {zone} already, and it does not belong to this service."
    ))
}

/// Makes the zone, once: one that stands already is taken for ours only if it says so.
pub(crate) fn create(service: &Service) -> Result<()> {
    let zone: Zone = service.service_data()?;
    let package: Package = service.product_data()?;
    let nameservers: Vec<String> = config::require("settings.nameservers")?;
    let api = Api::connect()?;
    let soa = soa(&zone.zone, &nameservers, package.ttl)?;
    if !api.create(&zone.zone, &service.id, &nameservers, &soa)? {
        own(&api, service)?;
    }
    Ok(())
}

fn soa(zone: &str, nameservers: &[String], ttl: u32) -> Result<RrSet> {
    let hostmaster: String = config::require("settings.hostmaster")?;
    let primary = nameservers.first().ok_or_else(|| Problem::not_configured("No name server is set."))?;
    let (local, domain) = hostmaster.split_once('@').unwrap_or(("hostmaster", hostmaster.as_str()));
    // In a SOA the first dot stands for the @, so others before it are escaped.
    let mailbox = format!("{}.{}", local.replace('.', "\\."), absolute(domain));
    let content = format!("{} {mailbox} 1 10800 3600 604800 3600", absolute(primary));
    Ok(RrSet {
        name: absolute(zone),
        kind: "SOA".to_owned(),
        ttl,
        records: vec![Content { content, disabled: false }],
    })
}

/// Whether clients may not touch a set, and suspending leaves it: SOA, and the zone's own name servers.
fn is_fixed(set: &RrSet, zone: &str) -> bool {
    set.kind == "SOA" || (set.kind == "NS" && plain(&set.name) == zone)
}

/// Takes all but SOA and name servers out. What is taken out is stored first, with what an earlier try stored.
pub(crate) fn suspend(service: &Service) -> Result<()> {
    let api = Api::connect()?;
    let (zone, found) = own(&api, service)?;
    let taken: Vec<RrSet> = found.rrsets.into_iter().filter(|set| !is_fixed(set, &zone.zone)).collect();
    services::set_data(&service.id, &json!({ "held": merged(zone.held, &taken) }))?;
    let gone: Vec<RrSet> = taken.into_iter().map(|set| RrSet { records: Vec::new(), ..set }).collect();
    api.change(&zone.zone, &gone)
}

/// What was held, with what is there now in its place.
fn merged(held: Vec<RrSet>, now: &[RrSet]) -> Vec<RrSet> {
    let same = |a: &RrSet, b: &RrSet| a.name == b.name && a.kind == b.kind;
    let kept = held.into_iter().filter(|old| !now.iter().any(|new| same(old, new)));
    kept.chain(now.iter().cloned()).collect()
}

/// Puts back what was taken out; forgets it once it is there.
pub(crate) fn unsuspend(service: &Service) -> Result<()> {
    let api = Api::connect()?;
    let (zone, _) = own(&api, service)?;
    api.change(&zone.zone, &zone.held)?;
    services::set_data(&service.id, &json!({ "held": null }))
}

/// Removes the zone; one that was never made, or is gone, counts as removed, and another's is left alone.
pub(crate) fn terminate(service: &Service) -> Result<()> {
    let zone: Zone = service.service_data()?;
    let api = Api::connect()?;
    if api.zone(&zone.zone)?.is_some_and(|found| found.account == service.id) {
        api.delete(&zone.zone)?;
    }
    services::set_data(&service.id, &json!({ "held": null }))
}

/// The records that count for the quota, by name and type: what the server has, or what is held of a suspended zone.
pub(crate) fn records(service: &Service) -> Result<Vec<Record>> {
    let (zone, found) = own(&Api::connect()?, service)?;
    let sets = merged(zone.held, &found.rrsets);
    let mut records: Vec<Record> =
        sets.iter().filter(|set| !is_fixed(set, &zone.zone)).flat_map(flatten).collect();
    records.sort_by(|a, b| (&a.name, &a.kind, &a.content).cmp(&(&b.name, &b.kind, &b.content)));
    Ok(records)
}

fn flatten(set: &RrSet) -> impl Iterator<Item = Record> {
    set.records.iter().map(|record| Record {
        name: plain(&set.name),
        kind: set.kind.clone(),
        ttl: set.ttl,
        content: record.content.clone(),
    })
}

/// The set of a name and type as it is to be: of these records.
pub(crate) fn set_of(records: &[Record], name: &str, kind: &str) -> RrSet {
    let own: Vec<&Record> =
        records.iter().filter(|record| record.name == name && record.kind == kind).collect();
    RrSet {
        name: absolute(name),
        kind: kind.to_owned(),
        // One TTL for all of them: the last one that was said.
        ttl: own.last().map_or(3_600, |record| record.ttl),
        records: own
            .into_iter()
            .map(|record| Content { content: record.content.clone(), disabled: false })
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use caisson_guest::ProductModule as _;
    use caisson_guest::testing::{Host, reply};

    use super::*;
    use crate::PowerDns;

    fn set(name: &str, kind: &str, content: &str) -> RrSet {
        let records = vec![Content { content: content.to_owned(), disabled: false }];
        RrSet { name: name.to_owned(), kind: kind.to_owned(), ttl: 60, records }
    }

    #[test]
    fn what_is_there_now_takes_the_place_of_what_was_held() {
        let held = vec![set("a.", "A", "192.0.2.1"), set("b.", "A", "192.0.2.2")];
        let now = [set("a.", "A", "192.0.2.9")];
        let all = merged(held, &now);
        assert_eq!(all, [set("b.", "A", "192.0.2.2"), set("a.", "A", "192.0.2.9")]);
    }

    #[test]
    fn records_of_one_name_and_type_make_a_set() {
        let record = |content: &str, ttl| Record {
            name: "a.example.org".into(),
            kind: "A".into(),
            ttl,
            content: content.into(),
        };
        let set = set_of(&[record("192.0.2.1", 60), record("192.0.2.2", 120)], "a.example.org", "A");
        assert_eq!((set.name.as_str(), set.ttl, set.records.len()), ("a.example.org.", 120, 2));
        assert!(set_of(&[], "a.example.org", "A").records.is_empty());
    }

    #[test]
    fn a_zone_of_somebody_else_is_left_alone() {
        let host = Host::install();
        host.setting("api_base", "https://ns.example.net");
        host.setting("server_id", "localhost");
        host.setting("nameservers", ["ns1.example.net"]);
        host.setting("hostmaster", "host.master@example.net");
        host.on_http(|request| match request.url.ends_with("/zones") {
            true => Ok(reply(409, r#"{"error":"Conflict"}"#)),
            false => Ok(reply(200, r#"{"account":"another","rrsets":[]}"#)),
        });
        let service =
            host.service("s1", &Package::default(), &Zone { zone: "example.org".into(), held: Vec::new() });
        let problem = PowerDns::create_job(&service).unwrap_err();
        assert_eq!(problem.code, 409);
        assert!(problem.message.contains("does not belong to this service"), "{}", problem.message);
        PowerDns::terminate_job(&service).unwrap();
    }
}
