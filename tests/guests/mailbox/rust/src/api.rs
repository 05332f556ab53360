//! The provider's API.

use caisson_guest::http::{Client, Request, Response};
use caisson_guest::{Problem, Result, Value, json};

pub(crate) struct Api(Client);

impl Api {
    pub(crate) fn connect() -> Result<Self> {
        Ok(Self(Client::from_setting("api_base")?.bearer_setting("api_key")))
    }

    pub(crate) fn ping(&self) -> Result<String> {
        let reply = self.0.get("ping").send().map_err(|_| unreachable(502))?;
        match reply.status() {
            200 => Ok(reply.text()),
            401 => Err(Problem::new(422, "The provider does not accept this API key.")),
            _ => Err(refused(&reply)),
        }
    }

    pub(crate) fn create(&self, address: &str, quota: i64) -> Result<()> {
        let wanted = json!({ "address": address, "quota": quota });
        send(self.0.post("mailboxes").json(&wanted), &[409])
    }

    pub(crate) fn change(&self, address: &str, change: &Value) -> Result<()> {
        send(self.0.patch(["mailboxes", address]).json(change), &[])
    }

    pub(crate) fn delete(&self, address: &str) -> Result<()> {
        send(self.0.delete(["mailboxes", address]), &[404])
    }
}

/// Sends a request; the codes in `done` mean that an earlier try did the work.
fn send(request: Request<'_>, done: &[u16]) -> Result<()> {
    let reply = request.send().map_err(|_| unreachable(503))?;
    if reply.is_success() || done.contains(&reply.status()) { Ok(()) } else { Err(refused(&reply)) }
}

fn unreachable(code: u16) -> Problem {
    Problem::new(code, "The provider could not be reached.")
}

fn refused(reply: &Response) -> Problem {
    if reply.status() >= 500 {
        return unreachable(503);
    }
    let reason = reply.reason().unwrap_or_else(|| "it gave no reason".to_owned());
    Problem::new(reply.status(), format!("The provider refused the mailbox: {reason}"))
}
