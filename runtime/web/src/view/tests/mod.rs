//! Every page with its fixture, the strings in every language, and what a module's templates can and cannot do.

mod fixtures;
mod formats;
mod markup;
mod modules;
mod pages;
mod strings;

use std::sync::LazyLock;

use super::{Source, Views};

/// The views of the checkout, as the binary carries them.
fn views() -> &'static Views {
    static VIEWS: LazyLock<Views> = LazyLock::new(|| Views::new(Source::Embedded).unwrap());
    &VIEWS
}
