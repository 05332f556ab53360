//! One record, as a client types it and as the server holds it.

use std::net::{Ipv4Addr, Ipv6Addr};

use caisson_guest::{FieldError, Problem, Result, is_domain};
use serde::{Deserialize, Serialize};

use crate::name;

/// Types that clients may have.
pub(crate) const TYPES: [&str; 8] = ["A", "AAAA", "CNAME", "MX", "TXT", "SRV", "CAA", "NS"];

const TTL: std::ops::RangeInclusive<u32> = 60..=604_800;

/// A record of a zone. `name` is whole, without a dot at the end; `content` is as the server wants it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Record {
    pub(crate) name: String,
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) ttl: u32,
    pub(crate) content: String,
}

/// The form of a record.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Typed {
    pub(crate) name: String,
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) ttl: String,
    pub(crate) content: String,
}

impl Typed {
    /// The record that was typed.
    ///
    /// # Errors
    /// What is wrong with which field.
    pub(crate) fn read(&self, zone: &str, default_ttl: u32) -> Result<Record, Vec<FieldError>> {
        let mut errors = Vec::new();
        let mut wrong = |field: &str, message: &str| {
            errors.push(FieldError { field: field.to_owned(), message: message.to_owned() });
        };
        let name = name::within(&self.name, zone);
        if name.is_none() {
            wrong("name", "This is not a name within the zone.");
        }
        let kind = self.kind.trim().to_uppercase();
        let ttl = match self.ttl.trim() {
            "" => Some(default_ttl),
            text => text.parse().ok().filter(|ttl| TTL.contains(ttl)),
        };
        if ttl.is_none() {
            wrong("ttl", "The TTL is 60 to 604800 seconds.");
        }
        let content = if TYPES.contains(&kind.as_str()) {
            read_content(&kind, self.content.trim()).map_err(|message| wrong("content", message)).ok()
        } else {
            wrong("type", "Choose a type.");
            None
        };
        let apex = name.as_deref() == Some(zone);
        if apex && kind == "NS" {
            wrong("type", "The zone's own name servers cannot be changed.");
        }
        if apex && kind == "CNAME" {
            wrong("type", "The zone itself cannot be an alias.");
        }
        match (name, ttl, content) {
            (Some(name), Some(ttl), Some(content)) if errors.is_empty() => {
                Ok(Record { name, kind, ttl, content })
            }
            _ => Err(errors),
        }
    }
}

impl Record {
    /// As a client reads it: names without their dot, text without its quotes.
    pub(crate) fn shown(&self, zone: &str) -> Typed {
        let content = match self.kind.as_str() {
            "TXT" => unquote(&self.content),
            "CNAME" | "NS" | "MX" | "SRV" => self.content.trim_end_matches('.').to_owned(),
            _ => self.content.clone(),
        };
        Typed {
            name: name::relative(&self.name, zone),
            kind: self.kind.clone(),
            ttl: self.ttl.to_string(),
            content,
        }
    }

    /// What in the zone stands against this record: an alias allows nothing beside it.
    ///
    /// # Errors
    /// A sentence for the client.
    pub(crate) fn check_beside(&self, others: &[Record]) -> Result<()> {
        let mut here = others.iter().filter(|other| other.name == self.name);
        let alias = if self.kind == "CNAME" {
            here.next().is_some()
        } else {
            here.any(|other| other.kind == "CNAME")
        };
        if alias {
            return Err(Problem::invalid_field("name", "An alias (CNAME) can only stand alone at its name."));
        }
        if others.contains(self) || others.iter().any(|other| same(other, self)) {
            return Err(Problem::invalid_field("content", "The zone has this record already."));
        }
        Ok(())
    }
}

/// Whether two records are one for the server, whatever their TTL.
pub(crate) fn same(a: &Record, b: &Record) -> bool {
    (&a.name, &a.kind, &a.content) == (&b.name, &b.kind, &b.content)
}

fn read_content(kind: &str, text: &str) -> Result<String, &'static str> {
    let host = |text: &str| is_target(text).then(|| name::absolute(text));
    let number = |text: Option<&str>| text.and_then(|text| text.parse::<u16>().ok());
    let mut parts = text.split_whitespace();
    match kind {
        "A" => text.parse::<Ipv4Addr>().map(|ip| ip.to_string()).map_err(|_| "This must be an IPv4 address."),
        "AAAA" => {
            text.parse::<Ipv6Addr>().map(|ip| ip.to_string()).map_err(|_| "This must be an IPv6 address.")
        }
        "CNAME" | "NS" => host(text).ok_or("This must be a host name."),
        "MX" => match (number(parts.next()), parts.next().and_then(host), parts.next()) {
            (Some(priority), Some(host), None) => Ok(format!("{priority} {host}")),
            _ => Err("This must be a priority and a host name, such as '10 mail.example.org'."),
        },
        "SRV" => {
            let numbers = [number(parts.next()), number(parts.next()), number(parts.next())];
            match (numbers, parts.next().and_then(host), parts.next()) {
                ([Some(priority), Some(weight), Some(port)], Some(host), None) => {
                    Ok(format!("{priority} {weight} {port} {host}"))
                }
                _ => Err(
                    "This must be priority, weight, port and host name, such as '10 5 443 host.example.org'.",
                ),
            }
        }
        "CAA" => match (parts.next(), parts.next(), parts.collect::<Vec<_>>().join(" ")) {
            (Some(flag @ ("0" | "128")), Some(tag @ ("issue" | "issuewild" | "iodef")), value)
                if !value.is_empty() =>
            {
                Ok(format!("{flag} {tag} {}", quote(&unquote(&value))))
            }
            _ => Err("This must be flag, tag and value, such as '0 issue letsencrypt.org'."),
        },
        _ if text.is_empty() || text.len() > 4_000 => Err("A text has 1 to 4000 characters."),
        _ if !text.chars().all(|c| c.is_ascii() && !c.is_ascii_control()) => {
            Err("A text has plain characters only.")
        }
        _ => Ok(quote(&unquote(text))),
    }
}

