//! Filters that the panel's and the modules' templates share. Names that modules may use stand in the package crate's
//! vocabulary; those that return markup (`when`, `html`) are told apart there.

use std::collections::HashSet;
use std::sync::LazyLock;

use minijinja::{Environment, Value};
use url::Url;

use super::{numbers, time};

/// What stands where an address was refused: a link that goes nowhere.
const REFUSED: &str = "#";

pub(super) fn add(env: &mut Environment<'static>) {
    env.add_filter("money", numbers::money);
    env.add_filter("number", numbers::number);
    env.add_filter("bytes", numbers::bytes);
    env.add_filter("duration", numbers::duration);
    env.add_filter("when", time::when);
    env.add_filter("datetime", time::datetime);
    env.add_filter("date", time::date);
    env.add_filter("time", time::time);
    env.add_filter("ago", time::ago);
    env.add_filter("url", |given: &str| safe_url(given).to_owned());
    env.add_filter("short_id", |id: &str| short_id(id).to_owned());
    env.add_filter("short_digest", |digest: &str| digest.chars().take(12).collect::<String>() + "\u{2026}");
    env.add_filter("initials", initials);
    env.add_filter("html", html);
    env.add_filter("pretty_json", |text: &str| pretty_json(text));
}

/// The address itself where a browser may follow it, else `#`. Lets http, https, mailto and relative addresses through;
/// an address that only begins like a relative one (`//host`, `\\host`) goes to another host and is refused.
pub(super) fn safe_url(given: &str) -> &str {
    let text = given.trim();
    let odd = text.contains(['\\', '\t', '\r', '\n']) || text.chars().any(char::is_control);
    if odd || text.starts_with("//") {
        return REFUSED;
    }
    match Url::parse(text) {
        Ok(url) if matches!(url.scheme(), "http" | "https" | "mailto") => text,
        Err(url::ParseError::RelativeUrlWithoutBase) => text,
        _ => REFUSED,
    }
}

/// The last eight characters of an id, enough to tell a page's ids apart: the first ones of a version 7 UUID are the time.
fn short_id(id: &str) -> &str {
    id.get(id.len().saturating_sub(8)..).unwrap_or(id)
}

/// `Ada Lovelace` as `AL`, for an avatar.
fn initials(name: &str) -> String {
    name.split_whitespace()
        .filter_map(|word| word.chars().next())
        .take(2)
        .flat_map(char::to_uppercase)
        .collect()
}

/// Markup from data, sanitised; every other value is escaped.
fn html(given: &str) -> Value {
    Value::from_safe_string(SANITISER.clean(given).to_string())
}

/// Addresses as [`safe_url`] lets them through, and none where the browser shows nothing of them.
static SANITISER: LazyLock<ammonia::Builder<'static>> = LazyLock::new(|| {
    let mut builder = ammonia::Builder::default();
    builder.url_schemes(HashSet::from(["http", "https", "mailto"]));
    for tag in ["blockquote", "q", "ins", "del"] {
        builder.rm_tag_attributes(tag, ["cite"]);
    }
    builder
});

/// A JSON text indented, anything else as it is: logs hold both. Members keep their order, which parsing would lose.
pub(super) fn pretty_json(given: &str) -> String {
    let text = given.trim();
    if !text.starts_with(['{', '[']) || serde_json::from_str::<serde::de::IgnoredAny>(text).is_err() {
        return given.to_owned();
    }
    let (mut out, mut depth, mut in_string, mut escaped) =
        (String::with_capacity(text.len() * 2), 0, false, false);
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        if in_string {
            in_string = escaped || c != '"';
            escaped = c == '\\' && !escaped;
            out.push(c);
            continue;
        }
        match c {
            '{' | '[' => {
                out.push(c);
                while rest.next_if(|next| next.is_ascii_whitespace()).is_some() {}
                if let Some(end) = rest.next_if(|next| matches!(next, '}' | ']')) {
                    out.push(end);
                } else {
                    depth += 1;
                    line(&mut out, depth);
                }
            }
            '}' | ']' => {
                depth -= 1;
                line(&mut out, depth);
                out.push(c);
            }
            ',' => {
                out.push(c);
                line(&mut out, depth);
            }
            ':' => out.push_str(": "),
            c if c.is_ascii_whitespace() => {}
            c => {
                in_string = c == '"';
                out.push(c);
            }
        }
    }
    out
}

fn line(out: &mut String, depth: usize) {
    out.push('\n');
    out.extend(std::iter::repeat_n("  ", depth));
}
