//! Values on their way into a column and out of it.
//!
//! Both databases hold the same five classes: 64-bit integers (numbers, flags, times, decimals scaled to their last digit),
//! doubles, text in binary order, bytes. So a comparison, an order and a sum come out alike on both, and a module that was
//! tried on one works on the other.

use std::net::IpAddr;

use sqlx::Row as _;
use sqlx::any::AnyRow;
use uuid::Uuid;

use super::error::{Result, TableError, invalid};
use super::model::{Kind, Value};
use crate::StorageError;

/// Longest text, document or bytes of one value.
const VALUE_MAX: usize = 1024 * 1024;

/// How the databases hold a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    Integer,
    Real,
    Text,
    Bytes,
}

impl Kind {
    pub(super) fn class(&self) -> Class {
        match self {
            Self::Id
            | Self::Integer
            | Self::BigInteger
            | Self::Boolean
            | Self::Decimal(..)
            | Self::Timestamp => Class::Integer,
            Self::Real => Class::Real,
            Self::Uuid
            | Self::Varchar(_)
            | Self::Text
            | Self::Json
            | Self::Choice(_)
            | Self::IpAddress
            | Self::Date => Class::Text,
            Self::Bytes => Class::Bytes,
        }
    }

    /// Whether `like` makes sense.
    pub(super) fn is_text(&self) -> bool {
        matches!(
            self,
            Self::Varchar(_) | Self::Text | Self::Choice(_) | Self::IpAddress | Self::Uuid | Self::Date
        )
    }

    /// Whether it can be added to and summed.
    pub(super) fn is_number(&self) -> bool {
        matches!(self, Self::Id | Self::Integer | Self::BigInteger | Self::Real | Self::Decimal(..))
    }
}

/// A value as a column of `kind` holds it; `column` is for the error.
pub(super) fn encode(kind: &Kind, column: &str, value: &Value) -> Result<sea_query::Value> {
    use sea_query::Value as Sql;
    let wrong = |expected: &str| invalid(format!("'{column}' takes {expected}, not {}", describe(value)));
    if matches!(value, Value::Null) {
        return Ok(match kind.class() {
            Class::Integer => Sql::BigInt(None),
            Class::Real => Sql::Double(None),
            Class::Text => Sql::String(None),
            Class::Bytes => Sql::Bytes(None),
        });
    }
    let integer = |number: i64| Ok(Sql::BigInt(Some(number)));
    let text = |text: &str| {
        if text.len() > VALUE_MAX {
            return invalid(format!("'{column}' takes at most {VALUE_MAX} bytes, not {}", text.len()));
        }
        // PostgreSQL holds no NUL in text.
        if text.contains('\0') {
            return invalid(format!("'{column}' takes text without the character NUL"));
        }
        Ok(Sql::String(Some(text.to_owned())))
    };
    match (kind, value) {
        (Kind::Id | Kind::BigInteger, Value::Integer(number)) => integer(*number),
        (Kind::Integer, Value::Integer(number)) => match i32::try_from(*number) {
            Ok(_) => integer(*number),
            Err(_) => wrong("a number of 32 bits"),
        },
        (Kind::Boolean, Value::Boolean(flag)) => integer(i64::from(*flag)),
        (Kind::Real, Value::Real(number)) if number.is_finite() => Ok(Sql::Double(Some(*number))),
        #[expect(clippy::cast_precision_loss, reason = "what a column of reals means")]
        (Kind::Real, Value::Integer(number)) => Ok(Sql::Double(Some(*number as f64))),
        (Kind::Decimal(precision, scale), Value::Decimal(digits)) => match scaled(digits, *precision, *scale)
        {
            Some(number) => integer(number),
            None => wrong(&format!("a decimal of {precision} digits, {scale} of them after the point")),
        },
        (Kind::Decimal(precision, scale), Value::Integer(number)) => {
            match scaled(&number.to_string(), *precision, *scale) {
                Some(number) => integer(number),
                None => wrong(&format!("a decimal of {precision} digits, {scale} of them after the point")),
            }
        }
        (Kind::Timestamp, Value::Timestamp(ms)) => match i64::try_from(*ms) {
            Ok(ms) => integer(ms),
            Err(_) => wrong("milliseconds since 1970"),
        },
        (Kind::Timestamp, Value::Integer(ms)) if *ms >= 0 => integer(*ms),
        (Kind::Uuid, Value::Uuid(given) | Value::Text(given)) => match Uuid::parse_str(given) {
            Ok(uuid) => text(&uuid.to_string()),
            Err(_) => wrong("a UUID"),
        },
        (Kind::Varchar(max), Value::Text(given)) if given.chars().count() > *max as usize => {
            wrong(&format!("at most {max} characters"))
        }
        (Kind::Varchar(_) | Kind::Text, Value::Text(given)) => text(given),
        (Kind::Choice(words), Value::Text(given)) => {
            if words.contains(given) {
                text(given)
            } else {
                wrong(&format!("one of {}", words.join(", ")))
            }
        }
        (Kind::Json, Value::Json(document) | Value::Text(document)) => {
            match serde_json::from_str::<serde::de::IgnoredAny>(document) {
                Ok(_) => text(document),
                Err(_) => wrong("a JSON document"),
            }
        }
        (Kind::IpAddress, Value::Text(given)) => match given.parse::<IpAddr>() {
            Ok(address) => text(&address.to_string()),
            Err(_) => wrong("an IP address"),
        },
        (Kind::Date, Value::Date(given) | Value::Text(given)) => {
            if is_date(given) {
                text(given)
            } else {
                wrong("a date, YYYY-MM-DD")
            }
        }
        (Kind::Bytes, Value::Bytes(bytes)) if bytes.len() <= VALUE_MAX => Ok(Sql::Bytes(Some(bytes.clone()))),
        (kind, _) => wrong(kind_name(kind)),
    }
}

