//! Scenario files, as they are written.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use caisson_package::archive::Package;
use caisson_types::ProvisionStatus;
use caisson_types::manifest::in_one_line;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::When;
use super::{Given, Request};

/// One file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// What all of its scenarios are given.
    #[serde(default)]
    pub given: Given,
    #[serde(rename = "scenario")]
    pub scenarios: Vec<Scenario>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// What it shows, in a sentence.
    pub name: String,
    #[serde(default)]
    pub given: Given,
    pub when: When,
    #[serde(default)]
    pub then: Then,
}

/// A service that is there.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Service {
    pub status: ProvisionStatus,
    /// What was ordered.
    pub data: Map<String, Value>,
    /// What the module stored about it.
    pub provision: Map<String, Value>,
}

/// What must come of it. What is left out may be anything, but for two things: a call that is not said to fail must not, and no
/// more and no less must be asked of the provider than the exchanges answer.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Then {
    /// The answer, or the part of it that stands here.
    pub answer: Option<Value>,
    pub problem: Option<Problem>,
    /// The sandbox ended the call: a part of the sentence that says why.
    pub failure: Option<String>,
    pub service: Option<ServiceThen>,
    pub invoice: Option<Map<String, Value>>,
    /// All rows of a table in the order of their key, each with the columns that stand here.
    pub rows: BTreeMap<String, Vec<Map<String, Value>>>,
    /// What was asked of the provider, in this order.
    pub requests: Option<Vec<Request>>,
    /// Tasks that were queued, in this order.
    pub tasks: Option<Vec<TaskThen>>,
    /// Parts of lines that must stand in the log.
    pub log: Vec<String>,
}

/// A module's refusal.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Problem {
    pub code: u16,
    pub message: Option<String>,
    /// Messages by field.
    #[serde(default)]
    pub errors: BTreeMap<String, String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceThen {
    pub status: Option<ProvisionStatus>,
    /// A part of why it is in that state.
    pub message: Option<String>,
    /// What is stored about it: the keys that stand here.
    #[serde(default)]
    pub data: Map<String, Value>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TaskThen {
    pub method: String,
    /// `pending` where it waits for another try.
    pub status: caisson_types::TaskStatus,
    /// A part of its error.
    pub error: Option<String>,
}

/// Why a file's scenarios cannot be run.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    #[error("{} cannot be read: {error}", path.display())]
    Read { path: PathBuf, error: std::io::Error },
    #[error("{}: {error}", path.display())]
    Parse { path: PathBuf, error: String },
    #[error("{} is no recording: {error}; record it again with 'caisson module test --record'", path.display())]
    Recording { path: PathBuf, error: serde_json::Error },
    #[error("{} cannot be written: {error}", path.display())]
    Write { path: PathBuf, error: std::io::Error },
    #[error("{}: two scenarios are named '{name}'", path.display())]
    Twice { path: PathBuf, name: String },
}

impl File {
    /// # Errors
    /// Where it cannot be read, or says something that no scenario says; the place is named.
    pub fn read(path: &Path) -> Result<Self, FileError> {
        let text = std::fs::read_to_string(path)
            .map_err(|error| FileError::Read { path: path.to_owned(), error })?;
        let file: Self = toml::from_str(&text)
            .map_err(|error| FileError::Parse { path: path.to_owned(), error: in_one_line(&text, &error) })?;
        for (index, one) in file.scenarios.iter().enumerate() {
            if file.scenarios[..index].iter().any(|other| other.name == one.name) {
                return Err(FileError::Twice { path: path.to_owned(), name: one.name.clone() });
            }
        }
        Ok(file)
    }

    /// Its scenarios, each with all that it is given; paths are seen from where this program runs.
    pub fn complete(&self, path: &Path) -> impl Iterator<Item = Scenario> {
        let folder = path.parent().unwrap_or(Path::new("")).to_owned();
        self.scenarios.iter().map(move |scenario| {
            let mut given = self.given.with(&scenario.given);
            given.recorded = given.recorded.map(|recorded| folder.join(recorded));
            Scenario { given, ..scenario.clone() }
        })
    }
}

impl Scenario {
    /// Adds what was recorded to what the provider answers.
    ///
    /// # Errors
    /// Where the recording is not there, or is none.
    pub fn with_recording(mut self) -> Result<Self, FileError> {
        if let Some(path) = &self.given.recorded {
            self.given.exchanges.extend(super::record::read(path)?);
        }
        Ok(self)
    }
}

/// Writes the scenarios of a package, and what was recorded for them, where [`find`] finds them.
///
/// # Errors
/// Those of writing.
pub fn unpack(package: &Package, folder: &Path) -> std::io::Result<()> {
    for (path, text) in &package.scenarios {
        // A package's paths are plain: none leads out of the folder.
        let file = folder.join("tests").join(path);
        std::fs::create_dir_all(file.parent().unwrap_or(folder))?;
        std::fs::write(file, text)?;
    }
    Ok(())
}

/// A file that says what is given, and asks nothing.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct GivenFile {
    given: Given,
}

impl Given {
    /// What a file is given that has a `[given]` and no scenario.
    ///
    /// # Errors
    /// As [`File::read`].
    pub fn read(path: &Path) -> Result<Self, FileError> {
        let text = std::fs::read_to_string(path)
            .map_err(|error| FileError::Read { path: path.to_owned(), error })?;
        let file: GivenFile = toml::from_str(&text)
            .map_err(|error| FileError::Parse { path: path.to_owned(), error: in_one_line(&text, &error) })?;
        Ok(file.given)
    }
}

/// The scenario files of a module's folder, by name.
///
/// # Errors
/// Where `tests/` is there and cannot be read.
pub fn find(module: &Path) -> Result<Vec<PathBuf>, FileError> {
    let folder = module.join("tests");
    let entries = match std::fs::read_dir(&folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(|error| FileError::Read { path: folder.clone(), error })?,
    };
    let mut found = Vec::new();
    for entry in entries {
        let path = entry.map_err(|error| FileError::Read { path: folder.clone(), error })?.path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}
