//! How most tests begin: a panel on each database, and on it a module that was installed, granted, set and activated.

use anyhow::Context as _;
use serde_json::{Value, json};

use super::{Admin, Api, Panel, Postgres};

/// Runs a test on a panel with SQLite, and on one with PostgreSQL.
///
/// # Errors
/// Where a panel does not start.
pub async fn each_database(test: impl AsyncFn(Panel, Admin)) -> anyhow::Result<()> {
    for database in [None, Some(Postgres::shared()?.create_database()?)] {
        let panel = Panel::builder().database(database).start().await?;
        let admin = panel.admin().await?;
        test(panel, admin).await;
    }
    Ok(())
}

/// A module that is to serve.
pub struct Install<'a> {
    /// Such as `product/powerdns`.
    pub key: &'a str,
    pub package: Vec<u8>,
    /// Of what it asks for, what it does not get.
    pub without: &'a [&'a str],
    /// Saved before it is activated.
    pub settings: Option<Value>,
}

impl Install<'_> {
    /// # Errors
    /// When the panel refuses one of the steps.
    pub async fn on(self, api: &Api) -> anyhow::Result<()> {
        api.upload_bytes("/modules", "package", "module.caisson", self.package).await?.expect(201)?;
        let module = format!("/modules/{}", self.key);
        grant(api, self.key, None, self.without).await?;
        if let Some(settings) = &self.settings {
            api.put(&format!("{module}/settings"), settings).await?.expect(204)?;
        }
        api.post(&format!("{module}/activate"), &json!({})).await?.expect(204)?;
        Ok(())
    }
}

/// Grants a version, or the newest, everything it asks for but those `without`.
///
/// # Errors
/// When the panel refuses.
pub async fn grant(api: &Api, key: &str, version: Option<&str>, without: &[&str]) -> anyhow::Result<()> {
    let module = api.get(&format!("/modules/{key}")).await?.ok()?;
    let asked = module["requests"].as_array().context("the module asks for nothing")?;
    let granted = asked.iter().map(|one| &one["id"]).filter(|id| !without.iter().any(|other| *id == other));
    let grants = json!({ "grants": granted.collect::<Vec<_>>(), "version": version });
    api.put(&format!("/modules/{key}/grants"), &grants).await?.expect(204)?;
    Ok(())
}
