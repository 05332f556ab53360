//! Somebody who signs packages, with the `caisson` program, and the panel that is to trust him.

use std::fs;
use std::path::PathBuf;

use anyhow::Context as _;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::panel::run_caisson;
use super::{Admin, Reply, caisson_program};

/// Unlocks every publisher's key.
const PASSWORD: (&str, &str) = ("CAISSON_KEY_PASSWORD", "a password of a test");

/// A publisher with his keys in a folder of his own.
pub struct Publisher {
    folder: TempDir,
    pub name: String,
    /// The line of base64 in his `.pub` file.
    pub public: String,
}

impl Publisher {
    /// Makes his key.
    ///
    /// # Errors
    /// When the command refuses.
    pub async fn new(name: &str) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let base = folder.path().join("publisher").display().to_string();
        caisson(&["module", "keygen", "--out", &base]).await?;
        let text = fs::read_to_string(folder.path().join("publisher.pub"))?;
        let public = text.lines().nth(1).context("the public key has no second line")?.to_owned();
        Ok(Self { folder, name: name.to_owned(), public })
    }

    pub fn secret_file(&self) -> PathBuf {
        self.folder.path().join("publisher.key")
    }

    pub fn public_file(&self) -> PathBuf {
        self.folder.path().join("publisher.pub")
    }

    /// The text of his signature.
    ///
    /// # Errors
    /// When the command refuses.
    pub async fn sign(&self, package: &[u8]) -> anyhow::Result<String> {
        let file = self.folder.path().join("module.caisson");
        fs::write(&file, package)?;
        let (file, key) = (file.display().to_string(), self.secret_file().display().to_string());
        let signature = caisson(&["module", "sign", &file, "--key", &key]).await?;
        Ok(fs::read_to_string(signature.trim())?)
    }

    /// Has a panel trust him with these modules, and gives his id there.
    ///
    /// # Errors
    /// When the panel refuses.
    pub async fn trusted_by(&self, admin: &Admin, modules: &[&str]) -> anyhow::Result<String> {
        let body = json!({ "name": self.name, "key": self.public, "modules": modules });
        let added = admin.api.post("/publishers", &body).await?.expect(201)?;
        Ok(added["id"].as_str().context("the publisher has no id")?.to_owned())
    }
}

/// Uploads a package, with a signature and with exceptions.
///
/// # Errors
/// When no answer comes.
pub async fn install(
    admin: &Admin,
    package: &[u8],
    signature: Option<&[u8]>,
    exceptions: &[&'static str],
) -> anyhow::Result<Reply> {
    let part = |name: &'static str, bytes: &[u8]| Part::bytes(bytes.to_vec()).file_name(name);
    let mut form = Form::new().part("package", part("module.caisson", package));
    if let Some(signature) = signature {
        form = form.part("signature", part("module.caisson.minisig", signature));
    }
    for exception in exceptions {
        form = form.text(*exception, "true");
    }
    admin.api.upload_form("/modules", form).await
}

/// The one complaint of a refused upload: field and message.
///
/// # Errors
/// When it was not refused, or for several reasons.
pub fn complaint(reply: Reply) -> anyhow::Result<(String, String)> {
    let refused: Value = reply.expect(422)?;
    let errors = refused["errors"].as_array().context("no errors")?;
    anyhow::ensure!(errors.len() == 1, "{refused}");
    let text = |name: &str| errors[0][name].as_str().unwrap_or_default().to_owned();
    Ok((text("field"), text("message")))
}

/// Runs `caisson` with the keys' password and without a panel.
///
/// # Errors
/// Shows what it said when it fails.
pub async fn caisson(arguments: &[&str]) -> anyhow::Result<String> {
    let environment = [(PASSWORD.0.to_owned(), PASSWORD.1.to_owned())];
    run_caisson(&caisson_program()?, arguments, &environment).await
}
