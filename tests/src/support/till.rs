//! The payment module that records what its callbacks tell it to (`tests/guests/till`), installed on a panel.

use anyhow::Context as _;
use reqwest::Method;
use reqwest::header::HeaderMap;
use serde_json::{Value, json};

use super::archive::Archive;
use super::scene::Install;
use super::signed::{now, sign};
use super::{Admin, Api, Panel, client, modules, repository};

/// What it signs with.
pub const SECRET: &str = "till-signing-secret";

/// A till on a panel, and the gateway that calls it.
pub struct Till {
    api: Api,
    http: reqwest::Client,
    url: String,
    /// `payment/till`, or another name it was given.
    pub key: String,
}

/// An answer to a callback.
#[derive(Clone, Debug)]
pub struct Callback {
    pub status: u16,
    pub headers: HeaderMap,
    /// The document, or a text where it is none.
    pub body: Value,
}

/// The till's package under a name, with these texts of its manifest replaced.
///
/// # Errors
/// When it cannot be built, or holds no such text.
pub fn package(name: &str, edits: &[(&str, &str)]) -> anyhow::Result<Vec<u8>> {
    let built = modules::build_from(&repository().join("tests/guests/till"), "payment/till")?;
    let archive = Archive::open(&built.file)?;
    let archive = archive.edit("module.toml", "name = \"till\"", &format!("name = \"{name}\""))?;
    edits.iter().try_fold(archive, |archive, (old, new)| archive.edit("module.toml", old, new))?.bytes()
}

impl Till {
    /// Installs, approves, configures and activates it, with a manifest changed by `edits`.
    ///
    /// # Errors
    /// When the panel refuses.
    pub async fn install(
        panel: &Panel,
        admin: &Admin,
        name: &str,
        edits: &[(&str, &str)],
    ) -> anyhow::Result<Self> {
        Self::install_package(panel, admin, name, package(name, edits)?).await
    }

    /// The same with a package that is there.
    ///
    /// # Errors
    /// When the panel refuses.
    pub async fn install_package(
        panel: &Panel,
        admin: &Admin,
        name: &str,
        bytes: Vec<u8>,
    ) -> anyhow::Result<Self> {
        let key = format!("payment/{name}");
        let url = format!("{}/webhooks/{key}", panel.url());
        // Where it had to be built, a connection that was open before has been closed for its silence.
        let api = Api::new(&panel.url(), admin.api.token())?;
        let till = Self { api, http: client()?, url, key };
        let settings = Some(json!({ "merchant": "m-1", "signing_secret": SECRET }));
        let install = Install { key: &till.key, package: bytes, without: &[], settings };
        install.on(&till.api).await?;
        Ok(till)
    }

    /// Saves its settings.
    ///
    /// # Errors
    /// When the panel refuses.
    pub async fn configure(&self, settings: &Value) -> anyhow::Result<()> {
        self.api.put(&self.path("settings"), settings).await?.expect(204)?;
        Ok(())
    }

    /// Plays the steps of a script and gives what each answered.
    ///
    /// # Errors
    /// What the panel or the till answered instead.
    pub async fn play(&self, steps: &[Value]) -> anyhow::Result<Vec<Value>> {
        let script = json!({ "script": Value::from(steps).to_string() });
        let answer = self.api.post(&self.path("test-connection"), &script).await?.expect(200)?;
        let text = answer["message"].as_str().context("no message")?;
        Ok(serde_json::from_str(text)?)
    }

    /// Plays one step; what goes wrong is its `code` and `message`.
    ///
    /// # Errors
    /// See [`Till::play`].
    pub async fn one(&self, step: Value) -> anyhow::Result<Value> {
        self.play(&[json!({ "op": "try", "do": step })]).await?.pop().context("no answer")
    }

    /// How many callbacks entered the module.
    ///
    /// # Errors
    /// See [`Till::play`].
    pub async fn entered(&self) -> anyhow::Result<u64> {
        self.one(json!({ "op": "entered" })).await?.as_u64().context("no count")
    }

    /// Calls it as the gateway does, signed at a time.
    ///
    /// # Errors
    /// When no answer comes.
    pub async fn call_at(&self, body: &str, seconds: u64) -> anyhow::Result<Callback> {
        let time = seconds.to_string();
        let signature = sign(SECRET, &[time.as_bytes(), b".", body.as_bytes()]);
        self.send(Method::POST, "", &[("x-till-time", &time), ("x-till-signature", &signature)], body).await
    }

    /// Calls it as the gateway does, signed now.
    ///
    /// # Errors
    /// When no answer comes.
    pub async fn call(&self, told: &Value) -> anyhow::Result<Callback> {
        self.call_at(&told.to_string(), now()).await
    }

    /// Calls it as anybody may.
    ///
    /// # Errors
    /// When no answer comes.
    pub async fn send(
        &self,
        method: Method,
        query: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> anyhow::Result<Callback> {
        let request = self.http.request(method, format!("{}{query}", self.url)).body(body.to_owned());
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        let response = request.send().await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await?;
        let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
        Ok(Callback { status, headers, body })
    }

    fn path(&self, resource: &str) -> String {
        format!("/modules/{}/{resource}", self.key)
    }
}
