//! Speaking to the panel: as a program with a token ([`Api`]), as a person with cookies and forms ([`Visitor`]).

mod api;
mod visitor;

use std::time::Duration;

pub use api::{Api, Reply};
pub use visitor::{Page, Visitor};

/// Longest wait for any one answer.
const ANSWER_WITHIN: Duration = Duration::from_secs(180);

/// A client for loopback servers: no proxy, no redirects, nothing taken from the environment.
///
/// # Errors
/// When the client cannot be built.
pub fn client() -> anyhow::Result<reqwest::Client> {
    Ok(builder().build()?)
}

fn builder() -> reqwest::ClientBuilder {
    // An error says that another client was built before, with the same provider.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).timeout(ANSWER_WITHIN)
}
