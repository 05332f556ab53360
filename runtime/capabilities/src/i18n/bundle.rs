//! The messages of one language.

use std::fmt;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::types::FluentNumberOptions;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

use super::{Arguments, StringsError};

/// Bytes of one string, filled in. Arguments come from modules and their users, and a message may repeat one.
const TEXT_MAX: usize = 64 * 1024;
/// Fraction digits that `NUMBER` pads to; Fluent itself would pad to as many as a file asks for.
const FRACTION_MAX: usize = 10;

pub(super) struct Bundle(FluentBundle<FluentResource>);

impl Bundle {
    pub(super) fn new(language: LanguageIdentifier) -> Result<Self, StringsError> {
        let mut bundle = FluentBundle::new_concurrent(vec![language]);
        // Isolation marks would stand in attributes and copied text; no language here runs right to left.
        bundle.set_use_isolating(false);
        bundle
            .add_function("NUMBER", number)
            .map_err(|error| StringsError { path: "NUMBER".to_owned(), message: error.to_string() })?;
        Ok(Self(bundle))
    }

    pub(super) fn add(&mut self, path: &str, text: &str) -> Result<(), StringsError> {
        let wrong = |message: String| StringsError { path: path.to_owned(), message };
        let resource = FluentResource::try_new(text.to_owned()).map_err(|(_, errors)| {
            wrong(errors.first().map_or("does not parse".to_owned(), |error| {
                let line = text.get(..error.pos.start).unwrap_or_default().matches('\n').count() + 1;
                format!("line {line}: {error}")
            }))
        })?;
        self.0.add_resource(resource).map_err(|errors| {
            wrong(errors.first().map_or("holds a message twice".to_owned(), ToString::to_string))
        })
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.0.get_message(key).is_some_and(|message| message.value().is_some())
    }

    /// The message, or `None` where there is none, an argument is missing, or the text would be too long.
    pub(super) fn format(&self, key: &str, arguments: &Arguments) -> Option<String> {
        let pattern = self.0.get_message(key)?.value()?;
        let mut errors = Vec::new();
        let mut text = Capped(String::new());
        self.0.write_pattern(&mut text, pattern, Some(arguments.as_fluent()), &mut errors).ok()?;
        errors.is_empty().then_some(text.0)
    }
}

/// Fluent's own `NUMBER`, within bounds.
fn number<'a>(positional: &[FluentValue<'a>], named: &FluentArgs<'_>) -> FluentValue<'a> {
    let Some(FluentValue::Number(number)) = positional.first() else { return FluentValue::Error };
    let mut number = number.clone();
    number.options.merge(named);
    let FluentNumberOptions { minimum_fraction_digits, .. } = &mut number.options;
    *minimum_fraction_digits = minimum_fraction_digits.map(|digits| digits.min(FRACTION_MAX));
    FluentValue::Number(number)
}

struct Capped(String);

impl fmt::Write for Capped {
    fn write_str(&mut self, piece: &str) -> fmt::Result {
        if self.0.len() + piece.len() > TEXT_MAX {
            return Err(fmt::Error);
        }
        self.0.push_str(piece);
        Ok(())
    }
}
