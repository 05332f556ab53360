//! What a component costs before it does anything: its size, its compilation, its start.

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use caisson_capabilities::http::egress::EgressConfig;
use caisson_capabilities::i18n::Strings;
use caisson_capabilities::{Behind, Granted, Settings};
use caisson_package::archive::MAX_COMPONENT_BYTES;
use caisson_panel::{Panel, PanelConfig};
use caisson_registry::Signatures;
use caisson_sandbox::{
    ArtefactError, CompileError, Compiler, EngineConfig, Failure, RecorderConfig, Sandbox, StartUp, Target,
};
use caisson_storage::{Db, Vault};
use caisson_types::{Budget, Budgets, Manifest, Secret, VersionId};
use serde::Serialize;

use super::CheckError;
use super::codes::Code;
use super::finding::Finding;

/// Share of the size that is allowed, in hundredths. Python with its interpreter has 56.
pub(super) const COMPONENT_PERCENT: usize = 75;
/// Half of what compilation may take: a slower machine, or one more library, and it is refused.
pub(super) const COMPILE_CPU: Duration = Duration::from_secs(Compiler::CPU_LIMIT.as_secs() / 2);
/// A hundredth of what a page may take. An interpreter needs 1 ms.
pub(super) const START_CPU: Duration = Duration::from_millis(10);
/// Share of the memory that a page may have, in hundredths.
pub(super) const START_MEMORY_PERCENT: usize = 50;
/// Instances of which the quickest counts: the first one pays for pages that the others find.
const STARTS: usize = 5;

/// What was measured.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Cost {
    pub component_bytes: usize,
    /// Of [`MAX_COMPONENT_BYTES`].
    pub component_percent: usize,
    /// Machine code that it becomes.
    pub artefact_bytes: u64,
    /// Time on processors.
    pub compile_cpu_ms: u64,
    /// Time on the clock.
    pub compile_wall_ms: u64,
    /// Time on a processor that one instance takes.
    pub start_cpu_us: u64,
    /// Memory that an instance begins with.
    pub start_memory_bytes: usize,
}

/// Compiles the component as an installation does, and makes instances of it in a sandbox of its own. A finding where that cannot be.
pub(super) async fn measure(
    component: &[u8],
    manifest: &Manifest,
    compiler: Compiler,
) -> Result<Result<Cost, Finding>, CheckError> {
    let folder = tempfile::tempdir().map_err(CheckError::sandbox)?;
    let sandbox = sandbox(folder.path(), compiler).await?;
    let (began, before) = (Instant::now(), children_cpu());
    match sandbox.compile(DIGEST, component).await {
        Ok(()) => {}
        Err(ArtefactError::Compile(error @ (CompileError::Refused(_) | CompileError::Limits))) => {
            return Ok(Err(Finding::new(Code::NotCompiled, error.to_string(), "")));
        }
        Err(error) => return Err(CheckError::sandbox(error)),
    }
    let (wall, cpu) = (began.elapsed(), children_cpu().saturating_sub(before));
    Ok(start(&sandbox, manifest).await.map(|started| Cost {
        component_bytes: component.len(),
        component_percent: component.len() * 100 / MAX_COMPONENT_BYTES,
        artefact_bytes: artefact_bytes(folder.path()),
        compile_cpu_ms: u64::try_from(cpu.as_millis()).unwrap_or(u64::MAX),
        compile_wall_ms: u64::try_from(wall.as_millis()).unwrap_or(u64::MAX),
        start_cpu_us: u64::try_from(started.cpu.as_micros()).unwrap_or(u64::MAX),
        start_memory_bytes: started.memory_bytes,
    }))
}

