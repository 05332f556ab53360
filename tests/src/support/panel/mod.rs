//! The panel: the built `caisson` program on a fresh directory, as one process or several.

mod builder;
mod cli;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde_json::Value;
use tempfile::TempDir;

pub use builder::PanelBuilder;
pub use cli::{caisson_program, run_caisson};

use super::http::{Api, Visitor};
use super::process::Process;

/// A running panel. Its processes stop and its directory goes when this is dropped.
pub struct Panel {
    program: PathBuf,
    config: PathBuf,
    address: SocketAddr,
    database: String,
    /// The one with the pages: `serve` or `web`.
    front: Process,
    workers: Vec<Process>,
    environment: Vec<(String, String)>,
    /// Last, so that it goes when the processes are gone.
    directory: TempDir,
}

/// An administrator and what signs him in.
#[derive(Clone)]
pub struct Admin {
    pub id: String,
    pub email: String,
    pub password: String,
    /// The API under his token.
    pub api: Api,
}

impl Panel {
    /// A panel to be configured before it starts.
    pub fn builder() -> PanelBuilder {
        PanelBuilder::default()
    }

    /// A panel on SQLite, one process, nothing allowed on private networks.
    ///
    /// # Errors
    /// When the program is not built or does not become ready.
    pub async fn start() -> anyhow::Result<Self> {
        Self::builder().start().await
    }

    /// Scheme, host and port, without a slash at the end.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its data directory: packages, compiled artefacts, keys.
    pub fn data_dir(&self) -> PathBuf {
        self.directory.path().join("data")
    }

    /// Its database, for a test that must see what no page shows.
    pub fn database_url(&self) -> String {
        self.database.clone()
    }

    /// Its configuration file.
    pub fn config(&self) -> &Path {
        &self.config
    }

    /// The process that serves pages.
    pub fn front(&mut self) -> &mut Process {
        &mut self.front
    }

    /// The worker processes, when it was started with some.
    pub fn workers(&mut self) -> &mut [Process] {
        &mut self.workers
    }

    /// The page that makes its first administrator, with the code that it printed; none where there was one when it started.
    pub fn setup_link(&self) -> Option<String> {
        let log = self.front.log();
        let told = log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let link = told.filter_map(|told| told["setup"].as_str().map(str::to_owned)).next()?;
        link.strip_prefix(&self.url()).map(str::to_owned)
    }

    /// Logs of all its processes, one after the other.
    pub fn logs(&self) -> String {
        let front = std::iter::once(&self.front);
        front.chain(&self.workers).map(Process::log).collect()
    }

    /// Kills a worker the hard way, as a power cut would.
    ///
    /// # Errors
    /// When there is no such worker.
    pub fn kill_worker(&mut self, index: usize) -> anyhow::Result<()> {
        let worker = self.workers.get_mut(index).with_context(|| format!("there is no worker {index}"))?;
        worker.kill()?;
        Ok(())
    }

    /// Starts one worker more.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn add_worker(&mut self) -> anyhow::Result<()> {
        let worker = self.spawn("worker", self.workers.len())?;
        self.workers.push(worker);
        Ok(())
    }

    /// Stops the process with the pages and starts it again on the same address and data; gives the time until it was ready.
    ///
    /// # Errors
    /// When it does not become ready.
    pub async fn restart(&mut self) -> anyhow::Result<std::time::Duration> {
        self.front.stop()?;
        let verb = if self.workers.is_empty() { "serve" } else { "web" };
        let start = std::time::Instant::now();
        self.front = self.spawn(verb, 0)?;
        self.wait_ready().await?;
        Ok(start.elapsed())
    }

    /// Runs `caisson` with its configuration and these arguments, and gives what it printed.
    ///
    /// # Errors
    /// Shows what it wrote to standard error when it fails.
    pub async fn caisson(&self, arguments: &[&str]) -> anyhow::Result<String> {
        let mut all = vec!["--config".as_ref(), self.config.as_os_str()];
        all.extend(arguments.iter().map(AsRef::<std::ffi::OsStr>::as_ref));
        run_caisson(&self.program, &all, &self.environment).await
    }

    /// The same with `--json`, read as JSON.
    ///
    /// # Errors
    /// When it fails or prints something else.
    pub async fn caisson_json(&self, arguments: &[&str]) -> anyhow::Result<Value> {
        let mut all = arguments.to_vec();
        all.push("--json");
        let output = self.caisson(&all).await?;
        serde_json::from_str(&output)
            .with_context(|| format!("{} printed no JSON: {output}", arguments.join(" ")))
    }

    /// Makes an administrator with a token.
    ///
    /// # Errors
    /// When the command refuses.
    pub async fn create_admin(&self, email: &str, password: &str) -> anyhow::Result<Admin> {
        let arguments = [
            "admin",
            "create",
            "--email",
            email,
            "--name",
            "Administrator",
            "--password",
            password,
            "--token",
        ];
        let created = self.caisson_json(&arguments).await?;
        let field = |name: &str| {
            let value = created.get(name).and_then(Value::as_str);
            value.map(str::to_owned).with_context(|| format!("admin create printed no {name}: {created}"))
        };
        let api = Api::new(&self.url(), &field("token")?)?;
        Ok(Admin { id: field("id")?, email: email.to_owned(), password: password.to_owned(), api })
    }

    /// The usual administrator of a test.
    ///
    /// # Errors
    /// When the command refuses.
    pub async fn admin(&self) -> anyhow::Result<Admin> {
        self.create_admin("admin@example.com", "correct horse battery staple").await
    }

    /// Somebody at its pages, not signed in.
    ///
    /// # Errors
    /// When no HTTP client can be built.
    pub fn visitor(&self) -> anyhow::Result<Visitor> {
        Visitor::new(&self.url())
    }

    /// An administrator at its pages.
    ///
    /// # Errors
    /// When it does not let him in.
    pub async fn signed_in(&self, admin: &Admin) -> anyhow::Result<Visitor> {
        let mut visitor = self.visitor()?;
        visitor.open("/admin/login").await?;
        let form = [("email", admin.email.as_str()), ("password", &admin.password)];
        let page = visitor.submit("/admin/login", &form).await?;
        anyhow::ensure!(page.status == 200, "the panel does not let {} in: {}", admin.email, page.body);
        Ok(visitor)
    }
}
