//! Form fields: one description serves the generated form, the check of what was posted, and the API.

use serde::{Deserialize, Serialize};

use crate::FieldError;
use crate::status::words;

words! {
    /// What a field holds and how it is asked for.
    FieldKind ("field type") {
        /// One line of text.
        Text = "text",
        /// Text that is not shown; must be `secret`.
        Password = "password",
        /// A number: a JSON number.
        Number = "number",
        /// One of `options`, from a list.
        Select = "select",
        /// Any of `options`: a JSON array of text.
        MultiSelect = "multi-select",
        /// One of `options`, all in sight.
        Radio = "radio",
        /// Yes or no: true or false; false where nothing is said.
        Checkbox = "checkbox",
        /// Text of several lines.
        Textarea = "textarea",
        /// Words of one's own, separated by commas: a JSON array of text.
        Tags = "tags",
        /// A colour such as `#206bc4`.
        Color = "color",
        /// A time of day such as `09:30`.
        Time = "time",
        /// An e-mail address.
        Email = "email",
        /// An http or https address.
        Url = "url",
    }
}

/// One field of a form. It makes the form, checks what was posted, and describes the value in the API.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Field {
    /// The value's name in the form's data: lower-case letters, digits and underscores.
    #[cfg_attr(feature = "schema", schemars(extend("pattern" = "^[a-z][a-z0-9_]{0,63}$")))]
    pub key: String,
    /// What people read beside it.
    pub label: String,
    /// What it holds, and how it is asked for.
    #[serde(rename = "type", default = "default_kind")]
    pub kind: FieldKind,
    /// Refused where it is left empty and has no default.
    #[serde(default)]
    pub required: bool,
    /// Encrypted at rest, masked in the panel, never sent back to a browser or to the module, which names it where the host is to use it.
    /// Has no default.
    #[serde(default)]
    pub secret: bool,
    /// Written by the module or the panel, not by a person: left out of forms.
    #[serde(default)]
    pub internal: bool,
    /// A line below the field.
    pub help: Option<String>,
    /// Shown in the field while it is empty.
    pub placeholder: Option<String>,
    /// Taken where nothing was said; must be a value that the field itself accepts.
    pub default: Option<serde_json::Value>,
    /// The choices of `select`, `radio` and `multi-select`, which need some; what `tags` may hold, where it is not to be anything.
    #[serde(default)]
    pub options: Vec<FieldOption>,
    /// Least number, or least length of a text.
    pub min: Option<f64>,
    /// Greatest number, or greatest length of a text; 10000 where a text names none.
    pub max: Option<f64>,
    /// Shown, and looked at, only while another field has a value.
    pub when: Option<When>,
}

fn default_kind() -> FieldKind {
    FieldKind::Text
}

/// One choice of a field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct FieldOption {
    /// What is stored.
    pub value: String,
    /// What people read.
    pub label: String,
}

/// A condition on another field of the same form.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct When {
    /// The other field's key.
    pub field: String,
    /// The value it has to have.
    pub equals: serde_json::Value,
}

/// Longest text where a field names no `max`.
const MAX_TEXT: usize = 10_000;

impl Field {
    /// What a form begins with: the defaults of its fields.
    #[must_use]
    pub fn defaults(fields: &[Self]) -> serde_json::Map<String, serde_json::Value> {
        let asked = fields.iter().filter(|field| !field.internal);
        asked.filter_map(|field| Some((field.key.clone(), field.default.clone()?))).collect()
    }

    /// Whether a form is filled in: every required field that applies holds something. `is_kept` says which secrets do, that are kept
    /// elsewhere.
    #[must_use]
    pub fn are_filled(
        fields: &[Self],
        values: &serde_json::Map<String, serde_json::Value>,
        is_kept: impl Fn(&str) -> bool,
    ) -> bool {
        let is_there = |field: &Self| match field.secret {
            true => is_kept(&field.key),
            false => values.get(&field.key).is_some_and(|value| !value.is_null()),
        };
        fields.iter().filter(|field| field.required && field.applies(values)).all(is_there)
    }

    /// Whether the field applies, given the other values of its form.
    #[must_use]
    pub fn applies(&self, values: &serde_json::Map<String, serde_json::Value>) -> bool {
        self.when.as_ref().is_none_or(|when| values.get(&when.field) == Some(&when.equals))
    }

    /// Turns what a form or an API call gave into the field's value; `None` where nothing was given.
    ///
    /// # Errors
    /// One message for people.
    pub fn read(&self, given: Option<&serde_json::Value>) -> Result<Option<serde_json::Value>, FieldError> {
        use serde_json::Value;
        let wrong = |message: String| FieldError::new(&self.key, message);
        let given = match given {
            Some(Value::String(text)) if text.trim().is_empty() => None,
            Some(Value::Null) => None,
            other => other,
        };
        let Some(given) = given else {
            return match (&self.default, self.kind) {
                (_, FieldKind::Checkbox) => Ok(Some(Value::Bool(false))),
                (Some(default), _) => Ok(Some(default.clone())),
                _ if self.required => Err(wrong(format!("{} is required.", self.label))),
                _ => Ok(None),
            };
        };
        match self.kind {
            FieldKind::Number => self.read_number(given).map(Some),
            FieldKind::Checkbox => match given {
                Value::Bool(_) => Ok(Some(given.clone())),
                Value::String(text) => {
                    Ok(Some(Value::Bool(matches!(text.as_str(), "1" | "on" | "true" | "yes"))))
                }
                _ => Err(wrong(format!("{} must be true or false.", self.label))),
            },
            FieldKind::MultiSelect | FieldKind::Tags => self.read_list(given).map(Some),
            _ => {
                let text = given.as_str().ok_or_else(|| wrong(format!("{} must be text.", self.label)))?;
                self.check_text(text)?;
                Ok(Some(Value::String(text.to_owned())))
            }
        }
    }

