//! Somebody who answers in the network's place: what a rehearsal of a module plays with.

use std::fmt;

use async_trait::async_trait;
use bytes::Bytes;
use http::HeaderMap;

use super::error::EgressError;

/// A request as it would leave, credentials included.
pub type Sent = http::Request<Bytes>;

/// How a place is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trial {
    Connect,
    Certificate,
}

/// Why a place was tried in vain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Untried {
    Refused,
    Silent,
    Broken(String),
}

/// Answers what was granted; what is not granted never reaches it.
#[async_trait]
pub trait Provider: fmt::Debug + Send + Sync {
    /// The answer, or none, to let the request out to the network.
    async fn answer(&self, request: &Sent) -> Option<Result<http::Response<reqwest::Body>, EgressError>>;

    /// What trying a place that is granted comes to: milliseconds to connect, or days until a certificate ends.
    fn tried(&self, place: &str, trial: Trial) -> Result<i64, Untried>;

    /// What the network answered to a request that was let out.
    fn answered(&self, request: &Sent, status: u16, headers: &HeaderMap, body: &Bytes);
}
