//! One pass over the component's sections: what it is, how much of everything it holds, and the names on its surface.

use caisson_types::CONTRACT_SECTION;
use wasmparser::{
    ComponentType, ComponentTypeDeclaration, Encoding, InstanceTypeDeclaration, Parser, Payload,
};

use super::ComponentError;
use super::limits::{Count, MAX_COMPONENT_DEPTH, MAX_TYPE_DEPTH, MAX_TYPE_OPENINGS, Tally};

const MAGIC: &[u8] = b"\0asm";
const CORE: &[u8] = &[1, 0, 0, 0];
const COMPONENT: &[u8] = &[0x0d, 0, 1, 0];
/// Compiled artefacts are ELF files.
const ELF: &[u8] = b"\x7fELF";

/// What stands at the component's outermost level.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Contents of every contract section.
    pub(super) contract: Vec<Vec<u8>>,
    pub(super) imports: Vec<String>,
    pub(super) exports: Vec<String>,
}

/// Tells a component from what may be mistaken for one.
pub(super) fn check_header(bytes: &[u8]) -> Result<(), ComponentError> {
    if bytes.starts_with(ELF) {
        return Err(ComponentError::Precompiled);
    }
    match bytes.strip_prefix(MAGIC) {
        Some(rest) if rest.starts_with(COMPONENT) => Ok(()),
        Some(rest) if rest.starts_with(CORE) => Err(ComponentError::CoreModule),
        Some(_) => Err(ComponentError::UnknownVersion),
        None => Err(ComponentError::NotWasm),
    }
}

/// Walks all sections, nested ones included, and stops at the first limit.
pub(super) fn scan(bytes: &[u8]) -> Result<Found, ComponentError> {
    let mut found = Found::default();
    let mut tally = Tally::default();
    let mut depth: usize = 0;
    for payload in Parser::new(0).parse_all(bytes) {
        match payload.map_err(ComponentError::invalid)? {
            Payload::Version { encoding, .. } => {
                depth += 1;
                if depth > MAX_COMPONENT_DEPTH {
                    return Err(ComponentError::TooDeep { what: "components", max: MAX_COMPONENT_DEPTH });
                }
                let count = if encoding == Encoding::Component { Count::Components } else { Count::Modules };
                tally.add(count, 1)?;
            }
            Payload::End(_) => depth = depth.saturating_sub(1),
            Payload::CustomSection(section) => {
                tally.add(Count::CustomSections, 1)?;
                if depth == 1 && section.name() == CONTRACT_SECTION {
                    found.contract.push(section.data().to_vec());
                }
            }
            Payload::ComponentImportSection(section) => {
                tally.add(Count::Imports, section.count())?;
                if depth == 1 {
                    for import in section {
                        found.imports.push(import.map_err(ComponentError::invalid)?.name.name.to_owned());
                    }
                }
            }
            Payload::ComponentExportSection(section) => {
                tally.add(Count::Exports, section.count())?;
                if depth == 1 {
                    for export in section {
                        found.exports.push(export.map_err(ComponentError::invalid)?.name.name.to_owned());
                    }
                }
            }
            Payload::ComponentTypeSection(section) => {
                check_openings(bytes.get(section.range()).unwrap_or_default())?;
                for ty in section {
                    count_types(&ty.map_err(ComponentError::invalid)?, 1, &mut tally)?;
                }
            }
            other => count(&other, &mut tally)?,
        }
    }
    Ok(found)
}

/// Sections whose count is all that matters.
fn count(payload: &Payload<'_>, tally: &mut Tally) -> Result<(), ComponentError> {
    match payload {
        Payload::TypeSection(section) => tally.add(Count::Types, section.count()),
        Payload::CoreTypeSection(section) => tally.add(Count::Types, section.count()),
        Payload::ImportSection(section) => tally.add(Count::Imports, section.count()),
        Payload::ExportSection(section) => tally.add(Count::Exports, section.count()),
        Payload::FunctionSection(section) => tally.add(Count::Functions, section.count()),
        Payload::TableSection(section) => tally.add(Count::Tables, section.count()),
        Payload::MemorySection(section) => tally.add(Count::Memories, section.count()),
        Payload::GlobalSection(section) => tally.add(Count::Globals, section.count()),
        Payload::ElementSection(section) => tally.add(Count::Elements, section.count()),
        Payload::DataSection(section) => tally.add(Count::DataSegments, section.count()),
        Payload::InstanceSection(section) => tally.add(Count::Instances, section.count()),
        Payload::ComponentInstanceSection(section) => tally.add(Count::Instances, section.count()),
        Payload::ComponentAliasSection(section) => tally.add(Count::Aliases, section.count()),
        Payload::ComponentCanonicalSection(section) => tally.add(Count::Canonicals, section.count()),
        _ => Ok(()),
    }
}

/// Refuses types within types before the parser follows them: a declaration that is a type, which is an instance or a component.
fn check_openings(section: &[u8]) -> Result<(), ComponentError> {
    let openings = section.windows(2).filter(|pair| matches!(pair, [0x01, 0x41 | 0x42])).count();
    if openings > MAX_TYPE_OPENINGS {
        return Err(ComponentError::TooDeep { what: "types", max: MAX_TYPE_DEPTH });
    }
    Ok(())
}

/// Counts a type with everything declared inside it, as deep as [`check_openings`] let the parser go.
fn count_types(ty: &ComponentType<'_>, depth: usize, tally: &mut Tally) -> Result<(), ComponentError> {
    if depth > MAX_TYPE_DEPTH {
        return Err(ComponentError::TooDeep { what: "types", max: MAX_TYPE_DEPTH });
    }
    tally.add(Count::Types, 1)?;
    match ty {
        ComponentType::Instance(declarations) => {
            for declaration in declarations {
                match declaration {
                    InstanceTypeDeclaration::Type(ty) => count_types(ty, depth + 1, tally)?,
                    InstanceTypeDeclaration::Export { .. } => tally.add(Count::Exports, 1)?,
                    InstanceTypeDeclaration::Alias(_) => tally.add(Count::Aliases, 1)?,
                    InstanceTypeDeclaration::CoreType(_) => tally.add(Count::Types, 1)?,
                }
            }
        }
        ComponentType::Component(declarations) => {
            for declaration in declarations {
                match declaration {
                    ComponentTypeDeclaration::Type(ty) => count_types(ty, depth + 1, tally)?,
                    ComponentTypeDeclaration::Export { .. } => tally.add(Count::Exports, 1)?,
                    ComponentTypeDeclaration::Import(_) => tally.add(Count::Imports, 1)?,
                    ComponentTypeDeclaration::Alias(_) => tally.add(Count::Aliases, 1)?,
                    ComponentTypeDeclaration::CoreType(_) => tally.add(Count::Types, 1)?,
                }
            }
        }
        ComponentType::Defined(_) | ComponentType::Func(_) | ComponentType::Resource { .. } => {}
    }
    Ok(())
}
