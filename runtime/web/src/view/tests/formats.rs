//! Amounts, numbers, times and addresses as pages show them.

use minijinja::context;

use super::super::filters::{pretty_json, safe_url};
use super::views;

fn show(template: &str, locale: &str) -> String {
    views().render_text(template, locale, context! {})
}

#[test]
fn numbers_follow_the_language() {
    let cases = [
        (r#"{{ 123450|money("EUR") }}"#, "1,234.50\u{a0}EUR", "1\u{202f}234,50\u{a0}EUR"),
        (r#"{{ {"minor": -5, "currency": "PLN"}|money }}"#, "\u{2212}0.05\u{a0}PLN", "\u{2212}0,05\u{a0}PLN"),
        (r#"{{ 1234|money("JPY") }}"#, "1,234\u{a0}JPY", "1\u{202f}234\u{a0}JPY"),
        ("{{ 1234567|number }}", "1,234,567", "1\u{202f}234\u{202f}567"),
        ("{{ 12.345|number(1) }}", "12.3", "12,3"),
        ("{{ 1536|bytes }}", "1.5\u{a0}KiB", "1,5\u{a0}KiB"),
        ("{{ 12|bytes }}", "12\u{a0}B", "12\u{a0}B"),
        ("{{ 6700|duration }}", "6.7\u{a0}ms", "6,7\u{a0}ms"),
        ("{{ 31|duration }}", "31\u{a0}µs", "31\u{a0}µs"),
        ("{{ 125000000|duration }}", "2\u{a0}min 5\u{a0}s", "2\u{a0}min 5\u{a0}s"),
        ("{{ 7260000000|duration }}", "2\u{a0}h 1\u{a0}min", "2\u{a0}h 1\u{a0}min"),
    ];
    for (template, english, polish) in cases {
        assert_eq!(show(template, "en"), english, "{template}");
        assert_eq!(show(template, "pl"), polish, "{template}");
    }
}

#[test]
fn times_carry_the_exact_moment() {
    assert_eq!(
        show("{{ 1767323045678|when }}", "en"),
        "<time datetime=\"2026-01-02T03:04:05.678Z\" title=\"2026-01-02 03:04:05 UTC\" data-when=\"datetime\">2 Jan 2026, 03:04</time>"
    );
    assert!(show("{{ 1767323045678|when(\"date\") }}", "pl").contains(">2 sty 2026<"));
    assert_eq!(show("{{ none|when }}", "en"), "\u{2013}");
    assert_eq!(show("{{ 1767323045678|datetime }}", "en"), "2026-01-02 03:04 UTC");
    assert_eq!(show("{{ \"2026-01-02T03:04:05Z\"|date }}", "en"), "2026-01-02");
}

#[test]
fn only_harmless_addresses_pass() {
    let _case = caisson_threats::case(33, "only harmless addresses pass");
    let fine = [
        "/a/b?c=d#e",
        "a/b",
        "?x=1",
        "#part",
        "https://example.org/x",
        "http://127.0.0.1:1/",
        "mailto:a@example.org",
        "",
    ];
    for address in fine {
        assert_eq!(safe_url(address), address);
    }
    let refused = [
        "javascript:alert(1)",
        " JaVaScRiPt:alert(1)",
        "java\nscript:alert(1)",
        "\u{1}javascript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "file:///etc/passwd",
        "blob:https://example.org/1",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "\t//evil.example/\tx",
    ];
    for address in refused {
        assert_eq!(safe_url(address), "#", "{address:?}");
    }
}

#[test]
fn an_id_is_shortened_to_what_tells_it_apart() {
    assert_eq!(show(r#"{{ "0192f3a1-5c1e-7b2a-9d40-3f6e8a1b2c01"|short_id }}"#, "en"), "8a1b2c01");
    assert_eq!(show(r#"{{ "Ada Maria Kowalska"|initials }}"#, "en"), "AM");
}

#[test]
fn json_is_indented_in_its_own_order() {
    let given = r#"{"z":[1,{"a":"x, \"y\": {"}], "b" : {}, "c":[ ],"d":"\\"}"#;
    let shown = pretty_json(given);
    assert_eq!(
        shown,
        "{\n  \"z\": [\n    1,\n    {\n      \"a\": \"x, \\\"y\\\": {\"\n    }\n  ],\n  \"b\": {},\n  \"c\": [],\n  \"d\": \"\\\\\"\n}"
    );
    let same = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
    assert_eq!(same(&shown), same(given));
    assert_eq!(pretty_json("{not json"), "{not json");
    assert_eq!(pretty_json("plain"), "plain");
}
