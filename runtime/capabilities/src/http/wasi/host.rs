use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use caisson_types::manifest::Method;
use http::HeaderName;
use http::header::{ACCEPT_ENCODING, CONTENT_LENGTH};
use wasmtime::component::Resource;
use wasmtime_wasi::WasiView;
use wasmtime_wasi::runtime::{AbortOnDropJoinHandle, spawn};
use wasmtime_wasi_http::p2::bindings::http::types::ErrorCode;
use wasmtime_wasi_http::p2::body::HyperIncomingBody;
use wasmtime_wasi_http::p2::types::{HostFutureIncomingResponse, HostOutgoingRequest};
use wasmtime_wasi_http::{
    Error, ForbiddenHeaderFilter, RequestOptions, WasiBody, WasiHttpCtx, WasiHttpCtxView, WasiHttpHooks,
    WasiHttpView,
};

use super::convert::{self, Converted, Unsendable};
use super::exchange::{Exchange, NAME};
use crate::Behind;
use crate::http::denial::explain;
use crate::http::egress::{self, Egress, EgressError, Ledger, Request, Timeouts};
use crate::http::host::{CONNECT_TIMEOUT, TIMEOUT, without_query};
use crate::trace::Outcome;
use crate::{CallState, meter};

/// Memory of one `fields`: more than the policy lets through, and little enough that as many as a call may hold are bearable.
const FIELDS_MAX: usize = 48 * 1024;
/// What a request's body holds back while nobody reads it, once as a chunk written and once as one accepted.
const CHUNK: usize = 16 * 1024;

/// The part of `wasi:http`'s context that is the same for every call.
pub(crate) fn context() -> WasiHttpCtx {
    let mut context = WasiHttpCtx::new();
    context.set_field_size_limit(FIELDS_MAX);
    context
}

/// Where this host differs from what `wasmtime-wasi-http` would do.
pub(crate) struct Hooks;

/// The guest states its body's length, and is held to it; how answers are coded is the host's affair, whatever it says.
fn is_forbidden(name: &HeaderName) -> bool {
    egress::is_reserved(name) && ![CONTENT_LENGTH, ACCEPT_ENCODING].contains(name)
}

type Sent = wasmtime_wasi_http::Result<(http::Response<WasiBody>, Ending)>;
type Ending = Box<dyn Future<Output = Result<(), Error>> + Send>;

impl WasiHttpHooks for Hooks {
    fn is_forbidden_header(&mut self, name: &HeaderName) -> bool {
        is_forbidden(name)
    }

    fn forbidden_header_filter(&mut self) -> ForbiddenHeaderFilter {
        Arc::new(is_forbidden)
    }

    fn p2_outgoing_body_chunk_size(&mut self) -> usize {
        CHUNK
    }

    /// Only that crate's own `handle` would call it, which is not linked.
    fn send_request(
        &mut self,
        _: http::Request<WasiBody>,
        _: Option<RequestOptions>,
        _: Ending,
    ) -> Box<dyn Future<Output = Sent> + Send> {
        Box::new(async { Err(Error::HttpRequestDenied) })
    }
}

impl WasiHttpView for CallState {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        let wasi = self.wasi();
        WasiHttpCtxView { hooks: &mut wasi.hooks, table: &mut wasi.table, ctx: &mut wasi.http }
    }
}

impl CallState {
    /// Begins a request. What becomes of it, a denial included, the guest learns from the future it gets.
    pub(super) fn handle(
        &mut self,
        request: Resource<HostOutgoingRequest>,
        options: Option<Resource<RequestOptions>>,
    ) -> wasmtime::Result<Result<Resource<HostFutureIncomingResponse>, ErrorCode>> {
        let since = self.enter()?;
        let table = WasiView::ctx(self).table;
        let options = options.map(|options| table.delete(options)).transpose()?.unwrap_or_default();
        let request = table.delete(request)?;
        let pending = match self.begin(since, request, options) {
            Ok(pending) => pending,
            Err(Unsendable { code, why }) => {
                self.exit(NAME, since, Outcome::Error, Some(why));
                return Ok(Err(code));
            }
        };
        Ok(Ok(WasiView::ctx(self).table.push(pending)?))
    }

