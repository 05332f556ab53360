//! Requests on the way to a package: hop by hop, each as the egress of modules would let it through.

use std::time::{Duration, Instant};

use caisson_capabilities::http::egress::{
    Egress, EgressError, Ledger, Payload, Request, Response, Rule, Scheme, Timeouts,
};
use caisson_types::Secret;
use caisson_types::manifest::{GrantId, HostPattern, Method};
use url::Url;

use crate::fetch::FetchError;
use crate::source::is_this_machine;

/// Redirects followed for one request.
const HOPS: usize = 4;
const CONNECT: Duration = Duration::from_secs(10);
/// For everything that one package takes.
const TOTAL: Duration = Duration::from_secs(120);

/// Fetches for one package.
pub(crate) struct Wire<'e> {
    egress: &'e Egress,
    deadline: Instant,
}

/// What is asked for.
pub(crate) struct Ask<'a> {
    pub(crate) url: Url,
    pub(crate) accept: &'a str,
    pub(crate) authorization: Option<&'a Secret<String>>,
    /// Of the answer.
    pub(crate) max_bytes: u64,
}

impl<'e> Wire<'e> {
    pub(crate) fn new(egress: &'e Egress) -> Self {
        Self { egress, deadline: Instant::now() + TOTAL }
    }

    /// The answer at the end of the redirects, whatever its status.
    pub(crate) async fn get(&self, ask: Ask<'_>) -> Result<Response, FetchError> {
        let Ask { mut url, accept, mut authorization, max_bytes } = ask;
        for _ in 0..=HOPS {
            let answer = self.hop(&url, accept, authorization, max_bytes).await?;
            if !matches!(answer.status, 301 | 302 | 303 | 307 | 308) {
                return Ok(answer);
            }
            let location = answer.headers.iter().find(|(name, _)| name == "location");
            let next = location.and_then(|(_, location)| url.join(location).ok());
            let next = next.ok_or_else(|| FetchError::Redirect(host(&url)))?;
            if next.scheme() != "https" && (url.scheme() == "https" || !is_this_machine(&next)) {
                return Err(FetchError::Downgrade(host(&url)));
            }
            if next.origin() != url.origin() {
                authorization = None;
            }
            url = next;
        }
        Err(FetchError::Hops(host(&url)))
    }

    async fn hop(
        &self,
        url: &Url,
        accept: &str,
        authorization: Option<&Secret<String>>,
        max_bytes: u64,
    ) -> Result<Response, FetchError> {
        let failed = |error| FetchError::of_egress(error, &host(url), max_bytes);
        let mut headers = vec![("accept".to_owned(), accept.to_owned())];
        headers.extend(authorization.map(|value| ("authorization".to_owned(), value.expose().clone())));
        let request = Request {
            method: Method::Get,
            url: url.to_string(),
            headers,
            body: Payload::Whole(Vec::new().into()),
            credential: None,
            timeouts: Timeouts::whole(CONNECT, self.deadline.saturating_duration_since(Instant::now())),
            // Followed above, where each hop gets a rule of its own.
            max_redirects: 0,
            max_response_bytes: max_bytes,
            ledger: Ledger::default(),
        };
        let rule = rule(url).map_err(failed)?;
        self.egress.send("packages", &[rule], request, &mut || Ok(())).await.map_err(failed)
    }
}

/// Grants this one hop: what may be reached at all is left to the egress, which knows the addresses.
fn rule(url: &Url) -> Result<Rule, EgressError> {
    let unusable = || EgressError::Invalid(format!("{url} names no host that can be asked"));
    let scheme = Scheme::parse(url.scheme()).ok_or_else(unusable)?;
    // Grants are spelt without the dot that a complete name may end in.
    let name = host(url).trim_end_matches('.').to_owned();
    let host = HostPattern::try_from(name).map_err(EgressError::Invalid)?;
    let port = url.port_or_known_default().ok_or_else(unusable)?;
    let grant = GrantId("packages".to_owned());
    Ok(Rule { scheme, host, port, methods: vec![Method::Get], secrets: Vec::new(), ca: None, grant })
}

pub(crate) fn host(url: &Url) -> String {
    url.host_str().unwrap_or_default().to_owned()
}
