//! The module's own tables. Grant: `[capabilities.database]` with the names of the tables.
//!
//! ```no_run
//! use caisson_guest::db::{self, Filter};
//! use caisson_guest::Result;
//! use serde::{Deserialize, Serialize};
//!
//! #[derive(Serialize, Deserialize)]
//! struct Server {
//!     name: String,
//!     load: i64,
//! }
//!
//! fn activate() -> Result<()> {
//!     db::schema::create("servers", |table| {
//!         table.id();
//!         table.varchar("name", 100).unique();
//!         table.integer("load").default(0);
//!         table.timestamps();
//!     })
//! }
//!
//! fn least_loaded() -> Result<Option<Server>> {
//!     db::table("servers").filter_by("load", db::Lt, 90).order_by("load").first()
//! }
//!
//! fn take(name: &str) -> Result<()> {
//!     db::transaction(|| {
//!         db::table("servers").filter("name", name).increment("load", 1)?;
//!         db::table("accounts").insert(&caisson_guest::json!({ "server": name }))?;
//!         Ok(())
//!     })
//! }
//! # fn main() {}
//! ```
//!
//! What a task or a service's status changes while a transaction is open is kept or undone with it.

mod ask;
mod change;
mod filter;
mod row;
pub mod schema;
mod table;
mod value;

pub use crate::bindings::host::caisson::module::database::{Aggregate, Operator};
pub use Operator::{Eq, Ge, Gt, Le, Like, Lt, Ne, NotLike};
pub use filter::{Any, Filter};
pub use table::Table;
pub use value::{ToValue, Value, bytes, decimal};

use crate::{Result, host};

/// Begins a statement on a table.
pub fn table(name: &str) -> Table {
    Table::new(name)
}

/// Runs `work` as one transaction: kept where it gives `Ok`, undone where it gives an error or the module crashes. While it is
/// open, nobody else may write on a panel that runs on SQLite: do not compute long in it; HTTP is refused.
///
/// # Errors
/// Those of `work`, and a problem where the transaction cannot begin or be kept.
pub fn transaction<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    host::database::begin()?;
    match work() {
        Ok(done) => {
            host::database::commit()?;
            Ok(done)
        }
        Err(problem) => {
            // The first problem is the one to tell.
            let _ = host::database::rollback();
            Err(problem)
        }
    }
}
