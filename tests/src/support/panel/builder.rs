//! What a panel is started with.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, bail};
use serde::Serialize;

use super::super::http::client;
use super::super::process::{Process, free_port};
use super::super::wait::until;
use super::{Panel, caisson_program};

const READY_WITHIN: Duration = Duration::from_secs(60);

/// Another process may take the port between choosing and binding it.
const ATTEMPTS: usize = 3;

/// A panel that was not started yet.
#[derive(Default)]
pub struct PanelBuilder {
    database: Option<String>,
    signatures: Option<&'static str>,
    port: Option<u16>,
    allow_private: Vec<SocketAddr>,
    concurrency: Option<u32>,
    lease: Option<Duration>,
    keep_calls: Option<u64>,
    trusted_proxies: Vec<String>,
    otlp: Option<String>,
    workers: usize,
    environment: Vec<(String, String)>,
}

#[derive(Serialize)]
struct Config {
    server: Server,
    database: Database,
    data: Data,
    packages: Packages,
    egress: Egress,
    queue: Queue,
    inspector: Inspector,
    telemetry: Telemetry,
}

#[derive(Serialize)]
struct Server {
    listen: SocketAddr,
    public_url: String,
    trusted_proxies: Vec<String>,
}

#[derive(Serialize)]
struct Database {
    url: String,
}

#[derive(Serialize)]
struct Data {
    dir: PathBuf,
}

#[derive(Serialize)]
struct Packages {
    signatures: &'static str,
}

#[derive(Serialize)]
struct Egress {
    allow_private: Vec<SocketAddr>,
}

#[derive(Serialize)]
struct Queue {
    workers: u32,
    lease_s: u64,
}

#[derive(Serialize)]
struct Inspector {
    keep_calls: u64,
}

#[derive(Serialize)]
struct Telemetry {
    #[serde(skip_serializing_if = "Option::is_none")]
    otlp_endpoint: Option<String>,
}

impl PanelBuilder {
    /// Uses this database, if one is given, instead of SQLite in the panel's directory.
    #[must_use]
    pub fn database(mut self, url: impl Into<Option<String>>) -> Self {
        self.database = url.into();
        self
    }

    /// What it asks of packages' signatures: `required`, `warn`, `off`.
    #[must_use]
    pub fn signatures(mut self, policy: &'static str) -> Self {
        self.signatures = Some(policy);
        self
    }

    /// Listens on this loopback port instead of a free one.
    #[must_use]
    pub fn port(mut self, port: Option<u16>) -> Self {
        self.port = port;
        self
    }

    /// Lets modules reach a server on loopback, once it is granted to them.
    #[must_use]
    pub fn allow_private(mut self, address: SocketAddr) -> Self {
        self.allow_private.push(address);
        self
    }

    /// How many tasks one process runs at a time.
    #[must_use]
    pub fn concurrency(mut self, tasks: u32) -> Self {
        self.concurrency = Some(tasks);
        self
    }

    /// After how long a silent worker's task is taken over, in whole seconds.
    #[must_use]
    pub fn lease(mut self, lease: Duration) -> Self {
        self.lease = Some(lease);
        self
    }

    /// How many calls are kept of each module.
    #[must_use]
    pub fn keep_calls(mut self, calls: u64) -> Self {
        self.keep_calls = Some(calls);
        self
    }

    /// An address or a network whose `X-Forwarded-For` it believes.
    #[must_use]
    pub fn trusted_proxy(mut self, network: &str) -> Self {
        self.trusted_proxies.push(network.to_owned());
        self
    }

    /// Where recorded calls are sent as spans.
    #[must_use]
    pub fn telemetry(mut self, endpoint: impl Into<String>) -> Self {
        self.otlp = Some(endpoint.into());
        self
    }

    /// Runs pages and workers in processes of their own, with so many workers, instead of all in one.
    #[must_use]
    pub fn separate_workers(mut self, count: usize) -> Self {
        self.workers = count;
        self
    }

