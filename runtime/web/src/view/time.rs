//! Points in time for people. The server writes UTC; the panel's script shows the viewer's own zone.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use minijinja::{Error, ErrorKind, HtmlEscape, State, Value};

use super::Locale;
use super::numbers::locale;

const MONTHS: [(&str, &str, &str); 12] = [
    ("Jan", "sty", "січ."),
    ("Feb", "lut", "лют."),
    ("Mar", "mar", "бер."),
    ("Apr", "kwi", "квіт."),
    ("May", "maj", "трав."),
    ("Jun", "cze", "черв."),
    ("Jul", "lip", "лип."),
    ("Aug", "sie", "серп."),
    ("Sep", "wrz", "вер."),
    ("Oct", "paź", "жовт."),
    ("Nov", "lis", "лист."),
    ("Dec", "gru", "груд."),
];

/// Milliseconds since the Unix epoch, or an RFC 3339 text.
fn read(value: &Value) -> Result<Timestamp, Error> {
    let wrong = || Error::new(ErrorKind::InvalidOperation, format!("'{value}' is not a point in time"));
    match value.as_str() {
        Some(text) => text.parse().map_err(|_| wrong()),
        None => {
            let millis = i64::try_from(value.clone()).map_err(|_| wrong())?;
            Timestamp::from_millisecond(millis).map_err(|_| wrong())
        }
    }
}

/// `2 Jan 2026`.
fn day(at: Timestamp, locale: Locale) -> String {
    let date = at.to_zoned(TimeZone::UTC).date();
    let (english, polish, ukrainian) = MONTHS[usize::try_from(date.month() - 1).unwrap_or_default() % 12];
    let month = match locale {
        Locale::English => english,
        Locale::Polish => polish,
        Locale::Ukrainian => ukrainian,
    };
    format!("{} {month} {}", date.day(), date.year())
}

fn clock(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC).strftime("%H:%M").to_string()
}

/// `<time>` with the exact moment as its title: `{{ created_at|when }}`, `{{ created_at|when("date") }}`, or
/// `{{ created_at|when("ago") }}`, which the script turns into words such as "3 minutes ago".
pub(super) fn when(state: &State<'_, '_>, value: &Value, style: Option<&str>) -> Result<Value, Error> {
    if value.is_none() {
        return Ok(Value::from("\u{2013}"));
    }
    let style = style.unwrap_or("datetime");
    let at = read(value)?;
    let locale = locale(state);
    let text = match style {
        "date" => day(at, locale),
        "time" => at.to_zoned(TimeZone::UTC).strftime("%H:%M:%S").to_string(),
        "datetime" | "ago" => format!("{}, {}", day(at, locale), clock(at)),
        other => {
            return Err(Error::new(
                ErrorKind::InvalidOperation,
                format!("when: there is no style '{other}'; use datetime, date, time or ago"),
            ));
        }
    };
    let exact = at.to_zoned(TimeZone::UTC);
    Ok(Value::from_safe_string(format!(
        r#"<time datetime="{}" title="{} UTC" data-when="{style}">{}</time>"#,
        exact.strftime("%Y-%m-%dT%H:%M:%S%.3fZ"),
        exact.strftime("%Y-%m-%d %H:%M:%S"),
        HtmlEscape(&text)
    )))
}

/// `2026-01-02 03:04 UTC`, as plain text.
pub(super) fn datetime(value: &Value) -> Result<String, Error> {
    Ok(read(value)?.to_zoned(TimeZone::UTC).strftime("%Y-%m-%d %H:%M UTC").to_string())
}

/// `2026-01-02`.
pub(super) fn date(value: &Value) -> Result<String, Error> {
    Ok(read(value)?.to_zoned(TimeZone::UTC).strftime("%Y-%m-%d").to_string())
}

/// `03:04 UTC`.
pub(super) fn time(value: &Value) -> Result<String, Error> {
    Ok(read(value)?.to_zoned(TimeZone::UTC).strftime("%H:%M UTC").to_string())
}

/// `3 min`, `2 h`, `5 d`: how long since then, or until then.
pub(super) fn ago(value: &Value) -> Result<String, Error> {
    let apart = Timestamp::now().duration_since(read(value)?).as_secs().unsigned_abs();
    let (count, unit) = match apart {
        s if s < 60 => (s, "s"),
        s if s < 3600 => (s / 60, "min"),
        s if s < 86_400 => (s / 3600, "h"),
        s => (s / 86_400, "d"),
    };
    Ok(format!("{count}\u{a0}{unit}"))
}
