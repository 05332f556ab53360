//! What a linked module still wants from outside.

use std::path::Path;

use wasmparser::{Parser, Payload};

use super::super::BuildError;

/// Where wasi-libc looks for the system.
const WASI: &str = "wasi_snapshot_preview1";

/// Refuses what reaches for a system: a module is alone with the host's interfaces, and files, streams, clocks and the
/// environment are not among them.
pub(super) fn check(dir: &Path, module: &[u8]) -> Result<(), BuildError> {
    let unreadable = |error: wasmparser::BinaryReaderError| BuildError::Componentize {
        module: dir.to_owned(),
        reason: error.to_string(),
    };
    let mut functions = Vec::new();
    for payload in Parser::new(0).parse_all(module) {
        if let Payload::ImportSection(section) = payload.map_err(unreadable)? {
            for import in section.into_imports() {
                let import = import.map_err(unreadable)?;
                if import.module == WASI {
                    functions.push(import.name.to_owned());
                }
            }
        }
    }
    if functions.is_empty() {
        return Ok(());
    }
    Err(BuildError::System { dir: dir.to_owned(), functions: functions.join(", ") })
}
