use caisson_storage::schedules::{self, Schedule};
use caisson_types::{Cron, Slug, TaskId, Timestamp};

use crate::bindings::caisson::module::tasks::{Error, Host, Options};
use crate::guard::{granted, on_its_connection};
use crate::ports::{PortError, TaskRequest};
use crate::services::{from_status, parse_id};
use crate::trace::Outcome;
use crate::{CallState, meter};

/// Longest method, queue, tag and unique key.
const NAME_MAX: usize = 128;
/// Longest payload.
const PAYLOAD_MAX: usize = 256 * 1024;
const TAGS_MAX: usize = 16;
/// Bounds that keep one task from holding the queue.
const TRIES_MAX: u32 = 100;
const TIMEOUT_MAX_S: u32 = 3_600;
const DELAY_MAX_S: u32 = 30 * 24 * 3_600;

impl From<PortError> for Error {
    fn from(error: PortError) -> Self {
        match error {
            PortError::Missing => Error::Missing,
            PortError::Invalid(reason) => Error::Invalid(reason),
            PortError::Failed(_) => {
                tracing::error!(error = &error as &dyn std::error::Error, "a host function of tasks failed");
                Error::Other(error.to_string())
            }
        }
    }
}

impl Host for CallState {
    async fn add(
        &mut self,
        method: String,
        payload: String,
        options: Options,
    ) -> wasmtime::Result<Result<String, Error>> {
        let detail = Some(method.clone());
        granted!(self, tasks, "tasks.add", detail, self.queue(&method, &payload, options).await)
    }

    async fn cancel(&mut self, id: String) -> wasmtime::Result<Result<(), Error>> {
        granted!(self, tasks, "tasks.cancel", None, self.withdraw(&id).await)
    }

    async fn progress(&mut self, percent: u8, message: String) -> wasmtime::Result<Result<(), Error>> {
        let since = self.enter()?;
        let result = match self.context.task {
            None => Err(Error::Missing),
            Some(_) if percent > 100 => Err(Error::Invalid(format!("progress is 0 to 100, not {percent}"))),
            Some(_) if message.len() > 1024 => {
                Err(Error::Invalid("a progress message has at most 1024 bytes".to_owned()))
            }
            Some(id) => self.report(id, percent, &message).await,
        };
        self.exit("tasks.progress", since, if result.is_ok() { Outcome::Ok } else { Outcome::Error }, None);
        Ok(result)
    }

    async fn schedule(
        &mut self,
        name: String,
        cron: Option<String>,
        method: String,
        payload: String,
    ) -> wasmtime::Result<Result<(), Error>> {
        let detail = Some(crate::log::clip(&name, NAME_MAX).to_owned());
        granted!(self, tasks, "tasks.schedule", detail, self.recur(name, cron, &method, &payload).await)
    }
}

/// A task without wishes.
fn defaults() -> Options {
    Options {
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
    }
}

impl CallState {
    async fn queue(&mut self, method: &str, payload: &str, options: Options) -> Result<String, Error> {
        let request = self.request(method, payload, options)?;
        on_its_connection!(self, host, behind, conn, PortError);
        Ok(host.tasks.add(conn, &behind.module, request).await?.to_string())
    }

    async fn withdraw(&mut self, id: &str) -> Result<(), Error> {
        let id = id.parse::<TaskId>().map_err(|_| Error::Missing)?;
        on_its_connection!(self, host, behind, conn, PortError);
        Ok(host.tasks.cancel(conn, &behind.module, id).await?)
    }

