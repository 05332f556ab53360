//! Ids that are others on each stage, and the words that stand for them in scenarios.

use caisson_types::{ClientId, InvoiceId, ServiceId};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// The ids of whom a stage was made for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Names {
    pub service: Option<ServiceId>,
    pub invoice: Option<InvoiceId>,
    pub client: Option<ClientId>,
}

impl Names {
    fn words(&self) -> impl Iterator<Item = (&'static str, String)> {
        let words = [
            ("{service}", self.service.map(|id| id.to_string())),
            ("{invoice}", self.invoice.map(|id| id.to_string())),
            ("{client}", self.client.map(|id| id.to_string())),
        ];
        words.into_iter().filter_map(|(word, id)| Some((word, id?)))
    }

    /// Whether a word that stands for an id is in these rows.
    #[must_use]
    pub fn are_in(rows: &[Map<String, Value>]) -> bool {
        let has =
            |text: String| ["{service}", "{invoice}", "{client}"].iter().any(|word| text.contains(word));
        rows.iter().flat_map(Map::values).any(|value| has(value.to_string()))
    }

    /// The value, with the id where a word stands for it.
    #[must_use]
    pub fn of(&self, value: &Value) -> Value {
        let text = value.to_string();
        let named = self.words().fold(text, |text, (word, id)| text.replace(word, &id));
        serde_json::from_str(&named).unwrap_or_else(|_| value.clone())
    }

    /// The same, with ids where words stood for them.
    #[must_use]
    pub fn filled_in<T: Clone + Serialize + DeserializeOwned>(&self, whole: &T) -> T {
        let spelt = serde_json::to_value(whole).unwrap_or_default();
        serde_json::from_value(self.of(&spelt)).unwrap_or_else(|_| whole.clone())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn words_become_ids_wherever_they_stand() {
        let names = Names { service: Some(ServiceId::new()), ..Names::default() };
        let id = names.service.unwrap().to_string();
        let value = json!({ "url": "https://a.example/{service}/x", "to": ["{service}", "{invoice}", 1] });
        let expected = json!({ "url": format!("https://a.example/{id}/x"), "to": [id, "{invoice}", 1] });
        assert_eq!(names.of(&value), expected);
        assert_eq!(names.filled_in(&value), expected);
        let row = |value: Value| vec![Map::from_iter([("a".to_owned(), value)])];
        assert!(Names::are_in(&row(value)) && !Names::are_in(&row(expected["to"][2].clone())));
    }
}
