//! What a guest is called with, as JSON in the contract's own words: names with hyphens, documents as documents, bytes as text where
//! they are that. The bindings have Rust's names, and know text only.

use serde::Serialize;
use serde::ser::{self, Error as _, Impossible, SerializeSeq, SerializeStruct, SerializeTuple};
use serde_json::{Error, Map, Value};

use crate::capture::Body;

/// Most bytes of one text or list of bytes; of a longer one its length is said.
pub(crate) const PART_MAX: usize = 64 * 1024;
/// Says in place of a value how many bytes it had.
pub(crate) const LEFT_OUT: &str = "left-out";

/// A value of the contract as JSON.
pub(crate) fn spoken(value: &impl Serialize) -> Result<Value, Error> {
    value.serialize(Speaker).map(Spoken::into_value)
}

/// A byte is one of a list, or a number.
pub(crate) enum Spoken {
    Byte(u8),
    Value(Value),
}

impl Spoken {
    fn into_value(self) -> Value {
        match self {
            Self::Byte(byte) => byte.into(),
            Self::Value(value) => value,
        }
    }
}

fn left_out(bytes: usize) -> Value {
    serde_json::json!({ LEFT_OUT: bytes })
}

fn text(text: &str) -> Value {
    if text.len() > PART_MAX {
        return left_out(text.len());
    }
    match text.starts_with(['{', '[']).then(|| serde_json::from_str(text)) {
        Some(Ok(document)) => document,
        _ => text.into(),
    }
}

/// `ProvisionStatus` and `product_data` as the contract spells them.
fn hyphened(name: &str) -> String {
    let mut spelt = String::with_capacity(name.len() + 2);
    for (at, letter) in name.char_indices() {
        match letter {
            '_' => spelt.push('-'),
            letter if letter.is_ascii_uppercase() => {
                if at > 0 {
                    spelt.push('-');
                }
                spelt.push(letter.to_ascii_lowercase());
            }
            letter => spelt.push(letter),
        }
    }
    spelt
}

pub(crate) struct Speaker;

type Never = Impossible<Spoken, Error>;

fn unspoken<T>(what: &str) -> Result<T, Error> {
    Err(Error::custom(format!("the contract has no {what}")))
}

macro_rules! plain {
    ($($function:ident($type:ty)),+) => {
        $(fn $function(self, value: $type) -> Result<Spoken, Error> {
            Ok(Spoken::Value(value.into()))
        })+
    };
}

impl ser::Serializer for Speaker {
    type Ok = Spoken;
    type Error = Error;
    type SerializeSeq = List;
    type SerializeTuple = List;
    type SerializeTupleStruct = Never;
    type SerializeTupleVariant = Never;
    type SerializeMap = Never;
    type SerializeStruct = Record;
    type SerializeStructVariant = Never;

    plain! {
        serialize_bool(bool), serialize_i8(i8), serialize_i16(i16), serialize_i32(i32), serialize_i64(i64),
        serialize_u16(u16), serialize_u32(u32), serialize_u64(u64), serialize_f32(f32), serialize_f64(f64)
    }

    fn serialize_u8(self, value: u8) -> Result<Spoken, Error> {
        Ok(Spoken::Byte(value))
    }

    fn serialize_char(self, value: char) -> Result<Spoken, Error> {
        Ok(Spoken::Value(value.to_string().into()))
    }

    fn serialize_str(self, value: &str) -> Result<Spoken, Error> {
        Ok(Spoken::Value(text(value)))
    }

    fn serialize_bytes(self, bytes: &[u8]) -> Result<Spoken, Error> {
        Ok(Spoken::Value(in_bytes(bytes.to_vec())))
    }

