//! Strings: whether every one that is named exists, in every language, and is filled in alike.

use std::collections::{BTreeMap, BTreeSet};

use caisson_package::check_strings;
use caisson_web::view::Views;
use fluent_syntax::ast::{Entry, Expression, InlineExpression as Inline, Pattern, PatternElement};
use fluent_syntax::parser;

use super::Inputs;
use super::codes::Code;
use super::finding::Finding;
use super::subject::has_quoted;
use super::uses::Name;

/// What every other language falls back to.
const ENGLISH: &str = "en";

/// What one message takes.
#[derive(Debug, Default)]
struct Message {
    line: usize,
    variables: BTreeSet<String>,
    /// Messages and terms that it holds.
    parts: BTreeSet<String>,
}

/// One language's messages by key.
type Language = BTreeMap<String, Message>;

pub(super) fn check(inputs: &Inputs<'_>, panel: &Views, findings: &mut Vec<Finding>) {
    let mut languages: BTreeMap<&str, Language> = BTreeMap::new();
    for (locale, text) in &inputs.subject.strings {
        let alone = BTreeMap::from([(locale.clone(), text.clone())]);
        if let Err(error) = check_strings(&alone) {
            let mend = "mend the file; until then no string of it was looked at";
            findings
                .push(Finding::new(Code::StringsRefused, error.message, mend).at(file(locale), error.line));
        } else {
            languages.insert(locale, read(text));
        }
    }
    let whole = languages.len() == inputs.subject.strings.len();
    if !inputs.subject.strings.is_empty() && !inputs.subject.strings.contains_key(ENGLISH) {
        findings.push(
            Finding::new(
                Code::NoEnglish,
                "there is no lang/en.ftl, which people of other languages are shown",
                "add it, or rename the language that it should be",
            )
            .at("lang/", None),
        );
    }
    compare(&languages, findings);
    if whole {
        named(inputs, panel, &languages, findings);
        unused(inputs, &languages, findings);
    }
}

fn file(locale: &str) -> String {
    format!("lang/{locale}.ftl")
}

/// The language that the others are compared with.
fn reference<'l>(languages: &'l BTreeMap<&str, Language>) -> Option<(&'l str, &'l Language)> {
    languages
        .get_key_value(ENGLISH)
        .or_else(|| languages.iter().next())
        .map(|(locale, language)| (*locale, language))
}

fn compare(languages: &BTreeMap<&str, Language>, findings: &mut Vec<Finding>) {
    let Some((first, base)) = reference(languages) else { return };
    for (locale, language) in languages.iter().filter(|(locale, _)| **locale != first) {
        let missing =
            |has: &Language, lacks: &Language, at: &str, other: &str, findings: &mut Vec<Finding>| {
                for (key, message) in
                    has.iter().filter(|(key, _)| !key.starts_with('-') && !lacks.contains_key(*key))
                {
                    findings.push(
                        Finding::new(
                            Code::Untranslated,
                            format!("'{key}' stands here and not in {}", file(other)),
                            "say it in both languages, or in none",
                        )
                        .at(file(at), message.line),
                    );
                }
            };
        missing(base, language, first, locale, findings);
        missing(language, base, locale, first, findings);
        for (key, message) in language {
            let Some(there) = base.get(key) else { continue };
            let (own, others) = (taken(language, message), taken(base, there));
            if own != others {
                findings.push(
                    Finding::new(
                        Code::OtherPlaceables,
                        format!(
                            "'{key}' takes {} here, and {} in {}",
                            listed(&own),
                            listed(&others),
                            file(first)
                        ),
                        "fill in both with the same variables",
                    )
                    .at(file(locale), message.line),
                );
            }
        }
    }
}

fn listed(names: &BTreeSet<String>) -> String {
    if names.is_empty() {
        return "nothing".to_owned();
    }
    names.iter().map(|name| format!("${name}")).collect::<Vec<_>>().join(", ")
}

/// Variables of a message and of what it holds.
fn taken(language: &Language, message: &Message) -> BTreeSet<String> {
    let (mut all, mut seen) = (message.variables.clone(), BTreeSet::new());
    let mut waiting: Vec<&String> = message.parts.iter().collect();
    while let Some(part) = waiting.pop() {
        // A term takes what its reference gives it, and nothing else.
        if let Some(message) = language.get(part).filter(|_| !part.starts_with('-') && seen.insert(part)) {
            all.extend(message.variables.iter().cloned());
            waiting.extend(&message.parts);
        }
    }
    all
}

