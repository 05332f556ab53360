//! The reference of `module.toml`: the schema of what is parsed, in Markdown, with examples that are parsed and the sentences that an
//! administrator reads for them.

use std::fmt::Write as _;

use anyhow::{Context as _, bail, ensure};
use caisson_types::Manifest;
use caisson_types::budget::{Budget, Budgets};
use schemars::schema_for;
use serde_json::{Value, json};

use super::examples::Examples;
use super::schema::{Schema, description, kind, title, words};
use super::{anchor, cell};

/// The one table that is one of several.
pub(super) const WEBHOOK: &str = "WebhookScheme";

const BEFORE: &str = "\
`module.toml` stands in a module's folder, in TOML, with at most 256 KiB. [The schema](manifest.schema.json) says the same to
editors: the first line `#:schema ./.caisson/manifest.schema.json` has Taplo and what builds on it complete keys and explain them;
`caisson module new` writes both. What stands here was read from the code that reads manifests; every example is a part of one that was
read, and what is said about grants is what the panel shows for the example.

";

pub(super) fn schema() -> anyhow::Result<Value> {
    Ok(serde_json::to_value(schema_for!(Manifest))?)
}

/// A table of the manifest: one section.
struct Table<'s> {
    /// The definition it is made by.
    name: &'s str,
    node: &'s Value,
    /// Where it stands in the example, and how its header is written: `[module]`, `[[settings]]`.
    stands: Vec<(usize, String)>,
    /// Its key, where it stands inside the lines of the table that the header is of.
    inline: Option<&'s str>,
}

impl Table<'_> {
    fn heading(&self) -> String {
        let headers =
            self.stands.iter().map(|(_, header)| format!("`{header}`")).collect::<Vec<_>>().join(", ");
        match self.inline {
            Some(key) => format!("`{key}` in {headers}"),
            None => headers,
        }
    }
}

pub(super) fn render(root: &Value, examples: &Examples) -> anyhow::Result<String> {
    let schema = Schema::new(root);
    let mut tables = Vec::new();
    collect(schema, root, ("", None), examples, &mut tables)?;
    tables.iter_mut().for_each(|table| table.stands.sort());
    tables.sort_by_key(|table| table.stands[0].0);
    let place =
        |name: &str| tables.iter().find(|table| table.name == name).map(|table| anchor(&table.heading()));
    let mut text = format!("# The manifest\n\n{}\n\n{BEFORE}", description(root));
    for table in &tables {
        writeln!(text, "- [{}](#{})", table.heading(), anchor(&table.heading()))?;
    }
    writeln!(
        text,
        "- [Words](#words)\n\n## Top level\n\n```toml\n{}\n\n{}\n```\n",
        first_line(&examples.text),
        examples.config()?
    )?;
    keys(&mut text, schema, root, &place)?;
    for table in &tables {
        section(&mut text, schema, table, examples, &place)?;
    }
    writeln!(text, "## Words\n")?;
    for (name, definition) in root["$defs"].as_object().into_iter().flatten() {
        define(&mut text, name, definition)?;
    }
    Ok(text.trim_end().to_owned() + "\n")
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

/// Every table below `node`, which stands at `path` under the header that the example has of it.
fn collect<'s>(
    schema: Schema<'s>,
    node: &'s Value,
    (path, above): (&str, Option<&(usize, String)>),
    examples: &Examples,
    tables: &mut Vec<Table<'s>>,
) -> anyhow::Result<()> {
    for (key, property) in node["properties"].as_object().into_iter().flatten() {
        let is_list = kind(schema.resolve(property)) == "array";
        let inner = if is_list { &property["items"] } else { property };
        let Some((name, definition)) = schema.definition(inner) else { continue };
        if !(definition["properties"].is_object() || name == WEBHOOK) {
            continue;
        }
        let full = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
        let header = if is_list { format!("[[{full}]]") } else { format!("[{full}]") };
        let below = format!("[[{full}.");
        let inside = || examples.tables.iter().position(|(other, _)| other.starts_with(&below));
        let (stands, inline) = match (examples.place(&header).or_else(inside), above) {
            (Some(place), _) => ((place * 10, header), None),
            (None, _) if name == WEBHOOK => ((usize::MAX, header), None),
            (None, Some((place, above))) => ((place + 1, above.clone()), Some(key.as_str())),
            (None, None) => bail!("examples/product.toml shows no {header}"),
        };
        match tables.iter_mut().find(|table| table.name == name && table.inline == inline) {
            Some(known) => known.stands.push(stands.clone()),
            None => tables.push(Table { name, node: definition, stands: vec![stands.clone()], inline }),
        }
        collect(schema, definition, (&full, Some(&stands)), examples, tables)?;
    }
    Ok(())
}

