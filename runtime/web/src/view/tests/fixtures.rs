//! Contexts for the panel's templates: `views/fixtures/<template>.json`, and `<template>@<variant>.json` for its other states.
//! The frame comes from `_admin.json`, `_client.json` or `_plain.json` beside them; a fixture's own `frame` replaces parts of it.

use std::path::{Path, PathBuf};

use minijinja::Value;
use minijinja::value::Serde;
use serde_json::{Map, Value as Json};

pub(crate) struct Fixture {
    /// Such as `admin/modules/list.html`.
    pub(crate) template: String,
    /// Such as `admin/modules/list@empty`.
    pub(crate) name: String,
    context: Map<String, Json>,
}

pub(crate) fn views() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../views")
}

/// Every fixture, by name.
pub(crate) fn all() -> Vec<Fixture> {
    let root = views().join("fixtures");
    let mut found = Vec::new();
    let mut waiting = vec![root.clone()];
    while let Some(folder) = waiting.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(&root).unwrap().with_extension("").display().to_string();
            if path.is_dir() {
                waiting.push(path);
            } else if !name.starts_with('_') {
                let template = format!("{}.html", name.split('@').next().unwrap());
                found.push(Fixture { template, context: read(&path), name });
            }
        }
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    found
}

fn read(path: &Path) -> Map<String, Json> {
    let text = std::fs::read_to_string(path).unwrap();
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

impl Fixture {
    /// Replaces one member of the context.
    #[allow(dead_code, reason = "the gallery shares this file and changes nothing")]
    pub(crate) fn set(&mut self, key: &str, value: Json) {
        self.context.insert(key.to_owned(), value);
    }

    /// The context, with the frame's theme set. Members named `…_html` are markup, as the panel's handlers pass them.
    pub(crate) fn context(&self, theme: &str) -> Value {
        let base = match self.template.split('/').next() {
            Some("admin") => "_admin.json",
            Some("client") => "_client.json",
            _ => "_plain.json",
        };
        let mut frame = read(&views().join("fixtures").join(base));
        if let Some(Json::Object(own)) = self.context.get("frame") {
            frame.extend(own.clone());
        }
        frame.insert("theme".to_owned(), Json::from(theme));
        let mut context = self.context.clone();
        context.insert("frame".to_owned(), Json::Object(frame));
        Value::from_pairs(context.iter().map(|(key, value)| match value.as_str() {
            Some(markup) if key.ends_with("_html") => {
                (key.clone(), Value::from_safe_string(markup.to_owned()))
            }
            _ => (key.clone(), Value::from(Serde(value))),
        }))
    }
}
