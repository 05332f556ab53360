//! The attributes that an element may have, and what kind of value each takes.

use super::finding::{Fault, shown};

/// What an attribute's value may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rule {
    /// Anything: the browser only shows or compares it.
    Text,
    /// Where a link leads: `#fragment`, an `https://` address, or one expression that gives a URL.
    Link,
    /// What the browser fetches or sends to: one expression that gives a URL.
    Address,
    /// `#id`, of which the id may hold expressions.
    Reference,
    /// As `Reference`, or `this`.
    Target,
    /// One of these, literally.
    Word(&'static [&'static str]),
    /// Any of these, literally, separated by spaces.
    Words(&'static [&'static str]),
    /// When htmx acts; see `values.rs`.
    Trigger,
}

/// Attributes of every element.
const GLOBAL: &[(&str, Rule)] = &[
    ("class", Rule::Text),
    ("dir", Rule::Word(&["auto", "ltr", "rtl"])),
    ("hidden", Rule::Text),
    ("id", Rule::Text),
    ("lang", Rule::Text),
    ("role", Rule::Text),
    ("tabindex", Rule::Word(&["-1", "0"])),
    ("title", Rule::Text),
    ("translate", Rule::Word(&["no", "yes"])),
    // htmx: requests go where the panel's URL functions point, answers where an id says.
    ("hx-confirm", Rule::Text),
    ("hx-get", Rule::Address),
    ("hx-indicator", Rule::Reference),
    ("hx-post", Rule::Address),
    (
        "hx-swap",
        Rule::Word(&[
            "afterbegin",
            "afterend",
            "beforebegin",
            "beforeend",
            "delete",
            "innerHTML",
            "none",
            "outerHTML",
        ]),
    ),
    ("hx-target", Rule::Target),
    ("hx-trigger", Rule::Trigger),
    // Bootstrap's behaviours, without those that take markup, selectors or configuration.
    ("data-bs-auto-close", Rule::Word(&["false", "inside", "outside", "true"])),
    ("data-bs-content", Rule::Text),
    ("data-bs-dismiss", Rule::Word(&["alert", "modal", "offcanvas", "toast"])),
    ("data-bs-parent", Rule::Reference),
    ("data-bs-placement", Rule::Word(&["auto", "bottom", "left", "right", "top"])),
    ("data-bs-target", Rule::Reference),
    ("data-bs-title", Rule::Text),
    (
        "data-bs-toggle",
        Rule::Word(&[
            "button",
            "collapse",
            "dropdown",
            "modal",
            "offcanvas",
            "pill",
            "popover",
            "tab",
            "tooltip",
        ]),
    ),
    // The panel's own.
    ("data-confirm", Rule::Text),
    ("data-copy", Rule::Text),
    ("data-label", Rule::Text),
];

const FIELD: &[(&str, Rule)] = &[
    ("autocomplete", Rule::Text),
    ("autofocus", Rule::Text),
    ("disabled", Rule::Text),
    ("name", Rule::Text),
    ("readonly", Rule::Text),
    ("required", Rule::Text),
];

const CELL: &[(&str, Rule)] = &[
    ("colspan", Rule::Text),
    ("headers", Rule::Text),
    ("rowspan", Rule::Text),
    ("scope", Rule::Word(&["col", "colgroup", "row", "rowgroup"])),
];

const MEASURE: &[(&str, Rule)] = &[
    ("high", Rule::Text),
    ("low", Rule::Text),
    ("max", Rule::Text),
    ("min", Rule::Text),
    ("optimum", Rule::Text),
    ("value", Rule::Text),
];

