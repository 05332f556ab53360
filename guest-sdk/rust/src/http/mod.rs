//! Calls to a provider's HTTP API. Grant: a `[[capabilities.http]]` line for the host.
//!
//! ```no_run
//! use std::time::Duration;
//! use caisson_guest::{Result, http::Client, json};
//!
//! # #[derive(serde::Deserialize)] struct Account { username: String }
//! fn create(name: &str) -> Result<Account> {
//!     let client = Client::from_setting("api_base")?.bearer_setting("api_key").timeout(Duration::from_secs(20));
//!     client.post("v1/accounts").json(&json!({ "username": name })).idempotency_key(name).send()?.error_for_status()?.json()
//! }
//! ```
//!
//! # Trying again
//! A guest cannot wait: a call that sleeps would hold an instance and a worker. So there are two levels.
//!
//! * **Inside the call**, a request whose connection failed or broke off, or that was answered 502, 503 or 504 without a
//!   `Retry-After`, is sent again at once, [`Client::retries`] times (once, where nothing is said). Only requests that may be
//!   sent twice are: GET, HEAD, OPTIONS, PUT and DELETE, and others that carry an [idempotency key](Request::idempotency_key)
//!   or [say so](Request::repeatable). A time-out is not tried again here: it has used up the time of whoever waits.
//! * **Between tries of the task**, everything else: the error becomes a [`Problem`](crate::Problem) whose code (429, 502, 503,
//!   504) tells the queue to try the task again after its backoff. Codes that another try cannot help are final.

mod client;
mod error;
mod path;
mod response;

pub use client::{Client, Request};
pub use error::Error;
pub use path::IntoPath;
pub use response::Response;

pub use crate::bindings::host::caisson::module::types::HttpMethod as Method;

/// What the host sends in the module's name.
pub(crate) type RawRequest = crate::host::http::Request;
