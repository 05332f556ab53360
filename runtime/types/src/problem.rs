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