    fn read_number(&self, given: &serde_json::Value) -> Result<serde_json::Value, FieldError> {
        use serde_json::Value;
        let wrong = |message: String| FieldError::new(&self.key, message);
        let number = match given {
            Value::Number(number) => number.clone(),
            Value::String(text) => serde_json::from_str::<serde_json::Number>(text.trim())
                .map_err(|_| wrong(format!("{} must be a number.", self.label)))?,
            _ => return Err(wrong(format!("{} must be a number.", self.label))),
        };
        let value = number.as_f64().unwrap_or(f64::NAN);
        match (self.min, self.max) {
            (Some(min), _) if value < min => Err(wrong(format!("{} must be at least {min}.", self.label))),
            (_, Some(max)) if value > max => Err(wrong(format!("{} must be at most {max}.", self.label))),
            _ if !value.is_finite() => Err(wrong(format!("{} must be a number.", self.label))),
            _ => Ok(Value::Number(number)),
        }
    }

    fn read_list(&self, given: &serde_json::Value) -> Result<serde_json::Value, FieldError> {
        use serde_json::Value;
        let items: Vec<String> = match given {
            Value::Array(items) => items.iter().filter_map(|item| item.as_str().map(str::to_owned)).collect(),
            Value::String(text) => {
                text.split(',').map(|item| item.trim().to_owned()).filter(|item| !item.is_empty()).collect()
            }
            _ => return Err(FieldError::new(&self.key, format!("{} must be a list.", self.label))),
        };
        for item in &items {
            self.check_option(item)?;
            if item.len() > MAX_TEXT {
                return Err(FieldError::new(
                    &self.key,
                    format!("{} has an entry that is too long.", self.label),
                ));
            }
        }
        Ok(Value::Array(items.into_iter().map(Value::String).collect()))
    }

    fn check_text(&self, text: &str) -> Result<(), FieldError> {
        let wrong = |message: String| Err(FieldError::new(&self.key, message));
        let length = text.chars().count();
        let max = self.max.map_or(MAX_TEXT, |max| max as usize);
        if length > max {
            return wrong(format!("{} may have at most {max} characters.", self.label));
        }
        if let Some(min) = self.min
            && (length as f64) < min
        {
            return wrong(format!("{} needs at least {min} characters.", self.label));
        }
        match self.kind {
            FieldKind::Select | FieldKind::Radio => self.check_option(text),
            FieldKind::Email if !looks_like_email(text) => {
                wrong(format!("{} must be an e-mail address.", self.label))
            }
            FieldKind::Url if !looks_like_url(text) => {
                wrong(format!("{} must be an http or https address.", self.label))
            }
            FieldKind::Color if !looks_like_color(text) => {
                wrong(format!("{} must be a colour such as #206bc4.", self.label))
            }
            FieldKind::Time if !looks_like_time(text) => {
                wrong(format!("{} must be a time such as 09:30.", self.label))
            }
            _ => Ok(()),
        }
    }

    fn check_option(&self, value: &str) -> Result<(), FieldError> {
        if self.options.is_empty() || self.options.iter().any(|option| option.value == value) {
            Ok(())
        } else {
            Err(FieldError::new(&self.key, format!("{} must be one of the choices.", self.label)))
        }
    }

    /// Reads a whole form: every field's value, or every field's error.
    ///
    /// # Errors
    /// One entry for each field that was refused. A key that no field has is refused too.
    pub fn read_all(
        fields: &[Field],
        given: &serde_json::Map<String, serde_json::Value>,
    ) -> Result<serde_json::Map<String, serde_json::Value>, Vec<FieldError>> {
        let mut values = serde_json::Map::new();
        let mut errors: Vec<FieldError> = given
            .keys()
            .filter(|key| !fields.iter().any(|field| &field.key == *key))
            .map(|key| FieldError::new(key, "There is no such field."))
            .collect();
        for field in fields.iter().filter(|field| field.applies(given)) {
            match field.read(given.get(&field.key)) {
                Ok(Some(value)) => {
                    values.insert(field.key.clone(), value);
                }
                Ok(None) => {}
                Err(error) => errors.push(error),
            }
        }
        if errors.is_empty() { Ok(values) } else { Err(errors) }
    }
}

/// Good enough to catch a slip; only a delivered mail proves an address.
#[must_use]
pub fn looks_like_email(text: &str) -> bool {
    match text.rsplit_once('@') {
        Some((local, domain)) => {
            !local.is_empty()
                && domain.contains('.')
                && !domain.starts_with('.')
                && !domain.ends_with('.')
                && !text.contains(char::is_whitespace)
        }
        None => false,
    }
}

fn looks_like_url(text: &str) -> bool {
    url::Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}

fn looks_like_color(text: &str) -> bool {
    text.strip_prefix('#')
        .is_some_and(|hex| matches!(hex.len(), 3 | 6) && hex.bytes().all(|b| b.is_ascii_hexdigit()))
}

fn looks_like_time(text: &str) -> bool {
    text.split_once(':').is_some_and(|(h, m)| {
        h.len() == 2
            && m.len() == 2
            && h.parse::<u8>().is_ok_and(|h| h < 24)
            && m.parse::<u8>().is_ok_and(|m| m < 60)
    })
}
