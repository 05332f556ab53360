//! The elements that a view may have.

use super::finding::{Fault, shown};

/// An element of the allow-list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Element {
    pub(super) name: &'static str,
    /// Has no contents and no end tag.
    pub(super) void: bool,
}

/// Elements with contents. What is missing is missing on purpose: elements that run or load something, change how what
/// follows is read, or belong to the page around the view.
const NORMAL: &[&str] = &[
    "a",
    "abbr",
    "address",
    "article",
    "aside",
    "b",
    "bdi",
    "bdo",
    "blockquote",
    "button",
    "caption",
    "cite",
    "code",
    "colgroup",
    "data",
    "datalist",
    "dd",
    "del",
    "details",
    "dfn",
    "div",
    "dl",
    "dt",
    "em",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "i",
    "ins",
    "kbd",
    "label",
    "legend",
    "li",
    "mark",
    "meter",
    "nav",
    "ol",
    "optgroup",
    "option",
    "output",
    "p",
    "pre",
    "progress",
    "q",
    "s",
    "samp",
    "section",
    "select",
    "small",
    "span",
    "strong",
    "sub",
    "summary",
    "sup",
    "table",
    "tbody",
    "td",
    "textarea",
    "tfoot",
    "th",
    "thead",
    "time",
    "tr",
    "u",
    "ul",
    "var",
];

const VOID: &[&str] = &["br", "col", "hr", "img", "input", "wbr"];

/// The one element of the list whose contents are text even where they look like tags.
pub(super) const TEXTAREA: &str = "textarea";

/// The element of that name, in lower case.
///
/// # Errors
/// Why it is not allowed, and what to use instead.
pub(super) fn element(name: &str) -> Result<Element, Fault> {
    if let Some(name) = NORMAL.iter().find(|known| **known == name) {
        return Ok(Element { name, void: false });
    }
    if let Some(name) = VOID.iter().find(|known| **known == name) {
        return Ok(Element { name, void: true });
    }
    let mend = match name {
        "script" => "remove it, and let hx-get and hx-post load what should change",
        "style" | "link" => "remove it, and use the panel's classes",
        "svg" | "math" => "use an icon such as <i class=\"ti ti-check\"></i>, or an image of views/assets/",
        "iframe" | "object" | "embed" | "applet" | "frame" | "frameset" | "portal" => {
            "link to the page with <a href> instead"
        }
        "html" | "head" | "body" | "title" | "meta" | "base" | "main" => {
            "remove it: a view is a part of the panel's page"
        }
        "noscript" | "template" | "slot" => "remove it and keep its contents",
        "video" | "audio" | "source" | "picture" | "track" | "canvas" => {
            "use <img> with an image of views/assets/"
        }
        _ => "use an element such as <div> or <span>",
    };
    Err(Fault::new(format!("the element <{}> is not allowed in a view", shown(name)), mend))
}
