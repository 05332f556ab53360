//! The client of one provider, and a request of it.

use std::time::Duration;

use serde::Serialize;

use super::path::{IntoPath, encode_pairs, join};
use super::{Error, Method, RawRequest, Response};
use crate::bindings::host::caisson::module::types::Header;
use crate::host::http::Credential;
use crate::{Result, config, data, host};

/// What all requests to one provider have in common.
#[derive(Clone, Debug)]
pub struct Client {
    base: String,
    credential: Credential,
    headers: Vec<Header>,
    connect_timeout: Option<Duration>,
    timeout: Option<Duration>,
    retries: u8,
}

impl Client {
    /// `base` is where all paths begin, such as `https://api.example.com/v2`.
    pub fn new(base: impl Into<String>) -> Self {
        Self {
            base: base.into(),
            credential: Credential::None,
            headers: Vec::new(),
            connect_timeout: None,
            timeout: None,
            retries: 1,
        }
    }

    /// The provider whose address an administrator typed into the setting `key`.
    ///
    /// # Errors
    /// 424 where the setting is empty.
    pub fn from_setting(key: &str) -> Result<Self> {
        Ok(Self::new(config::require::<String>(&format!("settings.{key}"))?))
    }

    /// The provider whose address is the secret setting `key`, as that of an incoming webhook is. The host puts it in; the module never
    /// sees it.
    pub fn at_secret(key: impl Into<String>) -> Self {
        Self { credential: Credential::Url(key.into()), ..Self::new("") }
    }

    /// `Authorization: Bearer …` with the secret setting `key`. The host puts the value in; the module never sees it.
    #[must_use]
    pub fn bearer_setting(mut self, key: impl Into<String>) -> Self {
        self.credential = Credential::Bearer(key.into());
        self
    }

    /// `Authorization: Basic …` with a user name and the secret setting `key` as password.
    #[must_use]
    pub fn basic_setting(mut self, user: impl Into<String>, key: impl Into<String>) -> Self {
        self.credential = Credential::Basic((user.into(), key.into()));
        self
    }

    /// `Authorization: Basic …` with a password that [`crypto::encrypt`](crate::crypto::encrypt) sealed, such as a server's in a table of
    /// the module's own. The host opens it.
    #[must_use]
    pub fn basic_sealed(mut self, user: impl Into<String>, sealed: impl Into<Vec<u8>>) -> Self {
        self.credential = Credential::BasicSealed((user.into(), sealed.into()));
        self
    }

    /// The header `name` with the secret setting `key` as its value.
    #[must_use]
    pub fn header_setting(mut self, name: impl Into<String>, key: impl Into<String>) -> Self {
        self.credential = Credential::Header((name.into(), key.into()));
        self
    }

    /// A header of every request.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push(Header { name: name.into(), value: value.into() });
        self
    }

    /// For each exchange as a whole; the host's 30 s where nothing is said, and never past the end of the call.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// For getting a connection; the host's 10 s where nothing is said.
    #[must_use]
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = Some(timeout);
        self
    }

    /// How often a request that may be sent twice is sent again at once; see [trying again](super#trying-again).
    #[must_use]
    pub fn retries(mut self, retries: u8) -> Self {
        self.retries = retries;
        self
    }

    pub fn get(&self, path: impl IntoPath) -> Request<'_> {
        self.request(Method::Get, path)
    }

    pub fn post(&self, path: impl IntoPath) -> Request<'_> {
        self.request(Method::Post, path)
    }

    pub fn put(&self, path: impl IntoPath) -> Request<'_> {
        self.request(Method::Put, path)
    }

    pub fn patch(&self, path: impl IntoPath) -> Request<'_> {
        self.request(Method::Patch, path)
    }

    pub fn delete(&self, path: impl IntoPath) -> Request<'_> {
        self.request(Method::Delete, path)
    }

    pub fn request(&self, method: Method, path: impl IntoPath) -> Request<'_> {
        Request {
            client: self,
            method,
            path: path.into_path(),
            query: Vec::new(),
            headers: Vec::new(),
            body: Ok(Vec::new()),
            repeatable: !matches!(method, Method::Post | Method::Patch),
        }
    }
}

