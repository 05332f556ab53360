//! What a test reports of the threats it contains.
//!
//! A test that attacks holds a [`Case`] while it does: dropped, the case is contained; dropped by a panic, it is not. Where
//! [`FOLDER`] names a folder, every case is a line of a file there, and `cargo xtask test` ends with a table of them by the rows
//! of `tests/threats.toml`. Elsewhere nothing is written.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// Environment variable with the folder that takes the reports.
pub const FOLDER: &str = "CAISSON_THREATS";

/// How many rows `tests/threats.toml` has.
pub const ROWS: u8 = 49;

/// An attack while it is tried.
#[derive(Debug)]
#[must_use = "a case is contained once it is dropped"]
pub struct Case {
    rows: Vec<u8>,
    name: String,
    count: usize,
    got_through: bool,
}

/// Begins an attack of a row of `tests/threats.toml`.
///
/// # Panics
/// Where there is no such row.
pub fn case(row: u8, name: impl Into<String>) -> Case {
    Case { rows: Vec::new(), name: name.into(), count: 1, got_through: false }.and(row)
}

impl Case {
    /// The attack is one of this row too.
    ///
    /// # Panics
    /// Where there is no such row.
    pub fn and(mut self, row: u8) -> Self {
        assert!((1..=ROWS).contains(&row), "tests/threats.toml has no row {row}");
        self.rows.push(row);
        self
    }

    /// The attack was not contained, though the test goes on to others.
    pub fn got_through(mut self) {
        self.got_through = true;
    }

    /// The test tries so many of the kind.
    pub fn times(mut self, count: usize) -> Self {
        self.count = count;
        self
    }
}

impl Drop for Case {
    fn drop(&mut self) {
        let Some(folder) = std::env::var_os(FOLDER).map(PathBuf::from) else { return };
        let contained = !self.got_through && !std::thread::panicking();
        for row in &self.rows {
            let verdict = Verdict { row: *row, count: self.count, contained, name: self.name.clone() };
            if let Err(error) = verdict.append(&folder) {
                eprintln!("the threat '{}' could not be reported: {error}", self.name);
            }
        }
    }
}

/// A line of a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    pub row: u8,
    /// Attacks that were tried.
    pub count: usize,
    pub contained: bool,
    pub name: String,
}

impl Verdict {
    /// Test programs run at the same time: each has a file, and appends whole lines to it.
    fn append(&self, folder: &Path) -> std::io::Result<()> {
        std::fs::create_dir_all(folder)?;
        let file = folder.join(std::process::id().to_string());
        let mut file = OpenOptions::new().append(true).create(true).open(file)?;
        file.write_all(self.line().as_bytes())
    }

    fn line(&self) -> String {
        let name = self.name.replace(|letter: char| letter.is_control(), " ");
        format!("{}\t{}\t{}\t{name}\n", self.row, self.count, self.contained)
    }

    fn parse(line: &str) -> Option<Self> {
        let mut parts = line.splitn(4, '\t');
        Some(Self {
            row: parts.next()?.parse().ok()?,
            count: parts.next()?.parse().ok()?,
            contained: parts.next()?.parse().ok()?,
            name: parts.next()?.to_owned(),
        })
    }
}

/// Every line that tests reported to a folder; none where there is no such folder.
///
/// # Errors
/// Where a report cannot be read.
pub fn read(folder: &Path) -> std::io::Result<Vec<Verdict>> {
    let mut verdicts = Vec::new();
    if !folder.exists() {
        return Ok(verdicts);
    }
    for entry in std::fs::read_dir(folder)? {
        let text = std::fs::read_to_string(entry?.path())?;
        verdicts.extend(text.lines().filter_map(Verdict::parse));
    }
    Ok(verdicts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_reported_is_read() {
        let folder = std::env::temp_dir().join(format!("caisson-threats-{}", std::process::id()));
        let [one, other] = [(1, true), (49, false)].map(|(row, contained)| Verdict {
            row,
            count: 3,
            contained,
            name: format!("row\t{row}"),
        });
        one.append(&folder).unwrap();
        other.append(&folder).unwrap();
        let found = read(&folder).unwrap();
        std::fs::remove_dir_all(&folder).unwrap();
        assert_eq!(found[0], Verdict { name: "row 1".to_owned(), ..one });
        assert_eq!(found[1], Verdict { name: "row 49".to_owned(), ..other });
        assert_eq!(read(&folder).unwrap(), []);
    }

    #[test]
    #[should_panic = "has no row 50"]
    fn a_row_is_one_of_the_list() {
        drop(case(50, "beyond"));
    }
}
