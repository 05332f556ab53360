//! Ways to misbehave, and what each makes of an answer.

use std::io;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderValue, Request, Response, StatusCode, header};
use axum::response::{Html, IntoResponse};
use bytes::Bytes;
use futures::{StreamExt, stream};
use hyper::body::Incoming;
use serde::{Deserialize, Serialize};
use tower::ServiceExt as _;

use super::state::State;

/// One way for the server to misbehave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Fault {
    /// Answers as it should; of use to exempt some requests from a later rule.
    Normal,
    /// Closes the connection without a word.
    Down,
    /// Waits this many milliseconds, then does the work and answers.
    Slow { ms: u64 },
    /// Answers 200 with a page of HTML and does nothing.
    Rubbish,
    /// Answers with this status and does nothing.
    Status {
        code: u16,
        /// Seconds for a `Retry-After` header.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        retry_after: Option<u32>,
    },
    /// Does the work, then breaks off in the middle of the answer.
    CutMidBody,
    /// Does the work, then answers only when the test lets it.
    HoldBeforeAnswer,
    /// Does the work at once, then answers this many milliseconds later: longer than the caller is willing to wait.
    AnswerLate { ms: u64 },
}

impl Fault {
    /// Answers a request in this way; an error closes the connection without an answer.
    pub(super) async fn answer(
        self,
        router: Router,
        request: Request<Incoming>,
        state: &State,
    ) -> io::Result<Response<Body>> {
        Ok(match self {
            Self::Down => return Err(io::Error::other("the server is down")),
            Self::Rubbish => rubbish(),
            Self::Status { code, retry_after } => status(code, retry_after)?,
            Self::Normal => work(router, request).await,
            Self::Slow { ms } => {
                tokio::time::sleep(Duration::from_millis(ms)).await;
                work(router, request).await
            }
            Self::AnswerLate { ms } => {
                let response = work(router, request).await;
                tokio::time::sleep(Duration::from_millis(ms)).await;
                response
            }
            Self::HoldBeforeAnswer => {
                let response = work(router, request).await;
                state.hold().await;
                response
            }
            Self::CutMidBody => cut(work(router, request).await).await?,
        })
    }
}

async fn work(router: Router, request: Request<Incoming>) -> Response<Body> {
    match router.oneshot(request.map(Body::new)).await {
        Ok(response) => response,
        Err(never) => match never {},
    }
}

fn rubbish() -> Response<Body> {
    Html("<!doctype html><html><body><h1>It works!</h1><p>{\"id\": 1,</p></body></html>").into_response()
}

fn status(code: u16, retry_after: Option<u32>) -> io::Result<Response<Body>> {
    let code = StatusCode::from_u16(code).map_err(io::Error::other)?;
    let body = format!("{{\"error\":\"{}\"}}", code.canonical_reason().unwrap_or("failed"));
    let mut response = (code, [(header::CONTENT_TYPE, "application/json")], body).into_response();
    if let Some(seconds) = retry_after {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    Ok(response)
}

/// Promises the whole body and breaks off after half of it.
async fn cut(response: Response<Body>) -> io::Result<Response<Body>> {
    let (mut parts, body) = response.into_parts();
    let whole = to_bytes(body, usize::MAX).await.map_err(io::Error::other)?;
    parts.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(whole.len().max(2)));
    let half = whole.slice(..whole.len() / 2);
    let end = stream::once(async {
        // Lets the first half go out before the connection is torn down.
        tokio::task::yield_now().await;
        Err::<Bytes, _>(io::Error::other("cut off in the middle of the answer"))
    });
    Ok(Response::from_parts(parts, Body::from_stream(stream::iter([Ok(half)]).chain(end))))
}