/// What templates name.
fn named(
    inputs: &Inputs<'_>,
    panel: &Views,
    languages: &BTreeMap<&str, Language>,
    findings: &mut Vec<Finding>,
) {
    let none = Language::new();
    let (first, base) = reference(languages).unwrap_or((ENGLISH, &none));
    for (template, uses) in inputs.uses {
        for call in uses.of_function("t") {
            let place = format!("views/{template}.html");
            for name in &call.names {
                let Name::Whole(key) = name else { continue };
                let Some(message) = base.get(key) else {
                    let falls_back =
                        call.arguments.as_ref().is_none_or(|arguments| arguments.contains("fallback"));
                    if !panel.has_string(key) && !falls_back {
                        let message = format!("{} has no '{key}'", file(first));
                        let mend = format!("add `{key} = …` there");
                        findings.push(
                            Finding::new(Code::UnknownString, message, mend).at(place.clone(), call.line),
                        );
                    }
                    continue;
                };
                let Some(given) = &call.arguments else { continue };
                let wanted = taken(base, message);
                let missing: BTreeSet<String> = wanted.difference(given).cloned().collect();
                if !missing.is_empty() {
                    findings.push(
                        Finding::new(
                            Code::MissingArgument,
                            format!("'{key}' is filled in with {}, which is not given", listed(&missing)),
                            format!(
                                "write t(\"{key}\", {}=…)",
                                missing.iter().cloned().collect::<Vec<_>>().join("=…, ")
                            ),
                        )
                        .at(place.clone(), call.line),
                    );
                }
            }
        }
    }
}

/// What nothing names: no template, no source, no other string.
fn unused(inputs: &Inputs<'_>, languages: &BTreeMap<&str, Language>, findings: &mut Vec<Finding>) {
    let subject = inputs.subject;
    let Some((first, base)) = reference(languages) else { return };
    if subject.sources.is_none() {
        return;
    }
    let names: Vec<&Name> =
        inputs.uses.values().flat_map(|uses| uses.of_function("t")).flat_map(|call| &call.names).collect();
    let parts: BTreeSet<&String> = base.values().flat_map(|message| &message.parts).collect();
    for (key, message) in base {
        let by_name = names.iter().any(|name| match name {
            Name::Whole(name) => name == key,
            Name::Prefix(prefix) => key.starts_with(prefix),
            Name::Unknown => false,
        });
        // A notification says two strings that are named after it.
        let notification = key
            .strip_prefix("notify-")
            .and_then(|rest| rest.strip_suffix("-subject").or_else(|| rest.strip_suffix("-message")));
        let quoted = subject.quotes(key)
            || notification.is_some_and(|name| subject.quotes(name))
            || subject.templates.values().any(|text| has_quoted(text, key));
        if !by_name && !parts.contains(key) && !quoted {
            findings.push(
                Finding::new(Code::UnusedString, format!("nothing uses '{key}'"), "use it, or delete it")
                    .at(file(first), message.line),
            );
        }
    }
}

/// A language's messages; terms begin with a hyphen.
fn read(text: &str) -> Language {
    let Ok(resource) = parser::parse(text) else { return Language::new() };
    let mut language = Language::new();
    for entry in &resource.body {
        let (id, value, attributes) = match entry {
            Entry::Message(message) => {
                (message.id.name.to_owned(), message.value.as_ref(), &message.attributes)
            }
            Entry::Term(term) => (format!("-{}", term.id.name), Some(&term.value), &term.attributes),
            _ => continue,
        };
        let begins = |line: &str| {
            line.strip_prefix(id.as_str()).is_some_and(|rest| rest.trim_start().starts_with('='))
        };
        let line = text.lines().position(begins).map_or(1, |at| at + 1);
        let mut message = Message { line, ..Message::default() };
        for pattern in value.into_iter().chain(attributes.iter().map(|attribute| &attribute.value)) {
            message.pattern(pattern);
        }
        language.insert(id, message);
    }
    language
}

impl Message {
    fn pattern(&mut self, pattern: &Pattern<&str>) {
        for element in &pattern.elements {
            if let PatternElement::Placeable { expression } = element {
                self.expression(expression);
            }
        }
    }

    fn expression(&mut self, expression: &Expression<&str>) {
        match expression {
            Expression::Inline(inline) => self.inline(inline),
            Expression::Select { selector, variants } => {
                self.inline(selector);
                variants.iter().for_each(|variant| self.pattern(&variant.value));
            }
        }
    }

    fn inline(&mut self, inline: &Inline<&str>) {
        match inline {
            Inline::VariableReference { id } => {
                self.variables.insert(id.name.to_owned());
            }
            Inline::MessageReference { id, .. } => {
                self.parts.insert(id.name.to_owned());
            }
            Inline::TermReference { id, arguments, .. } => {
                self.parts.insert(format!("-{}", id.name));
                let named = arguments.iter().flat_map(|arguments| &arguments.named);
                named.for_each(|argument| self.inline(&argument.value));
            }
            Inline::FunctionReference { arguments, .. } => {
                arguments.positional.iter().for_each(|argument| self.inline(argument));
                arguments.named.iter().for_each(|argument| self.inline(&argument.value));
            }
            Inline::Placeable { expression } => self.expression(expression),
            Inline::StringLiteral { .. } | Inline::NumberLiteral { .. } => {}
        }
    }
}
