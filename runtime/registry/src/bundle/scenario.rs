//! A call that failed as a scenario: what the panel knows of its surroundings, and what was captured of the call itself.

use caisson_capabilities::capture::{Capture, Exchange, Trouble};
use caisson_capabilities::{Redactor, Settings};
use caisson_storage::calls::Call;
use caisson_types::Manifest;
use caisson_types::manifest::{Field, GrantId};
use serde_json::{Map, Value, json};

use super::when::when;
use crate::{Registry, Result};

/// Stands for a secret where a scenario needs one: long enough for most forms.
const STAND_IN: &str = "stand-in-for-a-secret";
/// What the redactor writes.
const MASK: &str = "***";

/// What is known of a call besides what was captured.
pub(super) struct Known<'k> {
    pub(super) call: &'k Call,
    pub(super) manifest: &'k Manifest,
    pub(super) settings: &'k Settings,
    pub(super) approved: &'k [GrantId],
}

pub(super) struct Remade {
    pub(super) scenario: Value,
    pub(super) left_out: Vec<String>,
}

/// Ids that are others in a scenario, and nobody's business in a bundle.
#[derive(Default)]
pub(super) struct Ids {
    pub(super) service: Option<String>,
    invoice: Option<String>,
    client: Option<String>,
    task: Option<String>,
}

impl Ids {
    /// Those that a call was called with.
    fn of(parameters: &Value) -> Self {
        let id = |value: &Value| value["id"].as_str().map(str::to_owned);
        let service = service(parameters);
        let invoice = &parameters["invoice"];
        Self {
            service: id(service),
            invoice: id(invoice),
            client: id(&service["client"]).or_else(|| id(&invoice["client"])),
            task: id(&parameters["job"]),
        }
    }

    pub(super) fn knows(&self, id: &str) -> bool {
        [&self.service, &self.invoice, &self.client].into_iter().flatten().any(|known| known == id)
    }

    /// The document with a word for each of them.
    fn out_of(&self, document: &Value) -> Value {
        let words = [
            ("{service}", &self.service),
            ("{invoice}", &self.invoice),
            ("{client}", &self.client),
            ("{task}", &self.task),
        ];
        let known = words.into_iter().filter_map(|(word, id)| Some((word, id.as_deref()?)));
        let text = known.fold(document.to_string(), |text, (word, id)| text.replace(id, word));
        serde_json::from_str(&text).unwrap_or_default()
    }
}

/// The capture without the ids of those it concerned.
pub(super) fn nameless(capture: &Capture) -> Capture {
    let ids = Ids::of(&capture.parameters);
    let document = serde_json::to_value(capture).unwrap_or_default();
    serde_json::from_value(ids.out_of(&document)).unwrap_or_default()
}

fn service(parameters: &Value) -> &Value {
    match &parameters["service"] {
        Value::Null => &parameters["job"]["service"],
        service => service,
    }
}

/// The value of a field, or what stands for it where it is a secret.
pub(super) fn filled(field: &Field, value: &Value) -> Value {
    if field.secret || value == MASK { STAND_IN.into() } else { value.clone() }
}

/// A form as somebody could have filled it in: fields that are theirs to fill.
pub(super) fn filled_in(fields: &[Field], data: &Value) -> Map<String, Value> {
    let theirs = fields.iter().filter(|field| !field.internal);
    let given =
        theirs.filter_map(|field| Some((field, data.get(&field.key).filter(|value| !value.is_null())?)));
    given.map(|(field, value)| (field.key.clone(), filled(field, value))).collect()
}

impl Registry {
    /// The scenario, or why there is none.
    pub(super) async fn remade(
        &self,
        known: Known<'_>,
        capture: &Capture,
        redactor: &Redactor,
    ) -> Result<Result<Remade, String>> {
        let with = &capture.parameters;
        if with.to_string().contains("\"left-out\":") {
            return Ok(Err("what it was called with is larger than what is kept".to_owned()));
        }
        let when = match when(&known.call.export, with, known.manifest) {
            Ok(when) => when,
            Err(why) => return Ok(Err(why)),
        };
        let ids = Ids::of(with);
        let mut left_out = capture.left_out.clone();
        let mut tables = Value::Object(self.rows_of(&known.call.module, &ids, &mut left_out).await?);
        redactor.value(&mut tables);
        let mut given = given(&known, with, redactor);
        given.insert("tables".to_owned(), tables);
        let exchanges = capture.exchanges.iter().map(exchange).collect();
        given.insert("exchange".to_owned(), exchanges);
        given.retain(|_, value| match value {
            Value::Object(map) => !map.is_empty(),
            Value::Array(list) => !list.is_empty(),
            other => !other.is_null(),
        });
        let ended = known.call.message.as_deref().unwrap_or(&known.call.outcome);
        let name = format!("{} ended with: {}", known.call.export, redactor.text(ended));
        let scenario = json!({ "name": name, "given": given, "when": when });
        Ok(Ok(Remade { scenario: ids.out_of(&scenario), left_out }))
    }
}

