//! Two keys: what the manifest asks for and an administrator approved, compiled so that a check is a load.

use std::collections::{HashMap, HashSet};

use caisson_types::Manifest;
use caisson_types::manifest::{GrantId, HostPattern, HttpRequest, MailRequest, ProbeRequest, switch};

use crate::Settings;
use crate::bindings::caisson::module::types::Denied;
use crate::http::egress::{Ca, Rule, Scheme};
use crate::places::{self, PlaceRule, PlaceRules};

/// Where a switch stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Key {
    /// The manifest does not ask for it.
    #[default]
    Undeclared,
    /// Asked for, and not approved.
    Unapproved,
    Granted,
}

impl Key {
    /// # Errors
    /// The denial that names the missing key.
    pub(crate) fn check(self, line: &str, grant: &str) -> Result<(), Denied> {
        match self {
            Key::Granted => Ok(()),
            Key::Undeclared => Err(Denied {
                grant: line.to_owned(),
                reason: "The module's manifest does not ask for this.".to_owned(),
            }),
            Key::Unapproved => Err(Denied {
                grant: grant.to_owned(),
                reason: "An administrator has not approved this; it is on the module's Permissions page."
                    .to_owned(),
            }),
        }
    }
}

/// What one version of a module may do.
#[derive(Clone, Debug, Default)]
pub struct Granted {
    pub tasks: Key,
    pub services: Key,
    /// Tables of its own, and whether each is approved.
    pub tables: HashMap<String, Key>,
    /// Events that it publishes, and whether each is approved.
    pub events: HashMap<String, Key>,
    /// Approved events of others that it hears of.
    pub hears: Vec<String>,
    pub cache: Key,
    /// Scripts of its own, in frames.
    pub frames: Key,
    pub payments: Key,
    pub notifications: Key,
    /// Approved hosts, with those that come from settings filled in.
    pub http: Vec<Rule>,
    /// Declared hosts that are not approved, to tell the one denial from the other.
    pub http_unapproved: Vec<Rule>,
    pub mail: PlaceRules,
    pub probe: PlaceRules,
    /// Everything that is asked for and approved.
    pub ids: Vec<GrantId>,
}

impl Granted {
    /// Puts the two keys together. Done when a module is activated, its grants or its settings change; never in a call.
    #[must_use]
    pub fn compile(manifest: &Manifest, approved: &HashSet<GrantId>, settings: &Settings) -> Self {
        let key = |declared: bool, id: &str| match (declared, approved.contains(&GrantId(id.to_owned()))) {
            (false, _) => Key::Undeclared,
            (true, false) => Key::Unapproved,
            (true, true) => Key::Granted,
        };
        let asked = &manifest.capabilities;
        let rules = asked.http.iter().flat_map(|request| rules(request, settings));
        let (http, http_unapproved) = rules.partition(|rule| approved.contains(&rule.grant));
        let tables = asked.database.iter().flat_map(|database| &database.tables);
        let tables = tables.map(|table| (table.clone(), key(true, &format!("table {table}"))));
        let events = asked.events.iter().flat_map(|events| &events.publishes);
        let events = events.map(|event| (event.clone(), key(true, &format!("publish {event}"))));
        let hears = asked.events.iter().flat_map(|events| &events.subscribes);
        let hears = hears.filter(|event| approved.contains(&GrantId(format!("subscribe {event}"))));
        let ids = manifest.requests().into_iter().map(|request| request.id);
        Self {
            ids: ids.filter(|id| approved.contains(id)).collect(),
            tasks: key(asked.tasks, switch::TASKS),
            services: key(asked.services, switch::SERVICES),
            tables: tables.collect(),
            events: events.collect(),
            hears: hears.cloned().collect(),
            cache: key(asked.cache, switch::CACHE),
            frames: key(asked.frames, switch::FRAMES),
            payments: key(asked.payments, switch::PAYMENTS),
            notifications: key(asked.notifications, switch::NOTIFICATIONS),
            http,
            http_unapproved,
            mail: PlaceRules::new(asked.mail.iter().flat_map(|line| mail(line, settings)), approved),
            probe: PlaceRules::new(asked.probe.iter().flat_map(|line| probe(line, settings)), approved),
        }
    }
}

impl Granted {
    /// # Errors
    /// The denial that names the table.
    pub fn table(&self, name: &str) -> Result<(), Denied> {
        named(&self.tables, name, ("[capabilities.database] tables", "table"))
    }

    /// # Errors
    /// The denial that names the event.
    pub(crate) fn event(&self, name: &str) -> Result<(), Denied> {
        named(&self.events, name, ("[capabilities.events] publishes", "publish"))
    }
}

/// Looks up one of many keys of a kind; words are made for a denial only.
fn named(keys: &HashMap<String, Key>, name: &str, (line, grant): (&str, &str)) -> Result<(), Denied> {
    match keys.get(name).copied().unwrap_or_default() {
        Key::Granted => Ok(()),
        key => {
            let shown: String = name.chars().take(60).flat_map(char::escape_debug).collect();
            key.check(&format!("{line} = [\"{shown}\"]"), &format!("{grant} {shown}"))
        }
    }
}

/// Where mail is submitted: with STARTTLS, and under TLS from the start.
const SUBMISSION_PORTS: [u16; 2] = [587, 465];
const HTTPS_PORT: [u16; 1] = [443];

fn mail(line: &MailRequest, settings: &Settings) -> impl Iterator<Item = PlaceRule> {
    let located = places::locate(line.place(), settings, &SUBMISSION_PORTS).into_iter();
    located.map(|(host, ports)| PlaceRule {
        host,
        ports,
        secrets: line.secrets.clone(),
        grant: line.grant_id(),
    })
}

fn probe(line: &ProbeRequest, settings: &Settings) -> impl Iterator<Item = PlaceRule> {
    let located = places::locate(line.place(), settings, &HTTPS_PORT).into_iter();
    located.map(|(host, ports)| PlaceRule { host, ports, secrets: Vec::new(), grant: line.grant_id() })
}

/// The rules of one manifest line, several where its setting holds several URLs; none while it is empty.
fn rules(request: &HttpRequest, settings: &Settings) -> Vec<Rule> {
    let places: Vec<(Scheme, HostPattern, u16)> = match &request.from {
        Some(from) => settings.addresses(from).filter_map(origin).collect(),
        None => Scheme::parse(&request.scheme)
            .zip(request.host.clone())
            .map(|(scheme, host)| (scheme, host, request.port.unwrap_or(scheme.default_port())))
            .into_iter()
            .collect(),
    };
    let rule = |(scheme, host, port)| Rule {
        scheme,
        host,
        port,
        methods: request.methods.clone(),
        secrets: request.secrets.clone(),
        ca: request.ca.as_ref().and_then(|setting| {
            let pem = settings.get(setting)?.as_str()?;
            (!pem.trim().is_empty()).then(|| Ca::new(setting, pem))
        }),
        grant: request.grant_id(),
    };
    places.into_iter().map(rule).collect()
}

/// Scheme, host and port of a URL that somebody typed.
fn origin(text: &str) -> Option<(Scheme, HostPattern, u16)> {
    let url = url::Url::parse(text).ok()?;
    let scheme = Scheme::parse(url.scheme())?;
    Some((scheme, HostPattern::try_from(url.host_str()?.to_owned()).ok()?, url.port_or_known_default()?))
}
