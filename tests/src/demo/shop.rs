//! What an administrator does to sell something.

use std::time::Duration;

use anyhow::{Context as _, ensure};
use serde_json::{Value, json};

use crate::support::{Api, until};

/// How long one verb may take.
const VERB_WITHIN: Duration = Duration::from_secs(60);

/// The panel's catalogue and its clients, over the API.
#[derive(Clone, Copy)]
pub struct Shop<'a> {
    pub api: &'a Api,
}

impl Shop<'_> {
    /// # Errors
    /// Where the panel refuses, as everywhere here.
    pub async fn product(
        &self,
        module: &str,
        name: &str,
        data: Value,
        price_minor: u32,
    ) -> anyhow::Result<String> {
        let body = json!({
            "name": name,
            "slug": name.to_lowercase().replace(' ', "-"),
            "module": module,
            "module_data": data,
            "price_minor": price_minor,
            "currency": "EUR",
        });
        self.create("/products", &body).await
    }

    pub async fn client(&self, name: &str, email: &str, password: &str) -> anyhow::Result<String> {
        let body = json!({
            "name": name, "email": email, "phone": "+48 12 345 67 89", "password": password, "currency": "EUR",
            "locale": "en",
        });
        self.create("/clients", &body).await
    }

    /// Orders a service; nothing is asked of the provider yet.
    pub async fn service(&self, client: &str, product: &str, data: &Value) -> anyhow::Result<String> {
        let body = json!({ "client_id": client, "product_id": product, "data": data });
        self.create("/services", &body).await
    }

    pub async fn invoice(&self, client: &str, minor: i64, description: &str) -> anyhow::Result<String> {
        let body = json!({
            "client_id": client, "currency": "EUR", "total_minor": minor, "description": description,
        });
        self.create("/invoices", &body).await
    }

    /// Asks for a verb and waits until the service says that it is done; a failure shows the cause it gives.
    pub async fn verb(&self, service: &str, verb: &str, wanted: &str, body: &Value) -> anyhow::Result<()> {
        self.api.ask(service, verb, body).await?.ok()?;
        let path = format!("/services/{service}");
        let what = format!("{verb} to end");
        let end = until(VERB_WITHIN, &what, async || {
            let shown = self.api.get(&path).await.and_then(|reply| reply.expect(200));
            match shown {
                Ok(shown) if shown["provision_status"] == "processing" => None,
                other => Some(other),
            }
        });
        let shown = end.await??;
        let (status, message) = (&shown["provision_status"], &shown["status_message"]);
        ensure!(status == wanted, "{verb} ended as {status} instead of {wanted}: {message}");
        Ok(())
    }

    async fn create(&self, path: &str, body: &Value) -> anyhow::Result<String> {
        let created = self.api.post(path, body).await?.expect(201)?;
        let id = created["id"].as_str().map(str::to_owned);
        id.with_context(|| format!("what was created has no id: {created}"))
    }
}
