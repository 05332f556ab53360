//! From a core module to a component that states its contract version.

use std::borrow::Cow;

use caisson_types::{CONTRACT_SECTION, CONTRACT_VERSION};
use wasm_encoder::{CustomSection, Encode, Section};
use wasmparser::{ComponentExternalKind, ComponentTypeRef, Parser, Payload};

/// A component, and what it says about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BuiltComponent {
    pub bytes: Vec<u8>,
    pub imports: Vec<String>,
    pub exports: Vec<String>,
}

/// Wraps a core module that carries its component type, and appends the contract version.
///
/// # Errors
/// A sentence on what the encoder refused, such as an import that no world has.
pub fn componentize(module: &[u8]) -> Result<BuiltComponent, String> {
    let encoded = wit_component::ComponentEncoder::default()
        .validate(true)
        .module(module)
        .and_then(|mut encoder| encoder.encode())
        .map_err(|error| one_line(&error))?;
    seal(encoded)
}

/// Appends the contract version to a component, and looks at what it imports and exports.
///
/// # Errors
/// A sentence on bytes that are no component.
pub(super) fn seal(component: Vec<u8>) -> Result<BuiltComponent, String> {
    let bytes = with_contract_version(component);
    let (imports, exports) = interfaces(&bytes).map_err(|error| error.to_string())?;
    if exports.is_empty() {
        return Err(
            "it exports nothing of the contract; a Rust module says `caisson_guest::export!(…)`".to_owned()
        );
    }
    Ok(BuiltComponent { bytes, imports, exports })
}

/// The custom section goes last: custom sections may stand anywhere, and this way the encoder's bytes stay as they are.
fn with_contract_version(mut component: Vec<u8>) -> Vec<u8> {
    let section = CustomSection {
        name: Cow::Borrowed(CONTRACT_SECTION),
        data: Cow::Borrowed(CONTRACT_VERSION.as_bytes()),
    };
    component.push(section.id());
    section.encode(&mut component);
    component
}

/// Names of the interfaces that the outermost component imports and exports.
fn interfaces(component: &[u8]) -> wasmparser::Result<(Vec<String>, Vec<String>)> {
    let (mut imports, mut exports, mut depth) = (Vec::new(), Vec::new(), 0_u32);
    for payload in Parser::new(0).parse_all(component) {
        match payload? {
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
            Payload::End(_) => depth = depth.saturating_sub(1),
            Payload::ComponentImportSection(section) if depth == 0 => {
                for import in section {
                    let import = import?;
                    if matches!(import.ty, ComponentTypeRef::Instance(_)) {
                        imports.push(import.name.name.to_owned());
                    }
                }
            }
            Payload::ComponentExportSection(section) if depth == 0 => {
                for export in section {
                    let export = export?;
                    if export.kind == ComponentExternalKind::Instance {
                        exports.push(export.name.name.to_owned());
                    }
                }
            }
            _ => {}
        }
    }
    Ok((imports, exports))
}

fn one_line(error: &anyhow::Error) -> String {
    error.chain().map(|cause| cause.to_string().replace('\n', " ")).collect::<Vec<_>>().join(": ")
}