fn given(known: &Known<'_>, with: &Value, redactor: &Redactor) -> Map<String, Value> {
    let (manifest, service, invoice) = (known.manifest, service(with), &with["invoice"]);
    let buyer = if service["client"].is_object() { &service["client"] } else { &invoice["client"] };
    let mut given = Map::new();
    given.insert("settings".to_owned(), settings(known, redactor));
    if let Value::Object(buyer) = buyer {
        let mut client = buyer.clone();
        client.remove("id");
        given.insert("client".to_owned(), client.into());
    }
    if service.is_object() {
        // Of a change of package the product that it had.
        let product = match &with["previous-product-data"] {
            Value::Null => &service["product-data"],
            previous => previous,
        };
        given.insert("product".to_owned(), filled_in(&manifest.product, product).into());
        let ordered = filled_in(&manifest.service, &service["service-data"]);
        let provision = service["service-data"].as_object().cloned().unwrap_or_default();
        let mut provision: Map<String, Value> =
            provision.into_iter().filter(|(_, value)| !value.is_null()).collect();
        for (key, value) in &ordered {
            // What was ordered is what it is now, whatever the module makes of an order.
            provision.insert(key.clone(), value.clone());
        }
        let status = &service["status"];
        given.insert(
            "service".to_owned(),
            json!({ "status": status, "data": ordered, "provision": provision }),
        );
    }
    let total = if invoice.is_object() { &invoice["total"] } else { &with["amount"] };
    if total.is_object() {
        let description = invoice["description"].as_str().unwrap_or("What was bought");
        given.insert("invoice".to_owned(), json!({ "minor": total["minor"], "description": description }));
        if !given.contains_key("client") {
            given.insert("client".to_owned(), json!({ "currency": total["currency"] }));
        }
    }
    let withheld = manifest.requests().into_iter().map(|request| request.id);
    let withheld: Vec<GrantId> = withheld.filter(|id| !known.approved.contains(id)).collect();
    given.insert("withheld".to_owned(), json!(withheld));
    given
}

/// The form as it is saved; a secret as recordings have it, so that the scenario can be recorded again.
fn settings(known: &Known<'_>, redactor: &Redactor) -> Value {
    let saved = &known.settings;
    let mut form = Map::new();
    for field in &known.manifest.settings {
        if saved.secrets.contains_key(&field.key) {
            let env = field.key.to_ascii_uppercase();
            form.insert(field.key.clone(), json!({ "env": env, "recorded": STAND_IN }));
        } else if let Some(value) = saved.values.get(&field.key).filter(|value| !value.is_null()) {
            let value = value.as_str().map_or_else(|| value.clone(), |text| redactor.text(text).into());
            form.insert(field.key.clone(), value);
        }
    }
    form.into()
}

/// Matched by method and address: where a secret stood in it, anything fits.
fn exchange(exchange: &Exchange) -> Value {
    let mut answer = match &exchange.answer {
        Some(answer) => json!(answer),
        None => json!({}),
    };
    let fails = exchange.error.map(|error| match error {
        Trouble::Resolve => "unknown",
        Trouble::Connect => "refuses",
        Trouble::Tls => "untrusted",
        Trouble::Timeout => "silent",
        Trouble::TooLarge => "large",
        Trouble::Cut => "cut",
    });
    if let Some(fails) = fails {
        answer["fails"] = fails.into();
    }
    let request = &exchange.request;
    json!({ "request": { "method": request.method, "url": request.url.replace(MASK, "*") }, "answer": answer })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exchange_fits_by_address_and_fails_as_it_did() {
        let recorded = |answer: Value, error: Value| {
            let request =
                json!({ "method": "POST", "url": "https://a.example/***?key=***", "json": { "a": 1 } });
            serde_json::from_value(json!({ "request": request, "answer": answer, "error": error })).unwrap()
        };
        let request = json!({ "method": "POST", "url": "https://a.example/*?key=*" });
        let answer = json!({ "status": 502, "headers": { "x": "y" }, "text": "half" });
        let told = exchange(&recorded(answer.clone(), Value::Null));
        assert_eq!(told, json!({ "request": request, "answer": answer }));
        for (error, fails) in [
            ("resolve", "unknown"),
            ("connect", "refuses"),
            ("tls", "untrusted"),
            ("timeout", "silent"),
            ("too-large", "large"),
        ] {
            let told = exchange(&recorded(Value::Null, json!(error)));
            assert_eq!(told["answer"], json!({ "fails": fails }));
        }
        let told = exchange(&recorded(answer, json!("cut")));
        assert_eq!((&told["answer"]["fails"], &told["answer"]["text"]), (&json!("cut"), &json!("half")));
    }

    #[test]
    fn ids_are_words() {
        let id = || uuid::Uuid::now_v7().to_string();
        let (service, client, other) = (id(), id(), id());
        let with =
            json!({ "job": { "service": { "id": service, "client": { "id": client } }, "payload": other } });
        let ids = Ids::of(&with);
        assert!(ids.knows(&service) && ids.knows(&client) && !ids.knows(&other));
        let told = ids.out_of(&with);
        assert_eq!(told["job"]["service"], json!({ "id": "{service}", "client": { "id": "{client}" } }));
        assert_eq!(told["job"]["payload"], other.as_str());
    }
}
