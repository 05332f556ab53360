//! A new module's folder: something small that builds, packs, installs and runs, for its author to change into what it is to be.
//!
//! The files stand in `templates/`: what a type of module has, and what a language needs, each once.

mod words;

use std::io;
use std::path::{Path, PathBuf};

use caisson_package::build::{BuildError, Language, write_kit};
use caisson_types::manifest::ManifestError;
use caisson_types::{Manifest, ModuleType, Slug};
use include_dir::{Dir, include_dir};

use words::Words;

static TEMPLATES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/templates");

/// What a new module is.
#[derive(Clone, Debug)]
pub struct NewModule {
    pub name: Slug,
    /// For people; the name made readable where none is given.
    pub title: Option<String>,
    pub kind: ModuleType,
    pub language: Language,
}

/// Why there is no new module.
#[derive(Debug, thiserror::Error)]
pub enum NewError {
    #[error("{} is not empty; a new module takes a folder of its own", .0.display())]
    NotEmpty(PathBuf),
    #[error("'{title}' is no title: {error}")]
    Title { title: String, error: ManifestError },
    #[error("{} cannot be written: {error}", path.display())]
    File { path: PathBuf, error: io::Error },
    #[error(transparent)]
    Kit(#[from] BuildError),
}

/// A file of the new folder: its path in there, and its text.
type File = (PathBuf, String);

/// Writes a new module into `dir`, which is made where it is not there. The paths are those of its files, as seen from `dir`.
///
/// # Errors
/// Where the folder holds something already, or cannot be written.
pub fn create_module(dir: &Path, new: &NewModule) -> Result<Vec<PathBuf>, NewError> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |error| NewError::File { path, error }
    };
    match std::fs::read_dir(dir) {
        Ok(mut entries) => {
            if entries.next().is_some() {
                return Err(NewError::NotEmpty(dir.to_owned()));
            }
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(failed(dir)(error)),
    }
    let files = files(new)?;
    for (path, text) in &files {
        let path = dir.join(path);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent).map_err(failed(parent))?;
        }
        std::fs::write(&path, text).map_err(failed(&path))?;
    }
    // So that an editor understands the folder before its first build.
    write_kit(dir, new.language)?;
    Ok(files.into_iter().map(|(path, _)| path).collect())
}

/// Every file, before any is written.
fn files(new: &NewModule) -> Result<Vec<File>, NewError> {
    let words = Words::new(new);
    let mut files = vec![
        (PathBuf::from(".gitignore"), words.fill(template("common/gitignore"))),
        (PathBuf::from("README.md"), words.fill(template("common/README.md"))),
    ];
    let kind = new.kind.as_str();
    collect(Path::new(kind), Path::new(kind), &words, &mut files);
    let (folder, source, target) = match new.language {
        Language::Rust => ("rust", format!("{kind}.rs"), "src/lib.rs".to_owned()),
        Language::JavaScript => ("typescript", format!("{kind}.ts"), "src/index.ts".to_owned()),
        Language::Python => ("python", format!("{kind}.py"), format!("src/{}.py", words.identifier())),
        Language::C => ("c", format!("{kind}.c"), format!("src/{}.c", new.name)),
    };
    files.push((target.into(), words.fill(template(&format!("{folder}/{source}")))));
    for file in TEMPLATES.get_dir(folder).into_iter().flat_map(Dir::files) {
        let name = file.path().file_name().map(Path::new).unwrap_or(file.path());
        let is_source =
            ModuleType::ALL.iter().any(|kind| name.file_stem().is_some_and(|stem| stem == kind.as_str()));
        if !is_source {
            files.push((name.to_owned(), words.fill(file.contents_utf8().unwrap_or_default())));
        }
    }
    files.sort();
    let manifest = files.iter().find(|(path, _)| path == Path::new(Manifest::FILE_NAME));
    let text = manifest.map(|(_, text)| text.as_str()).unwrap_or_default();
    Manifest::parse(text)
        .map_err(|error| NewError::Title { title: new.title.clone().unwrap_or_default(), error })?;
    Ok(files)
}

/// Every file below a folder of the templates, named as seen from `root`.
fn collect(folder: &Path, root: &Path, words: &Words, files: &mut Vec<File>) {
    let Some(folder) = TEMPLATES.get_dir(folder) else { return };
    for file in folder.files() {
        let name = file.path().strip_prefix(root).unwrap_or(file.path());
        files.push((name.to_owned(), words.fill(file.contents_utf8().unwrap_or_default())));
    }
    for inner in folder.dirs() {
        collect(inner.path(), root, words, files);
    }
}

/// One template. A test asks for every one that can be asked for.
fn template(path: &str) -> &'static str {
    TEMPLATES.get_file(path).and_then(include_dir::File::contents_utf8).unwrap_or_default()
}

#[cfg(test)]
mod tests;
