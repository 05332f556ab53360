//! Bounded HTTP to granted hosts. Grant: a `[[capabilities.http]]` line. The policy, and the only client that leaves this
//! process for a guest, is [`egress`]; two doors lead there, the contract's own `http` and the standard
//! `wasi:http/outgoing-handler` that `fetch` and the HTTP libraries of languages are built on.

mod denial;
pub mod egress;
mod host;
pub(crate) mod wasi;
