//! One call, for whoever wrote the module: all that is known of it, in one document without secrets; of one that failed also what it
//! takes to make it again, as a scenario.

mod rows;
mod scenario;
mod when;

use caisson_capabilities::Redactor;
use caisson_capabilities::capture::Capture;
use caisson_storage::calls::Call;
use caisson_storage::{PageQuery, StorageError, calls, captures, grants, module_log, modules};
use caisson_types::manifest::GrantId;
use caisson_types::{Budget, CallId, Timestamp};
use serde::Serialize;
use serde_json::Value;

use crate::active::read_manifest;
use crate::{Registry, RegistryError, Result};

pub use rows::as_document;

/// Version of a bundle's shape.
pub const BUNDLE_FORMAT: u32 = 2;

/// Log lines of one bundle: a call's log budget allows few more.
const LINES: u64 = PageQuery::MOST;

#[derive(Clone, Debug, Serialize)]
pub struct Bundle {
    /// Version of this document's shape.
    pub format: u32,
    /// The panel's own version.
    pub panel: &'static str,
    pub made_at: Timestamp,
    pub module: BundledModule,
    pub call: BundledCall,
    /// What the call was allowed to use.
    pub budget: Budget,
    pub grants: BundledGrants,
    pub log: Vec<BundledLine>,
    /// What the guest was called with, and what was said over HTTP; none of a call that ended well.
    pub captured: Option<Capture>,
    /// The call as a scenario, in the shape of `tests/*.toml`.
    pub scenario: Option<Value>,
    /// Why there is none.
    pub no_scenario: Option<String>,
    /// What the scenario lacks, a sentence each.
    pub left_out: Vec<String>,
}

#[derive(Clone, Debug, Serialize)]
pub struct BundledModule {
    pub key: String,
    /// None where the version was deleted since.
    pub version: Option<String>,
    pub digest: Option<String>,
    pub contract: Option<String>,
}

#[derive(Clone, Debug, Serialize)]
pub struct BundledCall {
    pub id: CallId,
    pub export: String,
    pub at: Timestamp,
    pub outcome: String,
    pub message: Option<String>,
    pub wall_us: u64,
    pub cpu_us: u64,
    pub memory_bytes: u64,
    pub host_call_count: u64,
    pub omitted: u64,
    pub denied: u64,
    pub bytes_out: u64,
    pub bytes_in: u64,
    /// Whether it ran as a task, served a request, or concerned a service; which one is nobody else's business.
    pub task: bool,
    pub request: bool,
    pub service: bool,
    pub host_calls: Value,
}

#[derive(Clone, Debug, Default, Serialize)]
pub struct BundledGrants {
    pub asked: Vec<GrantId>,
    pub approved: Vec<GrantId>,
    pub used: Vec<String>,
}

#[derive(Clone, Debug, Serialize)]
pub struct BundledLine {
    pub at: Timestamp,
    pub level: String,
    pub action: String,
    pub request: String,
    pub response: String,
}

impl Registry {
    /// The bundle of a call that is still kept. What was stored is redacted already; it is cleaned once more of the secrets that
    /// the module has now.
    ///
    /// # Errors
    /// Where the call is not kept.
    pub async fn bundle(&self, id: CallId) -> Result<Bundle> {
        let mut conn = self.db.conn().await?;
        let call = calls::by_id(&mut conn, id).await.map_err(|error| match error {
            StorageError::Missing => RegistryError::UnknownCall(id),
            other => other.into(),
        })?;
        let filter = module_log::LogFilter { call: Some(id), ..module_log::LogFilter::default() };
        let mut lines = module_log::page(&mut conn, &filter, &PageQuery::first(LINES)).await?.items;
        lines.reverse();
        let versions = modules::versions_of(&mut conn, &call.module).await?;
        let version = versions.into_iter().find(|version| version.id == call.version);
        let approved = grants::of(&mut conn, call.version).await?;
        let captured = captures::of(&mut conn, id).await?;
        let captured = captured.and_then(|captured| serde_json::from_value::<Capture>(captured).ok());
        drop(conn);
        let manifest = version.as_ref().map(read_manifest).transpose()?;
        let settings = match &manifest {
            Some(manifest) => self.load_settings(&call.module, manifest).await?,
            None => Default::default(),
        };
        let redactor = Redactor::new(settings.secrets.values().cloned());
        let remade = match (&manifest, &captured) {
            (Some(manifest), Some(capture)) => {
                let known =
                    scenario::Known { call: &call, manifest, settings: &settings, approved: &approved };
                self.remade(known, capture, &redactor).await?
            }
            (None, _) => Err("the version that was called was deleted since".to_owned()),
            (_, None) if call.outcome == "ok" => Err("the call ended well".to_owned()),
            (_, None) => Err("what it was called with is not kept any more".to_owned()),
        };
        let (scenario, no_scenario, left_out) = match remade {
            Ok(remade) => (Some(remade.scenario), None, remade.left_out),
            Err(why) => (None, Some(why), Vec::new()),
        };
        let captured = captured.map(|capture| scenario::nameless(&capture));
        let asked = manifest.as_ref().map_or(Default::default(), |manifest| manifest.capabilities.budget);
        let budgets = asked.apply(&self.cap);
        let requests = manifest.as_ref().map(|manifest| manifest.requests()).unwrap_or_default();
        Ok(Bundle {
            format: BUNDLE_FORMAT,
            panel: env!("CARGO_PKG_VERSION"),
            made_at: Timestamp::now(),
            module: BundledModule {
                key: call.module.to_string(),
                version: version.as_ref().map(|version| version.version.to_string()),
                digest: version.map(|version| version.digest),
                contract: manifest.as_ref().map(|manifest| manifest.contract.to_string()),
            },
            budget: if call.task_id.is_some() { budgets.task } else { budgets.page },
            grants: BundledGrants {
                asked: requests.into_iter().map(|request| request.id).collect(),
                approved,
                used: call.grants.clone(),
            },
            log: lines
                .into_iter()
                .map(|line| BundledLine {
                    at: line.at,
                    level: line.level,
                    action: redactor.text(&line.action),
                    request: redactor.text(&line.request),
                    response: redactor.text(&line.response),
                })
                .collect(),
            call: bundled(call, &redactor),
            captured,
            scenario,
            no_scenario,
            left_out,
        })
    }
}

fn bundled(call: Call, redactor: &Redactor) -> BundledCall {
    let mut host_calls = call.host_calls;
    for step in host_calls.as_array_mut().into_iter().flatten() {
        if let Some(Value::String(detail)) = step.get_mut("detail") {
            *detail = redactor.text(detail);
        }
    }
    BundledCall {
        id: call.id,
        export: call.export,
        at: call.at,
        outcome: call.outcome,
        message: call.message.map(|message| redactor.text(&message)),
        wall_us: call.wall_us,
        cpu_us: call.cpu_us,
        memory_bytes: call.memory_bytes,
        host_call_count: call.host_call_count,
        omitted: call.omitted,
        denied: call.denied,
        bytes_out: call.bytes_out,
        bytes_in: call.bytes_in,
        task: call.task_id.is_some(),
        request: call.request_id.is_some(),
        service: call.service_id.is_some(),
        host_calls,
    }
}
