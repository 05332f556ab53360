//! What a provider answered.

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::{Problem, Result, host, log};

/// Longest piece of an answer that is copied into the log.
const LOGGED: usize = 2_000;

/// Longest text of a provider's that is shown to people.
const SHOWN: usize = 200;

/// An answer, of whatever status.
#[derive(Clone, Debug, PartialEq)]
pub struct Response {
    request: String,
    raw: host::http::Response,
}

impl Response {
    pub(super) fn new(request: String, raw: host::http::Response) -> Self {
        Self { request, raw }
    }

    #[must_use]
    pub fn status(&self) -> u16 {
        self.raw.status
    }

    #[must_use]
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.raw.status)
    }

    /// The first header of that name, whatever its case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.raw.headers.iter().find(|h| h.name.eq_ignore_ascii_case(name)).map(|h| h.value.as_str())
    }

    /// Seconds that the provider asks to wait. The form with a date is not read.
    #[must_use]
    pub fn retry_after(&self) -> Option<u32> {
        self.header("retry-after")?.trim().parse().ok()
    }

    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.raw.body
    }

    /// The body as text; bytes that are none are replaced.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.raw.body).into_owned()
    }

    /// The JSON body.
    ///
    /// # Errors
    /// 502 where the body is no such JSON; the log has what it was.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T> {
        serde_json::from_slice(&self.raw.body).map_err(|error| {
            self.log(&format!("The answer does not read: {error}"));
            Problem::bad_answer("The provider answered something that the module does not understand.")
        })
    }

    /// The response itself where it is a success.
    ///
    /// # Errors
    /// See [`Response::problem`].
    pub fn error_for_status(self) -> Result<Self> {
        if self.is_success() { Ok(self) } else { Err(self.problem()) }
    }

    /// The problem that an answer other than a success stands for. Refused credentials become 424, other refusals keep their
    /// code and the provider's own sentence, as far as it sent one; failures become 502 or 503, and are tried again.
    #[must_use]
    pub fn problem(&self) -> Problem {
        self.log("The provider refused");
        let said = self.reason();
        let refused = |code| match &said {
            Some(reason) => Problem::new(code, format!("The provider refused: {reason}")),
            None => Problem::new(code, "The provider refused the request."),
        };
        match self.raw.status {
            401 | 403 | 407 => Problem::not_configured("The provider refused the module's credentials."),
            404 | 410 => match said {
                Some(reason) => Problem::not_found(format!("The provider does not know it: {reason}")),
                None => Problem::not_found("The provider does not know it."),
            },
            408 => Problem::new(504, "The provider did not get the request in time."),
            429 => Problem::new(429, "The provider asks for a pause."),
            code @ 400..500 => refused(code),
            501 => Problem::unsupported("The provider does not offer this."),
            500 | 502..600 => Problem::unavailable("The provider has a failure of its own."),
            _ => Problem::bad_answer("The provider answered something that the module does not understand."),
        }
    }

    /// The sentence in a JSON error, under one of the keys that APIs use: short, in one line.
    #[must_use]
    pub fn reason(&self) -> Option<String> {
        let value: Value = serde_json::from_slice(&self.raw.body).ok()?;
        let text =
            ["error", "message", "detail", "title"].into_iter().find_map(|key| match value.get(key)? {
                Value::String(text) => Some(text.as_str()),
                Value::Object(inner) => inner.get("message")?.as_str(),
                _ => None,
            })?;
        let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let short: String = line.chars().filter(|c| !c.is_control()).take(SHOWN).collect();
        if short.is_empty() { None } else { Some(short) }
    }

    fn log(&self, what: &str) {
        let body: String = self.text().chars().take(LOGGED).collect();
        let answer = serde_json::json!({ "status": self.raw.status, "body": body, "note": what });
        log::error("http", &self.request, &answer);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, body: &str) -> Response {
        let raw = host::http::Response {
            status,
            headers: Vec::new(),
            body: body.as_bytes().to_vec(),
            url: "https://api.example.com/".to_owned(),
        };
        Response::new("GET https://api.example.com/".to_owned(), raw)
    }

    #[test]
    fn refusals_keep_the_providers_sentence_and_failures_do_not() {
        let cases = [
            (401, "{}", 424, "The provider refused the module's credentials."),
            (
                409,
                r#"{"error":"Domain already\nexists"}"#,
                409,
                "The provider refused: Domain already exists",
            ),
            (422, r#"{"error":{"message":"no such plan"}}"#, 422, "The provider refused: no such plan"),
            (404, "<html>", 404, "The provider does not know it."),
            (429, "", 429, "The provider asks for a pause."),
            (500, r#"{"error":"at Db.java:12"}"#, 503, "The provider has a failure of its own."),
            (302, "", 502, "The provider answered something that the module does not understand."),
        ];
        for (status, body, code, message) in cases {
            let problem = answer(status, body).error_for_status().unwrap_err();
            assert_eq!((problem.code, problem.message.as_str()), (code, message), "{status}");
        }
    }

    #[test]
    fn rubbish_is_a_bad_answer() {
        assert_eq!(answer(200, "<html>").json::<Value>().unwrap_err().code, 502);
    }
}
