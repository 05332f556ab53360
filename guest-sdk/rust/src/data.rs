//! JSON documents that cross the contract, and the little types that forms are made of.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

use crate::{Problem, Result, View, log};

/// A JSON object as the contract carries it: what a tab's template sees, or what a job leaves behind.
#[derive(Clone, Debug, PartialEq)]
pub struct Data(String);

impl Data {
    /// # Errors
    /// A problem where `value` cannot be written as JSON, such as a map whose keys are no strings.
    pub fn new<T: Serialize + ?Sized>(value: &T) -> Result<Self> {
        write(value).map(Self)
    }

    /// An object without fields.
    #[must_use]
    pub fn empty() -> Self {
        Self("{}".to_owned())
    }

    pub(crate) fn into_json(self) -> String {
        self.0
    }
}

impl View {
    /// A template of the module's own `views/`, without its extension, and what it shows.
    ///
    /// # Errors
    /// A problem where `data` cannot be written as JSON.
    pub fn new<T: Serialize + ?Sized>(template: impl Into<String>, data: &T) -> Result<Self> {
        Ok(Self { template: template.into(), data: write(data)? })
    }
}

/// For a module that has no fields of a kind: takes any object, and keeps none of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoFields {}

/// A secret setting as the module sees it on a form: set or not, never the value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Secret {
    pub is_set: bool,
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        Ok(Self { is_set: !matches!(value, Value::Null | Value::Bool(false)) })
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.is_set { serializer.serialize_bool(true) } else { serializer.serialize_none() }
    }
}

pub(crate) fn write<T: Serialize + ?Sized>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(|error| {
        log::error("write JSON", &(), &error.to_string());
        Problem::internal("The module could not write down its answer.")
    })
}

/// Reads what the host gave; `what` names it in the log.
pub(crate) fn read<T: DeserializeOwned>(what: &str, json: &str) -> Result<T> {
    serde_json::from_str(if json.is_empty() { "null" } else { json }).map_err(|error| {
        log::error(&format!("read {what}"), &(), &error.to_string());
        Problem::internal(format!("The module does not understand its {what}."))
    })
}

/// Reads a form. What does not fit is the input's fault, so it is a 422 and not a failure of the module.
pub(crate) fn read_form<T: DeserializeOwned>(json: &str) -> Result<T> {
    serde_json::from_str(json)
        .map_err(|error| Problem::new(422, format!("The form does not fit this module: {error}.")))
}

/// `json` as the form is to show it, with the defaults that `T` knows filled in. One that does not fit is given back as it is, to be
/// corrected.
pub(crate) fn filled<T: DeserializeOwned + Serialize>(
    json: &str,
    get: impl FnOnce(T) -> Result<T>,
) -> Result<String> {
    match serde_json::from_str::<T>(json) {
        Ok(typed) => overlay(json, &get(typed)?),
        Err(_) => Ok(json.to_owned()),
    }
}

/// `json` with the fields of `typed` over it: fields that the module's type does not know stay, and an optional field that
/// was not given does not become a null.
pub(crate) fn overlay<T: Serialize>(json: &str, typed: &T) -> Result<String> {
    let mut fields: Map<String, Value> = read("form", json)?;
    let typed = serde_json::from_str::<Map<String, Value>>(&write(typed)?)
        .map_err(|_| Problem::internal("The module's form is no structure with named fields."))?;
    for (key, value) in typed {
        if !value.is_null() || fields.contains_key(&key) {
            fields.insert(key, value);
        }
    }
    write(&fields)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Serialize, Deserialize, Default)]
    #[serde(default)]
    struct Form {
        plan: String,
        size: u32,
    }

    #[test]
    fn a_form_shows_defaults_what_the_module_makes_of_it_and_the_rest() {
        let get = |form: Form| Ok(Form { size: form.size + 1, ..form });
        let filled = filled::<Form>(r#"{"size":7,"other":true}"#, get).unwrap();
        assert_eq!(
            serde_json::from_str::<Value>(&filled).unwrap(),
            serde_json::json!({"plan": "", "size": 8, "other": true})
        );
    }

    #[test]
    fn a_form_of_another_shape_is_shown_as_it_is() {
        assert_eq!(filled::<Form>(r#"{"size":"many"}"#, Ok).unwrap(), r#"{"size":"many"}"#);
    }

    #[test]
    fn a_secret_says_only_whether_it_is_set() {
        for (json, is_set) in [("true", true), ("null", false), ("false", false)] {
            assert_eq!(serde_json::from_str::<Secret>(json).unwrap(), Secret { is_set });
        }
        assert_eq!(serde_json::to_string(&Secret { is_set: false }).unwrap(), "null");
    }

    #[test]
    fn a_wrong_form_is_the_inputs_fault() {
        assert_eq!(read_form::<Form>(r#"{"size":"many"}"#).err().map(|p| p.code), Some(422));
    }
}