/// One request, until [`Request::send`] sends it.
#[derive(Debug)]
#[must_use = "a request does nothing until it is sent"]
pub struct Request<'a> {
    client: &'a Client,
    method: Method,
    path: String,
    query: Vec<(String, String)>,
    headers: Vec<Header>,
    body: Result<Vec<u8>>,
    repeatable: bool,
}

impl Request<'_> {
    /// A parameter of the query string.
    pub fn query(mut self, name: impl Into<String>, value: impl ToString) -> Self {
        self.query.push((name.into(), value.to_string()));
        self
    }

    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push(Header { name: name.into(), value: value.into() });
        self
    }

    /// A JSON body, and its content type.
    pub fn json<T: Serialize + ?Sized>(mut self, value: &T) -> Self {
        self.body = data::write(value).map(String::into_bytes);
        self.header("content-type", "application/json")
    }

    /// A form as browsers send it, and its content type.
    pub fn form(self, fields: &[(&str, &str)]) -> Self {
        self.body("application/x-www-form-urlencoded", encode_pairs(fields.iter().copied()))
    }

    /// A body of any content type.
    pub fn body(mut self, content_type: &str, bytes: impl Into<Vec<u8>>) -> Self {
        self.body = Ok(bytes.into());
        self.header("content-type", content_type)
    }

    /// `Idempotency-Key`: the provider does the work once, however often the request arrives, so it may be sent again.
    /// The key must be the same in every try of a task: a service's id, not something random.
    pub fn idempotency_key(self, key: impl Into<String>) -> Self {
        self.repeatable().header("idempotency-key", key)
    }

    /// Says that sending the request twice does no harm.
    pub fn repeatable(mut self) -> Self {
        self.repeatable = true;
        self
    }

    /// Sends the request, and again where that may help; see [trying again](super#trying-again).
    ///
    /// # Errors
    /// A problem where no answer came. An answer of any status is none: see [`Response::error_for_status`].
    pub fn send(self) -> Result<Response> {
        let mut left = if self.repeatable { self.client.retries } else { 0 };
        let name = format!("{} {}", method_name(self.method), join(&self.client.base, &self.path));
        let request = self.into_raw()?;
        loop {
            match host::http::send(&request) {
                Ok(raw) => {
                    let response = Response::new(name.clone(), raw);
                    let passing =
                        matches!(response.status(), 502..=504) && response.header("retry-after").is_none();
                    if !passing || left == 0 {
                        return Ok(response);
                    }
                }
                Err(cause) => {
                    let error = Error { request: name.clone(), cause };
                    if !error.is_passing() || left == 0 {
                        return Err(error.into());
                    }
                }
            }
            left -= 1;
        }
    }

    fn into_raw(self) -> Result<RawRequest> {
        let mut url = join(&self.client.base, &self.path);
        if !self.query.is_empty() {
            url.push(if url.contains('?') { '&' } else { '?' });
            url.push_str(&encode_pairs(
                self.query.iter().map(|(name, value)| (name.as_str(), value.as_str())),
            ));
        }
        let mut headers = vec![Header { name: "accept".to_owned(), value: "application/json".to_owned() }];
        for header in self.client.headers.iter().chain(&self.headers) {
            headers.retain(|other| !other.name.eq_ignore_ascii_case(&header.name));
            headers.push(header.clone());
        }
        let reads = matches!(self.method, Method::Get | Method::Head);
        Ok(RawRequest {
            method: self.method,
            url,
            headers,
            body: self.body?,
            credential: self.client.credential.clone(),
            connect_timeout_ms: self.client.connect_timeout.map(milliseconds),
            timeout_ms: self.client.timeout.map(milliseconds),
            // An API that answers a write with a redirect is not the one that was configured.
            max_redirects: if reads { 3 } else { 0 },
        })
    }
}

