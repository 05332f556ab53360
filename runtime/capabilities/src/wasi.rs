//! The part of WASI that language runtimes insist on: clocks, randomness, standard output. No files, sockets, environment or
//! arguments: those imports link, and answer "not permitted".

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use caisson_types::Budget;
use wasmtime::component::ResourceTable;
use wasmtime_wasi::cli::{IsTerminal, StdoutStream};
use wasmtime_wasi::p2::{OutputStream, Pollable, StreamResult};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};
use wasmtime_wasi_http::WasiHttpCtx;

use crate::CallState;
use crate::http::wasi::{Exchanges, Hooks, context};

/// Most bytes of randomness one WASI request may ask for.
const RANDOM_MAX: u64 = 64 * 1024;

/// WASI's side of a call.
pub(crate) struct Wasi {
    ctx: WasiCtx,
    pub(crate) table: ResourceTable,
    pub(crate) http: WasiHttpCtx,
    pub(crate) hooks: Hooks,
    pub(crate) exchanges: Exchanges,
    stdout: Capped,
    stderr: Capped,
}

impl Wasi {
    pub(crate) fn new(budget: &Budget) -> Self {
        let (stdout, stderr) = (Capped::new(budget.log_bytes / 2), Capped::new(budget.log_bytes / 2));
        let mut table = ResourceTable::new();
        table.set_max_capacity(budget.handles);
        let ctx = WasiCtx::builder()
            .stdout(stdout.clone())
            .stderr(stderr.clone())
            .max_random_size(RANDOM_MAX)
            .allow_tcp(false)
            .allow_udp(false)
            .allow_ip_name_lookup(false)
            .build();
        Self { ctx, table, http: context(), hooks: Hooks, exchanges: Exchanges::default(), stdout, stderr }
    }

    /// What the guest printed, as log entries.
    pub(crate) fn output(&self) -> impl Iterator<Item = (String, String)> + '_ {
        [("stdout", &self.stdout), ("stderr", &self.stderr)]
            .into_iter()
            .map(|(name, pipe)| (name.to_owned(), pipe.text()))
            .filter(|(_, text)| !text.is_empty())
    }
}

impl CallState {
    /// Made on first use where the scan of the imports missed it, so that a guest cannot bring the host down.
    pub(crate) fn wasi(&mut self) -> &mut Wasi {
        let budget = *self.meter.budget();
        self.wasi.get_or_insert_with(|| Box::new(Wasi::new(&budget)))
    }
}

impl WasiView for CallState {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        let wasi = self.wasi();
        WasiCtxView { ctx: &mut wasi.ctx, table: &mut wasi.table }
    }
}

/// Keeps the first bytes and swallows the rest: a guest that prints too much is cut short, not killed.
#[derive(Clone)]
struct Capped {
    capacity: usize,
    kept: Arc<Mutex<Vec<u8>>>,
}

impl Capped {
    fn new(capacity: usize) -> Self {
        Self { capacity, kept: Arc::default() }
    }

    fn keep(&self, bytes: &[u8]) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let room = self.capacity.saturating_sub(kept.len());
        kept.extend_from_slice(&bytes[..bytes.len().min(room)]);
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.kept.lock().unwrap_or_else(PoisonError::into_inner)).into_owned()
    }
}

impl IsTerminal for Capped {
    fn is_terminal(&self) -> bool {
        false
    }
}

impl StdoutStream for Capped {
    fn async_stream(&self) -> Box<dyn tokio::io::AsyncWrite + Send + Sync> {
        Box::new(self.clone())
    }

    fn p2_stream(&self) -> Box<dyn OutputStream> {
        Box::new(self.clone())
    }
}

impl tokio::io::AsyncWrite for Capped {
    fn poll_write(
        self: std::pin::Pin<&mut Self>,
        _cx: &mut std::task::Context<'_>,
        bytes: &[u8],
    ) -> std::task::Poll<std::io::Result<usize>> {
        self.keep(bytes);
        std::task::Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(
        self: std::pin::Pin<&mut Self>,
        _cx: &mut std::task::Context<'_>,
    ) -> std::task::Poll<std::io::Result<()>> {
        std::task::Poll::Ready(Ok(()))
    }

    fn poll_shutdown(
        self: std::pin::Pin<&mut Self>,
        _cx: &mut std::task::Context<'_>,
    ) -> std::task::Poll<std::io::Result<()>> {
        std::task::Poll::Ready(Ok(()))
    }
}

#[async_trait::async_trait]
impl OutputStream for Capped {
    fn write(&mut self, bytes: Bytes) -> StreamResult<()> {
        self.keep(&bytes);
        Ok(())
    }

    fn flush(&mut self) -> StreamResult<()> {
        Ok(())
    }

    fn check_write(&mut self) -> StreamResult<usize> {
        Ok(64 * 1024)
    }
}

#[async_trait::async_trait]
impl Pollable for Capped {
    async fn ready(&mut self) {}
}
