//! The interpreter's own C interface, lifted out of a component for as long as a module is loaded into it.
//!
//! A component has no way in but its exports, and calling one of those would leave the interpreter believing that it serves
//! already. So the instrumented copy that is run, and only that copy, gets a few more: enough to run one line of Python, and to
//! make the C library forget the files that this machine showed it.

use wasm_encoder::{
    Alias, CanonicalFunctionSection, CanonicalOption, ComponentAliasSection, ComponentExportKind,
    ComponentExportSection, ComponentSection, ComponentTypeSection, ComponentValType, ExportKind,
    PrimitiveValType,
};
use wasmparser::{ExternalKind, Instance, Parser, Payload, Validator, WasmFeatures};

/// What is lifted: a function of a library in the component, and the component's function that it becomes.
struct Lift {
    core: &'static str,
    name: &'static str,
    params: &'static [(&'static str, PrimitiveValType)],
    result: Option<PrimitiveValType>,
}

const U32: PrimitiveValType = PrimitiveValType::U32;

pub(super) const ENTER: &str = "interpreter-enter";
pub(super) const LEAVE: &str = "interpreter-leave";
pub(super) const TEXT: &str = "interpreter-text";
pub(super) const BYTES: &str = "interpreter-bytes";
pub(super) const RUN: &str = "interpreter-run";
pub(super) const FORGET_FOLDERS: &str = "forget-folders";
pub(super) const FORGET_HANDLES: &str = "forget-handles";

/// A text comes as an address and a length, which is what `PyUnicode_FromStringAndSize` takes; every address is a number here.
const LIFTS: [Lift; 7] = [
    Lift { core: "PyGILState_Ensure", name: ENTER, params: &[], result: Some(U32) },
    Lift { core: "PyGILState_Release", name: LEAVE, params: &[("state", U32)], result: None },
    Lift {
        core: "PyUnicode_FromStringAndSize",
        name: TEXT,
        params: &[("text", PrimitiveValType::String)],
        result: Some(U32),
    },
    Lift { core: "PyUnicode_AsUTF8", name: BYTES, params: &[("text", U32)], result: Some(U32) },
    Lift { core: "PyRun_SimpleString", name: RUN, params: &[("code", U32)], result: Some(U32) },
    Lift { core: "__wasilibc_reset_preopens", name: FORGET_FOLDERS, params: &[], result: None },
    Lift { core: "reset_adapter_state", name: FORGET_HANDLES, params: &[], result: None },
];

/// Appends the exports of [`LIFTS`] to a component.
pub(super) fn open(mut component: Vec<u8>) -> Result<Vec<u8>, String> {
    let types = Validator::new_with_features(WasmFeatures::all())
        .validate_all(&component)
        .map_err(|error| error.to_string())?;
    let types = types.as_ref();
    let instances = Instances::read(&component).map_err(|error| error.to_string())?;

    let mut aliases = ComponentAliasSection::new();
    let mut alias = |kind: ExportKind, external: ExternalKind, name: &'static str| {
        let instance =
            instances.exporting(name, external).ok_or_else(|| format!("no library in it has {name}"))?;
        aliases.alias(Alias::CoreInstanceExport { instance, kind, name });
        Ok::<_, String>(())
    };
    alias(ExportKind::Memory, ExternalKind::Memory, "memory")?;
    alias(ExportKind::Func, ExternalKind::Func, "cabi_realloc")?;
    let (memory, realloc) = (types.memory_count(), types.function_count());
    let options = [CanonicalOption::UTF8, CanonicalOption::Memory(memory), CanonicalOption::Realloc(realloc)];

    let (mut shapes, mut lifts, mut exports) =
        (ComponentTypeSection::new(), CanonicalFunctionSection::new(), ComponentExportSection::new());
    for (index, lift) in (0_u32..).zip(&LIFTS) {
        alias(ExportKind::Func, ExternalKind::Func, lift.core)?;
        let params = lift.params.iter().map(|(name, kind)| (*name, ComponentValType::Primitive(*kind)));
        shapes.function().params(params).result(lift.result.map(ComponentValType::Primitive));
        lifts.lift(realloc + 1 + index, types.component_type_count() + index, options);
        let function = types.component_function_count() + index;
        exports.export(lift.name, ComponentExportKind::Func, function, None);
    }
    append(&mut component, &aliases);
    append(&mut component, &shapes);
    append(&mut component, &lifts);
    append(&mut component, &exports);
    Ok(component)
}

fn append(component: &mut Vec<u8>, section: &impl ComponentSection) {
    section.append_to_component(component);
}

/// The libraries of a component, by what they export.
struct Instances<'a> {
    /// Of each module.
    exports: Vec<Vec<(&'a str, ExternalKind)>>,
    /// The module of each instance that is one.
    modules: Vec<Option<u32>>,
}

impl<'a> Instances<'a> {
    fn read(component: &'a [u8]) -> wasmparser::Result<Self> {
        let mut read = Self { exports: Vec::new(), modules: Vec::new() };
        // What stands inside of a module or of a component within this one is no part of it.
        let (mut depth, mut in_module) = (0_u32, false);
        for payload in Parser::new(0).parse_all(component) {
            match payload? {
                Payload::ModuleSection { .. } => {
                    depth += 1;
                    in_module = depth == 1;
                    if in_module {
                        read.exports.push(Vec::new());
                    }
                }
                Payload::ComponentSection { .. } => depth += 1,
                Payload::End(_) => {
                    depth = depth.saturating_sub(1);
                    in_module = false;
                }
                Payload::ExportSection(section) if in_module => {
                    for export in section {
                        let export = export?;
                        if let Some(last) = read.exports.last_mut() {
                            last.push((export.name, export.kind));
                        }
                    }
                }
                Payload::InstanceSection(section) if depth == 0 => {
                    for instance in section {
                        read.modules.push(match instance? {
                            Instance::Instantiate { module_index, .. } => Some(module_index),
                            Instance::FromExports(_) => None,
                        });
                    }
                }
                _ => {}
            }
        }
        Ok(read)
    }

    fn exporting(&self, name: &str, kind: ExternalKind) -> Option<u32> {
        let has = |module: u32| {
            let exports = self.exports.get(module as usize)?;
            exports.iter().any(|(export, of)| *export == name && *of == kind).then_some(())
        };
        let found = self.modules.iter().position(|module| module.and_then(has).is_some())?;
        u32::try_from(found).ok()
    }
}
