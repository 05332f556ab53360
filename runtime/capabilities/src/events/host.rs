use caisson_storage::events::{self, DEPTH_MAX};
use serde_json::Value;

use crate::bindings::caisson::module::events::{Error, Host};
use crate::trace::Outcome;
use crate::{CallState, Exhausted};

/// Longest payload.
const PAYLOAD_MAX: usize = 64 * 1024;

impl Host for CallState {
    async fn dispatch(&mut self, name: String, payload: String) -> wasmtime::Result<Result<String, Error>> {
        let since = self.enter()?;
        if let Err(denied) = self.behind.granted.event(&name) {
            self.deny("events.dispatch", since, &denied);
            return Ok(Err(Error::Denied(denied)));
        }
        self.used("publish ", &name);
        let result = self.publish(&name, &payload).await;
        let outcome = if result.is_ok() { Outcome::Ok } else { Outcome::Error };
        self.exit("events.dispatch", since, outcome, Some(name));
        Ok(result)
    }
}

impl CallState {
    async fn publish(&mut self, name: &str, payload: &str) -> Result<String, Error> {
        // An event is a task for each who hears it.
        self.meter.task().map_err(|error: Exhausted| Error::Quota(error.to_string()))?;
        if payload.len() > PAYLOAD_MAX {
            return Err(Error::Invalid(format!(
                "an event's payload has at most {PAYLOAD_MAX} bytes, not {}",
                payload.len()
            )));
        }
        let Ok(payload) = serde_json::from_str::<Value>(payload) else {
            return Err(Error::Invalid("the event's payload is not JSON".to_owned()));
        };
        let depth = self.context.depth + 1;
        if depth > DEPTH_MAX {
            return Err(Error::Quota(format!(
                "this event would be number {depth} in a chain of events that lead to events; at most {DEPTH_MAX} do"
            )));
        }
        let name = format!("{}.{name}", self.behind.module);
        let (host, _, session) = self.acting();
        let mut held = None;
        let published = match session.conn(&mut held).await {
            Ok(conn) => events::publish(conn, &name, payload, depth).await,
            Err(error) => Err(error),
        };
        let id = published.map_err(|error| {
            tracing::error!(error = &error as &dyn std::error::Error, "an event could not be published");
            Error::Other("the panel could not publish the event now".to_owned())
        })?;
        host.tables.signal().notify();
        Ok(id.to_string())
    }
}
