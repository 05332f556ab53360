//! Quotas as Nextcloud reads them: `5 GB`, or `none` where there is no limit.

use caisson_guest::Value;

const UNITS: [&str; 5] = ["B", "KB", "MB", "GB", "TB"];

/// No limit, in Nextcloud's word.
const NONE: &str = "none";

/// What was typed, as it is sent and shown: `5gb` becomes `5 GB`. None where it is no quota.
pub(crate) fn normalised(text: &str) -> Option<String> {
    if ["none", "unlimited"].contains(&text.trim().to_ascii_lowercase().as_str()) {
        return Some(NONE.to_owned());
    }
    let (number, unit) = parts(text)?;
    (1..=9_999).contains(&number).then(|| format!("{number} {}", UNITS[unit]))
}

/// An amount as servers answer it: a number, negative where there is no limit, or a text for those who never signed in.
pub(crate) fn answered(value: &Value) -> Option<u64> {
    match value {
        Value::Number(number) => {
            let whole = || number.as_f64().filter(|number| *number >= 0.0).map(|number| number as u64);
            number.as_u64().or_else(whole)
        }
        Value::String(text) => parts(text).map(|(number, unit)| number << (10 * unit)),
        _ => None,
    }
}

/// Number and place of the unit; a number alone counts bytes.
fn parts(text: &str) -> Option<(u64, usize)> {
    let text = text.trim().to_ascii_uppercase();
    let (number, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()));
    let unit = if unit.is_empty() { "B" } else { unit.trim() };
    Some((number.parse().ok()?, UNITS.iter().position(|known| *known == unit)?))
}

/// How much of a whole is used, in percent; more than all of it is all of it.
pub(crate) fn percent(used: u64, whole: u64) -> u64 {
    used.saturating_mul(100).checked_div(whole).unwrap_or(100).min(100)
}

#[cfg(test)]
mod tests {
    use caisson_guest::json;

    use super::*;

    #[test]
    fn what_people_type_becomes_what_nextcloud_reads() {
        let typed = [("5 GB", "5 GB"), ("5gb", "5 GB"), (" 500  Mb ", "500 MB"), ("Unlimited", NONE)];
        for (typed, quota) in typed {
            assert_eq!(normalised(typed).as_deref(), Some(quota), "{typed}");
        }
        for wrong in ["", "GB", "0 GB", "-1 GB", "1.5 GB", "5 bananas", "5 GB 3", "99999 TB"] {
            assert_eq!(normalised(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn amounts_are_read_however_they_are_said() {
        let said = [(json!(1024), Some(1024)), (json!(12.0), Some(12)), (json!(-3), None)];
        let words = [(json!("none"), None), (json!("5 GB"), Some(5 << 30)), (json!(null), None)];
        for (value, amount) in said.into_iter().chain(words) {
            assert_eq!(answered(&value), amount, "{value}");
        }
        assert_eq!((percent(1, 3), percent(5, 4), percent(0, 0)), (33, 100, 100));
    }
}
