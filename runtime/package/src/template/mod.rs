//! Module templates, checked when a package is read so that rendering them needs no sanitiser.
//!
//! A template is read twice at once: as minijinja, through its own parser, and as HTML, by a small state machine that
//! follows the markup through every branch. The machine accepts a strict part of HTML whose reading is the same in every
//! browser: listed elements and attributes, quoted values, every element closed where it was opened. Because it walks the syntax tree
//! it knows exactly what stands before an expression on every path: text, or the quoted value of a known attribute. Branches
//! that end in different places are refused. A tokeniser run over the source with placeholders would see one path only.
//!
//! minijinja escapes each value it prints, unless the value is marked safe. The rules on filters and calls
//! (`expressions.rs`) see to it that a safe string can only ever be printed as text between elements, never in an attribute.
//!
//! Who renders the templates must keep to `minijinja`'s default syntax and white-space settings, escape as HTML whatever the
//! template's name, and offer the functions and filters of [`vocabulary`], with no `safe` among them.

mod attributes;
mod elements;
mod expressions;
mod finding;
mod limits;
mod markup;
mod state;
mod values;
pub mod vocabulary;
mod walk;

use std::collections::BTreeMap;

pub use finding::{TemplateErrors, TemplateFinding};

/// Templates whose name begins so are the panel's own.
pub const PANEL_PREFIX: &str = "ui/";

/// Checks every template of a package; keys are paths below `views/` without `.html`.
///
/// # Errors
/// Everything that was found, by template and line.
pub fn check_templates(templates: &BTreeMap<String, String>) -> Result<(), Vec<TemplateFinding>> {
    let mut findings = Vec::new();
    for (name, source) in templates {
        findings.extend(walk::check(name, source, templates));
    }
    if findings.is_empty() { Ok(()) } else { Err(findings) }
}

#[cfg(test)]
mod tests;
