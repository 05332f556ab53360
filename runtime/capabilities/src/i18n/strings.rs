//! Messages in several languages, and which of them somebody is told.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use unic_langid::LanguageIdentifier;

use super::Arguments;
use super::bundle::Bundle;

/// What everything falls back to.
const ENGLISH: &str = "en";

/// A file of strings that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {message}")]
pub struct StringsError {
    pub path: String,
    pub message: String,
}

/// Parsed strings by language. Cheap to clone.
#[derive(Clone, Default)]
pub struct Strings(Arc<BTreeMap<String, Arc<Bundle>>>);

impl Strings {
    /// Reads files given as language tag, path for messages, and text. A language may have several.
    ///
    /// # Errors
    /// A tag that is none, a file that does not parse, or a message that a language has twice.
    pub fn parse<'a>(
        files: impl IntoIterator<Item = (&'a str, String, &'a str)>,
    ) -> Result<Self, StringsError> {
        let mut bundles: BTreeMap<String, Bundle> = BTreeMap::new();
        for (tag, path, text) in files {
            let language: LanguageIdentifier = tag.parse().map_err(|_| StringsError {
                path: path.clone(),
                message: format!("'{tag}' is not a language tag"),
            })?;
            let bundle = match bundles.entry(language.to_string()) {
                std::collections::btree_map::Entry::Occupied(there) => there.into_mut(),
                std::collections::btree_map::Entry::Vacant(place) => place.insert(Bundle::new(language)?),
            };
            bundle.add(&path, text)?;
        }
        let shared = bundles.into_iter().map(|(tag, bundle)| (tag, Arc::new(bundle)));
        Ok(Self(Arc::new(shared.collect())))
    }

    /// Those of a package, by language tag.
    ///
    /// # Errors
    /// See [`Strings::parse`]; a checked package has none of them.
    pub fn of_package(sources: &BTreeMap<String, String>) -> Result<Self, StringsError> {
        Self::parse(
            sources.iter().map(|(tag, text)| (tag.as_str(), format!("lang/{tag}.ftl"), text.as_str())),
        )
    }

    /// The strings as somebody of this locale is told them: in the locale itself, then in wider ones (`pt` for `pt-BR`),
    /// then in English. A locale that is no language tag is English.
    #[must_use]
    pub fn localized(&self, locale: &str) -> Localized {
        let mut bundles = Vec::with_capacity(2);
        let mut add = |tag: &str| {
            if let Some(bundle) = self.0.get(tag) {
                bundles.push(Arc::clone(bundle));
            }
        };
        let canonical = locale.parse::<LanguageIdentifier>().map(|language| language.to_string());
        let mut tag = canonical.as_deref().unwrap_or(ENGLISH);
        add(tag);
        while let Some((wider, _)) = tag.rsplit_once('-') {
            tag = wider;
            add(tag);
        }
        if tag != ENGLISH {
            add(ENGLISH);
        }
        Localized(bundles)
    }
}

impl fmt::Debug for Strings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

/// Strings for one locale. Cheap to clone.
#[derive(Clone)]
pub struct Localized(Vec<Arc<Bundle>>);

impl Localized {
    /// The message in the first language that has it whole: one that lacks an argument, or would be longer than 64 KiB,
    /// counts as missing.
    #[must_use]
    pub fn find(&self, key: &str, arguments: &Arguments) -> Option<String> {
        self.0.iter().find_map(|bundle| bundle.format(key, arguments))
    }

    /// Whether one of the languages has the message, whatever it is to be filled in with.
    #[must_use]
    pub fn has(&self, key: &str) -> bool {
        self.0.iter().any(|bundle| bundle.has(key))
    }
}

impl fmt::Debug for Localized {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Localized({} languages)", self.0.len())
    }
}
