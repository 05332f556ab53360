//! What of a callback reaches the module, and what of its answer goes out.

use caisson_capabilities::contract::types as wit;

/// A request as it arrived.
#[derive(Clone, Debug)]
pub struct Received {
    pub method: wit::HttpMethod,
    /// As whoever called it knows it, with the panel's public address and the query.
    pub url: String,
    pub query: Vec<(String, String)>,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    /// The fields, where the body is a form.
    pub form: Vec<(String, String)>,
    pub body: Vec<u8>,
}

/// Headers that are the panel's own business, or that of whoever stands before it.
const KEPT_BACK: [&str; 13] = [
    "authorization",
    "connection",
    "content-length",
    "cookie",
    "expect",
    "forwarded",
    "host",
    "keep-alive",
    "proxy-authorization",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// Headers that a module's answer may carry. Its content type follows from its body.
const ALLOWED: [&str; 3] = ["content-language", "retry-after", "x-correlation-id"];
const VALUE_MAX: usize = 200;

impl Received {
    /// The only header of that name; none where there is none, or several say different things.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.iter().filter(|(other, _)| other.eq_ignore_ascii_case(name));
        let (_, value) = values.next()?;
        values.next().is_none().then_some(value)
    }

    pub(super) fn into_contract(self) -> wit::Request {
        let parameters = |pairs: Vec<(String, String)>| {
            pairs.into_iter().map(|(name, value)| wit::Parameter { name, value }).collect()
        };
        let passed = |name: &str| !KEPT_BACK.contains(&name) && !name.starts_with("x-forwarded-");
        wit::Request {
            method: self.method,
            path: String::new(),
            params: Vec::new(),
            query: parameters(self.query),
            form: parameters(self.form),
            headers: self
                .headers
                .into_iter()
                .filter(|(name, _)| passed(name))
                .map(|(name, value)| wit::Header { name, value })
                .collect(),
            body: self.body,
            actor: wit::Actor {
                role: wit::Role::Anonymous,
                id: None,
                permissions: Vec::new(),
                locale: "en".to_owned(),
            },
        }
    }
}

/// The headers of an answer that may go out.
pub(super) fn allowed(headers: Vec<wit::Header>) -> Vec<(String, String)> {
    let plain =
        |value: &str| value.len() <= VALUE_MAX && value.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    let headers = headers.into_iter().map(|header| (header.name.to_ascii_lowercase(), header.value));
    headers.filter(|(name, value)| ALLOWED.contains(&name.as_str()) && plain(value)).collect()
}
