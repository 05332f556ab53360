//! Numbers for people: grouping and decimals as the language writes them.

use caisson_types::Money;
use caisson_types::money::Currency;
use minijinja::value::ValueKind;
use minijinja::{Error, ErrorKind, State, Value};

use super::Locale;

const NARROW_SPACE: char = '\u{202f}';
const HARD_SPACE: char = '\u{a0}';

/// The language of the page that is rendered.
pub(super) fn locale(state: &State<'_, '_>) -> Locale {
    state.lookup("locale").and_then(|tag| tag.as_str().map(Locale::nearest)).unwrap_or_default()
}

/// `{minor, currency}`, or a number of smallest units with the currency beside it, as `1,234.50 EUR`.
pub(super) fn money(state: &State<'_, '_>, value: &Value, currency: Option<&str>) -> Result<String, Error> {
    let wrong = |what: &str| Error::new(ErrorKind::InvalidOperation, format!("money: {what}"));
    let given;
    let (minor, code) = if value.kind() == ValueKind::Map {
        given = value.get_attr("currency")?;
        (value.get_attr("minor")?, given.as_str())
    } else {
        (value.clone(), currency)
    };
    let minor =
        i64::try_from(minor).map_err(|_| wrong("the amount is not a whole number of smallest units"))?;
    let currency: Currency = code.unwrap_or_default().parse().map_err(|error| wrong(&format!("{error}")))?;
    let plain = Money { minor, currency }.to_string();
    let (amount, code) = plain.split_once(' ').unwrap_or((&plain, ""));
    Ok(format!("{}{HARD_SPACE}{code}", group(amount, locale(state))))
}

/// Groups the digits of a plain decimal number.
pub(super) fn group(number: &str, locale: Locale) -> String {
    let (group, point) = match locale {
        Locale::English => (',', '.'),
        Locale::Polish | Locale::Ukrainian => (NARROW_SPACE, ','),
    };
    let (sign, digits) = number.strip_prefix('-').map_or(("", number), |rest| ("\u{2212}", rest));
    let (whole, fraction) = digits.split_once('.').map_or((digits, None), |(w, f)| (w, Some(f)));
    let mut out = String::from(sign);
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at) % 3 == 0 {
            out.push(group);
        }
        out.push(digit);
    }
    if let Some(fraction) = fraction {
        out.push(point);
        out.push_str(fraction);
    }
    out
}

/// `1234.5` as `1,234.5`; with `digits`, rounded to so many decimals.
pub(super) fn number(state: &State<'_, '_>, value: &Value, digits: Option<usize>) -> Result<String, Error> {
    let plain = match (digits, i64::try_from(value.clone())) {
        (None | Some(0), Ok(whole)) => whole.to_string(),
        (digits, _) => {
            let number = float("number", value)?;
            digits.map_or_else(
                || number.to_string(),
                |digits| format!("{number:.digits$}", digits = digits.min(9)),
            )
        }
    };
    Ok(group(&plain, locale(state)))
}

/// Bytes as `1.5 MiB`.
pub(super) fn bytes(state: &State<'_, '_>, value: &Value) -> Result<String, Error> {
    const UNITS: [&str; 5] = ["B", "KiB", "MiB", "GiB", "TiB"];
    let mut left = float("bytes", value)?;
    let mut unit = 0;
    while left.abs() >= 1024.0 && unit + 1 < UNITS.len() {
        left /= 1024.0;
        unit += 1;
    }
    let digits = usize::from(unit > 0 && left.abs() < 100.0);
    Ok(format!("{}{HARD_SPACE}{}", group(&format!("{left:.digits$}"), locale(state)), UNITS[unit]))
}

/// Microseconds as `6.7 µs`, `12 ms`, `3.2 s`, `4 min 5 s`.
pub(super) fn duration(state: &State<'_, '_>, micros: &Value) -> Result<String, Error> {
    let micros = float("duration", micros)?.max(0.0);
    let seconds = micros / 1e6;
    if seconds >= 60.0 {
        let whole = seconds.round();
        let (hours, minutes, rest) =
            ((whole / 3600.0).floor(), ((whole % 3600.0) / 60.0).floor(), whole % 60.0);
        return Ok(if hours > 0.0 {
            format!("{hours}{HARD_SPACE}h {minutes}{HARD_SPACE}min")
        } else {
            format!("{minutes}{HARD_SPACE}min {rest}{HARD_SPACE}s")
        });
    }
    let (value, unit) = match micros {
        m if m >= 1e6 => (m / 1e6, "s"),
        m if m >= 1e3 => (m / 1e3, "ms"),
        m => (m, "µs"),
    };
    let digits = usize::from(value < 10.0 && value.fract() > 0.05);
    Ok(format!("{}{HARD_SPACE}{unit}", group(&format!("{value:.digits$}"), locale(state))))
}

fn float(filter: &str, value: &Value) -> Result<f64, Error> {
    f64::try_from(value.clone())
        .map_err(|_| Error::new(ErrorKind::InvalidOperation, format!("{filter}: '{value}' is not a number")))
}
