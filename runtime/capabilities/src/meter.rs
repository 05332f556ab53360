//! What a call has used of its budget.

use caisson_types::Budget;

/// A limit of the budget that a call ran into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    Cpu,
    Wall,
    Memory,
    Tables,
    HostCalls,
    HostCallData,
    Handles,
    HttpRequests,
    Statements,
    Transaction,
    Mails,
    Notifications,
    Tasks,
    Crypto,
}

impl Limit {
    /// What to call it in a sentence.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Limit::Cpu => "processor time",
            Limit::Wall => "time",
            Limit::Memory => "memory",
            Limit::Tables => "table space",
            Limit::HostCalls => "host calls",
            Limit::HostCallData => "data for one host call",
            Limit::Handles => "handles",
            Limit::HttpRequests => "HTTP requests",
            Limit::Statements => "database statements",
            Limit::Transaction => "time for one transaction",
            Limit::Mails => "mails",
            Limit::Notifications => "notifications",
            Limit::Tasks => "tasks",
            Limit::Crypto => "bytes for cryptography",
        }
    }
}

/// The trap of a call that used up a limit it cannot go on without.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the call used up its {}", .0.name())]
pub struct Exhausted(pub Limit);

/// Notifications of one call. Who tells more people at once tells them through a task.
const NOTIFICATIONS_MAX: u32 = 50;

/// Counts down one call's budget.
#[derive(Debug)]
pub struct Meter {
    budget: Budget,
    host_calls: u64,
    http_requests: u32,
    statements: u32,
    mails: u32,
    notifications: u32,
    log_bytes: usize,
    tasks: u32,
    crypto_bytes: u64,
}

impl Meter {
    #[must_use]
    pub fn new(budget: Budget) -> Self {
        Self {
            budget,
            host_calls: 0,
            http_requests: 0,
            statements: 0,
            mails: 0,
            notifications: 0,
            log_bytes: 0,
            tasks: 0,
            crypto_bytes: 0,
        }
    }

    #[must_use]
    pub fn budget(&self) -> &Budget {
        &self.budget
    }

    /// One more host call of any kind. Past the limit the guest traps: a guest that ignores refusals must not go on forever.
    pub(crate) fn host_call(&mut self) -> Result<(), Exhausted> {
        self.host_calls += 1;
        if self.host_calls > self.budget.host_calls { Err(Exhausted(Limit::HostCalls)) } else { Ok(()) }
    }

    /// One more HTTP request, redirect hop or probe.
    pub(crate) fn http_request(&mut self) -> Result<(), Exhausted> {
        self.http_requests += 1;
        if self.http_requests > self.budget.http_requests {
            Err(Exhausted(Limit::HttpRequests))
        } else {
            Ok(())
        }
    }

    /// One more statement to the database.
    pub(crate) fn statement(&mut self) -> Result<(), Exhausted> {
        self.statements += 1;
        if self.statements > self.budget.statements { Err(Exhausted(Limit::Statements)) } else { Ok(()) }
    }

    pub(crate) fn mail(&mut self) -> Result<(), Exhausted> {
        self.mails += 1;
        if self.mails > self.budget.mails { Err(Exhausted(Limit::Mails)) } else { Ok(()) }
    }

    /// As many notifications more: one of a call goes to as many people as it is for.
    pub(crate) fn notifications(&mut self, people: usize) -> Result<(), Exhausted> {
        let sent = usize::try_from(self.notifications).unwrap_or(usize::MAX).saturating_add(people);
        self.notifications = u32::try_from(sent).unwrap_or(u32::MAX);
        if self.notifications > NOTIFICATIONS_MAX { Err(Exhausted(Limit::Notifications)) } else { Ok(()) }
    }

    /// How many of `wanted` bytes of log may still be kept.
    pub(crate) fn log(&mut self, wanted: usize) -> usize {
        let left = self.budget.log_bytes - self.log_bytes;
        let taken = wanted.min(left);
        self.log_bytes += taken;
        taken
    }

    pub(crate) fn task(&mut self) -> Result<(), Exhausted> {
        self.tasks += 1;
        if self.tasks > self.budget.tasks { Err(Exhausted(Limit::Tasks)) } else { Ok(()) }
    }

    pub(crate) fn crypto(&mut self, bytes: usize) -> Result<(), Exhausted> {
        self.crypto_bytes = self.crypto_bytes.saturating_add(bytes as u64);
        if self.crypto_bytes > self.budget.crypto_bytes { Err(Exhausted(Limit::Crypto)) } else { Ok(()) }
    }

    #[must_use]
    pub fn host_calls(&self) -> u64 {
        self.host_calls
    }
}
