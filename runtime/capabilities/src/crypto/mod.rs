//! Keys, digests and randomness. Needs no grant; charged by the byte. Encryption is under a key that only this module has,
//! and secrets for signatures are named, never handed over.

mod host;
mod password;

/// Keys are derived per module, so that one module's sealed data is noise to another.
#[must_use]
pub fn purpose(module: &caisson_types::ModuleKey) -> String {
    format!("module-crypto:{module}")
}
