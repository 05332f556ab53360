//! `caisson module check`: whether a panel would take a module, whether its parts agree with each other, and what it costs.
//!
//! One file asks one group of questions, each answer is a [`Finding`] with a code of [`codes`], and `runtime/docs/check.md` is made
//! from the same table. Nothing here judges by rules of its own where the panel has some: packages are judged by `caisson_package`,
//! templates render in the panel's engine, components compile and start in the sandbox.

pub mod codes;
mod cost;
mod finding;
mod grants;
mod manifest;
mod secrets;
mod strings;
mod subject;
mod uses;
mod views;

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use caisson_package::build::{BuildError, BuildOptions, build_module};
use caisson_package::{archive, check_package};
use caisson_sandbox::Compiler;
use caisson_types::Manifest;
use caisson_types::manifest::{ManifestError, Route};
use caisson_web::view::{Source, ViewError, Views};

pub use codes::{Code, Severity};
pub use cost::Cost;
pub use finding::{Finding, Report, Score};

use subject::Subject;
use uses::{Name, Uses};

/// Why nothing could be said.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    #[error("{} cannot be read: {error}", path.display())]
    Read { path: PathBuf, error: io::Error },
    #[error("{} is not a module: it has no {}", .0.display(), Manifest::FILE_NAME)]
    NoModule(PathBuf),
    #[error(transparent)]
    Views(#[from] ViewError),
    /// Of this machine, not of the module.
    #[error("the sandbox to measure in could not be made")]
    Sandbox(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl CheckError {
    fn sandbox(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Sandbox(error.into())
    }
}

/// What the questions are asked of.
struct Inputs<'s> {
    subject: &'s Subject,
    /// What each template names.
    uses: &'s BTreeMap<String, Uses>,
}

impl Inputs<'_> {
    fn is_tab(&self, template: &str) -> bool {
        let mut tabs = self.subject.manifest.iter().flat_map(|manifest| &manifest.client.tabs);
        tabs.any(|tab| tab.template == template)
    }

    /// Whether a template leads to a page, as far as its address can be read.
    fn leads_to_page(&self, route: &Route) -> bool {
        let fixed = route.uri.split('{').next().unwrap_or_default();
        self.uses.values().flat_map(|uses| uses.of_function("page")).flat_map(|call| &call.names).any(
            |name| match name {
                Name::Whole(name) => {
                    let path = name.split(['?', '#']).next().unwrap_or_default();
                    Route::find(std::slice::from_ref(route), route.method, path).is_some()
                }
                Name::Prefix(prefix) => fixed.starts_with(prefix) || prefix.starts_with(fixed),
                Name::Unknown => true,
            },
        )
    }
}

/// Builds a module's folder and checks it.
///
/// # Errors
/// Where the folder cannot be read, or this machine cannot run a sandbox. What is wrong with the module is in the report.
pub async fn check_folder(
    dir: &Path,
    build: &BuildOptions,
    compiler: Compiler,
) -> Result<Report, CheckError> {
    if !dir.join(Manifest::FILE_NAME).is_file() {
        return Err(CheckError::NoModule(dir.to_owned()));
    }
    let mut subject =
        Subject::of_folder(dir).map_err(|error| CheckError::Read { path: dir.to_owned(), error })?;
    let mut findings = Vec::new();
    if subject.manifest.is_ok() {
        match build_module(dir, build) {
            Ok(built) => {
                let read = |error| CheckError::Read { path: built.component.clone(), error };
                subject.component = Some(std::fs::read(&built.component).map_err(read)?);
                let packed = archive::write(dir, &built.component, archive::Extras::default())
                    .map_err(|error| error.to_string());
                let packed = packed
                    .and_then(|bytes| check_package(&bytes).map(drop).map_err(|error| error.to_string()));
                examine(&subject, packed.err(), compiler, findings).await
            }
            Err(error) => {
                findings.push(not_built(&error));
                examine(&subject, None, compiler, findings).await
            }
        }
    } else {
        examine(&subject, None, compiler, findings).await
    }
}

/// Checks a package.
///
/// # Errors
/// Where the file cannot be read, or this machine cannot run a sandbox.
pub async fn check_file(file: &Path, compiler: Compiler) -> Result<Report, CheckError> {
    let bytes = std::fs::read(file).map_err(|error| CheckError::Read { path: file.to_owned(), error })?;
    let refused = check_package(&bytes).err().map(|error| error.to_string());
    match archive::read(&bytes) {
        Ok(package) => examine(&Subject::of_package(package), refused, compiler, Vec::new()).await,
        Err(error) => {
            let mut report = Report::default();
            report.findings.push(Finding::new(Code::NotPacked, error.to_string(), ""));
            Ok(report)
        }
    }
}

fn not_built(error: &BuildError) -> Finding {
    let mend = "mend it; until then nothing is known of the component";
    Finding::new(Code::BuildFailed, format!("the module does not build: {error}"), mend)
}

/// Asks every question.
async fn examine(
    subject: &Subject,
    refused: Option<String>,
    compiler: Compiler,
    findings: Vec<Finding>,
) -> Result<Report, CheckError> {
    let (mut report, is_sound) = look(subject, refused, findings)?;
    if let (Ok(manifest), Some(component), true) = (&subject.manifest, &subject.component, is_sound) {
        match cost::measure(component, manifest, compiler).await? {
            Ok(cost) => {
                report.findings.extend(cost::judge(&cost, manifest));
                report.cost = Some(cost);
            }
            Err(finding) => report.findings.push(finding),
        }
    }
    report.arrange();
    Ok(report)
}

/// Asks what can be told without running anything, and whether the component may be compiled. `refused` is what the panel's own
/// check said of the whole package.
fn look(
    subject: &Subject,
    refused: Option<String>,
    mut findings: Vec<Finding>,
) -> Result<(Report, bool), CheckError> {
    let panel = Views::new(Source::Embedded)?;
    let uses = subject.templates.iter().map(|(name, text)| (name.clone(), Uses::of(name, text))).collect();
    let inputs = Inputs { subject, uses: &uses };
    let mut report = Report::default();
    let mut is_sound = false;
    match &subject.manifest {
        Ok(manifest) => {
            report.module = Some(manifest.key().to_string());
            report.version = Some(manifest.module.version.to_string());
            manifest::check(&inputs, manifest, &mut findings);
            grants::requests(subject, manifest, &mut findings);
            if let Some(component) = &subject.component {
                is_sound = grants::component(subject, manifest, component, &mut findings);
            }
        }
        Err(error) => findings.push(manifest_refused(error)),
    }
    views::check(&inputs, &panel, &mut findings);
    strings::check(&inputs, &panel, &mut findings);
    secrets::check(subject, &mut findings);
    // Whatever else an installation would refuse: told where nothing above has said it in its own words. No installation asks for
    // secrets.
    let is_refusal = |code: Code| code.severity() == Severity::Error && !code.as_str().starts_with('K');
    let told = findings.iter().any(|finding| is_refusal(finding.code));
    if let Some(message) = refused.filter(|_| !told) {
        findings.push(Finding::new(Code::NotPacked, message, ""));
    }
    report.findings = findings;
    report.arrange();
    Ok((report, is_sound))
}

fn manifest_refused(error: &ManifestError) -> Finding {
    let text = error.to_string();
    // TOML's own errors say their line in words.
    let line = text.split("line ").nth(1).and_then(|rest| rest.split(',').next()?.parse().ok());
    Finding::new(Code::ManifestRefused, text, "mend it; until then most else cannot be checked")
        .at(Manifest::FILE_NAME, line)
}

#[cfg(test)]
mod tests;
