//! Dotted names of fields, and what they stand for in data.

use std::fmt;

use serde_json::Value;

const LENGTH_MAX: usize = 255;
const DEPTH_MAX: usize = 16;

/// `items.*.name`: names and indices of members, `*` for each.
#[derive(Clone, Debug)]
pub(super) struct Path(pub(super) Vec<Segment>);

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Segment {
    Each,
    Name(String),
}

/// One place that a path stands for.
pub(super) struct Leaf<'d> {
    /// The path with each `*` replaced.
    pub(super) name: String,
    /// What the stars stand for, in order.
    stars: Vec<String>,
    pub(super) value: Option<&'d Value>,
}

impl Path {
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        if text.is_empty() || text.len() > LENGTH_MAX {
            return Err(format!("a field has 1 to {LENGTH_MAX} bytes, not {}", text.len()));
        }
        let segments = text.split('.').map(|part| match part {
            "*" => Segment::Each,
            name => Segment::Name(name.to_owned()),
        });
        let segments: Vec<_> = segments.collect();
        if segments.contains(&Segment::Name(String::new())) {
            return Err("a part between its dots is empty".to_owned());
        }
        if segments.len() > DEPTH_MAX {
            return Err(format!("it has more than {DEPTH_MAX} parts"));
        }
        Ok(Self(segments))
    }

    pub(super) fn stars(&self) -> usize {
        self.0.iter().filter(|segment| **segment == Segment::Each).count()
    }

    /// Every place in `data` that the path stands for; none where those are more than `limit`. A path whose last members are
    /// not there still stands for a place, so that `required` can miss it, but each `*` only for what is there.
    pub(super) fn expand<'d>(&self, data: &'d Value, limit: usize) -> Option<Vec<Leaf<'d>>> {
        let mut leaves = vec![Leaf { name: String::new(), stars: Vec::new(), value: Some(data) }];
        for segment in &self.0 {
            leaves = match segment {
                Segment::Name(name) => leaves.into_iter().map(|leaf| leaf.into_member(name)).collect(),
                Segment::Each => {
                    let mut members = Vec::new();
                    for leaf in &leaves {
                        leaf.each(&mut members, limit)?;
                    }
                    members
                }
            };
        }
        (leaves.len() <= limit).then_some(leaves)
    }

    /// The value at this path, with the stars of another leaf.
    pub(super) fn beside<'d>(&self, data: &'d Value, leaf: &Leaf<'_>) -> Option<&'d Value> {
        let mut stars = leaf.stars.iter();
        self.0.iter().try_fold(data, |value, segment| match segment {
            Segment::Name(name) => member(value, name),
            Segment::Each => member(value, stars.next()?),
        })
    }

    /// The path whose last name has `suffix` after it; none where it ends in a `*`.
    pub(super) fn with_suffix(&self, suffix: &str) -> Option<Self> {
        let mut path = self.clone();
        match path.0.last_mut() {
            Some(Segment::Name(name)) => name.push_str(suffix),
            _ => return None,
        }
        Some(path)
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, segment) in self.0.iter().enumerate() {
            let dot = if index == 0 { "" } else { "." };
            match segment {
                Segment::Each => write!(f, "{dot}*")?,
                Segment::Name(name) => write!(f, "{dot}{name}")?,
            }
        }
        Ok(())
    }
}

impl<'d> Leaf<'d> {
    fn into_member(mut self, name: &str) -> Self {
        self.value = self.value.and_then(|value| member(value, name));
        self.name = join(&self.name, name);
        self
    }

    fn each(&self, into: &mut Vec<Self>, limit: usize) -> Option<()> {
        let mut add = |key: String, value: &'d Value| {
            let mut stars = self.stars.clone();
            let name = join(&self.name, &key);
            stars.push(key);
            into.push(Leaf { name, stars, value: Some(value) });
            (into.len() <= limit).then_some(())
        };
        match self.value {
            Some(Value::Array(items)) => {
                items.iter().enumerate().try_for_each(|(index, item)| add(index.to_string(), item))
            }
            Some(Value::Object(members)) => {
                members.iter().try_for_each(|(name, value)| add(name.clone(), value))
            }
            _ => Some(()),
        }
    }
}

fn member<'d>(value: &'d Value, name: &str) -> Option<&'d Value> {
    match value {
        Value::Object(members) => members.get(name),
        Value::Array(items) => items.get(name.parse::<usize>().ok()?),
        _ => None,
    }
}

fn join(name: &str, part: &str) -> String {
    if name.is_empty() { part.to_owned() } else { format!("{name}.{part}") }
}
