//! The provider's HTTP API, version 1.

use std::time::Duration;

use caisson_guest::http::{Client, Response};
use caisson_guest::{Problem, Result, json};
use serde::{Deserialize, Serialize};

use crate::account::{Package, Plan};

/// A connection with the settings' address and key.
pub(crate) struct Api(Client);

/// What an account is made of.
#[derive(Serialize)]
pub(crate) struct NewAccount<'a> {
    pub(crate) username: &'a str,
    pub(crate) password: &'a str,
    pub(crate) domain: &'a str,
    pub(crate) plan: Plan,
    pub(crate) location: &'a str,
    pub(crate) disk_gb: u32,
    pub(crate) bandwidth_gb: u32,
    /// The service's id: by it an account is known as ours.
    pub(crate) external_ref: &'a str,
}

/// An account that was just made.
#[derive(Deserialize)]
pub(crate) struct NewlyMade {
    pub(crate) ip_address: String,
}

/// An account as the provider has it.
#[derive(Serialize, Deserialize)]
pub(crate) struct Found {
    pub(crate) domain: String,
    pub(crate) plan: String,
    pub(crate) location: String,
    pub(crate) disk_gb: f64,
    pub(crate) bandwidth_gb: f64,
    pub(crate) disk_used_gb: f64,
    pub(crate) bandwidth_used_gb: f64,
    pub(crate) ip_address: String,
    pub(crate) status: String,
    external_ref: String,
}

/// How a create went.
pub(crate) enum Created {
    New(NewlyMade),
    /// It stood already, made for the same service.
    Before(Found),
}

/// A file or folder of an account.
#[derive(Serialize, Deserialize)]
pub(crate) struct File {
    pub(crate) name: String,
    #[serde(alias = "bytes")]
    pub(crate) size_bytes: u64,
    #[serde(default = "file")]
    pub(crate) kind: String,
}

fn file() -> String {
    "file".to_owned()
}

impl Api {
    pub(crate) fn connect() -> Result<Self> {
        let client =
            Client::from_setting("api_base")?.bearer_setting("api_key").timeout(Duration::from_secs(20));
        Ok(Self(client))
    }

    pub(crate) fn ping(&self) -> Result<()> {
        #[derive(Deserialize)]
        struct Pong {
            status: String,
        }
        let pong: Pong = self.0.get("v1/ping").send()?.error_for_status()?.json()?;
        if pong.status == "ok" {
            Ok(())
        } else {
            Err(Problem::unavailable("The provider says that it is not well."))
        }
    }

    pub(crate) fn create(&self, wanted: &NewAccount<'_>) -> Result<Created> {
        // The user name is in the key: a service that is ordered again after its end gets another account.
        let key = format!("{}-{}", wanted.external_ref, wanted.username);
        let response = self.0.post("v1/accounts").json(wanted).idempotency_key(key).send()?;
        if response.is_success() {
            return response.json().map(Created::New);
        }
        // 409 says that the name is taken, 422 also that the key was used with another package: both may be our own doing.
        if matches!(response.status(), 409 | 422)
            && let Some(found) = self.account(wanted.username)?
            && found.external_ref == wanted.external_ref
        {
            return Ok(Created::Before(found));
        }
        Err(response.problem())
    }

    /// None where the provider has no such account.
    pub(crate) fn account(&self, username: &str) -> Result<Option<Found>> {
        let response = self.0.get(["v1", "accounts", username]).send()?;
        if response.status() == 404 {
            return Ok(None);
        }
        response.error_for_status()?.json().map(Some)
    }

    pub(crate) fn suspend(&self, username: &str) -> Result<()> {
        self.act(username, "suspend").map(drop)
    }

    pub(crate) fn unsuspend(&self, username: &str) -> Result<()> {
        self.act(username, "unsuspend").map(drop)
    }

    pub(crate) fn restart(&self, username: &str) -> Result<()> {
        self.0.post(["v1", "accounts", username, "restart"]).send()?.error_for_status().map(drop)
    }

    pub(crate) fn change(&self, username: &str, package: &Package) -> Result<()> {
        let body = json!({
            "plan": package.plan_type,
            "disk_gb": package.disk_space,
            "bandwidth_gb": package.bandwidth,
        });
        self.0.put(["v1", "accounts", username]).json(&body).send()?.error_for_status().map(drop)
    }

    pub(crate) fn set_password(&self, username: &str, password: &str) -> Result<()> {
        let request = self.0.put(["v1", "accounts", username, "password"]);
        request.json(&json!({ "password": password })).send()?.error_for_status().map(drop)
    }

    /// Deleting what is gone is done.
    pub(crate) fn delete(&self, username: &str) -> Result<()> {
        let response = self.0.delete(["v1", "accounts", username]).send()?;
        if response.status() == 404 { Ok(()) } else { response.error_for_status().map(drop) }
    }

    pub(crate) fn files(&self, username: &str) -> Result<Vec<File>> {
        #[derive(Deserialize)]
        struct Files {
            files: Vec<File>,
        }
        let files: Files =
            self.0.get(["v1", "accounts", username, "files"]).send()?.error_for_status()?.json()?;
        Ok(files.files)
    }

    /// A URL that works once.
    pub(crate) fn sign_in_url(&self, username: &str) -> Result<String> {
        #[derive(Deserialize)]
        struct SignIn {
            url: String,
        }
        let answer: SignIn = self.act(username, "sso")?.json()?;
        Ok(answer.url)
    }

    /// What leads to the same state however often it is asked for.
    fn act(&self, username: &str, verb: &str) -> Result<Response> {
        self.0.post(["v1", "accounts", username, verb]).repeatable().send()?.error_for_status()
    }
}
