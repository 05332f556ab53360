//! Guests written by hand, for what no compiler of a language would make.
//!
//! A guest is a file in `tests/guests/hostile/raw`: comments that say what comes of it, imports, and a function `$deed` that is
//! called as the module's `activate` and as its settings' `test-connection`.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use caisson_tests::support::archive::Archive;
use caisson_tests::support::{Admin, Reply, repository};
use serde_json::{Value, json};
use wit_component::{StringEncoding, embed_component_metadata};
use wit_parser::{Resolve, WorldId};

/// What a guest may import here beside the contract. One package is hostile; the others stand in for WASI's own.
const WORLD: &str = include_str!("world.wit");

/// The rest of every guest. Its functions answer what stands at 1024: zeros, which are a success, until `$deed` writes there.
const FRAME: &str = r#"
(func (export "caisson:module/lifecycle@0.1.0#activate") (result i32) (call $deed) (i32.const 1024))
(func (export "caisson:module/lifecycle@0.1.0#deactivate") (result i32) (i32.const 1024))
(func (export "caisson:module/lifecycle@0.1.0#update") (param i32 i32) (result i32) (i32.const 1024))
(func (export "caisson:module/jobs@0.1.0#run") (param i32) (result i32) (i32.const 1024))
(func (export "caisson:module/settings@0.1.0#save") (param i32 i32) (result i32) (i32.const 1024))
(func (export "caisson:module/settings@0.1.0#page") (param i32 i32) (result i32) (i32.const 1024))
(global $given (mut i32) (i32.const 0))
(global $given_length (mut i32) (i32.const 0))
(func (export "caisson:module/settings@0.1.0#test-connection") (param i32 i32) (result i32)
  (global.set $given (local.get 0))
  (global.set $given_length (local.get 1))
  (call $deed)
  (i32.const 1024))
"#;

/// Gives memory from 8192 on, and nothing back.
const REALLOC: &str = r#"
(global $free (mut i32) (i32.const 8192))
(func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
  (global.get $free)
  (global.set $free (i32.add (global.get $free) (i32.and (i32.add (local.get 3) (i32.const 15)) (i32.const -16)))))
"#;

pub(crate) struct Guest {
    pub(crate) name: String,
    pub(crate) text: String,
    pub(crate) notes: HashMap<String, String>,
}

/// Everything a guest may import here, resolved, and the world it stands in.
pub(crate) fn world() -> (Resolve, WorldId) {
    let mut resolve = Resolve::default();
    resolve.push_dir(repository().join("wit")).unwrap();
    let package = resolve.push_str("world.wit", WORLD).unwrap();
    let world = resolve.packages[package].worlds["guest"];
    (resolve, world)
}

pub(crate) fn folder() -> PathBuf {
    repository().join("tests/guests/hostile/raw")
}

impl Guest {
    pub(crate) fn read(file: &Path) -> Self {
        Self::new(file.file_stem().unwrap().to_str().unwrap(), fs::read_to_string(file).unwrap())
    }

    pub(crate) fn new(name: &str, text: String) -> Self {
        let notes = text.lines().filter_map(|line| line.strip_prefix(";; ")?.split_once(": "));
        let notes = notes.map(|(key, value)| (key.to_owned(), value.to_owned())).collect();
        Self { name: name.to_owned(), notes, text }
    }

    pub(crate) fn named(name: &str) -> Self {
        Self::read(&folder().join(name).with_extension("wat"))
    }

    pub(crate) fn note(&self, key: &str) -> Option<&str> {
        self.notes.get(key).map(String::as_str)
    }

    pub(crate) fn component(&self) -> Vec<u8> {
        let pages = self.note("pages").unwrap_or("1");
        let realloc = if self.note("realloc").is_some() { "" } else { REALLOC };
        let text = format!("(module {} (memory (export \"memory\") {pages}) {FRAME} {realloc})", self.text);
        let mut module = wat::parse_str(&text).unwrap_or_else(|error| panic!("{}: {error}", self.name));
        let (resolve, world) = world();
        embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).unwrap();
        let component = caisson_package::build::componentize(&module);
        let mut component = component.unwrap_or_else(|error| panic!("{}: {error:#}", self.name)).bytes;
        let copies: u8 = self.note("copies").map_or(0, |copies| copies.parse().unwrap());
        if copies > 0 {
            // A section of core instances, each of the first core module and without arguments.
            component.extend([2, 1 + 3 * copies, copies]);
            component.extend([0; 3].repeat(usize::from(copies)));
        }
        component
    }

    fn package(&self) -> Vec<u8> {
        self.package_of(&self.name, &self.component())
    }

    /// The package with another name and another component.
    pub(crate) fn package_of(&self, name: &str, component: &[u8]) -> Vec<u8> {
        let manifest = format!(
            "contract = \"0.1.0\"\n[module]\nname = \"{name}\"\ntype = \"plugin\"\nversion = \"1.0.0\"\n\
             title = \"{name}\"\ndescription = \"Written by hand.\"\nauthor = \"Caisson\"\n\
             [[settings]]\nkey = \"n\"\nlabel = \"N\"\n[capabilities]\n{}\n",
            self.note("manifest").unwrap_or_default().replace('|', "\n")
        );
        let archive = Archive::default().with("module.toml", manifest).with("component.wasm", component);
        archive.bytes().unwrap()
    }

    pub(crate) fn path(&self) -> String {
        format!("/modules/plugin/{}", self.name)
    }

    pub(crate) async fn install(&self, admin: &Admin) -> Reply {
        admin.api.upload_bytes("/modules", "package", "raw.caisson", self.package()).await.unwrap()
    }

    /// Installs and approves it, with everything it asks for or with nothing.
    pub(crate) async fn prepare(&self, admin: &Admin) {
        self.install(admin).await.expect(201).unwrap_or_else(|error| panic!("{}: {error}", self.name));
        let mut grants = json!([]);
        if self.note("granted").is_some() {
            let module: Value = admin.api.get(&self.path()).await.unwrap().expect(200).unwrap();
            let asked = module["requests"].as_array().unwrap();
            grants = asked.iter().map(|one| one["id"].clone()).collect();
        }
        let grants = json!({ "grants": grants });
        admin.api.put(&format!("{}/grants", self.path()), &grants).await.unwrap().expect(204).unwrap();
    }

    pub(crate) async fn enter(&self, admin: &Admin, verb: &str) -> Reply {
        admin.api.post(&format!("{}/{verb}", self.path()), &json!({})).await.unwrap()
    }
}
