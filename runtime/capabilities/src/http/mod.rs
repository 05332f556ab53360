//! Bounded HTTP to granted hosts. Grant: a `[[capabilities.http]]` line. The policy, and the only client that leaves this
//! process for a guest, is [`egress`].

pub mod egress;
mod host;
