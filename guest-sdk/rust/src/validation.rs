//! Checks input against Laravel-style rules that the panel judges, with messages in the reader's language. Needs no grant.
//!
//! ```
//! use caisson_guest::{Result, Value, json, validation};
//! # use caisson_guest::testing::Host;
//!
//! #[derive(serde::Deserialize)]
//! struct Zone {
//!     name: String,
//!     ttl: u32,
//! }
//!
//! fn read(form: &Value) -> Result<Zone> {
//!     validation::validate(form, &[("name", "required|string|max:253"), ("ttl", "required|integer|between:60,86400")])
//! }
//!
//! # let host = Host::install();
//! let zone = read(&json!({ "name": "example.org", "ttl": 300, "other": true }))?;
//! assert_eq!((zone.name.as_str(), zone.ttl), ("example.org", 300));
//! # caisson_guest::Result::<()>::Ok(())
//! ```
//!
//! `wit/validation.wit` lists the rules. [`Check`](crate::Check) is for what rules cannot say.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::{Problem, Result, data, host, log};

pub use crate::host::validation::Rule;

impl Rule {
    /// `field` is dotted, with `*` for each item of a list: `items.*.name`.
    pub fn new(field: impl Into<String>, rules: impl Into<String>) -> Self {
        Self { field: field.into(), rules: rules.into(), message: None }
    }

    /// Says this instead of the panel's words; `:attribute` in it is the field's name made readable.
    #[must_use]
    pub fn message(mut self, message: impl Into<String>) -> Self {
        self.message = Some(message.into());
        self
    }
}

/// The fields of `data` that `rules` name, as `T`.
///
/// # Errors
/// 422 with an error for each field that was rejected; 500 where a rule does not exist, or `T` is not what the rules let pass.
pub fn validate<T: DeserializeOwned>(data: &(impl Serialize + ?Sized), rules: &[(&str, &str)]) -> Result<T> {
    let rules: Vec<Rule> = rules.iter().map(|(field, rules)| Rule::new(*field, *rules)).collect();
    validate_with(data, &rules)
}

/// As [`validate`], for rules with messages of their own.
///
/// ```
/// use caisson_guest::validation::{Rule, validate_with};
/// use caisson_guest::{Value, json};
/// # let host = caisson_guest::testing::Host::install();
///
/// # host.reject("plan", "Choose a plan.");
/// let rules = [Rule::new("plan", "required|in:basic,premium").message("Choose a plan.")];
/// let problem = validate_with::<Value>(&json!({ "plan": "gold" }), &rules).unwrap_err();
/// assert_eq!((problem.code, problem.errors[0].message.as_str()), (422, "Choose a plan."));
/// ```
///
/// # Errors
/// See [`validate`].
pub fn validate_with<T: DeserializeOwned>(data: &(impl Serialize + ?Sized), rules: &[Rule]) -> Result<T> {
    let checked = host::validation::validate(&data::write(data)?, rules)?;
    serde_json::from_str(&checked).map_err(|error| {
        log::error("read what was validated", &(), &error.to_string());
        Problem::internal("The module's rules for this form let pass what it cannot read.")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Host;
    use crate::{Value, json};

    #[test]
    fn what_the_panel_rejects_is_a_problem_with_its_fields() {
        let host = Host::install();
        host.reject("name", "The name field is required.");
        host.reject("other", "Not asked about.");
        let problem = validate::<Value>(&json!({}), &[("name", "required")]).unwrap_err();
        assert_eq!(problem.code, 422);
        assert_eq!(problem.errors.len(), 1);
        assert_eq!(problem.errors[0].message, "The name field is required.");
    }

    #[test]
    fn only_fields_with_rules_come_through() {
        let _host = Host::install();
        let data = json!({ "name": "a", "items": [{ "n": 1 }], "role": "admin" });
        let checked: Value = validate(&data, &[("name", "string"), ("items.*.n", "integer")]).unwrap();
        assert_eq!(checked, json!({ "name": "a", "items": [{ "n": 1 }] }));
    }

    #[test]
    fn a_type_that_the_rules_do_not_fit_is_the_modules_fault() {
        let host = Host::install();
        let problem = validate::<Vec<u8>>(&json!({ "a": 1 }), &[("a", "integer")]).unwrap_err();
        assert_eq!(problem.code, 500);
        assert_eq!(host.log().len(), 1);
    }
}
