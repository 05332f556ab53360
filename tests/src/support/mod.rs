//! The genuine programs that tests run beside the panel, and the panel itself.
//!
//! Each is a child process in a directory of its own on loopback ports nobody else has, gone when its handle is dropped,
//! and gone too when the test process dies without dropping anything ([`process`]).

#[cfg(feature = "scenarios")]
pub mod archive;
#[cfg(feature = "scenarios")]
mod browser;
#[cfg(feature = "scenarios")]
mod dns;
mod http;
pub mod modules;
pub mod oci;
mod panel;
mod paths;
mod pdns;
mod postgres;
mod process;
pub mod publisher;
#[cfg(feature = "scenarios")]
pub mod puppet;
mod scene;
pub mod signed;
#[cfg(feature = "scenarios")]
pub mod till;
mod wait;

#[cfg(feature = "scenarios")]
pub use browser::Browser;
#[cfg(feature = "scenarios")]
pub use dns::{DnsAnswer, RecordType, ResponseCode};
pub use http::{Api, Page, Reply, Visitor, client};
pub use oci::{OciRegistry, oci_registry_installed};
pub use panel::{Admin, Panel, PanelBuilder, caisson_program, run_caisson};
pub use paths::{find_program, repository, target_dir};
pub use pdns::{Pdns, pdns_installed};
pub use postgres::{Postgres, postgres_bin};
pub use process::{Process, free_port};
pub use publisher::Publisher;
#[cfg(feature = "scenarios")]
pub use puppet::Puppet;
pub use scene::{Install, each_database, grant};
pub use wait::until;
