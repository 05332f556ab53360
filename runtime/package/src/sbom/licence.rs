//! Licences: an expression of SPDX where it is one, and whatever the author wrote where it is not.

use serde::{Deserialize, Serialize};

/// One licence of a part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Licence {
    Expression { expression: String },
    Named { license: Name },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Name {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<String>,
}

impl Licence {
    /// None where nothing was written.
    pub(crate) fn new(text: &str) -> Option<Self> {
        // Older crates wrote a slash for a choice.
        let text = text.trim();
        let expression = text.replace('/', " OR ");
        if text.is_empty() {
            None
        } else if is_expression(&expression) {
            Some(Self::Expression { expression })
        } else {
            Some(Self::Named { license: Name { id: None, name: Some(text.to_owned()) } })
        }
    }

    pub(super) fn text(&self) -> &str {
        match self {
            Self::Expression { expression } => expression,
            Self::Named { license: Name { id, name } } => {
                id.as_ref().or(name.as_ref()).map_or("", |text| text)
            }
        }
    }
}

/// Identifiers with an operator between each two, parentheses aside.
fn is_expression(text: &str) -> bool {
    let words: Vec<&str> = text
        .split(|letter: char| letter.is_whitespace() || "()".contains(letter))
        .filter(|word| !word.is_empty())
        .collect();
    let is_operator = |word: &str| ["AND", "OR", "WITH"].contains(&word);
    let is_id = |word: &str| word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.+".contains(&byte));
    words.len() % 2 == 1
        && words.iter().enumerate().all(|(at, word)| is_operator(word) == (at % 2 == 1) && is_id(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_are_told_from_other_words() {
        for text in ["MIT", "MIT OR Apache-2.0", "(MIT OR Apache-2.0) AND Unicode-3.0", "GPL-2.0+"] {
            assert_eq!(Licence::new(text), Some(Licence::Expression { expression: text.to_owned() }));
        }
        let old = Licence::new("MIT/Apache-2.0").unwrap();
        assert_eq!(old.text(), "MIT OR Apache-2.0");
        for text in ["SEE LICENSE IN LICENSE.txt", "BSD License", "MIT OR", "OR MIT", "Copyright © me"] {
            assert!(matches!(Licence::new(text), Some(Licence::Named { .. })), "{text}");
            assert_eq!(Licence::new(text).unwrap().text(), text);
        }
        assert_eq!(Licence::new("  "), None);
    }
}
