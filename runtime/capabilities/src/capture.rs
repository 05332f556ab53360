//! What it takes to make a call that failed again: what the guest was called with, and what was said over HTTP. Made of no other call.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::HeaderMap;
use http::header::{CONNECTION, CONTENT_ENCODING, CONTENT_LENGTH, SET_COOKIE, TRANSFER_ENCODING};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::Redactor;
use crate::http::egress::{EgressError, Noted, NotedExchange, Part};
use crate::spoken::{LEFT_OUT, spoken};

/// Most bytes of all parameters together.
const PARAMETERS_MAX: usize = 256 * 1024;

/// Without secrets from the first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Capture {
    /// By the contract's names.
    pub parameters: Value,
    pub exchanges: Vec<Exchange>,
    /// What there was no room for, a sentence each.
    pub left_out: Vec<String>,
}

/// One request over HTTP and what came of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Exchange {
    pub request: Request,
    /// None where there was none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<Answer>,
    /// Why there was no whole answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<Trouble>,
}

/// As the module made it: the credential that the host adds is not in it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Request {
    pub method: String,
    pub url: String,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    #[serde(flatten)]
    pub body: Body,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    pub status: u16,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    #[serde(flatten)]
    pub body: Body,
}

/// A body in one of three spellings.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Body {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub json: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// What is no text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base64: Option<String>,
}

/// Why a request had no whole answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Trouble {
    Resolve,
    Connect,
    Tls,
    /// Not in time, or the call was over before.
    Timeout,
    TooLarge,
    /// It broke off.
    Cut,
}

impl Trouble {
    fn of(error: &EgressError) -> Self {
        match error {
            EgressError::Resolve(_) => Self::Resolve,
            EgressError::Connect(_) => Self::Connect,
            EgressError::Tls(_) => Self::Tls,
            EgressError::Timeout => Self::Timeout,
            EgressError::TooLarge(_) => Self::TooLarge,
            EgressError::Denied { .. }
            | EgressError::Invalid(_)
            | EgressError::Budget(_)
            | EgressError::Other(_) => Self::Cut,
        }
    }
}

impl Body {
    /// A document where it is one, text where it is that.
    #[must_use]
    pub fn read(bytes: &[u8]) -> Self {
        let Ok(text) = std::str::from_utf8(bytes) else {
            return Self { base64: Some(STANDARD.encode(bytes)), ..Self::default() };
        };
        match serde_json::from_str(text) {
            Ok(json @ (Value::Object(_) | Value::Array(_))) => Self { json: Some(json), ..Self::default() },
            _ if text.is_empty() => Self::default(),
            _ => Self { text: Some(text.to_owned()), ..Self::default() },
        }
    }

    /// Without secrets; what is no text and holds one is left out, with a sentence in `left_out`.
    fn redacted(bytes: &[u8], redactor: &Redactor, about: &str, left_out: &mut Vec<String>) -> Self {
        let mut body = Self::read(bytes);
        if body.base64.is_some() && redactor.knows(bytes) {
            left_out.push(format!("{about}: it is no text, and a secret is in it"));
            return Self::default();
        }
        if let Some(json) = &mut body.json {
            redactor.value(json);
        }
        if let Some(text) = &mut body.text {
            // A form is spelt like a query.
            *text = if text.contains('=') && !text.contains(char::is_whitespace) {
                redactor.url(&format!("?{text}")).split_off(1)
            } else {
                redactor.text(text)
            };
        }
        body
    }
}

impl Capture {
    pub(crate) fn new(
        names: &[&str],
        parameters: &impl Serialize,
        noted: &Noted,
        redactor: &Redactor,
    ) -> Self {
        let mut left_out = Vec::new();
        let parameters = parameters_of(names, parameters, redactor, &mut left_out);
        let exchanges =
            noted.exchanges.iter().map(|one| Exchange::new(one, redactor, &mut left_out)).collect();
        if noted.omitted > 0 {
            left_out.push(format!("{} more exchanges over HTTP", noted.omitted));
        }
        Self { parameters, exchanges, left_out }
    }
}

fn parameters_of(
    names: &[&str],
    parameters: &impl Serialize,
    redactor: &Redactor,
    left_out: &mut Vec<String>,
) -> Value {
    let values = match spoken(parameters) {
        Ok(Value::Array(values)) => values,
        _ => Vec::new(),
    };
    let names = names.iter().map(|name| name.replace('_', "-"));
    let mut all = Value::Object(names.zip(values).collect::<Map<_, _>>());
    let bytes = all.to_string().len();
    if bytes > PARAMETERS_MAX {
        left_out.push(format!("what the call was called with: {bytes} bytes"));
        return json!({ LEFT_OUT: bytes });
    }
    redactor.value(&mut all);
    all
}

impl Exchange {
    fn new(noted: &NotedExchange, redactor: &Redactor, left_out: &mut Vec<String>) -> Self {
        let url = redactor.url(noted.url.as_str());
        let method = noted.method.as_str();
        let mut body = |part: &Part, what: &str| {
            let about = format!("the {what} of {method} {url}");
            let cut = part.left_out;
            if cut > 0 {
                left_out.push(format!("{about}: its last {cut} bytes"));
            }
            Body::redacted(&part.bytes(), redactor, &about, left_out)
        };
        let sent = noted.body.as_ref().map(|part| body(part, "body"));
        let answer = noted.answer.as_ref().map(|answer| Answer {
            status: answer.status,
            headers: headers(&answer.headers, redactor),
            body: body(&answer.body, "answer's body"),
        });
        if sent.is_none() {
            left_out.push(format!("the body of {method} {url}: it was sent piece by piece"));
        }
        let error = noted.error.as_ref().map(Trouble::of);
        let error = error.or(answer.is_none().then_some(Trouble::Timeout));
        let request = Request {
            method: method.to_owned(),
            url,
            headers: headers(&noted.headers, redactor),
            body: sent.unwrap_or_default(),
        };
        Self { request, answer, error }
    }
}

