//! Crates of a Rust module: what cargo resolved for WebAssembly, told by what they are for.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde::Deserialize;

use crate::build::toolchain::{RustToolchain, TARGET};
use crate::build::{BuildError, one_line_of};
use crate::sbom::{Component, Hash, Kind, Scope};

/// The kit's crate.
const KIT: &str = "caisson-guest";
/// Where cargo has a crate from that it names no other registry for.
const CRATES_IO: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// `cargo metadata`, as far as it matters here.
#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
    resolve: Resolve,
    workspace_root: PathBuf,
}

#[derive(Deserialize)]
struct Package {
    id: String,
    name: String,
    version: String,
    source: Option<String>,
    license: Option<String>,
    targets: Vec<Target>,
}

#[derive(Deserialize)]
struct Target {
    kind: Vec<String>,
}

#[derive(Deserialize)]
struct Resolve {
    nodes: Vec<Node>,
    root: Option<String>,
}

#[derive(Deserialize)]
struct Node {
    id: String,
    deps: Vec<Dep>,
}

#[derive(Deserialize)]
struct Dep {
    pkg: String,
    dep_kinds: Vec<DepKind>,
}

#[derive(Deserialize)]
struct DepKind {
    /// `dev`, `build`, or none for what is linked.
    kind: Option<String>,
}

#[derive(Deserialize)]
struct Lock {
    #[serde(default)]
    package: Vec<Locked>,
}

#[derive(Deserialize)]
struct Locked {
    name: String,
    version: String,
    checksum: Option<String>,
}

/// Parts of the crate in `dir`, which was built.
pub(in crate::build) fn parts(dir: &Path) -> Result<Vec<Component>, BuildError> {
    let failed = |what: String| BuildError::Project { path: dir.join("Cargo.toml"), reason: what };
    let program = std::env::var_os("CARGO").map_or_else(|| PathBuf::from("cargo"), PathBuf::from);
    let mut cargo = Command::new(&program);
    cargo.current_dir(dir).args([
        "metadata",
        "--format-version",
        "1",
        "--locked",
        "--filter-platform",
        TARGET,
    ]);
    let output = cargo
        .stdin(Stdio::null())
        .output()
        .map_err(|error| BuildError::Program { program: program.display().to_string(), error })?;
    if !output.status.success() {
        return Err(failed(format!("cargo does not tell its crates: {}", one_line_of(&output.stderr))));
    }
    let metadata: Metadata = serde_json::from_slice(&output.stdout)
        .map_err(|error| failed(format!("cargo tells its crates in other words than expected: {error}")))?;
    let path = metadata.workspace_root.join("Cargo.lock");
    let text =
        std::fs::read_to_string(&path).map_err(|error| BuildError::File { path: path.clone(), error })?;
    let lock: Lock = toml::from_str(&text)
        .map_err(|error| BuildError::Project { path, reason: error.message().to_owned() })?;
    let mut parts = crates(&metadata, &lock);
    parts.extend(compiler(dir)?);
    Ok(parts)
}

fn crates(metadata: &Metadata, lock: &Lock) -> Vec<Component> {
    let root = metadata.resolve.root.as_deref().unwrap_or_default();
    let scopes = scopes(metadata, root);
    let known = metadata.packages.iter().filter(|package| package.id != root);
    known.filter_map(|package| Some(component(package, *scopes.get(package.id.as_str())?, lock))).collect()
}

/// What is linked, and what runs while it is compiled: macros, build scripts, and all that those need.
fn scopes<'m>(metadata: &'m Metadata, root: &'m str) -> BTreeMap<&'m str, Scope> {
    let nodes: BTreeMap<&str, &Node> =
        metadata.resolve.nodes.iter().map(|node| (node.id.as_str(), node)).collect();
    let is_macro = |package: &&Package| {
        package.targets.iter().any(|target| target.kind.iter().any(|kind| kind == "proc-macro"))
    };
    let macros: BTreeSet<&str> =
        metadata.packages.iter().filter(is_macro).map(|package| package.id.as_str()).collect();
    let mut scopes = BTreeMap::new();
    let mut waiting = vec![(root, Scope::Required)];
    while let Some((id, scope)) = waiting.pop() {
        // A crate that is linked once is linked, whatever else uses it.
        let linked = scopes.get(id) == Some(&Scope::Required);
        if linked || scopes.get(id) == Some(&scope) {
            continue;
        }
        scopes.insert(id, scope);
        for dep in nodes.get(id).into_iter().flat_map(|node| &node.deps) {
            let kinds = || dep.dep_kinds.iter().map(|kind| kind.kind.as_deref());
            let to = if scope == Scope::Required
                && kinds().any(|kind| kind.is_none())
                && !macros.contains(dep.pkg.as_str())
            {
                Scope::Required
            } else if kinds().any(|kind| kind != Some("dev")) {
                Scope::Excluded
            } else {
                continue;
            };
            waiting.push((&dep.pkg, to));
        }
    }
    scopes
}

