//! `[capabilities]`: what a module asks for, and the grant that each line becomes.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::events::EventsRequest;
use super::field::{Field, FieldKind};
use super::pages::Method;
use super::servers::{MailRequest, ProbeRequest};
use crate::budget::BudgetRequest;
use crate::status::words;
use crate::{PanelEvent, Slug};

/// What the module asks an administrator for. What is not asked for cannot be granted, and what is not granted is denied.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Capabilities {
    /// Hosts it may call over HTTP, a grant each.
    #[serde(default)]
    pub http: Vec<HttpRequest>,
    /// Whether it may queue work, with `tasks`. The verbs of product modules are tasks.
    #[serde(default)]
    pub tasks: bool,
    /// Whether it may read the services of its products, and set their status and data, with `services`.
    #[serde(default)]
    pub services: bool,
    /// Whether it may keep values for a while, with `cache`.
    #[serde(default)]
    pub cache: bool,
    /// Whether it may record payments, with `payments`. Payment modules only.
    #[serde(default)]
    pub payments: bool,
    /// Whether it may tell clients and staff something, with `notifications`.
    #[serde(default)]
    pub notifications: bool,
    /// Whether it has scripts of its own, `views/frames/<key>.js`, in frames on an origin that is nobody's.
    #[serde(default)]
    pub frames: bool,
    /// Tables of its own.
    pub database: Option<DatabaseRequest>,
    /// Events it publishes, and those it hears.
    pub events: Option<EventsRequest>,
    /// SMTP servers it may send mail through, a grant each.
    #[serde(default)]
    pub mail: Vec<MailRequest>,
    /// Hosts whose ports it may try, a grant each.
    #[serde(default)]
    pub probe: Vec<ProbeRequest>,
    /// More or less of something than a call usually has.
    #[serde(default)]
    pub budget: BudgetRequest,
}

/// Hosts the module may call: either `host`, or `from` a setting that holds a URL, or several.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct HttpRequest {
    /// `settings.<key>` of a URL field: scheme, host and port that an administrator typed are what is granted. The field is a secret one
    /// where whoever knows the address may use it. Of a field of tags it is each of them that is a URL. Instead of `host`.
    pub from: Option<String>,
    /// The host. Instead of `from`.
    pub host: Option<HostPattern>,
    /// `https` or `http`, where `host` stands.
    #[serde(default = "https")]
    #[cfg_attr(feature = "schema", schemars(extend("enum" = ["https", "http"])))]
    pub scheme: String,
    /// Where `host` stands. Default: that of the scheme.
    pub port: Option<u16>,
    /// Those it may use; empty means all.
    #[serde(default)]
    pub methods: Vec<Method>,
    /// Keys of secret settings that may be sent there: the host adds the value to the request.
    #[serde(default)]
    pub secrets: Vec<String>,
    /// `settings.<key>` of a text area that holds certificates as PEM: TLS trusts these and no others there, whichever line covers
    /// a request. While the setting is empty it trusts the system's authorities. Nothing turns verification off.
    pub ca: Option<String>,
    /// Why, for the approval page.
    pub reason: Option<String>,
}

fn https() -> String {
    "https".to_owned()
}

/// `api.example.com`, or `*.example.com` for any name below it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(try_from = "String", into = "String")]
pub struct HostPattern {
    /// Lower case, without the `*.`.
    name: String,
    below: bool,
}

impl HostPattern {
    /// `host` as the URL parser gives it: lower case, IDNA-encoded.
    #[must_use]
    pub fn matches(&self, host: &str) -> bool {
        let host = host.strip_suffix('.').unwrap_or(host);
        if self.below {
            host.strip_suffix(&self.name).is_some_and(|rest| rest.len() > 1 && rest.ends_with('.'))
        } else {
            host == self.name
        }
    }

    #[must_use]
    pub fn is_wildcard(&self) -> bool {
        self.below
    }

    pub(super) fn in_words(&self) -> String {
        if self.below { format!("every host below {}", self.name) } else { self.name.clone() }
    }
}

