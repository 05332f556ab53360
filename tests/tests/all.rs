//! Every test that drives the panel or its surroundings from outside, in one program.
//!
//! A case is a file (or a directory with a `mod.rs`) beside this one and a line here. `wiring` fails when the line is missing.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "in a test, a panic is the report")]

mod beginnings;
mod browser;
mod checks;
mod cli;
mod cloud_service;
mod conformance;
mod dev;
mod distribution;
mod host_functions;
mod hostile;
mod hosting_api;
mod inspector;
mod isolation;
mod kept;
mod languages;
mod limits;
mod markup;
mod modules;
mod notifications;
mod packages;
mod pages;
mod pages_in_browser;
mod panel;
mod panel_events;
mod payments;
mod pdns;
mod person;
mod postgres;
mod powerdns;
mod python;
mod replay;
mod retention;
mod scenarios;
mod settings;
mod showcase;
mod signatures;
mod startup;
mod telemetry;
mod typescript;
mod upgrades;
mod webhooks;
mod wiring;
