//! A module exports what its type and its manifest promise.

use caisson_types::{Manifest, ModuleType};
use wasmparser::component_types::ComponentEntityType;
use wasmparser::types::TypesRef;

use super::ComponentError;
use super::contract;

pub(super) fn check(
    names: &[String],
    types: TypesRef<'_>,
    manifest: &Manifest,
) -> Result<(), ComponentError> {
    for (interface, why) in required(manifest) {
        let export = contract::full_name(interface);
        let is_interface = names.contains(&export)
            && types
                .component_item_for_export(&export)
                .is_some_and(|item| matches!(item.ty, ComponentEntityType::Instance(_)));
        if !is_interface {
            return Err(ComponentError::MissingExport { export, why });
        }
    }
    Ok(())
}

/// Names of the interfaces that [`check`] asks for.
pub(crate) fn names(manifest: &Manifest) -> Vec<&'static str> {
    required(manifest).into_iter().map(|(name, _)| name).collect()
}

/// What must be there, and why. Everything else of the contract is optional: the host binds what it finds.
fn required(manifest: &Manifest) -> Vec<(&'static str, String)> {
    let mut required =
        vec![("lifecycle", "every module has it".to_owned()), ("jobs", "every module has it".to_owned())];
    let kind = manifest.module.kind;
    let by_kind = match kind {
        ModuleType::Product => Some("product"),
        ModuleType::Payment => Some("payment"),
        ModuleType::Notification => Some("notification"),
        ModuleType::Plugin => None,
    };
    if let Some(interface) = by_kind {
        required.push((interface, format!("module.toml says type = \"{kind}\"")));
    }
    let mut needs = |interface, declared: bool, what: &str| {
        if declared {
            required.push((interface, format!("module.toml declares {what}")));
        }
    };
    needs("client-area", !manifest.client.tabs.is_empty(), "[[client.tabs]]");
    needs("client-area", !manifest.client.actions.is_empty(), "[[client.actions]]");
    needs("admin", !manifest.admin.routes.is_empty(), "[[admin.routes]]");
    needs("admin", !manifest.admin.api.is_empty(), "[[admin.api]]");
    let subscribes =
        manifest.capabilities.events.as_ref().is_some_and(|events| !events.subscribes.is_empty());
    needs("hooks", subscribes, "subscribes under [capabilities.events]");
    required
}
