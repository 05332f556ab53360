//! What is wrong with a template, and the mend.

use std::fmt;

/// One thing that keeps a template from being accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateFinding {
    /// Path below `views/`, without `.html`.
    pub template: String,
    pub line: usize,
    /// What is wrong.
    pub message: String,
    /// What to write instead.
    pub mend: String,
}

impl fmt::Display for TemplateFinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "views/{}.html, line {}: {}; {}", self.template, self.line, self.message, self.mend)
    }
}

/// All findings of a package; as a sentence, the first and how many more there are.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", summary(.0))]
pub struct TemplateErrors(pub Vec<TemplateFinding>);

impl From<Vec<TemplateFinding>> for TemplateErrors {
    fn from(findings: Vec<TemplateFinding>) -> Self {
        Self(findings)
    }
}

fn summary(findings: &[TemplateFinding]) -> String {
    match findings {
        [] => "the templates were refused".to_owned(),
        [only] => only.to_string(),
        [first, rest @ ..] => format!("{first} (and {} more)", rest.len()),
    }
}

/// A finding without its place yet: what is wrong, and the mend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) message: String,
    pub(super) mend: String,
}

impl Fault {
    pub(super) fn new(message: impl Into<String>, mend: impl Into<String>) -> Self {
        Self { message: message.into(), mend: mend.into() }
    }
}

/// A piece of a template, fit for a message.
pub(super) fn shown(text: &str) -> String {
    const SHOWN: usize = 60;
    let mut shown: String = text.chars().take(SHOWN).flat_map(char::escape_debug).collect();
    if text.chars().nth(SHOWN).is_some() {
        shown.push('…');
    }
    shown
}
