//! Headless Chromium, driven through chromedriver.

use std::fs;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use tempfile::TempDir;
use thirtyfour::prelude::*;

use super::http::client;
use super::paths::{find_program, repository};
use super::process::Process;

const READY_WITHIN: Duration = Duration::from_secs(30);

/// What keeps the browser quiet, offline but for the panel, and able to run as root in a container.
const SWITCHES: [&str; 9] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
];

/// Announced by chromedriver once it listens.
const STARTED: &str = "ChromeDriver was started successfully on port ";

/// A browser with a profile of its own. It dereferences to the [`WebDriver`] that drives it, and is gone when dropped.
pub struct Browser {
    driver: Option<WebDriver>,
    /// Base URL of the session, for what the crate has no call for.
    session: String,
    http: reqwest::Client,
    server: Process,
    profile: TempDir,
}

impl Browser {
    /// Starts a browser with an empty profile.
    ///
    /// # Errors
    /// When Chromium or chromedriver is missing or does not start.
    pub async fn start() -> anyhow::Result<Self> {
        let program =
            find_program("chromedriver").context("chromedriver is missing; install chromium-driver")?;
        let chromium = find_program("chromium")
            .or_else(|| find_program("google-chrome"))
            .context("Chromium is missing; install the package chromium")?;
        let profile = tempfile::Builder::new().prefix("caisson-browser-").tempdir()?;
        let mut command = Command::new(program);
        // A port of its own choice, which it then names.
        command.arg("--port=0");
        let log = profile.path().join("chromedriver.log");
        let mut server = Process::spawn("chromedriver", &mut command, &log, Some(profile.path()))?;
        let port: u16 = server.wait_ready(READY_WITHIN, |server| {
            let log = server.log();
            let rest = log.split(STARTED).nth(1)?;
            rest.split(|end: char| !end.is_ascii_digit()).next()?.parse().ok()
        })?;

        let mut options = DesiredCapabilities::chrome();
        options.set_binary(&chromium.display().to_string())?;
        for switch in SWITCHES {
            options.add_arg(switch)?;
        }
        options.add_arg(&format!("--user-data-dir={}", profile.path().join("profile").display()))?;
        options.set("goog:loggingPrefs", json!({ "browser": "ALL" }))?;
        let base = format!("http://127.0.0.1:{port}");
        let http = client()?;
        let driver = WebDriver::builder(&base, options)
            .client(http.clone())
            .connect()
            .await
            .with_context(|| format!("Chromium did not start; {}", server.tail()))?;
        let session = format!("{base}/session/{}", driver.session_id());
        Ok(Self { driver: Some(driver), session, http, server, profile })
    }

    /// Sets the size of the page, in CSS pixels.
    ///
    /// # Errors
    /// When the browser refuses.
    pub async fn resize(&self, width: u32, height: u32) -> anyhow::Result<()> {
        let metrics =
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600 });
        self.devtools("Emulation.setDeviceMetricsOverride", metrics).await
    }

    /// Tells pages that the viewer prefers dark, or light.
    ///
    /// # Errors
    /// When the browser refuses.
    pub async fn prefer_dark(&self, dark: bool) -> anyhow::Result<()> {
        let value = if dark { "dark" } else { "light" };
        // Without motion, so that no picture is taken halfway.
        let features = json!({ "features": [
            { "name": "prefers-color-scheme", "value": value },
            { "name": "prefers-reduced-motion", "value": "reduce" },
        ] });
        self.devtools("Emulation.setEmulatedMedia", features).await
    }

    /// Saves what is on screen as a PNG and says where: in `CAISSON_SCREENSHOTS`, or else `target/screenshots`.
    ///
    /// # Errors
    /// When the browser refuses or the file cannot be written.
    pub async fn save_screenshot(&self, name: &str) -> anyhow::Result<PathBuf> {
        let dir = std::env::var_os("CAISSON_SCREENSHOTS")
            .map_or_else(|| repository().join("target/screenshots"), PathBuf::from);
        fs::create_dir_all(&dir).with_context(|| format!("cannot create {}", dir.display()))?;
        let file = dir.join(format!("{name}.png"));
        self.screenshot(&file).await?;
        Ok(file)
    }

    /// What the console said since the last call, errors and refusals of the content security policy among it.
    ///
    /// # Errors
    /// When chromedriver refuses.
    pub async fn console(&self) -> anyhow::Result<Vec<String>> {
        let request = self.http.post(format!("{}/se/log", self.session)).json(&json!({ "type": "browser" }));
        let reply: Value = request.send().await?.error_for_status()?.json().await?;
        let entries = reply["value"].as_array().context("chromedriver gave no log")?;
        let line = |entry: &Value| {
            let part = |name: &str| entry[name].as_str().unwrap_or_default().to_owned();
            format!("{}: {}", part("level"), part("message"))
        };
        Ok(entries.iter().map(line).collect())
    }

    /// Ends the session and the browser in order.
    ///
    /// # Errors
    /// When the browser does not answer; it is gone all the same.
    pub async fn quit(mut self) -> anyhow::Result<()> {
        match self.driver.take() {
            Some(driver) => Ok(driver.quit().await?),
            None => Ok(()),
        }
    }

    async fn devtools(&self, command: &str, parameters: Value) -> anyhow::Result<()> {
        let url = format!("{}/goog/cdp/execute", self.session);
        let body = json!({ "cmd": command, "params": parameters });
        let response = self.http.post(url).json(&body).send().await?;
        let status = response.status();
        ensure!(status.is_success(), "{command}: {status}: {}", response.text().await.unwrap_or_default());
        Ok(())
    }
}

impl Deref for Browser {
    type Target = WebDriver;

    #[expect(clippy::expect_used, reason = "only quit takes the driver, and it takes the browser with it")]
    fn deref(&self) -> &WebDriver {
        self.driver.as_ref().expect("a browser that did not quit has a driver")
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        if let Some(driver) = self.driver.take() {
            // Otherwise the crate ends the session from here with a blocking call.
            let _ = driver.leak();
        }
        let _ = self.server.stop();
        kill_all_with(self.profile.path());
    }
}

/// Kills the processes that name this directory on their command line: Chromium's own, which outlive chromedriver.
fn kill_all_with(profile: &Path) {
    let Ok(processes) = fs::read_dir("/proc") else { return };
    let profile = profile.as_os_str().as_encoded_bytes();
    for entry in processes.flatten() {
        let name = entry.file_name();
        let Some(pid) = name.to_str().and_then(|name| name.parse().ok()).and_then(Pid::from_raw) else {
            continue;
        };
        let command = fs::read(entry.path().join("cmdline")).unwrap_or_default();
        if command.windows(profile.len()).any(|part| part == profile) {
            // It may have ended by itself in the meantime.
            let _ = kill_process(pid, Signal::KILL);
        }
    }
}
