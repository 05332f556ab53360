//! Templates: whether they are accepted, named, and render with their fixtures.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use caisson_capabilities::i18n::Strings;
use caisson_package::check_templates;
use caisson_web::view::{ModuleUrls, ModuleViews, Views};
use regex::Regex;
use serde_json::{Map, Value};

use super::Inputs;
use super::codes::Code;
use super::finding::Finding;
use super::uses::{Name, Uses};

/// How the kits name a template.
static SHOWN: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r#"(?:\bView::new|\bView|\bview|\bcs_show|\bcs_respond_view)\(\s*(?:[&\w]+,\s*)?"([A-Za-z0-9_/-]+)""#,
    )
    .ok()
});

/// Where a module's fixtures stand.
const FIXTURES: &str = "tests/fixtures";

pub(super) fn check(inputs: &Inputs<'_>, panel: &Views, findings: &mut Vec<Finding>) {
    let templates = &inputs.subject.templates;
    let refused = check_templates(templates).err().unwrap_or_default();
    let accepted: BTreeSet<&String> =
        templates.keys().filter(|name| refused.iter().all(|fault| fault.template != **name)).collect();
    findings.extend(refused.into_iter().map(|fault| {
        let place = format!("views/{}.html", fault.template);
        Finding::new(Code::TemplateRefused, fault.message, fault.mend).at(place, fault.line)
    }));
    let shown = named(inputs, findings);
    assets(inputs, findings);
    let fixtures = fixtures(inputs, findings);
    let partial: BTreeSet<&String> = inputs.uses.values().flat_map(|uses| &uses.templates).collect();
    for (name, uses) in inputs.uses {
        let place = format!("views/{name}.html");
        let cases = fixtures.get(name.as_str()).map(Vec::as_slice).unwrap_or_default();
        if cases.is_empty() {
            if inputs.subject.sources.is_some() && (shown.contains(name) || !partial.contains(name)) {
                let message =
                    format!("the template has no fixture, so nobody saw it render ({FIXTURES}/{name}.json)");
                let mend = "write down there what the module gives it";
                findings.push(Finding::new(Code::NoFixture, message, mend).at(place, None));
            }
            continue;
        }
        variables(name, uses, cases, inputs, findings);
        if accepted.contains(name) {
            render(inputs, panel, name, cases, findings);
        }
    }
}

/// Templates that the manifest or a source names. Tells of those that are not there, and of templates that nothing names.
fn named(inputs: &Inputs<'_>, findings: &mut Vec<Finding>) -> BTreeSet<String> {
    let subject = inputs.subject;
    let mut shown = BTreeSet::new();
    let tabs = subject.manifest.iter().flat_map(|manifest| &manifest.client.tabs);
    for (index, tab) in tabs.enumerate() {
        shown.insert(tab.template.clone());
        if !subject.templates.contains_key(&tab.template) {
            findings.push(
                Finding::new(
                    Code::MissingTemplate,
                    format!("the tab '{}' shows views/{}.html, which is not there", tab.key, tab.template),
                    "write the template, or name another",
                )
                .at("module.toml", subject.table_line("client.tabs", index)),
            );
        }
    }
    for (path, text) in subject.sources.iter().flatten() {
        for found in SHOWN.iter().flat_map(|pattern| pattern.captures_iter(text)) {
            let Some(name) = found.get(1) else { continue };
            shown.insert(name.as_str().to_owned());
            if !subject.templates.contains_key(name.as_str()) {
                let line = text[..name.start()].matches('\n').count() + 1;
                findings.push(
                    Finding::new(
                        Code::MissingTemplate,
                        format!("the module shows views/{}.html, which is not there", name.as_str()),
                        "write the template, or name another",
                    )
                    .at(path, line),
                );
            }
        }
    }
    for name in subject.templates.keys() {
        if subject.sources.is_some() && subject.quotes(name) {
            shown.insert(name.clone());
        }
        let used = inputs.uses.values().any(|uses| uses.templates.contains(name));
        if subject.sources.is_some() && !used && !shown.contains(name) {
            findings.push(
                Finding::new(
                    Code::UnnamedTemplate,
                    "no tab, no source and no other template names this template",
                    "show it, or delete it",
                )
                .at(format!("views/{name}.html"), None),
            );
        }
    }
    shown
}

fn assets(inputs: &Inputs<'_>, findings: &mut Vec<Finding>) {
    for (template, uses) in inputs.uses {
        for call in uses.of_function("asset") {
            for name in &call.names {
                if let Name::Whole(name) = name
                    && !inputs.subject.assets.contains(name)
                {
                    findings.push(
                        Finding::new(
                            Code::MissingAsset,
                            format!("there is no views/assets/{name}"),
                            "put the file there, or name another",
                        )
                        .at(format!("views/{template}.html"), call.line),
                    );
                }
            }
        }
    }
}

/// One fixture: its file, and what the module would hand over.
type Case = (String, Map<String, Value>);