fn component(package: &Package, scope: Scope, lock: &Lock) -> Component {
    let (name, version) = (package.name.as_str(), package.version.as_str());
    if package.source.is_none() && name == KIT {
        return Component::kit("rust", version);
    }
    let mut part = Component::part(Kind::Library, name, version)
        .with_licence(package.license.as_deref())
        .with_scope(scope);
    // What came from a folder or a repository is not what a registry has under that name.
    if package.source.as_deref() == Some(CRATES_IO) {
        part = part.with_purl(format!("pkg:cargo/{name}@{version}"));
        let locked = lock.package.iter().find(|locked| locked.name == name && locked.version == version);
        part.hashes = locked
            .and_then(|locked| locked.checksum.clone())
            .map(|content| Hash { alg: "SHA-256".to_owned(), content })
            .into_iter()
            .collect();
    }
    part
}

/// The compiler, and the standard library that it links.
fn compiler(dir: &Path) -> Result<[Component; 2], BuildError> {
    let version = RustToolchain::find()?.release(dir)?;
    let licence = Some("MIT OR Apache-2.0");
    let std = Component::part(Kind::Library, "rust-std", &version).with_licence(licence);
    let rustc = Component::part(Kind::Application, "rustc", &version).with_licence(licence);
    Ok([std, rustc.with_scope(Scope::Excluded)])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A module that links `serde`, whose derive needs `syn`; `syn` is not linked, and `tempfile` only tests it.
    const METADATA: &str = r#"{
        "workspace_root": "/module",
        "packages": [
            { "id": "me", "name": "me", "version": "1.0.0", "source": null, "license": null, "targets": [{ "kind": ["cdylib"] }] },
            { "id": "kit", "name": "caisson-guest", "version": "0.1.0", "source": null, "license": "Apache-2.0", "targets": [{ "kind": ["lib"] }] },
            { "id": "mine", "name": "mine", "version": "0.2.0", "source": null, "license": null, "targets": [{ "kind": ["lib"] }] },
            { "id": "serde", "name": "serde", "version": "1.0.0", "source": "registry+https://github.com/rust-lang/crates.io-index",
              "license": "MIT/Apache-2.0", "targets": [{ "kind": ["lib"] }, { "kind": ["custom-build"] }] },
            { "id": "derive", "name": "serde_derive", "version": "1.0.0", "source": "registry+https://github.com/rust-lang/crates.io-index",
              "license": "MIT", "targets": [{ "kind": ["proc-macro"] }] },
            { "id": "syn", "name": "syn", "version": "2.0.0", "source": "registry+https://github.com/rust-lang/crates.io-index",
              "license": "MIT", "targets": [{ "kind": ["lib"] }] },
            { "id": "tempfile", "name": "tempfile", "version": "3.0.0", "source": "registry+https://github.com/rust-lang/crates.io-index",
              "license": "MIT", "targets": [{ "kind": ["lib"] }] }
        ],
        "resolve": { "root": "me", "nodes": [
            { "id": "me", "deps": [
                { "pkg": "kit", "dep_kinds": [{ "kind": null }] }, { "pkg": "mine", "dep_kinds": [{ "kind": null }] },
                { "pkg": "tempfile", "dep_kinds": [{ "kind": "dev" }] } ] },
            { "id": "kit", "deps": [{ "pkg": "serde", "dep_kinds": [{ "kind": null }] }] },
            { "id": "mine", "deps": [] },
            { "id": "serde", "deps": [{ "pkg": "derive", "dep_kinds": [{ "kind": null }] }] },
            { "id": "derive", "deps": [{ "pkg": "syn", "dep_kinds": [{ "kind": null }] }] },
            { "id": "syn", "deps": [] }, { "id": "tempfile", "deps": [] }
        ] }
    }"#;

    #[test]
    fn crates_are_told_by_what_they_are_for() {
        let metadata: Metadata = serde_json::from_str(METADATA).unwrap();
        let lock: Lock =
            toml::from_str("[[package]]\nname = \"serde\"\nversion = \"1.0.0\"\nchecksum = \"ab12\"\n")
                .unwrap();
        let parts = crates(&metadata, &lock);
        let told: Vec<_> =
            parts.iter().map(|part| (part.bom_ref.as_deref().unwrap(), part.scope.unwrap())).collect();
        assert_eq!(
            told,
            [
                ("guest-sdk-rust@0.1.0", Scope::Required),
                ("mine@0.2.0", Scope::Required),
                ("pkg:cargo/serde@1.0.0", Scope::Required),
                ("pkg:cargo/serde_derive@1.0.0", Scope::Excluded),
                ("pkg:cargo/syn@2.0.0", Scope::Excluded),
            ]
        );
        assert_eq!(parts[2].hashes, [Hash { alg: "SHA-256".to_owned(), content: "ab12".to_owned() }]);
        assert_eq!(parts[1].purl, None);
    }
}
