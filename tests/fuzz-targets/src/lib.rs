//! Every reader of what strangers write, as a function of bytes that must hold whatever the bytes are.
//!
//! `tests/fuzz` feeds them to libFuzzer; `tests/smoke.rs` feeds them their seeds and mutations of these, so that they never rot.
#![expect(clippy::panic, reason = "a panic is how a target says that it does not hold")]

mod query;

use std::collections::BTreeMap;

use caisson_package::archive::{self, Package};
use caisson_package::component;
use caisson_package::template::check_templates;
use caisson_types::Manifest;

pub use query::query;

/// A target: its name, which is also its seeds' folder, and its function.
pub type Target = (&'static str, fn(&[u8]));

pub const TARGETS: [Target; 5] = [
    ("archive", archive),
    ("component", component),
    ("manifest", manifest),
    ("query", query),
    ("template", template),
];

/// The manifest that components are checked against here.
const PLUGIN: &str = "contract = \"0.1.0\"\n[module]\nname = \"demo\"\ntype = \"plugin\"\nversion = \"1.0.0\"\ntitle = \"Demo\"\n\
                      description = \"Demo\"\nauthor = \"Example Ltd\"\n";

/// A manifest is read, or refused in a sentence; what it asks for is told in lines of their own.
pub fn manifest(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    match Manifest::parse(text) {
        Ok(manifest) => {
            for request in manifest.requests() {
                one_line(&request.id.to_string());
            }
        }
        Err(error) => one_line(&error.to_string()),
    }
}

/// A package is read whole or refused in a sentence. What is no zstd frame is taken for the tape within one, so that mutations
/// get past the compression.
pub fn archive(bytes: &[u8]) {
    const ZSTD: &[u8] = &[0x28, 0xb5, 0x2f, 0xfd];
    let read = if bytes.starts_with(ZSTD) {
        archive::read(bytes)
    } else {
        match zstd::encode_all(bytes, 1) {
            Ok(frame) => archive::read(&frame),
            Err(error) => panic!("{error}"),
        }
    };
    match read {
        Ok(Package { templates, strings, assets, .. }) => {
            for name in templates.keys().chain(strings.keys()).chain(assets.keys()) {
                assert!(!name.contains("..") && !name.starts_with('/'), "'{name}' leads out of the package");
            }
        }
        Err(error) => one_line(&error.to_string()),
    }
}

/// Whatever calls itself a component is scanned, and refused in a sentence.
pub fn component(bytes: &[u8]) {
    let manifest = Manifest::parse(PLUGIN).unwrap_or_else(|error| panic!("{error}"));
    if let Err(error) = component::inspect(bytes, &manifest) {
        one_line(&error.to_string());
    }
}

/// A template is accepted, or every finding has its place in it.
pub fn template(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let templates = BTreeMap::from([("page".to_owned(), text.to_owned())]);
    if let Err(findings) = check_templates(&templates) {
        assert!(!findings.is_empty(), "it was refused for nothing");
        for finding in findings {
            one_line(&finding.to_string());
        }
    }
}

/// Messages are shown in a line of a terminal and in a paragraph of a page.
fn one_line(message: &str) {
    assert!(!message.chars().any(char::is_control), "a message has control characters: {message:?}");
}