fn section(
    text: &mut String,
    schema: Schema<'_>,
    table: &Table<'_>,
    examples: &Examples,
    place: &impl Fn(&str) -> Option<String>,
) -> anyhow::Result<()> {
    writeln!(text, "## {}\n\n{}\n", table.heading(), description(table.node))?;
    if table.name == WEBHOOK {
        return webhooks(text, schema, table.node, examples, place);
    }
    let shown: Vec<&str> = match table.inline {
        Some(key) => {
            let is_it = |line: &&str| line.starts_with(&format!("{key} = "));
            vec![
                examples
                    .text
                    .lines()
                    .find(is_it)
                    .with_context(|| format!("examples/product.toml shows no {key}"))?,
            ]
        }
        None => {
            let of = |header: &String| examples.tables.iter().find(|(present, _)| present == header);
            table.stands.iter().filter_map(|(_, header)| of(header)).map(|(_, text)| text.as_str()).collect()
        }
    };
    if !shown.is_empty() {
        writeln!(text, "```toml\n{}\n```\n", shown.join("\n\n"))?;
    }
    keys(text, schema, table.node, place)?;
    grants(text, table, examples)?;
    if table.name == "BudgetRequest" {
        budgets(text)?;
    }
    Ok(())
}

fn keys(
    text: &mut String,
    schema: Schema<'_>,
    node: &Value,
    place: &impl Fn(&str) -> Option<String>,
) -> anyhow::Result<()> {
    let required: Vec<&str> =
        node["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let Some(properties) = node["properties"].as_object() else { return Ok(()) };
    writeln!(text, "| Key | Takes | Default | What |\n|---|---|---|---|")?;
    let (first, then): (Vec<_>, Vec<_>) =
        properties.iter().partition(|(key, _)| required.contains(&key.as_str()));
    for (key, property) in first.into_iter().chain(then) {
        ensure!(
            !description(property).is_empty() || property["const"].is_string(),
            "nobody says what the key {key} is"
        );
        let default = if required.contains(&key.as_str()) {
            "required".to_owned()
        } else {
            default(&property["default"])
        };
        let takes = match property["const"].as_str() {
            Some(word) => format!("`\"{word}\"`"),
            None => schema.type_of(property, place),
        };
        writeln!(text, "| `{key}` | {takes} | {default} | {} |", cell(description(property)))?;
    }
    writeln!(text)?;
    Ok(())
}

fn default(value: &Value) -> String {
    match value {
        Value::String(text) if text.is_empty() => String::new(),
        Value::Null | Value::Object(_) | Value::Array(_) => String::new(),
        value => format!("`{value}`"),
    }
}

/// What an administrator reads, by the example.
fn grants(text: &mut String, table: &Table<'_>, examples: &Examples) -> anyhow::Result<()> {
    let Some(path) = table.stands.first().map(|(_, header)| header.trim_matches(['[', ']'])) else {
        return Ok(());
    };
    let Some(rest) = path.strip_prefix("capabilities") else { return Ok(()) };
    let all = serde_json::to_value(&examples.product.capabilities)?;
    let all = all.as_object().context("capabilities are a table")?;
    let asked = match rest.strip_prefix('.') {
        Some(key) => all.iter().filter(|(present, _)| *present == key).collect::<Vec<_>>(),
        None => all.iter().filter(|(_, value)| value.is_boolean()).collect(),
    };
    let asked: serde_json::Map<_, _> =
        asked.into_iter().map(|(key, value)| (key.clone(), value.clone())).collect();
    let mut manifest = examples.product.clone();
    manifest.capabilities = serde_json::from_value(Value::Object(asked))?;
    let requests = manifest.requests();
    if requests.is_empty() {
        return Ok(());
    }
    writeln!(text, "What an administrator reads for the example:\n")?;
    writeln!(text, "| Risk | Grant | Sentence | Reason |\n|---|---|---|---|")?;
    for request in requests {
        let (id, sentence) = (cell(&request.id.0), cell(&request.sentence));
        let reason = cell(&request.reason.unwrap_or_default());
        writeln!(text, "| {} | `{id}` | {sentence} | {reason} |", request.risk)?;
    }
    writeln!(text)?;
    Ok(())
}

/// What a call has where nothing is asked for.
fn budgets(text: &mut String) -> anyhow::Result<()> {
    let schema = serde_json::to_value(schema_for!(Budget))?;
    let defaults = Budgets::default();
    let (page, task) = (json!(defaults.page), json!(defaults.task));
    writeln!(
        text,
        "What a call has by default. Whoever passes a limit is told so or ended, and the call's outcome names the limit.\n"
    )?;
    writeln!(text, "| Limit | For a page | For a task | What |\n|---|---|---|---|")?;
    for (key, property) in schema["properties"].as_object().into_iter().flatten() {
        writeln!(text, "| `{key}` | {} | {} | {} |", page[key], task[key], cell(description(property)))?;
    }
    writeln!(text)?;
    Ok(())
}

fn webhooks(
    text: &mut String,
    schema: Schema<'_>,
    node: &Value,
    examples: &Examples,
    place: &impl Fn(&str) -> Option<String>,
) -> anyhow::Result<()> {
    for scheme in node["oneOf"].as_array().into_iter().flatten() {
        let word = scheme["properties"]["scheme"]["const"].as_str().unwrap_or_default();
        let example =
            examples.webhooks.get(word).with_context(|| format!("no example shows the scheme {word}"))?;
        writeln!(text, "### `{word}`\n\n{}\n\n```toml\n{}\n```\n", description(scheme), example.trim_end())?;
        keys(text, schema, scheme, place)?;
    }
    Ok(())
}

/// What a word means, where that is no table.
fn define(text: &mut String, name: &str, definition: &Value) -> anyhow::Result<()> {
    let words = words(definition);
    let explained = words.iter().any(|(_, description)| !description.is_empty());
    let is_text = kind(definition) == "string" && words.is_empty() && !description(definition).is_empty();
    if !(explained || is_text) || definition["oneOf"][0]["properties"].is_object() {
        return Ok(());
    }
    writeln!(text, "### {}\n\n{}\n", title(name), description(definition))?;
    if explained {
        writeln!(text, "| Word | What |\n|---|---|")?;
        for (word, what) in words {
            writeln!(text, "| `{word}` | {} |", cell(what))?;
        }
        writeln!(text)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use caisson_tests::support::repository;

    use super::*;

    fn examples(schema: &Value) -> Examples {
        Examples::read(&repository().join("runtime/docs/examples"), schema).unwrap()
    }

    #[test]
    fn keys_say_what_they_take_and_grants_what_is_read() {
        let schema = schema().unwrap();
        let text = render(&schema, &examples(&schema)).unwrap();
        for line in [
            "| `title` | text, 1 to 100 characters | required | Name for people. |",
            "| `tolerance_s` | whole number, 1 to 3600 | `300` |",
            "| `options` | list of [tables](#options-in-settings-product-service) |",
            "| `scheme` | `https` or `http` | `\"https\"` |",
            "| low | `table servers` | Create and use its own table 'servers'. |",
            "| `cpu_ms` | 1000 | 30000 |",
            "### `sha384-sign`",
        ] {
            assert!(text.contains(line), "{line}");
        }
    }

    #[test]
    fn what_nobody_explains_or_shows_is_refused() {
        let good = schema().unwrap();
        let examples = examples(&good);
        let refusal = |key: &str, property: Value| {
            let mut schema = good.clone();
            schema["properties"][key] = property;
            render(&schema, &examples).unwrap_err().to_string()
        };
        assert_eq!(refusal("colour", json!({ "type": "string" })), "nobody says what the key colour is");
        let table = json!({ "description": "A page.", "$ref": "#/$defs/Tab" });
        assert_eq!(refusal("page", table), "examples/product.toml shows no [page]");
    }
}
