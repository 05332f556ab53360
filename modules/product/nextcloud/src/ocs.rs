//! Nextcloud's provisioning API, version 1 of OCS.
//!
//! A refusal comes under the status 200, with a code of its own in `ocs.meta`; what is no such document was said by something else on
//! the way, and means nothing.

use std::collections::BTreeMap;
use std::time::Duration;

use caisson_guest::http::{Client, Request, Response};
use caisson_guest::{Problem, Result, Value, config};
use serde::Deserialize;

use crate::fleet::Server;
use crate::quota;

const USERS: [&str; 4] = ["ocs", "v1.php", "cloud", "users"];

/// A server, with the login of its row.
pub(crate) struct Ocs(Client);

/// An account as the server has it.
#[derive(Deserialize)]
pub(crate) struct User {
    #[serde(default)]
    pub(crate) enabled: Option<bool>,
    #[serde(default)]
    quota: Storage,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Storage {
    used: Value,
    quota: Value,
}

impl User {
    /// Bytes; nothing before the first sign-in.
    pub(crate) fn used(&self) -> u64 {
        quota::answered(&self.quota.used).unwrap_or(0)
    }

    /// Bytes; none where there is no limit.
    pub(crate) fn quota(&self) -> Option<u64> {
        quota::answered(&self.quota.quota)
    }
}

/// What a server says of itself, where its app `serverinfo` is on.
#[derive(Default)]
pub(crate) struct About {
    pub(crate) version: Option<String>,
    pub(crate) free: Option<u64>,
}

struct Answer {
    code: u32,
    message: String,
    data: Value,
}

impl Ocs {
    pub(crate) fn at(server: &Server) -> Result<Self> {
        let work = config::get("work_ms")?.unwrap_or(30_000);
        Ok(Self::within(server, Duration::from_millis(work)))
    }

    /// For pages: somebody waits, and some ask twice.
    pub(crate) fn soon(server: &Server) -> Self {
        Self::within(server, Duration::from_secs(6))
    }

    fn within(server: &Server, time: Duration) -> Self {
        let client = Client::new(&server.address)
            .basic_sealed(&server.login, server.sealed.clone().unwrap_or_default())
            .header("OCS-APIRequest", "true")
            .timeout(time);
        Self(client)
    }

    /// Makes an account of these fields. False where it stood already.
    pub(crate) fn create(&self, fields: &[(&str, &str)]) -> Result<bool> {
        let answer = ask(self.0.post(USERS).form(fields))?;
        match answer.code {
            100 => Ok(true),
            // 109: it was made, and the mail that welcomes its owner could not be sent.
            102 | 109 => Ok(false),
            _ => Err(answer.refusal()),
        }
    }

    /// None where the server has no such account.
    pub(crate) fn user(&self, id: &str) -> Result<Option<User>> {
        let answer = ask(self.0.get(path(id)))?;
        match answer.code {
            100 => User::deserialize(answer.data).map(Some).map_err(|_| strange()),
            101 | 404 | 998 => Ok(None),
            _ => Err(answer.refusal()),
        }
    }

    pub(crate) fn set(&self, id: &str, key: &str, value: &str) -> Result<()> {
        ask(self.0.put(path(id)).form(&[("key", key), ("value", value)]))?.of_account()
    }

    pub(crate) fn switch(&self, id: &str, on: bool) -> Result<()> {
        let [a, b, c, d] = USERS;
        ask(self.0.put([a, b, c, d, id, if on { "enable" } else { "disable" }]))?.of_account()
    }

    /// Deleting what is gone is done. One code says both that and that it failed, so that the server is asked again.
    pub(crate) fn delete(&self, id: &str) -> Result<()> {
        let answer = ask(self.0.delete(path(id)))?;
        match answer.code {
            101 | 404 | 998 if self.user(id)?.is_none() => Ok(()),
            101 | 404 | 998 => Err(Problem::unavailable("The server could not delete the account.")),
            _ => answer.good().map(drop),
        }
    }

