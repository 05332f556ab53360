//! What the provider is asked, and what it answers.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use caisson_capabilities::http::egress::{EgressError, Provider, Sent, Trial, Untried};
use http::HeaderMap;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::stage::Names;

/// A request, and what is answered to it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exchange {
    pub request: Request,
    #[serde(default)]
    pub answer: Answer,
    /// It may be asked any number of times, or never.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub any: bool,
}

/// A request, or what one must look like: what is left out may be anything.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    pub method: String,
    /// With its query; a `*` stands for anything.
    pub url: String,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    #[serde(flatten)]
    pub body: Body,
}

/// A place that is tried, and what comes of it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Probe {
    /// Host and port.
    pub place: String,
    /// How long a connection takes.
    #[serde(default = "quickly")]
    pub connects_ms: u32,
    /// Days until its certificate ends; one that has none shows none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub days_left: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fails: Option<Failing>,
}

fn quickly() -> u32 {
    1
}

impl Probe {
    fn play(&self, trial: Trial) -> Result<i64, Untried> {
        match (self.fails, trial) {
            (Some(Failing::Refuses), _) => Err(Untried::Refused),
            (Some(Failing::Silent), _) => Err(Untried::Silent),
            (Some(Failing::Cut | Failing::Large), _) => {
                Err(Untried::Broken(format!("{} broke off", self.place)))
            }
            (Some(Failing::Unknown), _) => Err(Untried::Broken(format!("{} has no address", self.place))),
            (Some(Failing::Untrusted), _) => {
                Err(Untried::Broken(format!("{} cannot prove who it is", self.place)))
            }
            (None, Trial::Connect) => Ok(self.connects_ms.into()),
            (None, Trial::Certificate) => {
                self.days_left.ok_or_else(|| Untried::Broken(format!("{} shows no certificate", self.place)))
            }
        }
    }
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

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Answer {
    #[serde(default = "ok")]
    pub status: u16,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    #[serde(flatten)]
    pub body: Body,
    /// No answer, or half of one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fails: Option<Failing>,
}

/// What an answer that is too large passes: what a call may read by default.
const LARGE: u64 = 10 * 1024 * 1024;

/// How a provider fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Failing {
    /// It takes no connection.
    Refuses,
    /// It does not answer in time.
    Silent,
    /// It breaks off in the middle of its body.
    Cut,
    /// Its name leads nowhere.
    Unknown,
    /// It cannot prove who it is.
    Untrusted,
    /// It sends more than may be read.
    Large,
}

fn ok() -> u16 {
    200
}

impl Default for Answer {
    fn default() -> Self {
        Self { status: ok(), headers: BTreeMap::new(), body: Body::default(), fails: None }
    }
}