fn is_target(text: &str) -> bool {
    // Below an underscore live the targets of many services.
    is_domain(&name::plain(&text.replace('_', "x")))
}

/// In strings of at most 255 characters, as DNS holds them.
fn quote(text: &str) -> String {
    let characters: Vec<char> = text.chars().collect();
    let string = |piece: &[char]| {
        let escaped = piece.iter().collect::<String>().replace('\\', "\\\\").replace('"', "\\\"");
        format!("\"{escaped}\"")
    };
    characters.chunks(255).map(string).collect::<Vec<_>>().join(" ")
}

/// The text itself; what is not quoted is itself already.
fn unquote(text: &str) -> String {
    let text = text.trim();
    if !(text.len() >= 2 && text.starts_with('"') && text.ends_with('"')) {
        return text.to_owned();
    }
    let (mut out, mut inside, mut escaped) = (String::new(), false, false);
    for c in text.chars() {
        match c {
            _ if escaped => {
                out.push(c);
                escaped = false;
            }
            '\\' => escaped = true,
            '"' => inside = !inside,
            c if inside => out.push(c),
            _ => {}
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(kind: &str, content: &str) -> Result<String, String> {
        let typed =
            Typed { name: "www".into(), kind: kind.into(), ttl: String::new(), content: content.into() };
        let record = typed.read("example.org", 3600);
        record.map(|record| record.content).map_err(|errors| errors[0].field.clone())
    }

    #[test]
    fn contents_are_read_by_their_type() {
        let good = [
            ("A", "192.0.2.1", "192.0.2.1"),
            ("AAAA", "2001:DB8::1", "2001:db8::1"),
            ("CNAME", "Host.Example.net", "host.example.net."),
            ("MX", "10  mail.example.org.", "10 mail.example.org."),
            ("SRV", "1 2 443 _sip.example.org", "1 2 443 _sip.example.org."),
            ("CAA", "0 issue letsencrypt.org", "0 issue \"letsencrypt.org\""),
            ("TXT", "v=spf1 -all", "\"v=spf1 -all\""),
            ("TXT", "\"a\" \"b\"", "\"ab\""),
            ("TXT", "say \"hi\"", "\"say \\\"hi\\\"\""),
        ];
        for (kind, typed, content) in good {
            assert_eq!(read(kind, typed).as_deref(), Ok(content), "{kind} {typed}");
        }
        let bad = [
            ("A", "192.0.2"),
            ("A", "::1"),
            ("AAAA", "1.2.3.4"),
            ("CNAME", "a b"),
            ("MX", "mail.example.org"),
            ("MX", "99999 a.example"),
            ("SRV", "1 2 a.example"),
            ("CAA", "1 issue x"),
            ("TXT", ""),
            ("TXT", "ä"),
        ];
        for (kind, typed) in bad {
            assert_eq!(read(kind, typed), Err("content".to_owned()), "{kind} {typed}");
        }
    }

    #[test]
    fn long_texts_are_cut_into_strings_and_read_back_whole() {
        let text = "k=".repeat(200);
        let content = read("TXT", &text).unwrap();
        assert_eq!(content.matches('"').count(), 4);
        let record = Record { name: "example.org".into(), kind: "TXT".into(), ttl: 60, content };
        assert_eq!(record.shown("example.org").content, text);
    }

    #[test]
    fn the_zones_own_servers_and_aliases_at_the_apex_are_refused() {
        for kind in ["NS", "CNAME", "SOA"] {
            let typed = Typed {
                name: "@".into(),
                kind: kind.into(),
                ttl: "60".into(),
                content: "ns.example.net".into(),
            };
            assert_eq!(typed.read("example.org", 60).unwrap_err()[0].field, "type", "{kind}");
        }
        let typed =
            Typed { name: "x".into(), kind: "A".into(), ttl: "5".into(), content: "192.0.2.1".into() };
        assert_eq!(typed.read("example.org", 60).unwrap_err()[0].field, "ttl");
    }

    #[test]
    fn an_alias_stands_alone_and_nothing_stands_twice() {
        let record = |kind: &str, content: &str| Record {
            name: "a.example.org".into(),
            kind: kind.into(),
            ttl: 60,
            content: content.into(),
        };
        let address = record("A", "192.0.2.1");
        assert!(record("CNAME", "b.example.org.").check_beside(std::slice::from_ref(&address)).is_err());
        assert!(address.check_beside(&[record("CNAME", "b.example.org.")]).is_err());
        assert!(address.check_beside(std::slice::from_ref(&address)).is_err());
        assert!(address.check_beside(&[record("A", "192.0.2.2")]).is_ok());
    }
}
