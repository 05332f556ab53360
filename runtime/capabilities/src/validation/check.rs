//! One value against the rules of its field.

use std::cell::Cell;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use regex::bytes::Regex;
use serde_json::Value;

use super::fields::Leaf;
use super::formats;
use super::number::{Number, is_integer};
use super::rules::{Check, Field};

/// Bytes that regular expressions are matched against in one call: matching is linear, but not free. What comes after, and any
/// longer text, does not match.
pub(super) const MATCHED_MAX: usize = 256 * 1024;
const MATCHED_TEXT_MAX: usize = 16 * 1024;

/// A value in its place.
pub(super) struct Against<'a, 'r> {
    pub(super) data: &'a Value,
    pub(super) field: &'a Field<'r>,
    pub(super) leaf: &'a Leaf<'a>,
    /// Bytes that expressions may still be matched against.
    pub(super) to_match: &'a Cell<usize>,
}

/// What `min`, `max` and `between` measure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Size {
    Value(Number),
    Characters(usize),
    Items(usize),
}

impl Size {
    fn number(self) -> Number {
        match self {
            Self::Value(number) => number,
            Self::Characters(count) | Self::Items(count) => Number::Whole(count as i128),
        }
    }
}

impl<'a, 'r> Against<'a, 'r> {
    /// The first check that fails, and the message that its rule brought.
    pub(super) fn first_failure(&self) -> Option<(&'a Check, Option<&'r str>)> {
        if self.field.sometimes && self.leaf.value.is_none() {
            return None;
        }
        self.field
            .checks
            .iter()
            .find(|(check, _)| !self.passes(check))
            .map(|(check, custom)| (check, *custom))
    }

    fn passes(&self, check: &Check) -> bool {
        if matches!(check, Check::Required) {
            return !self.leaf.value.is_none_or(is_empty);
        }
        match self.leaf.value {
            None => true,
            Some(Value::String(text)) if text.trim().is_empty() => true,
            Some(Value::Null) if self.field.nullable => true,
            Some(value) => self.holds(check, value),
        }
    }

    fn holds(&self, check: &Check, value: &Value) -> bool {
        let text = |is: &dyn Fn(&str) -> bool| value.as_str().is_some_and(is);
        let size = |fits: &dyn Fn(Number) -> bool| self.size(value).is_some_and(|size| fits(size.number()));
        let beside = |path: &super::fields::Path| path.beside(self.data, self.leaf);
        match check {
            Check::Required => !is_empty(value),
            Check::String => value.is_string(),
            Check::Integer => is_integer(value),
            Check::Numeric => Number::of(value).is_some(),
            Check::Boolean => is_boolean(value),
            Check::Array => value.is_array() || value.is_object(),
            Check::Min(min) => size(&|size| size >= *min),
            Check::Max(max) => size(&|size| size <= *max),
            Check::Between(min, max) => size(&|size| size >= *min && size <= *max),
            Check::In(words) => self.each_word(value, |word| words.contains(word)),
            Check::NotIn(words) => self.each_word(value, |word| !words.contains(word)),
            Check::Regex(regex) => scalar(value).is_some_and(|text| self.matches(regex, &text)),
            Check::Email => text(&formats::is_email),
            Check::Ip => text(&|text| text.parse::<IpAddr>().is_ok()),
            Check::Ipv4 => text(&|text| text.parse::<Ipv4Addr>().is_ok()),
            Check::Ipv6 => text(&|text| text.parse::<Ipv6Addr>().is_ok()),
            Check::Url(schemes) => text(&|text| formats::is_url(text, schemes)),
            Check::AlphaDash { ascii } => {
                scalar(value).is_some_and(|text| formats::is_alpha_dash(&text, *ascii))
            }
            Check::Date => text(&formats::is_date),
            Check::Confirmed(other) | Check::Same(other) => beside(other) == Some(value),
            Check::Different(other) => beside(other) != Some(value),
            Check::Digits(count) => scalar(value)
                .is_some_and(|text| text.len() == *count && text.bytes().all(|b| b.is_ascii_digit())),
            Check::Uuid => text(&formats::is_uuid),
            Check::Json => text(&formats::is_json),
        }
    }

    /// None for what has no size.
    pub(super) fn size(&self, value: &Value) -> Option<Size> {
        match value {
            Value::Number(_) => Number::of(value).map(Size::Value),
            Value::String(text) => match Number::parse(text).filter(|_| self.field.numeric) {
                Some(number) => Some(Size::Value(number)),
                None => Some(Size::Characters(text.chars().count())),
            },
            Value::Array(items) => Some(Size::Items(items.len())),
            Value::Object(members) => Some(Size::Items(members.len())),
            Value::Null => Some(Size::Characters(0)),
            Value::Bool(_) => None,
        }
    }

    /// Of a field that is an array, each item must be a word that is `fit`.
    fn each_word(&self, value: &Value, fit: impl Fn(&str) -> bool) -> bool {
        match value {
            Value::Array(items) if self.field.array => {
                items.iter().all(|item| scalar(item).is_some_and(|word| fit(&word)))
            }
            // `true` is 1 in a form.
            Value::Bool(truth) => {
                let (word, digit) = if *truth { ("true", "1") } else { ("false", "0") };
                fit(word) || fit(digit)
            }
            other => scalar(other).is_some_and(|word| fit(&word)),
        }
    }

    fn matches(&self, regex: &Regex, text: &str) -> bool {
        let left = self.to_match.get();
        if text.len() > left.min(MATCHED_TEXT_MAX) {
            return false;
        }
        self.to_match.set(left - text.len());
        regex.is_match(text.as_bytes())
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

fn is_boolean(value: &Value) -> bool {
    match value {
        Value::Bool(_) => true,
        Value::Number(number) => matches!(number.as_i64(), Some(0 | 1)),
        Value::String(text) => matches!(text.as_str(), "0" | "1"),
        _ => false,
    }
}

/// A text, or a number as it is written.
fn scalar(value: &Value) -> Option<std::borrow::Cow<'_, str>> {
    match value {
        Value::String(text) => Some(text.as_str().into()),
        Value::Number(number) => Some(number.to_string().into()),
        _ => None,
    }
}
