//! Secrets on their way out: added by the host, those of settings only towards hosts they are bound to.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use caisson_types::Secret;
use http::header::AUTHORIZATION;
use http::{HeaderName, HeaderValue};

use super::error::EgressError;
use super::headers::is_reserved;
use super::rule::Rule;

/// A secret and how it is presented.
#[derive(Clone, Debug)]
pub struct Credential {
    /// The setting whose value it is; none where the module keeps it, sealed, itself.
    setting: Option<String>,
    scheme: Scheme,
    secret: Secret<String>,
}

#[derive(Clone, Debug)]
enum Scheme {
    Bearer,
    Basic {
        user: String,
    },
    Header {
        name: String,
    },
    /// The secret is where the request goes.
    Address,
}

impl Credential {
    #[must_use]
    pub fn bearer(secret: Secret<String>, setting: String) -> Self {
        Self { setting: Some(setting), scheme: Scheme::Bearer, secret }
    }

    #[must_use]
    pub fn basic(user: String, secret: Secret<String>, setting: String) -> Self {
        Self { setting: Some(setting), scheme: Scheme::Basic { user }, secret }
    }

    /// A password that was sealed for the module.
    #[must_use]
    pub fn basic_of_module(user: String, secret: Secret<String>) -> Self {
        Self { setting: None, scheme: Scheme::Basic { user }, secret }
    }

    #[must_use]
    pub fn header(name: String, secret: Secret<String>, setting: String) -> Self {
        Self { setting: Some(setting), scheme: Scheme::Header { name }, secret }
    }

    #[must_use]
    pub fn url(secret: Secret<String>, setting: String) -> Self {
        Self { setting: Some(setting), scheme: Scheme::Address, secret }
    }

    /// Whether the secret is where the request goes.
    #[must_use]
    pub fn is_address(&self) -> bool {
        matches!(self.scheme, Scheme::Address)
    }

    /// Where a request for `asked` goes.
    ///
    /// # Errors
    /// Where `asked` is not what may follow a secret address, in a sentence.
    pub fn address(&self, asked: String) -> Result<String, String> {
        if !self.is_address() {
            return Ok(asked);
        }
        let base = self.secret.expose().trim_end_matches('/');
        match asked.chars().next() {
            None | Some('/' | '?') => Ok(format!("{base}{asked}")),
            Some(_) => Err(format!(
                "{} is the address already; the request's URL is empty, or begins with / or ?",
                self.named()
            )),
        }
    }

    /// Which secret it is, for people.
    fn named(&self) -> String {
        match &self.setting {
            Some(setting) => format!("the setting '{setting}'"),
            None => "the module's own password".to_owned(),
        }
    }
}

impl Credential {
    /// The header for a hop that `rule` covers, where there is to be one.
    pub(super) fn header_for(&self, rule: &Rule) -> Result<Option<(HeaderName, HeaderValue)>, EgressError> {
        if let Some(setting) = self.setting.as_ref().filter(|setting| !rule.secrets.contains(*setting)) {
            return Err(EgressError::Denied {
                grant: format!("[[capabilities.http]] … secrets = [\"{setting}\"]"),
                reason: format!("The secret '{setting}' is not bound to this host."),
            });
        }
        let secret = self.secret.expose();
        let (name, text) = match &self.scheme {
            Scheme::Bearer => (AUTHORIZATION, format!("Bearer {secret}")),
            Scheme::Basic { user } if user.contains(':') => {
                return Err(EgressError::Invalid("a user name cannot have a colon in it".to_owned()));
            }
            Scheme::Basic { user } => {
                (AUTHORIZATION, format!("Basic {}", BASE64_STANDARD.encode(format!("{user}:{secret}"))))
            }
            Scheme::Header { name } => {
                let name: HeaderName = name
                    .parse()
                    .map_err(|_| EgressError::Invalid(format!("'{name}' is not a header's name")))?;
                if is_reserved(&name) {
                    return Err(EgressError::Invalid(format!("the header {name} is the host's own")));
                }
                (name, secret.clone())
            }
            Scheme::Address => return Ok(None),
        };
        let mut value = HeaderValue::from_str(&text).map_err(|_| {
            EgressError::Invalid(format!("{} has characters that no header can carry", self.named()))
        })?;
        value.set_sensitive(true);
        Ok(Some((name, value)))
    }
}
