//! The members of a CycloneDX document that a package needs, in the order in which they are written.

use serde::{Deserialize, Serialize};

use super::licence::Licence;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Document {
    pub(super) bom_format: String,
    pub(super) spec_version: String,
    #[serde(default)]
    pub(super) version: u32,
    pub(super) metadata: Metadata,
    #[serde(default)]
    pub(super) components: Vec<Component>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Metadata {
    /// Older documents have another form of it, and nothing here depends on it.
    #[serde(skip_deserializing)]
    pub(super) tools: Option<Tools>,
    /// What the document is about.
    pub(super) component: Component,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Tools {
    pub(super) components: Vec<Component>,
}

/// A part, or the module itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Component {
    #[serde(rename = "type")]
    pub kind: Kind,
    /// Unique in a document: the package URL where there is one.
    #[serde(default, rename = "bom-ref", skip_serializing_if = "Option::is_none")]
    pub bom_ref: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<Scope>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hashes: Vec<Hash>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub licenses: Vec<Licence>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purl: Option<String>,
}

/// What a part is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    Application,
    Framework,
    Library,
    /// Runs what an author wrote: the engine of a language that is not compiled.
    Platform,
    #[serde(other)]
    Other,
}

/// Whether a part is in the component.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    Required,
    Optional,
    /// Only made it.
    Excluded,
}

/// Of the archive that a part was taken from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hash {
    pub alg: String,
    /// Hexadecimal.
    pub content: String,
}

impl Component {
    pub(crate) fn new(kind: Kind, name: impl Into<String>) -> Self {
        Self {
            kind,
            bom_ref: None,
            group: None,
            name: name.into(),
            version: None,
            description: None,
            scope: None,
            hashes: Vec::new(),
            licenses: Vec::new(),
            purl: None,
        }
    }

    /// A part that is in the component.
    pub(crate) fn part(kind: Kind, name: &str, version: &str) -> Self {
        let mut part = Self::new(kind, name);
        part.bom_ref = Some(format!("{name}@{version}"));
        part.version = Some(version.to_owned());
        part.scope = Some(Scope::Required);
        part
    }

    /// Where registries have it: `pkg:cargo/serde@1.0.229`.
    pub(crate) fn with_purl(mut self, purl: String) -> Self {
        self.bom_ref = Some(purl.clone());
        self.purl = Some(purl);
        self
    }

    pub(crate) fn with_licence(mut self, licence: Option<&str>) -> Self {
        self.licenses = licence.and_then(Licence::new).into_iter().collect();
        self
    }

    pub(crate) fn with_scope(mut self, scope: Scope) -> Self {
        self.scope = Some(scope);
        self
    }

    /// The kit of a language: `rust`, `js`, `python`, `c`.
    pub(crate) fn kit(language: &str, version: &str) -> Self {
        let mut kit = Self::part(Kind::Framework, &format!("guest-sdk-{language}"), version);
        kit.group = Some("caisson".to_owned());
        kit.with_licence(Some("Apache-2.0"))
    }
}
