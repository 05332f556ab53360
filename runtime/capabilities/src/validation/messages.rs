//! What a failed check says, in the reader's language.

use std::sync::LazyLock;

use super::check::{Against, Size};
use super::rules::Check;
use crate::i18n::{Arguments, Localized, Strings};

static STRINGS: LazyLock<Strings> = LazyLock::new(|| {
    let files = FILES.iter().map(|(tag, text)| (*tag, format!("{tag}.ftl"), *text));
    // The tests read each of them; without strings, messages would be their keys.
    Strings::parse(files).unwrap_or_default()
});

pub(super) const FILES: [(&str, &str); 3] = [
    ("en", include_str!("lang/en.ftl")),
    ("pl", include_str!("lang/pl.ftl")),
    ("uk", include_str!("lang/uk.ftl")),
];

pub(super) struct Messages(Localized);

impl Messages {
    pub(super) fn of(locale: &str) -> Self {
        Self(STRINGS.localized(locale))
    }

    /// The rule's own message, in which `:attribute` is the field, or the default one.
    pub(super) fn of_failure(
        &self,
        against: &Against<'_, '_>,
        check: &Check,
        custom: Option<&str>,
    ) -> String {
        let attribute = readable(&against.leaf.name);
        if let Some(custom) = custom {
            return custom.replace(":attribute", &attribute);
        }
        let mut arguments = Arguments::default();
        arguments.text("attribute", attribute);
        let key = match check {
            Check::Min(min) => {
                arguments.float("min", min.as_f64());
                measured(against, "min")
            }
            Check::Max(max) => {
                arguments.float("max", max.as_f64());
                measured(against, "max")
            }
            Check::Between(min, max) => {
                arguments.float("min", min.as_f64());
                arguments.float("max", max.as_f64());
                measured(against, "between")
            }
            Check::Same(other) | Check::Different(other) => {
                arguments.text("other", readable(&other.to_string()));
                plain(check).to_owned()
            }
            Check::Digits(count) => {
                arguments.integer("digits", i64::try_from(*count).unwrap_or(i64::MAX));
                plain(check).to_owned()
            }
            _ => plain(check).to_owned(),
        };
        self.say(&key, &arguments)
    }

    pub(super) fn too_many(&self, field: &str, max: usize) -> String {
        let mut arguments = Arguments::default();
        arguments.text("attribute", readable(field));
        arguments.integer("max", i64::try_from(max).unwrap_or(i64::MAX));
        self.say("too-many", &arguments)
    }

    fn say(&self, key: &str, arguments: &Arguments) -> String {
        self.0.find(key, arguments).unwrap_or_else(|| key.to_owned())
    }
}

fn measured(against: &Against<'_, '_>, rule: &str) -> String {
    let size = against.leaf.value.and_then(|value| against.size(value));
    let unit = match size {
        Some(Size::Value(_)) => "number",
        Some(Size::Items(_)) => "items",
        Some(Size::Characters(_)) | None => "text",
    };
    format!("{rule}-{unit}")
}

fn plain(check: &Check) -> &'static str {
    match check {
        Check::Required => "required",
        Check::String => "string",
        Check::Integer => "integer",
        Check::Numeric => "numeric",
        Check::Boolean => "boolean",
        Check::Array => "array",
        Check::Min(_) => "min-number",
        Check::Max(_) => "max-number",
        Check::Between(..) => "between-number",
        Check::In(_) => "in",
        Check::NotIn(_) => "not-in",
        Check::Regex(_) => "regex",
        Check::Email => "email",
        Check::Ip => "ip",
        Check::Ipv4 => "ipv4",
        Check::Ipv6 => "ipv6",
        Check::Url(_) => "url",
        Check::AlphaDash { .. } => "alpha-dash",
        Check::Date => "date",
        Check::Confirmed(_) => "confirmed",
        Check::Same(_) => "same",
        Check::Different(_) => "different",
        Check::Digits(_) => "digits",
        Check::Uuid => "uuid",
        Check::Json => "json",
    }
}

/// `items.0.disk_space` and `diskSpace` read "disk space": the last name that is no index.
pub(super) fn readable(field: &str) -> String {
    let is_name = |part: &&str| *part != "*" && part.parse::<usize>().is_err();
    let name = field.rsplit('.').find(is_name).unwrap_or(field);
    let mut words = String::with_capacity(name.len() + 4);
    let mut after_lower = false;
    for c in name.chars() {
        if matches!(c, '_' | '-') {
            words.push(' ');
        } else if c.is_uppercase() && after_lower {
            words.push(' ');
            words.extend(c.to_lowercase());
        } else {
            words.push(c);
        }
        after_lower = c.is_lowercase();
    }
    words
}
