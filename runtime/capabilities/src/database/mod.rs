//! The module's own tables. Grant: one for each table of `[capabilities.database]`.
//!
//! What a query may say and how it is kept within the module's share is [`caisson_storage::tables`]' business; here stand the
//! grant, the budget and the trace, and the contract's words for it all.

mod convert;
mod host;
