//! Every import is in the contract, and what needs a grant is asked for in the manifest.

use caisson_types::{CONTRACT_VERSION, Manifest};
use semver::Version;
use wasmparser::component_types::ComponentEntityType;
use wasmparser::types::TypesRef;

use super::ComponentError;
use super::contract::{self, HTTP, IMPORTS, Import, WASI};
use super::error::shown;

pub(super) fn check(
    names: &[String],
    types: TypesRef<'_>,
    manifest: &Manifest,
) -> Result<(), ComponentError> {
    for name in names {
        let unknown = |why: String| ComponentError::UnknownImport { import: shown(name), why };
        let Some(functions) = functions(name, &types) else {
            return Err(unknown(
                "a module imports interfaces, not single functions, types or modules".to_owned(),
            ));
        };
        if name.starts_with("wasi:") {
            wasi(name).map_err(unknown)?;
            // The standard door leads to the same street as our own, and needs the same key.
            if name.starts_with("wasi:http/") && !functions.is_empty() {
                declared(name, &HTTP, manifest)?;
            }
        } else {
            let import = known(name).map_err(unknown)?;
            judge(name, import, &functions, manifest)?;
        }
    }
    Ok(())
}

/// Names of the interfaces whose functions a module of this manifest may import.
pub(crate) fn allowed(manifest: &Manifest) -> Vec<&'static str> {
    let may = |import: &&Import| {
        import.only.is_none_or(|only| only == manifest.module.kind)
            && !import.functions.is_empty()
            && (import.manifest_line.is_empty() || manifest.capabilities.declares(import.name))
    };
    IMPORTS.iter().filter(may).map(|import| import.name).collect()
}

/// Interfaces whose functions a module of this manifest may not import: name, functions, and what to write in `module.toml`.
pub(crate) fn refused(
    manifest: &Manifest,
) -> impl Iterator<Item = (&'static str, &'static [&'static str], &'static str)> {
    let allowed = allowed(manifest);
    let rest = IMPORTS.iter().filter(move |import| !allowed.contains(&import.name));
    rest.map(|import| (import.name, import.functions, import.manifest_line))
}

/// Names of the functions in an imported interface; none where the import is something else.
fn functions<'a>(name: &str, types: &'a TypesRef<'_>) -> Option<Vec<&'a str>> {
    match types.component_item_for_import(name)?.ty {
        ComponentEntityType::Instance(id) => {
            let functions = types[id].exports.iter();
            Some(
                functions
                    .filter(|(_, item)| matches!(item.ty, ComponentEntityType::Func(_)))
                    .map(|(name, _)| name.as_str())
                    .collect(),
            )
        }
        _ => None,
    }
}

/// The contract's entry for a name.
fn known(name: &str) -> Result<&'static Import, String> {
    if let Some(interface) = contract::interface(name) {
        return IMPORTS
            .iter()
            .find(|import| import.name == interface)
            .ok_or_else(|| format!("caisson:module@{CONTRACT_VERSION} offers no such interface to modules"));
    }
    if name.starts_with("caisson:module/") {
        return Err(format!("this host serves version {CONTRACT_VERSION}; build against that"));
    }
    Err("a module imports caisson:module and the allowed parts of WASI only".to_owned())
}

fn judge(name: &str, import: &Import, functions: &[&str], manifest: &Manifest) -> Result<(), ComponentError> {
    let unknown = |why: String| ComponentError::UnknownImport { import: shown(name), why };
    if let Some(function) = functions.iter().find(|function| !import.functions.contains(function)) {
        return Err(unknown(format!("the interface has no function '{}'", shown(function))));
    }
    // Interfaces are also imported for their types alone, and then nothing of them can be called.
    if functions.is_empty() {
        return Ok(());
    }
    if let Some(only) = import.only
        && manifest.module.kind != only
    {
        return Err(unknown(format!(
            "{only} modules have it, and module.toml says type = \"{}\"",
            manifest.module.kind
        )));
    }
    declared(name, import, manifest)
}

fn declared(name: &str, import: &Import, manifest: &Manifest) -> Result<(), ComponentError> {
    if manifest.capabilities.declares(import.name) {
        return Ok(());
    }
    Err(ComponentError::UndeclaredImport { import: shown(name), line: import.manifest_line })
}

/// Accepts the listed interfaces of WASI 0.2 in any of its patch versions.
fn wasi(name: &str) -> Result<(), String> {
    let listed = name.split_once('@').and_then(|(path, version)| {
        let (package, interface) = path.split_once('/')?;
        let (_, interfaces) = WASI.iter().find(|(listed, _)| *listed == package)?;
        interfaces.contains(&interface).then(|| Version::parse(version).ok()).flatten()
    });
    match listed {
        Some(version) if version.major == 0 && version.minor == 2 && version.pre.is_empty() => Ok(()),
        Some(version) => Err(format!("the host serves WASI 0.2, not {version}")),
        None => Err("the host does not serve this part of WASI".to_owned()),
    }
}
