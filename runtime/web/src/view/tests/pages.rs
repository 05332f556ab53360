//! The panel's own pages.

use std::collections::BTreeSet;

use minijinja::{Value, context};

use super::super::{LOCALES, Listing, Source, ViewError, Views, Window};
use super::{fixtures, markup, views};

#[test]
fn every_page_renders_with_its_fixture_in_every_language() {
    let mut wrong = Vec::new();
    for fixture in fixtures::all() {
        for locale in LOCALES {
            match views().render(&fixture.template, locale.as_str(), fixture.context("auto")) {
                Ok(html) => {
                    let faults = markup::faults(&html);
                    wrong.extend(
                        faults.iter().map(|fault| format!("{} ({}): {fault}", fixture.name, locale.as_str())),
                    );
                }
                Err(error) => wrong.push(format!("{}: {error}", fixture.name)),
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_template_has_a_fixture_or_is_part_of_one_that_has() {
    let sources: Vec<(String, String)> = Views::template_names()
        .map(|name| (name.to_owned(), std::fs::read_to_string(fixtures::views().join(name)).unwrap()))
        .collect();
    let rendered: BTreeSet<String> = fixtures::all().into_iter().map(|fixture| fixture.template).collect();
    for (name, _) in &sources {
        let used = sources.iter().any(|(other, text)| other != name && text.contains(&format!("\"{name}\"")));
        let shared = name.starts_with("ui/");
        assert!(
            used || shared || rendered.contains(name),
            "views/{name} has no fixture below views/fixtures"
        );
    }
    for name in rendered {
        assert!(sources.iter().any(|(known, _)| *known == name), "the fixture of {name} has no template");
    }
}

#[test]
fn every_template_says_what_its_context_holds() {
    for name in Views::template_names() {
        let text = std::fs::read_to_string(fixtures::views().join(name)).unwrap();
        assert!(text.starts_with("{#"), "views/{name} does not begin with a comment that names its context");
    }
}

#[test]
fn only_what_modules_rendered_is_printed_as_it_is() {
    let _case = caisson_threats::case(33, "only what modules rendered is printed as it is");
    for name in Views::template_names() {
        let text = std::fs::read_to_string(fixtures::views().join(name)).unwrap();
        for (at, _) in text.match_indices("|safe") {
            let before = &text[..at];
            assert!(
                before.ends_with("_html"),
                "views/{name} marks something else than a module's markup as safe"
            );
        }
    }
}

#[test]
fn data_is_escaped_and_addresses_are_checked() {
    let _case = caisson_threats::case(33, "data is escaped and addresses are checked");
    let context = context! {
        frame => context! { brand => "A & B", theme => "dark", path => "/", csrf => "to\"ken", user => (), flash => Vec::<Value>::new() },
        status => 404, message => "<script>alert(1)</script>", home => "javascript:alert(1)", request_id => (),
    };
    let html = views().render("error.html", "en", context).unwrap();
    assert!(html.contains("&lt;script&gt;alert(1)"), "{html}");
    assert!(!html.contains("javascript:"), "{html}");
    assert!(html.contains("value=\"to&quot;ken\""), "{html}");
    assert!(html.contains("data-bs-theme=\"dark\""), "{html}");
    assert!(markup::faults(&html).is_empty());
}

#[test]
fn data_cannot_take_the_place_of_the_panels_functions() {
    let _case = caisson_threats::case(32, "data cannot take the place of the panels functions");
    let fixture = fixtures::all().into_iter().find(|fixture| fixture.name == "auth/setup").unwrap();
    let context = context! { t => "no function", csrf => "no function", ..fixture.context("light") };
    assert!(
        views().render("auth/setup.html", "en", context).unwrap().contains("Create the first administrator")
    );
}

#[test]
fn a_missing_name_is_an_error_that_says_where() {
    let error = views().render("error.html", "en", context! { status => 404 }).unwrap_err().to_string();
    assert!(error.contains("error.html") || error.contains("base.html"), "{error}");
    assert!(matches!(views().render("nothing.html", "en", context! {}), Err(ViewError::Missing(_))));
}

#[test]
fn secrets_are_never_in_a_form() {
    let _case = caisson_threats::case(45, "secrets are never in a form");
    let fields = serde_json::json!([{
        "key": "api_key", "label": "Key", "type": "password", "required": true, "secret": true, "internal": false,
        "help": null, "placeholder": null, "default": null, "options": [], "min": null, "max": null, "when": null,
    }]);
    let mut fixture =
        fixtures::all().into_iter().find(|fixture| fixture.name == "admin/modules/show@settings").unwrap();
    fixture.set("form", serde_json::json!({ "fields": fields, "values": { "api_key": "hunter2" }, "secrets_set": ["api_key"] }));
    let html = views().render(&fixture.template, "en", fixture.context("light")).unwrap();
    assert!(!html.contains("hunter2"));
    assert!(html.contains("A value is stored"), "{html}");
}

#[test]
fn pages_from_disk_show_edits_and_stay_inside_their_folder() {
    let folder = tempfile::tempdir().unwrap();
    let page = folder.path().join("page.html");
    let views = Views::new(Source::Disk(folder.path().to_path_buf())).unwrap();
    for text in ["one", "two"] {
        std::fs::write(&page, text).unwrap();
        assert_eq!(views.render("page.html", "en", context! {}).unwrap(), text);
    }
    assert!(matches!(views.render("../page.html", "en", context! {}), Err(ViewError::Missing(_))));
}

#[test]
fn lists_keep_search_and_filters_on_every_link() {
    let window = Window { offset: 20, limit: 20, total: 55 };
    let listing = Listing::new(
        "/admin/x",
        window,
        Some("a b&c".to_owned()),
        Some(("name".to_owned(), true)),
        Vec::new(),
    );
    assert_eq!(listing.prev.as_deref(), Some("/admin/x?search=a+b%26c&sort=name&dir=desc"));
    assert_eq!(listing.next.as_deref(), Some("/admin/x?search=a+b%26c&sort=name&dir=desc&offset=40"));
    assert_eq!(listing.sort_base, "/admin/x?search=a+b%26c&");
    assert_eq!((listing.from, listing.to, listing.filtered), (21, 40, true));
    let tab = Listing::new("/admin/x?tab=calls", window, Some(String::new()), None, Vec::new());
    assert_eq!(tab.next.as_deref(), Some("/admin/x?tab=calls&offset=40"));
    assert_eq!(tab.kept, [("tab".to_owned(), "calls".to_owned())]);
    assert_eq!(tab.sort_base, "/admin/x?tab=calls&");
    let none = Listing::new("/admin/x", Window { offset: 0, limit: 20, total: 0 }, None, None, Vec::new());
    assert_eq!((none.from, none.to, none.prev, none.next), (0, 0, None, None));
    assert_eq!(none.sort_base, "/admin/x?");
}
