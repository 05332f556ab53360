//! Lines of `[capabilities]` that name a host and a port: mail servers, and places that may be tried.

use serde::{Deserialize, Serialize};

use super::capabilities::{GrantId, GrantRequest, HostPattern, Risk, given_in};
use super::{Field, FieldKind, Manifest};

/// An SMTP server: `host`, or `from` a setting that holds it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct MailRequest {
    /// `settings.<key>` of a text or URL field: the server an administrator typed is the one granted, with its port if it has one. Instead
    /// of `host`.
    pub from: Option<String>,
    /// The server. Instead of `from`.
    pub host: Option<HostPattern>,
    /// Default: 587 and 465, where mail is submitted.
    pub port: Option<u16>,
    /// `settings.<key>` of a number field that holds the port. Instead of `port`.
    #[serde(rename = "port-from")]
    pub port_from: Option<String>,
    /// Secret settings that may be the password there.
    #[serde(default)]
    pub secrets: Vec<String>,
    /// Why, for the approval page.
    pub reason: Option<String>,
}

/// A host whose port may be tried: `host`, or `from` a setting that holds it, or several.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ProbeRequest {
    /// `settings.<key>` of a text or URL field: the host an administrator typed is the one granted, with its port if it has one. Of a
    /// field of tags it is each of them. Instead of `host`.
    pub from: Option<String>,
    /// The host. Instead of `from`.
    pub host: Option<HostPattern>,
    /// Default: that of the URL in `from`, or else 443.
    pub port: Option<u16>,
    /// `settings.<key>` of a number field that holds the port. Instead of `port`.
    #[serde(rename = "port-from")]
    pub port_from: Option<String>,
    /// Why, for the approval page.
    pub reason: Option<String>,
}

/// Where a line points: each half is written down, or taken from a setting.
#[derive(Clone, Copy, Debug)]
pub struct Place<'m> {
    pub from: Option<&'m str>,
    pub host: Option<&'m HostPattern>,
    pub port: Option<u16>,
    pub port_from: Option<&'m str>,
}

impl MailRequest {
    #[must_use]
    pub fn place(&self) -> Place<'_> {
        Place {
            from: self.from.as_deref(),
            host: self.host.as_ref(),
            port: self.port,
            port_from: self.port_from.as_deref(),
        }
    }

    /// The grant of this line.
    #[must_use]
    pub fn grant_id(&self) -> GrantId {
        let secrets =
            if self.secrets.is_empty() { String::new() } else { format!(" with {}", self.secrets.join(",")) };
        GrantId(format!("mail {}{secrets}", self.place().id()))
    }

    pub(super) fn request(&self, settings: &[Field]) -> GrantRequest {
        let secrets = match self.secrets.as_slice() {
            [] => String::new(),
            secrets => format!(", and log in there with the secret {}", secrets.join(", ")),
        };
        GrantRequest {
            id: self.grant_id(),
            risk: Risk::High,
            sentence: format!("Send mail through {}{secrets}.", self.place().in_words(settings)),
            reason: self.reason.clone(),
        }
    }
}

impl ProbeRequest {
    #[must_use]
    pub fn place(&self) -> Place<'_> {
        Place {
            from: self.from.as_deref(),
            host: self.host.as_ref(),
            port: self.port,
            port_from: self.port_from.as_deref(),
        }
    }

    /// The grant of this line.
    #[must_use]
    pub fn grant_id(&self) -> GrantId {
        GrantId(format!("probe {}", self.place().id()))
    }

    pub(super) fn request(&self, settings: &[Field]) -> GrantRequest {
        let place = self.place().in_words(settings);
        GrantRequest {
            id: self.grant_id(),
            risk: Risk::Medium,
            sentence: format!("Try whether {place} answers, and how long its certificate lasts."),
            reason: self.reason.clone(),
        }
    }
}

impl Place<'_> {
    /// As a grant's id has it.
    fn id(self) -> String {
        let port = match (self.port, self.port_from) {
            (Some(port), _) => format!(":{port}"),
            (None, Some(from)) => format!(":{from}"),
            (None, None) => String::new(),
        };
        match (self.from, self.host) {
            (Some(from), _) => format!("{from}{port}"),
            (None, Some(host)) => format!("{host}{port}"),
            (None, None) => "nowhere".to_owned(),
        }
    }

    fn in_words(self, settings: &[Field]) -> String {
        let setting = |from: &str| format!("the setting '{}'", from.trim_start_matches("settings."));
        let port = match (self.port, self.port_from) {
            (Some(port), _) => format!(" on port {port}"),
            (None, Some(from)) => format!(" on the port given in {}", setting(from)),
            (None, None) => String::new(),
        };
        match (self.from, self.host) {
            (Some(from), _) => format!("{}{port}", given_in(from, settings)),
            (None, Some(host)) => format!("{}{port}", host.in_words()),
            (None, None) => "no host".to_owned(),
        }
    }

    /// What is wrong with it in this manifest; `lists` where it may be several.
    pub(super) fn check(self, manifest: &Manifest, lists: bool) -> Result<(), String> {
        let is_a = |from: &str, kinds: &[FieldKind]| {
            from.strip_prefix("settings.")
                .and_then(|key| manifest.settings.iter().find(|field| field.key == key))
                .is_some_and(|field| kinds.contains(&field.kind) && !field.secret)
        };
        match (self.from, self.host) {
            (Some(_), Some(_)) | (None, None) => return Err("needs either host or from, not both".to_owned()),
            (Some(from), None)
                if !(is_a(from, &[FieldKind::Text, FieldKind::Url])
                    || lists && is_a(from, &[FieldKind::Tags])) =>
            {
                let kinds = if lists { "text, url or tags" } else { "text or url" };
                return Err(format!("'{from}' is not a {kinds} field of the settings"));
            }
            _ => {}
        }
        match (self.port, self.port_from) {
            (Some(_), Some(_)) => Err("has port or port-from, not both".to_owned()),
            (Some(0), None) => Err("0 is not a port".to_owned()),
            (None, Some(from)) if !is_a(from, &[FieldKind::Number]) => {
                Err(format!("'{from}' is not a number field of the settings"))
            }
            _ => Ok(()),
        }
    }
}
