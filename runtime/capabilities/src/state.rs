//! What stands behind one call: the store's data.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use caisson_storage::tables::{Session, TableError, Tables};
use caisson_storage::vault::Vault;
use caisson_types::manifest::GrantId;
use caisson_types::{Budget, CallId, ModuleKey, Problem, Secret, ServiceId, TaskId, Timestamp, VersionId};
use uuid::Uuid;

use crate::bindings::caisson::module::types::Denied;
use crate::cpu_clock::CpuClock;
use crate::finished::Finished;
use crate::http::egress::{Egress, Ledger};
use crate::i18n::Strings;
use crate::limits::Limits;
use crate::log::Entry;
use crate::meter::{Exhausted, Limit, Meter};
use crate::ports::{PaymentsPort, ServicesPort, TasksPort};
use crate::trace::{Outcome, Trace};
use crate::wasi::Wasi;
use crate::{Granted, Redactor, Settings};

/// What all calls share; built once where the parts are put together.
pub struct Host {
    pub egress: Egress,
    pub services: Arc<dyn ServicesPort>,
    pub tasks: Arc<dyn TasksPort>,
    pub payments: Arc<dyn PaymentsPort>,
    /// Modules' own tables.
    pub tables: Arc<Tables>,
    pub vault: Arc<Vault>,
}

/// Who calls a guest, and what for.
#[derive(Clone, Debug)]
pub struct CallContext {
    pub id: CallId,
    pub task: Option<TaskId>,
    pub service: Option<ServiceId>,
    /// The request to the panel that it serves.
    pub request: Option<Uuid>,
    /// The event it is told of.
    pub event: Option<String>,
    /// Secrets in what the guest is called with: nothing it leaves behind shows them.
    pub secrets: Vec<Secret<String>>,
    /// Language of whoever will read the answer.
    pub locale: String,
    /// Whether all that the call does to the database is one transaction, kept only where it succeeds.
    pub whole: bool,
    /// Whether the module's tables may only grow: the version that serves works on them too.
    pub additive: bool,
    /// How many events led to this call.
    pub depth: u8,
}

impl Default for CallContext {
    fn default() -> Self {
        Self {
            id: CallId::new(),
            task: None,
            service: None,
            request: crate::request::current(),
            event: None,
            secrets: Vec::new(),
            locale: "en".to_owned(),
            whole: false,
            additive: false,
            depth: 0,
        }
    }
}

/// What a call of one version of a module needs to know; shared by all of its calls.
pub struct Behind {
    pub module: ModuleKey,
    /// Which of its versions: tasks that it queues run on the same.
    pub version: VersionId,
    pub granted: Granted,
    pub settings: Settings,
    /// Keys of service data that are kept encrypted.
    pub secret_service_keys: HashSet<String>,
    /// Keys of the permissions that the module declares.
    pub permissions: HashSet<String>,
    /// The module's own strings, parsed.
    pub strings: Strings,
}

/// Everything a store is made from.
pub struct CallSetup {
    pub host: Arc<Host>,
    pub behind: Arc<Behind>,
    pub context: CallContext,
    pub budget: Budget,
    /// Whether the component imports WASI: its context is only made for those that do.
    pub wasi: bool,
    pub cpu: Arc<CpuClock>,
}

/// The data of a store: everything host functions of one call may touch.
pub struct CallState {
    pub(crate) host: Arc<Host>,
    pub(crate) behind: Arc<Behind>,
    pub(crate) context: CallContext,
    pub(crate) meter: Meter,
    pub(crate) trace: Trace,
    pub(crate) redactor: Option<Redactor>,
    pub(crate) log: Vec<Entry>,
    pub(crate) limits: Limits,
    pub(crate) wasi: Option<Box<Wasi>>,
    pub(crate) deadline: Instant,
    /// How often each of `Granted::ids` was used, by place there.
    uses: Vec<(u16, u32)>,
    /// What left over the network; made when something does.
    ledger: Option<Ledger>,
    session: Option<Session>,
    cpu: Arc<CpuClock>,
}

impl CallState {
    #[must_use]
    pub fn new(setup: CallSetup) -> Self {
        let trace = Trace::new();
        Self {
            wasi: setup.wasi.then(|| Box::new(Wasi::new(&setup.budget))),
            limits: Limits::new(&setup.budget),
            deadline: trace.began() + Duration::from_millis(setup.budget.wall_ms),
            meter: Meter::new(setup.budget),
            trace,
            redactor: None,
            log: Vec::new(),
            session: None,
            uses: Vec::new(),
            ledger: None,
            host: setup.host,
            behind: setup.behind,
            context: setup.context,
            cpu: setup.cpu,
        }
    }

    /// Counts the host call that begins.
    ///
    /// # Errors
    /// A trap once the call has made more host calls than its budget allows.
    pub(crate) fn enter(&mut self) -> Result<Instant, Exhausted> {
        self.meter.host_call()?;
        Ok(Instant::now())
    }

    /// Puts a host call that ends on the trace.
    pub(crate) fn exit(
        &mut self,
        name: &'static str,
        since: Instant,
        outcome: Outcome,
        detail: Option<String>,
    ) {
        self.trace.record(name, since, outcome, detail);
        if let Some(session) = &self.session {
            self.cpu.transaction(session.open_for());
        }
    }

    /// Denies, naming the grant on the trace.
    pub(crate) fn deny(&mut self, name: &'static str, since: Instant, denied: &Denied) {
        self.exit(name, since, Outcome::Denied, Some(denied.grant.clone()));
    }

