//! The panel's words: all there in every language, none left over.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use fluent_bundle::FluentResource;

use super::super::{LOCALES, Locale, Views};
use super::{fixtures, views};

/// Each message of a language, with the names of its arguments.
fn messages(locale: Locale) -> BTreeMap<String, BTreeSet<String>> {
    let folder = fixtures::views().join("lang").join(locale.as_str());
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        FluentResource::try_new(text.clone())
            .unwrap_or_else(|(_, errors)| panic!("{}: {errors:?}", locale.as_str()));
        let mut key = String::new();
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            if let Some((name, _)) = line.split_once(" =").filter(|_| !line.starts_with([' ', '}'])) {
                key = name.to_owned();
                assert!(
                    found.insert(key.clone(), BTreeSet::new()).is_none(),
                    "{}: '{key}' twice",
                    locale.as_str()
                );
            }
            let names = line.split('$').skip(1).map(|rest| {
                rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect::<String>()
            });
            found.entry(key.clone()).or_default().extend(names);
        }
    }
    found.remove("");
    found
}

/// Every literal in the handlers of pages: they name strings too, as arguments.
fn in_handlers() -> BTreeSet<String> {
    let mut waiting = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src/pages")];
    let mut found = BTreeSet::new();
    while let Some(folder) = waiting.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                waiting.push(path);
            } else {
                let text = std::fs::read_to_string(path).unwrap();
                found.extend(text.split('"').map(str::to_owned));
            }
        }
    }
    found
}

/// The strings that templates name, and the beginnings of those that they make from data.
fn named() -> (BTreeSet<String>, BTreeSet<String>) {
    let (mut whole, mut begun) = (BTreeSet::new(), BTreeSet::new());
    for name in Views::template_names() {
        let text = std::fs::read_to_string(fixtures::views().join(name)).unwrap();
        for (at, call) in text.match_indices("t(\"") {
            if text[..at].ends_with(|c: char| c.is_ascii_alphanumeric() || c == '_') {
                continue;
            }
            let rest = &text[at + call.len()..];
            let (key, after) = rest.split_once('"').unwrap();
            if after.starts_with(" ~") {
                begun.insert(key.to_owned())
            } else {
                whole.insert(key.to_owned())
            };
        }
    }
    (whole, begun)
}

#[test]
fn every_language_says_everything_with_the_same_arguments() {
    let english = messages(Locale::English);
    for locale in LOCALES {
        let own = messages(locale);
        for (key, arguments) in &english {
            let found = own.get(key).unwrap_or_else(|| panic!("'{key}' is missing in {}", locale.as_str()));
            assert!(
                found.is_subset(arguments),
                "'{key}' in {} uses {found:?}, not {arguments:?}",
                locale.as_str()
            );
        }
        let extra: Vec<_> = own.keys().filter(|key| !english.contains_key(*key)).collect();
        assert!(extra.is_empty(), "{extra:?} in {} are not in English", locale.as_str());
    }
}

#[test]
fn what_templates_name_is_there_and_nothing_else() {
    let english = messages(Locale::English);
    let ((whole, begun), handlers) = (named(), in_handlers());
    for key in &whole {
        assert!(english.contains_key(key), "a template names '{key}', which is not in views/lang");
    }
    for start in &begun {
        assert!(english.keys().any(|key| key.starts_with(start)), "no string begins with '{start}'");
    }
    let left: Vec<_> = english
        .keys()
        .filter(|key| {
            !whole.contains(*key)
                && !handlers.contains(*key)
                && !begun.iter().any(|start| key.starts_with(start))
        })
        .collect();
    assert!(left.is_empty(), "nothing uses {left:?}");
}

#[test]
fn every_status_word_of_the_panel_has_a_string() {
    let english = messages(Locale::English);
    let words = caisson_types::ProvisionStatus::ALL.iter().map(|word| word.as_str());
    let words = words.chain(caisson_types::BillingStatus::ALL.iter().map(|word| word.as_str()));
    let words = words.chain(caisson_types::ModuleStatus::ALL.iter().map(|word| word.as_str()));
    let words = words.chain(caisson_types::TaskStatus::ALL.iter().map(|word| word.as_str()));
    for word in words {
        assert!(english.contains_key(&format!("status-{word}")), "status-{word}");
    }
    for verb in caisson_types::Verb::ALL {
        assert!(english.contains_key(&format!("verb-{verb}")), "verb-{verb}");
    }
}

#[test]
fn plurals_follow_the_language() {
    let say = |locale: &str, count: i64| {
        let context = minijinja::context! { count };
        views().render_text(r#"{{ t("dashboard-lede", count=count) }}"#, locale, context)
    };
    assert_eq!(say("en", 0), "Nothing waits for you.");
    assert_eq!(say("en", 1), "One thing waits for you.");
    assert_eq!(say("pl-PL", 3), "3 sprawy czekają na Ciebie.");
    assert_eq!(say("pl", 25), "25 spraw czeka na Ciebie.");
    assert_eq!(say("uk", 21), "На вас чекає 21 справа.");
    assert_eq!(say("de", 2), "2 things wait for you.");
}

#[test]
fn the_nearest_language_is_taken() {
    assert_eq!(Locale::nearest("pl-PL,pl;q=0.9,en;q=0.5"), Locale::Polish);
    assert_eq!(Locale::nearest("de, uk;q=0.5"), Locale::Ukrainian);
    assert_eq!(Locale::nearest("zz"), Locale::English);
    assert_eq!(views().t("pl", "ui-save", &[]), "Zapisz");
}