impl TryFrom<String> for HostPattern {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let (name, below) = match text.strip_prefix("*.") {
            Some(rest) => (rest, true),
            None => (text.as_str(), false),
        };
        // The same parser that reads request URLs reads the pattern, so both spell a host the same way.
        let parsed = url::Host::parse(name).map_err(|_| format!("'{text}' is not a host name"))?;
        let labels = name.trim_end_matches('.').split('.').count();
        match parsed {
            _ if name.contains(['*', '/', '@']) => {
                Err(format!("'{text}' may have a '*' only as its first label"))
            }
            url::Host::Domain(_) if below && labels < 2 => {
                Err(format!("'{text}' would allow a whole top-level domain"))
            }
            url::Host::Ipv4(_) | url::Host::Ipv6(_) if below => {
                Err(format!("'{text}' puts a '*' before an address"))
            }
            host => Ok(Self { name: host.to_string(), below }),
        }
    }
}

impl From<HostPattern> for String {
    fn from(pattern: HostPattern) -> Self {
        pattern.to_string()
    }
}

impl fmt::Display for HostPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", if self.below { "*." } else { "" }, self.name)
    }
}

/// Tables that are the module's own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DatabaseRequest {
    /// Names of the tables it creates, a grant each: 1 to 48 lower-case letters, digits and single underscores between them, beginning
    /// with a letter. No other module's table is reached by them.
    pub tables: Vec<String>,
}

words! {
    /// How much harm a grant could do, for the order on the approval page.
    Risk ("risk") {
        High = "high",
        Medium = "medium",
        Low = "low",
    }
}

/// Stable name of one grant: equal ids ask for the same thing. It is also what a denial names.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct GrantId(pub String);

impl fmt::Display for GrantId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One thing a module asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GrantRequest {
    pub id: GrantId,
    pub risk: Risk,
    /// In plain words, for the person who decides.
    pub sentence: String,
    /// The module author's reason.
    pub reason: Option<String>,
}

impl HttpRequest {
    /// The grant of this line.
    #[must_use]
    pub fn grant_id(&self) -> GrantId {
        let methods = methods(&self.methods);
        let secrets =
            if self.secrets.is_empty() { String::new() } else { format!(" with {}", self.secrets.join(",")) };
        let ca = self.ca.as_ref().map_or(String::new(), |ca| format!(" trusting {ca}"));
        GrantId(match (&self.from, &self.host) {
            (Some(from), _) => format!("http {from} {methods}{secrets}{ca}"),
            (None, Some(host)) => {
                let port = self.port.map_or(String::new(), |port| format!(":{port}"));
                format!("http {}://{host}{port} {methods}{secrets}{ca}", self.scheme)
            }
            (None, None) => format!("http nowhere {methods}"),
        })
    }

    fn request(&self, settings: &[Field]) -> GrantRequest {
        let target = match (&self.from, &self.host) {
            (Some(from), _) => given_in(from, settings),
            (None, Some(host)) => host.in_words(),
            (None, None) => "no host".to_owned(),
        };
        let how =
            if self.methods.is_empty() { String::new() } else { format!(" ({})", methods(&self.methods)) };
        let secrets = match self.secrets.as_slice() {
            [] => String::new(),
            secrets => format!(", and send it the secret {}", secrets.join(", ")),
        };
        let ca = self.ca.as_ref().map_or(String::new(), |ca| {
            format!(
                ", trusting only the certificates in the setting '{}' where it is filled in",
                ca.trim_start_matches("settings.")
            )
        });
        let wide = self.host.as_ref().is_some_and(HostPattern::is_wildcard)
            || (self.from.is_none() && self.scheme == "http");
        GrantRequest {
            id: self.grant_id(),
            risk: if wide { Risk::High } else { Risk::Medium },
            sentence: format!("Call {target} over HTTP{how}{secrets}{ca}."),
            reason: self.reason.clone(),
        }
    }
}

/// The host, or the hosts, that an administrator types into a setting.
pub(super) fn given_in(from: &str, settings: &[Field]) -> String {
    let key = from.trim_start_matches("settings.");
    let many = settings.iter().any(|field| field.key == key && field.kind == FieldKind::Tags);
    format!("{} given in the setting '{key}'", if many { "each of the hosts" } else { "the host" })
}

