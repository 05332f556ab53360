//! A module's templates: what they are given, and where they end.

use std::collections::BTreeMap;

use caisson_capabilities::i18n::Strings;

use super::super::{ModuleUrls, ModuleViews, ViewError};
use super::{markup, views};

fn module(template: &str, strings: &[(&str, &str)]) -> ModuleViews {
    let own = |pairs: &[(&str, &str)]| {
        pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect::<BTreeMap<_, _>>()
    };
    let templates = own(&[("page", template), ("part", "part {{ name }}"), ("ui/page", "not the panel's")]);
    let strings = Strings::of_package(&own(strings)).unwrap();
    ModuleViews::new(views(), &templates, strings).unwrap()
}

fn urls() -> ModuleUrls {
    ModuleUrls {
        actions: "/client/services/1/-/actions".to_owned(),
        tabs: "/client/services/1".to_owned(),
        assets: "/assets/modules/product/demo/1.0.0".to_owned(),
        frames: Some("/frames/1".to_owned()),
        pages: "/admin/modules/product/demo".to_owned(),
    }
}

fn render(template: &str, data: &str) -> Result<String, ViewError> {
    module(template, &[]).render(views(), "page", ModuleViews::data(data)?, "en", &urls(), "tok\"en")
}

#[test]
fn addresses_stay_below_the_modules_own_prefix() {
    let cases = [
        (r#"{{ action("reboot") }}"#, "/client/services/1/-/actions/reboot"),
        (r#"{{ tab("records") }}"#, "/client/services/1/records"),
        (r#"{{ tab("records?page=2#x") }}"#, "/client/services/1/records?page=2x"),
        (r#"{{ asset("img/logo.svg") }}"#, "/assets/modules/product/demo/1.0.0/img/logo.svg"),
        (r#"{{ page("../../../settings") }}"#, "/admin/modules/product/demo/settings"),
        (r#"{{ page("//evil.example/a b") }}"#, "/admin/modules/product/demo/evil.example/a%20b"),
        (r#"{{ page("%2e%2e/x") }}"#, "/admin/modules/product/demo/%252e%252e/x"),
    ];
    for (template, expected) in cases {
        // The engine writes a slash in a value as a character reference.
        assert_eq!(render(template, "{}").unwrap().replace("&#x2f;", "/"), expected, "{template}");
    }
}

#[test]
fn values_are_escaped_whatever_a_template_is_called() {
    let _case = caisson_threats::case(33, "values are escaped whatever a template is called");
    assert_eq!(
        render("{{ name }}", r#"{"name": "<b>\"x\"</b>"}"#).unwrap(),
        "&lt;b&gt;&quot;x&quot;&lt;&#x2f;b&gt;"
    );
    assert!(render("{{ name|safe }}", r#"{"name": "<b>"}"#).is_err());
    let cleaned = render("{{ text|html }}", r#"{"text": "<b onclick=x>a</b><script>b</script>"}"#).unwrap();
    assert_eq!(cleaned, "<b>a</b>");
    assert_eq!(
        render(r#"<a href="{{ u|url }}">"#, r#"{"u": "javascript:alert(1)"}"#).unwrap(),
        "<a href=\"#\">"
    );
}

#[test]
fn forms_get_the_token_and_data_cannot_replace_it() {
    let _case = caisson_threats::case(35, "forms get the token and data cannot replace it");
    assert_eq!(
        render("{{ csrf() }}", r#"{"csrf": "mine", "action": "mine"}"#).unwrap(),
        "<input type=\"hidden\" name=\"_csrf\" value=\"tok&quot;en\">"
    );
}

#[test]
fn the_shared_macros_are_the_panels_own() {
    let template = r#"{% from "ui/badge" import status %}{% from "ui/form" import input %}{% from "ui/confirm" import confirm %}{% from "ui/table" import plain %}{% from "ui/page" import note, empty %}
        {{ status("completed") }}
        <form method="post" action="{{ action("save") }}">{{ csrf() }}{{ input("name", "Name", value, required=true) }}</form>
        {% call confirm("drop", "Delete", "Delete it?", action("drop")) %}<p>Gone for good.</p>{% endcall %}
        {% call plain([{"label": "Name", "class": ""}]) %}{% for row in rows %}<tr><td data-label="Name">{{ row }}</td></tr>{% endfor %}{% endcall %}
        {% call note("error", "Down") %}<p>{{ value }}</p>{% endcall %}{% call empty("server", "None", "Nothing") %}{% endcall %}
        {% include "part" %}"#;
    let html = render(template, r#"{"value": "<i>", "rows": ["a", "<b>"], "name": "n"}"#).unwrap();
    assert!(html.contains("is-green") && html.contains("Completed"), "{html}");
    assert!(html.contains("value=\"&lt;i&gt;\"") && html.contains("&lt;b&gt;"), "{html}");
    assert!(html.contains("part n"), "{html}");
    assert!(markup::faults(&html).is_empty(), "{:?}", markup::faults(&html));
}

#[test]
fn a_chart_over_time_breaks_where_nothing_was_measured() {
    let template = "{% from 'ui/chart' import area, strip %}{{ area(points, 'Times', unit='ms') }}{{ strip(states, 'Uptime') }}";
    let data = r#"{"points": [{"label": "10:00", "value": 40}, {"label": "11:00", "value": null}, {"label": "12:00", "value": 80}],
        "states": [{"label": "10:00", "state": "green", "text": "100 %"}, {"label": "11:00", "state": "grey", "text": "-"}]}"#;
    let html = render(template, data).unwrap();
    assert!(html.contains(r#"d="M42.67,73.0L106.67,73.0H170.67M469.33,6.0L533.33,6.0H597.33""#), "{html}");
    assert!(
        html.contains("<title>11:00: –</title>") && html.contains("<title>12:00: 80 ms</title>"),
        "{html}"
    );
    assert!(
        html.contains(r#"aria-label="Uptime""#) && html.contains("<title>10:00: 100 %</title>"),
        "{html}"
    );
    assert!(html.contains(r#"height="32""#) && html.contains(r#"height="5""#), "{html}");
    let nothing = render(template, r#"{"points": [], "states": []}"#).unwrap();
    assert!(nothing.contains("<svg") && !nothing.contains("<rect"), "{nothing}");
}

#[test]
fn a_modules_words_come_first_then_english_then_the_key() {
    let strings =
        [("en", "hello = Hello { $name }\nonly-english = English\n"), ("pl", "hello = Cześć { $name }\n")];
    let module = module(
        r#"{{ t("hello", name="Ada") }} / {{ t("only-english") }} / {{ t("nothing") }} / {{ t("status-completed") }}"#,
        &strings,
    );
    let say = |locale| {
        module.render(views(), "page", ModuleViews::data("{}").unwrap(), locale, &urls(), "t").unwrap()
    };
    assert_eq!(say("pl-PL"), "Cześć Ada / English / nothing / Gotowe");
    assert_eq!(say("uk"), "Hello Ada / English / nothing / Готово");
}

#[test]
fn what_does_not_end_is_ended() {
    let _case = caisson_threats::case(32, "what does not end is ended");
    let long =
        "{% for a in range(10000) %}{% for b in range(10000) %}{% set x = a * b %}{% endfor %}{% endfor %}";
    assert!(matches!(render(long, "{}"), Err(ViewError::TooMuchWork { .. })));
    let wide = "{% for a in range(9000) %}{{ text }}{% endfor %}";
    let data = format!("{{\"text\": \"{}\"}}", "x".repeat(1000));
    assert!(matches!(render(wide, &data), Err(ViewError::TooLong { .. })));
    assert!(render("{% include \"page\" %}", "{}").is_err());
    assert!(render("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "{}").is_err());
}

#[test]
fn data_is_plain_and_complete() {
    let _case = caisson_threats::case(32, "data is plain and complete");
    assert!(matches!(render("x", "[1]"), Err(ViewError::Data(_))));
    assert!(matches!(render("x", "not json"), Err(ViewError::Data(_))));
    let error = render("one\n{{ missing }}", "{}").unwrap_err().to_string();
    assert!(error.contains("page:2"), "{error}");
    assert!(matches!(
        module("x", &[]).render(views(), "other", ModuleViews::data("{}").unwrap(), "en", &urls(), "t"),
        Err(ViewError::Missing(_))
    ));
}
