use std::time::Duration;

use caisson_types::Secret;
use caisson_types::manifest::Method;

use super::denial::explain;
use super::egress::{self, EgressError, Payload, Request as Outbound, Timeouts};
use crate::bindings::caisson::module::http::{Credential, Error, Host, Request, Response};
use crate::bindings::caisson::module::types::{Header, HttpMethod};
use crate::trace::Outcome;
use crate::{CallState, meter};

pub(super) const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
pub(super) const TIMEOUT: Duration = Duration::from_secs(30);

impl Host for CallState {
    async fn send(&mut self, request: Request) -> wasmtime::Result<Result<Response, Error>> {
        let since = self.enter()?;
        let about = about(&request);
        let asked = matches!(request.credential, Credential::Url(_)).then(|| request.url.clone());
        let mut result = match self.outbound(request) {
            Ok(outbound) => self.exchange(outbound).await,
            Err(error) => Err(error),
        };
        if let (Some(asked), Ok(response)) = (asked, &mut result) {
            response.url = asked;
            response.headers.retain(|header| !header.name.eq_ignore_ascii_case("location"));
        }
        match &result {
            Err(Error::Denied(denied)) => self.deny("http.send", since, denied),
            Ok(response) => {
                self.exit("http.send", since, Outcome::Ok, Some(format!("{about} -> {}", response.status)))
            }
            Err(error) => self.exit(
                "http.send",
                since,
                Outcome::Error,
                Some(format!("{about} -> {}", error_word(error))),
            ),
        }
        Ok(result)
    }
}

impl CallState {
    /// Fills in what the host knows: limits, deadline, the secret that the request names.
    fn outbound(&mut self, request: Request) -> Result<Outbound, Error> {
        let left = self.time_left();
        let millis = |asked: Option<u32>, default: Duration| {
            asked.map_or(default, |ms| Duration::from_millis(ms.into())).min(left)
        };
        self.may_wait().map_err(Error::Invalid)?;
        if request.max_redirects > 10 {
            return Err(Error::Invalid("max-redirects is 0 to 10".to_owned()));
        }
        let credential = self.credential(request.credential)?;
        let is_address = credential.as_ref().is_some_and(egress::Credential::is_address);
        let url = match &credential {
            Some(credential) => credential.address(request.url).map_err(Error::Invalid)?,
            None => request.url,
        };
        Ok(Outbound {
            method: method(request.method)?,
            url,
            headers: request.headers.into_iter().map(|header| (header.name, header.value)).collect(),
            body: Payload::Whole(request.body.into()),
            credential,
            timeouts: Timeouts::whole(
                millis(request.connect_timeout_ms, CONNECT_TIMEOUT),
                millis(request.timeout_ms, TIMEOUT),
            ),
            // Where an address leads on may say what it is.
            max_redirects: if is_address { 0 } else { request.max_redirects },
            max_response_bytes: self.meter.budget().http_response_bytes,
            ledger: self.ledger().clone(),
        })
    }

    fn credential(&mut self, credential: Credential) -> Result<Option<egress::Credential>, Error> {
        let behind = std::sync::Arc::clone(&self.behind);
        let secret = |setting: &str| -> Result<Secret<String>, Error> {
            match behind.settings.secrets.get(setting) {
                Some(secret) if !secret.expose().is_empty() => Ok(secret.clone()),
                _ => Err(Error::Invalid(format!(
                    "the secret setting '{setting}' has no value; set it on the module's Settings page"
                ))),
            }
        };
        Ok(match credential {
            Credential::None => None,
            Credential::Bearer(setting) => Some(egress::Credential::bearer(secret(&setting)?, setting)),
            Credential::Basic((user, setting)) => {
                Some(egress::Credential::basic(user, secret(&setting)?, setting))
            }
            Credential::Header((name, setting)) => {
                Some(egress::Credential::header(name, secret(&setting)?, setting))
            }
            Credential::Url(setting) => Some(egress::Credential::url(secret(&setting)?, setting)),
            Credential::BasicSealed((user, sealed)) => {
                Some(egress::Credential::basic_of_module(user, self.unsealed(&sealed)?))
            }
        })
    }

