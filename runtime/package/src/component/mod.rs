//! What is known of a component before any of it is compiled.
//!
//! Compilation is the expensive and the dangerous step, so everything that can be refused is refused here: by its first
//! bytes, by counting what it holds, by its contract version, by validation with the engine's own feature set, and by what
//! it imports and exports. Nothing in this module executes or compiles guest code.

mod contract;
mod error;
mod exports;
mod features;
mod imports;
mod limits;
mod scan;

use caisson_types::Manifest;
use semver::Version;
use wasmparser::Validator;

pub use contract::is_supported;
pub use error::ComponentError;
pub(crate) use exports::names as promised_exports;
pub use features::features;
pub(crate) use imports::{allowed as allowed_imports, refused as refused_imports};

use crate::archive::MAX_COMPONENT_BYTES;

/// What the pre-scan found in an acceptable component.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inspected {
    /// Contract version that the component states.
    pub contract: Version,
    /// Interfaces it imports, with their versions, in the component's order.
    pub imports: Vec<String>,
    /// Interfaces it exports.
    pub exports: Vec<String>,
    /// Bytes.
    pub size: usize,
}

impl Inspected {
    /// Whether the component needs a WASI context; one that does not is cheaper to call.
    #[must_use]
    pub fn imports_wasi(&self) -> bool {
        self.imports.iter().any(|import| import.starts_with("wasi:"))
    }

    /// Whether an interface of `caisson:module`, such as `client-area`, is exported.
    #[must_use]
    pub fn has_export(&self, interface: &str) -> bool {
        self.exports.iter().any(|export| contract::interface(export) == Some(interface))
    }
}

/// Checks a component against the contract and against what its manifest declares.
///
/// # Errors
/// The first thing that is wrong, naming the import, export, limit or byte.
pub fn inspect(component: &[u8], manifest: &Manifest) -> Result<Inspected, ComponentError> {
    if component.len() > MAX_COMPONENT_BYTES {
        return Err(ComponentError::TooLong(component.len()));
    }
    scan::check_header(component)?;
    let found = scan::scan(component)?;
    let contract = contract::agree(&found.contract, &manifest.contract)?;
    let types =
        Validator::new_with_features(features()).validate_all(component).map_err(ComponentError::invalid)?;
    imports::check(&found.imports, types.as_ref(), manifest)?;
    exports::check(&found.exports, types.as_ref(), manifest)?;
    Ok(Inspected { contract, imports: found.imports, exports: found.exports, size: component.len() })
}

#[cfg(test)]
mod tests;
