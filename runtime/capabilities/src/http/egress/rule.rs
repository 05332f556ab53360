//! Grants, as rules for one hop.

use caisson_types::manifest::{GrantId, HostPattern, Method};
use url::Url;

use super::ca::Ca;
use super::error::EgressError;
use super::target::Target;

/// The two schemes there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scheme {
    Http,
    Https,
}

impl Scheme {
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "http" => Some(Self::Http),
            "https" => Some(Self::Https),
            _ => None,
        }
    }

    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }

    #[must_use]
    pub fn default_port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
        }
    }
}

/// Where a module may send requests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    pub scheme: Scheme,
    pub host: HostPattern,
    pub port: u16,
    /// Empty means all.
    pub methods: Vec<Method>,
    /// Secret settings that may be sent there.
    pub secrets: Vec<String>,
    /// Whom TLS trusts there, where it is not the system's authorities.
    pub ca: Option<Ca>,
    pub grant: GrantId,
}

/// Whether a rule covers a request to `url`.
#[must_use]
pub fn covers(rule: &Rule, url: &Url, method: Method) -> bool {
    Target::of(url.clone()).is_ok_and(|target| fits(rule, &target, method))
}

fn fits(rule: &Rule, target: &Target, method: Method) -> bool {
    let method_fits = rule.methods.is_empty()
        || rule.methods.contains(&method)
        || (method == Method::Head && rule.methods.contains(&Method::Get));
    leads_to(rule, target) && method_fits
}

fn leads_to(rule: &Rule, target: &Target) -> bool {
    rule.scheme == target.scheme && rule.port == target.port && rule.host.matches(target.host())
}

/// Whom TLS trusts at a hop. A pin of one line holds for its host, whichever line covers the request.
pub(super) fn authority<'r>(rules: &'r [Rule], target: &Target) -> Option<&'r Ca> {
    rules.iter().filter(|rule| leads_to(rule, target)).find_map(|rule| rule.ca.as_ref())
}

/// The rule that covers a hop.
pub(super) fn find<'r>(rules: &'r [Rule], target: &Target, method: Method) -> Result<&'r Rule, EgressError> {
    rules.iter().find(|rule| fits(rule, target, method)).ok_or_else(|| {
        let port = if target.port == target.scheme.default_port() {
            String::new()
        } else {
            format!(", port = {}", target.port)
        };
        EgressError::Denied {
            grant: format!(
                "[[capabilities.http]] host = \"{}\", scheme = \"{}\"{port}, methods = [\"{method}\"]",
                target.host(),
                target.scheme.as_str()
            ),
            reason: "No approved line of the module's manifest covers this request.".to_owned(),
        }
    })
}
