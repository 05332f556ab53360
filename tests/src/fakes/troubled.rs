//! A server on loopback that can be made to misbehave: what stand-ins have in common, whatever they stand in for.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

use super::hosting_api::server::{cut, rubbish, status, work};
use super::hosting_api::{Fault, Rule, strike};

/// A running server. It stops, and closes its connections, when this is dropped.
pub(super) struct Troubled {
    address: SocketAddr,
    shared: Arc<Shared>,
    server: JoinHandle<()>,
}

#[derive(Default)]
struct Inner {
    rules: Vec<Rule>,
    /// Method and path of each request, as they came.
    asked: Vec<String>,
    held: usize,
}

struct Shared {
    inner: Mutex<Inner>,
    released: watch::Sender<u64>,
}

impl Troubled {
    pub(super) async fn start(router: Router) -> anyhow::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared { inner: Mutex::default(), released: watch::Sender::new(0) });
        let server = tokio::spawn(serve(listener, router, Arc::clone(&shared)));
        Ok(Self { address, shared, server })
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(super) fn arm(&self, rule: Rule) {
        self.shared.lock().rules.push(rule);
    }

    /// Takes all faults away and lets held answers go.
    pub(super) fn heal(&self) {
        self.shared.lock().rules.clear();
        self.shared.released.send_modify(|count| *count += 1);
    }

    pub(super) fn held(&self) -> usize {
        self.shared.lock().held
    }

    pub(super) fn asked(&self) -> Vec<String> {
        self.shared.lock().asked.clone()
    }
}

impl Drop for Troubled {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn arrived(&self, method: &str, path: &str) -> Fault {
        let mut inner = self.lock();
        inner.asked.push(format!("{method} {path}"));
        strike(&mut inner.rules, method, path)
    }

    /// Waits for the next release; the count goes down when the caller gives up, too.
    async fn hold(&self) {
        struct Mark<'a>(&'a Shared);
        impl Drop for Mark<'_> {
            fn drop(&mut self) {
                self.0.lock().held -= 1;
            }
        }

        let mut released = self.released.subscribe();
        self.lock().held += 1;
        let _mark = Mark(self);
        // The sender lives in `self`, so that waiting cannot fail.
        let _ = released.changed().await;
    }
}

async fn serve(listener: TcpListener, router: Router, shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    loop {
        while connections.try_join_next().is_some() {}
        match listener.accept().await {
            Ok((stream, _)) if shared.lock().rules.iter().any(Rule::refuses_connections) => drop(stream),
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
    Ok(match shared.arrived(request.method().as_str(), request.uri().path()) {
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
            shared.hold().await;
            response
        }
        Fault::CutMidBody => cut(work(router, request).await).await?,
    })
}