fn milliseconds(duration: Duration) -> u32 {
    u32::try_from(duration.as_millis()).unwrap_or(u32::MAX)
}

fn method_name(method: Method) -> &'static str {
    match method {
        Method::Get => "GET",
        Method::Head => "HEAD",
        Method::Post => "POST",
        Method::Put => "PUT",
        Method::Patch => "PATCH",
        Method::Delete => "DELETE",
        Method::Options => "OPTIONS",
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::rc::Rc;

    use super::*;
    use crate::host::http::Error as Cause;
    use crate::testing::{Host, reply};

    /// Answers the first request with `first` and all later ones with 200; returns how many came and how it ended.
    fn sent(
        first: Result<u16, Cause>,
        ask: impl FnOnce(&Client) -> Request<'_>,
    ) -> (u32, Result<u16, crate::Problem>) {
        let count = Rc::new(Cell::new(0));
        let counter = Rc::clone(&count);
        let host = Host::install();
        host.on_http(move |_| {
            counter.set(counter.get() + 1);
            if counter.get() == 1 {
                first.clone().map(|status| reply(status, "{}"))
            } else {
                Ok(reply(200, "{}"))
            }
        });
        let client = Client::new("https://api.example.com");
        let result = ask(&client).send().map(|response| response.status());
        (count.get(), result)
    }

    #[test]
    fn only_what_may_be_sent_twice_is_sent_again() {
        let broken = || Err(Cause::Other("reset".to_owned()));
        assert_eq!(sent(broken(), |c| c.get("x")), (2, Ok(200)));
        assert_eq!(sent(broken(), |c| c.put("x")), (2, Ok(200)));
        assert_eq!(sent(broken(), |c| c.post("x").idempotency_key("1")), (2, Ok(200)));
        assert_eq!(sent(Ok(503), |c| c.delete("x")), (2, Ok(200)));
        let (count, result) = sent(broken(), |c| c.post("x"));
        assert_eq!((count, result.unwrap_err().code), (1, 502));
    }

    #[test]
    fn what_another_try_cannot_help_is_not_sent_again() {
        let (count, result) = sent(Err(Cause::Timeout), |c| c.get("x"));
        assert_eq!((count, result.unwrap_err().code), (1, 504));
        assert_eq!(sent(Ok(500), |c| c.get("x")), (1, Ok(500)));
        assert_eq!(sent(Ok(429), |c| c.get("x")), (1, Ok(429)));
    }

    #[test]
    fn requests_carry_what_was_asked() {
        let host = Host::install();
        host.setting("api_base", "https://api.example.com/v2/");
        host.on_http(|_| Ok(reply(200, "{}")));
        let client = Client::from_setting("api_base")
            .unwrap()
            .bearer_setting("api_key")
            .timeout(Duration::from_secs(5));
        client.post(["a", "b c"]).query("page", 2).json(&[1]).header("Accept", "text/plain").send().unwrap();
        let request = host.requests().remove(0);
        assert_eq!(request.url, "https://api.example.com/v2/a/b%20c?page=2");
        assert_eq!(request.body, b"[1]");
        assert_eq!(request.credential, Credential::Bearer("api_key".to_owned()));
        assert_eq!((request.timeout_ms, request.max_redirects), (Some(5000), 0));
        let headers: Vec<_> = request.headers.iter().map(|h| format!("{}: {}", h.name, h.value)).collect();
        assert_eq!(headers, ["content-type: application/json", "Accept: text/plain"]);
    }

    #[test]
    fn a_secret_address_is_named_and_what_follows_it_said() {
        let host = Host::install();
        host.on_http(|_| Ok(reply(200, "ok")));
        let client = Client::at_secret("webhook_url");
        client.post("").send().unwrap();
        client.post("topics").query("wait", true).send().unwrap();
        let sent: Vec<_> = host.requests().into_iter().map(|one| (one.url, one.credential)).collect();
        let secret = || Credential::Url("webhook_url".to_owned());
        assert_eq!(sent, [(String::new(), secret()), ("/topics?wait=true".to_owned(), secret())]);
    }
}
