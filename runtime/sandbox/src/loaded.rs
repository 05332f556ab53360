//! A component ready to be called: imports resolved, exports found. Made once, shared by all calls.

use std::collections::HashMap;

use caisson_capabilities::CallState;
use metrics::{Counter, Histogram};
use wasmtime::component::{Component, ComponentExportIndex, InstancePre, Linker};

use crate::exports::{self, ExportName};

/// A component whose exports can be called.
pub struct Loaded {
    pub(crate) pre: InstancePre<CallState>,
    exports: HashMap<ExportName, ComponentExportIndex>,
    pub(crate) wasi: bool,
    pub(crate) meters: Meters,
}

/// Prometheus series of one module, looked up once.
pub(crate) struct Meters {
    pub(crate) ok: Counter,
    pub(crate) failed: Counter,
    pub(crate) seconds: Histogram,
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
        let module = module.to_owned();
        let meters = Meters {
            ok: metrics::counter!("caisson_calls_total", "module" => module.clone(), "outcome" => "ok"),
            failed: metrics::counter!("caisson_calls_total", "module" => module.clone(), "outcome" => "failed"),
            seconds: metrics::histogram!("caisson_call_seconds", "module" => module),
        };
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
