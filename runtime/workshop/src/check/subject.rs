//! What is checked: a module's parts, read from its folder or from a package, whether or not they hold together.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::Path;

use caisson_package::Package;
use caisson_types::Manifest;
use caisson_types::manifest::ManifestError;

/// Folders that builds and tools leave behind.
const LEFT_BEHIND: [&str; 6] = ["target", "node_modules", "dist", "__pycache__", "venv", "build"];
/// Bytes of a text file that is looked at.
const MAX_TEXT: u64 = 1 << 20;
const SOURCES: [&str; 8] = ["rs", "ts", "js", "mjs", "py", "c", "h", "tsx"];

/// A module's parts.
pub(super) struct Subject {
    pub(super) manifest_text: String,
    pub(super) manifest: Result<Manifest, ManifestError>,
    /// By path below `views/` without `.html`.
    pub(super) templates: BTreeMap<String, String>,
    /// Paths below `views/assets/`.
    pub(super) assets: BTreeSet<String>,
    /// Whether `views/frames/` has files.
    pub(super) frames: bool,
    /// By locale.
    pub(super) strings: BTreeMap<String, String>,
    /// By path below `tests/fixtures/`.
    pub(super) fixtures: BTreeMap<String, String>,
    /// Sources by path; none where a package is checked.
    pub(super) sources: Option<BTreeMap<String, String>>,
    /// Every text file by path, for secrets.
    pub(super) texts: BTreeMap<String, String>,
    pub(super) component: Option<Vec<u8>>,
}

impl Subject {
    /// The parts of a folder, without the component that it builds.
    pub(super) fn of_folder(dir: &Path) -> io::Result<Self> {
        let mut files = Files::default();
        files.collect(dir, "", 0)?;
        let manifest_text = std::fs::read_to_string(dir.join(Manifest::FILE_NAME))?;
        let below = |folder: &str, ending: &str| -> BTreeMap<String, String> {
            let found = files.texts.iter().filter_map(|(path, text)| {
                let name = path.strip_prefix(folder)?.strip_suffix(ending)?;
                Some((name.to_owned(), text.clone()))
            });
            found.collect()
        };
        let sources = files.texts.iter().filter(|(path, _)| is_source(path));
        Ok(Self {
            manifest: Manifest::parse(&manifest_text),
            manifest_text,
            templates: below("views/", ".html"),
            assets: files
                .names
                .iter()
                .filter_map(|path| path.strip_prefix("views/assets/"))
                .map(str::to_owned)
                .collect(),
            frames: files.names.iter().any(|path| path.starts_with("views/frames/")),
            strings: below("lang/", ".ftl"),
            fixtures: below("tests/fixtures/", ".json"),
            sources: Some(sources.map(|(path, text)| (path.clone(), text.clone())).collect()),
            texts: files.texts,
            component: None,
        })
    }

    pub(super) fn of_package(package: Package) -> Self {
        let mut texts = BTreeMap::from([(Manifest::FILE_NAME.to_owned(), package.manifest_text.clone())]);
        let named = |folder: &'static str, ending: &'static str| {
            move |(name, text): (&String, &String)| (format!("{folder}{name}{ending}"), text.clone())
        };
        texts.extend(package.templates.iter().map(named("views/", ".html")));
        texts.extend(package.strings.iter().map(named("lang/", ".ftl")));
        texts.extend(package.frames.iter().map(named("views/frames/", "")));
        texts.extend(package.readme.map(|text| ("README.md".to_owned(), text)));
        Self {
            manifest_text: package.manifest_text,
            manifest: Ok(package.manifest),
            templates: package.templates,
            assets: package.assets.into_keys().collect(),
            frames: !package.frames.is_empty(),
            strings: package.strings,
            fixtures: BTreeMap::new(),
            sources: None,
            texts,
            component: Some(package.component),
        }
    }

