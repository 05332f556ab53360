//! The built stylesheet, script, fonts and icons: names for templates, bytes for the route that serves them.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::source::Source;

/// What `cargo xtask assets` left in `views/assets/dist`.
#[derive(Clone, Debug)]
pub struct Assets {
    source: Source,
    manifest: Manifest,
}

/// `manifest.json` of the build.
#[derive(Clone, Debug, Default, Deserialize)]
struct Manifest {
    /// `caisson.css` to `caisson.1a2b3c4d.css`.
    files: BTreeMap<String, String>,
    /// Icons of the sprite.
    icons: BTreeSet<String>,
}

/// A file to answer with. Its name carries a digest of its bytes, so it may be cached for good.
#[derive(Clone, Debug)]
pub struct AssetFile {
    pub bytes: Cow<'static, [u8]>,
    pub content_type: &'static str,
}

/// Shown where the sprite has no icon of the name asked for.
const FALLBACK_ICON: &str = "puzzle";

impl Assets {
    pub(super) fn new(source: Source) -> Self {
        let manifest = source.asset("manifest.json").and_then(|bytes| serde_json::from_slice(&bytes).ok());
        if manifest.is_none() {
            tracing::warn!(
                "the panel's assets are not built, so pages have no styles; run `cargo xtask assets`"
            );
        }
        Self { source, manifest: manifest.unwrap_or_default() }
    }

    /// Address of a built file, by its name without digest.
    #[must_use]
    pub fn url(&self, name: &str) -> String {
        format!("/assets/{}", self.manifest.files.get(name).map_or(name, String::as_str))
    }

    /// A file by the name that [`Self::url`] gave it.
    #[must_use]
    pub fn file(&self, name: &str) -> Option<AssetFile> {
        let (_, extension) = name.rsplit_once('.')?;
        let content_type = match extension {
            "css" => "text/css; charset=utf-8",
            "js" => "text/javascript; charset=utf-8",
            "svg" => "image/svg+xml",
            "woff2" => "font/woff2",
            "txt" => "text/plain; charset=utf-8",
            _ => return None,
        };
        Some(AssetFile { bytes: self.source.asset(name)?, content_type })
    }

    /// Address of an icon inside the sprite.
    pub(super) fn icon(&self, name: &str) -> String {
        let name = if self.manifest.icons.contains(name) { name } else { FALLBACK_ICON };
        format!("{}#{name}", self.url("icons.svg"))
    }
}
