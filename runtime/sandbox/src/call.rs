//! The call itself.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use caisson_capabilities::capture::Capture;
use caisson_capabilities::contract::types::Problem as WitProblem;
use caisson_capabilities::http::egress::Egress;
use caisson_capabilities::{Behind, CallContext, CallSetup, CallState, CpuClock, Finished, Host, Limit};
use caisson_storage::tables::Tables;
use caisson_types::{Budget, FieldError, Problem, Secret, VersionId};
use futures::FutureExt;
use serde::Serialize;
use tokio::sync::Semaphore;
use wasmtime::component::{ComponentNamedList, Lift, Linker, Lower};
use wasmtime::{Store, UpdateDeadline};

use crate::artefact::Artefacts;
use crate::outcome::{Ended, Phase};
use crate::record::{CallRecord, Recorder};
use crate::tally::Spent;
use crate::{ArtefactError, CallError, Compiler, Engine, EngineConfig, Export, Failure, LoadError, Loaded};

/// What ending a transaction may take, even where the call's time is up.
const SETTLE_MIN: Duration = Duration::from_secs(2);

/// What a sandbox is made from.
pub struct SandboxConfig {
    pub engine: EngineConfig,
    /// Where compiled artefacts are kept.
    pub cache: PathBuf,
    /// Key of their MACs.
    pub key: Secret<[u8; 32]>,
    pub compiler: Compiler,
}

/// Parameters of an export: a tuple of the contract's types. Kept until the call has ended, since one that fails is recorded with them.
pub trait Parameters: ComponentNamedList + Lower + Clone + Serialize + Send + Sync + 'static {}
impl<P: ComponentNamedList + Lower + Clone + Serialize + Send + Sync + 'static> Parameters for P {}

/// What an export answers where it does not answer a problem.
pub trait Answer: Lift + Send + Sync + 'static {}
impl<R: Lift + Send + Sync + 'static> Answer for R {}

/// Runs guests.
pub struct Sandbox {
    engine: Engine,
    artefacts: Artefacts,
    linker: Linker<CallState>,
    slots: Semaphore,
    host: Arc<Host>,
    recorder: Recorder,
}

impl Sandbox {
    /// # Errors
    /// Where the machine cannot give the address space, or the cache's folder cannot be made.
    pub fn new(config: SandboxConfig, host: Arc<Host>, recorder: Recorder) -> wasmtime::Result<Self> {
        let engine = Engine::new(config.engine)?;
        let artefacts = Artefacts::new(&config.cache, &engine, config.key, config.compiler)?;
        let mut linker = Linker::new(&engine.inner);
        caisson_capabilities::add_to_linker(&mut linker)?;
        let slots = Semaphore::new(config.engine.instances as usize);
        Ok(Self { engine, artefacts, linker, slots, host, recorder })
    }

    /// The way out that guests have, for what the panel does on somebody's word.
    #[must_use]
    pub fn egress(&self) -> &Egress {
        &self.host.egress
    }

    /// Compiles a component when it is installed.
    ///
    /// # Errors
    /// What is wrong with it, in one sentence.
    pub async fn compile(&self, digest: &str, component: &[u8]) -> Result<(), ArtefactError> {
        self.artefacts.compile(digest, component).await
    }

    /// Loads what was compiled; never compiles. `module` labels its metrics.
    ///
    /// # Errors
    /// [`ArtefactError::Absent`] where the engine changed since.
    pub fn load(&self, digest: &str, module: &str) -> Result<Loaded, LoadError> {
        let component = self.artefacts.load(&self.engine, digest)?;
        Loaded::new(&self.linker, &component, module, self.recorder.tally(module))
    }

    /// Modules' own tables.
    #[must_use]
    pub fn tables(&self) -> &Arc<Tables> {
        &self.host.tables
    }

    /// Forgets a compiled component.
    pub fn forget(&self, digest: &str) {
        self.artefacts.remove(digest);
    }

