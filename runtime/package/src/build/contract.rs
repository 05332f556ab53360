//! The contract as a compiler is shown it: the interfaces of `wit/`, and one world made for one module.
//!
//! A Rust module names the world of its type, and what it does not use is not in its component. The tools of other languages
//! import every interface of the world they are given, used or not, and a component that imports what its manifest does not
//! ask for is refused. So each is given the world of its own manifest: what it may import, and what it must export.

use std::ffi::OsStr;
use std::fmt::Write as _;
use std::path::Path;

use caisson_types::{CONTRACT_VERSION, Manifest, ModuleType};
use include_dir::{Dir, include_dir};

use super::{BuildError, write};
use crate::component::{allowed_imports, promised_exports, refused_imports};

/// `wit/`, as it stood when this program was built.
static CONTRACT: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../wit");

/// The name of the world that [`write_contract`] makes.
pub(super) const WORLD: &str = "module";

/// Writes the contract's interfaces and the world of this manifest into `dir`, which holds nothing else.
pub(super) fn write_contract(dir: &Path, manifest: &Manifest) -> Result<(), BuildError> {
    let refused: Vec<&str> = refused_imports(manifest).map(|(name, ..)| name).collect();
    for file in CONTRACT.files().filter(|file| file.path() != Path::new("worlds.wit")) {
        let text = file.contents_utf8().unwrap_or_default();
        let interface = file.path().file_stem().and_then(OsStr::to_str).unwrap_or_default();
        let text = match refused.contains(&interface) {
            true => without_functions(text),
            false => text.to_owned(),
        };
        write(&dir.join(file.path()), text.as_bytes())?;
    }
    write(&dir.join("module.wit"), world(manifest).as_bytes())
}

/// An interface with its types alone: others name them, and then the whole of it would be imported.
fn without_functions(text: &str) -> String {
    let mut kept = String::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if !line.contains(": func(") {
            kept.push_str(line);
            kept.push('\n');
        } else if !line.contains(';') {
            lines.by_ref().find(|line| line.contains(';'));
        }
    }
    kept
}

/// Names of the interfaces that the world exports. `settings` always is: a kit answers for a module that has no more to say than its
/// manifest.
pub(super) fn exports(manifest: &Manifest) -> Vec<&'static str> {
    let mut exports = promised_exports(manifest);
    exports.push("settings");
    exports.sort_unstable();
    exports.dedup();
    exports
}

/// Writes the contract as it is, for a language whose linker leaves out what is not used: see [`whole_world`].
pub(super) fn write_whole_contract(dir: &Path) -> Result<(), BuildError> {
    CONTRACT.files().try_for_each(|file| write(&dir.join(file.path()), file.contents()))
}

/// The contract's own world of this type of module.
pub(super) fn whole_world(manifest: &Manifest) -> &'static str {
    match manifest.module.kind {
        ModuleType::Product => "product-module",
        ModuleType::Plugin => "plugin-module",
        ModuleType::Payment => "payment-module",
        ModuleType::Notification => "notification-module",
    }
}

fn world(manifest: &Manifest) -> String {
    let mut text = format!("package caisson:module@{CONTRACT_VERSION};\n\nworld {WORLD} {{\n");
    for name in allowed_imports(manifest) {
        let _ = writeln!(text, "    import {name};");
    }
    for name in exports(manifest) {
        let _ = writeln!(text, "    export {name};");
    }
    text.push_str("}\n");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const MANIFEST: &str = manifest!(
        "product",
        r#"[[client.tabs]]
key = "status"
name = "Status"
template = "status"
[capabilities]
tasks = true
"#
    );

    #[test]
    fn a_world_holds_what_the_manifest_asks_for_and_promises() {
        let world = world(&Manifest::parse(MANIFEST).unwrap());
        for line in
            ["import log;", "import tasks;", "export product;", "export client-area;", "export settings;"]
        {
            assert!(world.contains(line), "{line} in {world}");
        }
        for line in ["cache", "import http", "payments", "export hooks", "export admin"] {
            assert!(!world.contains(line), "{line} in {world}");
        }
    }

    #[test]
    fn the_written_contract_resolves() {
        let dir = tempfile::tempdir().unwrap();
        write_contract(dir.path(), &Manifest::parse(MANIFEST).unwrap()).unwrap();
        let mut resolve = wit_parser::Resolve::default();
        let (package, _) = resolve.push_dir(dir.path()).unwrap();
        let world = resolve.select_world(&[package], Some(WORLD)).unwrap();
        assert_eq!(resolve.worlds[world].exports.len(), 5);
    }

    #[test]
    fn what_is_not_asked_for_is_there_for_its_types_alone() {
        let dir = tempfile::tempdir().unwrap();
        let manifest = MANIFEST
            .replace("product", "payment")
            .replace("[[client.tabs]]\nkey = \"status\"\nname = \"Status\"\ntemplate = \"status\"\n", "");
        for (asked, functions) in [("tasks = true", false), ("tasks = true\npayments = true", true)] {
            let manifest = Manifest::parse(&manifest.replace("tasks = true", asked)).unwrap();
            write_contract(dir.path(), &manifest).unwrap();
            let mut resolve = wit_parser::Resolve::default();
            let (package, _) = resolve.push_dir(dir.path()).unwrap();
            let payments = &resolve.interfaces[resolve.packages[package].interfaces["payments"]];
            assert_eq!(!payments.functions.is_empty(), functions, "{asked}");
            assert!(payments.types.contains_key("invoice"), "{asked}");
        }
    }
}
