//! Packages of a TypeScript or JavaScript module: what the lock names, told by whether the bundle has anything of it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::Bundled;
use super::engine::Engine;
use super::project::Project;
use super::tools::{SPIDERMONKEY, TOOLS};
use crate::build::{BuildError, GENERATED};
use crate::sbom::{Component, Hash, Kind, Scope};

const LOCK: &str = "package-lock.json";
const FOLDER: &str = "node_modules/";

/// `package-lock.json` of version 2 and 3.
#[derive(Default, Deserialize)]
struct Lock {
    #[serde(default)]
    packages: BTreeMap<String, Package>,
}

/// A package as a lock has it, or its own `package.json`.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Package {
    name: Option<String>,
    version: Option<String>,
    license: Option<serde_json::Value>,
    integrity: Option<String>,
    dev: bool,
    /// It stands for a folder of the author's.
    link: bool,
}

/// Parts of the module in `dir`, which was built.
pub(in crate::build) fn parts(dir: &Path) -> Result<Vec<Component>, BuildError> {
    let bundled: Bundled = read(&dir.join(GENERATED).join("bundle.json"))?;
    let used: BTreeSet<&str> = bundled
        .outputs
        .values()
        .flat_map(|output| &output.inputs)
        .filter(|(_, input)| input.bytes_in_output > 0)
        .filter_map(|(path, _)| folder(path))
        .collect();
    let lock: Lock = if dir.join(LOCK).is_file() { read(&dir.join(LOCK))? } else { Lock::default() };
    let mut parts = Vec::new();
    for key in &used {
        let part = match lock.packages.get(*key) {
            Some(package) => component(key, package),
            None => component(key, &read(&dir.join(key).join("package.json"))?),
        };
        parts.push(part);
    }
    let left_out = |(key, package): &(&String, &Package)| {
        key.contains(FOLDER) && !package.dev && !package.link && !used.contains(key.as_str())
    };
    let others = lock.packages.iter().filter(left_out);
    parts.extend(others.map(|(key, package)| component(key, package).with_scope(Scope::Excluded)));
    // A package that stands there twice is used where one of the two is.
    parts.sort_by_key(|part| part.scope != Some(Scope::Required));
    let mut seen = BTreeSet::new();
    parts.retain(|part| seen.insert(part.bom_ref.clone()));
    parts.push(Component::kit("js", env!("CARGO_PKG_VERSION")));
    parts.extend(tools(Project::read(dir)?.engine)?);
    Ok(parts)
}

/// The package's own folder: `node_modules/@a/b` of `node_modules/@a/b/src/c.js`.
fn folder(path: &str) -> Option<&str> {
    let start = path.rfind(FOLDER)? + FOLDER.len();
    let segments = if path[start..].starts_with('@') { 2 } else { 1 };
    let length = path[start..].match_indices('/').nth(segments - 1)?.0;
    Some(&path[..start + length])
}

fn component(key: &str, package: &Package) -> Component {
    let of_key = key.rsplit_once(FOLDER).map_or(key, |(_, name)| name);
    let name = package.name.as_deref().unwrap_or(of_key);
    let version = package.version.as_deref().unwrap_or_default();
    // An old form is an object with a type.
    let licence = package.license.as_ref().and_then(|licence| licence.as_str().or(licence["type"].as_str()));
    let mut part = Component::part(Kind::Library, name, version)
        .with_purl(format!("pkg:npm/{}@{version}", name.replace('@', "%40")))
        .with_licence(licence);
    part.hashes = package.integrity.as_deref().and_then(sha512).into_iter().collect();
    part
}

/// `sha512-<base64>`, as npm writes it.
fn sha512(integrity: &str) -> Option<Hash> {
    let digest = BASE64_STANDARD.decode(integrity.strip_prefix("sha512-")?).ok()?;
    Some(Hash { alg: "SHA-512".to_owned(), content: hex::encode(digest) })
}

