//! Takes secrets out of what is stored or shown.

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
        let mut secrets: Vec<_> =
            secrets.into_iter().filter(|secret| secret.expose().len() >= SHORTEST).collect();
        // A secret that contains another is masked whole.
        secrets.sort_by_key(|secret| std::cmp::Reverse(secret.expose().len()));
        Self { secrets }
    }

    /// Learns every text under a key that sounds like a secret, such as a service's password.
    pub fn learn(&mut self, value: &Value) {
        match value {
            Value::Object(map) => {
                for (key, value) in map {
                    match value {
                        Value::String(text) if is_secret_key(key) && text.len() >= SHORTEST => {
                            self.secrets.push(Secret::new(text.clone()))
                        }
                        _ => self.learn(value),
                    }
                }
            }
            Value::Array(items) => items.iter().for_each(|item| self.learn(item)),
            _ => {}
        }
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

fn is_secret_key(key: &str) -> bool {
    let key = key.to_ascii_lowercase().replace('-', "_");
    SECRET_WORDS.iter().any(|word| key.contains(word))
}

fn mask_keys(value: &mut Value) {
    match value {
        Value::Object(map) => {
            for (key, value) in map.iter_mut() {
                if is_secret_key(key) && !value.is_null() {
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
    fn secrets_are_masked_by_value_and_by_key() {
        let _case = caisson_threats::case(45, "secrets are masked by value and by key");
        let mut redactor =
            Redactor::new([Secret::new("s3cr3t-key".to_owned()), Secret::new("abc".to_owned())]);
        redactor.learn(&serde_json::json!({"user": "joe", "account": {"password": "correct horse"}}));
        assert_eq!(
            redactor.text("sent s3cr3t-key for joe, abc, correct horse"),
            "sent *** for joe, abc, ***"
        );
        assert_eq!(
            redactor.text(r#"{"X-Api-Key":"v","nested":[{"Password":"p"}],"note":"has s3cr3t-key"}"#),
            r#"{"X-Api-Key":"***","nested":[{"Password":"***"}],"note":"has ***"}"#
        );
    }
}
