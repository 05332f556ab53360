//! Where templates, strings and assets come from: the binary, or in development the checkout, read anew each time.

use std::borrow::Cow;
use std::path::{Component, Path, PathBuf};

use super::embedded;

/// Which copy of `views/` is served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// The copy inside the binary.
    Embedded,
    /// A folder, read again for every page, so that an edit shows on reload.
    Disk(PathBuf),
}

impl Source {
    /// The text of a template, by its path below `views/`.
    pub(super) fn template(&self, name: &str) -> Option<Cow<'static, str>> {
        match self {
            Self::Embedded => find(embedded::TEMPLATES, name).map(Cow::Borrowed),
            Self::Disk(root) => {
                read(root, name).and_then(|bytes| String::from_utf8(bytes).ok()).map(Cow::Owned)
            }
        }
    }

    /// A built asset, by its file name.
    pub(super) fn asset(&self, name: &str) -> Option<Cow<'static, [u8]>> {
        match self {
            Self::Embedded => find(embedded::ASSETS, name).map(Cow::Borrowed),
            Self::Disk(root) => read(&root.join("assets/dist"), name).map(Cow::Owned),
        }
    }

    /// Every strings file: locale, path, text.
    pub(super) fn strings(&self) -> Vec<(String, String, Cow<'static, str>)> {
        let of = |path: &str| path.split_once('/').map(|(locale, _)| (locale.to_owned(), path.to_owned()));
        match self {
            Self::Embedded => embedded::STRINGS
                .iter()
                .filter_map(|(path, text)| {
                    of(path).map(|(locale, path)| (locale, path, Cow::Borrowed(*text)))
                })
                .collect(),
            Self::Disk(root) => embedded::STRINGS
                .iter()
                .filter_map(|(path, built_in)| {
                    let (locale, path) = of(path)?;
                    let text =
                        read(&root.join("lang"), &path).and_then(|bytes| String::from_utf8(bytes).ok());
                    Some((locale, path, text.map_or(Cow::Borrowed(*built_in), Cow::Owned)))
                })
                .collect(),
        }
    }

    /// Names of all templates of the binary.
    pub(super) fn template_names() -> impl Iterator<Item = &'static str> {
        embedded::TEMPLATES.iter().map(|(name, _)| *name)
    }
}

fn find<T: Copy>(table: &[(&str, T)], name: &str) -> Option<T> {
    table.binary_search_by(|(key, _)| key.cmp(&name)).ok().map(|at| table[at].1)
}

/// A file below `root`; a name that would leave it finds nothing.
fn read(root: &Path, name: &str) -> Option<Vec<u8>> {
    let path = Path::new(name);
    if !path.components().all(|part| matches!(part, Component::Normal(_))) {
        return None;
    }
    std::fs::read(root.join(path)).ok()
}