    /// One more use of the grant `kind` + `name`. Those that the network is reached by are noted in the ledger.
    pub(crate) fn used(&mut self, kind: &str, name: &str) {
        let is_it = |id: &GrantId| id.0.strip_prefix(kind) == Some(name);
        let Some(place) = self.behind.granted.ids.iter().position(is_it) else { return };
        let Ok(place) = u16::try_from(place) else { return };
        match self.uses.iter_mut().find(|(known, _)| *known == place) {
            Some((_, uses)) => *uses += 1,
            None => self.uses.push((place, 1)),
        }
    }

    /// Where requests note what they cost.
    pub(crate) fn ledger(&mut self) -> &Ledger {
        self.ledger.get_or_insert_default()
    }

    /// Called every epoch tick while the guest computes.
    ///
    /// # Errors
    /// A trap once the call's processor time is used up.
    pub fn check_cpu(&self) -> Result<(), Exhausted> {
        let spent = u64::try_from(self.cpu.spent().as_millis()).unwrap_or(u64::MAX);
        if spent >= self.meter.budget().cpu_ms {
            return Err(Exhausted(Limit::Cpu));
        }
        if self.cpu.holds_too_long() { Err(Exhausted(Limit::Transaction)) } else { Ok(()) }
    }

    /// The call's way to the database, with what time is left.
    pub(crate) fn session(&mut self) -> &mut Session {
        let left = self.time_left();
        let session = self.session.get_or_insert_with(|| {
            let session = self.host.tables.session(&self.behind.module);
            let session = if self.context.additive { session.additive() } else { session };
            if self.context.whole { session.whole() } else { session }
        });
        session.within(left);
        session
    }

    /// What a port is called with: the parts of the host, whose call it is, and the way to the database.
    pub(crate) fn acting(&mut self) -> (Arc<Host>, Arc<Behind>, &mut Session) {
        (Arc::clone(&self.host), Arc::clone(&self.behind), self.session())
    }

    /// Whether the call may wait for something outside of the panel.
    ///
    /// # Errors
    /// Why not, while the module holds a transaction: others would wait for it as long.
    pub(crate) fn may_wait(&self) -> Result<(), String> {
        match self.session.as_ref().and_then(Session::open_for) {
            None => Ok(()),
            Some(_) => Err("a transaction is open, and others would wait for it as long as the answer takes: commit it first".to_owned()),
        }
    }

    /// Ends what the call left open in the database.
    ///
    /// # Errors
    /// Where what should be kept could not be; then nothing is.
    pub async fn settle(&mut self, well: bool) -> Result<(), TableError> {
        let Some(session) = &mut self.session else { return Ok(()) };
        let since = Instant::now();
        if session.finish(well).await? {
            self.exit(
                "database.rollback",
                since,
                Outcome::Error,
                Some("the call ended with it open".to_owned()),
            );
        }
        Ok(())
    }

    /// The limiter of the store.
    pub fn limiter(&mut self) -> &mut dyn wasmtime::ResourceLimiter {
        &mut self.limits
    }

    /// The limit of memory or tables that the call ran into, if it did.
    #[must_use]
    pub fn limit_hit(&self) -> Option<Limit> {
        self.limits.hit()
    }

    /// Bytes of all memories at their largest.
    #[must_use]
    pub fn memory_used(&self) -> usize {
        self.limits.memory_used()
    }

    /// What is left of the call's wall clock.
    pub(crate) fn time_left(&self) -> Duration {
        self.deadline.saturating_duration_since(Instant::now())
    }

    /// Knows this call's secrets; made when the first text must be cleaned.
    pub(crate) fn redactor(&mut self) -> &mut Redactor {
        let secrets = &self.behind.settings.secrets;
        let given = &self.context.secrets;
        self.redactor.get_or_insert_with(|| Redactor::new(secrets.values().chain(given).cloned()))
    }

    /// The module's answer without secrets: it is logged, stored with the task, and shown.
    pub fn clean(&mut self, problem: &mut Problem) {
        let redactor = self.redactor();
        problem.message = redactor.text(&problem.message);
        for error in &mut problem.errors {
            error.message = redactor.text(&error.message);
        }
    }

    /// Takes apart what the call leaves behind. Nothing of it may be stored before it is [`Finished::redacted`].
    #[must_use]
    pub fn finish(mut self) -> Finished {
        if let Some(wasi) = self.wasi.take() {
            for (name, since, took, outcome, detail) in wasi.exchanges.ended() {
                self.trace.record_ended(name, since, took, outcome, detail);
            }
            for (action, text) in wasi.output() {
                self.log.push(Entry {
                    at: Timestamp::now(),
                    level: crate::log::Level::Debug,
                    action,
                    request: text,
                    response: String::new(),
                });
            }
        }
        if let Some(event) = self.context.event.take() {
            self.used("subscribe ", &event);
        }
        let (bytes_out, bytes_in) = self.ledger.as_ref().map(Ledger::bytes).unwrap_or_default();
        let reached = self.ledger.as_ref().map(Ledger::grants).unwrap_or_default();
        let denied = self.trace.denied();
        let (host_calls, omitted) = self.trace.into_parts();
        Finished {
            context: self.context,
            log: self.log,
            host_calls,
            omitted,
            denied,
            memory_bytes: self.limits.memory_used(),
            host_call_count: self.meter.host_calls(),
            bytes_out,
            bytes_in,
            uses: self.uses,
            reached,
            ledger: self.ledger,
            redactor: self.redactor,
            behind: self.behind,
        }
    }
}
