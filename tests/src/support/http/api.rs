//! The panel's JSON API.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use reqwest::Method;
use reqwest::header::HeaderMap;
use reqwest::multipart::{Form, Part};
use serde_json::Value;

use super::super::until;
use super::client;

/// How long a task may take to end once its status is seen, on a busy machine.
const SOON: Duration = Duration::from_secs(40);

/// What the panel says of a service whose task still runs.
const UNFINISHED: &str = "is not finished yet";

/// The API as one holder of a token sees it. Paths are relative to `/api/v1`.
#[derive(Clone)]
pub struct Api {
    base: String,
    token: String,
    http: reqwest::Client,
}

impl Api {
    /// An API at `panel` (scheme, host and port), with a bearer token.
    ///
    /// # Errors
    /// When no HTTP client can be built.
    pub fn new(panel: &str, token: &str) -> anyhow::Result<Self> {
        Ok(Self { base: format!("{panel}/api/v1"), token: token.to_owned(), http: client()? })
    }

    /// The bearer token.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// Reads `path`.
    ///
    /// # Errors
    /// When no answer comes; a refusal is an answer.
    pub async fn get(&self, path: &str) -> anyhow::Result<Reply> {
        self.send(Method::GET, path, None).await
    }

    /// Posts `body` to `path`; without a body when it is null.
    ///
    /// # Errors
    /// When no answer comes; a refusal is an answer.
    pub async fn post(&self, path: &str, body: &Value) -> anyhow::Result<Reply> {
        self.send(Method::POST, path, Some(body)).await
    }

    /// Asks for a verb of a service, once the task of the verb before it has ended: a module sets the status while its task still
    /// runs, so whoever waits for a status is a moment too early.
    ///
    /// # Errors
    /// When no answer comes, or the task before does not end.
    pub async fn ask(&self, service: &str, verb: &str, body: &Value) -> anyhow::Result<Reply> {
        let path = format!("/services/{service}/{verb}");
        until(SOON, &format!("the task before {verb} to end"), async || match self.post(&path, body).await {
            Ok(reply) if reply.status == 409 && reply.body.to_string().contains(UNFINISHED) => None,
            answer => Some(answer),
        })
        .await?
    }

    /// Puts `body` to `path`.
    ///
    /// # Errors
    /// When no answer comes; a refusal is an answer.
    pub async fn put(&self, path: &str, body: &Value) -> anyhow::Result<Reply> {
        self.send(Method::PUT, path, Some(body)).await
    }

    /// Deletes `path`.
    ///
    /// # Errors
    /// When no answer comes; a refusal is an answer.
    pub async fn delete(&self, path: &str) -> anyhow::Result<Reply> {
        self.send(Method::DELETE, path, None).await
    }

    /// Sends any method.
    ///
    /// # Errors
    /// When no answer comes; a refusal is an answer.
    pub async fn send(&self, method: Method, path: &str, body: Option<&Value>) -> anyhow::Result<Reply> {
        let request = self.request(method, path);
        let request = match body {
            Some(body) if !body.is_null() => request.json(body),
            _ => request,
        };
        Reply::read(path, request).await
    }

    /// Posts a file as the part `field` of a form.
    ///
    /// # Errors
    /// When the file cannot be read or no answer comes.
    pub async fn upload(&self, path: &str, field: &str, file: &Path) -> anyhow::Result<Reply> {
        let bytes = tokio::fs::read(file).await.with_context(|| format!("cannot read {}", file.display()))?;
        let name = file.file_name().and_then(|name| name.to_str()).unwrap_or("file");
        self.upload_bytes(path, field, name, bytes).await
    }

    /// The same with bytes at hand.
    ///
    /// # Errors
    /// When no answer comes.
    pub async fn upload_bytes(
        &self,
        path: &str,
        field: &str,
        name: &str,
        bytes: Vec<u8>,
    ) -> anyhow::Result<Reply> {
        let part = Part::bytes(bytes).file_name(name.to_owned()).mime_str("application/octet-stream")?;
        self.upload_form(path, Form::new().part(field.to_owned(), part)).await
    }

    /// Posts a form of several parts.
    ///
    /// # Errors
    /// When no answer comes.
    pub async fn upload_form(&self, path: &str, form: Form) -> anyhow::Result<Reply> {
        Reply::read(path, self.request(Method::POST, path).multipart(form)).await
    }

    fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.http.request(method, format!("{}{path}", self.base)).bearer_auth(&self.token)
    }
}

/// An answer of the API.
#[derive(Clone, Debug)]
pub struct Reply {
    /// What was asked for, to be named in errors.
    pub path: String,
    pub status: u16,
    pub headers: HeaderMap,
    /// The document; null when the body is empty, a string when it is not JSON.
    pub body: Value,
}

impl Reply {
    async fn read(path: &str, request: reqwest::RequestBuilder) -> anyhow::Result<Self> {
        let response = request.send().await.with_context(|| format!("no answer for {path}"))?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await.with_context(|| format!("the answer for {path} broke off"))?;
        let body = match text.as_str() {
            "" => Value::Null,
            text => serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.to_owned())),
        };
        Ok(Self { path: path.to_owned(), status, headers, body })
    }

    /// The document, when the status is the one expected.
    ///
    /// # Errors
    /// Shows status and body when it is another.
    pub fn expect(self, status: u16) -> anyhow::Result<Value> {
        ensure!(self.status == status, "{}: {} instead of {status}: {}", self.path, self.status, self.body);
        Ok(self.body)
    }

    /// The document, when the status says success.
    ///
    /// # Errors
    /// Shows status and body when it does not.
    pub fn ok(self) -> anyhow::Result<Value> {
        ensure!((200..300).contains(&self.status), "{}: {}: {}", self.path, self.status, self.body);
        Ok(self.body)
    }
}
