use std::collections::BTreeSet;

use super::super::messages::{FILES, readable};
use super::{outcome, rules, said, validate};
use crate::i18n::Strings;

#[test]
fn every_language_has_every_message() {
    Strings::parse(FILES.map(|(tag, text)| (tag, format!("{tag}.ftl"), text))).unwrap();
    let keys = |text: &str| -> BTreeSet<String> {
        text.lines().filter_map(|line| line.split_once(" = ")).map(|(key, _)| key.to_owned()).collect()
    };
    for (tag, text) in FILES {
        assert_eq!(keys(text), keys(FILES[0].1), "{tag}");
    }
}

#[test]
fn messages_are_in_the_reader_s_language() {
    let cases = [
        ("pl", "required", "null", "f: Pole „f” jest wymagane."),
        ("pl-PL", "min:3", "\"a\"", "f: Pole „f” musi mieć co najmniej 3 znaki."),
        ("pl", "min:5", "\"a\"", "f: Pole „f” musi mieć co najmniej 5 znaków."),
        ("pl", "min:5", "1", "f: Pole „f” musi wynosić co najmniej 5."),
        ("pl", "max:1", "[1,2]", "f: Pole „f” może mieć najwyżej 1 element."),
        ("uk", "max:2", "\"abc\"", "f: Поле «f» може містити щонайбільше 2 символи."),
        ("uk", "digits:21", "1", "f: Поле «f» має складатися з 21 цифри."),
        ("uk", "between:1,2", "3", "f: Поле «f» має бути від 1 до 2."),
        ("de", "required", "null", "f: The f field is required."),
        ("", "required", "null", "f: The f field is required."),
        ("en", "min:1", "[]", "f: The f field must have at least 1 item."),
        ("en", "max:2.5", "3", "f: The f field must not be greater than 2.5."),
        ("en", "between:1,2", "\"abc\"", "f: The f field must have between 1 and 2 characters."),
        ("en", "digits:1", "\"a\"", "f: The f field must be 1 digit."),
    ];
    for (locale, rule, value, expected) in cases {
        assert_eq!(
            outcome(&format!("{{\"f\":{value}}}"), &[("f", rule)], locale),
            expected,
            "{locale} {rule}"
        );
    }
}

/// Each rule, in each language, has words of its own: no message is a bare key.
#[test]
fn every_rule_says_something_in_every_language() {
    let failing = [
        ("required", "null"),
        ("string", "1"),
        ("integer", "\"a\""),
        ("numeric", "\"a\""),
        ("boolean", "2"),
        ("array", "1"),
        ("min:9", "1"),
        ("min:9", "\"a\""),
        ("min:9", "[1]"),
        ("max:0", "1"),
        ("max:0", "\"a\""),
        ("max:0", "[1]"),
        ("between:5,9", "1"),
        ("between:5,9", "\"a\""),
        ("between:5,9", "[1]"),
        ("in:a", "1"),
        ("not_in:1", "1"),
        ("regex:/x/", "1"),
        ("email", "1"),
        ("ip", "1"),
        ("ipv4", "1"),
        ("ipv6", "1"),
        ("url", "1"),
        ("alpha_dash", "\"?\""),
        ("date", "1"),
        ("confirmed", "1"),
        ("same:g", "1"),
        ("different:f", "1"),
        ("digits:2", "1"),
        ("uuid", "1"),
        ("json", "1"),
    ];
    for (tag, _) in FILES {
        let mut said = BTreeSet::new();
        for (rule, value) in failing {
            let message = outcome(&format!("{{\"f\":{value}}}"), &[("f", rule)], tag);
            assert!(
                message.starts_with("f: ") && message.contains(' ') && message.ends_with('.'),
                "{tag} {rule}: {message}"
            );
            assert!(message.len() > 20, "{tag} {rule}: {message}");
            assert!(said.insert(message), "{tag} {rule} says what another says");
        }
    }
}

#[test]
fn a_rules_own_message_takes_the_default_s_place() {
    let mut own = rules(&[("a.b_c", "required"), ("a.b_c", "integer"), ("d", "string")]);
    own[1].message = Some("Only numbers in :attribute, please.".to_owned());
    own[2].message = Some(String::new());
    let check = |data: &str| said(validate(data, &own, "pl"));
    assert_eq!(check(r#"{"a":{"b_c":"x"}}"#), "a.b_c: Only numbers in b c, please.");
    assert_eq!(check("{}"), "a.b_c: Pole „b c” jest wymagane.");
    assert_eq!(check(r#"{"a":{"b_c":1},"d":1}"#), "d: ");
}

#[test]
fn names_are_made_readable() {
    for (field, expected) in [
        ("name", "name"),
        ("disk_space", "disk space"),
        ("items.0.disk-space", "disk space"),
        ("items.*.diskSpace", "disk space"),
        ("tags.3", "tags"),
        ("0", "0"),
    ] {
        assert_eq!(readable(field), expected);
    }
}