/// Column `index` of a row.
pub(super) fn decode(kind: &Kind, row: &AnyRow, index: usize) -> Result<Value> {
    let failed = |error: sqlx::Error| TableError::Failed(StorageError::from(error));
    let corrupt =
        |what: &str| TableError::Failed(StorageError::Corrupt(format!("a module's column holds {what}")));
    Ok(match kind.class() {
        Class::Integer => match row.try_get::<Option<i64>, _>(index).map_err(failed)? {
            None => Value::Null,
            Some(number) => match kind {
                Kind::Boolean => Value::Boolean(number != 0),
                Kind::Decimal(_, scale) => Value::Decimal(unscaled(number, *scale)),
                Kind::Timestamp => {
                    Value::Timestamp(u64::try_from(number).map_err(|_| corrupt("a time before 1970"))?)
                }
                _ => Value::Integer(number),
            },
        },
        Class::Real => row.try_get::<Option<f64>, _>(index).map_err(failed)?.map_or(Value::Null, Value::Real),
        Class::Bytes => {
            row.try_get::<Option<Vec<u8>>, _>(index).map_err(failed)?.map_or(Value::Null, Value::Bytes)
        }
        Class::Text => match row.try_get::<Option<String>, _>(index).map_err(failed)? {
            None => Value::Null,
            Some(text) => match kind {
                Kind::Uuid => Value::Uuid(text),
                Kind::Json => Value::Json(text),
                Kind::Date => Value::Date(text),
                _ => Value::Text(text),
            },
        },
    })
}

/// What it costs to hold or to hand over.
pub(super) fn weight(value: &Value) -> usize {
    match value {
        Value::Null | Value::Boolean(_) => 1,
        Value::Integer(_) | Value::Real(_) | Value::Timestamp(_) => 8,
        Value::Decimal(text)
        | Value::Text(text)
        | Value::Json(text)
        | Value::Uuid(text)
        | Value::Date(text) => text.len(),
        Value::Bytes(bytes) => bytes.len(),
    }
}

/// `12.5` with scale 2 is 1250. None where it has more digits than the column.
fn scaled(text: &str, precision: u32, scale: u32) -> Option<i64> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let is_number = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let scale = scale as usize;
    if whole.is_empty() || digits.ends_with('.') || !is_number(whole) || !is_number(fraction) {
        return None;
    }
    let (kept, rest) = fraction.split_at(fraction.len().min(scale));
    if rest.bytes().any(|digit| digit != b'0') {
        return None;
    }
    let number: i64 = format!("{whole}{kept:0<scale$}").parse().ok()?;
    let fits = number < 10_i64.checked_pow(precision)?;
    fits.then_some(if negative { -number } else { number })
}

