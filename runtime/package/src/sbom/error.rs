use super::{PARTS_MAX, Sbom};

/// What is wrong with a package's list of parts.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SbomError {
    #[error("{file} is not a CycloneDX document in JSON: {0}; pack again with `caisson module pack`", file = Sbom::FILE_NAME)]
    Unreadable(String),
    #[error("{file} is '{format}' of version '{version}'; it must be CycloneDX 1.x", file = Sbom::FILE_NAME)]
    Format { format: String, version: String },
    #[error("{file} lists {0} parts; at most {max} are read", file = Sbom::FILE_NAME, max = PARTS_MAX)]
    TooMany(usize),
    #[error(
        "{file} is of '{named}' {version}, and module.toml of {module}; pack again with `caisson module pack`",
        file = Sbom::FILE_NAME
    )]
    Another { named: String, version: String, module: String },
}
