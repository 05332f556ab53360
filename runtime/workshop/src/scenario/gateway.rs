//! What a payment module is told of itself as a gateway, of its invoice, and what providers call back.

use std::collections::BTreeMap;

use caisson_capabilities::contract::exports::{notification, payment};
use caisson_capabilities::contract::{payments, types as wit};
use caisson_sandbox::{CallError, exports};
use caisson_types::Problem;
use serde_json::{Value, json};

use super::call::{Asked, document};
use crate::stage::Result;

impl Asked<'_> {
    pub(super) async fn invoice(&self) -> Result<payments::Invoice> {
        let missing = || Problem::new(404, "the scenario is given no invoice; write [given.invoice]");
        let id = self.invoice.ok_or_else(|| CallError::Problem(missing()))?;
        self.stage.billed(id).await
    }

    pub(super) fn gateway(&self) -> Result<payment::Gateway> {
        Ok(self.stage.billing.gateway_record(&*self.stage.active()?, self.invoice))
    }

    pub(super) async fn webhook(
        &self,
        headers: &BTreeMap<String, String>,
        form: &BTreeMap<String, String>,
        body: Option<&Value>,
    ) -> Result<Value> {
        let mut request = self.asked("", &BTreeMap::new(), form);
        request.headers = spelled(headers);
        if let Some(body) = body {
            request.body = self.named(body).await?.to_string().into_bytes();
        }
        let asked = (self.gateway()?, request, payment::Verification::Verified);
        let answered = self.call(&exports::payment::WEBHOOK, asked).await?;
        Ok(self.told(answered))
    }

    /// A provider tells what became of messages, and the host has verified that.
    pub(super) async fn callback(
        &self,
        headers: &BTreeMap<String, String>,
        query: &BTreeMap<String, String>,
        form: &BTreeMap<String, String>,
        body: Option<&Value>,
    ) -> Result<Value> {
        let mut request = self.asked("", query, form);
        request.headers = spelled(headers);
        request.body = body.map(|body| body.to_string().into_bytes()).unwrap_or_default();
        let channel = self.stage.billing.channel_record(&*self.stage.active()?);
        let receipt = self.call(&exports::notification::CALLBACK, (channel, request)).await?;
        let report = |report: notification::Report| {
            let fate = match report.fate {
                notification::Fate::Accepted => "accepted",
                notification::Fate::Delivered => "delivered",
                notification::Fate::Failed => "failed",
            };
            json!({ "message": report.message, "fate": fate, "reason": report.reason })
        };
        let reports: Value = receipt.reports.into_iter().map(report).collect();
        let mut told = self.told(receipt.response);
        told["reports"] = reports;
        Ok(told)
    }

    /// A visitor's request, as the module is given it.
    pub(super) fn asked(
        &self,
        path: &str,
        query: &BTreeMap<String, String>,
        form: &BTreeMap<String, String>,
    ) -> wit::Request {
        let parameters = |given: &BTreeMap<String, String>| {
            let parameter = |(name, value): (&String, &String)| wit::Parameter {
                name: name.clone(),
                value: value.clone(),
            };
            given.iter().map(parameter).collect::<Vec<_>>()
        };
        wit::Request {
            method: if form.is_empty() && !path.is_empty() {
                wit::HttpMethod::Get
            } else {
                wit::HttpMethod::Post
            },
            path: path.to_owned(),
            params: Vec::new(),
            query: parameters(query),
            form: parameters(form),
            headers: Vec::new(),
            body: Vec::new(),
            actor: wit::Actor {
                role: wit::Role::Anonymous,
                id: None,
                permissions: Vec::new(),
                locale: self.locale.to_owned(),
            },
        }
    }

    /// The client comes back from the gateway, or gave up there.
    pub(super) async fn returned(
        &self,
        path: &str,
        query: &BTreeMap<String, String>,
        form: &BTreeMap<String, String>,
    ) -> Result<Value> {
        let mut request = self.asked(path, query, form);
        let invoice =
            self.invoice.map(|id| wit::Parameter { name: "invoice".to_owned(), value: id.to_string() });
        request.params = invoice.into_iter().collect();
        request.actor.role = wit::Role::Client;
        let answered = self.call(&exports::payment::RETURNED, (self.gateway()?, request)).await?;
        Ok(self.told(answered))
    }

    /// What a module answers to a visitor.
    pub(super) fn told(&self, answered: wit::Response) -> Value {
        let body = match answered.body {
            wit::Body::Text(text) => json!({ "text": text }),
            wit::Body::Json(json) => json!({ "json": document(&json) }),
            wit::Body::View(view) => json!({ "template": view.template, "data": document(&view.data) }),
            wit::Body::Redirect(to) => json!({ "redirect": to }),
            wit::Body::Blob(blob) => json!({ "type": blob.content_type, "bytes": blob.bytes.len() }),
            wit::Body::Empty => json!({}),
        };
        let mut answer = json!({ "status": answered.status });
        if let (Value::Object(answer), Value::Object(body)) = (&mut answer, body) {
            answer.extend(body);
        }
        answer
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

fn spelled(headers: &BTreeMap<String, String>) -> Vec<wit::Header> {
    let header = |(name, value): (&String, &String)| wit::Header {
        name: name.to_ascii_lowercase(),
        value: value.clone(),
    };
    headers.iter().map(header).collect()
}
