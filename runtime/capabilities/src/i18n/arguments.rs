//! What a message is filled in with.

use fluent_bundle::{FluentArgs, FluentValue};
use serde_json::Value;

/// Integers beyond this have no exact place in Fluent's numbers, which are floating-point.
const EXACT: u64 = 1 << 53;

/// Named texts and numbers.
#[derive(Debug, Default)]
pub struct Arguments(FluentArgs<'static>);

impl Arguments {
    pub fn text(&mut self, name: &str, value: impl Into<String>) {
        self.0.set(name.to_owned(), FluentValue::from(value.into()));
    }

    /// A whole number. One too large to be counted with is said as it is written.
    pub fn integer(&mut self, name: &str, value: i64) {
        if value.unsigned_abs() > EXACT {
            self.text(name, value.to_string());
        } else {
            self.0.set(name.to_owned(), FluentValue::from(value));
        }
    }

    pub fn float(&mut self, name: &str, value: f64) {
        self.0.set(name.to_owned(), FluentValue::from(value));
    }

    /// The members of a JSON object, and the names of those that no message can use: a list, an object or a null has no
    /// form in which a sentence could hold it, so its message counts as missing an argument. A boolean is the word `true`
    /// or `false`, which a message can select on.
    pub(crate) fn read(json: &serde_json::Map<String, Value>) -> (Self, Vec<&str>) {
        let mut arguments = Self::default();
        let mut unusable = Vec::new();
        for (name, value) in json {
            match value {
                Value::String(text) => arguments.text(name, text.as_str()),
                Value::Bool(truth) => arguments.text(name, truth.to_string()),
                Value::Number(number) => match (number.as_i64(), number.as_f64()) {
                    (Some(integer), _) => arguments.integer(name, integer),
                    (None, Some(float)) if !number.is_u64() => arguments.float(name, float),
                    _ => arguments.text(name, number.to_string()),
                },
                Value::Null | Value::Array(_) | Value::Object(_) => unusable.push(name.as_str()),
            }
        }
        (arguments, unusable)
    }

    pub(super) fn as_fluent(&self) -> &FluentArgs<'static> {
        &self.0
    }
}
