//! Takes secrets out of what is stored or shown.

use std::collections::HashSet;

use caisson_types::Secret;
use serde_json::Value;

/// What stands in a secret's place.
const MASK: &str = "***";
/// Shorter values would turn ordinary text into stars.
const SHORTEST: usize = 4;
/// Words in a JSON key that make its value a secret, whatever it is.
const SECRET_WORDS: [&str; 8] =
    ["password", "passwd", "secret", "token", "api_key", "apikey", "authorization", "private_key"];

/// Knows the secrets of one call.
#[derive(Debug, Default)]
pub struct Redactor {
    secrets: Vec<Secret<String>>,
}

impl Redactor {
    #[must_use]
    pub fn new(secrets: impl IntoIterator<Item = Secret<String>>) -> Self {
        let mut all = Vec::new();
        for secret in secrets.into_iter().filter(|secret| secret.expose().len() >= SHORTEST) {
            // As it stands in an address.
            let spelt: String = url::form_urlencoded::byte_serialize(secret.expose().as_bytes()).collect();
            let spelt = [spelt.replace('+', "%20"), spelt];
            all.extend(spelt.into_iter().filter(|text| text != secret.expose()).map(Secret::new));
            all.push(secret);
        }
        let mut secrets = all;
        // A secret that contains another is masked whole.
        secrets.sort_by(|a, b| (b.expose().len(), a.expose()).cmp(&(a.expose().len(), b.expose())));
        secrets.dedup_by(|a, b| a.expose() == b.expose());
        Self { secrets }
    }

    /// Learns every text under a key that is marked as a secret or sounds like one, such as a service's password.
    pub fn learn(&mut self, value: &Value, marked: &HashSet<String>) {
        self.learn_all(secrets_in(value, marked));
    }

    /// Learns secrets that were found elsewhere.
    pub fn learn_all(&mut self, secrets: impl IntoIterator<Item = Secret<String>>) {
        let known = std::mem::take(&mut self.secrets);
        *self = Self::new(known.into_iter().chain(secrets));
    }

    /// The text without known secrets; a JSON document also loses the values of keys that sound like secrets.
    #[must_use]
    pub fn text(&self, text: &str) -> String {
        let cleaned = match serde_json::from_str::<Value>(text) {
            Ok(mut value @ (Value::Object(_) | Value::Array(_))) => {
                mask_keys(&mut value);
                value.to_string()
            }
            _ => text.to_owned(),
        };
        self.secrets.iter().fold(cleaned, |text, secret| {
            if text.contains(secret.expose().as_str()) {
                text.replace(secret.expose().as_str(), MASK)
            } else {
                text
            }
        })
    }
}

impl Redactor {
    /// A document without known secrets, and without the values of keys and of named parameters that sound like secrets.
    pub fn value(&self, value: &mut Value) {
        mask_keys(value);
        self.leaves(value);
    }

    fn leaves(&self, value: &mut Value) {
        match value {
            Value::String(text) => *text = self.text(text),
            Value::Array(items) => items.iter_mut().for_each(|item| self.leaves(item)),
            Value::Object(map) => {
                for (key, mut value) in std::mem::take(map) {
                    self.leaves(&mut value);
                    map.insert(self.text(&key), value);
                }
            }
            _ => {}
        }
    }

    /// An address without known secrets, and without what its query names like one.
    #[must_use]
    pub fn url(&self, url: &str) -> String {
        let Some((path, query)) = url.split_once('?') else { return self.text(url) };
        let masked = |pair: &str| match pair.split_once('=') {
            Some((name, _)) if is_secret_key(name) => format!("{name}={MASK}"),
            _ => pair.to_owned(),
        };
        let query: Vec<String> = query.split('&').map(masked).collect();
        self.text(&format!("{path}?{}", query.join("&")))
    }

    /// A header's value; of one that sounds like a secret nothing.
    #[must_use]
    pub fn header(&self, name: &str, value: &str) -> String {
        if is_secret_key(name) || name.eq_ignore_ascii_case("cookie") {
            return MASK.to_owned();
        }
        self.text(value)
    }

