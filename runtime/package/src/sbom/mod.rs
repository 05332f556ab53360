//! The list of what a package is made of: a CycloneDX document beside the component.
//!
//! It is the author's word and proves nothing; the panel shows it, and whoever has to know which modules hold a library that turned
//! out to be broken asks it. So that a package is the same bytes for the same input, the document has neither a time nor a serial
//! number, and its parts stand in order.
//!
//! The model is ours: `cyclonedx-bom` writes versions up to 1.5 and draws in a parser of XML, and of the whole specification these few
//! members are what a package needs.

mod error;
mod licence;
mod model;

use caisson_types::Manifest;
use caisson_types::problem::shown;

pub use error::SbomError;
pub use licence::Licence;
pub use model::{Component, Hash, Kind, Scope};

use model::{Document, Metadata, Tools};

/// Most parts that a document may list, and most characters of what one says about itself.
const PARTS_MAX: usize = 5_000;
const TEXT_MAX: usize = 200;

/// What a package is made of.
#[derive(Clone, Debug, PartialEq)]
pub struct Sbom {
    document: Document,
    text: String,
}

/// One part, as people read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    pub name: String,
    /// Empty where it has none.
    pub version: String,
    /// Empty where it is not known.
    pub licence: String,
    /// Used to make the component, and not in it.
    pub only_for_building: bool,
}

impl Sbom {
    /// Where it stands in a package.
    pub const FILE_NAME: &'static str = "sbom.cdx.json";

    /// Of a module and its parts, in any order.
    #[must_use]
    pub fn new(manifest: &Manifest, mut parts: Vec<Component>) -> Self {
        let about = &manifest.module;
        parts.sort_by(|a, b| a.bom_ref.cmp(&b.bom_ref));
        parts.dedup_by(|a, b| a.bom_ref == b.bom_ref);
        let mut module = Component::new(Kind::Application, about.name.as_str());
        module.group = Some(about.kind.to_string());
        module.version = Some(about.version.to_string());
        module.description = Some(about.description.clone());
        module.bom_ref = Some(format!("{}@{}", manifest.key(), about.version));
        let mut tool = Component::new(Kind::Application, "caisson");
        tool.version = Some(env!("CARGO_PKG_VERSION").to_owned());
        let metadata = Metadata { tools: Some(Tools { components: vec![tool] }), component: module };
        let document = Document {
            bom_format: "CycloneDX".to_owned(),
            spec_version: "1.6".to_owned(),
            version: 1,
            metadata,
            components: parts,
        };
        // Strings and numbers alone: nothing of it can fail.
        let mut text = serde_json::to_string_pretty(&document).unwrap_or_default();
        text.push('\n');
        Self { document, text }
    }

    /// The document as it stands in a package, in JSON.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Reads what stands in a package, of whatever tool.
    ///
    /// # Errors
    /// What is wrong with it, or what it says of another module than the manifest.
    pub fn read(text: &str, manifest: &Manifest) -> Result<Self, SbomError> {
        let document: Document =
            serde_json::from_str(text).map_err(|error| SbomError::Unreadable(error.to_string()))?;
        if document.bom_format != "CycloneDX" || !document.spec_version.starts_with("1.") {
            return Err(SbomError::Format {
                format: shown(&document.bom_format, TEXT_MAX),
                version: shown(&document.spec_version, TEXT_MAX),
            });
        }
        if document.components.len() > PARTS_MAX {
            return Err(SbomError::TooMany(document.components.len()));
        }
        let (about, named) = (&manifest.module, &document.metadata.component);
        if named.name != about.name.as_str()
            || named.version.as_deref() != Some(about.version.to_string().as_str())
        {
            return Err(SbomError::Another {
                named: shown(&named.name, TEXT_MAX),
                version: shown(named.version.as_deref().unwrap_or("without a version"), TEXT_MAX),
                module: format!("{} {}", about.name, about.version),
            });
        }
        Ok(Self { document, text: text.to_owned() })
    }

    /// Its parts: what is in the component first, then what only made it.
    #[must_use]
    pub fn parts(&self) -> Vec<Part> {
        let mut parts: Vec<Part> = self.document.components.iter().map(Part::of).collect();
        parts.sort_by(|a, b| {
            (a.only_for_building, &a.name, &a.version).cmp(&(b.only_for_building, &b.name, &b.version))
        });
        parts
    }
}

impl Part {
    fn of(component: &Component) -> Self {
        let name = match &component.group {
            Some(group) if !group.is_empty() => format!("{group}/{}", component.name),
            _ => component.name.clone(),
        };
        let licence = component.licenses.iter().map(Licence::text).collect::<Vec<_>>().join(", ");
        Self {
            name: shown(&name, TEXT_MAX),
            version: shown(component.version.as_deref().unwrap_or_default(), TEXT_MAX),
            licence: shown(&licence, TEXT_MAX),
            only_for_building: component.scope == Some(Scope::Excluded),
        }
    }
}

#[cfg(test)]
mod tests;
