//! `cargo xtask docs`: what the documents say twice is said once. References come from what is parsed, samples from files that are
//! built, and every link leads somewhere.

mod contract;
mod examples;
mod links;
mod manifest;
mod samples;
mod schema;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};

/// Documents, by their path in the repository.
type Documents = BTreeMap<PathBuf, String>;

const SAID: &str = "<!-- Written by `cargo xtask docs`; what it says stands in the code. -->\n\n";

/// Brings the documents up to date, or says which are not.
pub(crate) fn docs(root: &Path, check: bool) -> anyhow::Result<()> {
    let folder = Path::new("runtime/docs");
    let schema = manifest::schema()?;
    let examples = examples::Examples::read(&root.join(folder).join("examples"), &schema)?;
    let mut made = Documents::new();
    made.insert(folder.join("manifest.schema.json"), serde_json::to_string_pretty(&schema)? + "\n");
    made.insert(folder.join("manifest.md"), format!("{SAID}{}", manifest::render(&schema, &examples)?));
    made.insert(folder.join("contract.md"), format!("{SAID}{}", contract::render(&root.join("wit"))?));
    let samples = samples::Samples::new(root)?;
    for path in written_by_hand(root)?.into_iter().filter(|path| !made.contains_key(path)).collect::<Vec<_>>()
    {
        let text = read(&root.join(&path))?;
        let text = samples.fill(&text).with_context(|| path.display().to_string())?;
        made.insert(path, text);
    }
    links::check(root, &made)?;
    let mut different = Vec::new();
    for (path, text) in &made {
        let file = root.join(path);
        if fs::read_to_string(&file).is_ok_and(|present| present == *text) {
            continue;
        }
        if !check {
            fs::write(&file, text).with_context(|| format!("cannot write {}", file.display()))?;
        }
        different.push(path.display().to_string());
    }
    let list = different.join("\n  ");
    ensure!(!check || different.is_empty(), "these are out of date; run `cargo xtask docs`:\n  {list}");
    if !different.is_empty() {
        eprintln!("    brought up to date:\n  {list}");
    }
    Ok(())
}

/// Every document whose links and samples are looked at.
fn written_by_hand(root: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = vec![PathBuf::from("README.md")];
    for entry in entries(&root.join("guest-sdk"))? {
        found.push(entry.join("README.md"));
    }
    let mut folders = vec![root.join("runtime/docs")];
    while let Some(folder) = folders.pop() {
        for path in entries(&folder)? {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "md") {
                found.push(path);
            }
        }
    }
    let inside = |path: PathBuf| path.strip_prefix(root).map(Path::to_owned).unwrap_or(path);
    Ok(found.into_iter().map(inside).filter(|path| root.join(path).is_file()).collect())
}

/// What a folder holds, in order.
fn entries(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let read = fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let mut paths = read.map(|entry| entry.map(|entry| entry.path())).collect::<Result<Vec<_>, _>>()?;
    paths.sort();
    Ok(paths)
}

fn read(path: &Path) -> anyhow::Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

/// The anchor of a heading, as the usual hosts of repositories make it.
fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.collect::<String>().to_lowercase().replace(' ', "-")
}

/// Text as a cell of a table: one line, with nothing that ends the cell.
fn cell(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace('|', "\\|")
}