    /// Whether a source mentions a name, in any spelling that languages ask for; so it is taken to be where there are no sources.
    pub(super) fn mentions(&self, name: &str) -> bool {
        let Some(sources) = &self.sources else { return true };
        let spellings = [name.to_owned(), name.replace('-', "_"), name.replace('_', "-"), camel(name)];
        sources.values().any(|text| spellings.iter().any(|spelling| has_word(text, spelling)))
    }

    /// Whether a source has a text in quotes.
    pub(super) fn quotes(&self, text: &str) -> bool {
        let Some(sources) = &self.sources else { return true };
        sources.values().any(|source| has_quoted(source, text))
    }

    /// Line of the table `[[path]]` or `[path]` that is the `index`th of its name.
    pub(super) fn table_line(&self, path: &str, index: usize) -> Option<usize> {
        let headers = [format!("[[{path}]]"), format!("[{path}]")];
        let mut lines = self.manifest_text.lines().enumerate().filter(|(_, line)| {
            let line = line.split('#').next().unwrap_or_default().trim();
            headers.iter().any(|header| line == header)
        });
        lines.nth(index).map(|(at, _)| at + 1)
    }

    /// Line of the first key of this name, or of the table.
    pub(super) fn key_line(&self, key: &str) -> Option<usize> {
        let is_key = |line: &str| {
            line.trim_start().strip_prefix(key).is_some_and(|rest| rest.trim_start().starts_with('='))
        };
        let line = self.manifest_text.lines().position(is_key).map(|at| at + 1);
        line.or_else(|| self.table_line(&format!("capabilities.{key}"), 0))
    }
}

/// Whether a text has `wanted` between quotes of one kind.
pub(super) fn has_quoted(text: &str, wanted: &str) -> bool {
    ['"', '\'', '`'].iter().any(|quote| text.contains(&format!("{quote}{wanted}{quote}")))
}

/// Whether a word stands in a text with nothing around it that would make it another.
fn has_word(text: &str, word: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_' || (c == '-' && word.contains('-'));
    text.match_indices(word).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + word.len()..].chars().next();
        !before.is_some_and(is_part) && !after.is_some_and(is_part)
    })
}

/// `add-record` as `addRecord`.
fn camel(name: &str) -> String {
    let mut parts = name.split(['-', '_']);
    let mut whole = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let mut letters = part.chars();
        whole.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        whole.push_str(letters.as_str());
    }
    whole
}

fn is_source(path: &str) -> bool {
    let outside = ["tests/", "views/", "lang/"].iter().any(|folder| path.starts_with(folder));
    !outside && path.rsplit_once('.').is_some_and(|(_, ending)| SOURCES.contains(&ending))
}

/// A folder's files.
#[derive(Default)]
struct Files {
    names: BTreeSet<String>,
    texts: BTreeMap<String, String>,
}

impl Files {
    fn collect(&mut self, folder: &Path, below: &str, depth: usize) -> io::Result<()> {
        if depth > 16 {
            return Ok(());
        }
        for entry in std::fs::read_dir(folder)? {
            let entry = entry?;
            let path = entry.path();
            let Ok(name) = entry.file_name().into_string() else { continue };
            let (here, whole) = (below.is_empty(), format!("{below}{name}"));
            // Links are followed where they are a part of the module itself, as modules may share templates.
            if path.is_dir() {
                let left_behind = name.starts_with('.') || LEFT_BEHIND.contains(&name.as_str());
                let part = here && matches!(name.as_str(), "views" | "lang");
                if !left_behind && (part || !path.is_symlink()) {
                    self.collect(&path, &format!("{whole}/"), depth + 1)?;
                }
            } else if path.is_file() {
                let length = entry.path().metadata()?.len();
                let locked = name.ends_with(".lock") || name == "package-lock.json";
                if length <= MAX_TEXT
                    && !locked
                    && let Ok(text) = String::from_utf8(std::fs::read(&path)?)
                    && !text.contains('\0')
                {
                    self.texts.insert(whole.clone(), text);
                }
                self.names.insert(whole);
            }
        }
        Ok(())
    }
}
