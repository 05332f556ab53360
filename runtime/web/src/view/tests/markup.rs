//! What is wrong with a page's markup, as far as the panel promises: no code in it, every form with its token, references
//! that lead somewhere, every input with a name for assistive technology.

use std::collections::HashSet;

use html5gum::{Token, Tokenizer};

/// One start tag: its name, and its attributes by name.
struct Tag {
    name: String,
    attributes: Vec<(String, String)>,
}

impl Tag {
    fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn tags(html: &str) -> Vec<Result<Tag, String>> {
    Tokenizer::new(html)
        .filter_map(|token| match token.unwrap() {
            Token::StartTag(tag) => Some(Ok(Tag {
                name: text(&tag.name),
                attributes: tag.attributes.iter().map(|(key, value)| (text(key), text(value))).collect(),
            })),
            Token::EndTag(tag) => Some(Err(text(&tag.name))),
            _ => None,
        })
        .collect()
}

const URLS: [&str; 6] = ["href", "src", "action", "hx-get", "hx-post", "formaction"];

/// Everything that is wrong.
pub(super) fn faults(html: &str) -> Vec<String> {
    let tags = tags(html);
    let open: Vec<&Tag> = tags.iter().filter_map(|tag| tag.as_ref().ok()).collect();
    let mut faults = Vec::new();
    let ids: Vec<&str> = open.iter().filter_map(|tag| tag.get("id")).collect();
    let known: HashSet<&str> = ids.iter().copied().collect();
    if known.len() != ids.len() {
        let mut seen = HashSet::new();
        faults.extend(
            ids.iter().filter(|id| !seen.insert(**id)).map(|id| format!("two elements have the id '{id}'")),
        );
    }
    for tag in &open {
        for (name, value) in &tag.attributes {
            if name == "style" || name.starts_with("on") || name.starts_with("hx-on") {
                faults.push(format!("<{} {name}>", tag.name));
            }
            if URLS.contains(&name.as_str())
                && value.trim_start().to_ascii_lowercase().starts_with("javascript:")
            {
                faults.push(format!("<{} {name}=\"{value}\">", tag.name));
            }
            if matches!(name.as_str(), "for" | "aria-describedby" | "aria-labelledby" | "popovertarget") {
                for id in value.split_whitespace().filter(|id| !known.contains(id)) {
                    faults.push(format!("<{} {name}=\"{value}\"> names no element '{id}'", tag.name));
                }
            }
        }
        match tag.name.as_str() {
            "style" | "iframe" | "object" | "embed" | "base" => faults.push(format!("<{}>", tag.name)),
            "script" if tag.get("src").is_none() => faults.push("<script> without src".to_owned()),
            "img" if tag.get("alt").is_none() => faults.push("<img> without alt".to_owned()),
            _ => {}
        }
    }
    faults.extend(unguarded_forms(&tags));
    faults.extend(unnamed(&tags));
    faults
}

/// Forms that post without the token.
fn unguarded_forms(tags: &[Result<Tag, String>]) -> Vec<String> {
    let mut faults = Vec::new();
    let mut form: Option<(&Tag, bool)> = None;
    for tag in tags {
        match tag {
            Ok(tag) if tag.name == "form" => {
                if form.is_some() {
                    faults.push("a form stands in another".to_owned());
                }
                form = Some((tag, false));
            }
            Ok(tag) if tag.name == "input" && tag.get("name") == Some("_csrf") => {
                if let Some((form, _)) = form
                    && form.get("method") != Some("post")
                {
                    faults.push("a form that only asks carries the token".to_owned());
                }
                form = form.map(|(tag, _)| (tag, true));
            }
            Err(end) if end == "form" => {
                if let Some((tag, false)) = form
                    && tag.get("method") == Some("post")
                {
                    faults.push(format!("the form to {:?} has no token", tag.get("action")));
                }
                form = None;
            }
            _ => {}
        }
    }
    faults
}

/// Inputs that no label names.
fn unnamed(tags: &[Result<Tag, String>]) -> Vec<String> {
    let labelled: HashSet<&str> =
        tags.iter().flatten().filter(|tag| tag.name == "label").filter_map(|tag| tag.get("for")).collect();
    let mut faults = Vec::new();
    let mut inside = 0;
    for tag in tags {
        match tag {
            Ok(tag) if tag.name == "label" => inside += 1,
            Err(end) if end == "label" => inside -= 1,
            Ok(tag) if matches!(tag.name.as_str(), "input" | "select" | "textarea") => {
                let named = inside > 0
                    || tag.get("type") == Some("hidden")
                    || tag.get("aria-label").is_some()
                    || tag.get("id").is_some_and(|id| labelled.contains(id));
                if !named {
                    faults.push(format!("<{} name={:?}> has no label", tag.name, tag.get("name")));
                }
            }
            _ => {}
        }
    }
    faults
}

#[test]
fn what_is_promised_not_to_be_there_is_found() {
    let cases = [
        ("<p style=\"color:red\">", "<p style>"),
        ("<p onclick=\"x()\">", "<p onclick>"),
        ("<a href=\" JavaScript:x()\">", "<a href"),
        ("<script>x()</script>", "<script> without src"),
        ("<form method=\"post\" action=\"/x\"></form>", "has no token"),
        ("<input name=\"x\">", "has no label"),
        ("<i id=\"a\"></i><i id=\"a\"></i>", "two elements"),
        ("<label for=\"b\"></label>", "names no element 'b'"),
    ];
    for (html, expected) in cases {
        let found = faults(html);
        assert!(found.iter().any(|fault| fault.contains(expected)), "{html}: {found:?}");
    }
}
