//! Service data: what is secret in it is sealed, and nothing above sees which part came from where.

use std::collections::HashSet;

use caisson_capabilities::ports::{ClientView, ServiceView};
use caisson_capabilities::secrets_in;
use caisson_registry::Active;
use caisson_storage::services::{Service, ServiceContext};
use caisson_storage::vault::{Vault, VaultError};
use caisson_types::{Secret, ServiceId};
use serde_json::{Map, Value};

/// Sealed for its own service: a row copied to another does not open.
fn purpose(id: ServiceId) -> String {
    format!("service-data:{id}")
}

/// Splits data into what is stored as it is and what is sealed.
pub(crate) fn seal(
    vault: &Vault,
    id: ServiceId,
    data: Map<String, Value>,
    secret_keys: &HashSet<String>,
) -> (Value, Option<Vec<u8>>) {
    let (secret, plain): (Map<_, _>, Map<_, _>) =
        data.into_iter().partition(|(key, _)| secret_keys.contains(key));
    let sealed =
        (!secret.is_empty()).then(|| vault.seal(&purpose(id), Value::Object(secret).to_string().as_bytes()));
    (Value::Object(plain), sealed)
}

/// All of a service's data.
pub(crate) fn open(vault: &Vault, service: &Service) -> Result<Map<String, Value>, VaultError> {
    let mut data = service.data.as_object().cloned().unwrap_or_default();
    if let Some(sealed) = &service.sealed {
        let plain = vault.open(&purpose(service.id), sealed)?;
        if let Ok(Value::Object(secret)) = serde_json::from_slice(plain.expose()) {
            data.extend(secret);
        }
    }
    Ok(data)
}

/// A service as its module sees it.
pub(crate) fn view(vault: &Vault, context: ServiceContext) -> Result<ServiceView, VaultError> {
    let service_data = Value::Object(open(vault, &context.service)?);
    Ok(ServiceView {
        id: context.service.id,
        client: ClientView {
            id: context.client.id,
            email: context.client.email,
            name: context.client.name,
            locale: context.client.locale,
            currency: context.client.currency.to_string(),
        },
        product_id: context.product.id,
        status: context.service.provision_status,
        product_data: context.product.module_data,
        service_data,
    })
}

/// What nothing that a call with this service leaves behind may show.
pub(crate) fn secrets(view: &ServiceView, active: &Active) -> Vec<Secret<String>> {
    let mut secrets = secrets_in(&view.service_data, active.secret_service_keys());
    secrets.extend(secrets_in(&view.product_data, &HashSet::new()));
    secrets
}
