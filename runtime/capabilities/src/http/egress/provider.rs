//! Somebody who answers in the network's place: what a rehearsal of a module plays with.

use std::fmt;

use async_trait::async_trait;
use bytes::Bytes;
use http::HeaderMap;

use super::error::EgressError;

/// A request as it would leave, credentials included.
pub type Sent = http::Request<Bytes>;

/// Answers what was granted; what is not granted never reaches it.
#[async_trait]
pub trait Provider: fmt::Debug + Send + Sync {
    /// The answer, or none, to let the request out to the network.
    async fn answer(&self, request: &Sent) -> Option<Result<http::Response<reqwest::Body>, EgressError>>;

    /// What the network answered to a request that was let out.
    fn answered(&self, request: &Sent, status: u16, headers: &HeaderMap, body: &Bytes);
}