    /// Whether bytes that are no text hold a known secret: nothing can be taken out of them.
    #[must_use]
    pub fn knows(&self, bytes: &[u8]) -> bool {
        let holds = |secret: &[u8]| bytes.windows(secret.len()).any(|part| part == secret);
        self.secrets.iter().any(|secret| holds(secret.expose().as_bytes()))
    }
}

/// Every text under a key that is marked as a secret or sounds like one.
#[must_use]
pub fn secrets_in(value: &Value, marked: &HashSet<String>) -> Vec<Secret<String>> {
    let mut found = Vec::new();
    let mut waiting = vec![value];
    while let Some(value) = waiting.pop() {
        match value {
            Value::Object(map) => {
                for (key, value) in map {
                    match value {
                        Value::String(text) if marked.contains(key) || is_secret_key(key) => {
                            found.push(Secret::new(text.clone()));
                        }
                        _ => waiting.push(value),
                    }
                }
            }
            Value::Array(items) => waiting.extend(items),
            _ => {}
        }
    }
    found
}

fn is_secret_key(key: &str) -> bool {
    let key = key.to_ascii_lowercase().replace('-', "_");
    SECRET_WORDS.iter().any(|word| key.contains(word))
}

fn mask_keys(value: &mut Value) {
    match value {
        Value::Object(map) => {
            // How the contract spells a form's fields and headers.
            let named = map.get("name").and_then(Value::as_str).is_some_and(is_secret_key) && map.len() == 2;
            for (key, value) in map.iter_mut() {
                if (is_secret_key(key) || (named && key == "value")) && !value.is_null() {
                    *value = Value::String(MASK.to_owned());
                } else {
                    mask_keys(value);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(mask_keys),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_call_was_called_with_loses_its_secrets_too() {
        let _case = caisson_threats::case(45, "documents, addresses and headers lose their secrets");
        let redactor = Redactor::new([Secret::new("s3cr3t\"key".to_owned())]);
        let mut value = serde_json::json!({
            "form": [{ "name": "password", "value": "hunter2" }, { "name": "user", "value": "joe" }],
            "s3cr3t\"key": ["a s3cr3t\"key", 1, null],
            "text": "{\"token\":\"t\"}",
        });
        redactor.value(&mut value);
        let expected = serde_json::json!({
            "form": [{ "name": "password", "value": "***" }, { "name": "user", "value": "joe" }],
            "***": ["a ***", 1, null],
            "text": "{\"token\":\"***\"}",
        });
        assert_eq!(value, expected);
        let url = redactor.url("https://a.example/s3cr3t%22key?api_key=1234&page=2");
        assert_eq!(url, "https://a.example/***?api_key=***&page=2");
        assert_eq!(redactor.header("x-api-key", "v"), "***");
        assert_eq!(redactor.header("accept", "text/s3cr3t\"key"), "text/***");
        assert!(redactor.knows(b"\xffs3cr3t\"key") && !redactor.knows(b"\xffs3cr3t"));
    }

    #[test]
    fn secrets_are_masked_by_value_and_by_key() {
        let _case = caisson_threats::case(45, "secrets are masked by value and by key");
        let mut redactor =
            Redactor::new([Secret::new("s3cr3t-key".to_owned()), Secret::new("abc".to_owned())]);
        let data =
            serde_json::json!({"user": "joe", "account": {"password": "correct horse", "pin": "98765"}});
        redactor.learn(&data, &HashSet::from(["pin".to_owned()]));
        assert_eq!(
            redactor.text("sent s3cr3t-key for joe, abc, correct horse, 98765"),
            "sent *** for joe, abc, ***, ***"
        );
        assert_eq!(redactor.text("/p/correct%20horse?q=correct+horse"), "/p/***?q=***");
        assert_eq!(
            redactor.text(r#"{"X-Api-Key":"v","nested":[{"Password":"p"}],"note":"has s3cr3t-key"}"#),
            r#"{"X-Api-Key":"***","nested":[{"Password":"***"}],"note":"has ***"}"#
        );
    }
}
