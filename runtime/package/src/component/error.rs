//! Why a component was refused.

use caisson_types::{CONTRACT_SECTION, CONTRACT_VERSION};

use crate::archive::MAX_COMPONENT_BYTES;

/// A component that will not be compiled. Every message names the file, and the import, export or limit in question.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ComponentError {
    #[error("component.wasm is {0} bytes long; at most {max} are allowed", max = MAX_COMPONENT_BYTES)]
    TooLong(usize),
    #[error("component.wasm is not WebAssembly; build it with `caisson module build`")]
    NotWasm,
    #[error(
        "component.wasm holds machine code that was compiled elsewhere; a package carries the portable component, as \
         `caisson module build` makes it"
    )]
    Precompiled,
    #[error(
        "component.wasm is a core module, not a component; build it with `caisson module build`, which wraps it"
    )]
    CoreModule,
    #[error("component.wasm is of an unknown WebAssembly version; build it with `caisson module build`")]
    UnknownVersion,
    #[error("component.wasm has more than {max} {what}")]
    TooMany { what: &'static str, max: u64 },
    #[error("component.wasm nests {what} more than {max} deep")]
    TooDeep { what: &'static str, max: usize },
    #[error("component.wasm is not valid at byte {offset}: {message}")]
    Invalid { offset: usize, message: String },
    #[error(
        "component.wasm does not state its contract version in a custom section '{section}'; build it with `caisson \
         module build`",
        section = CONTRACT_SECTION
    )]
    NoContract,
    #[error("component.wasm states its contract version twice; keep one custom section '{section}'", section = CONTRACT_SECTION)]
    TwoContracts,
    #[error("component.wasm states the contract version '{0}', which is not a version such as {version}", version = CONTRACT_VERSION)]
    UnreadableContract(String),
    #[error(
        "component.wasm was built against version {0} of the contract; this host serves {served}",
        served = CONTRACT_VERSION
    )]
    UnsupportedContract(String),
    #[error(
        "component.wasm was built against version {component} of the contract, but module.toml says contract = \
         \"{manifest}\"; make both the same"
    )]
    ContractMismatch { component: String, manifest: String },
    #[error("component.wasm imports '{import}', which is not in the contract: {why}")]
    UnknownImport { import: String, why: String },
    #[error("component.wasm imports '{import}', which module.toml does not ask for: add {line}")]
    UndeclaredImport { import: String, line: &'static str },
    #[error("component.wasm does not export '{export}', which is needed because {why}")]
    MissingExport { export: String, why: String },
}

impl ComponentError {
    pub(super) fn invalid(error: wasmparser::Error) -> Self {
        let message = error.message().chars().take(300).flat_map(char::escape_debug).collect();
        Self::Invalid { offset: error.offset(), message }
    }
}

/// A name out of a component, fit for a message.
pub(super) fn shown(name: &str) -> String {
    name.chars().take(200).flat_map(char::escape_debug).collect()
}
