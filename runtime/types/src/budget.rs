//! What one call may use. A module asks in its manifest; an administrator caps; the sandbox enforces.

use serde::{Deserialize, Serialize};

/// The limits of one call. Every field is enforced, and its breach is named in the call's outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Budget {
    /// Time on a processor, in milliseconds.
    pub cpu_ms: u64,
    /// Time on the clock, host calls included, in milliseconds.
    pub wall_ms: u64,
    /// Bytes of all linear memories together.
    pub memory_bytes: usize,
    /// Elements of all tables together.
    pub table_elements: usize,
    /// Bytes that may cross from guest to host in one host call's arguments.
    pub hostcall_bytes: usize,
    /// Resource handles (WASI) alive at once.
    pub handles: usize,
    /// Host calls of any kind.
    pub host_calls: u64,
    /// HTTP requests, redirects counted.
    pub http_requests: u32,
    /// Bytes of one HTTP response, decoded.
    pub http_response_bytes: u64,
    /// Mails sent.
    pub mails: u32,
    /// Database statements.
    pub statements: u32,
    /// Rows of one result.
    pub rows: u32,
    /// Bytes of log, standard output and standard error.
    pub log_bytes: usize,
    /// Tasks added.
    pub tasks: u32,
    /// Bytes of randomness, encryption and digests.
    pub crypto_bytes: u64,
}

/// The two situations a guest is called in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budgets {
    /// Somebody waits for a page.
    pub page: Budget,
    /// A worker runs a task.
    pub task: Budget,
}

const MIB: usize = 1024 * 1024;

impl Default for Budgets {
    fn default() -> Self {
        let page = Budget {
            cpu_ms: 1_000,
            wall_ms: 15_000,
            memory_bytes: 128 * MIB,
            table_elements: 100_000,
            hostcall_bytes: 8 * MIB,
            handles: 1_000,
            host_calls: 100_000,
            http_requests: 32,
            http_response_bytes: 10 * MIB as u64,
            mails: 5,
            statements: 1_000,
            rows: 5_000,
            log_bytes: 256 * 1024,
            tasks: 100,
            crypto_bytes: 16 * MIB as u64,
        };
        Self { page, task: Budget { cpu_ms: 30_000, wall_ms: 600_000, mails: 20, ..page } }
    }
}

/// What a module may ask for of a call's budget, more or less than the default; an administrator's cap stands above it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct BudgetRequest {
    /// MiB of all linear memories together.
    pub memory_mib: Option<u32>,
    /// Milliseconds on a processor while somebody waits for a page.
    pub page_cpu_ms: Option<u32>,
    /// Milliseconds on the clock while somebody waits for a page, host calls included.
    pub page_wall_ms: Option<u32>,
    /// Milliseconds on a processor for one try of a task.
    pub task_cpu_ms: Option<u32>,
    /// Milliseconds on the clock for one try of a task, host calls included.
    pub task_wall_ms: Option<u32>,
    /// HTTP requests, redirects and probes counted.
    pub http_requests: Option<u32>,
    /// Mails sent.
    pub mails: Option<u32>,
}

impl BudgetRequest {
    /// The default budgets with what was asked for, never above `cap`.
    #[must_use]
    pub fn apply(self, cap: &Budgets) -> Budgets {
        let mut budgets = Budgets::default();
        let at_most = |asked: Option<u32>, default: u64, cap: u64| asked.map_or(default, u64::from).min(cap);
        for (budget, cap) in [(&mut budgets.page, &cap.page), (&mut budgets.task, &cap.task)] {
            let memory = self.memory_mib.map_or(budget.memory_bytes, |mib| mib as usize * MIB);
            budget.memory_bytes = memory.min(cap.memory_bytes);
            budget.http_requests = self.http_requests.unwrap_or(budget.http_requests).min(cap.http_requests);
            budget.mails = self.mails.unwrap_or(budget.mails).min(cap.mails);
        }
        budgets.page.cpu_ms = at_most(self.page_cpu_ms, budgets.page.cpu_ms, cap.page.cpu_ms);
        budgets.page.wall_ms = at_most(self.page_wall_ms, budgets.page.wall_ms, cap.page.wall_ms);
        budgets.task.cpu_ms = at_most(self.task_cpu_ms, budgets.task.cpu_ms, cap.task.cpu_ms);
        budgets.task.wall_ms = at_most(self.task_wall_ms, budgets.task.wall_ms, cap.task.wall_ms);
        budgets
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_never_passes_the_cap() {
        let request = BudgetRequest {
            memory_mib: Some(4096),
            page_cpu_ms: Some(50),
            mails: Some(9),
            ..BudgetRequest::default()
        };
        let budgets = request.apply(&Budgets::default());
        assert_eq!(budgets.page.memory_bytes, 128 * MIB);
        assert_eq!(budgets.page.cpu_ms, 50);
        assert_eq!(budgets.task.cpu_ms, 30_000);
        assert_eq!((budgets.page.mails, budgets.task.mails), (5, 9));
    }
}
