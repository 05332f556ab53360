//! What a scenario begins with.

use std::collections::BTreeMap;
use std::path::PathBuf;

use caisson_types::ProvisionStatus;
use caisson_types::manifest::GrantId;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{Exchange, Probe};

/// What is there before anything is asked. Everything may be left out.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Given {
    pub settings: BTreeMap<String, Setting>,
    /// The product's form.
    pub product: Map<String, Value>,
    pub client: Client,
    /// One of the product's services; none where this is left out.
    pub service: Option<super::Service>,
    /// An invoice of the client's; none where this is left out.
    pub invoice: Option<GivenInvoice>,
    /// Rows by table, put in after `lifecycle.activate`.
    pub tables: BTreeMap<String, Vec<Map<String, Value>>>,
    #[serde(rename = "exchange")]
    pub exchanges: Vec<Exchange>,
    /// Places that may be tried.
    #[serde(rename = "probe")]
    pub probes: Vec<Probe>,
    /// A recording of a real provider, as seen from the scenario's file; `caisson module test --record` writes it.
    pub recorded: Option<PathBuf>,
    /// Requests of the manifest that the administrator did not approve, by their ids.
    pub withheld: Vec<GrantId>,
}

/// A setting's value, or a secret that is another while exchanges are recorded.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "Value")]
pub enum Setting {
    Secret(SecretSetting),
    Value(Value),
}

impl TryFrom<Value> for Setting {
    type Error = serde_json::Error;

    /// A table is a secret; a list of two texts, which could be read as one too, is a list.
    fn try_from(value: Value) -> Result<Self, Self::Error> {
        Ok(match value.is_object() {
            true => Self::Secret(serde_json::from_value(value)?),
            false => Self::Value(value),
        })
    }
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecretSetting {
    /// The environment variable that holds the real one.
    pub env: String,
    /// What stands for it in recordings, and is used when they are played.
    pub recorded: String,
}

/// An unpaid invoice.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GivenInvoice {
    /// Its total, in the smallest unit of the client's currency.
    pub minor: i64,
    #[serde(default = "described")]
    pub description: String,
}

fn described() -> String {
    "What was bought".to_owned()
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Client {
    pub email: String,
    pub name: String,
    pub locale: String,
    pub currency: String,
}

impl Default for Client {
    fn default() -> Self {
        Self {
            email: "ada@example.com".to_owned(),
            name: "Ada Example".to_owned(),
            locale: "en".to_owned(),
            currency: "EUR".to_owned(),
        }
    }
}

impl Given {
    /// This with another laid over it: what both have is the other's, exchanges are the other's first.
    #[must_use]
    pub fn with(&self, over: &Self) -> Self {
        let mut both = self.clone();
        both.settings.extend(over.settings.clone());
        both.product.extend(over.product.clone());
        both.tables.extend(over.tables.clone());
        both.recorded = over.recorded.clone().or(both.recorded);
        both.invoice = over.invoice.clone().or(both.invoice);
        both.service = over.service.clone().or(both.service);
        both.exchanges = over.exchanges.iter().chain(&self.exchanges).cloned().collect();
        both.probes = over.probes.iter().chain(&self.probes).cloned().collect();
        both.withheld.extend(over.withheld.iter().cloned());
        if over.client.email != Client::default().email || over.client.name != Client::default().name {
            both.client = over.client.clone();
        }
        both
    }

    /// The settings' form as it is filled in; `real` where secrets come from the environment.
    ///
    /// # Errors
    /// The name of a variable that is not set.
    pub fn settings_form(&self, real: bool) -> Result<Map<String, Value>, String> {
        let value = |setting: &Setting| match setting {
            Setting::Value(value) => Ok(value.clone()),
            Setting::Secret(secret) if real => {
                std::env::var(&secret.env).map(Value::String).map_err(|_| secret.env.clone())
            }
            Setting::Secret(secret) => Ok(secret.recorded.clone().into()),
        };
        self.settings.iter().map(|(key, setting)| Ok((key.clone(), value(setting)?))).collect()
    }

    /// Each real secret, and what stands for it.
    #[must_use]
    pub fn stand_ins(&self) -> Vec<(String, String)> {
        let secret = |setting: &Setting| match setting {
            Setting::Secret(secret) => Some((std::env::var(&secret.env).ok()?, secret.recorded.clone())),
            Setting::Value(_) => None,
        };
        self.settings.values().filter_map(secret).filter(|(real, _)| !real.is_empty()).collect()
    }
}

impl Default for super::Service {
    fn default() -> Self {
        Self { status: ProvisionStatus::Pending, data: Map::new(), provision: Map::new() }
    }
}
