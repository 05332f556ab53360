//! Strings for people: Fluent files of `views/lang/<locale>/`, and those that a module brings.

use std::collections::BTreeMap;
use std::sync::Arc;

use caisson_capabilities::i18n::{self, Arguments, Localized};
use minijinja::value::{Kwargs, ValueKind};
use minijinja::{Error, ErrorKind, Value};

use super::{Source, ViewError};

/// A language that the panel speaks in full.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Locale {
    #[default]
    English,
    Polish,
    Ukrainian,
}

/// Every locale, for a choice.
pub const LOCALES: [Locale; 3] = [Locale::English, Locale::Polish, Locale::Ukrainian];

impl Locale {
    /// BCP 47 tag.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Polish => "pl",
            Self::Ukrainian => "uk",
        }
    }

    /// The locale of a language tag, or of the first known one in an `Accept-Language` header; else English.
    #[must_use]
    pub fn nearest(tags: &str) -> Self {
        tags.split(',')
            .filter_map(|tag| {
                let language = tag.trim().split(['-', '_', ';']).next()?;
                LOCALES.into_iter().find(|locale| locale.as_str().eq_ignore_ascii_case(language))
            })
            .next()
            .unwrap_or_default()
    }
}

/// The panel's strings in every locale.
#[derive(Clone)]
pub struct Strings(Arc<Inner>);

struct Inner {
    locales: BTreeMap<Locale, Localized>,
    /// `t` of each locale, made once.
    functions: BTreeMap<Locale, Value>,
}

impl Strings {
    pub(super) fn read(source: &Source) -> Result<Self, ViewError> {
        let files = source.strings();
        let is_spoken = |tag: &str| LOCALES.into_iter().any(|locale| locale.as_str() == tag);
        if let Some((tag, path, _)) = files.iter().find(|(tag, _, _)| !is_spoken(tag)) {
            let message = format!("'{tag}' is not a language of the panel");
            return Err(ViewError::Strings { path: path.clone(), message });
        }
        let files =
            files.iter().map(|(tag, path, text)| (tag.as_str(), format!("views/lang/{path}"), text.as_ref()));
        let strings = i18n::Strings::parse(files)
            .map_err(|error| ViewError::Strings { path: error.path, message: error.message })?;
        let locales: BTreeMap<Locale, Localized> =
            LOCALES.into_iter().map(|locale| (locale, strings.localized(locale.as_str()))).collect();
        let functions =
            locales.iter().map(|(locale, strings)| (*locale, panel_function(strings.clone()))).collect();
        Ok(Self(Arc::new(Inner { locales, functions })))
    }

    /// `t` for templates.
    pub(super) fn function(&self, locale: Locale) -> Value {
        self.0.functions.get(&locale).cloned().unwrap_or_default()
    }

    pub(super) fn localized(&self, locale: Locale) -> Option<&Localized> {
        self.0.locales.get(&locale)
    }

    /// One string; the key itself where there is none, which the tests of the strings rule out.
    #[must_use]
    pub fn text(&self, locale: Locale, key: &str, args: &[(&str, &str)]) -> String {
        let mut arguments = Arguments::default();
        for (name, value) in args {
            arguments.text(name, *value);
        }
        let found = self.localized(locale).and_then(|strings| strings.find(key, &arguments));
        found.unwrap_or_else(|| key.to_owned())
    }
}

/// `t("key", name=value)`; `fallback=…` stands in for keys made from data.
fn panel_function(strings: Localized) -> Value {
    Value::from_function(move |key: &str, options: Kwargs| -> Result<String, Error> {
        let fallback: Option<Value> = options.get("fallback")?;
        match strings.find(key, &arguments(&options)?) {
            Some(text) => Ok(text),
            None => fallback.map(|value| value.to_string()).ok_or_else(|| {
                Error::new(
                    ErrorKind::InvalidOperation,
                    format!("there is no string '{key}' with these arguments"),
                )
            }),
        }
    })
}

/// `t` of a module: its own strings in the viewer's language, then in English; the panel's, so that the shared macros
/// speak; else the key, so that a missing string never hides the page.
pub(super) fn module_function(own: Localized, panel: Option<Localized>) -> Value {
    Value::from_function(move |key: &str, options: Kwargs| -> Result<String, Error> {
        let args = arguments(&options)?;
        let fallback: Option<Value> = options.get("fallback")?;
        let found = own.find(key, &args).or_else(|| panel.as_ref().and_then(|panel| panel.find(key, &args)));
        Ok(found.unwrap_or_else(|| fallback.map_or_else(|| key.to_owned(), |value| value.to_string())))
    })
}

fn arguments(options: &Kwargs) -> Result<Arguments, Error> {
    let mut args = Arguments::default();
    for name in options.args() {
        let value: Value = options.get(name)?;
        match (value.kind(), i64::try_from(value.clone()), f64::try_from(value.clone())) {
            (ValueKind::Number, Ok(number), _) => args.integer(name, number),
            (ValueKind::Number, _, Ok(number)) => args.float(name, number),
            _ => args.text(name, value.to_string()),
        }
    }
    Ok(args)
}