/// What is too much of it.
pub(super) fn judge(cost: &Cost, manifest: &Manifest) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut told = |code, message: String, mend: &str| findings.push(Finding::new(code, message, mend));
    if cost.component_percent > COMPONENT_PERCENT {
        let (percent, mib) = (cost.component_percent, MAX_COMPONENT_BYTES >> 20);
        let message = format!("the component has {percent} % of the {mib} MiB that are allowed");
        told(Code::LargeComponent, message, "leave out what the module does not use");
    }
    let compile = Duration::from_millis(cost.compile_cpu_ms);
    if compile > COMPILE_CPU {
        let message = format!("compiling takes {} s of processor time", compile.as_secs());
        told(Code::SlowCompilation, message, "leave out what the module does not use");
    }
    let start = Duration::from_micros(cost.start_cpu_us);
    if start > START_CPU {
        let message = format!("an instance takes {} ms of processor time, on every call", start.as_millis());
        told(Code::SlowStart, message, "do at build time, or when asked, what is done at the start");
    }
    let (memory, allowed) = (cost.start_memory_bytes, page(manifest).memory_bytes);
    if memory * 100 > allowed * START_MEMORY_PERCENT {
        let message = format!("an instance begins with {} of its {} MiB", memory >> 20, allowed >> 20);
        told(Code::LargeStart, message, "make what it reserves smaller, such as its arena");
    }
    findings
}

/// What a page of the module may use.
fn page(manifest: &Manifest) -> Budget {
    manifest.capabilities.budget.apply(&Budgets::default()).page
}

/// Names the one component of its sandbox.
const DIGEST: &str = "checked";
const CACHE: &str = "artefacts";

/// The quickest of some instances.
async fn start(sandbox: &Sandbox, manifest: &Manifest) -> Result<StartUp, Finding> {
    let not_started = |error: String| {
        let mend = "see what the module does before it is called: constructors, globals, a start function";
        Finding::new(Code::NotStarted, format!("no instance can be made: {error}"), mend)
    };
    let key = manifest.key();
    let loaded = sandbox.load(DIGEST, &key.to_string()).map_err(|error| not_started(error.to_string()))?;
    let version = VersionId::new();
    let behind = Arc::new(Behind {
        module: key,
        version,
        granted: Granted::default(),
        settings: Settings::default(),
        secret_service_keys: HashSet::new(),
        permissions: HashSet::new(),
        strings: Strings::default(),
    });
    let target = Target { version, loaded: &loaded, behind: &behind };
    let start = || sandbox.start_up(target, page(manifest));
    let failed = |failure: Failure| not_started(failure.to_string());
    let mut best = start().await.map_err(failed)?;
    for _ in 1..STARTS {
        let next = start().await.map_err(failed)?;
        if next.cpu < best.cpu {
            best = next;
        }
    }
    Ok(best)
}

/// The sandbox of a panel of its own, all of it below `folder`.
async fn sandbox(folder: &Path, compiler: Compiler) -> Result<Arc<Sandbox>, CheckError> {
    let failed = CheckError::sandbox;
    let db =
        Db::connect(&format!("sqlite:{}", folder.join("panel.db").display()), 2).await.map_err(failed)?;
    db.migrate().await.map_err(CheckError::sandbox)?;
    let panel = Panel::new(PanelConfig {
        db,
        vault: Arc::new(Vault::new(Secret::new(vec![0; 32])).map_err(CheckError::sandbox)?),
        packages: folder.join("packages"),
        artefacts: folder.join(CACHE),
        compiler,
        engine: EngineConfig { instances: 1, ..EngineConfig::default() },
        egress: EgressConfig::default(),
        recorder: RecorderConfig::default(),
        watch: None,
        signatures: Signatures::Off,
        public_url: crate::stage::PUBLIC_URL.to_owned(),
    });
    Ok(panel.await.map_err(CheckError::sandbox)?.sandbox)
}

/// Size of what was compiled; the cache has a folder for each engine.
fn artefact_bytes(folder: &Path) -> u64 {
    let engines = std::fs::read_dir(folder.join(CACHE)).into_iter().flatten().flatten();
    let sizes =
        engines.filter_map(|engine| std::fs::metadata(engine.path().join(format!("{DIGEST}.cwasm"))).ok());
    sizes.map(|found| found.len()).sum()
}

/// Processor time of all children that have ended, as the system counts it: in hundredths of a second. Nothing where it does not say.
fn children_cpu() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The program's name, in brackets, may hold anything; the fields after it are numbered from three.
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |field: usize| fields.get(field - 3).and_then(|text| text.parse::<u64>().ok()).unwrap_or(0);
    Duration::from_millis((ticks(16) + ticks(17)) * 10)
}
