//! What a guest may say about its request. Framing, routing and cookies are the host's.

use std::error::Error;
use std::fmt;

use bytes::Bytes;
use caisson_types::manifest::Method;
use futures::TryStreamExt;
use futures::stream::BoxStream;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use url::Url;

use super::error::EgressError;
use super::ledger::Ledger;
use super::provider::Sent;

const COUNT_MAX: usize = 64;
const BYTES_MAX: usize = 32 * 1024;

/// Headers no guest sets.
pub(in crate::http) fn is_reserved(name: &HeaderName) -> bool {
    const RESERVED: [HeaderName; 12] = [
        header::HOST,
        header::CONNECTION,
        header::CONTENT_LENGTH,
        header::TRANSFER_ENCODING,
        header::TE,
        header::TRAILER,
        header::UPGRADE,
        header::EXPECT,
        header::COOKIE,
        header::REFERER,
        header::PROXY_AUTHORIZATION,
        header::ACCEPT_ENCODING,
    ];
    RESERVED.contains(name) || name.as_str().starts_with("proxy-") || name.as_str() == "keep-alive"
}

/// Headers that may go along to another origin; any other may hold a key.
const HARMLESS: [HeaderName; 4] =
    [header::ACCEPT, header::ACCEPT_LANGUAGE, header::CONTENT_TYPE, header::USER_AGENT];

/// What a request carries.
pub enum Payload {
    Whole(Bytes),
    /// Sent as it comes, and so only once.
    Stream {
        chunks: BoxStream<'static, Result<Bytes, Box<dyn Error + Send + Sync>>>,
        /// Bytes in all, where that is known; otherwise it goes out in chunks.
        length: Option<u64>,
    },
    /// A stream that was sent.
    Spent,
}

impl fmt::Debug for Payload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Whole(_) => "Whole",
            Self::Stream { .. } => "Stream",
            Self::Spent => "Spent",
        })
    }
}

/// A request as it goes from hop to hop.
pub(super) struct Outgoing {
    pub(super) method: Method,
    headers: HeaderMap,
    body: Payload,
}

impl Outgoing {
    pub(super) fn new(
        method: Method,
        given: Vec<(String, String)>,
        body: Payload,
    ) -> Result<Self, EgressError> {
        let invalid = |reason: String| Err(EgressError::Invalid(reason));
        if given.len() > COUNT_MAX {
            return invalid(format!("a request has at most {COUNT_MAX} headers, not {}", given.len()));
        }
        let mut size = 0;
        let mut headers = HeaderMap::new();
        for (name, value) in given {
            size += name.len() + value.len();
            if size > BYTES_MAX {
                return invalid(format!("a request's headers have at most {BYTES_MAX} bytes"));
            }
            let Ok(name) = name.parse::<HeaderName>() else {
                return invalid("a header's name has characters that none may have".to_owned());
            };
            if is_reserved(&name) {
                return invalid(format!("the header {name} is the host's own"));
            }
            let Ok(value) = HeaderValue::from_str(&value) else {
                return invalid(format!(
                    "the header {name} has a line break or another control character in it"
                ));
            };
            headers.append(name, value);
        }
        Ok(Self { method, headers, body })
    }

    /// The guest's own, without the credential that the host adds.
    pub(super) fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    pub(super) fn body(&self) -> &Payload {
        &self.body
    }

    /// Whether it could be sent again, to where a redirect leads.
    pub(super) fn is_repeatable(&self) -> bool {
        matches!(self.body, Payload::Whole(_))
    }

    pub(super) async fn send(
        &mut self,
        client: &reqwest::Client,
        url: &Url,
        secret: Option<(HeaderName, HeaderValue)>,
        ledger: &Ledger,
    ) -> Result<reqwest::Response, EgressError> {
        let mut headers = self.head(url, secret, ledger);
        let mut request = client.request(self.method(), url.clone());
        match &mut self.body {
            Payload::Whole(bytes) if bytes.is_empty() => {}
            Payload::Whole(bytes) => {
                ledger.sent(bytes.len() as u64);
                request = request.body(bytes.clone());
            }
            body => {
                if let Payload::Stream { chunks, length } = std::mem::replace(body, Payload::Spent) {
                    if let Some(length) = length {
                        headers.insert(header::CONTENT_LENGTH, length.into());
                    }
                    let ledger = ledger.clone();
                    let chunks = chunks.inspect_ok(move |chunk| ledger.sent(chunk.len() as u64));
                    request = request.body(reqwest::Body::wrap_stream(chunks));
                }
            }
        }
        request
            .headers(headers)
            .send()
            .await
            .map_err(|error| EgressError::from_reqwest(&error, url.host_str().unwrap_or_default()))
    }

    /// The request as it would be sent, its body read to the end.
    pub(super) async fn written(
        &mut self,
        url: &Url,
        secret: Option<(HeaderName, HeaderValue)>,
        ledger: &Ledger,
    ) -> Result<Sent, EgressError> {
        let headers = self.head(url, secret, ledger);
        let body = match &mut self.body {
            Payload::Whole(bytes) => bytes.clone(),
            body => match std::mem::replace(body, Payload::Spent) {
                Payload::Stream { chunks, .. } => {
                    let broken = |_| EgressError::Other("the module broke its request off".to_owned());
                    let chunks: Vec<Bytes> = chunks.try_collect().await.map_err(broken)?;
                    chunks.concat().into()
                }
                _ => Bytes::new(),
            },
        };
        ledger.sent(body.len() as u64);
        let mut sent = Sent::new(body);
        *sent.method_mut() = self.method();
        *sent.headers_mut() = headers;
        *sent.uri_mut() =
            url.as_str().parse().map_err(|_| EgressError::Invalid("the URL cannot be read".to_owned()))?;
        Ok(sent)
    }

    fn method(&self) -> reqwest::Method {
        match self.method {
            Method::Get => reqwest::Method::GET,
            Method::Head => reqwest::Method::HEAD,
            Method::Post => reqwest::Method::POST,
            Method::Put => reqwest::Method::PUT,
            Method::Patch => reqwest::Method::PATCH,
            Method::Delete => reqwest::Method::DELETE,
        }
    }

    /// The headers that go out, noted as sent.
    fn head(&self, url: &Url, secret: Option<(HeaderName, HeaderValue)>, ledger: &Ledger) -> HeaderMap {
        let mut headers = self.headers.clone();
        // Decoded by `reader`, within the caps; nothing else is understood there.
        headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
        if let Some((name, value)) = secret {
            headers.insert(name, value);
        }
        let fields: usize = headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
        ledger.sent((fields + url.as_str().len()) as u64);
        headers
    }

    /// The next hop is another origin's.
    pub(super) fn leave_origin(&mut self) {
        self.headers = HARMLESS
            .iter()
            .filter_map(|name| Some((name.clone(), self.headers.get(name)?.clone())))
            .collect();
    }

    /// As browsers do: 303, and 301 or 302 of a POST, go on as a GET without a body.
    pub(super) fn redirected(&mut self, status: StatusCode) {
        let becomes_get = match status.as_u16() {
            303 => self.method != Method::Head,
            301 | 302 => self.method == Method::Post,
            _ => false,
        };
        if becomes_get {
            self.method = Method::Get;
            self.body = Payload::Whole(Bytes::new());
            self.headers.remove(header::CONTENT_TYPE);
        }
    }
}
