//! The accept loop: where faults strike, below HTTP where they must.

use std::io;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use super::state::State;

/// Serves until the future is dropped; its connections go with it.
pub(super) async fn serve(listener: TcpListener, router: Router, state: Arc<State>) {
    let mut connections = JoinSet::new();
    loop {
        while connections.try_join_next().is_some() {}
        match listener.accept().await {
            Ok((stream, _)) if state.refuses_connections() => drop(stream),
            Ok((stream, _)) => {
                connections.spawn(serve_connection(stream, router.clone(), Arc::clone(&state)));
            }
            // Out of file descriptors or a peer gone already: the next one may do better.
            Err(_) => tokio::task::yield_now().await,
        }
    }
}

async fn serve_connection(stream: TcpStream, router: Router, state: Arc<State>) {
    let service = service_fn(move |request| answer(request, router.clone(), Arc::clone(&state)));
    // An error is a caller that went away, or a fault that was asked for.
    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

/// Answers one request; an error closes the connection without an answer.
async fn answer(request: Request<Incoming>, router: Router, state: Arc<State>) -> io::Result<Response<Body>> {
    let key = request.headers().get("idempotency-key").and_then(|value| value.to_str().ok());
    let key = key.map(str::to_owned);
    let (number, fault) = state.arrived(request.method().as_str(), request.uri().path(), key);
    let response = fault.answer(router, request, &state).await?;
    state.answered(number, response.status().as_u16());
    Ok(response)
}
