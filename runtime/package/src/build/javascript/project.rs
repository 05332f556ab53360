//! What an author wrote, and the files that lead from it to the tools.

use std::path::{Path, PathBuf};

use caisson_types::{CONTRACT_VERSION, Manifest, ModuleType};
use serde::Deserialize;

use super::engine::Engine;
use crate::build::contract::exports;
use crate::build::{BuildError, GENERATED, write};
use crate::component::refused_imports;

/// Where a module begins: the first of these that is there.
const ENTRIES: [&str; 2] = ["src/index.ts", "src/index.js"];

/// How editors and tsc find the kit. A module may have a `tsconfig.json` of its own that extends this one.
const TSCONFIG: &str = include_str!("tsconfig.json");

/// A module's folder.
pub(super) struct Project {
    dir: PathBuf,
    entry: &'static str,
    pub(super) is_typescript: bool,
    pub(super) engine: Engine,
}

/// `package.json`, as far as it matters here.
#[derive(Deserialize)]
struct Package {
    #[serde(default)]
    caisson: Options,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Options {
    #[serde(default)]
    engine: Engine,
}

impl Project {
    /// Looks at `package.json` and for the file that a module begins with.
    pub(super) fn read(dir: &Path) -> Result<Self, BuildError> {
        let file = dir.join("package.json");
        let text =
            std::fs::read_to_string(&file).map_err(|error| BuildError::File { path: file.clone(), error })?;
        let package: Package = serde_json::from_str(&text).map_err(|error| BuildError::Package {
            file: file.clone(),
            what: format!("does not read: {error}"),
        })?;
        let entry = ENTRIES.into_iter().find(|entry| dir.join(entry).is_file());
        let Some(entry) = entry else {
            let what = format!("has no {} beside it, where a module begins", ENTRIES.join(" or "));
            return Err(BuildError::Package { file, what });
        };
        Ok(Self {
            dir: dir.to_owned(),
            entry,
            is_typescript: entry.ends_with(".ts"),
            engine: package.caisson.engine,
        })
    }

    /// Writes where the bundle begins, what stands for interfaces that the manifest does not ask for, and the configuration of tsc.
    pub(super) fn write(&self, generated: &Path, manifest: &Manifest) -> Result<(), BuildError> {
        write(&generated.join("entry.ts"), self.entry_text(manifest).as_bytes())?;
        write(&generated.join("tsconfig.json"), TSCONFIG.as_bytes())?;
        for (name, functions, line) in refused_imports(manifest) {
            write(&generated.join("absent").join(format!("{name}.js")), absent(functions, line).as_bytes())?;
        }
        Ok(())
    }

    fn entry_text(&self, manifest: &Manifest) -> String {
        let kind = manifest.module.kind;
        let exports = exports(manifest).into_iter().map(camel_case).collect::<Vec<_>>().join(", ");
        format!(
            "import module from \"../{}\";\nimport {{ exports }} from \"./sdk/src/adapter/{kind}.ts\";\n\n\
             export const {{ {exports} }} = exports(module);\n",
            self.entry
        )
    }

    /// The configuration that tsc reads.
    pub(super) fn tsconfig(&self) -> PathBuf {
        let own = self.dir.join("tsconfig.json");
        if own.is_file() { own } else { self.dir.join(GENERATED).join("tsconfig.json") }
    }

    /// Where esbuild finds the kit, and what it is bundled for.
    pub(super) fn esbuild_arguments(&self, manifest: &Manifest) -> Vec<String> {
        let generated = self.dir.join(GENERATED);
        let mut arguments = vec![
            format!("--alias:@caisson/sdk={}", generated.join("sdk").display()),
            format!("--define:CAISSON_BIGINT={}", self.engine.has_bigint()),
        ];
        for (name, functions, _) in refused_imports(manifest) {
            if !functions.is_empty() {
                let file = generated.join("absent").join(format!("{name}.js"));
                arguments
                    .push(format!("--alias:caisson:module/{name}@{CONTRACT_VERSION}={}", file.display()));
            }
        }
        arguments
    }

    /// Refuses a module that uses what its manifest does not ask for: it could only fail where it runs.
    ///
    /// The kit itself queues tasks and sets statuses for product modules; whether one of these ever does is not told by its bundle.
    pub(super) fn refuse_undeclared(
        &self,
        manifest: &Manifest,
        used: impl Fn(&str) -> bool,
    ) -> Result<(), BuildError> {
        for (name, functions, line) in refused_imports(manifest) {
            let kits = manifest.module.kind == ModuleType::Product && ["tasks", "services"].contains(&name);
            if !functions.is_empty() && !kits && used(&format!("{GENERATED}/absent/{name}.js")) {
                return Err(BuildError::Package {
                    file: self.dir.join(self.entry),
                    what: format!(
                        "uses `{name}`, which {} does not ask for: add {line}",
                        Manifest::FILE_NAME
                    ),
                });
            }
        }
        Ok(())
    }
}

/// Stands for an interface that the component may not import: each function answers as the host does without the grant.
fn absent(functions: &[&str], line: &str) -> String {
    let grant = line.replace('`', "");
    let denial = format!(
        "{{ tag: \"denied\", val: {{ grant: {grant:?}, reason: \"module.toml does not ask for it\" }} }}"
    );
    let mut text = String::new();
    for function in functions {
        let name = camel_case(function);
        text.push_str(&format!(
            "function {name}_() {{ throw {{ payload: {denial} }}; }}\nexport {{ {name}_ as {name} }};\n"
        ));
    }
    text
}

/// `client-area` as JavaScript names it: `clientArea`.
fn camel_case(name: &str) -> String {
    let mut words = name.split('-');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |name, word| {
        let (head, tail) = word.split_at(1.min(word.len()));
        name + &head.to_ascii_uppercase() + tail
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_written_as_javascript_has_them() {
        for (name, expected) in
            [("client-area", "clientArea"), ("set-provision-status", "setProvisionStatus"), ("get", "get")]
        {
            assert_eq!(camel_case(name), expected);
        }
    }

    #[test]
    fn what_is_not_asked_for_is_denied_by_its_line() {
        let text = absent(&["delete", "has-table"], "`cache = true` under [capabilities]");
        assert!(
            text.contains("export { delete_ as delete };") && text.contains("hasTable_ as hasTable"),
            "{text}"
        );
        assert!(text.contains("\"cache = true under [capabilities]\""), "{text}");
    }

    #[test]
    fn an_engine_that_is_none_is_refused_by_its_line() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("package.json"), r#"{ "caisson": { "engine": "v8" } }"#).unwrap();
        let error = Project::read(dir.path()).err().map(|error| error.to_string()).unwrap_or_default();
        assert!(
            error.contains("package.json") && error.contains("v8") && error.contains("spidermonkey"),
            "{error}"
        );
    }

    #[test]
    fn a_folder_without_a_beginning_is_told_where_one_goes() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("package.json"), "{}").unwrap();
        let error = Project::read(dir.path()).err().map(|error| error.to_string()).unwrap_or_default();
        assert!(error.contains("src/index.ts or src/index.js"), "{error}");
    }
}