    fn begin(
        &mut self,
        since: Instant,
        request: HostOutgoingRequest,
        options: RequestOptions,
    ) -> Result<HostFutureIncomingResponse, Unsendable> {
        let request = convert::convert(request)?;
        self.may_wait()
            .map_err(|why| Unsendable { code: ErrorCode::InternalError(Some(why.clone())), why })?;
        self.meter.http_request().map_err(|error: meter::Exhausted| {
            let why = error.to_string();
            Unsendable { code: ErrorCode::InternalError(Some(why.clone())), why }
        })?;
        let left = self.time_left();
        let within = |asked: Option<Duration>, default: Duration| asked.unwrap_or(default).min(left);
        let sending = Sending {
            egress: self.host.egress.clone(),
            behind: Arc::clone(&self.behind),
            timeouts: Timeouts {
                connect: within(options.connect_timeout, CONNECT_TIMEOUT),
                first_byte: within(options.first_byte_timeout, TIMEOUT),
                between_bytes: within(options.between_bytes_timeout, TIMEOUT),
                total: left,
            },
            cap: self.meter.budget().http_response_bytes,
            ledger: self.ledger().clone(),
            exchange: self
                .wasi()
                .exchanges
                .begin(since, format!("{} {}", request.method, without_query(&request.url))),
        };
        Ok(HostFutureIncomingResponse::Pending(spawn(sending.send(request))))
    }
}

/// A request on its way, apart from the call that began it.
pub(super) struct Sending {
    pub(super) egress: Egress,
    pub(super) behind: Arc<Behind>,
    pub(super) timeouts: Timeouts,
    /// Bytes of the request's body, and of the answer's.
    pub(super) cap: u64,
    pub(super) ledger: Ledger,
    pub(super) exchange: Exchange,
}

impl Sending {
    /// The answer, and what must live as long as its body.
    pub(super) async fn send(
        self,
        request: Converted,
    ) -> wasmtime_wasi_http::Result<(http::Response<HyperIncomingBody>, AbortOnDropJoinHandle<()>)> {
        let Converted { method, url, headers, length, body } = request;
        let over = Arc::new(AtomicBool::new(false));
        let gathered = convert::payload(body, length, self.cap, Arc::clone(&over));
        let body = tokio::time::timeout(self.timeouts.total, gathered)
            .await
            .unwrap_or(Err(Error::ConnectionWriteTimeout))
            .inspect_err(|error| self.exchange.failed(error.to_string()))?;
        let outbound = Request {
            method,
            url: url.clone(),
            headers,
            body,
            credential: None,
            timeouts: self.timeouts,
            // The guest follows them itself, and each hop is a request of its own.
            max_redirects: 0,
            max_response_bytes: self.cap,
            ledger: self.ledger.clone(),
        };
        let behind = &self.behind;
        // Charged when it began, where the meter is.
        let module = behind.module.to_string();
        let opened = self.egress.open(&module, &behind.granted.http, outbound, &mut || Ok(())).await;
        match opened {
            Ok(answer) => {
                self.exchange.answered(answer.status);
                let (body, worker) = convert::incoming(answer.body, self.exchange);
                let mut response = http::Response::new(body);
                *response.status_mut() =
                    http::StatusCode::from_u16(answer.status).map_err(|_| Error::HttpProtocolError)?;
                *response.headers_mut() = answer.headers;
                Ok((response, worker))
            }
            Err(error) => Err(self.refused(&url, method, error, over.load(Ordering::Relaxed))),
        }
    }

    fn refused(&self, url: &str, method: Method, error: EgressError, over: bool) -> Error {
        if over {
            let error = Error::HttpRequestBodySize(Some(self.cap));
            self.exchange.failed(error.to_string());
            return error;
        }
        let code = convert::error_code(&error);
        match error {
            EgressError::Denied { grant, reason } => {
                let denied = explain(&self.behind.granted, url, method, grant, reason);
                self.exchange.denied(denied.grant);
            }
            other => self.exchange.failed(other.to_string()),
        }
        code
    }
}
