//! Strings for people: Fluent files of `views/lang/<locale>/`, and those that a module brings.

use std::collections::BTreeMap;
use std::sync::Arc;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use minijinja::value::{Kwargs, ValueKind};
use minijinja::{Error, ErrorKind, Value};
use unic_langid::LanguageIdentifier;

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

/// The messages of one language.
pub(super) struct Bundle(FluentBundle<FluentResource>);

impl Bundle {
    fn new(tag: &str) -> Self {
        let language: LanguageIdentifier = tag.parse().unwrap_or_default();
        let mut bundle = FluentBundle::new_concurrent(vec![language]);
        // Isolation marks would stand in attributes and copied text; none of the panel's languages runs right to left.
        bundle.set_use_isolating(false);
        Self(bundle)
    }

    fn add(&mut self, path: &str, text: &str) -> Result<(), ViewError> {
        let wrong = |message: String| ViewError::Strings { path: path.to_owned(), message };
        let resource = FluentResource::try_new(text.to_owned()).map_err(|(_, errors)| {
            wrong(errors.first().map_or("does not parse".to_owned(), |error| {
                let line = text.get(..error.pos.start).unwrap_or_default().matches('\n').count() + 1;
                format!("line {line}: {error}")
            }))
        })?;
        self.0.add_resource(resource).map_err(|errors| {
            wrong(errors.first().map_or("holds a message twice".to_owned(), ToString::to_string))
        })
    }

    /// The message, or `None` where there is none or an argument is missing.
    fn format(&self, key: &str, args: &FluentArgs<'_>) -> Option<String> {
        let pattern = self.0.get_message(key)?.value()?;
        let mut errors = Vec::new();
        let text = self.0.format_pattern(pattern, Some(args), &mut errors).into_owned();
        errors.is_empty().then_some(text)
    }
}

/// The panel's strings in every locale.
#[derive(Clone)]
pub struct Strings(Arc<Inner>);

struct Inner {
    bundles: BTreeMap<Locale, Arc<Bundle>>,
    /// `t` of each locale, made once.
    functions: BTreeMap<Locale, Value>,
}

impl Strings {
    pub(super) fn read(source: &Source) -> Result<Self, ViewError> {
        let mut bundles: BTreeMap<Locale, Bundle> =
            LOCALES.into_iter().map(|locale| (locale, Bundle::new(locale.as_str()))).collect();
        for (tag, path, text) in source.strings() {
            let locale = LOCALES.into_iter().find(|locale| locale.as_str() == tag);
            let bundle =
                locale.and_then(|locale| bundles.get_mut(&locale)).ok_or_else(|| ViewError::Strings {
                    path: path.clone(),
                    message: format!("'{tag}' is not a language of the panel"),
                })?;
            bundle.add(&format!("views/lang/{path}"), &text)?;
        }
        let bundles: BTreeMap<Locale, Arc<Bundle>> =
            bundles.into_iter().map(|(locale, bundle)| (locale, Arc::new(bundle))).collect();
        let functions =
            bundles.iter().map(|(locale, bundle)| (*locale, panel_function(bundle.clone()))).collect();
        Ok(Self(Arc::new(Inner { bundles, functions })))
    }

    /// `t` for templates.
    pub(super) fn function(&self, locale: Locale) -> Value {
        self.0.functions.get(&locale).cloned().unwrap_or_default()
    }

    pub(super) fn bundle(&self, locale: Locale) -> Option<&Arc<Bundle>> {
        self.0.bundles.get(&locale)
    }

    /// One string; the key itself where there is none, which the tests of the strings rule out.
    #[must_use]
    pub fn text(&self, locale: Locale, key: &str, args: &[(&str, &str)]) -> String {
        let args: FluentArgs<'_> =
            args.iter().map(|(name, value)| (*name, FluentValue::from(*value))).collect();
        let found = self.bundle(locale).and_then(|bundle| bundle.format(key, &args));
        found.unwrap_or_else(|| key.to_owned())
    }
}

/// `t("key", name=value)`; `fallback=…` stands in for keys made from data.
fn panel_function(bundle: Arc<Bundle>) -> Value {
    Value::from_function(move |key: &str, options: Kwargs| -> Result<String, Error> {
        let fallback: Option<Value> = options.get("fallback")?;
        match bundle.format(key, &arguments(&options)?) {
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
pub(super) fn module_function(own: Vec<Arc<Bundle>>, panel: Option<Arc<Bundle>>) -> Value {
    Value::from_function(move |key: &str, options: Kwargs| -> Result<String, Error> {
        let args = arguments(&options)?;
        let fallback: Option<Value> = options.get("fallback")?;
        let found = own.iter().chain(&panel).find_map(|bundle| bundle.format(key, &args));
        Ok(found.unwrap_or_else(|| fallback.map_or_else(|| key.to_owned(), |value| value.to_string())))
    })
}

/// The bundles of a module's strings, by language tag.
pub(super) fn module_bundles(
    strings: &BTreeMap<String, String>,
) -> Result<BTreeMap<String, Arc<Bundle>>, ViewError> {
    strings
        .iter()
        .map(|(tag, text)| {
            let mut bundle = Bundle::new(tag);
            bundle.add(&format!("lang/{tag}.ftl"), text)?;
            Ok((tag.clone(), Arc::new(bundle)))
        })
        .collect()
}

fn arguments(options: &Kwargs) -> Result<FluentArgs<'static>, Error> {
    let mut args = FluentArgs::new();
    for name in options.args() {
        let value: Value = options.get(name)?;
        let value = match (value.kind(), i64::try_from(value.clone()), f64::try_from(value.clone())) {
            (ValueKind::Number, Ok(number), _) => FluentValue::from(number),
            (ValueKind::Number, _, Ok(number)) => FluentValue::from(number),
            _ => FluentValue::from(value.to_string()),
        };
        args.set(name.to_owned(), value);
    }
    Ok(args)
}