    /// Calls a guest: a fresh instance, armed with `budget`, dropped when it is over.
    ///
    /// # Errors
    /// The module's problem, or why the sandbox ended the call.
    pub async fn call<P, R>(
        &self,
        target: Target<'_>,
        context: CallContext,
        budget: Budget,
        export: &Export<P, R>,
        parameters: P,
    ) -> Result<R, CallError>
    where
        P: Parameters,
        R: Answer,
    {
        let began = Instant::now();
        let wall = Duration::from_millis(budget.wall_ms);
        let Ok(Ok(_slot)) = tokio::time::timeout(wall, self.slots.acquire()).await else {
            return Err(Failure::Busy.into());
        };
        let cpu = Arc::new(CpuClock::new());
        let mut store = self.arm(target, context, budget, Arc::clone(&cpu));
        let kept = parameters.clone();
        let ended = {
            let call = std::pin::pin!(
                AssertUnwindSafe(enter(&mut store, target.loaded, export, parameters)).catch_unwind()
            );
            tokio::select! {
                ended = CpuTimed { cpu: &cpu, call } => Ok(ended),
                () = tokio::time::sleep(wall.saturating_sub(began.elapsed())) => Err(Limit::Wall),
                () = holding_too_long(&cpu) => Err(Limit::Transaction),
            }
        };
        let result = match ended {
            Err(limit) => Err(Failure::Exhausted(limit).into()),
            Ok(Err(panic)) => {
                tracing::error!(module = %target.behind.module, export = %name(export), panic = panic_message(panic.as_ref()), "a host function panicked");
                Err(Failure::Host.into())
            }
            Ok(Ok(Ok(Ok(value)))) => Ok(value),
            Ok(Ok(Ok(Err(problem)))) => {
                let mut problem = problem_from(problem);
                store.data_mut().clean(&mut problem);
                Err(CallError::Problem(problem))
            }
            Ok(Ok(Err(ended))) => {
                let failure = Failure::new(&ended, store.data().limit_hit());
                tracing::warn!(module = %target.behind.module, export = %name(export), error = format!("{:#}", ended.error), "a call failed");
                Err(failure.into())
            }
        };
        let result = settle(&mut store, target, result, wall.saturating_sub(began.elapsed())).await;
        let mut finished = store.into_data().finish();
        let capture = result.is_err().then(|| finished.capture(export.parameters, &kept));
        let spent = Spent { wall: began.elapsed(), cpu: cpu.spent(), failed: result.is_err() };
        self.report(target, export.name, finished, spent, result.as_ref().err(), capture).await;
        result
    }

    /// Makes one instance, calls nothing and drops it: what every call of the guest pays before it does anything.
    ///
    /// # Errors
    /// Why the sandbox ended it.
    pub async fn start_up(&self, target: Target<'_>, budget: Budget) -> Result<StartUp, Failure> {
        let wall = Duration::from_millis(budget.wall_ms);
        let Ok(Ok(_slot)) = tokio::time::timeout(wall, self.slots.acquire()).await else {
            return Err(Failure::Busy);
        };
        let cpu = Arc::new(CpuClock::new());
        let mut store = self.arm(target, CallContext::default(), budget, Arc::clone(&cpu));
        let started = {
            let call = std::pin::pin!(target.loaded.pre.instantiate_async(&mut store));
            tokio::time::timeout(wall, CpuTimed { cpu: &cpu, call }).await
        };
        match started {
            Ok(Ok(_)) => {
                let memory_bytes = store.into_data().finish().memory_bytes;
                Ok(StartUp { cpu: cpu.spent(), memory_bytes })
            }
            Ok(Err(error)) => {
                Err(Failure::new(&Ended { phase: Phase::Start, error }, store.data().limit_hit()))
            }
            Err(_) => Err(Failure::Exhausted(Limit::Wall)),
        }
    }

    /// The one place where a store gets its limits.
    fn arm(
        &self,
        target: Target<'_>,
        context: CallContext,
        budget: Budget,
        cpu: Arc<CpuClock>,
    ) -> Store<CallState> {
        let state = CallState::new(CallSetup {
            host: Arc::clone(&self.host),
            behind: Arc::clone(target.behind),
            context,
            budget,
            wasi: target.loaded.wasi,
            cpu,
        });
        let mut store = Store::new(&self.engine.inner, state);
        store.limiter(CallState::limiter);
        store.set_hostcall_fuel(budget.hostcall_bytes);
        store.set_max_component_handles(budget.handles);
        store.set_epoch_deadline(1);
        // Each tick a guest that computes gives way to others, and is stopped once its processor time is used up.
        store.epoch_deadline_callback(|context| {
            context.data().check_cpu()?;
            Ok(UpdateDeadline::Yield(1))
        });
        store
    }

