//! Manifests that show every table and every scheme of webhooks; each is parsed before it is shown.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Context as _;
use caisson_types::Manifest;
use serde_json::Value;

use super::manifest::WEBHOOK;
use super::read;

/// Manifests that show every table.
pub(super) struct Examples {
    pub(super) product: Manifest,
    /// Each table of the product's manifest as it stands there, joined where it stands there several times.
    pub(super) tables: Vec<(String, String)>,
    pub(super) text: String,
    /// `[webhook]` by its scheme.
    pub(super) webhooks: BTreeMap<String, String>,
}

impl Examples {
    pub(super) fn read(folder: &Path, schema: &Value) -> anyhow::Result<Self> {
        let text = read(&folder.join("product.toml"))?;
        let product = Manifest::parse(&text).context("examples/product.toml")?;
        let payment = read(&folder.join("payment.toml"))?;
        let mut webhooks = BTreeMap::new();
        for scheme in schemes(schema) {
            let name = format!("webhook-{scheme}.toml");
            let webhook = read(&folder.join(&name))?;
            Manifest::parse(&format!("{payment}\n{webhook}")).with_context(|| format!("examples/{name}"))?;
            webhooks.insert(scheme.to_owned(), webhook);
        }
        let mut tables: Vec<(String, String)> = Vec::new();
        for part in text.split("\n\n").filter(|part| part.starts_with('[')) {
            let header = part.lines().next().unwrap_or_default();
            match tables.iter_mut().find(|(present, _)| present == header) {
                Some((_, joined)) => *joined += &format!("\n\n{}", part.trim_end()),
                None => tables.push((header.to_owned(), part.trim_end().to_owned())),
            }
        }
        Ok(Self { product, tables, text, webhooks })
    }

    /// The one table without keys of its own.
    pub(super) fn config(&self) -> anyhow::Result<&str> {
        let config = self.place("[config]").context("examples/product.toml shows no [config]")?;
        Ok(&self.tables[config].1)
    }

    /// Where a table first stands.
    pub(super) fn place(&self, header: &str) -> Option<usize> {
        self.tables.iter().position(|(present, _)| present == header)
    }
}

fn schemes(schema: &Value) -> Vec<&str> {
    let all = schema["$defs"][WEBHOOK]["oneOf"].as_array().into_iter().flatten();
    all.filter_map(|one| one["properties"]["scheme"]["const"].as_str()).collect()
}
