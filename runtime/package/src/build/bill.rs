use std::path::Path;

use super::{BuildError, Language, c, javascript, python, read_manifest, rust};
use crate::sbom::Sbom;

/// What the module in `dir` is made of, told by its language's own tools. It must have been built.
///
/// # Errors
/// A lock or a list that is missing or cannot be read.
pub fn bill_of_materials(dir: &Path) -> Result<Sbom, BuildError> {
    let dir = std::path::absolute(dir).map_err(|error| BuildError::File { path: dir.to_owned(), error })?;
    let parts = match Language::detect(&dir)? {
        Language::Rust => rust::bill::parts(&dir)?,
        Language::JavaScript => javascript::bill::parts(&dir)?,
        Language::Python => python::bill::parts(&dir)?,
        Language::C => c::bill::parts()?,
    };
    Ok(Sbom::new(&read_manifest(&dir)?, parts))
}
