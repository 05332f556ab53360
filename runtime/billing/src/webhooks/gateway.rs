//! What a module is told of itself as a gateway or a channel of this panel.

use caisson_capabilities::contract::exports::payment::Gateway;
use caisson_registry::Active;
use caisson_storage::vault::Vault;
use caisson_types::{InvoiceId, ModuleKey};
use serde_json::Value;
use uuid::{Builder, Uuid};

/// The same for a module of this panel whenever it is asked for, and another in every other panel.
pub(crate) fn id(vault: &Vault, module: &ModuleKey) -> Uuid {
    let derived = vault.derive(&format!("gateway-id:{module}"));
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&derived.expose()[..16]);
    Builder::from_custom_bytes(bytes).into_uuid()
}

/// The module's settings as a JSON object, without secrets.
pub(crate) fn settings(active: &Active) -> String {
    Value::Object(active.settings().values.clone()).to_string()
}

/// The module as a gateway whose pages stand below `public_url`. Who comes back from paying an invoice comes back to that invoice.
pub(crate) fn record(
    vault: &Vault,
    active: &Active,
    public_url: &str,
    invoice: Option<InvoiceId>,
) -> Gateway {
    let name = active.key.name();
    let back = |page: &str| match invoice {
        Some(id) => format!("{public_url}/client/gateways/{name}/{page}/{id}"),
        None => format!("{public_url}/client/gateways/{name}/{page}"),
    };
    Gateway {
        id: id(vault, &active.key).to_string(),
        settings: settings(active),
        webhook_url: format!("{public_url}/webhooks/payment/{name}"),
        return_url: back("return"),
        cancel_url: back("cancel"),
    }
}
