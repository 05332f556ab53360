//! What forms of several pages are made of.

use caisson_types::manifest::Field;
use caisson_types::money::Currency;
use caisson_types::{FieldError, Money};
use serde_json::{Map, Value, json};

/// Currencies that a form offers, as options.
pub(super) fn currencies() -> Vec<Value> {
    const OFFERED: [&str; 12] =
        ["EUR", "USD", "GBP", "PLN", "UAH", "CHF", "CZK", "SEK", "NOK", "DKK", "JPY", "CAD"];
    OFFERED.into_iter().map(|code| json!({ "value": code, "label": code })).collect()
}

/// `{fields, values, secrets_set}` of a generated form.
pub(super) fn generated(fields: &[Field], values: &Value, secrets_set: &[String]) -> Value {
    let fields: Vec<Value> = fields.iter().map(field).collect();
    json!({ "fields": fields, "values": values, "secrets_set": secrets_set })
}

/// A field with every member, since a template takes one that is missing for a mistake.
fn field(field: &Field) -> Value {
    json!({
        "key": field.key, "label": field.label, "type": field.kind.as_str(), "required": field.required,
        "secret": field.secret, "internal": field.internal, "help": field.help, "placeholder": field.placeholder,
        "default": field.default, "options": field.options, "min": field.min, "max": field.max, "when": field.when,
    })
}

/// What somebody typed, to be shown again. Secrets are not among it.
pub(super) fn typed(fields: &[Field], values: &Map<String, Value>) -> Value {
    let shown = |key: &String| !fields.iter().any(|field| field.secret && &field.key == key);
    Value::Object(values.iter().filter(|(key, _)| shown(key)).map(|(k, v)| (k.clone(), v.clone())).collect())
}

/// An amount in major units, `12.50`, as smallest units.
pub(super) fn read_price(text: &str, currency: Currency) -> Result<i64, FieldError> {
    let wrong = || {
        let example = Money { minor: 1250, currency };
        FieldError::new("price", format!("This must be an amount such as {example}."))
    };
    let (whole, fraction) = text.split_once(['.', ',']).unwrap_or((text, ""));
    let decimals = currency.decimals() as usize;
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(fraction) || fraction.len() > decimals {
        return Err(wrong());
    }
    format!("{whole}{fraction:0<decimals$}").parse().map_err(|_| wrong())
}

/// The other way round.
pub(super) fn show_price(price: Money) -> String {
    let text = price.to_string();
    text.split_once(' ').map_or(text.clone(), |(amount, _)| amount.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_are_read_in_their_currencys_decimals() {
        let read = |text: &str, code: &str| read_price(text, code.parse().unwrap()).ok();
        assert_eq!(read("12.50", "EUR"), Some(1250));
        assert_eq!(read("12,5", "EUR"), Some(1250));
        assert_eq!(read("12", "EUR"), Some(1200));
        assert_eq!(read("12", "JPY"), Some(12));
        for (text, code) in [
            ("", "EUR"),
            ("1.234", "EUR"),
            ("1.5", "JPY"),
            ("-1", "EUR"),
            ("1e3", "EUR"),
            ("99999999999999999999", "EUR"),
        ] {
            assert_eq!(read(text, code), None, "{text} {code}");
        }
    }
}
