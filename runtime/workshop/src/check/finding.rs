//! One thing that was found, and all of them.

use std::fmt;

use serde::Serialize;

use super::codes::{Code, Severity};
use super::cost::Cost;

/// Where something was found, what it is, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    pub code: Code,
    pub severity: Severity,
    /// As seen from the module's folder.
    pub file: Option<String>,
    pub line: Option<usize>,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub mend: String,
}

impl Finding {
    pub(crate) fn new(code: Code, message: impl Into<String>, mend: impl Into<String>) -> Self {
        let severity = code.severity();
        Self { code, severity, file: None, line: None, message: message.into(), mend: mend.into() }
    }

    #[must_use]
    pub(crate) fn at(mut self, file: impl Into<String>, line: impl Into<Option<usize>>) -> Self {
        self.file = Some(file.into());
        self.line = line.into();
        self
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: ", self.severity.as_str(), self.code.as_str())?;
        match (&self.file, self.line) {
            (Some(file), Some(line)) => write!(f, "{file}:{line}: ")?,
            (Some(file), None) => write!(f, "{file}: ")?,
            _ => {}
        }
        f.write_str(&self.message)?;
        if self.mend.is_empty() { Ok(()) } else { write!(f, "; {}", self.mend) }
    }
}

/// What a check found out.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Report {
    /// Such as `product/powerdns`, where the manifest could be read.
    pub module: Option<String>,
    pub version: Option<String>,
    /// Errors first, then by file and line.
    pub findings: Vec<Finding>,
    /// How it stands its scenarios played again, where that was asked for.
    pub conformance: Option<Score>,
    /// What the component costs, where it could be compiled.
    pub cost: Option<Cost>,
}

/// What was tried, and how much of it went as it should.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Score {
    pub passed: usize,
    pub tried: usize,
}

impl Report {
    #[must_use]
    pub fn count(&self, severity: Severity) -> usize {
        self.findings.iter().filter(|finding| finding.severity == severity).count()
    }

    /// Takes more in.
    pub fn add(&mut self, findings: Vec<Finding>) {
        self.findings.extend(findings);
        self.arrange();
    }

    /// Puts what matters most first, and says nothing twice.
    pub(super) fn arrange(&mut self) {
        self.findings.sort_by(|a, b| {
            let key = |finding: &Finding| {
                (finding.severity, finding.file.clone(), finding.line, finding.code, finding.message.clone())
            };
            key(a).cmp(&key(b))
        });
        self.findings.dedup();
    }
}
