//! Tells people something in the panel's name. Grant: `notifications = true`.
//!
//! Only people who have to do with the module: clients of its services, and staff with one of its permissions. What is said are
//! the module's own strings in the reader's language, so that nobody gets a sentence that no translator saw. It is kept in the
//! call's transaction and shown in the panel; from there one task for each notification module carries it further.

mod host;
#[cfg(test)]
mod tests;
