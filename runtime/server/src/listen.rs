//! Our own accept loop: `axum::serve` installs no timer, so that a client could send its headers for ever.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use axum::Router;
use axum::extract::ConnectInfo;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tower::ServiceExt as _;

use crate::proxies::{self, Proxy};

/// For all of a request's headers.
const HEADER_TIMEOUT: Duration = Duration::from_secs(10);
/// For requests under way when the process is told to stop.
const GRACE: Duration = Duration::from_secs(10);

pub(crate) async fn bind(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| {
        format!(
            "the panel cannot listen on {address}; server.listen in the configuration names another address"
        )
    })
}

/// Serves until `stop`. Behind `proxies`, who asks is whom they say.
pub(crate) async fn serve(
    listener: TcpListener,
    router: Router,
    proxies: Vec<Proxy>,
    stop: impl Future<Output = ()>,
) {
    let proxies: Arc<[Proxy]> = proxies.into();
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEADER_TIMEOUT).max_headers(100);
    let graceful = GracefulShutdown::new();
    let mut stop = std::pin::pin!(stop);
    loop {
        let (stream, peer) = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    // Out of file descriptors, most likely: a moment later there may be some.
                    tracing::warn!(%error, "a connection was not accepted");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                }
            },
            () = &mut stop => break,
        };
        let proxies = Arc::clone(&proxies);
        let service = router.clone().map_request(move |mut request: hyper::Request<Incoming>| {
            let client = proxies::client(&proxies, peer, request.headers());
            request.extensions_mut().insert(ConnectInfo(client));
            request
        });
        let connection =
            graceful.watch(http.serve_connection(TokioIo::new(stream), TowerToHyperService::new(service)));
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection ended early");
            }
        });
    }
    if tokio::time::timeout(GRACE, graceful.shutdown()).await.is_err() {
        tracing::warn!("some requests did not finish in time");
    }
}
