//! The table at the end of `cargo xtask test`: which threats the tests try, and which of the attacks are contained.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};
use caisson_threats::Verdict;
use serde::Deserialize;

/// Rows up to this one must be contained: they are what modules can do.
const REQUIRED: u8 = 37;

/// `tests/threats.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    threat: Vec<Threat>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Threat {
    row: u8,
    name: String,
    /// What its control lacks, where it is not built yet.
    missing: Option<String>,
}

/// The folder that tests report to, emptied.
pub(crate) fn folder(root: &Path) -> anyhow::Result<PathBuf> {
    let folder = root.join("target/threats");
    if folder.exists() {
        fs::remove_dir_all(&folder).with_context(|| format!("cannot empty {}", folder.display()))?;
    }
    Ok(folder)
}

/// Prints what was reported; fails where a whole run left a required row without a contained case.
pub(crate) fn tell(root: &Path, folder: &Path, whole: bool) -> anyhow::Result<()> {
    let file = root.join("tests/threats.toml");
    let text = fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
    let list: List = toml::from_str(&text)?;
    let verdicts = caisson_threats::read(folder)?;
    let rows: Vec<Row<'_>> = list.threat.iter().map(|threat| Row::new(threat, &verdicts)).collect();
    let width = rows.iter().map(|row| row.threat.name.chars().count()).max().unwrap_or_default();
    eprintln!("    row  {:width$}  cases  contained", "threat");
    for row in &rows {
        let Row { threat, cases, contained } = row;
        let missing = threat.missing.as_ref().map_or(String::new(), |missing| format!("  {missing}"));
        eprintln!("    {:>3}  {:width$}  {cases:>5}  {contained:>9}{missing}", threat.row, threat.name);
    }
    if whole {
        check(&rows)?;
    }
    Ok(())
}

struct Row<'t> {
    threat: &'t Threat,
    cases: usize,
    contained: usize,
}

impl<'t> Row<'t> {
    fn new(threat: &'t Threat, verdicts: &[Verdict]) -> Self {
        let of_row = || verdicts.iter().filter(|verdict| verdict.row == threat.row);
        Self {
            threat,
            cases: of_row().map(|verdict| verdict.count).sum(),
            contained: of_row().filter(|verdict| verdict.contained).map(|verdict| verdict.count).sum(),
        }
    }
}

fn check(rows: &[Row<'_>]) -> anyhow::Result<()> {
    for Row { threat: Threat { row, name, missing }, cases, contained } in rows {
        ensure!(contained == cases, "row {row}, {name}: {} of {cases} cases got through", cases - contained);
        let required = *row <= REQUIRED && missing.is_none();
        ensure!(!required || *contained > 0, "row {row}, {name}: no test tries it");
        ensure!(
            missing.is_none() || *cases == 0,
            "row {row}, {name}: a test tries it now; take `missing` out of tests/threats.toml"
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn threat(row: u8, missing: Option<&str>) -> Threat {
        Threat { row, name: "Threat".to_owned(), missing: missing.map(str::to_owned) }
    }

    #[test]
    fn a_row_without_a_contained_case_is_named() {
        let refusal = |threat: Threat, cases, contained| {
            check(&[Row { threat: &threat, cases, contained }]).map_err(|error| error.to_string())
        };
        assert_eq!(refusal(threat(1, None), 2, 2), Ok(()));
        assert_eq!(refusal(threat(38, None), 0, 0), Ok(()));
        assert_eq!(refusal(threat(2, None), 0, 0), Err("row 2, Threat: no test tries it".to_owned()));
        assert_eq!(refusal(threat(3, None), 2, 1), Err("row 3, Threat: 1 of 2 cases got through".to_owned()));
        assert_eq!(refusal(threat(4, Some("keys")), 0, 0), Ok(()));
        assert!(refusal(threat(4, Some("keys")), 1, 1).is_err());
    }

    #[test]
    fn the_list_has_every_row_once() {
        let text = include_str!("../../../tests/threats.toml");
        let list: List = toml::from_str(text).unwrap();
        let rows: Vec<u8> = list.threat.iter().map(|threat| threat.row).collect();
        assert_eq!(rows, (1..=caisson_threats::ROWS).collect::<Vec<_>>());
    }
}
