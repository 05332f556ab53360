//! Work for later, in the panel's queue. Grant: `tasks = true`. A queued task comes back through the module's `job`.

use serde::Serialize;

use crate::host::tasks::Options;
use crate::{ProvisionStatus, Result, data, host};

/// A task that is being described; [`Task::queue`] queues it.
#[derive(Debug)]
#[must_use = "a task does nothing until it is queued"]
pub struct Task {
    method: String,
    payload: Result<String>,
    options: Options,
}

/// Describes a task that calls the module's job `method`.
pub fn add(method: impl Into<String>) -> Task {
    Task {
        method: method.into(),
        payload: Ok("null".to_owned()),
        options: Options {
            queue: None,
            tags: Vec::new(),
            tries: None,
            backoff_s: None,
            timeout_s: None,
            max_exceptions: None,
            delay_s: None,
            unique_key: None,
            service: None,
            status: None,
        },
    }
}

impl Task {
    /// What the job is given; null where nothing is said.
    pub fn payload<T: Serialize + ?Sized>(mut self, payload: &T) -> Self {
        self.payload = data::write(payload);
        self
    }

    /// The id of the service that the task works on. Two tasks of one service never run together.
    pub fn service(mut self, id: impl Into<String>) -> Self {
        self.options.service = Some(id.into());
        self
    }

    /// The provision status that the service gets in the same transaction.
    pub fn status(mut self, status: ProvisionStatus) -> Self {
        self.options.status = Some(status);
        self
    }

    /// How often it may be tried in all; once where nothing is said.
    pub fn tries(mut self, tries: u32) -> Self {
        self.options.tries = Some(tries);
        self
    }

    /// Seconds between tries; they grow from try to try.
    pub fn backoff(mut self, seconds: u32) -> Self {
        self.options.backoff_s = Some(seconds);
        self
    }

    /// Seconds that one try may take.
    pub fn timeout(mut self, seconds: u32) -> Self {
        self.options.timeout_s = Some(seconds);
        self
    }

    /// How many tries may end in a trap or a time-out.
    pub fn max_exceptions(mut self, count: u32) -> Self {
        self.options.max_exceptions = Some(count);
        self
    }

    /// Seconds to wait before the first try.
    pub fn delay(mut self, seconds: u32) -> Self {
        self.options.delay_s = Some(seconds);
        self
    }

    /// While a task with this key waits or runs, queueing another returns the first one's id.
    pub fn unique(mut self, key: impl Into<String>) -> Self {
        self.options.unique_key = Some(key.into());
        self
    }

    /// A word to find the task by.
    pub fn tag(mut self, tag: impl Into<String>) -> Self {
        self.options.tags.push(tag.into());
        self
    }

    /// A queue other than `default`.
    pub fn on(mut self, queue: impl Into<String>) -> Self {
        self.options.queue = Some(queue.into());
        self
    }

    /// Queues the task and returns its id once it is durably stored.
    ///
    /// # Errors
    /// 403 without the grant, 429 where the module has too many tasks.
    pub fn queue(self) -> Result<String> {
        Ok(host::tasks::add(&self.method, &self.payload?, &self.options)?)
    }
}

/// Cancels a task that waits; one that runs finishes.
///
/// # Errors
/// 404 where this module has no such task.
pub fn cancel(id: &str) -> Result<()> {
    Ok(host::tasks::cancel(id)?)
}

/// Says how far the running task is: 0 to 100, and a line for people.
///
/// # Errors
/// A problem outside a task.
pub fn progress(percent: u8, message: &str) -> Result<()> {
    Ok(host::tasks::progress(percent, message)?)
}

/// Calls the job `method` whenever `cron` (five fields, UTC) says so. The same name replaces; see [`unschedule`].
///
/// # Errors
/// A problem where `cron` does not read, or the grant is missing.
pub fn schedule<T: Serialize + ?Sized>(name: &str, cron: &str, method: &str, payload: &T) -> Result<()> {
    Ok(host::tasks::schedule(name, Some(cron), method, &data::write(payload)?)?)
}

/// Takes a schedule back.
///
/// # Errors
/// A problem where the grant is missing.
pub fn unschedule(name: &str) -> Result<()> {
    Ok(host::tasks::schedule(name, None, "", "null")?)
}
