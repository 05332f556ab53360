//! Checks input against Laravel-style rules. Needs no grant: it computes, and reaches nothing.
//!
//! Where PHP's loose types and JSON differ, JSON's types decide: a number is measured by its value and a boolean is no number.
//! As in Laravel, a field that is absent or a blank text is judged by `required` only, and what no rule names is not answered.

mod check;
mod fields;
mod formats;
mod host;
mod messages;
mod number;
mod rules;
mod take;
#[cfg(test)]
mod tests;

use std::cell::Cell;
use std::collections::HashSet;

use serde_json::Value;

use self::check::Against;
use self::messages::Messages;
use crate::bindings::caisson::module::types::FieldError;
use crate::bindings::caisson::module::validation::{Error, Rule};

const DATA_MAX: usize = 1024 * 1024;
/// Fields that all rules together may come to, once each `*` stands for what is there.
const FIELDS_MAX: usize = 10_000;
/// Fields that are reported; nobody reads more, and the guest has to hold them.
const ERRORS_MAX: usize = 200;

/// The fields of `data` that rules name, or what is wrong with them in the language of `locale`.
fn validate(data: &str, rules: &[Rule], locale: &str) -> Result<String, Error> {
    if data.len() > DATA_MAX {
        return Err(Error::Invalid(format!(
            "the data has {} bytes; at most {DATA_MAX} are checked",
            data.len()
        )));
    }
    let data: Value = serde_json::from_str(data)
        .map_err(|error| Error::Invalid(format!("the data is not JSON: {error}")))?;
    if !data.is_object() && !data.is_array() {
        return Err(Error::Invalid("the data is neither an object nor an array".to_owned()));
    }
    let fields = rules::parse(rules).map_err(Error::Invalid)?;
    let messages = Messages::of(locale);
    let to_match = Cell::new(check::MATCHED_MAX);
    let mut errors: Vec<FieldError> = Vec::new();
    let mut wrong = HashSet::new();
    let mut left = FIELDS_MAX;
    for field in &fields {
        let Some(found) = field.path.expand(&data, left) else {
            let message = messages.too_many(&field.path.to_string(), FIELDS_MAX);
            errors.push(FieldError { field: field.path.to_string(), message });
            break;
        };
        left -= found.len();
        for leaf in found {
            let against = Against { data: &data, field, leaf: &leaf, to_match: &to_match };
            let Some((check, custom)) = against.first_failure() else { continue };
            if errors.len() < ERRORS_MAX && wrong.insert(leaf.name.clone()) {
                let message = messages.of_failure(&against, check, custom);
                errors.push(FieldError { field: leaf.name, message });
            }
        }
    }
    if errors.is_empty() { Ok(take::take(&data, &fields).to_string()) } else { Err(Error::Rejected(errors)) }
}
