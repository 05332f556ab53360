//! What a payment module is told of itself as a gateway, of its invoice, and of callbacks.

use std::collections::BTreeMap;

use caisson_capabilities::contract::exports::payment;
use caisson_capabilities::contract::{payments, types as wit};
use caisson_sandbox::{CallError, exports};
use caisson_types::Problem;
use serde_json::{Value, json};

use super::call::{Asked, document, uuid};
use crate::stage::Result;

impl Asked<'_> {
    pub(super) async fn invoice(&self) -> Result<payments::Invoice> {
        let missing = || Problem::new(404, "the scenario is given no invoice; write [given.invoice]");
        let id = self.invoice.ok_or_else(|| CallError::Problem(missing()))?;
        self.stage.billed(id).await
    }

    pub(super) fn gateway(&self) -> Result<payment::Gateway> {
        let name = self.stage.key.name();
        let page = |page: &str| format!("https://panel.example/client/gateways/{name}/{page}");
        Ok(payment::Gateway {
            id: uuid(),
            settings: self.settings()?,
            webhook_url: format!("https://panel.example/webhooks/payment/{name}"),
            return_url: page("return"),
            cancel_url: page("cancel"),
        })
    }

    pub(super) async fn webhook(
        &self,
        headers: &BTreeMap<String, String>,
        form: &BTreeMap<String, String>,
        body: Option<&Value>,
    ) -> Result<Value> {
        let request = wit::Request {
            method: wit::HttpMethod::Post,
            path: String::new(),
            params: Vec::new(),
            query: Vec::new(),
            form: form
                .iter()
                .map(|(name, value)| wit::Parameter { name: name.clone(), value: value.clone() })
                .collect(),
            headers: headers
                .iter()
                .map(|(name, value)| wit::Header { name: name.to_ascii_lowercase(), value: value.clone() })
                .collect(),
            body: match body {
                Some(body) => self.named(body).await?.to_string().into_bytes(),
                None => Vec::new(),
            },
            actor: wit::Actor {
                role: wit::Role::Anonymous,
                id: None,
                permissions: Vec::new(),
                locale: self.locale.to_owned(),
            },
        };
        let asked = (self.gateway()?, request, payment::Verification::Verified);
        let answered = self.call(&exports::payment::WEBHOOK, asked).await?;
        let body = match answered.body {
            wit::Body::Text(text) => json!({ "text": text }),
            wit::Body::Json(json) => json!({ "json": document(&json) }),
            _ => json!({}),
        };
        let mut answer = json!({ "status": answered.status });
        if let (Value::Object(answer), Value::Object(body)) = (&mut answer, body) {
            answer.extend(body);
        }
        Ok(answer)
    }

    /// The document with the invoice's id wherever `{invoice}` stands for it.
    async fn named(&self, body: &Value) -> Result<Value> {
        let text = body.to_string();
        if !text.contains("{invoice}") {
            return Ok(body.clone());
        }
        let id = self.invoice().await?.id;
        Ok(document(&text.replace("{invoice}", &id)))
    }
}
