//! `module.toml`: everything about a module that can be known without running it.
//!
//! [`Manifest::parse`] is the only way in: it refuses unknown keys and anything that does not hold together, and names the
//! place. What comes out is trusted everywhere.

mod capabilities;
mod check;
mod field;
mod pages;
mod servers;
mod webhook;

use semver::Version;
use serde::{Deserialize, Serialize};

pub use capabilities::{
    Capabilities, DatabaseRequest, EventsRequest, GrantId, GrantRequest, HostPattern, HttpRequest, Risk,
    TABLE_NAME_MAX, is_table_name, switch,
};
pub use field::{Field, FieldKind, FieldOption, When, looks_like_email};
pub use pages::{
    Action, AdminArea, ClientAction, ClientArea, Method, Permission, Route, Schedule, SidebarLink, Tab,
};
pub use servers::{MailRequest, Place, ProbeRequest};
pub use webhook::{BasicWebhook, Encoding, HmacWebhook, SecretWebhook, SignWebhook, Signed, WebhookScheme};

use crate::status::words;
use crate::{ModuleKey, Slug};

words! {
    /// What a module is for; decides what it must export.
    ModuleType ("module type") {
        Product = "product",
        Payment = "payment",
        Notification = "notification",
        Plugin = "plugin",
    }
}

/// A parsed and checked `module.toml`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Manifest {
    /// Version of `caisson:module` that the component was built against.
    pub contract: Version,
    pub module: About,
    /// Values the module reads through `config`, which an administrator may override.
    #[serde(default)]
    pub config: toml::Table,
    /// Fields of the module's settings form.
    #[serde(default)]
    pub settings: Vec<Field>,
    /// Fields of the product form.
    #[serde(default)]
    pub product: Vec<Field>,
    /// Fields a client fills in when ordering, and what the module stores about a service.
    #[serde(default)]
    pub service: Vec<Field>,
    /// Buttons on the service page, run through `product.run-action`.
    #[serde(default)]
    pub actions: Vec<Action>,
    #[serde(default)]
    pub permissions: Vec<Permission>,
    #[serde(default)]
    pub admin: AdminArea,
    #[serde(default)]
    pub client: ClientArea,
    /// How the host verifies what reaches `/webhooks/payment/<name>`; without it the module is told that nobody did.
    pub webhook: Option<WebhookScheme>,
    #[serde(default)]
    pub schedules: Vec<Schedule>,
    #[serde(default)]
    pub capabilities: Capabilities,
}

/// The `[module]` table: who it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct About {
    pub name: Slug,
    #[serde(rename = "type")]
    pub kind: ModuleType,
    pub version: Version,
    /// Name for people.
    pub title: String,
    pub description: String,
    pub author: String,
    /// Name of a Tabler icon.
    #[serde(default = "default_icon")]
    pub icon: String,
    pub website: Option<String>,
}

fn default_icon() -> String {
    "puzzle".to_owned()
}

/// What is wrong with a `module.toml`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ManifestError {
    #[error("module.toml is {0} bytes long; at most {max} are read", max = Manifest::MAX_BYTES)]
    TooLong(usize),
    /// TOML's own message, with line and column.
    #[error("module.toml cannot be read: {0}")]
    Syntax(String),
    #[error("module.toml: {place}: {reason}")]
    Invalid { place: String, reason: String },
}

impl Manifest {
    pub const FILE_NAME: &'static str = "module.toml";
    pub const MAX_BYTES: usize = 256 * 1024;

    /// Reads and checks a manifest.
    ///
    /// # Errors
    /// The first thing that is wrong, with its line or its key.
    pub fn parse(text: &str) -> Result<Self, ManifestError> {
        if text.len() > Self::MAX_BYTES {
            return Err(ManifestError::TooLong(text.len()));
        }
        let manifest: Self =
            toml::from_str(text).map_err(|error| ManifestError::Syntax(syntax_message(text, &error)))?;
        check::check(&manifest)?;
        Ok(manifest)
    }

    #[must_use]
    pub fn key(&self) -> ModuleKey {
        ModuleKey::new(self.module.kind, self.module.name.clone())
    }

    /// Full key of one of the module's permissions, as roles hold it: `product-powerdns-view-servers`.
    #[must_use]
    pub fn permission_key(&self, key: &str) -> String {
        format!("{}-{}-{key}", self.module.kind, self.module.name)
    }

    /// What the module asks an administrator for, riskiest first.
    #[must_use]
    pub fn requests(&self) -> Vec<GrantRequest> {
        self.capabilities.requests()
    }

    #[must_use]
    pub fn tab(&self, key: &str) -> Option<&Tab> {
        self.client.tabs.iter().find(|tab| tab.key.as_str() == key)
    }
}

/// One line: position, then TOML's message without its drawing of the source.
fn syntax_message(text: &str, error: &toml::de::Error) -> String {
    let message = error.message().trim().replace('\n', " ");
    match error.span() {
        Some(span) => {
            let before = text.get(..span.start).unwrap_or_default();
            let line = before.matches('\n').count() + 1;
            let column = before.rsplit('\n').next().map_or(0, str::len) + 1;
            format!("line {line}, column {column}: {message}")
        }
        None => message,
    }
}

#[cfg(test)]
mod tests;
