//! Takes from data what rules name, and nothing else.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::fields::Segment;
use super::rules::Field;

/// What is wanted of a value.
#[derive(Default)]
struct Wanted<'r> {
    /// A rule names the value itself.
    itself: bool,
    members: BTreeMap<&'r str, Wanted<'r>>,
    each: Option<Box<Wanted<'r>>>,
}

pub(super) fn take(data: &Value, fields: &[Field<'_>]) -> Value {
    let mut wanted = Wanted::default();
    for field in fields {
        let place = field.path.0.iter().fold(&mut wanted, |at, segment| match segment {
            Segment::Each => at.each.get_or_insert_default(),
            Segment::Name(name) => at.members.entry(name).or_default(),
        });
        place.itself = true;
    }
    part(data, &[&wanted]).unwrap_or_else(|| empty_of(data))
}

/// The part of a value that any of `wanted` names. A field whose members have rules of their own comes with those members
/// only; items of an array keep their places.
fn part(value: &Value, wanted: &[&Wanted<'_>]) -> Option<Value> {
    let itself = wanted.iter().any(|wanted| wanted.itself);
    if !wanted.iter().any(|wanted| wanted.each.is_some() || !wanted.members.is_empty()) {
        return itself.then(|| value.clone());
    }
    let below = |key: &str, value: &Value| {
        let of_member: Vec<&Wanted<'_>> = wanted
            .iter()
            .flat_map(|wanted| wanted.members.get(key).into_iter().chain(wanted.each.as_deref()))
            .collect();
        part(value, &of_member)
    };
    match value {
        Value::Object(members) => {
            let taken: Map<String, Value> = members
                .iter()
                .filter_map(|(name, value)| Some((name.clone(), below(name, value)?)))
                .collect();
            (itself || !taken.is_empty()).then_some(Value::Object(taken))
        }
        Value::Array(items) => {
            let taken: Vec<Option<Value>> =
                items.iter().enumerate().map(|(index, item)| below(&index.to_string(), item)).collect();
            (itself || taken.iter().any(Option::is_some)).then(|| {
                taken
                    .into_iter()
                    .zip(items)
                    .map(|(taken, item)| taken.unwrap_or_else(|| empty_of(item)))
                    .collect()
            })
        }
        other => itself.then(|| other.clone()),
    }
}

/// Holds the place of something that no rule named.
fn empty_of(value: &Value) -> Value {
    match value {
        Value::Object(_) => Value::Object(Map::new()),
        Value::Array(_) => Value::Array(Vec::new()),
        _ => Value::Null,
    }
}
