//! Why something could not be done, in words that may be shown.

use std::fmt;

use serde::{Deserialize, Serialize};

/// One rejected input field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldError {
    /// Dotted path of the field.
    pub field: String,
    /// What is wrong with it, for people.
    pub message: String,
}

/// Where no form shows the field beside the message.
impl std::fmt::Display for FieldError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.field, self.message)
    }
}

/// Most characters of a message, of a field's name, and most fields that a module may complain about.
const MESSAGE_MAX: usize = 4_000;
const FIELD_MAX: usize = 200;
const ERRORS_MAX: usize = 100;

/// Text of a module, fit to be shown: at most so many characters, none that move a cursor, and none that turn what follows
/// around.
#[must_use]
pub fn shown(text: &str, most: usize) -> String {
    let turns = |letter: &char| matches!(letter, '\u{202a}'..='\u{202e}');
    let plain = |letter: char| if letter.is_control() && letter != '\n' { ' ' } else { letter };
    let mut letters = text.chars().filter(|letter| !turns(letter)).map(plain);
    let mut shown: String = letters.by_ref().take(most).collect();
    if letters.next().is_some() {
        shown.push('…');
    }
    shown
}

impl FieldError {
    pub fn new(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self { field: field.into(), message: message.into() }
    }
}

/// What a module answers when a call could not do its work. `code` follows HTTP.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub struct Problem {
    pub code: u16,
    pub message: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
}

impl Problem {
    pub fn new(code: u16, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), errors: Vec::new() }
    }

    /// As a module gave it: bounded, and fit to be shown.
    #[must_use]
    pub fn of_module(code: u16, message: &str, errors: impl IntoIterator<Item = FieldError>) -> Self {
        let errors = errors.into_iter().take(ERRORS_MAX);
        let errors = errors.map(|FieldError { field, message }| FieldError {
            field: shown(&field, FIELD_MAX),
            message: shown(&message, MESSAGE_MAX),
        });
        Self { code, message: shown(message, MESSAGE_MAX), errors: errors.collect() }
    }

    /// Input that was refused, field by field.
    #[must_use]
    pub fn invalid(errors: Vec<FieldError>) -> Self {
        Self { code: 422, message: "Some fields need another look.".to_owned(), errors }
    }

    /// Whether trying again with the same input cannot help.
    #[must_use]
    pub fn is_final(&self) -> bool {
        (400..500).contains(&self.code) && self.code != 408 && self.code != 429
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        for error in &self.errors {
            write!(f, "; {}: {}", error.field, error.message)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_module_says_is_bounded_and_plain() {
        let error = FieldError::new("a\u{1b}[31m".repeat(100), "b".repeat(10_000));
        let problem =
            Problem::of_module(422, "red\u{1b}[31m\r\n\u{202e}back\u{2068}وقت\u{2069}", vec![error; 1_000]);
        assert_eq!(problem.message, "red [31m \nback\u{2068}وقت\u{2069}");
        assert_eq!(problem.errors.len(), ERRORS_MAX);
        assert_eq!(problem.errors[0].field.chars().count(), FIELD_MAX + 1);
        assert_eq!(problem.errors[0].message.chars().count(), MESSAGE_MAX + 1);
        assert_eq!(shown("four", 4), "four");
    }
}