    /// Makes, replaces or takes back a schedule.
    async fn recur(
        &mut self,
        name: String,
        cron: Option<String>,
        method: &str,
        payload: &str,
    ) -> Result<(), Error> {
        let name: Slug =
            name.parse().map_err(|error| Error::Invalid(format!("the schedule's name: {error}")))?;
        let cron = cron.map(|text| text.parse::<Cron>().map_err(Error::Invalid)).transpose()?;
        let request = cron.is_some().then(|| self.request(method, payload, defaults())).transpose()?;
        on_its_connection!(self, _, behind, conn, PortError);
        let (Some(cron), Some(request)) = (cron, request) else {
            return Ok(schedules::remove(conn, &behind.module, name.as_str())
                .await
                .map_err(PortError::from)?);
        };
        if !schedules::has_room(conn, &behind.module, name.as_str()).await.map_err(PortError::from)? {
            return Err(Error::Quota(format!("a module has at most {} schedules", schedules::MOST)));
        }
        let schedule = Schedule {
            module: behind.module.clone(),
            name: name.to_string(),
            cron,
            method: request.method,
            payload: request.payload,
            declared: false,
            next_at: None,
            last_at: None,
        };
        Ok(schedules::put(conn, &schedule, Timestamp::now()).await.map_err(PortError::from)?)
    }

    async fn report(&mut self, id: TaskId, percent: u8, message: &str) -> Result<(), Error> {
        on_its_connection!(self, host, behind, conn, PortError);
        Ok(host.tasks.progress(conn, &behind.module, id, percent, message).await?)
    }

    /// Checks what the guest gave, and charges for it.
    fn request(&mut self, method: &str, payload: &str, options: Options) -> Result<TaskRequest, Error> {
        self.meter.task().map_err(|error: meter::Exhausted| Error::Quota(error.to_string()))?;
        let invalid = |reason: String| Err(Error::Invalid(reason));
        let names = [Some(method), options.queue.as_deref(), options.unique_key.as_deref()];
        for name in names.into_iter().flatten().chain(options.tags.iter().map(String::as_str)) {
            if name.is_empty() || name.len() > NAME_MAX || name.chars().any(char::is_control) {
                return invalid(format!(
                    "method, queue, tags and unique key have 1 to {NAME_MAX} bytes without control characters"
                ));
            }
        }
        if method.starts_with('@') {
            return invalid("methods that begin with '@' are the panel's own".to_owned());
        }
        if options.tags.len() > TAGS_MAX {
            return invalid(format!("a task has at most {TAGS_MAX} tags"));
        }
        if payload.len() > PAYLOAD_MAX {
            return invalid(format!("a payload has at most {PAYLOAD_MAX} bytes, not {}", payload.len()));
        }
        let bounds = [
            ("tries", options.tries, 1, TRIES_MAX),
            ("timeout-s", options.timeout_s, 1, TIMEOUT_MAX_S),
            ("delay-s", options.delay_s, 0, DELAY_MAX_S),
            ("backoff-s", options.backoff_s, 0, TIMEOUT_MAX_S),
            ("max-exceptions", options.max_exceptions, 1, TRIES_MAX),
        ];
        for (name, value, min, max) in bounds {
            if value.is_some_and(|value| !(min..=max).contains(&value)) {
                return invalid(format!("{name} is {min} to {max}"));
            }
        }
        let Ok(payload) = serde_json::from_str(payload) else {
            return invalid("the payload is not JSON".to_owned());
        };
        let service = match options.service {
            None => None,
            Some(id) => {
                Some(parse_id(&id).ok_or_else(|| Error::Invalid(format!("'{id}' is not a service's id")))?)
            }
        };
        if options.status.is_some() && service.is_none() {
            return invalid("a status needs a service to set it on".to_owned());
        }
        Ok(TaskRequest {
            version: self.behind.version,
            method: method.to_owned(),
            payload,
            queue: options.queue,
            tags: options.tags,
            tries: options.tries,
            backoff_s: options.backoff_s,
            timeout_s: options.timeout_s,
            max_exceptions: options.max_exceptions,
            delay_s: options.delay_s,
            unique_key: options.unique_key,
            service,
            status: options.status.map(from_status),
            depth: self.context.depth,
        })
    }
}
