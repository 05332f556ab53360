//! A module's configuration as its calls see it.

use std::collections::BTreeMap;

use caisson_types::Secret;
use serde_json::{Map, Value};

/// Values of one module, read once when it is activated or its settings change.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// `[config]` of the manifest with the administrator's overrides.
    pub config: Map<String, Value>,
    /// Saved settings that are no secrets.
    pub values: Map<String, Value>,
    /// Saved secret settings; they leave this struct only towards a host they are bound to.
    pub secrets: BTreeMap<String, Secret<String>>,
}

impl Settings {
    /// The value that `config.get` answers.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Value> {
        match key.strip_prefix("settings.") {
            Some(setting) => self.values.get(setting),
            None => key.split('.').try_fold(None, |at: Option<&Value>, part| {
                Some(Some(match at {
                    None => self.config.get(part)?,
                    Some(value) => value.get(part)?,
                }))
            })?,
        }
    }

    /// The addresses in a setting, which may be a secret one: for the host, which takes no more than their origins from them.
    pub(crate) fn addresses(&self, key: &str) -> impl Iterator<Item = &str> {
        let secret = || Some(self.secrets.get(key.strip_prefix("settings.")?)?.expose().as_str());
        let plain = self.get(key).is_some();
        self.texts(key).chain((!plain).then(secret).flatten())
    }

    /// The texts that a value is: itself, or each of a list.
    pub(crate) fn texts(&self, key: &str) -> impl Iterator<Item = &str> {
        let items = match self.get(key) {
            Some(Value::Array(items)) => items.as_slice(),
            Some(value) => std::slice::from_ref(value),
            None => &[],
        };
        items.iter().filter_map(Value::as_str)
    }

    /// Whether there is a value, secret or not.
    #[must_use]
    pub fn has(&self, key: &str) -> bool {
        self.get(key).is_some()
            || key.strip_prefix("settings.").is_some_and(|setting| self.secrets.contains_key(setting))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_there_but_not_to_be_read() {
        let mut settings = Settings::default();
        settings.config.insert("limits".to_owned(), serde_json::json!({"ttl": 60}));
        settings.values.insert("api_base".to_owned(), "https://a.example".into());
        settings.secrets.insert("api_key".to_owned(), Secret::new("k".to_owned()));
        assert_eq!(settings.get("limits.ttl"), Some(&serde_json::json!(60)));
        assert_eq!(settings.get("settings.api_base"), Some(&serde_json::json!("https://a.example")));
        assert_eq!(settings.get("settings.api_key"), None);
        assert!(settings.has("settings.api_key"));
        assert_eq!(settings.addresses("settings.api_key").next(), Some("k"));
        assert_eq!(settings.addresses("settings.api_base").next(), Some("https://a.example"));
        assert_eq!(settings.addresses("settings.other").next(), None);
        assert!(!settings.has("settings.other"));
    }
}
