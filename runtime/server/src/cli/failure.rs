//! How a command says that it failed: a sentence, and below it why, with nothing told twice.

use caisson_billing::BillingError;
use caisson_registry::RegistryError;
use caisson_types::FieldError;

/// What a person reads. Errors of other layers often hold the text of their cause, and a cause that was read is not repeated.
pub(crate) fn in_words(error: &anyhow::Error) -> String {
    let mut told = String::new();
    for cause in error.chain() {
        let words = words(cause);
        let is_new = !told.contains(&words) && !refused(cause).is_some_and(|fields| all_told(fields, &told));
        if told.is_empty() {
            told = format!("error: {words}");
        } else if is_new {
            told.push_str("\n  because ");
            told.push_str(&words);
        }
    }
    told
}

/// With the fields that were refused: nobody sees a form here.
fn words(cause: &(dyn std::error::Error + 'static)) -> String {
    match refused(cause) {
        Some(errors) => errors.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "),
        None => cause.to_string(),
    }
}

fn refused<'e>(cause: &'e (dyn std::error::Error + 'static)) -> Option<&'e [FieldError]> {
    match (cause.downcast_ref(), cause.downcast_ref()) {
        (Some(RegistryError::Invalid(errors)), _) | (_, Some(BillingError::Invalid(errors))) => Some(errors),
        _ => None,
    }
}

fn all_told(fields: &[FieldError], told: &str) -> bool {
    fields.iter().all(|error| told.contains(&error.message))
}

#[cfg(test)]
mod tests {
    use anyhow::{Context as _, anyhow};

    use super::*;

    #[test]
    fn what_a_sentence_holds_already_is_not_its_reason_too() {
        let twice =
            Err::<(), _>(anyhow!("the disk is full")).context("x cannot be written: the disk is full");
        let told = in_words(&twice.context("nothing is kept").unwrap_err());
        assert_eq!(told, "error: nothing is kept\n  because x cannot be written: the disk is full");
    }

    #[test]
    fn refused_fields_are_named() {
        let fields =
            || vec![FieldError::new("share", "It is 1 to 99."), FieldError::new("calls", "It is 1.")];
        let told = in_words(&RegistryError::Invalid(fields()).into());
        assert_eq!(told, "error: share: It is 1 to 99. calls: It is 1.");
        let told = in_words(
            &anyhow::Error::from(RegistryError::Invalid(fields()))
                .context("'share': It is 1 to 99.; 'calls': It is 1."),
        );
        assert_eq!(told, "error: 'share': It is 1 to 99.; 'calls': It is 1.");
    }
}
