use std::collections::BTreeMap;

use caisson_storage::testing::sqlite;

use super::{Arguments, Strings};
use crate::CallState;
use crate::bindings::caisson::module::i18n::Host;
use crate::testing::{behind, call};

const ENGLISH: &str = "
hello = Hello { $name }
only-english = English
zones = { $n ->
    [one] One zone
   *[other] { NUMBER($n, minimumFractionDigits: 1) } zones
}
on = { $on ->
    [true] On
   *[false] Off
}
padded = { NUMBER($n, minimumFractionDigits: 900000000) }
";
const POLISH: &str = "
hello = Cześć { $name }
zones = { $n ->
    [one] Jedna strefa
    [few] { $n } strefy
    [many] { $n } stref
   *[other] { $n } strefy
}
";

async fn guest() -> CallState {
    let sources = [("en", ENGLISH), ("pl", POLISH), ("pt-BR", "hello = Oi { $name }")];
    let sources: BTreeMap<_, _> =
        sources.iter().map(|(tag, text)| ((*tag).to_owned(), (*text).to_owned())).collect();
    let strings = Strings::of_package(&sources).unwrap();
    let db = sqlite().await;
    call(&db, crate::Behind { strings, ..behind("product/demo") }).await
}

fn say(guest: &mut CallState, locale: &str, key: &str, arguments: &str) -> String {
    locale.clone_into(&mut guest.context.locale);
    guest.translate(key.to_owned(), arguments.to_owned(), None).unwrap()
}

#[tokio::test]
async fn the_reader_s_language_comes_first_then_wider_ones_then_english_then_the_key() {
    let mut guest = guest().await;
    let cases = [
        ("pl", "hello", "Cześć Ada"),
        ("pl-PL", "hello", "Cześć Ada"),
        ("pl_PL", "hello", "Cześć Ada"),
        ("PL", "hello", "Cześć Ada"),
        ("pt-BR", "hello", "Oi Ada"),
        ("pt-br", "hello", "Oi Ada"),
        ("pt", "hello", "Hello Ada"),
        ("uk", "hello", "Hello Ada"),
        ("no language", "hello", "Hello Ada"),
        ("pl", "only-english", "English"),
        ("pl", "nothing", "nothing"),
        ("pl", "", ""),
    ];
    for (locale, key, expected) in cases {
        assert_eq!(say(&mut guest, locale, key, r#"{"name": "Ada"}"#), expected, "{locale} {key}");
    }
    guest.context.locale = "en".to_owned();
    let asked = guest.translate("hello".into(), r#"{"name": "Ada"}"#.into(), Some("pl".into())).unwrap();
    assert_eq!(asked, "Cześć Ada");
}

#[tokio::test]
async fn arguments_are_texts_numbers_and_booleans() {
    let mut guest = guest().await;
    let cases = [
        ("pl", "zones", r#"{"n": 1}"#, "Jedna strefa"),
        ("pl", "zones", r#"{"n": 3}"#, "3 strefy"),
        ("pl", "zones", r#"{"n": 25}"#, "25 stref"),
        ("pl", "zones", r#"{"n": 1.5}"#, "1.5 strefy"),
        ("en", "zones", r#"{"n": 2}"#, "2.0 zones"),
        ("en", "on", r#"{"on": true}"#, "On"),
        ("en", "on", r#"{"on": false}"#, "Off"),
        ("en", "hello", r#"{"name": 9007199254740993}"#, "Hello 9007199254740993"),
        ("en", "hello", r#"{"name": 18446744073709551615}"#, "Hello 18446744073709551615"),
        ("en", "padded", r#"{"n": 1}"#, "1.0000000000"),
        // What no sentence can hold counts as missing, as does what is not there.
        ("en", "hello", r#"{"name": ["Ada"]}"#, "hello"),
        ("en", "hello", r#"{"name": null}"#, "hello"),
        ("en", "hello", "{}", "hello"),
        ("en", "hello", "[]", "hello"),
        ("en", "hello", "not json", "hello"),
        ("en", "only-english", "", "English"),
        ("en", "only-english", r#"{"unused": {}}"#, "English"),
    ];
    for (locale, key, arguments, expected) in cases {
        assert_eq!(say(&mut guest, locale, key, arguments), expected, "{locale} {key} {arguments}");
    }
}

/// Numbers at the edges, where the plural rules of the library below are known to be brittle.
#[tokio::test]
async fn no_number_stops_the_host() {
    let _case = caisson_threats::case(8, "no number stops the host");
    let mut guest = guest().await;
    for n in ["1e300", "1e-300", "-1e308", "1.7976931348623157e308", "-0.0", "0.1234567890123456789012345"] {
        let said = say(&mut guest, "pl", "zones", &format!(r#"{{"n": {n}}}"#));
        assert!(said.ends_with("stref") || said.ends_with("strefy"), "{n}: {said}");
    }
}

#[tokio::test]
async fn what_would_be_too_long_is_not_said() {
    let _case = caisson_threats::case(8, "what would be too long is not said");
    let mut guest = guest().await;
    let name = "x".repeat(60 * 1024);
    let arguments = serde_json::json!({ "name": name }).to_string();
    assert_eq!(say(&mut guest, "en", "hello", &arguments).len(), 6 + name.len());
    let sources =
        BTreeMap::from([("en".to_owned(), "twice = { $name }{ $name }\nonce = { $name }\n".to_owned())]);
    let strings = Strings::of_package(&sources).unwrap().localized("en");
    let mut arguments = Arguments::default();
    arguments.text("name", name);
    assert!(strings.find("once", &arguments).is_some());
    assert_eq!(strings.find("twice", &arguments), None);
    assert_eq!(say(&mut guest, "en", "hello", &format!("{{\"name\": \"{}\"}}", "x".repeat(70_000))), "hello");
}

#[tokio::test]
async fn what_could_not_be_said_is_on_the_trace() {
    let mut guest = guest().await;
    guest.context.locale = "pl".to_owned();
    for (key, arguments) in [("only-english", "{}"), ("gone", "{}"), ("hello", r#"{"name": {}}"#), ("x", "7")]
    {
        guest.translate(key.to_owned(), arguments.to_owned(), None).unwrap();
    }
    let trace = guest.finish();
    let details: Vec<_> = trace.host_calls.iter().filter_map(|call| call.detail.as_deref()).collect();
    assert_eq!(
        details,
        [
            "'gone': lang/*.ftl has no such message for 'pl' with these arguments",
            "'hello': the argument 'name' is no text, number or boolean",
            "'x': the arguments are not a JSON object",
        ]
    );
    assert_eq!(trace.host_call_count, 4);
}

#[test]
fn a_file_that_cannot_be_used_is_named() {
    let parse = |tag: &str, text: &str| {
        let sources = BTreeMap::from([(tag.to_owned(), text.to_owned())]);
        Strings::of_package(&sources).unwrap_err().to_string()
    };
    assert!(parse("pl", "a = A\nb = {\n").starts_with("lang/pl.ftl: line "));
    assert!(parse("pl", "a = A\na = B\n").starts_with("lang/pl.ftl: "));
    assert!(parse("not a tag", "a = A\n").contains("is not a language tag"));
}