fn unscaled(number: i64, scale: u32) -> String {
    let scale = scale as usize;
    let digits = format!("{:0>width$}", number.unsigned_abs(), width = scale + 1);
    let (whole, fraction) = digits.split_at(digits.len() - scale);
    let sign = if number < 0 { "-" } else { "" };
    if scale == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}

fn is_date(text: &str) -> bool {
    let bytes = text.as_bytes();
    let number = |range: std::ops::Range<usize>| text.get(range).and_then(|part| part.parse::<u32>().ok());
    if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' || !text.is_ascii() {
        return false;
    }
    if !bytes.iter().enumerate().all(|(index, byte)| index == 4 || index == 7 || byte.is_ascii_digit()) {
        return false;
    }
    let (Some(year), Some(month), Some(day)) = (number(0..4), number(5..7), number(8..10)) else {
        return false;
    };
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        4 | 6 | 9 | 11 => 30,
        2 => 28 + u32::from(leap),
        1..=12 => 31,
        _ => return false,
    };
    (1..=days).contains(&day)
}

fn kind_name(kind: &Kind) -> &'static str {
    match kind {
        Kind::Id | Kind::Integer | Kind::BigInteger => "an integer",
        Kind::Uuid => "a UUID",
        Kind::Varchar(_) | Kind::Text | Kind::Choice(_) => "text",
        Kind::Boolean => "a boolean",
        Kind::Real => "a finite number",
        Kind::Decimal(..) => "a decimal",
        Kind::Json => "a JSON document",
        Kind::IpAddress => "an IP address",
        Kind::Date => "a date",
        Kind::Timestamp => "milliseconds since 1970",
        Kind::Bytes => "at most 1 MiB of bytes",
    }
}

fn describe(value: &Value) -> String {
    let short = |text: &str| -> String {
        let mut shown: String = text.chars().take(40).flat_map(char::escape_debug).collect();
        if text.chars().nth(40).is_some() {
            shown.push('…');
        }
        format!("'{shown}'")
    };
    match value {
        Value::Null => "null".to_owned(),
        Value::Boolean(flag) => flag.to_string(),
        Value::Integer(number) => number.to_string(),
        Value::Real(number) => number.to_string(),
        Value::Timestamp(ms) => format!("the time {ms}"),
        Value::Bytes(bytes) => format!("{} bytes", bytes.len()),
        Value::Decimal(text)
        | Value::Text(text)
        | Value::Json(text)
        | Value::Uuid(text)
        | Value::Date(text) => short(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_exact() {
        for (text, precision, scale, number) in [
            ("12.5", 10, 2, 1250),
            ("-0.05", 10, 2, -5),
            ("0", 3, 0, 0),
            ("007", 3, 0, 7),
            ("1.500", 3, 1, 15),
            ("0.00", 3, 2, 0),
            ("999999999999999999", 18, 0, 999_999_999_999_999_999),
        ] {
            assert_eq!(scaled(text, precision, scale), Some(number), "{text}");
        }
        for (text, precision, scale) in [
            ("1.234", 10, 2),
            ("100", 2, 0),
            ("", 5, 2),
            (".5", 5, 2),
            ("5.", 5, 2),
            ("1e3", 9, 2),
            ("+1", 9, 2),
            ("--1", 9, 2),
        ] {
            assert_eq!(scaled(text, precision, scale), None, "{text}");
        }
        assert_eq!(unscaled(-5, 2), "-0.05");
        assert_eq!(unscaled(1250, 2), "12.50");
        assert_eq!(unscaled(7, 0), "7");
        assert_eq!(unscaled(0, 3), "0.000");
    }

    #[test]
    fn a_date_is_one_of_the_calendar() {
        for good in ["2024-02-29", "1999-12-31", "2000-02-29"] {
            assert!(is_date(good), "{good}");
        }
        for bad in [
            "2023-02-29",
            "1900-02-29",
            "2024-13-01",
            "2024-00-10",
            "2024-1-01",
            "2024-04-31",
            "+024-04-01",
            "20240401",
        ] {
            assert!(!is_date(bad), "{bad}");
        }
    }
}
