//! A module's own strings, from the `lang/*.ftl` of its package. Needs no grant.
//!
//! [`Strings`] is parsed once, when a version is made ready, and serves host calls, the module's templates and the panel's own
//! pages alike: whoever says a string follows the same fallbacks and the same bounds.

mod arguments;
mod bundle;
mod host;
mod strings;
#[cfg(test)]
mod tests;

pub use arguments::Arguments;
pub use strings::{Localized, Strings, StringsError};