/// Without what describes the wire: bodies are decoded, and cookies are a browser's.
fn headers(headers: &HeaderMap, redactor: &Redactor) -> BTreeMap<String, String> {
    const WIRE: [http::HeaderName; 5] =
        [CONTENT_LENGTH, CONTENT_ENCODING, TRANSFER_ENCODING, CONNECTION, SET_COOKIE];
    let told = headers.iter().filter(|(name, _)| !WIRE.contains(name));
    told.map(|(name, value)| {
        let value = String::from_utf8_lossy(value.as_bytes());
        (name.as_str().to_owned(), redactor.header(name.as_str(), &value))
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    use super::*;
    use crate::bindings::caisson::module::http::{Credential, Host as _, Request as Asked};
    use crate::contract::types::{Header, HttpMethod};
    use crate::testing::Call;

    /// A server whose connections get these answers, one each.
    async fn server(answers: Vec<Vec<u8>>) -> u16 {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            for answer in answers {
                let (mut stream, _) = listener.accept().await.unwrap();
                let mut head = vec![0; 16 * 1024];
                let _read = stream.read(&mut head).await.unwrap();
                stream.write_all(&answer).await.ok();
                stream.shutdown().await.ok();
            }
        });
        port
    }

    #[tokio::test]
    async fn what_was_said_is_captured_without_what_the_host_added() {
        let _case = caisson_threats::case(45, "a failed call's exchanges hold no secret");
        let body = r#"{"token":"s3cr3t-of-theirs","note":"k3y-of-ours"}"#;
        let answer = format!(
            "HTTP/1.1 200 OK\r\nset-cookie: a=b\r\nx-note: k3y-of-ours\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        let cut = b"HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\nhalf".to_vec();
        let port = server(vec![answer.into_bytes(), cut]).await;
        let manifest = "[[settings]]\nkey = \"key\"\nlabel = \"Key\"\ntype = \"password\"\nsecret = true\n\
                        [[capabilities.http]]\nhost = \"127.0.0.1\"\nscheme = \"http\"\nsecrets = [\"key\"]\nreason = \"A test.\"\n";
        let manifest = manifest.replace("scheme", &format!("port = {port}\nscheme"));
        let mut call = Call::new(manifest).open(port);
        call.secrets = vec![("key", "k3y-of-ours")];
        let mut call = call.begin().await;
        let ask = |path: &str| Asked {
            method: HttpMethod::Post,
            url: format!("http://127.0.0.1:{port}/{path}"),
            headers: vec![Header { name: "x-api-key".to_owned(), value: "typed in".to_owned() }],
            body: b"name=ada&password=hunter2".to_vec(),
            credential: Credential::Bearer("key".to_owned()),
            connect_timeout_ms: None,
            timeout_ms: None,
            max_redirects: 0,
        };
        call.send(ask("one?api_key=typed&page=2")).await.unwrap().unwrap();
        call.send(ask("two/k3y-of-ours")).await.unwrap().unwrap_err();
        let mut finished = call.into_state().finish();
        let capture = finished.capture(&["from_version"], &("say k3y-of-ours",));
        let told = serde_json::to_string_pretty(&capture).unwrap();
        assert_eq!(capture.parameters, json!({ "from-version": "say ***" }));
        for secret in ["k3y-of-ours", "s3cr3t-of-theirs", "hunter2", "typed", "authorization", "set-cookie"] {
            assert!(!told.contains(secret), "{secret}\n{told}");
        }
        let [one, two] = capture.exchanges.as_slice() else { panic!("{told}") };
        assert_eq!(one.request.url, format!("http://127.0.0.1:{port}/one?api_key=***&page=2"));
        assert_eq!(one.request.body.text.as_deref(), Some("name=ada&password=***"));
        let answer = one.answer.as_ref().unwrap();
        assert_eq!((answer.status, answer.headers["x-note"].as_str()), (200, "***"));
        assert_eq!(answer.body.json, Some(json!({ "token": "***", "note": "***" })));
        assert_eq!(one.error, None);
        assert_eq!(two.request.url, format!("http://127.0.0.1:{port}/two/***"));
        assert_eq!(two.error, Some(Trouble::Cut));
        assert_eq!(two.answer.as_ref().unwrap().body.text.as_deref(), Some("half"));
    }

    #[test]
    fn parameters_that_are_too_large_are_left_out_and_said() {
        let mut left_out = Vec::new();
        let texts: Vec<String> = (0..5).map(|_| "x".repeat(crate::spoken::PART_MAX)).collect();
        let told = parameters_of(&["data"], &(texts,), &Redactor::default(), &mut left_out);
        assert!(told[LEFT_OUT].as_u64().unwrap() > PARAMETERS_MAX as u64, "{told}");
        assert!(left_out[0].starts_with("what the call was called with: 3"), "{left_out:?}");
    }

    #[test]
    fn bytes_that_hold_a_secret_are_left_out() {
        let redactor = Redactor::new([caisson_types::Secret::new("k3y-of-ours".to_owned())]);
        let mut left_out = Vec::new();
        let body = Body::redacted(b"\xff\x00k3y-of-ours", &redactor, "the body", &mut left_out);
        assert_eq!((body, left_out.len()), (Body::default(), 1));
        let body = Body::redacted(b"\xff\x00", &redactor, "the body", &mut left_out);
        assert_eq!(body.base64.as_deref(), Some("/wA="));
    }
}
