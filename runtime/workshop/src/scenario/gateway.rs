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
        let page = |page: &str| match self.invoice {
            Some(id) => format!("https://panel.example/client/gateways/{name}/{page}/{id}"),
            None => format!("https://panel.example/client/gateways/{name}/{page}"),
        };
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
        Ok(answered(self.call(&exports::payment::WEBHOOK, asked).await?))
    }

    /// The client comes back from the gateway, or gave up there.
    pub(super) async fn returned(&self, path: &str, query: &BTreeMap<String, String>) -> Result<Value> {
        let parameter =
            |(name, value): (&String, &String)| wit::Parameter { name: name.clone(), value: value.clone() };
        let invoice =
            self.invoice.map(|id| wit::Parameter { name: "invoice".to_owned(), value: id.to_string() });
        let request = wit::Request {
            method: wit::HttpMethod::Get,
            path: path.to_owned(),
            params: invoice.into_iter().collect(),
            query: query.iter().map(parameter).collect(),
            form: Vec::new(),
            headers: Vec::new(),
            body: Vec::new(),
            actor: wit::Actor {
                role: wit::Role::Client,
                id: None,
                permissions: Vec::new(),
                locale: self.locale.to_owned(),
            },
        };
        Ok(answered(self.call(&exports::payment::RETURNED, (self.gateway()?, request)).await?))
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

fn answered(response: wit::Response) -> Value {
    let mut answer = json!({ "status": response.status });
    let (key, said) = match response.body {
        wit::Body::Text(text) => ("text", text.into()),
        wit::Body::Json(json) => ("json", document(&json)),
        wit::Body::Redirect(to) => ("redirect", to.into()),
        _ => return answer,
    };
    answer[key] = said;
    answer
}
