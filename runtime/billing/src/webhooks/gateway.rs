//! What a module is told of itself as a gateway or a channel of this panel.

use caisson_capabilities::contract::exports::notification::Channel;
use caisson_capabilities::contract::exports::payment::Gateway;
use caisson_registry::Active;
use caisson_types::{InvoiceId, ModuleKey};
use serde_json::Value;
use uuid::{Builder, Uuid};

use crate::Billing;

impl Billing {
    /// The module as a gateway. Who comes back from paying an invoice comes back to that invoice.
    #[must_use]
    pub fn gateway_record(&self, active: &Active, invoice: Option<InvoiceId>) -> Gateway {
        let (public_url, name) = (self.public_url(), active.key.name());
        let back = |page: &str| match invoice {
            Some(id) => format!("{public_url}/client/gateways/{name}/{page}/{id}"),
            None => format!("{public_url}/client/gateways/{name}/{page}"),
        };
        Gateway {
            id: self.id_of(&active.key).to_string(),
            settings: settings(active),
            webhook_url: self.webhook_url(&active.key),
            return_url: back("return"),
            cancel_url: back("cancel"),
        }
    }

    /// The module as a channel, which is called back only where it says how that is verified.
    #[must_use]
    pub fn channel_record(&self, active: &Active) -> Channel {
        Channel {
            id: self.id_of(&active.key).to_string(),
            settings: settings(active),
            callback_url: active.manifest.webhook.as_ref().map(|_| self.webhook_url(&active.key)),
        }
    }

    /// Where the provider of a payment or notification module calls the panel.
    #[must_use]
    pub fn webhook_url(&self, module: &ModuleKey) -> String {
        format!("{}/webhooks/{module}", self.public_url())
    }

    /// The same for a module of this panel whenever it is asked for, and another in every other panel.
    fn id_of(&self, module: &ModuleKey) -> Uuid {
        let derived = self.vault.derive(&format!("gateway-id:{module}"));
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&derived.expose()[..16]);
        Builder::from_custom_bytes(bytes).into_uuid()
    }
}

/// The module's settings as a JSON object, without secrets.
fn settings(active: &Active) -> String {
    Value::Object(active.settings().values.clone()).to_string()
}