    fn serialize_none(self) -> Result<Spoken, Error> {
        Ok(Spoken::Value(Value::Null))
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Spoken, Error> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<Spoken, Error> {
        Ok(Spoken::Value(Value::Null))
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<Spoken, Error> {
        Ok(Spoken::Value(Value::Null))
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, name: &'static str) -> Result<Spoken, Error> {
        Ok(Spoken::Value(hyphened(name).into()))
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<Spoken, Error> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        name: &'static str,
        value: &T,
    ) -> Result<Spoken, Error> {
        let value = value.serialize(Speaker)?.into_value();
        Ok(Spoken::Value(Map::from_iter([(hyphened(name), value)]).into()))
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<List, Error> {
        Ok(List { bytes: Vec::new(), values: Vec::new() })
    }

    fn serialize_tuple(self, _: usize) -> Result<List, Error> {
        self.serialize_seq(None)
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Record, Error> {
        Ok(Record(Map::new()))
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Never, Error> {
        unspoken("tuple with a name")
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Never, Error> {
        unspoken("variant of several values")
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Never, Error> {
        unspoken("map")
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Never, Error> {
        unspoken("variant with fields")
    }
}

pub(crate) struct List {
    bytes: Vec<u8>,
    values: Vec<Value>,
}

fn in_bytes(bytes: Vec<u8>) -> Value {
    if bytes.len() > PART_MAX {
        return left_out(bytes.len());
    }
    serde_json::to_value(Body::read(&bytes)).unwrap_or_default()
}

impl SerializeSeq for List {
    type Ok = Spoken;
    type Error = Error;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        match value.serialize(Speaker)? {
            Spoken::Byte(byte) => self.bytes.push(byte),
            Spoken::Value(value) => self.values.push(value),
        }
        Ok(())
    }

    fn end(self) -> Result<Spoken, Error> {
        let value = if self.bytes.is_empty() { self.values.into() } else { in_bytes(self.bytes) };
        Ok(Spoken::Value(value))
    }
}

impl SerializeTuple for List {
    type Ok = Spoken;
    type Error = Error;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        SerializeSeq::serialize_element(self, value)
    }

    fn end(self) -> Result<Spoken, Error> {
        SerializeSeq::end(self)
    }
}

pub(crate) struct Record(Map<String, Value>);

impl SerializeStruct for Record {
    type Ok = Spoken;
    type Error = Error;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), Error> {
        self.0.insert(hyphened(name), value.serialize(Speaker)?.into_value());
        Ok(())
    }

    fn end(self) -> Result<Spoken, Error> {
        Ok(Spoken::Value(self.0.into()))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::contract::types as wit;

    #[test]
    fn what_a_guest_is_called_with_reads_like_the_contract() {
        let parameter =
            |name: &str, value: &str| wit::Parameter { name: name.to_owned(), value: value.to_owned() };
        let mut request = wit::Request {
            method: wit::HttpMethod::Post,
            path: "tab".to_owned(),
            params: Vec::new(),
            query: vec![parameter("page", "2")],
            form: Vec::new(),
            headers: Vec::new(),
            body: br#"{"a":1}"#.to_vec(),
            actor: wit::Actor {
                role: wit::Role::Staff,
                id: None,
                permissions: Vec::new(),
                locale: "en".to_owned(),
            },
        };
        let told = spoken(&("5", &request, Some(wit::Body::Text("{\"b\":2}".to_owned())))).unwrap();
        let expected = json!(["5", {
            "method": "post", "path": "tab", "params": [], "query": [{ "name": "page", "value": "2" }], "form": [],
            "headers": [], "body": { "json": { "a": 1 } },
            "actor": { "role": "staff", "id": null, "permissions": [], "locale": "en" },
        }, { "text": { "b": 2 } }]);
        assert_eq!(told, expected);
        for (bytes, expected) in [
            (b"plain".to_vec(), json!({ "text": "plain" })),
            (vec![255, 0], json!({ "base64": "/wA=" })),
            (Vec::new(), json!([])),
            (vec![b'x'; PART_MAX + 1], json!({ "left-out": PART_MAX + 1 })),
        ] {
            request.body = bytes;
            assert_eq!(spoken(&request).unwrap()["body"], expected);
        }
        assert_eq!(spoken(&"x".repeat(PART_MAX + 1)).unwrap(), json!({ "left-out": PART_MAX + 1 }));
        assert_eq!(spoken(&wit::ProvisionStatus::Completed).unwrap(), "completed");
        assert_eq!(spoken(&()).unwrap(), Value::Null);
    }
}
