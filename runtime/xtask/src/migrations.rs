//! `cargo xtask check-migrations`: both databases have the same steps, and a step only adds.
//!
//! The panel's old version runs on while the new one migrates, so nothing it uses may go in the same release. What goes goes
//! later, in a file that says so: a line `-- contract: <why nothing uses it any more>`.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, ensure};

const DIALECTS: [&str; 2] = ["sqlite", "postgres"];

/// Begins the line that allows a file to take away.
const CONTRACT: &str = "-- contract:";

/// Words that take away or change what is there, as they stand in a statement.
const TAKING: [&[&str]; 9] = [
    &["drop", "table"],
    &["drop", "column"],
    &["drop", "index"],
    &["drop", "view"],
    &["rename", "to"],
    &["rename", "column"],
    &["alter", "column"],
    &["delete", "from"],
    &["truncate"],
];

pub(crate) fn check_migrations(root: &Path) -> anyhow::Result<()> {
    let [sqlite, postgres] = DIALECTS.map(|dialect| root.join("migrations").join(dialect));
    let (in_sqlite, in_postgres) = (names(&sqlite)?, names(&postgres)?);
    let alone: Vec<&str> = in_sqlite.symmetric_difference(&in_postgres).map(String::as_str).collect();
    ensure!(
        alone.is_empty(),
        "every migration needs a file of that name for both databases: {}",
        alone.join(", ")
    );
    check_numbers(&in_sqlite)?;
    for dir in [&sqlite, &postgres] {
        for name in &in_sqlite {
            let path = dir.join(name);
            let sql = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
            if let Some((line, words)) = takes_away(&sql) {
                anyhow::bail!(
                    "{}:{line}: `{words}` takes away what the version before may use; do it a release later, in a file \
                     with a line `{CONTRACT} <why>`",
                    path.display()
                );
            }
        }
    }
    eprintln!("    {} migrations, the same for {}", in_sqlite.len(), DIALECTS.join(" and "));
    Ok(())
}

fn names(dir: &Path) -> anyhow::Result<BTreeSet<String>> {
    let mut names = BTreeSet::new();
    for entry in fs::read_dir(dir).with_context(|| format!("cannot read {}", dir.display()))? {
        let name = entry?.file_name();
        let name = name.to_str().with_context(|| format!("a file in {} has no UTF-8 name", dir.display()))?;
        ensure!(name.ends_with(".sql"), "{}: {name} is no migration", dir.display());
        names.insert(name.to_owned());
    }
    ensure!(!names.is_empty(), "{} holds no migrations", dir.display());
    Ok(names)
}

/// `0001_…` upwards without a gap: a gap is a file somebody forgot, a double is two that run in no order.
fn check_numbers(names: &BTreeSet<String>) -> anyhow::Result<()> {
    for (index, name) in names.iter().enumerate() {
        let wanted = format!("{:04}_", index + 1);
        ensure!(
            name.starts_with(&wanted),
            "migrations are numbered without gaps: {name} should begin with {wanted}"
        );
    }
    Ok(())
}

/// Line and words of the first statement that takes away, unless the file says that it may.
fn takes_away(sql: &str) -> Option<(usize, String)> {
    if sql.lines().any(|line| line.trim_start().starts_with(CONTRACT)) {
        return None;
    }
    let words: Vec<(usize, String)> = sql
        .lines()
        .enumerate()
        .flat_map(|(index, line)| {
            let code = line.split("--").next().unwrap_or_default().to_lowercase();
            let words = code.split(|end: char| !(end.is_alphanumeric() || end == '_'));
            words.filter(|word| !word.is_empty()).map(|word| (index + 1, word.to_owned())).collect::<Vec<_>>()
        })
        .collect();
    words.iter().enumerate().find_map(|(start, (line, _))| {
        let taking = TAKING.iter().find(|taking| {
            let here = words[start..].iter().map(|(_, word)| word.as_str());
            here.take(taking.len()).eq(taking.iter().copied())
        })?;
        Some((*line, taking.join(" ")))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn taking_away_is_found_with_its_line() {
        assert_eq!(
            takes_away("CREATE TABLE t (a int);\nDROP\n  TABLE t;"),
            Some((2, "drop table".to_owned()))
        );
        assert_eq!(takes_away("ALTER TABLE t RENAME COLUMN a TO b"), Some((1, "rename column".to_owned())));
        assert_eq!(
            takes_away("-- DROP TABLE t\nCREATE TABLE truncated (a int REFERENCES t ON DELETE CASCADE)"),
            None
        );
        assert_eq!(takes_away("-- contract: unused since 0.2\nDROP TABLE t"), None);
    }

    #[test]
    fn numbers_have_no_gap() {
        let names = |list: &[&str]| list.iter().map(|&name| name.to_owned()).collect();
        assert!(check_numbers(&names(&["0001_a.sql", "0002_b.sql"])).is_ok());
        assert!(check_numbers(&names(&["0001_a.sql", "0003_b.sql"])).is_err());
        assert!(check_numbers(&names(&["0001_a.sql", "0001_b.sql"])).is_err());
    }
}
