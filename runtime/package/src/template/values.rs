//! Whether an attribute's finished value is one its rule takes.

use super::attributes::Rule;
use super::finding::{Fault, shown};
use super::state::Value;

/// Judges a value once its closing quote is reached. Expressions in it were judged when they were met.
pub(super) fn check(value: &Value) -> Result<(), Fault> {
    let name = &value.name;
    let literal = value.literal.as_str();
    let is_literal = value.expressions == 0;
    match value.rule {
        Rule::Text => Ok(()),
        _ if value.branches => Err(Fault::new(
            format!("a block decides on a part of '{name}'"),
            format!(
                "put the condition into one expression, or around the whole attribute: {{% if ... %}} {name}=\"...\"{{% endif %}}"
            ),
        )),
        Rule::Link | Rule::Address if !is_literal => {
            // '#' before everything else makes it a fragment, whatever follows.
            if value.rule == Rule::Link && literal.starts_with('#') && !value.begins_with_expression {
                return Ok(());
            }
            if value.expressions == 1 && literal.is_empty() {
                return Ok(());
            }
            Err(Fault::new(
                format!("the URL in '{name}' is put together of several parts"),
                format!("make it one expression: {name}=\"{{{{ ... }}}}\", with the condition inside it"),
            ))
        }
        Rule::Address => Err(Fault::new(
            format!("'{name}' holds the fixed address '{}'", shown(literal)),
            format!("let the panel make it: {name}=\"{{{{ {} }}}}\"", example(name)),
        )),
        Rule::Link => link(literal),
        Rule::Reference | Rule::Target => {
            if value.rule == Rule::Target && is_literal && literal == "this" {
                return Ok(());
            }
            let plain =
                |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
            match literal.strip_prefix('#') {
                Some(id) if !value.begins_with_expression && plain(id) && (!id.is_empty() || !is_literal) => {
                    Ok(())
                }
                _ => Err(Fault::new(
                    format!("'{name}' is not the id of an element"),
                    format!("write {name}=\"#some-id\""),
                )),
            }
        }
        Rule::Word(words) => one_of(name, is_literal, words, |words| words.contains(&literal)),
        Rule::Words(words) => one_of(name, is_literal, words, |words| {
            literal.split_ascii_whitespace().all(|word| words.contains(&word))
        }),
        Rule::Trigger if is_literal && literal.split(',').all(is_trigger) => Ok(()),
        Rule::Trigger => Err(Fault::new(
            "'hx-trigger' takes fixed, simple triggers only",
            "use load, click, change, submit, input or every 5s, each with once, changed or delay:500ms where wanted, \
             separated by commas",
        )),
    }
}

/// Whether a link leads out of the panel, so that it must not hand the other page a way back in.
pub(super) fn is_external(value: &Value) -> bool {
    value.rule == Rule::Link && value.expressions == 0 && value.literal.starts_with("https://")
}

/// Whether a `rel` cuts that way.
pub(super) fn cuts_opener(value: &Value) -> bool {
    value.name == "rel"
        && value.literal.split_ascii_whitespace().any(|word| word == "noopener" || word == "noreferrer")
}

fn one_of(
    name: &str,
    is_literal: bool,
    words: &'static [&'static str],
    holds: impl Fn(&[&str]) -> bool,
) -> Result<(), Fault> {
    if is_literal && holds(words) {
        return Ok(());
    }
    Err(Fault::new(format!("'{name}' takes fixed words only"), format!("write one of {}", words.join(", "))))
}

fn link(literal: &str) -> Result<(), Fault> {
    if literal.starts_with('#') {
        return Ok(());
    }
    let plain = literal.strip_prefix("https://").is_some_and(|rest| {
        let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let host_is_plain = !host.is_empty()
            && host.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':'));
        host_is_plain
            && rest.bytes().all(|b| b.is_ascii_graphic() && !matches!(b, b'\\' | b'<' | b'>' | b'`'))
    });
    if plain {
        return Ok(());
    }
    Err(Fault::new(
        format!("'href' leads to '{}', which is neither a #fragment nor an https:// address", shown(literal)),
        "write href=\"{{ tab(\"key\") }}\" or href=\"{{ page(\"name\") }}\" for the module's own pages",
    ))
}

/// `load`, `click once`, `input changed delay:500ms`, `every 5s`.
fn is_trigger(text: &str) -> bool {
    let mut words = text.split_ascii_whitespace();
    let event_is_known = match words.next() {
        Some("load" | "click" | "change" | "submit" | "input") => true,
        Some("every") => words.next().is_some_and(|time| {
            time.strip_suffix('s')
                .is_some_and(|n| n.parse::<u16>().is_ok_and(|n| n > 0) && !n.starts_with('+'))
        }),
        _ => false,
    };
    let is_time = |time: &str| {
        let number = time.strip_suffix("ms").or_else(|| time.strip_suffix('s')).unwrap_or_default();
        (1..=6).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit())
    };
    event_is_known
        && words.all(|word| {
            matches!(word, "once" | "changed") || word.strip_prefix("delay:").is_some_and(is_time)
        })
}

/// What a value of this attribute usually looks like.
pub(super) fn example(attribute: &str) -> &'static str {
    match attribute {
        "src" => "asset(\"logo.png\")",
        "href" => "tab(\"key\")",
        _ => "action(\"key\")",
    }
}