    /// What this module sealed with `crypto.encrypt`.
    fn unsealed(&mut self, sealed: &[u8]) -> Result<Secret<String>, Error> {
        let opened = self.host.vault.open(&self.purpose(), sealed).ok();
        let text = opened.and_then(|plain| String::from_utf8(plain.expose().clone()).ok());
        let secret = text.map(Secret::new).ok_or_else(|| {
            Error::Invalid("the sealed password is not one that this module sealed in this panel".to_owned())
        })?;
        self.redactor().learn_all([secret.clone()]);
        Ok(secret)
    }

    async fn exchange(&mut self, outbound: Outbound) -> Result<Response, Error> {
        let behind = std::sync::Arc::clone(&self.behind);
        let host = std::sync::Arc::clone(&self.host);
        let meter = &mut self.meter;
        let mut charge = || meter.http_request().map_err(|error: meter::Exhausted| error.to_string());
        let url = outbound.url.clone();
        let wanted = outbound.method;
        let result =
            host.egress.send(&behind.module.to_string(), &behind.granted.http, outbound, &mut charge).await;
        match result {
            Ok(response) => Ok(Response {
                status: response.status,
                headers: response.headers.into_iter().map(|(name, value)| Header { name, value }).collect(),
                body: response.body.into(),
                url: response.url,
            }),
            Err(EgressError::Denied { grant, reason }) => {
                Err(Error::Denied(explain(&behind.granted, &url, wanted, grant, reason)))
            }
            Err(EgressError::Invalid(reason)) => Err(Error::Invalid(reason)),
            Err(EgressError::Resolve(reason)) => Err(Error::Resolve(reason)),
            Err(EgressError::Connect(reason)) => Err(Error::Connect(reason)),
            Err(EgressError::Tls(reason)) => Err(Error::Tls(reason)),
            Err(EgressError::Timeout) => Err(Error::Timeout),
            Err(EgressError::TooLarge(cap)) => Err(Error::TooLarge(cap)),
            Err(EgressError::Budget(reason)) => Err(Error::Budget(reason)),
            Err(EgressError::Other(reason)) => Err(Error::Other(reason)),
        }
    }
}

fn method(method: HttpMethod) -> Result<Method, Error> {
    Ok(match method {
        HttpMethod::Get => Method::Get,
        HttpMethod::Head => Method::Head,
        HttpMethod::Post => Method::Post,
        HttpMethod::Put => Method::Put,
        HttpMethod::Patch => Method::Patch,
        HttpMethod::Delete => Method::Delete,
        HttpMethod::Options => return Err(Error::Invalid("OPTIONS cannot be sent".to_owned())),
    })
}

fn method_name(method: HttpMethod) -> &'static str {
    match method {
        HttpMethod::Get => "GET",
        HttpMethod::Head => "HEAD",
        HttpMethod::Post => "POST",
        HttpMethod::Put => "PUT",
        HttpMethod::Patch => "PATCH",
        HttpMethod::Delete => "DELETE",
        HttpMethod::Options => "OPTIONS",
    }
}

/// What the trace shows of a request: a setting's name where its value is the address.
fn about(request: &Request) -> String {
    let (method, url) = (method_name(request.method), without_query(&request.url));
    match &request.credential {
        Credential::Url(setting) => format!("{method} {{{setting}}}{url}"),
        _ => format!("{method} {url}"),
    }
}

/// Queries often carry keys; the trace does without them.
pub(super) fn without_query(url: &str) -> &str {
    let end = url.find(['?', '#']).unwrap_or(url.len()).min(200);
    url.get(..end).unwrap_or("an address that is not text")
}

fn error_word(error: &Error) -> String {
    match error {
        Error::Denied(_) => "denied".to_owned(),
        Error::Timeout => "timeout".to_owned(),
        Error::TooLarge(cap) => format!("the response passed {cap} bytes"),
        Error::Invalid(reason)
        | Error::Resolve(reason)
        | Error::Connect(reason)
        | Error::Tls(reason)
        | Error::Budget(reason)
        | Error::Other(reason) => reason.clone(),
    }
}
