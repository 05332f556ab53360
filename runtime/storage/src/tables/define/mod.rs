//! Tables made, changed and dropped.

mod alter;
mod check;
mod create;

pub(super) use alter::alter;
pub(super) use check::{LATER, adds, check};
pub(super) use create::{create, drop_table};
