//! PowerDNS's HTTP API, version 1.

use std::time::Duration;

use caisson_guest::http::{Client, Response};
use caisson_guest::{Problem, Result, config, json};
use serde::{Deserialize, Serialize};

use crate::name::absolute;

/// A connection with the settings' address and key.
pub(crate) struct Api {
    client: Client,
    server: String,
}

/// A zone as the server has it.
#[derive(Debug, Deserialize)]
pub(crate) struct Found {
    #[serde(default)]
    pub(crate) account: String,
    #[serde(default)]
    pub(crate) rrsets: Vec<RrSet>,
}

/// All records of one name and type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RrSet {
    /// With the dot at the end.
    pub(crate) name: String,
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) ttl: u32,
    pub(crate) records: Vec<Content>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Content {
    pub(crate) content: String,
    #[serde(default)]
    pub(crate) disabled: bool,
}

/// A change of one rrset; one without records is taken out.
pub(crate) type Change = RrSet;

impl Api {
    pub(crate) fn connect() -> Result<Self> {
        let client = Client::from_setting("api_base")?
            .header_setting("X-API-Key", "api_key")
            .timeout(Duration::from_secs(20));
        Ok(Self { client, server: config::require("settings.server_id")? })
    }

    pub(crate) fn version(&self) -> Result<String> {
        #[derive(Deserialize)]
        struct Server {
            version: String,
        }
        let server: Server =
            checked(self.client.get(["api", "v1", "servers", &self.server]).send()?)?.json()?;
        Ok(server.version)
    }

    /// None where the server has no such zone.
    pub(crate) fn zone(&self, zone: &str) -> Result<Option<Found>> {
        let response = self.client.get(self.path(zone).each_ref().map(String::as_str)).send()?;
        // Some versions say 422 of a zone that is not there.
        if matches!(response.status(), 404 | 422) {
            return Ok(None);
        }
        checked(response)?.json().map(Some)
    }

    /// Makes a zone. False where there is one of the name already.
    pub(crate) fn create(
        &self,
        zone: &str,
        account: &str,
        nameservers: &[String],
        soa: &RrSet,
    ) -> Result<bool> {
        let nameservers: Vec<String> = nameservers.iter().map(|server| absolute(server)).collect();
        let body = json!({
            "name": absolute(zone), "kind": "Native", "account": account, "nameservers": nameservers,
            "rrsets": [soa], "soa_edit_api": "INCREASE",
        });
        let response =
            self.client.post(["api", "v1", "servers", &self.server, "zones"]).json(&body).send()?;
        if response.status() == 409 {
            return Ok(false);
        }
        checked(response).map(|_| true)
    }

    /// Changes rrsets, all or none.
    pub(crate) fn change(&self, zone: &str, changes: &[Change]) -> Result<()> {
        if changes.is_empty() {
            return Ok(());
        }
        let change = |set: &Change| {
            if set.records.is_empty() {
                json!({ "name": set.name, "type": set.kind, "changetype": "DELETE" })
            } else {
                json!({ "name": set.name, "type": set.kind, "ttl": set.ttl, "changetype": "REPLACE", "records": set.records })
            }
        };
        let body = json!({ "rrsets": changes.iter().map(change).collect::<Vec<_>>() });
        let path = self.path(zone);
        let request = self.client.patch(path.each_ref().map(String::as_str)).json(&body);
        checked(request.repeatable().send()?).map(drop)
    }

    /// Deleting what is gone is done.
    pub(crate) fn delete(&self, zone: &str) -> Result<()> {
        let response = self.client.delete(self.path(zone).each_ref().map(String::as_str)).send()?;
        if matches!(response.status(), 404 | 422) { Ok(()) } else { checked(response).map(drop) }
    }

    fn path(&self, zone: &str) -> [String; 6] {
        ["api", "v1", "servers", &self.server, "zones", &absolute(zone)].map(str::to_owned)
    }
}

/// The answer, if it is a good one. The server's own words say best what it did not like.
fn checked(response: Response) -> Result<Response> {
    #[derive(Deserialize)]
    struct Refusal {
        error: String,
    }
    match response.status() {
        401 | 403 => Err(Problem::new(422, "PowerDNS does not accept the API key.")),
        400..=499 => {
            let problem = response.problem();
            match response.json::<Refusal>() {
                Ok(refusal) => {
                    Err(Problem::new(problem.code, format!("PowerDNS refused: {}.", refusal.error)))
                }
                Err(_) => Err(problem),
            }
        }
        _ => response.error_for_status(),
    }
}
