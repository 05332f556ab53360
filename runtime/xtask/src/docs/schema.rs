//! Reading a JSON schema: what a key takes, in words.

use serde_json::Value;

use super::anchor;

/// A schema with its definitions.
#[derive(Clone, Copy)]
pub(super) struct Schema<'s> {
    root: &'s Value,
}

impl<'s> Schema<'s> {
    pub(super) fn new(root: &'s Value) -> Self {
        Self { root }
    }

    /// The definition that a node names, if it names one: its name and what it says.
    pub(super) fn definition(self, node: &'s Value) -> Option<(&'s str, &'s Value)> {
        let name = something(node)["$ref"].as_str()?.strip_prefix("#/$defs/")?;
        Some((name, &self.root["$defs"][name]))
    }

    /// The node, or the definition that it names.
    pub(super) fn resolve(self, node: &'s Value) -> &'s Value {
        self.definition(node).map_or(something(node), |(_, definition)| definition)
    }

    /// What a key takes, as Markdown. `table` gives the anchor of the section about a definition that is a table.
    pub(super) fn type_of(self, node: &'s Value, table: &impl Fn(&str) -> Option<String>) -> String {
        let node = something(node);
        let inner = self.resolve(node);
        if let Some((name, definition)) = self.definition(node) {
            if let Some(anchor) = table(name) {
                return format!("[table](#{anchor})");
            }
            let explained = words(definition).iter().any(|(_, description)| !description.is_empty());
            if explained
                || (definition["type"] == "string"
                    && !description(definition).is_empty()
                    && words(definition).is_empty())
            {
                return format!("[{}](#{})", title(name).to_lowercase(), anchor(&title(name)));
            }
            if name == "SemVer" {
                return "version, such as `1.0.0`".to_owned();
            }
        }
        let words = words(inner);
        if !words.is_empty() {
            return one_of(&words);
        }
        let limits =
            |low: &str, high: &str| (inner[low].as_u64().filter(|low| *low > 0), inner[high].as_u64());
        match kind(inner) {
            "array" => format!("list of {}", plural(&self.type_of(&inner["items"], table))),
            "string" => with_limits("text", limits("minLength", "maxLength"), " characters"),
            "integer" => with_limits("whole number", limits("minimum", "maximum"), ""),
            "number" => "number".to_owned(),
            "boolean" => "`true` or `false`".to_owned(),
            "object" => "table".to_owned(),
            _ => "any value".to_owned(),
        }
    }
}

/// What stands beside null, where a key may be left out.
fn something(node: &Value) -> &Value {
    node["anyOf"].as_array().and_then(|any| any.iter().find(|one| one["type"] != "null")).unwrap_or(node)
}

pub(super) fn kind(node: &Value) -> &str {
    let kind = &node["type"];
    kind.as_str().or_else(|| kind[0].as_str()).unwrap_or_default()
}

pub(super) fn description(node: &Value) -> &str {
    node["description"].as_str().unwrap_or_default()
}

/// The words that a text may be, each with what it means.
pub(super) fn words(node: &Value) -> Vec<(String, &str)> {
    let plain = node["enum"].as_array().into_iter().flatten();
    let plain = plain.filter_map(Value::as_str).map(|word| (word.to_owned(), ""));
    let explained = node["oneOf"].as_array().into_iter().flatten();
    let explained = explained.map(|one| {
        let of_enum = one["enum"].as_array().into_iter().flatten().filter_map(Value::as_str);
        let words: Vec<_> = one["const"].as_str().into_iter().chain(of_enum).collect();
        words.into_iter().map(|word| (word.to_owned(), description(one)))
    });
    plain.chain(explained.flatten()).collect()
}

/// A definition's name for people: `FieldKind` is a field kind.
pub(super) fn title(name: &str) -> String {
    let mut title = String::new();
    for c in name.chars() {
        if c.is_uppercase() && !title.is_empty() {
            title.push(' ');
            title.extend(c.to_lowercase());
        } else {
            title.push(c);
        }
    }
    title
}

fn one_of(words: &[(String, &str)]) -> String {
    let words: Vec<_> = words.iter().map(|(word, _)| format!("`{word}`")).collect();
    match words.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => words.concat(),
    }
}

fn plural(one: &str) -> String {
    one.strip_prefix("[table]").map_or_else(|| one.to_owned(), |anchor| format!("[tables]{anchor}"))
}

fn with_limits(what: &str, limits: (Option<u64>, Option<u64>), unit: &str) -> String {
    match limits {
        (Some(low), Some(high)) => format!("{what}, {low} to {high}{unit}"),
        (None, Some(high)) => format!("{what}, at most {high}{unit}"),
        (Some(low), None) => format!("{what}, at least {low}{unit}"),
        (None, None) => what.to_owned(),
    }
}
