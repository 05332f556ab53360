//! `wit/` is frozen: `wit/<version>.sha256` has the digest of each of its files, as `sha256sum` writes them.
//!
//! What comes next is a version of its own, in a folder of its own; see `runtime/docs/decisions/0008-frozen-contract.md`.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, ensure};
use caisson_types::CONTRACT_VERSION;
use sha2::{Digest as _, Sha256};

/// Fails where a file of the contract is not what it was, is gone or is new.
pub(crate) fn check(root: &Path) -> anyhow::Result<()> {
    let folder = root.join("wit");
    let list = folder.join(format!("{CONTRACT_VERSION}.sha256"));
    let text = fs::read_to_string(&list).with_context(|| format!("cannot read {}", list.display()))?;
    let frozen: BTreeMap<&str, &str> =
        text.lines().filter_map(|line| line.split_once("  ")).map(|(digest, name)| (name, digest)).collect();
    let present = digests(&folder)?;
    let names = frozen.keys().copied().chain(present.keys().map(String::as_str));
    let mut changed: Vec<&str> =
        names.filter(|name| frozen.get(name).copied() != present.get(*name).map(String::as_str)).collect();
    changed.sort_unstable();
    changed.dedup();
    ensure!(
        changed.is_empty(),
        "caisson:module@{CONTRACT_VERSION} is frozen, and these files of wit/ are not what they were: {}; put them back, and \
         begin a version of its own for what is new (runtime/docs/decisions/0008-frozen-contract.md)",
        changed.join(", ")
    );
    Ok(())
}

/// Digests of the .wit files by their names.
fn digests(folder: &Path) -> anyhow::Result<BTreeMap<String, String>> {
    let mut digests = BTreeMap::new();
    for entry in fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str()).filter(|name| name.ends_with(".wit"));
        if let Some(name) = name {
            let content = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
            let digest = Sha256::digest(&content);
            digests.insert(name.to_owned(), digest.iter().map(|byte| format!("{byte:02x}")).collect());
        }
    }
    Ok(digests)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_changed_gone_or_new_is_named() {
        let root = tempfile::tempdir().unwrap();
        let wit = root.path().join("wit");
        fs::create_dir(&wit).unwrap();
        for name in ["a.wit", "b.wit", "c.wit"] {
            fs::write(wit.join(name), name).unwrap();
        }
        let lines: String =
            digests(&wit).unwrap().iter().map(|(name, digest)| format!("{digest}  {name}\n")).collect();
        fs::write(wit.join(format!("{CONTRACT_VERSION}.sha256")), lines).unwrap();
        check(root.path()).unwrap();
        fs::write(wit.join("a.wit"), "another").unwrap();
        fs::remove_file(wit.join("b.wit")).unwrap();
        fs::write(wit.join("d.wit"), "new").unwrap();
        let refused = check(root.path()).unwrap_err().to_string();
        assert!(refused.contains(": a.wit, b.wit, d.wit; put them back"), "{refused}");
    }
}
