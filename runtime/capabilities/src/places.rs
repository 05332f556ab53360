//! Grants of a host and a port: mail servers, and places that may be tried.

use std::collections::HashSet;

use caisson_types::manifest::{self, GrantId, HostPattern};
use serde_json::Value;

use crate::Settings;
use crate::bindings::caisson::module::types::Denied;
use crate::http::egress::Place;

/// One line of the manifest, with what comes from settings filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlaceRule {
    pub host: HostPattern,
    pub ports: Vec<u16>,
    /// Secret settings that may be sent there.
    pub secrets: Vec<String>,
    pub grant: GrantId,
}

impl PlaceRule {
    fn covers(&self, place: &Place) -> bool {
        self.ports.contains(&place.port()) && self.host.matches(place.host())
    }
}

/// The lines of one interface.
#[derive(Clone, Debug, Default)]
pub struct PlaceRules {
    approved: Vec<PlaceRule>,
    /// Declared and not approved, to tell the one denial from the other.
    unapproved: Vec<PlaceRule>,
}

impl PlaceRules {
    pub(crate) fn new(rules: impl Iterator<Item = PlaceRule>, approved: &HashSet<GrantId>) -> Self {
        let (approved, unapproved) = rules.partition(|rule| approved.contains(&rule.grant));
        Self { approved, unapproved }
    }

    /// The approved line that covers the place and the secret.
    pub(crate) fn grant(&self, place: &Place, secret: Option<&str>) -> Option<&GrantId> {
        let carries =
            |rule: &&PlaceRule| secret.is_none_or(|secret| rule.secrets.iter().any(|one| one == secret));
        self.approved.iter().filter(|rule| rule.covers(place)).find(carries).map(|rule| &rule.grant)
    }

    /// Whether an approved line covers the place, and the secret that is to go there.
    ///
    /// # Errors
    /// The denial that names the line of `interface` to add, or the approval that is missing.
    pub(crate) fn check(&self, interface: &str, place: &Place, secret: Option<&str>) -> Result<(), Denied> {
        let carries =
            |rule: &PlaceRule| secret.is_none_or(|secret| rule.secrets.iter().any(|one| one == secret));
        let covering = |rules: &[PlaceRule]| -> Option<Option<GrantId>> {
            let mut rules = rules.iter().filter(|rule| rule.covers(place)).peekable();
            rules.peek()?;
            Some(rules.find(|rule| carries(rule)).map(|rule| rule.grant.clone()))
        };
        let line =
            format!("[[capabilities.{interface}]] host = \"{}\", port = {}", place.host(), place.port());
        let approved = covering(&self.approved);
        if let Some(Some(_)) = approved {
            return Ok(());
        }
        if let Some(Some(grant)) = covering(&self.unapproved) {
            return Err(Denied {
                grant: grant.to_string(),
                reason: "An administrator has not approved this; it is on the module's Permissions page."
                    .to_owned(),
            });
        }
        Err(match (approved, secret) {
            (Some(_), Some(secret)) => Denied {
                grant: format!("{line}, secrets = [\"{secret}\"]"),
                reason: format!("The secret '{secret}' is not bound to this host."),
            },
            _ => Denied {
                grant: line,
                reason: "No approved line of the module's manifest covers this host and port.".to_owned(),
            },
        })
    }
}

/// Hosts and ports of a line, several where its setting holds several; none while a setting that it points to is empty or makes no
/// sense.
pub(crate) fn locate(
    place: manifest::Place<'_>,
    settings: &Settings,
    default_ports: &[u16],
) -> Vec<(HostPattern, Vec<u16>)> {
    let port = match place.port_from.and_then(|from| settings.get(from)) {
        None | Some(Value::Null) => place.port,
        Some(value) => {
            let port = value.as_u64().and_then(|port| u16::try_from(port).ok()).filter(|port| *port != 0);
            let Some(port) = port else { return Vec::new() };
            Some(port)
        }
    };
    let hosts: Vec<(HostPattern, Option<u16>)> = match place.from {
        None => place.host.map(|host| (host.clone(), None)).into_iter().collect(),
        Some(from) => settings.texts(from).filter_map(typed).collect(),
    };
    let ports = |typed: Option<u16>| port.or(typed).map_or_else(|| default_ports.to_vec(), |port| vec![port]);
    hosts.into_iter().map(|(host, typed)| (host, ports(typed))).collect()
}

