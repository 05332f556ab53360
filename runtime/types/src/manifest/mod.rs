//! `module.toml`: everything about a module that can be known without running it.
//!
//! [`Manifest::parse`] is the only way in: it refuses unknown keys and anything that does not hold together, and names the
//! place. What comes out is trusted everywhere.

mod capabilities;
mod check;
mod events;
mod field;
mod pages;
mod servers;
mod webhook;

use semver::Version;
use serde::{Deserialize, Serialize};

pub use capabilities::{
    Capabilities, DatabaseRequest, GrantId, GrantRequest, HostPattern, HttpRequest, Risk, TABLE_NAME_MAX,
    is_table_name, switch,
};
pub use events::EventsRequest;
pub use field::{Field, FieldKind, FieldOption, When, looks_like_email};
pub use pages::{
    Action, AdminArea, ClientAction, ClientArea, Method, Permission, Route, Schedule, SidebarLink, Tab,
};
pub use servers::{MailRequest, Place, ProbeRequest};
pub use webhook::{
    BasicWebhook, Encoding, HmacWebhook, SecretWebhook, SignWebhook, Signed, TokenWebhook, WebhookScheme,
};

use crate::status::words;
use crate::{ModuleKey, Slug};

words! {
    /// What a module is for; decides what it must export.
    ModuleType ("module type") {
        /// Sells services: creates, suspends and terminates them at a provider.
        Product = "product",
        /// Takes money for invoices through a gateway.
        Payment = "payment",
        /// Delivers what the panel has to say to somebody.
        Notification = "notification",
        /// Adds pages, schedules and reactions to events.
        Plugin = "plugin",
    }
}

/// A module's manifest, `module.toml`: everything about it that can be known without running it. A key that is not listed here is refused.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Manifest {
    /// Version of the contract `caisson:module` that the component was built against.
    pub contract: Version,
    /// Who it is.
    pub module: About,
    /// Values of the author's own, each under a key of its own; the module reads them with `config.get`, and an administrator may override them.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(with = "serde_json::Map<String, serde_json::Value>"))]
    pub config: toml::Table,
    /// Fields of the module's settings form, which an administrator fills in once.
    #[serde(default)]
    pub settings: Vec<Field>,
    /// Fields of the product form: what an administrator decides for each product that is sold. Product modules only.
    #[serde(default)]
    pub product: Vec<Field>,
    /// Fields that a client fills in to order, and, as `internal`, what the module stores about a service. Product modules only.
    #[serde(default)]
    pub service: Vec<Field>,
    /// Buttons on the service page, run through `product.run-action`.
    #[serde(default)]
    pub actions: Vec<Action>,
    /// Rights that an administrator's role may hold, and that the module's pages ask for.
    #[serde(default)]
    pub permissions: Vec<Permission>,
    /// The module's part of the administration area.
    #[serde(default)]
    pub admin: AdminArea,
    /// The module's part of a client's service page.
    #[serde(default)]
    pub client: ClientArea,
    /// How the host verifies what reaches `/webhooks/<type>/<name>`. Without it a payment module is told that nobody did, and a
    /// notification module is not called. Payment and notification modules only.
    pub webhook: Option<WebhookScheme>,
    /// Work that comes round, through the queue.
    #[serde(default)]
    pub schedules: Vec<Schedule>,
    /// What the module asks an administrator for. What is not asked for cannot be granted.
    #[serde(default)]
    pub capabilities: Capabilities,
}

/// Who the module is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct About {
    /// Its name in addresses, file names and tables; unique among the modules of its type in a panel. It stays the same for good.
    pub name: Slug,
    /// What it is for: decides what it must export.
    #[serde(rename = "type")]
    pub kind: ModuleType,
    /// Version of the module, by the rules of semver: a panel goes back behind one that served only where an administrator says so.
    pub version: Version,
    /// Name for people.
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = TITLE_MAX)))]
    pub title: String,
    /// What it does, in a sentence or two, for whoever decides to install it.
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = DESCRIPTION_MAX)))]
    pub description: String,
    /// Who wrote it.
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = AUTHOR_MAX)))]
    pub author: String,
    /// Name of a Tabler icon, as https://tabler.io/icons has them.
    #[serde(default = "default_icon")]
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = ICON_MAX), extend("pattern" = "^[a-z0-9-]+$")))]
    pub icon: String,
    /// Where people read more; begins with `https://`.
    #[cfg_attr(feature = "schema", schemars(extend("pattern" = "^https://")))]
    pub website: Option<String>,
}

/// Most characters of what `[module]` says for people.
const TITLE_MAX: usize = 100;
const DESCRIPTION_MAX: usize = 1_000;
const AUTHOR_MAX: usize = 200;
const ICON_MAX: usize = 50;

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
            toml::from_str(text).map_err(|error| ManifestError::Syntax(in_one_line(text, &error)))?;
        check::check(&manifest)?;
        Ok(manifest)
    }

    #[must_use]
    pub fn key(&self) -> ModuleKey {
        ModuleKey::new(self.module.kind, self.module.name.clone())
    }

    /// What the module asks an administrator for, riskiest first.
    #[must_use]
    pub fn requests(&self) -> Vec<GrantRequest> {
        self.capabilities.requests(&self.settings)
    }

    #[must_use]
    pub fn tab(&self, key: &str) -> Option<&Tab> {
        self.client.tabs.iter().find(|tab| tab.key.as_str() == key)
    }
}

/// What TOML refused of a text: position, then its message without the drawing of the source.
#[must_use]
pub fn in_one_line(text: &str, error: &toml::de::Error) -> String {
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