    async fn report(
        &self,
        target: Target<'_>,
        export: (&'static str, &'static str),
        finished: Finished,
        spent: Spent,
        error: Option<&CallError>,
        capture: Option<Capture>,
    ) {
        let Spent { wall, cpu, .. } = spent;
        target.loaded.meters.count(&finished, spent);
        // A success that neither logged nor was denied anything is only a sample: nothing is made of it when the recorder does
        // not want it.
        let telling = error.is_some() || !finished.log.is_empty() || finished.denied > 0;
        if !telling && !self.recorder.wants_sample() {
            return;
        }
        let record = CallRecord::new(target, export, finished.redacted(), (wall, cpu), error, capture);
        self.recorder.record(record).await;
    }
}

/// What one instance takes before anything of it is called.
#[derive(Clone, Copy, Debug)]
pub struct StartUp {
    /// Time on a processor.
    pub cpu: Duration,
    /// Linear memory it has then.
    pub memory_bytes: usize,
}

/// Which guest is called, and what stands behind it.
#[derive(Clone, Copy)]
pub struct Target<'a> {
    pub version: VersionId,
    pub loaded: &'a Loaded,
    pub behind: &'a Arc<Behind>,
}

async fn enter<P, R>(
    store: &mut Store<CallState>,
    loaded: &Loaded,
    export: &Export<P, R>,
    parameters: P,
) -> Result<Result<R, WitProblem>, Ended>
where
    P: Parameters,
    R: Answer,
{
    let Some(index) = loaded.export(export.name) else {
        return Ok(Err(WitProblem {
            code: 501,
            message: format!("The module does not offer {}.", name(export)),
            errors: Vec::new(),
        }));
    };
    let at = |phase| move |error| Ended { phase, error };
    let instance = loaded.pre.instantiate_async(&mut *store).await.map_err(at(Phase::Start))?;
    let function = instance
        .get_typed_func::<P, (Result<R, WitProblem>,)>(&mut *store, index)
        .map_err(at(Phase::Find(export.name)))?;
    let (result,) = function.call_async(&mut *store, parameters).await.map_err(at(Phase::Run))?;
    Ok(result)
}

/// Returns once a call that waits has had a transaction open for longer than it may. One that computes is stopped by its epochs.
async fn holding_too_long(cpu: &CpuClock) {
    loop {
        // Calls are shorter than this, nearly all of them, and never come back here.
        tokio::time::sleep(CpuClock::TRANSACTION_MAX).await;
        if cpu.holds_too_long() {
            return;
        }
    }
}

/// Keeps or undoes what the call did in the database. A call whose transaction cannot be kept has failed, whatever it answered.
async fn settle<R>(
    store: &mut Store<CallState>,
    target: Target<'_>,
    result: Result<R, CallError>,
    left: Duration,
) -> Result<R, CallError> {
    let settled = tokio::time::timeout(left.max(SETTLE_MIN), store.data_mut().settle(result.is_ok())).await;
    match settled {
        Ok(Ok(())) => result,
        Ok(Err(error)) => {
            tracing::error!(module = %target.behind.module, error = &error as &dyn std::error::Error, "a call's transaction did not end well");
            result.and(Err(Failure::Host.into()))
        }
        Err(_) => result.and(Err(Failure::Exhausted(Limit::Wall).into())),
    }
}

fn name<P, R>(export: &Export<P, R>) -> String {
    format!("{}.{}", export.name.0, export.name.1)
}

fn problem_from(problem: WitProblem) -> Problem {
    // A module may answer any number; what is not an HTTP error is its mistake.
    let code = if (400..600).contains(&problem.code) { problem.code } else { 500 };
    let errors =
        problem.errors.into_iter().map(|error| FieldError { field: error.field, message: error.message });
    Problem::of_module(code, &problem.message, errors)
}

fn panic_message(panic: &(dyn std::any::Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message")
}

/// Measures the time spent inside polls: what a call uses of a processor.
struct CpuTimed<'a, F> {
    cpu: &'a CpuClock,
    call: F,
}

impl<F: Future + Unpin> Future for CpuTimed<'_, F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        self.cpu.enter();
        let polled = Pin::new(&mut self.call).poll(cx);
        self.cpu.leave();
        polled
    }
}