/// Attributes of one element beyond the global ones.
fn own(element: &str) -> &'static [(&'static str, Rule)] {
    match element {
        "a" => &[
            ("href", Rule::Link),
            ("rel", Rule::Words(&["external", "nofollow", "noopener", "noreferrer"])),
            ("target", Rule::Word(&["_blank", "_self"])),
        ],
        "button" => &[
            ("disabled", Rule::Text),
            ("name", Rule::Text),
            ("type", Rule::Word(&["button", "reset", "submit"])),
            ("value", Rule::Text),
        ],
        "col" | "colgroup" => &[("span", Rule::Text)],
        "data" | "option" | "li" => &[
            ("disabled", Rule::Text),
            ("label", Rule::Text),
            ("selected", Rule::Text),
            ("value", Rule::Text),
        ],
        "del" | "ins" | "time" => &[("datetime", Rule::Text)],
        "details" => &[("open", Rule::Text)],
        "fieldset" => &[("disabled", Rule::Text)],
        "form" => &[
            ("action", Rule::Address),
            ("autocomplete", Rule::Text),
            ("method", Rule::Word(&["get", "post"])),
            ("novalidate", Rule::Text),
        ],
        "img" => &[
            ("alt", Rule::Text),
            ("decoding", Rule::Word(&["async", "auto", "sync"])),
            ("height", Rule::Text),
            ("loading", Rule::Word(&["eager", "lazy"])),
            ("src", Rule::Address),
            ("width", Rule::Text),
        ],
        "input" => &[
            ("checked", Rule::Text),
            ("inputmode", Rule::Text),
            ("list", Rule::Text),
            ("max", Rule::Text),
            ("maxlength", Rule::Text),
            ("min", Rule::Text),
            ("minlength", Rule::Text),
            ("multiple", Rule::Text),
            ("pattern", Rule::Text),
            ("placeholder", Rule::Text),
            ("size", Rule::Text),
            ("step", Rule::Text),
            ("type", Rule::Word(INPUT_TYPES)),
            ("value", Rule::Text),
        ],
        "label" | "output" => &[("for", Rule::Text)],
        "meter" | "progress" => MEASURE,
        "ol" => &[("reversed", Rule::Text), ("start", Rule::Text), ("type", Rule::Word(&["1", "a", "i"]))],
        "optgroup" => &[("disabled", Rule::Text), ("label", Rule::Text)],
        "select" => &[("multiple", Rule::Text), ("size", Rule::Text)],
        "td" | "th" => CELL,
        "textarea" => &[
            ("cols", Rule::Text),
            ("maxlength", Rule::Text),
            ("minlength", Rule::Text),
            ("placeholder", Rule::Text),
            ("rows", Rule::Text),
            ("spellcheck", Rule::Word(&["false", "true"])),
            ("wrap", Rule::Word(&["hard", "soft"])),
        ],
        _ => &[],
    }
}

/// Not `file`, whose contents would not reach the module, and not `image`, which has a URL.
const INPUT_TYPES: &[&str] = &[
    "checkbox",
    "color",
    "date",
    "datetime-local",
    "email",
    "hidden",
    "month",
    "number",
    "password",
    "radio",
    "range",
    "reset",
    "search",
    "submit",
    "tel",
    "text",
    "time",
    "url",
    "week",
    "button",
];

fn has_field(element: &str) -> bool {
    matches!(element, "input" | "select" | "textarea")
}

/// What the attribute may hold on this element. Both names in lower case.
///
/// # Errors
/// Why it is not allowed, and what to use instead.
pub(super) fn rule(element: &str, attribute: &str) -> Result<Rule, Fault> {
    let field: &[_] = if has_field(element) { FIELD } else { &[] };
    if let Some((_, rule)) =
        GLOBAL.iter().chain(own(element)).chain(field).find(|(name, _)| *name == attribute)
    {
        return Ok(*rule);
    }
    if attribute.strip_prefix("aria-").is_some_and(|rest| rest.bytes().all(|b| b.is_ascii_lowercase())) {
        return Ok(Rule::Text);
    }
    let mend = match attribute {
        "style" => "remove it and use the panel's classes, or <progress> for a bar",
        _ if attribute.starts_with("on") || attribute.starts_with("hx-on") => {
            "remove it, and let hx-get or hx-post with hx-trigger act"
        }
        "formaction" | "formmethod" | "formtarget" | "formenctype" | "form" | "ping" => {
            "remove it: a form sends to its own action"
        }
        "srcdoc" | "srcset" | "background" | "poster" => "use <img src> with one image of views/assets/",
        _ if attribute.starts_with("hx-") => {
            "use hx-get, hx-post, hx-target, hx-swap, hx-trigger, hx-indicator or hx-confirm"
        }
        _ if attribute.starts_with("data-") => {
            "use data-label, data-confirm, data-copy, or data-bs- with toggle, target, parent, dismiss, placement, \
             title, content or auto-close"
        }
        _ => "remove it",
    };
    Err(Fault::new(
        format!("the attribute '{}' is not allowed on <{}>", shown(attribute), shown(element)),
        mend,
    ))
}
