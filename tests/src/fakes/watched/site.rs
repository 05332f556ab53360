//! A web site with one page.

use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::Context as _;
use axum::body::Body;
use axum::http::{Request, Response, StatusCode};
use bytes::Bytes;
use futures::{StreamExt as _, stream};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

/// How the site is today.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mood {
    Well,
    /// This status, with a page for people.
    Status(u16),
    /// It reads the request and never answers.
    Silent,
    /// Half a page.
    Cut,
    /// It takes connections and closes them at once.
    Down,
}

/// A running site. It stops, and closes its connections, when this is dropped.
pub struct WatchedSite {
    address: SocketAddr,
    shared: Arc<Shared>,
    server: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    state: Mutex<(Mood, Vec<String>)>,
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, (Mood, Vec<String>)> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl WatchedSite {
    /// Opens on a free loopback port.
    ///
    /// # Errors
    /// When no port can be bound.
    pub async fn start() -> anyhow::Result<Self> {
        let shared = Arc::new(Shared { state: Mutex::new((Mood::Well, Vec::new())) });
        let mut site = Self { address: (Ipv4Addr::LOCALHOST, 0).into(), shared, server: None };
        site.open().await?;
        Ok(site)
    }

    /// Opens again where it was.
    ///
    /// # Errors
    /// When its port was taken meanwhile.
    pub async fn open(&mut self) -> anyhow::Result<()> {
        let listener = TcpListener::bind(self.address)
            .await
            .with_context(|| format!("the site cannot bind {}", self.address))?;
        self.address = listener.local_addr()?;
        self.server = Some(tokio::spawn(serve(listener, Arc::clone(&self.shared))));
        Ok(())
    }

    /// Closes its port and its connections.
    pub async fn shut(&mut self) {
        if let Some(server) = self.server.take() {
            server.abort();
            // Cancelled, which is what was asked for.
            let _ = server.await;
        }
    }

    /// What it does with requests from now on.
    pub fn be(&self, mood: Mood) {
        self.shared.state().0 = mood;
    }

    /// Where it listens, to be allowed by the panel's egress policy.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Scheme, host and port, without a slash at the end.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Method and path of every request that arrived, oldest first.
    pub fn requests(&self) -> Vec<String> {
        self.shared.state().1.clone()
    }
}

impl Drop for WatchedSite {
    fn drop(&mut self) {
        if let Some(server) = &self.server {
            server.abort();
        }
    }
}

/// Serves until it is aborted; its connections go with it.
async fn serve(listener: TcpListener, shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    loop {
        while connections.try_join_next().is_some() {}
        match listener.accept().await {
            Ok((stream, _)) if shared.state().0 == Mood::Down => drop(stream),
            Ok((stream, _)) => {
                connections.spawn(connection(stream, Arc::clone(&shared)));
            }
            // Out of file descriptors or a peer gone already: the next one may do better.
            Err(_) => tokio::task::yield_now().await,
        }
    }
}

async fn connection(stream: TcpStream, shared: Arc<Shared>) {
    let service = service_fn(move |request| {
        let shared = Arc::clone(&shared);
        async move { Ok::<_, Infallible>(answer(&request, &shared).await) }
    });
    // One request for each connection, so that a mood holds for the next one. An error is a caller that went away.
    let _ = http1::Builder::new().keep_alive(false).serve_connection(TokioIo::new(stream), service).await;
}

async fn answer(request: &Request<Incoming>, shared: &Shared) -> Response<Body> {
    let mood = {
        let mut state = shared.state();
        state.1.push(format!("{} {}", request.method(), request.uri().path()));
        state.0
    };
    let page = "<!doctype html><title>Shop</title><p>12 in stock</p>";
    match mood {
        Mood::Silent => std::future::pending().await,
        Mood::Status(code) => {
            let mut response = Response::new(Body::from("<!doctype html><h1>Sorry</h1>"));
            *response.status_mut() = StatusCode::from_u16(code).unwrap_or_default();
            response
        }
        Mood::Cut => {
            let end = stream::once(async {
                // Lets the first half go out before the connection is torn down.
                tokio::task::yield_now().await;
                Err::<Bytes, _>(io::Error::other("cut off in the middle of the page"))
            });
            let half = stream::iter([Ok(Bytes::from(&page[..20]))]);
            let mut response = Response::new(Body::from_stream(half.chain(end)));
            response.headers_mut().insert("content-length", page.len().into());
            response
        }
        Mood::Well | Mood::Down => Response::new(Body::from(page)),
    }
}
