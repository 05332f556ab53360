//! Where a file may stand in a package, and how long it may be.

use caisson_types::Manifest;

use super::{MAX_ASSET_BYTES, MAX_COMPONENT_BYTES, MAX_SBOM_BYTES, MAX_TEXT_BYTES};
use crate::sbom::Sbom;

pub(super) const MANIFEST: &str = Manifest::FILE_NAME;
pub(super) const COMPONENT: &str = "component.wasm";
pub(super) const README: &str = "README.md";
pub(super) const LICENSE: &str = "LICENSE";
pub(super) const SBOM: &str = Sbom::FILE_NAME;
pub(super) const VIEWS: &str = "views";
pub(super) const STRINGS: &str = "lang";
pub(super) const SCENARIOS: &str = "tests";

/// What a file is, told by its path alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Manifest,
    Component,
    Readme,
    License,
    Sbom,
    /// Path below `views/` without `.html`.
    Template(String),
    /// A script or a style of a frame: its name below `views/frames/`.
    Frame(String),
    /// Path below `views/assets/`, and its type.
    Asset(String, AssetType),
    /// Locale.
    Strings(String),
    /// Path below `tests/` of a file of scenarios, or of what was recorded for one.
    Scenario(String),
}

impl Kind {
    /// Tells a file's kind by its path in the archive.
    ///
    /// # Errors
    /// Why no file of a package may have this path; reads on after the path.
    pub(super) fn of(path: &str) -> Result<Self, String> {
        plain(path)?;
        match path {
            MANIFEST => return Ok(Self::Manifest),
            COMPONENT => return Ok(Self::Component),
            README => return Ok(Self::Readme),
            LICENSE => return Ok(Self::License),
            SBOM => return Ok(Self::Sbom),
            _ => {}
        }
        if let Some(asset) = path.strip_prefix("views/assets/") {
            let kind = AssetType::of(asset).ok_or(
                "is not an asset: views/assets/ takes .png, .jpg, .jpeg, .webp, .ico and .woff2 files",
            )?;
            return Ok(Self::Asset(asset.to_owned(), kind));
        }
        if let Some(frame) = path.strip_prefix("views/frames/") {
            let known = frame.strip_suffix(".js").or_else(|| frame.strip_suffix(".css"));
            return match known {
                Some(name) if !name.contains(['.', '/']) => Ok(Self::Frame(frame.to_owned())),
                _ => {
                    Err("is no part of a frame: views/frames/ takes files such as console.js and console.css"
                        .to_owned())
                }
            };
        }
        if let Some(view) = path.strip_prefix("views/") {
            let name = view.strip_suffix(".html").ok_or(
                "is not a template: views/ takes .html files, and views/assets/ the images and fonts",
            )?;
            return if name.contains('.') {
                Err("has a dot in its name: a template's name has letters, digits, '-' and '_' before .html"
                    .to_owned())
            } else {
                Ok(Self::Template(name.to_owned()))
            };
        }
        if let Some(strings) = path.strip_prefix("lang/") {
            return match strings.strip_suffix(".ftl") {
                Some(locale) if is_locale(locale) => Ok(Self::Strings(locale.to_owned())),
                _ => Err("is not a strings file: lang/ takes files such as en.ftl or pt-BR.ftl".to_owned()),
            };
        }
        if let Some(scenario) = path.strip_prefix("tests/") {
            return if is_scenario(scenario) {
                Ok(Self::Scenario(scenario.to_owned()))
            } else {
                Err("is no scenario: tests/ takes .toml files, and recordings in .json".to_owned())
            };
        }
        Err(format!(
            "is no part of a package: it takes {MANIFEST}, {COMPONENT}, {README}, {LICENSE}, {SBOM}, views/, lang/ and tests/"
        ))
    }

    /// Bytes that a file of this kind may have.
    pub(super) fn max_bytes(&self) -> usize {
        match self {
            Self::Manifest => Manifest::MAX_BYTES,
            Self::Component => MAX_COMPONENT_BYTES,
            Self::Readme | Self::License | Self::Template(_) | Self::Strings(_) | Self::Scenario(_) => {
                MAX_TEXT_BYTES
            }
            Self::Sbom => MAX_SBOM_BYTES,
            Self::Asset(..) | Self::Frame(_) => MAX_ASSET_BYTES,
        }
    }

    /// Refuses contents that are not what the path says.
    pub(super) fn check_contents(&self, contents: &[u8]) -> Result<(), String> {
        match self {
            Self::Asset(_, kind) if !kind.matches(contents) => {
                Err(format!("is not a {} file, whatever its name says", kind.name()))
            }
            _ => Ok(()),
        }
    }
}

/// Segments of plain ASCII letters, digits, `-`, `_` and inner dots, joined by `/`: such a path means the same on every
/// system, in a URL and in a message.
fn plain(path: &str) -> Result<(), String> {
    let bytes = path.as_bytes();
    if path.is_empty() {
        return Err("has no name".to_owned());
    }
    if path.contains('\0') {
        return Err("has a NUL character in its path".to_owned());
    }
    if path.starts_with('/') {
        return Err("is an absolute path".to_owned());
    }
    if path.contains('\\') {
        return Err("has a backslash in its path".to_owned());
    }
    if bytes.get(1) == Some(&b':') {
        return Err("begins with a drive letter".to_owned());
    }
    for segment in path.split('/') {
        if segment == "." || segment == ".." {
            return Err(format!("has '{segment}' in its path"));
        }
        if segment.is_empty() {
            return Err("has an empty name in its path".to_owned());
        }
        if segment.starts_with('.') {
            return Err("is a hidden file".to_owned());
        }
        if !segment.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.')) {
            return Err("has other characters than letters, digits, '-', '_' and '.' in its path".to_owned());
        }
    }
    match path.rsplit_once('/') {
        Some((folders, _)) if folders.contains('.') => Err("has a dot in a folder's name".to_owned()),
        _ => Ok(()),
    }
}

