//! `cargo xtask wit-sync`: `wit/` is the contract's source of truth; an SDK that is used by itself carries a copy, so that an author
//! needs no more than the SDK. This makes the copies, or checks that they are the same to the byte.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};

pub(crate) fn wit_sync(root: &Path, check: bool) -> anyhow::Result<()> {
    let source = read(&root.join("wit"))?;
    ensure!(!source.is_empty(), "{} holds no .wit file", root.join("wit").display());
    let mut different = Vec::new();
    for copy in copies(root)? {
        let present = if copy.is_dir() { read(&copy)? } else { BTreeMap::new() };
        let names = source.keys().chain(present.keys().filter(|name| !source.contains_key(*name)));
        for name in names.filter(|name| source.get(*name) != present.get(*name)) {
            different.push(copy.join(name));
        }
        if !check {
            write(&copy, &source, &present)?;
        }
    }
    let list = different.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join("\n  ");
    ensure!(!check || different.is_empty(), "these differ from wit/; run `cargo xtask wit-sync`:\n  {list}");
    if !different.is_empty() {
        eprintln!("    brought up to date:\n  {list}");
    }
    Ok(())
}

/// The folder `wit` of every SDK that has one. Kits that the program carries have none: a build writes the contract beside them.
fn copies(root: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let sdks = root.join("guest-sdk");
    let entries = fs::read_dir(&sdks).with_context(|| format!("cannot read {}", sdks.display()))?;
    let mut copies = Vec::new();
    for entry in entries {
        let copy = entry?.path().join("wit");
        if copy.is_dir() {
            copies.push(copy);
        }
    }
    copies.sort();
    Ok(copies)
}

/// File names and contents of a folder's .wit files.
fn read(dir: &Path) -> anyhow::Result<BTreeMap<String, Vec<u8>>> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(dir).with_context(|| format!("cannot read {}", dir.display()))? {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str());
        if let Some(name) = name.filter(|name| name.ends_with(".wit")) {
            let content = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
            files.insert(name.to_owned(), content);
        }
    }
    Ok(files)
}

fn write(
    copy: &Path,
    source: &BTreeMap<String, Vec<u8>>,
    present: &BTreeMap<String, Vec<u8>>,
) -> anyhow::Result<()> {
    fs::create_dir_all(copy).with_context(|| format!("cannot create {}", copy.display()))?;
    for name in present.keys().filter(|name| !source.contains_key(*name)) {
        fs::remove_file(copy.join(name)).with_context(|| format!("cannot remove {name}"))?;
    }
    for (name, content) in source.iter().filter(|(name, content)| present.get(*name) != Some(*content)) {
        fs::write(copy.join(name), content).with_context(|| format!("cannot write {name}"))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_are_made_and_differences_named() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path();
        for dir in ["wit", "guest-sdk/c/wit", "guest-sdk/rust/wit", "guest-sdk/python"] {
            fs::create_dir_all(root.join(dir)).unwrap();
        }
        fs::write(root.join("wit/log.wit"), "interface log {}").unwrap();
        fs::write(root.join("guest-sdk/c/wit/old.wit"), "gone").unwrap();

        let error = wit_sync(root, true).unwrap_err().to_string();
        for name in ["c/wit/log.wit", "c/wit/old.wit", "rust/wit/log.wit"] {
            assert!(error.contains(name), "{error}");
        }
        wit_sync(root, false).unwrap();
        wit_sync(root, true).unwrap();
        assert!(!root.join("guest-sdk/c/wit/old.wit").exists());
        assert!(!root.join("guest-sdk/python/wit").exists());
        fs::write(root.join("guest-sdk/rust/wit/log.wit"), "interface log { }").unwrap();
        assert!(wit_sync(root, true).is_err());
    }
}
