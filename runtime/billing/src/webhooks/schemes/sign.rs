//! A JSON body with a member `sign`: the SHA-384 of an object of some of its members and a shared secret, in a fixed order, with
//! nothing escaped and nothing between them (Przelewy24).

use caisson_types::manifest::SignWebhook;
use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, Visitor};
use serde_json::Value;
use sha2::{Digest as _, Sha384};
use subtle::ConstantTimeEq as _;

use super::{MISMATCH, Received, Result, Unverified, body, digest};

pub(super) fn verify(scheme: &SignWebhook, secret: &str, request: &Received) -> Result<String> {
    let malformed = |reason: String| Unverified::Malformed(reason);
    let members: Members = serde_json::from_slice(body(request)?)
        .map_err(|error| malformed(format!("the body is not a JSON object of distinct members: {error}")))?;
    let given = members.get(&scheme.sign).and_then(Value::as_str).and_then(|text| hex::decode(text).ok());
    let given = given.ok_or_else(|| malformed(format!("the member '{}' is not hexadecimal", scheme.sign)))?;
    let mut signed = String::from("{");
    for field in &scheme.fields {
        let value = members.get(field).filter(|value| is_plain(value));
        let value =
            value.ok_or_else(|| malformed(format!("the member '{field}' is no text, integer or boolean")))?;
        signed.push_str(&format!("{}:{value},", Value::from(field.as_str())));
    }
    let known = digest(&[signed.as_bytes()]);
    signed.push_str(&format!("{}:{}}}", Value::from(scheme.secret_name.as_str()), Value::from(secret)));
    let expected = Sha384::digest(signed.as_bytes());
    if bool::from(expected.as_slice().ct_eq(&given)) { Ok(known) } else { Err(MISMATCH) }
}

/// What is written the same by everybody who writes JSON.
fn is_plain(value: &Value) -> bool {
    match value {
        Value::String(_) | Value::Bool(_) => true,
        Value::Number(number) => number.is_i64() || number.is_u64(),
        Value::Null | Value::Array(_) | Value::Object(_) => false,
    }
}

/// The members of an object, none of them twice: of two with one name, the host would verify one and the module read the other.
struct Members(Vec<(String, Value)>);

impl Members {
    fn get(&self, name: &str) -> Option<&Value> {
        self.0.iter().find(|(other, _)| other == name).map(|(_, value)| value)
    }
}

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        struct Distinct;

        impl<'de> Visitor<'de> for Distinct {
            type Value = Members;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> std::result::Result<Members, A::Error> {
                let mut members = Members(Vec::new());
                while let Some((name, value)) = map.next_entry::<String, Value>()? {
                    if members.get(&name).is_some() || members.0.len() == MEMBERS_MAX {
                        return Err(A::Error::custom(format!("'{name}' is there twice, or one too many")));
                    }
                    members.0.push((name, value));
                }
                Ok(members)
            }
        }

        deserializer.deserialize_map(Distinct)
    }
}

/// Members of a body; looking for doubles takes their square.
const MEMBERS_MAX: usize = 128;
