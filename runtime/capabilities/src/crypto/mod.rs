//! Keys, digests and randomness. Needs no grant; charged by the byte. Encryption is under a key that only this module has,
//! and secrets for signatures are named, never handed over.

mod host;
mod password;
