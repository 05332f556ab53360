//! A person without JavaScript: cookies, links, plain forms.

use anyhow::Context as _;
use reqwest::Method;
use reqwest::header::{HeaderMap, ORIGIN};
use reqwest::multipart::{Form, Part};
use reqwest::redirect::Policy;

use super::builder;

/// Redirects that are followed before giving up.
const REDIRECTS: usize = 5;

/// The hidden input that carries the CSRF token.
const TOKEN_FIELD: &str = "_csrf";

/// Someone with a cookie jar. Sends what a browser sends from the panel's own pages: Origin and Fetch-Metadata.
pub struct Visitor {
    panel: String,
    http: reqwest::Client,
    token: Option<String>,
    forwarded_for: Option<String>,
}

/// A page as it arrived, after redirects.
#[derive(Clone, Debug)]
pub struct Page {
    /// Path and query it came from.
    pub path: String,
    pub status: u16,
    pub headers: HeaderMap,
    pub body: String,
}

impl Page {
    /// The body with the slashes that templates write as references.
    pub fn text(&self) -> String {
        self.body.replace("&#x2f;", "/")
    }
}

impl Visitor {
    /// Somebody new at `panel` (scheme, host and port).
    ///
    /// # Errors
    /// When no HTTP client can be built.
    pub fn new(panel: &str) -> anyhow::Result<Self> {
        let http = builder().cookie_store(true).redirect(Policy::limited(REDIRECTS)).build()?;
        Ok(Self { panel: panel.to_owned(), http, token: None, forwarded_for: None })
    }

    /// From now on comes as through a proxy that says so.
    pub fn forwarded_for(&mut self, client: &str) {
        self.forwarded_for = Some(client.to_owned());
    }

    /// Opens a page.
    ///
    /// # Errors
    /// When no answer comes; a refusal is an answer.
    pub async fn open(&mut self, path: &str) -> anyhow::Result<Page> {
        let request = self.request(Method::GET, path).header("sec-fetch-mode", "navigate");
        self.read(path, request).await
    }

    /// Sends a form with the CSRF token of the page opened last.
    ///
    /// # Errors
    /// When no answer comes; a refusal is an answer.
    pub async fn submit(&mut self, path: &str, fields: &[(&str, &str)]) -> anyhow::Result<Page> {
        let mut fields = fields.to_vec();
        let token = self.token.clone();
        if let Some(token) = &token {
            fields.push((TOKEN_FIELD, token));
        }
        let request = self.request(Method::POST, path).header(ORIGIN, &self.panel).form(&fields);
        self.read(path, request).await
    }

    /// Sends a form with files, with the CSRF token of the page opened last.
    ///
    /// # Errors
    /// When no answer comes; a refusal is an answer.
    pub async fn submit_files(
        &mut self,
        path: &str,
        files: Vec<(&'static str, Part)>,
    ) -> anyhow::Result<Page> {
        // The token goes first, so that it is known before a file arrives.
        let form = match self.token.clone() {
            Some(token) => Form::new().text(TOKEN_FIELD, token),
            None => Form::new(),
        };
        let form = files.into_iter().fold(form, |form, (name, part)| form.part(name, part));
        let request = self.request(Method::POST, path).header(ORIGIN, &self.panel).multipart(form);
        self.read(path, request).await
    }

    /// The CSRF token of the page opened last.
    pub fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// Replaces the CSRF token, to see it refused.
    pub fn forge_token(&mut self, token: &str) {
        self.token = Some(token.to_owned());
    }

    fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let request = self
            .http
            .request(method, format!("{}{path}", self.panel))
            .header("sec-fetch-site", "same-origin");
        self.forwarded_for.iter().fold(request, |request, client| request.header("x-forwarded-for", client))
    }

    async fn read(&mut self, path: &str, request: reqwest::RequestBuilder) -> anyhow::Result<Page> {
        let response = request.send().await.with_context(|| format!("no answer for {path}"))?;
        let url = response.url();
        let path = match url.query() {
            Some(query) => format!("{}?{query}", url.path()),
            None => url.path().to_owned(),
        };
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = response.text().await.with_context(|| format!("the page {path} broke off"))?;
        if let Some(token) = find_token(&body) {
            self.token = Some(token);
        }
        Ok(Page { path, status, headers, body })
    }
}

fn find_token(html: &str) -> Option<String> {
    let marker = html.find(&format!("name=\"{TOKEN_FIELD}\""))?;
    let tag = &html[html[..marker].rfind('<')?..];
    let value = tag.split('>').next()?.split("value=\"").nth(1)?;
    value.split('"').next().map(str::to_owned)
}