    /// A page of all accounts of the server, whoever made them, and how many there are on it.
    pub(crate) fn users(&self, offset: u64, limit: u64) -> Result<(usize, BTreeMap<String, User>)> {
        let asked = self.0.get(path("details")).query("offset", offset).query("limit", limit);
        let answer = ask(asked)?.good()?;
        // A list where there is none: what PHP makes of an empty object.
        let Some(Value::Object(found)) = answer.data.get("users") else { return Ok((0, BTreeMap::new())) };
        let read = |(id, user): (&String, &Value)| Some((id.clone(), User::deserialize(user).ok()?));
        Ok((found.len(), found.iter().filter_map(read).collect()))
    }

    /// Whether the login may manage accounts, and what the server says of itself.
    pub(crate) fn test(&self) -> Result<About> {
        let answer = ask(self.0.get(USERS).query("limit", 1))?.good()?;
        if !answer.data.get("users").is_some_and(Value::is_array) {
            return Err(strange());
        }
        let path = ["ocs", "v1.php", "apps", "serverinfo", "api", "v1", "info"];
        let Ok(answer) = ask(self.0.get(path).query("format", "json")).and_then(Answer::good) else {
            return Ok(About::default());
        };
        let system = &answer.data["nextcloud"]["system"];
        let version = system["version"].as_str().map(|text| text.chars().take(30).collect());
        Ok(About { version, free: quota::answered(&system["freespace"]) })
    }
}

/// Whether a Nextcloud answers there, and its version; asks nothing that needs a login.
pub(crate) fn status(address: &str) -> Result<String> {
    #[derive(Deserialize)]
    struct Status {
        installed: bool,
        maintenance: bool,
        versionstring: String,
    }
    let client = Client::new(address).timeout(Duration::from_secs(4)).retries(0);
    let answer = client.get("status.php").send()?.error_for_status()?.json::<Status>()?;
    match answer {
        Status { installed: false, .. } => Err(Problem::unavailable("Nextcloud is not set up there yet.")),
        Status { maintenance: true, .. } => Err(Problem::unavailable("Nextcloud is in maintenance mode.")),
        Status { versionstring, .. } => Ok(versionstring.chars().take(30).collect()),
    }
}

fn path(id: &str) -> [&str; 5] {
    let [a, b, c, d] = USERS;
    [a, b, c, d, id]
}

fn ask(request: Request<'_>) -> Result<Answer> {
    read(&request.send()?)
}

fn read(response: &Response) -> Result<Answer> {
    #[derive(Deserialize)]
    struct Document {
        ocs: Body,
    }
    #[derive(Deserialize)]
    struct Body {
        meta: Meta,
        #[serde(default)]
        data: Value,
    }
    #[derive(Deserialize)]
    struct Meta {
        statuscode: u32,
        #[serde(default)]
        message: Option<String>,
    }
    match response.status() {
        401 => Err(Problem::not_configured("The server does not accept the user name or the password.")),
        403 => Err(not_an_administrator()),
        // Throttled, in maintenance, or failing.
        429 | 500.. => Err(response.problem()),
        _ => {
            let Document { ocs: Body { meta, data } } = response.json()?;
            Ok(Answer { code: meta.statuscode, message: meta.message.unwrap_or_default(), data })
        }
    }
}

fn strange() -> Problem {
    Problem::bad_answer("The server answers what no Nextcloud does.")
}

fn not_an_administrator() -> Problem {
    Problem::not_configured("The user that the module signs in as is not an administrator of the server.")
}

impl Answer {
    fn good(self) -> Result<Self> {
        if self.code == 100 { Ok(self) } else { Err(self.refusal()) }
    }

    /// Of a change: the code of what is refused says that there is no such account.
    fn of_account(self) -> Result<()> {
        let code = if self.code == 101 { 998 } else { self.code };
        Self { code, ..self }.good().map(drop)
    }

    fn refusal(&self) -> Problem {
        let said: String = self.message.split_whitespace().collect::<Vec<_>>().join(" ");
        let said: String = said.chars().filter(|c| !c.is_control()).take(200).collect();
        match self.code {
            997 => Problem::not_configured("The server does not accept the user name or the password."),
            105 | 106 | 403 => not_an_administrator(),
            404 | 998 => Problem::not_found("The server has no such account."),
            101 | 102 | 107..=113 if said.is_empty() => {
                Problem::new(422, format!("The server refuses it with the code {}.", self.code))
            }
            101 | 102 | 107..=113 => Problem::new(422, format!("The server refuses it: {said}")),
            _ => Problem::unavailable("The server has a failure of its own."),
        }
    }
}
