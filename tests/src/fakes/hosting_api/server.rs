//! The accept loop: where faults strike, below HTTP where they must.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderValue, Request, Response, StatusCode, header};
use axum::response::{Html, IntoResponse};
use bytes::Bytes;
use futures::{StreamExt, stream};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tower::ServiceExt as _;

use super::faults::Fault;
use super::routes::router;
use super::state::Shared;

/// Serves until the future is dropped; its connections go with it.
pub(super) async fn serve(listener: TcpListener, shared: Arc<Shared>) {
    let router = router(Arc::clone(&shared));
    serve_routes(listener, router, shared).await;
}

/// The same for any routes: what is armed in `shared` strikes their requests.
pub(in crate::fakes) async fn serve_routes(listener: TcpListener, router: Router, shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    loop {
        while connections.try_join_next().is_some() {}
        match listener.accept().await {
            Ok((stream, _)) if shared.refuses_connections() => drop(stream),
            Ok((stream, _)) => {
                connections.spawn(serve_connection(stream, router.clone(), Arc::clone(&shared)));
            }
            // Out of file descriptors or a peer gone already: the next one may do better.
            Err(_) => tokio::task::yield_now().await,
        }
    }
}

async fn serve_connection(stream: TcpStream, router: Router, shared: Arc<Shared>) {
    let service = service_fn(move |request| answer(request, router.clone(), Arc::clone(&shared)));
    // An error is a caller that went away, or a fault that was asked for.
    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

/// Answers one request; an error closes the connection without an answer.
async fn answer(
    request: Request<Incoming>,
    router: Router,
    shared: Arc<Shared>,
) -> io::Result<Response<Body>> {
    let header = |name| request.headers().get(name).and_then(|value| value.to_str().ok());
    let key = header("idempotency-key").map(str::to_owned);
    let (number, fault) = shared.arrived(request.method().as_str(), request.uri().path(), key);

    let response = match fault {
        Fault::Down => return Err(io::Error::other("the server is down")),
        Fault::Rubbish => rubbish(),
        Fault::Status { code, retry_after } => status(code, retry_after)?,
        Fault::Normal => work(router, request).await,
        Fault::Slow { ms } => {
            tokio::time::sleep(Duration::from_millis(ms)).await;
            work(router, request).await
        }
        Fault::AnswerLate { ms } => {
            let response = work(router, request).await;
            tokio::time::sleep(Duration::from_millis(ms)).await;
            response
        }
        Fault::HoldBeforeAnswer => {
            let response = work(router, request).await;
            shared.hold(number).await;
            response
        }
        Fault::CutMidBody => cut(work(router, request).await).await?,
    };
    shared.answered(number, response.status().as_u16());
    Ok(response)
}

pub(in crate::fakes) async fn work(router: Router, request: Request<Incoming>) -> Response<Body> {
    match router.oneshot(request.map(Body::new)).await {
        Ok(response) => response,
        Err(never) => match never {},
    }
}

pub(in crate::fakes) fn rubbish() -> Response<Body> {
    Html("<!doctype html><html><body><h1>It works!</h1><p>{\"id\": 1,</p></body></html>").into_response()
}

pub(in crate::fakes) fn status(code: u16, retry_after: Option<u32>) -> io::Result<Response<Body>> {
    let code = StatusCode::from_u16(code).map_err(io::Error::other)?;
    let body = format!("{{\"error\":\"{}\"}}", code.canonical_reason().unwrap_or("failed"));
    let mut response = (code, [(header::CONTENT_TYPE, "application/json")], body).into_response();
    if let Some(seconds) = retry_after {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    Ok(response)
}

/// Promises the whole body and breaks off after half of it.
pub(in crate::fakes) async fn cut(response: Response<Body>) -> io::Result<Response<Body>> {
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
