//! Every case runs on SQLite, and on PostgreSQL where `CAISSON_TEST_POSTGRES_URL` names a server.
#![expect(clippy::unwrap_used, reason = "a helper of a test may fail like the test")]

mod audit;
mod cache;
mod claims;
mod database;
mod leases;
mod logs;
mod modules;
mod money;
mod notifications;
mod people;
mod queue;
mod schedules;
mod schema;
mod services;
mod support;
mod tables;
mod usage;
mod worker;