/// Fixtures by template: `<path>.json` and `<path>.<case>.json`.
fn fixtures<'i>(inputs: &Inputs<'i>, findings: &mut Vec<Finding>) -> BTreeMap<&'i str, Vec<Case>> {
    let mut cases: BTreeMap<&str, Vec<Case>> = BTreeMap::new();
    for (path, text) in &inputs.subject.fixtures {
        let file = format!("{FIXTURES}/{path}.json");
        // A template's name has no dot.
        let template = path.split('.').next().unwrap_or_default();
        if !inputs.subject.templates.contains_key(template) {
            let message = format!("there is no views/{template}.html for this fixture");
            findings.push(
                Finding::new(Code::StrayFixture, message, "rename it after its template, or delete it")
                    .at(file, None),
            );
            continue;
        }
        match serde_json::from_str(text) {
            Ok(data) => cases.entry(template).or_default().push((file, data)),
            Err(error) => {
                let message = format!("the fixture is no JSON object: {error}");
                let mend = "write one object with what the module gives the template";
                findings.push(Finding::new(Code::FixtureUnreadable, message, mend).at(file, error.line()));
            }
        }
    }
    cases
}

/// Variables that no fixture has.
fn variables(name: &str, uses: &Uses, cases: &[Case], inputs: &Inputs<'_>, findings: &mut Vec<Finding>) {
    let is_tab = inputs.is_tab(name);
    for path in &uses.variables {
        if is_tab && matches!(path.split('.').next(), Some("form" | "errors")) {
            continue;
        }
        if !is_listed(path, cases) {
            let files: Vec<&str> = cases.iter().map(|(file, _)| file.as_str()).collect();
            findings.push(
                Finding::new(
                    Code::UnlistedVariable,
                    format!("the template uses '{path}', which its fixture does not have"),
                    format!("add it to {}, as null where it may be missing", files.join(" or ")),
                )
                .at(format!("views/{name}.html"), None),
            );
        }
    }
}

/// Whether a fixture has a path. One that has `null` on the way speaks for what is below, unless another has an object there.
fn is_listed(path: &str, cases: &[Case]) -> bool {
    let found: Vec<Found> = cases.iter().map(|(_, data)| find(data, path)).collect();
    found.contains(&Found::There) || (found.contains(&Found::NoObject) && !found.contains(&Found::NoMember))
}

#[derive(PartialEq)]
enum Found {
    There,
    /// Its first part is missing.
    Nothing,
    /// An object on the way lacks the next part.
    NoMember,
    /// Something else than an object is on the way: what a text or a list has of its own is the engine's affair.
    NoObject,
}

fn find(data: &Map<String, Value>, path: &str) -> Found {
    let (first, mut rest) = path.split_once('.').map_or((path, None), |(first, rest)| (first, Some(rest)));
    let Some(mut value) = data.get(first) else { return Found::Nothing };
    while let Some(path) = rest {
        let (next, more) = path.split_once('.').map_or((path, None), |(next, more)| (next, Some(more)));
        match value {
            Value::Object(members) => match members.get(next) {
                Some(member) => (value, rest) = (member, more),
                None => return Found::NoMember,
            },
            _ => return Found::NoObject,
        }
    }
    Found::There
}

/// Renders a template with every fixture in every language, as the panel would.
fn render(inputs: &Inputs<'_>, panel: &Views, name: &str, cases: &[Case], findings: &mut Vec<Finding>) {
    let subject = inputs.subject;
    // What is wrong with the strings is told elsewhere, and no reason not to render.
    let strings = Strings::of_package(&subject.strings).unwrap_or_default();
    let views = match ModuleViews::new(panel, &subject.templates, strings) {
        Ok(views) => views,
        // One that does not parse is told elsewhere; the others cannot be seen until it is mended.
        Err(_) => return,
    };
    let mut languages: BTreeSet<&str> = subject.strings.keys().map(String::as_str).collect();
    languages.insert("en");
    for (file, data) in cases {
        let mut data = data.clone();
        if inputs.is_tab(name) {
            data.entry("errors").or_insert_with(|| Value::Array(Vec::new()));
            data.entry("form").or_insert_with(|| Value::Object(Map::new()));
        }
        let text = Value::Object(data).to_string();
        let failed = languages.iter().find_map(|language| {
            let data = ModuleViews::data(&text).ok()?;
            views.render(panel, name, data, language, &urls(), "token").err()
        });
        if let Some(error) = failed {
            let message = error.to_string();
            let (place, line) = place_of(&message, name);
            let mend = format!("mend the template, or what {file} gives it");
            findings.push(Finding::new(Code::RenderFailed, message, mend).at(place, line));
        }
    }
}

/// Where a template broke, as the engine says at the end of its words: `(in partials/row:3)`. A macro of the panel broke for what
/// the module's own template gave it.
fn place_of(message: &str, name: &str) -> (String, Option<usize>) {
    let said = message.rsplit("(in ").next().and_then(|rest| rest.split(')').next()?.rsplit_once(':'));
    match said.and_then(|(template, line)| Some((template, line.parse().ok()?))) {
        Some((template, line)) if !template.starts_with("ui/") => {
            (format!("views/{template}.html"), Some(line))
        }
        _ => (format!("views/{name}.html"), None),
    }
}

/// Addresses such as a service's page has.
fn urls() -> ModuleUrls {
    let base = "/client/services/00000000-0000-7000-8000-000000000000".to_owned();
    ModuleUrls {
        actions: format!("{base}/-/requests"),
        tabs: base,
        assets: "/assets/modules/check".to_owned(),
        frames: Some("/frames/check".to_owned()),
        pages: "/admin/modules/check".to_owned(),
    }
}
