//! PowerDNS's authoritative server, the genuine one, with its HTTP API.

use std::fs::{self, File};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use tempfile::TempDir;

use super::paths::find_program;
use super::process::{Process, free_port};

#[cfg(feature = "scenarios")]
use super::dns::{DnsAnswer, RecordType};

const SCHEMA: &str = "/usr/share/pdns-backend-sqlite3/schema/schema.sqlite3.sql";
const READY_WITHIN: Duration = Duration::from_secs(20);

/// A running server. It stops when this is dropped.
pub struct Pdns {
    api: SocketAddr,
    dns: SocketAddr,
    key: String,
    _server: Process,
    _dir: TempDir,
}

/// Whether the server, its SQLite backend and the means to make the database are there.
pub fn pdns_installed() -> bool {
    find_program("pdns_server").is_some() && Path::new(SCHEMA).is_file() && find_program("sqlite3").is_some()
}

impl Pdns {
    /// Starts a server without zones on loopback ports of its own. Its caches are off, so that an answer shows what the API
    /// was told last.
    ///
    /// # Errors
    /// When a package is missing or the server does not come up.
    pub fn start() -> anyhow::Result<Self> {
        let program =
            find_program("pdns_server").context("pdns_server is missing; install the package pdns-server")?;
        let dir = tempfile::Builder::new().prefix("caisson-pdns-").tempdir()?;
        let database = create_database(dir.path())?;
        let (api_port, dns_port) = (free_port()?, free_port()?);
        let key = uuid::Uuid::new_v4().simple().to_string();
        let path = |path: &Path| path.display().to_string();

        let settings = [
            ("launch", "gsqlite3".to_owned()),
            ("gsqlite3-database", path(&database)),
            ("api", "yes".to_owned()),
            ("api-key", key.clone()),
            ("webserver", "yes".to_owned()),
            ("webserver-address", Ipv4Addr::LOCALHOST.to_string()),
            ("webserver-port", api_port.to_string()),
            ("webserver-allow-from", "127.0.0.1".to_owned()),
            ("local-address", Ipv4Addr::LOCALHOST.to_string()),
            ("local-port", dns_port.to_string()),
            ("socket-dir", path(dir.path())),
            ("cache-ttl", "0".to_owned()),
            ("query-cache-ttl", "0".to_owned()),
            ("negquery-cache-ttl", "0".to_owned()),
            ("zone-cache-refresh-interval", "0".to_owned()),
            ("default-soa-content", "ns1.@ hostmaster.@ 0 10800 3600 604800 3600".to_owned()),
            ("security-poll-suffix", String::new()),
            ("daemon", "no".to_owned()),
            ("guardian", "no".to_owned()),
        ];
        let config: String = settings.iter().map(|(name, value)| format!("{name}={value}\n")).collect();
        fs::write(dir.path().join("pdns.conf"), config)?;

        let mut command = Command::new(program);
        command.arg(format!("--config-dir={}", dir.path().display()));
        let mut server =
            Process::spawn("pdns_server", &mut command, &dir.path().join("log"), Some(dir.path()))?;
        let api = SocketAddr::from((Ipv4Addr::LOCALHOST, api_port));
        server.wait_ready(READY_WITHIN, |_| TcpStream::connect(api).ok())?;
        let dns = SocketAddr::from((Ipv4Addr::LOCALHOST, dns_port));
        Ok(Self { api, dns, key, _server: server, _dir: dir })
    }

    /// Where its HTTP API listens, to be allowed by the panel's egress policy.
    pub fn api_address(&self) -> SocketAddr {
        self.api
    }

    /// Base URL of its HTTP API, without a slash at the end and without `/api/v1`.
    pub fn api_url(&self) -> String {
        format!("http://{}", self.api)
    }

    /// The key it wants as `X-API-Key`.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Where it answers DNS queries over UDP and TCP.
    pub fn dns_address(&self) -> SocketAddr {
        self.dns
    }

    /// What it answers for a name, as a resolver on the internet would see it.
    ///
    /// # Errors
    /// When the name cannot be a name or no answer comes.
    #[cfg(feature = "scenarios")]
    pub async fn query(&self, name: &str, kind: RecordType) -> anyhow::Result<DnsAnswer> {
        super::dns::query(self.dns, name, kind).await
    }
}

fn create_database(dir: &Path) -> anyhow::Result<PathBuf> {
    let sqlite = find_program("sqlite3").context("sqlite3 is missing; install the package sqlite3")?;
    let schema = File::open(SCHEMA)
        .with_context(|| format!("{SCHEMA} is missing; install the package pdns-backend-sqlite3"))?;
    let database = dir.join("zones.sqlite3");
    let output = Command::new(sqlite).arg(&database).stdin(schema).output().context("cannot run sqlite3")?;
    ensure!(
        output.status.success(),
        "the zone database was not made: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(database)
}
