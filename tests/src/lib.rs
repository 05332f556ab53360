//! Support for the tests: what the panel is driven with, and what it is driven against.
//!
//! The panel is a child process here, never a library: these tests see what an administrator, a client, a module and an
//! operator see. Everything it talks to is a real server on loopback, either the genuine program ([`support::Postgres`],
//! [`support::Pdns`], [`support::Browser`]) or a stand-in that refuses what the genuine one refuses ([`fakes`]).
//!
//! `cargo xtask` uses the same pieces for its demo ([`demo`]) and its test run.

pub mod demo;
pub mod fakes;
pub mod support;
