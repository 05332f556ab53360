//! The guest that does what a test tells it (`tests/guests/puppet`), installed on a panel.

use anyhow::Context as _;
use serde_json::{Value, json};

use super::archive::Archive;
use super::scene::{Install, grant};
use super::{Admin, Api, modules, repository};

/// A puppet on a panel, played by its scripts.
pub struct Puppet {
    api: Api,
    /// `product/puppet`, or another name it was given.
    pub key: String,
    /// Sent with every script: trying settings out leaves none of the saved ones but secrets.
    settings: Value,
}

/// The puppet's package under a name, at a version.
///
/// # Errors
/// When it cannot be built.
pub fn package(name: &str, version: &str) -> anyhow::Result<Archive> {
    let built = modules::build_from(&repository().join("tests/guests/puppet"), "product/puppet")?;
    let archive = Archive::open(&built.file)?;
    let archive = archive.edit("module.toml", "name = \"puppet\"", &format!("name = \"{name}\""))?;
    archive.edit("module.toml", "version = \"1.0.0\"", &format!("version = \"{version}\""))
}

impl Puppet {
    /// Installs and activates it with every grant but those `without`.
    ///
    /// # Errors
    /// When the panel refuses.
    pub async fn install(admin: &Admin, name: &str, without: &[&str]) -> anyhow::Result<Self> {
        Self::install_package(admin, name, &package(name, "1.0.0")?.bytes()?, without).await
    }

    /// Installs and activates a package of that name that a test changed.
    ///
    /// # Errors
    /// When the panel refuses.
    pub async fn install_package(
        admin: &Admin,
        name: &str,
        package: &[u8],
        without: &[&str],
    ) -> anyhow::Result<Self> {
        let puppet = Self { api: admin.api.clone(), key: format!("product/{name}"), settings: json!({}) };
        let install = Install { key: &puppet.key, package: package.to_vec(), without, settings: None };
        install.on(&puppet.api).await?;
        Ok(puppet)
    }

    /// # Errors
    /// When the panel refuses.
    pub async fn upload(&self, package: &[u8]) -> anyhow::Result<()> {
        self.api
            .upload_bytes("/modules", "package", "puppet.caisson", package.to_vec())
            .await?
            .expect(201)?;
        Ok(())
    }

    /// Grants a version everything it asks for but those `without`.
    ///
    /// # Errors
    /// When the panel refuses.
    pub async fn grant(&self, version: Option<&str>, without: &[&str]) -> anyhow::Result<()> {
        grant(&self.api, &self.key, version, without).await
    }

    /// Saves its settings.
    ///
    /// # Errors
    /// When the panel refuses.
    pub async fn configure(&mut self, settings: Value) -> anyhow::Result<()> {
        self.api.put(&self.path("settings"), &settings).await?.expect(204)?;
        self.settings = settings;
        Ok(())
    }

    /// Plays the steps of a script and gives what each answered.
    ///
    /// # Errors
    /// What the panel or the puppet answered instead.
    pub async fn play(&self, steps: Value) -> anyhow::Result<Vec<Value>> {
        let mut script = self.settings.clone();
        script["script"] = steps.to_string().into();
        let answer = self.api.post(&self.path("test-connection"), &script).await?.expect(200)?;
        let text = answer["message"].as_str().context("no message")?;
        Ok(serde_json::from_str(text)?)
    }

    /// Plays one step.
    ///
    /// # Errors
    /// See [`Puppet::play`].
    pub async fn one(&self, step: Value) -> anyhow::Result<Value> {
        self.play(json!([step])).await?.pop().context("no answer")
    }

    /// The path of one of its resources.
    pub fn path(&self, resource: &str) -> String {
        format!("/modules/{}/{resource}", self.key)
    }
}
