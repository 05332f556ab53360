//! Cases are rows: data, rules, and what comes of them.

mod fields;
mod formats;
mod limits;
mod messages;
mod values;

use super::validate;
use crate::bindings::caisson::module::validation::{Error, Rule};

fn rules(pairs: &[(&str, &str)]) -> Vec<Rule> {
    let rule = |(field, rules): &(&str, &str)| Rule {
        field: (*field).to_owned(),
        rules: (*rules).to_owned(),
        message: None,
    };
    pairs.iter().map(rule).collect()
}

/// The answer, or `field: message` of each that was rejected, or what is wrong with the rules.
fn outcome(data: &str, pairs: &[(&str, &str)], locale: &str) -> String {
    said(validate(data, &rules(pairs), locale))
}

fn said(result: Result<String, Error>) -> String {
    match result {
        Ok(taken) => taken,
        Err(Error::Rejected(errors)) => {
            let lines: Vec<_> =
                errors.iter().map(|error| format!("{}: {}", error.field, error.message)).collect();
            lines.join("; ")
        }
        Err(Error::Invalid(reason)) => format!("invalid: {reason}"),
        Err(Error::Unavailable(reason)) => reason,
    }
}

/// One field `f` of each value against the rules: those before the bar pass, those after it fail.
fn sort(rule: &str, pass: &[&str], fail: &[&str]) {
    for (values, passes) in [(pass, true), (fail, false)] {
        for value in values {
            let data = format!("{{\"f\":{value}}}");
            match validate(&data, &rules(&[("f", rule)]), "en") {
                Ok(_) => assert!(passes, "{rule} lets {value} pass"),
                Err(Error::Rejected(errors)) => {
                    assert!(!passes && errors.len() == 1, "{rule} rejects {value}: {errors:?}")
                }
                Err(other) => panic!("{rule}: {other:?}"),
            }
        }
    }
}

#[tokio::test]
async fn a_call_checks_in_its_reader_s_language_and_is_on_the_trace_without_what_was_entered() {
    use crate::bindings::caisson::module::validation::Host;
    let db = caisson_storage::testing::sqlite().await;
    let mut guest = crate::testing::call(&db, crate::testing::behind("product/demo")).await;
    guest.context.locale = "pl".to_owned();
    let mut check =
        |data: &str, rule: &str| said(guest.validate(data.to_owned(), rules(&[("f", rule)])).unwrap());
    assert_eq!(check(r#"{"f":"geheim"}"#, "integer"), "f: Pole „f” musi być liczbą całkowitą.");
    assert_eq!(check(r#"{"f":1}"#, "integer"), r#"{"f":1}"#);
    assert_eq!(check("{}", "integr"), "invalid: field 'f': rule 'integr': there is no such rule");
    let trace = guest.finish().host_calls;
    let details: Vec<_> = trace.iter().map(|call| (call.outcome, call.detail.as_deref())).collect();
    assert_eq!(
        details,
        [
            (crate::Outcome::Ok, Some("rejected: 1")),
            (crate::Outcome::Ok, None),
            (crate::Outcome::Error, Some("field 'f': rule 'integr': there is no such rule")),
        ]
    );
}
