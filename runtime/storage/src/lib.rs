//! State: pools, migrations, repositories, the task store, the vault.
//!
//! One body of SQL serves SQLite and PostgreSQL: `$1` binds, TEXT for ids, words and JSON, 64-bit integers for times (in
//! milliseconds), counts and flags. Where the two differ, the difference is a named function (see [`db`] and
//! [`mod@tasks::claim`]), never a second copy of a repository.
//!
//! A repository is a module of free functions that take a [`Conn`] first. A pool's connection and a transaction both
//! lend one, so whatever must happen together is called with the same transaction:
//!
//! ```no_run
//! # async fn example(db: &caisson_storage::Db, service: caisson_storage::services::Service,
//! #     task: caisson_storage::tasks::NewTask) -> caisson_storage::Result<()> {
//! let mut tx = db.begin().await?;
//! caisson_storage::services::insert(&mut tx, &service).await?;
//! caisson_storage::tasks::enqueue(&mut tx, &task).await?;
//! tx.commit().await?;
//! db.signal().notify();
//! # Ok(())
//! # }
//! ```
//!
//! A row that is asked for by its key and not there is [`StorageError::Missing`]; [`Optional::optional`] turns that
//! into `None` where absence is an answer.

pub mod admins;
pub mod audit;
pub mod cache;
pub mod calls;
pub mod captures;
pub mod clients;
pub mod db;
pub mod error;
pub mod events;
pub mod generations;
pub mod grants;
pub mod hours;
pub mod invoices;
mod key_file;
pub mod module_log;
pub mod modules;
pub mod notifications;
pub mod packages;
pub mod page;
pub mod payments;
pub mod products;
pub mod publishers;
mod retention;
mod row;
pub mod schedules;
pub mod service_events;
pub mod services;
pub mod sessions;
pub mod settings;
mod sql;
pub mod tables;
pub mod tasks;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
pub mod throttle;
pub mod tokens;
pub mod trials;
pub mod trust;
pub mod upgrades;
pub mod usage;
pub mod vault;
pub mod webhooks;

pub use db::{Conn, Db, Dialect, PoolConn, Tx};
pub use error::{Optional, Result, StorageError};
pub use packages::FsPackages;
pub use page::{Page, PageQuery};
pub use tasks::TaskSignal;
pub use vault::{Vault, VaultError};