fn methods(methods: &[Method]) -> String {
    if methods.is_empty() {
        "any".to_owned()
    } else {
        methods.iter().map(|m| m.as_str()).collect::<Vec<_>>().join(",")
    }
}

/// Grants that are a single switch.
pub mod switch {
    pub const TASKS: &str = "tasks";
    pub const SERVICES: &str = "services";
    pub const CACHE: &str = "cache";
    pub const PAYMENTS: &str = "payments";
    pub const NOTIFICATIONS: &str = "notifications";
    pub const FRAMES: &str = "frames";
}

impl Capabilities {
    pub(super) fn requests(&self, settings: &[Field]) -> Vec<GrantRequest> {
        let ask = |id: String, risk, sentence: String| GrantRequest {
            id: GrantId(id),
            risk,
            sentence,
            reason: None,
        };
        let mut requests: Vec<GrantRequest> = self.http.iter().map(|line| line.request(settings)).collect();
        let switches = [
            (
                self.payments,
                switch::PAYMENTS,
                Risk::High,
                "Record payments, failures and refunds against invoices.",
            ),
            (
                self.services,
                switch::SERVICES,
                Risk::Medium,
                "Read the services of its products, and set their provision status and data.",
            ),
            (
                self.notifications,
                switch::NOTIFICATIONS,
                Risk::Medium,
                "Send notifications to clients and administrators.",
            ),
            (
                self.frames,
                switch::FRAMES,
                Risk::Medium,
                "Run scripts of its own on its pages, in frames that can neither see the panel nor reach a server.",
            ),
            (self.tasks, switch::TASKS, Risk::Low, "Queue work for itself, now and on a schedule."),
            (self.cache, switch::CACHE, Risk::Low, "Keep short-lived values between calls."),
        ];
        for (asked, id, risk, sentence) in switches {
            if asked {
                requests.push(ask(id.to_owned(), risk, sentence.to_owned()));
            }
        }
        if let Some(database) = &self.database {
            for table in &database.tables {
                requests.push(ask(
                    format!("table {table}"),
                    Risk::Low,
                    format!("Create and use its own table '{table}'."),
                ));
            }
        }
        if let Some(events) = &self.events {
            for event in &events.publishes {
                requests.push(ask(
                    format!("publish {event}"),
                    Risk::Low,
                    format!("Publish the event '{event}'."),
                ));
            }
            for event in &events.subscribes {
                let before = PanelEvent::parse(event).is_some_and(PanelEvent::is_before);
                let (risk, sentence) = if before {
                    (Risk::High, format!("Be asked before '{event}', and say no to it."))
                } else {
                    (Risk::Medium, format!("Hear of the event '{event}'."))
                };
                requests.push(ask(format!("subscribe {event}"), risk, sentence));
            }
        }
        requests.extend(self.mail.iter().map(|line| line.request(settings)));
        requests.extend(self.probe.iter().map(|line| line.request(settings)));
        requests.sort_by_key(|request| request.risk);
        requests
    }

    /// Names of everything the manifest declares, for the import check at install.
    #[must_use]
    pub fn declares(&self, interface: &str) -> bool {
        match interface {
            "http" => !self.http.is_empty(),
            "tasks" => self.tasks,
            "services" => self.services,
            "cache" => self.cache,
            "payments" => self.payments,
            "notifications" => self.notifications,
            "database" => self.database.is_some(),
            "events" => self.events.is_some(),
            "mail" => !self.mail.is_empty(),
            "probe" => !self.probe.is_empty(),
            // log, config, crypto, i18n, validation need no grant.
            _ => true,
        }
    }
}

/// Longest name of a table or a column.
pub const TABLE_NAME_MAX: usize = 48;

/// Whether a table or a column may be called so: a-z, 0-9 and single underscores between them, beginning with a letter.
#[must_use]
pub fn is_table_name(text: &str) -> bool {
    (1..=TABLE_NAME_MAX).contains(&text.len())
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
        && !text.contains("__")
        && !text.ends_with('_')
}

impl Slug {
    /// The slug as part of an SQL identifier.
    #[must_use]
    pub fn to_identifier(&self) -> String {
        self.as_str().replace('-', "_")
    }
}
