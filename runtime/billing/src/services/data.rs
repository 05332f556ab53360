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
    data.extend(open_secret(vault, service)?);
    Ok(data)
}

/// The secret part of it.
fn open_secret(vault: &Vault, service: &Service) -> Result<Map<String, Value>, VaultError> {
    let Some(sealed) = &service.sealed else { return Ok(Map::new()) };
    let plain = vault.open(&purpose(service.id), sealed)?;
    Ok(match serde_json::from_slice(plain.expose()) {
        Ok(Value::Object(secret)) => secret,
        _ => Map::new(),
    })
}

/// Keys of the secret part that hold something.
pub(crate) fn secrets_set(vault: &Vault, service: &Service) -> Result<HashSet<String>, VaultError> {
    let secret = open_secret(vault, service)?;
    Ok(secret.into_iter().filter(|(_, value)| !value.is_null()).map(|(key, _)| key).collect())
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

#[cfg(test)]
mod tests {
    use caisson_types::{BillingStatus, ClientId, ProductId, ProvisionStatus, Timestamp};
    use serde_json::json;

    use super::*;

    #[test]
    fn a_secret_is_set_where_it_holds_something() {
        let vault = Vault::new(Secret::new(vec![7; 32])).unwrap();
        let id = ServiceId::new();
        let Value::Object(data) = json!({ "user": "ada", "password": "p", "token": null }) else {
            unreachable!()
        };
        let keys = ["password", "token", "key"].map(str::to_owned).into();
        let (plain, sealed) = seal(&vault, id, data.clone(), &keys);
        assert_eq!(plain, json!({ "user": "ada" }));
        let service = Service { id, data: plain, sealed, ..service() };
        assert_eq!(secrets_set(&vault, &service).unwrap(), HashSet::from(["password".to_owned()]));
        assert_eq!(open(&vault, &service).unwrap(), data);
        let other = Service { id: ServiceId::new(), ..service.clone() };
        assert!(secrets_set(&vault, &other).is_err(), "sealed for its own service");
        assert!(secrets_set(&vault, &Service { sealed: None, ..service }).unwrap().is_empty());
    }

    fn service() -> Service {
        Service {
            id: ServiceId::new(),
            client_id: ClientId::new(),
            product_id: ProductId::new(),
            module: "product/a".parse().unwrap(),
            billing_status: BillingStatus::Active,
            provision_status: ProvisionStatus::Completed,
            status_message: None,
            data: Value::Null,
            sealed: None,
            created_at: Timestamp(0),
            updated_at: Timestamp(0),
        }
    }
}