/// The engine that the module's JavaScript runs in, and what bundled it.
fn tools(engine: Engine) -> Result<Vec<Component>, BuildError> {
    let (set, platform) = match engine {
        Engine::QuickJs => (&TOOLS, "componentize-qjs"),
        Engine::SpiderMonkey => (&SPIDERMONKEY, "@bytecodealliance/componentize-js"),
    };
    let tool = |lock: &Lock, name: &str| {
        let key = format!("{FOLDER}{name}");
        lock.packages.get(&key).map(|package| component(&key, package))
    };
    let read = |text: &str| {
        serde_json::from_str::<Lock>(text).map_err(|error| BuildError::Project {
            path: LOCK.into(),
            reason: format!("the tools' own lock does not read: {error}"),
        })
    };
    let mut parts = Vec::new();
    if let Some(mut engine) = tool(&read(set.lock())?, platform) {
        engine.kind = Kind::Platform;
        parts.push(engine);
    }
    if let Some(mut esbuild) = tool(&read(TOOLS.lock())?, "esbuild") {
        esbuild.kind = Kind::Application;
        parts.push(esbuild.with_scope(Scope::Excluded));
    }
    Ok(parts)
}

fn read<T: DeserializeOwned>(path: &Path) -> Result<T, BuildError> {
    let text = std::fs::read(path).map_err(|error| BuildError::File { path: path.to_owned(), error })?;
    serde_json::from_slice(&text).map_err(|error| BuildError::Package {
        file: path.to_owned(),
        what: format!("does not read: {error}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::build::write;

    #[test]
    fn a_package_is_told_from_its_files() {
        for (path, expected) in [
            ("node_modules/a/index.js", Some("node_modules/a")),
            ("node_modules/@a/b/src/c.js", Some("node_modules/@a/b")),
            ("../node_modules/a/node_modules/b/i.js", Some("../node_modules/a/node_modules/b")),
            ("src/index.ts", None),
        ] {
            assert_eq!(folder(path), expected, "{path}");
        }
    }

    #[test]
    fn what_is_bundled_is_told_from_what_is_only_locked() {
        let dir = tempfile::tempdir().unwrap();
        let file = |name: &str, text: &str| write(&dir.path().join(name), text.as_bytes()).unwrap();
        file("package.json", "{}");
        file("src/index.ts", "");
        file(
            ".caisson/bundle.json",
            r#"{ "outputs": { "module.js": { "inputs": {
                "src/index.ts": { "bytesInOutput": 10 }, "node_modules/@a/used/i.js": { "bytesInOutput": 10 },
                "node_modules/shaken/i.js": { "bytesInOutput": 0 }, "node_modules/unlocked/i.js": { "bytesInOutput": 1 }
            } } } }"#,
        );
        file(
            "package-lock.json",
            r#"{ "lockfileVersion": 3, "packages": { "": {},
                "node_modules/@a/used": { "version": "1.0.0", "license": "MIT", "integrity": "sha512-AAEC" },
                "node_modules/shaken": { "version": "2.0.0", "license": { "type": "ISC" } },
                "node_modules/typescript": { "version": "7.0.0", "dev": true }
            } }"#,
        );
        file("node_modules/unlocked/package.json", r#"{ "name": "unlocked", "version": "3.0.0" }"#);
        let parts = parts(dir.path()).unwrap();
        let told: Vec<_> = parts
            .iter()
            .map(|part| (part.purl.as_deref().unwrap_or_default(), part.scope.unwrap()))
            .collect();
        assert_eq!(
            told[..3],
            [
                ("pkg:npm/%40a/used@1.0.0", Scope::Required),
                ("pkg:npm/unlocked@3.0.0", Scope::Required),
                ("pkg:npm/shaken@2.0.0", Scope::Excluded),
            ]
        );
        assert_eq!(parts[0].hashes, [Hash { alg: "SHA-512".to_owned(), content: "000102".to_owned() }]);
        assert!(parts[0].licenses.len() == 1 && parts[2].licenses.len() == 1);
        assert!(told[4].0.starts_with("pkg:npm/componentize-qjs@") && parts[4].kind == Kind::Platform);
        assert!(told[5].0.starts_with("pkg:npm/esbuild@"), "{told:?}");
        assert_eq!(told.len(), 6);
    }
}