    /// Sets an environment variable for every process.
    #[must_use]
    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Writes the configuration, starts the processes and waits until pages are served.
    ///
    /// # Errors
    /// When the program is not built, or does not become ready; the end of its log is part of the error.
    pub async fn start(self) -> anyhow::Result<Panel> {
        let program = caisson_program()?;
        let mut last = None;
        for _ in 0..if self.port.is_some() { 1 } else { ATTEMPTS } {
            match self.attempt(program.clone()).await {
                Err(error) if format!("{error:#}").contains("in use") => last = Some(error),
                other => return other,
            }
        }
        match last {
            Some(error) => Err(error),
            None => bail!("the panel was not started"),
        }
    }

    async fn attempt(&self, program: PathBuf) -> anyhow::Result<Panel> {
        let directory = tempfile::Builder::new().prefix("caisson-panel-").tempdir()?;
        let root = directory.path();
        fs::create_dir_all(root.join("data")).with_context(|| format!("cannot create {}", root.display()))?;
        fs::create_dir_all(root.join("log"))?;
        let port = self.port.map_or_else(free_port, Ok)?;
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let config = root.join("caisson.toml");
        self.write_config(&config, root, address)?;

        let verb = if self.workers == 0 { "serve" } else { "web" };
        let front = spawn(&program, directory.path(), &config, &self.environment, verb, 0)?;
        let environment = self.environment.clone();
        let database = self.database_url(root);
        let mut panel =
            Panel { program, directory, config, address, database, front, workers: Vec::new(), environment };
        panel.wait_ready().await?;
        for _ in 0..self.workers {
            panel.add_worker()?;
        }
        Ok(panel)
    }

    fn database_url(&self, root: &Path) -> String {
        let sqlite = || format!("sqlite://{}", root.join("panel.db").display());
        self.database.clone().unwrap_or_else(sqlite)
    }

    fn write_config(&self, file: &Path, root: &Path, address: SocketAddr) -> anyhow::Result<()> {
        let config = Config {
            server: Server {
                listen: address,
                public_url: format!("http://{address}"),
                trusted_proxies: self.trusted_proxies.clone(),
            },
            database: Database { url: self.database_url(root) },
            data: Data { dir: root.join("data") },
            packages: Packages { signatures: self.signatures.unwrap_or("warn") },
            egress: Egress { allow_private: self.allow_private.clone() },
            queue: Queue {
                workers: self.concurrency.unwrap_or(4),
                lease_s: self.lease.map_or(10, |lease| lease.as_secs()),
            },
            telemetry: Telemetry { otlp_endpoint: self.otlp.clone() },
            inspector: Inspector { keep_calls: self.keep_calls.unwrap_or(10_000) },
        };
        fs::write(file, toml::to_string(&config)?).with_context(|| format!("cannot write {}", file.display()))
    }
}

impl Panel {
    pub(super) fn spawn(&self, verb: &str, number: usize) -> anyhow::Result<Process> {
        spawn(&self.program, self.directory.path(), &self.config, &self.environment, verb, number)
    }

    /// Waits until the panel says it can serve.
    pub(super) async fn wait_ready(&mut self) -> anyhow::Result<()> {
        let http = client()?;
        let url = format!("{}/readyz", self.url());
        let front = &mut self.front;
        let ended = until(READY_WITHIN, "the panel to be ready", async || {
            if let Err(error) = front.check_running() {
                return Some(Err(error));
            }
            let response = http.get(&url).send().await.ok()?;
            response.status().is_success().then_some(Ok(()))
        });
        match ended.await {
            Ok(result) => result,
            Err(late) => Err(late.context(self.front.tail())),
        }
    }
}

fn spawn(
    program: &Path,
    directory: &Path,
    config: &Path,
    environment: &[(String, String)],
    verb: &str,
    number: usize,
) -> anyhow::Result<Process> {
    let mut command = Command::new(program);
    command.arg("--config").arg(config).arg(verb);
    command.envs(environment.iter().map(|(name, value)| (name, value)));
    let log = directory.join("log").join(format!("{verb}-{number}.log"));
    Process::spawn(&format!("caisson {verb}"), &mut command, &log, Some(directory))
}