impl Body {
    /// JSON where the header says so and it is, text where it is that.
    fn read(headers: &HeaderMap, bytes: &[u8]) -> Self {
        if bytes.is_empty() {
            return Self::default();
        }
        let kind = headers.get(http::header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        if kind.is_some_and(|kind| kind.contains("json"))
            && let Ok(json) = serde_json::from_slice(bytes)
        {
            return Self { json: Some(json), ..Self::default() };
        }
        match std::str::from_utf8(bytes) {
            Ok(text) => Self { text: Some(text.to_owned()), ..Self::default() },
            Err(_) => Self { base64: Some(STANDARD.encode(bytes)), ..Self::default() },
        }
    }

    fn bytes(&self) -> Bytes {
        match (&self.json, &self.text, &self.base64) {
            (Some(json), ..) => json.to_string().into(),
            (_, Some(text), _) => text.clone().into(),
            (.., Some(base64)) => STANDARD.decode(base64).unwrap_or_default().into(),
            _ => Bytes::new(),
        }
    }

    fn fits(&self, bytes: &[u8]) -> bool {
        self.json.as_ref().is_none_or(|json| serde_json::from_slice(bytes).ok().as_ref() == Some(json))
            && self.text.as_ref().is_none_or(|text| text.as_bytes() == bytes)
            && self.base64.as_ref().is_none_or(|_| self.bytes() == bytes)
    }
}

/// Headers that say nothing about a request or an answer.
const DULL: [&str; 8] = [
    "accept-encoding",
    "user-agent",
    "content-length",
    "date",
    "server",
    "connection",
    "transfer-encoding",
    "keep-alive",
];

fn spelled(headers: &HeaderMap) -> BTreeMap<String, String> {
    headers
        .iter()
        .filter(|(name, _)| !DULL.contains(&name.as_str()))
        .map(|(name, value)| {
            (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        })
        .collect()
}

impl Request {
    /// A request as a scenario writes it.
    #[must_use]
    pub fn of(sent: &Sent) -> Self {
        Self {
            method: sent.method().to_string(),
            url: sent.uri().to_string(),
            headers: spelled(sent.headers()),
            body: Body::read(sent.headers(), sent.body()),
        }
    }

    /// A probe as a scenario writes it among requests.
    fn to_try(place: &str, trial: Trial) -> Self {
        let method = match trial {
            Trial::Connect => "CONNECT",
            Trial::Certificate => "CERTIFICATE",
        };
        Self { method: method.to_owned(), url: place.to_owned(), ..Self::default() }
    }

    /// Whether `sent` is such a request.
    #[must_use]
    pub fn fits(&self, sent: &Sent) -> bool {
        self.method.eq_ignore_ascii_case(sent.method().as_str())
            && globs(&self.url, &sent.uri().to_string())
            && self.headers.iter().all(|(name, value)| {
                sent.headers().get(name).is_some_and(|sent| sent.as_bytes() == value.as_bytes())
            })
            && self.body.fits(sent.body())
    }

    /// Whether another is such a request, both as they are written.
    #[must_use]
    pub fn covers(&self, seen: &Self) -> bool {
        self.method.eq_ignore_ascii_case(&seen.method)
            && globs(&self.url, &seen.url)
            && self
                .headers
                .iter()
                .all(|(name, value)| seen.headers.get(&name.to_ascii_lowercase()) == Some(value))
            && (self.body == Body::default() || self.body.fits(&seen.body.bytes()))
    }
}

/// Whether `text` is as `pattern`, in which each `*` stands for anything.
fn globs(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(rest) = parts.next().and_then(|first| text.strip_prefix(first)) else { return false };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else { return rest.is_empty() };
    let mut rest = rest;
    for part in middle {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

impl Answer {
    /// What goes over the wire, or does not.
    ///
    /// # Errors
    /// Where there is no answer at all.
    fn play(&self, host: &str) -> Result<http::Response<reqwest::Body>, EgressError> {
        let body = match self.fails {
            Some(Failing::Refuses) => {
                return Err(EgressError::Connect(format!("{host} did not take the connection")));
            }
            Some(Failing::Silent) => return Err(EgressError::Timeout),
            Some(Failing::Unknown) => return Err(EgressError::Resolve(format!("{host} has no address"))),
            Some(Failing::Untrusted) => {
                return Err(EgressError::Tls(format!("{host} could not prove who it is")));
            }
            Some(Failing::Large) => return Err(EgressError::TooLarge(LARGE)),
            Some(Failing::Cut) => {
                let bytes = self.body.bytes();
                let half = bytes.slice(..bytes.len() / 2);
                let broken = std::io::Error::from(std::io::ErrorKind::ConnectionReset);
                let pieces = futures::stream::iter([Ok(half), Err(broken)]);
                reqwest::Body::wrap_stream(pieces)
            }
            None => self.body.bytes().into(),
        };
        let mut answer = http::Response::builder().status(self.status);
        for (name, value) in &self.headers {
            answer = answer.header(name, value);
        }
        if self.body.json.is_some()
            && !self.headers.keys().any(|name| name.eq_ignore_ascii_case("content-type"))
        {
            answer = answer.header(http::header::CONTENT_TYPE, "application/json");
        }
        answer
            .body(body)
            .map_err(|error| EgressError::Other(format!("the scenario's answer cannot be sent: {error}")))
    }
}

/// A provider that answers from a scenario, and keeps what it was asked.
#[derive(Debug, Default)]
pub struct Played {
    state: Mutex<State>,
    /// Places that are tried, however often.
    probes: Vec<Probe>,
    /// Whether what no exchange answers goes out to the network.
    lets_out: bool,
}

#[derive(Debug, Default)]
struct State {
    exchanges: Vec<(Exchange, u32)>,
    seen: Vec<Request>,
    unanswered: Vec<Request>,
    recorded: Vec<Exchange>,
}

impl Played {
    #[must_use]
    pub fn new(exchanges: Vec<Exchange>, lets_out: bool) -> Self {
        let exchanges = exchanges.into_iter().map(|exchange| (exchange, 0)).collect();
        let state = Mutex::new(State { exchanges, ..State::default() });
        Self { state, probes: Vec::new(), lets_out }
    }

    #[must_use]
    pub fn with_probes(self, probes: Vec<Probe>) -> Self {
        Self { probes, ..self }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Fills in what the stage's own ids are, wherever exchanges name them.
    pub(crate) fn name(&self, names: &Names) {
        for (exchange, _) in &mut self.state().exchanges {
            *exchange = names.filled_in(exchange);
        }
    }

    /// From here on it is the module's own doing: what was asked before is forgotten.
    pub fn begin(&self) {
        self.state().seen.clear();
    }

    /// What was asked since, and what of that, or before, nothing answered.
    #[must_use]
    pub fn seen(&self) -> (Vec<Request>, Vec<Request>) {
        let state = self.state();
        (state.seen.clone(), state.unanswered.clone())
    }

    /// Exchanges that nobody asked for.
    #[must_use]
    pub fn unused(&self) -> Vec<Request> {
        let state = self.state();
        let unused = state.exchanges.iter().filter(|(exchange, times)| !exchange.any && *times == 0);
        unused.map(|(exchange, _)| exchange.request.clone()).collect()
    }

    /// What the network answered.
    #[must_use]
    pub fn recorded(&self) -> Vec<Exchange> {
        self.state().recorded.clone()
    }
}

#[async_trait]
impl Provider for Played {
    async fn answer(&self, sent: &Sent) -> Option<Result<http::Response<reqwest::Body>, EgressError>> {
        let mut state = self.state();
        state.seen.push(Request::of(sent));
        let fits = |(exchange, times): &&mut (Exchange, u32)| {
            (exchange.any || *times == 0) && exchange.request.fits(sent)
        };
        if let Some((exchange, times)) = state.exchanges.iter_mut().find(fits) {
            *times += 1;
            return Some(exchange.answer.play(sent.uri().host().unwrap_or_default()));
        }
        if self.lets_out {
            return None;
        }
        state.unanswered.push(Request::of(sent));
        let (method, url) = (sent.method(), sent.uri());
        Some(Err(EgressError::Connect(format!("no exchange of the scenario answers {method} {url}"))))
    }

    fn tried(&self, place: &str, trial: Trial) -> Result<i64, Untried> {
        let asked = Request::to_try(place, trial);
        let mut state = self.state();
        state.seen.push(asked.clone());
        let Some(probe) = self.probes.iter().find(|probe| probe.place == place) else {
            state.unanswered.push(asked);
            return Err(Untried::Broken(format!("no probe of the scenario is for {place}")));
        };
        probe.play(trial)
    }

    fn answered(&self, sent: &Sent, status: u16, headers: &HeaderMap, body: &Bytes) {
        let answer =
            Answer { status, headers: spelled(headers), body: Body::read(headers, body), fails: None };
        self.state().recorded.push(Exchange { request: Request::of(sent), answer, any: false });
    }
}
