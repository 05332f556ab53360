//! Module packages: the archive format, its checks, and how guests are built.
//!
//! A package is untrusted until [`check_package`] returns it. That one function reads the [`archive`], parses the manifest,
//! pre-scans the [`component`] and checks every [`template`] and strings file, so that whoever stores, compiles or renders a
//! part of a package later does not have to ask again. It reads memory and writes nothing; a refusal leaves nothing behind.

#[cfg(test)]
#[macro_use]
mod samples;

pub mod archive;
pub mod build;
mod check;
pub mod component;
pub mod sbom;
pub mod signature;
mod strings;
pub mod template;

pub use archive::{ArchiveError, PackError, Package};
pub use check::{Checked, PackageError, check_package, pack, pack_with};
pub use component::{ComponentError, Inspected};
pub use sbom::{Sbom, SbomError};
pub use strings::{StringsError, check_strings};
pub use template::{TemplateErrors, TemplateFinding, check_templates};
