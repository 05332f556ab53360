//! What stands for what in a template.

use caisson_types::CONTRACT_VERSION;

use super::NewModule;

/// The words of one module.
pub(super) struct Words {
    pairs: [(&'static str, String); 7],
}

impl Words {
    pub(super) fn new(new: &NewModule) -> Self {
        let name = new.name.as_str();
        let title = new.title.clone().unwrap_or_else(|| readable(name));
        Self {
            pairs: [
                ("__contract__", CONTRACT_VERSION.to_owned()),
                ("__name__", name.to_owned()),
                ("__title__", title),
                ("__kind__", new.kind.to_string()),
                ("__KIND__", new.kind.as_str().to_uppercase()),
                ("__identifier__", name.replace('-', "_")),
                ("__Type__", pascal(name)),
            ],
        }
    }

    /// The name as a name in a programming language.
    pub(super) fn identifier(&self) -> &str {
        &self.pairs[5].1
    }

    pub(super) fn fill(&self, template: &str) -> String {
        self.pairs
            .iter()
            .fold(template.to_owned(), |text, (placeholder, word)| text.replace(placeholder, word))
    }
}

/// `vps-hosting` as `Vps hosting`.
fn readable(name: &str) -> String {
    let mut letters = name.replace('-', " ");
    if let Some(first) = letters.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    letters
}

/// `vps-hosting` as `VpsHosting`.
fn pascal(name: &str) -> String {
    name.split('-').map(readable).collect()
}