/// What an administrator typed: `mail.example.com`, with `:port`, or a URL.
fn typed(text: &str) -> Option<(HostPattern, Option<u16>)> {
    let text = text.trim();
    let url = if text.contains("://") {
        url::Url::parse(text)
    } else {
        // Any scheme without a port of its own, so that none is dropped.
        url::Url::parse(&format!("tcp://{text}"))
    };
    let url = url.ok()?;
    let host = HostPattern::try_from(url.host_str()?.to_owned()).ok()?;
    (!host.is_wildcard()).then_some((host, url.port_or_known_default().filter(|port| *port != 0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typed_host_keeps_its_port() {
        let read = |text: &str| typed(text).map(|(host, port)| (host.to_string(), port));
        let host = |name: &str, port| Some((name.to_owned(), port));
        assert_eq!(read(" Mail.Example.com "), host("mail.example.com", None));
        assert_eq!(read("mail.example.com:2525"), host("mail.example.com", Some(2525)));
        assert_eq!(read("mail.example.com:443"), host("mail.example.com", Some(443)));
        assert_eq!(read("https://shop.example.com/x"), host("shop.example.com", Some(443)));
        assert_eq!(read("smtp://10.0.0.5:25"), host("10.0.0.5", Some(25)));
        assert_eq!(read("[fd00::1]:25"), host("[fd00::1]", Some(25)));
        for wrong in ["", "*.example.com", "a b", "mail.example.com:99999", ":25"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }

    fn place(host: &str, port: u16) -> Place {
        Place::parse(host, port).unwrap()
    }

    fn rule(grant: &str, secrets: &[&str]) -> PlaceRule {
        PlaceRule {
            host: HostPattern::try_from("*.example.com".to_owned()).unwrap(),
            ports: vec![587],
            secrets: secrets.iter().map(|one| (*one).to_owned()).collect(),
            grant: GrantId(grant.to_owned()),
        }
    }

    #[test]
    fn a_denial_names_what_is_missing() {
        let rules = |approved: Vec<PlaceRule>, unapproved| PlaceRules { approved, unapproved };
        let denied = |rules: &PlaceRules, place: Place, secret| {
            rules.check("mail", &place, secret).map_err(|denied| denied.grant)
        };
        let open = rules(vec![rule("a", &["key"])], Vec::new());
        let here = || place("Smtp.example.com.", 587);
        assert_eq!(denied(&open, here(), None), Ok(()));
        assert_eq!(denied(&open, here(), Some("key")), Ok(()));
        let line = "[[capabilities.mail]] host = \"smtp.example.com\", port = 587";
        assert_eq!(denied(&open, here(), Some("other")), Err(format!("{line}, secrets = [\"other\"]")));
        assert_eq!(denied(&rules(Vec::new(), Vec::new()), here(), Some("key")), Err(line.to_owned()));
        let waiting = rules(Vec::new(), vec![rule("mail *.example.com:587 with key", &["key"])]);
        assert_eq!(denied(&waiting, here(), Some("key")), Err("mail *.example.com:587 with key".to_owned()));
        let wrong_port = "[[capabilities.mail]] host = \"smtp.example.com\", port = 25";
        assert_eq!(denied(&open, place("smtp.example.com", 25), None), Err(wrong_port.to_owned()));
    }

    #[test]
    fn every_spelling_of_a_host_is_one() {
        assert_eq!(place("0x7f.1", 25).host(), "127.0.0.1");
        assert_eq!(place("::1", 25).to_string(), "[::1]:25");
        assert_eq!(place("Bücher.example.", 25).host(), "xn--bcher-kva.example");
        for wrong in ["", "a b", "a\r\nb", "a/b", "a:25", "."] {
            assert!(Place::parse(wrong, 25).is_err(), "{wrong:?}");
        }
        assert!(Place::parse("a.example", 0).is_err());
    }
}
