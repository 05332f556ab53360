//! The standard door: `wasi:http/outgoing-handler`, under the same policy, budget and trace as our own.
//!
//! Types and resources are those of `wasmtime-wasi-http`; its connector is not compiled in. `handle` is ours, so that it
//! counts, charges and traps as every other host function does.

mod convert;
mod exchange;
mod host;
#[cfg(test)]
mod tests;

pub(crate) use exchange::Exchanges;
pub(crate) use host::{Hooks, context};

use wasmtime::component::{Linker, Resource};
use wasmtime_wasi_http::RequestOptions;
use wasmtime_wasi_http::WasiHttp;
use wasmtime_wasi_http::WasiHttpView;
use wasmtime_wasi_http::p2::bindings::http::types;
use wasmtime_wasi_http::p2::types::HostOutgoingRequest;

use crate::CallState;

/// Any 0.2 a guest asks for is served by this one.
const OUTGOING_HANDLER: &str = "wasi:http/outgoing-handler@0.2.12";

/// `types` and `outgoing-handler`, and nothing else of `wasi:http`: guests do not serve.
pub(crate) fn add_to_linker(linker: &mut Linker<CallState>) -> wasmtime::Result<()> {
    types::add_to_linker::<CallState, WasiHttp>(linker, &types::LinkOptions::default(), CallState::http)?;
    linker.instance(OUTGOING_HANDLER)?.func_wrap(
        "handle",
        |mut store, (request, options): (Resource<HostOutgoingRequest>, Option<Resource<RequestOptions>>)| {
            Ok((store.data_mut().handle(request, options)?,))
        },
    )
}
