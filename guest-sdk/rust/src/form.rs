//! Reads form fields, which are all text, into typed structures.

use serde::de::value::{Error, MapDeserializer};
use serde::de::{DeserializeOwned, Deserializer, Error as _, IntoDeserializer, Visitor};

use crate::bindings::host::caisson::module::types::Parameter;
use crate::{Problem, Result};

/// One field's text, which becomes whatever type is asked for.
struct Typed<'a>(&'a Parameter);

/// The fields of a form as `T`.
pub(crate) fn read<T: DeserializeOwned>(fields: &[Parameter]) -> Result<T> {
    let pairs = fields.iter().map(|field| (field.name.as_str(), Typed(field)));
    T::deserialize(MapDeserializer::new(pairs))
        .map_err(|error| Problem::new(422, sentence(&error.to_string())))
}

fn sentence(message: &str) -> String {
    let mut letters = message.chars();
    match letters.next() {
        Some(first) => format!("{}{}.", first.to_uppercase(), letters.as_str()),
        None => "The form does not fit.".to_owned(),
    }
}

macro_rules! parsed {
    ($($method:ident => $visit:ident: $what:literal;)+) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            match self.0.value.trim().parse() {
                Ok(value) => visitor.$visit(value),
                Err(_) => Err(Error::custom(format!(concat!("the field '{}' must be ", $what), self.0.name))),
            }
        }
    )+};
}

impl<'de> Deserializer<'de> for Typed<'_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_str(&self.0.value)
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_bool(matches!(self.0.value.as_str(), "1" | "on" | "true" | "yes"))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.0.value.trim().is_empty() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        if !variants.contains(&self.0.value.as_str()) {
            return Err(Error::custom(format!(
                "the field '{}' must be one of {}",
                self.0.name,
                variants.join(", ")
            )));
        }
        let text: serde::de::value::StrDeserializer<'_, Error> = self.0.value.as_str().into_deserializer();
        text.deserialize_enum(name, variants, visitor)
    }

    parsed! {
        deserialize_i8 => visit_i8: "a whole number";
        deserialize_i16 => visit_i16: "a whole number";
        deserialize_i32 => visit_i32: "a whole number";
        deserialize_i64 => visit_i64: "a whole number";
        deserialize_u8 => visit_u8: "a whole number of at most 255";
        deserialize_u16 => visit_u16: "a whole number of at most 65535";
        deserialize_u32 => visit_u32: "a whole number";
        deserialize_u64 => visit_u64: "a whole number";
        deserialize_f32 => visit_f32: "a number";
        deserialize_f64 => visit_f64: "a number";
    }

    serde::forward_to_deserialize_any! {
        i128 u128 char str string bytes byte_buf unit unit_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}

impl<'de> IntoDeserializer<'de, Error> for Typed<'_> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(rename_all = "lowercase")]
    enum Kind {
        A,
        Mx,
    }

    #[derive(Debug, Deserialize, PartialEq)]
    struct Record {
        name: String,
        kind: Kind,
        ttl: Option<u32>,
        priority: u16,
        #[serde(default)]
        proxied: bool,
    }

    fn fields(pairs: &[(&str, &str)]) -> Vec<Parameter> {
        pairs
            .iter()
            .map(|(name, value)| Parameter { name: (*name).to_owned(), value: (*value).to_owned() })
            .collect()
    }

    #[test]
    fn text_becomes_what_is_asked_for() {
        let form =
            fields(&[("name", "www"), ("kind", "mx"), ("ttl", ""), ("priority", " 10 "), ("extra", "x")]);
        let record: Record = read(&form).unwrap();
        assert_eq!(
            record,
            Record { name: "www".to_owned(), kind: Kind::Mx, ttl: None, priority: 10, proxied: false }
        );
    }

    #[test]
    fn what_does_not_read_is_named() {
        let cases = [
            (("priority", "many"), "The field 'priority' must be a whole number of at most 65535."),
            (("kind", "gold"), "The field 'kind' must be one of a, mx."),
        ];
        for ((name, value), expected) in cases {
            let mut form = fields(&[("name", "www"), ("kind", "a"), ("priority", "1")]);
            form.iter_mut()
                .filter(|field| field.name == name)
                .for_each(|field| field.value = value.to_owned());
            let problem = read::<Record>(&form).unwrap_err();
            assert_eq!((problem.code, problem.message.as_str()), (422, expected));
        }
    }
}
