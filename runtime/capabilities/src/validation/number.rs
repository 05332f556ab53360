//! Numbers as rules and data give them: exact where they are whole.

use std::cmp::Ordering;

use serde_json::Value;

#[derive(Clone, Copy, Debug)]
pub(super) enum Number {
    Whole(i128),
    Real(f64),
}

impl Number {
    /// As PHP's `is_numeric` reads texts: a sign, digits with a point, an exponent, blanks around; no words, no other bases.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let text = text.trim_ascii();
        if !text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'+' | b'-' | b'.' | b'e' | b'E')) {
            return None;
        }
        match text.parse::<i128>() {
            Ok(whole) => Some(Self::Whole(whole)),
            Err(_) => text.parse::<f64>().ok().filter(|real| real.is_finite()).map(Self::Real),
        }
    }

    pub(super) fn of(value: &Value) -> Option<Self> {
        match value {
            Value::Number(number) => match (number.as_i64(), number.as_u64(), number.as_f64()) {
                (Some(whole), _, _) => Some(Self::Whole(whole.into())),
                (_, Some(whole), _) => Some(Self::Whole(whole.into())),
                (_, _, real) => real.map(Self::Real),
            },
            Value::String(text) => Self::parse(text),
            _ => None,
        }
    }

    pub(super) fn as_f64(self) -> f64 {
        match self {
            Self::Whole(whole) => whole as f64,
            Self::Real(real) => real,
        }
    }
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.partial_cmp(other) == Some(Ordering::Equal)
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Whole(a), Self::Whole(b)) => Some(a.cmp(b)),
            _ => self.as_f64().partial_cmp(&other.as_f64()),
        }
    }
}

/// A whole number that fits 64 bits, as JSON or as the text of one without leading zeros.
pub(super) fn is_integer(value: &Value) -> bool {
    match value {
        Value::Number(number) => {
            let is_whole = |real: f64| real.fract() == 0.0 && real.abs() < 9.2e18;
            number.is_i64() || (!number.is_u64() && number.as_f64().is_some_and(is_whole))
        }
        Value::String(text) => {
            let text = text.trim_ascii();
            let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
            (digits == "0" || !digits.starts_with('0')) && text.parse::<i64>().is_ok()
        }
        _ => false,
    }
}
