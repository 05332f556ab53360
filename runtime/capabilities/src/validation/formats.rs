//! Forms of texts.

use std::sync::LazyLock;

use email_address::{EmailAddress, Options};
use jiff::civil::Date;
use regex::Regex;
use url::Url;

/// RFC 5321 gives a path 256 bytes, brackets included.
const EMAIL_MAX: usize = 254;
const URL_MAX: usize = 4 * 1024;

/// An address whose domain has at least two labels.
pub(super) fn is_email(text: &str) -> bool {
    let options = Options::default().with_required_tld().without_domain_literal().without_display_text();
    text.len() <= EMAIL_MAX && EmailAddress::parse_with_options(text, options).is_ok()
}

/// With a host, and one of the schemes. The parser would mend blanks and slashes; here they are wrong.
pub(super) fn is_url(text: &str, schemes: &[String]) -> bool {
    let Some((scheme, rest)) = text.split_once("://") else { return false };
    let is_plain = |c: char| !c.is_whitespace() && !c.is_control() && !matches!(c, '\\' | '<' | '>' | '"');
    text.len() <= URL_MAX
        && text.chars().all(is_plain)
        && !rest.starts_with('/')
        && schemes.iter().any(|allowed| scheme.eq_ignore_ascii_case(allowed))
        && Url::parse(text).is_ok_and(|url| url.host_str().is_some_and(|host| !host.is_empty()))
}

pub(super) fn is_alpha_dash(text: &str, ascii: bool) -> bool {
    static WORDS: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"^[\pL\pM\pN_-]+$").ok());
    if ascii {
        return text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    }
    WORDS.as_ref().is_some_and(|words| words.is_match(text))
}

/// `YYYY-MM-DD`, or a point in time as RFC 3339 writes it.
pub(super) fn is_date(text: &str) -> bool {
    static SHAPE: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"^(?-u:(\d{4}-\d\d-\d\d)(?:[Tt]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:[Zz]|[+-]\d\d:\d\d))?)$")
            .ok()
    });
    let Some(parts) = SHAPE.as_ref().and_then(|shape| shape.captures(text)) else { return false };
    let day = parts.get(1).map_or("", |day| day.as_str());
    if day.len() == text.len() {
        return day.parse::<Date>().is_ok();
    }
    text.to_ascii_uppercase().parse::<jiff::Timestamp>().is_ok()
}

/// With its hyphens.
pub(super) fn is_uuid(text: &str) -> bool {
    text.len() == 36 && uuid::Uuid::try_parse(text).is_ok()
}

pub(super) fn is_json(text: &str) -> bool {
    serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok()
}
