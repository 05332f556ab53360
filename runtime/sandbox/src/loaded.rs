//! A component ready to be called: imports resolved, exports found. Made once, shared by all calls.

use std::collections::HashMap;
use std::sync::Arc;

use caisson_capabilities::{CallState, Finished};
use metrics::{Counter, Histogram};
use wasmtime::component::{Component, ComponentExportIndex, InstancePre, Linker};

use crate::exports::{self, ExportName};
use crate::tally::{Spent, Tally};

/// A component whose exports can be called.
pub struct Loaded {
    pub(crate) pre: InstancePre<CallState>,
    exports: HashMap<ExportName, ComponentExportIndex>,
    pub(crate) wasi: bool,
    pub(crate) meters: Meters,
}

/// Prometheus series of one module, looked up once, and what is written down of its calls by the hour.
pub(crate) struct Meters {
    ok: Counter,
    failed: Counter,
    seconds: Histogram,
    cpu_us: Counter,
    host_calls: Counter,
    denied: Counter,
    bytes_out: Counter,
    bytes_in: Counter,
    tally: Arc<Tally>,
}

impl Meters {
    fn new(module: &str, tally: Arc<Tally>) -> Self {
        let module = module.to_owned();
        Self {
            ok: metrics::counter!("caisson_calls_total", "module" => module.clone(), "outcome" => "ok"),
            failed: metrics::counter!("caisson_calls_total", "module" => module.clone(), "outcome" => "failed"),
            seconds: metrics::histogram!("caisson_call_seconds", "module" => module.clone()),
            cpu_us: metrics::counter!("caisson_call_cpu_microseconds_total", "module" => module.clone()),
            host_calls: metrics::counter!("caisson_host_calls_total", "module" => module.clone()),
            denied: metrics::counter!("caisson_host_calls_denied_total", "module" => module.clone()),
            bytes_out: metrics::counter!("caisson_egress_bytes_total", "module" => module.clone(), "direction" => "out"),
            bytes_in: metrics::counter!("caisson_egress_bytes_total", "module" => module, "direction" => "in"),
            tally,
        }
    }

    /// One more call.
    pub(crate) fn count(&self, finished: &Finished, spent: Spent) {
        if spent.failed { &self.failed } else { &self.ok }.increment(1);
        self.seconds.record(spent.wall.as_secs_f64());
        self.cpu_us.increment(u64::try_from(spent.cpu.as_micros()).unwrap_or(u64::MAX));
        self.host_calls.increment(finished.host_call_count);
        if finished.denied > 0 {
            self.denied.increment(finished.denied);
        }
        if finished.bytes_out > 0 {
            self.bytes_out.increment(finished.bytes_out);
            self.bytes_in.increment(finished.bytes_in);
        }
        self.tally.count(finished, spent);
    }
}

/// Why a component cannot be called.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    #[error(transparent)]
    Artefact(#[from] crate::ArtefactError),
    /// Its imports are not what the host offers, or it wants more than any call may have.
    #[error("the component does not fit this host: {0}")]
    Unfit(String),
}

impl LoadError {
    pub(crate) fn unfit(error: &wasmtime::Error) -> Self {
        Self::Unfit(format!("{error:#}").replace('\n', " "))
    }
}

impl Loaded {
    pub(crate) fn new(
        linker: &Linker<CallState>,
        component: &Component,
        module: &str,
        tally: Arc<Tally>,
    ) -> Result<Self, LoadError> {
        let pre = linker.instantiate_pre(component).map_err(|error| LoadError::unfit(&error))?;
        let mut found = HashMap::new();
        for (interface, functions) in exports::ALL {
            let name = exports::qualified(interface);
            let Some(instance) = component.get_export_index(None, &name) else { continue };
            for function in *functions {
                if let Some(index) = component.get_export_index(Some(&instance), function) {
                    found.insert((*interface, *function), index);
                }
            }
        }
        let wasi =
            component.component_type().imports(component.engine()).any(|(name, _)| name.starts_with("wasi:"));
        let meters = Meters::new(module, tally);
        Ok(Self { pre, exports: found, wasi, meters })
    }

    pub(crate) fn export(&self, name: ExportName) -> Option<&ComponentExportIndex> {
        self.exports.get(&name)
    }

    /// Whether the component exports the function.
    #[must_use]
    pub fn has<P, R>(&self, export: &crate::Export<P, R>) -> bool {
        self.exports.contains_key(&export.name)
    }
}