/// A scenario or a recording, by its name.
pub(super) fn is_scenario(path: &str) -> bool {
    (path.ends_with(".toml") || path.ends_with(".json")) && !path.contains("/.")
}

/// A language, then subtags: `en`, `pt-BR`, `zh-Hant-TW`.
fn is_locale(text: &str) -> bool {
    let mut parts = text.split('-');
    let language = parts.next().unwrap_or_default();
    (2..=3).contains(&language.len())
        && language.bytes().all(|b| b.is_ascii_lowercase())
        && parts.all(|part| (2..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric()))
        && text.parse::<unic_langid::LanguageIdentifier>().is_ok()
}

/// Kinds of assets: none that a browser could run, and all told apart by their first bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AssetType {
    Png,
    Jpeg,
    Webp,
    Icon,
    Font,
}

impl AssetType {
    fn of(path: &str) -> Option<Self> {
        let (name, extension) = path.rsplit('/').next()?.rsplit_once('.')?;
        if name.is_empty() {
            return None;
        }
        match extension {
            "png" => Some(Self::Png),
            "jpg" | "jpeg" => Some(Self::Jpeg),
            "webp" => Some(Self::Webp),
            "ico" => Some(Self::Icon),
            "woff2" => Some(Self::Font),
            _ => None,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Png => "PNG",
            Self::Jpeg => "JPEG",
            Self::Webp => "WebP",
            Self::Icon => "ICO",
            Self::Font => "WOFF2",
        }
    }

    fn matches(self, contents: &[u8]) -> bool {
        match self {
            Self::Png => contents.starts_with(b"\x89PNG\r\n\x1a\n"),
            Self::Jpeg => contents.starts_with(b"\xff\xd8\xff"),
            Self::Webp => contents.starts_with(b"RIFF") && contents.get(8..12) == Some(b"WEBP"),
            Self::Icon => contents.starts_with(b"\0\0\x01\0"),
            Self::Font => contents.starts_with(b"wOF2"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_of_the_layout_is_known() {
        let cases = [
            ("module.toml", Kind::Manifest),
            ("component.wasm", Kind::Component),
            ("README.md", Kind::Readme),
            ("LICENSE", Kind::License),
            ("sbom.cdx.json", Kind::Sbom),
            ("views/client_area/status.html", Kind::Template("client_area/status".to_owned())),
            ("views/assets/img/logo.v2.png", Kind::Asset("img/logo.v2.png".to_owned(), AssetType::Png)),
            ("views/assets/inter.woff2", Kind::Asset("inter.woff2".to_owned(), AssetType::Font)),
            ("views/frames/console.js", Kind::Frame("console.js".to_owned())),
            ("lang/en.ftl", Kind::Strings("en".to_owned())),
            ("tests/create.toml", Kind::Scenario("create.toml".to_owned())),
            ("tests/recorded/create.json", Kind::Scenario("recorded/create.json".to_owned())),
            ("lang/zh-Hant-TW.ftl", Kind::Strings("zh-Hant-TW".to_owned())),
        ];
        for (path, kind) in cases {
            assert_eq!(Kind::of(path), Ok(kind), "{path}");
        }
    }

    #[test]
    fn every_other_path_is_refused_with_its_reason() {
        let _case = caisson_threats::case(17, "every other path is refused with its reason").times(27);
        let cases = [
            ("", "no name"),
            ("/module.toml", "absolute path"),
            ("../module.toml", "'..' in its path"),
            ("views/../module.toml", "'..' in its path"),
            ("./module.toml", "'.' in its path"),
            ("views\\a.html", "backslash"),
            ("C:module.toml", "drive letter"),
            ("views//a.html", "empty name"),
            ("views/", "empty name"),
            ("views/.hidden.html", "hidden file"),
            ("views/a\0.html", "NUL"),
            ("views/ä.html", "other characters"),
            ("views/a b.html", "other characters"),
            ("views/a.b/c.html", "dot in a folder's name"),
            ("views/a.b.html", "dot in its name"),
            ("views/a.svg", "not a template"),
            ("views/assets/a.svg", "not an asset"),
            ("views/frames/a.html", "no part of a frame"),
            ("views/frames/a.min.js", "no part of a frame"),
            ("views/frames/b/a.js", "no part of a frame"),
            ("views/assets/a.js", "not an asset"),
            ("views/assets/a.html", "not an asset"),
            ("views/assets/png", "not an asset"),
            ("lang/english.ftl", "not a strings file"),
            ("lang/en-ab-cd.ftl", "not a strings file"),
            ("lang/en/a.ftl", "not a strings file"),
            ("lang/en.json", "not a strings file"),
            ("tests/lib.rs", "no scenario"),
            ("src/lib.rs", "no part of a package"),
            ("Module.toml", "no part of a package"),
            ("views", "no part of a package"),
        ];
        for (path, reason) in cases {
            let refusal = Kind::of(path).unwrap_err();
            assert!(refusal.contains(reason), "{path}: {refusal}");
        }
    }
}
