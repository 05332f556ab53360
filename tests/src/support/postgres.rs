//! A PostgreSQL server of one's own.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, ensure};
use rustix::process::{Signal, getuid};
use tempfile::TempDir;

use super::process::{Process, free_port};

/// An environment variable with the URL of a server that may be used instead of starting one.
const GIVEN: &str = "CAISSON_TEST_POSTGRES_URL";

const USER: &str = "caisson";
const READY_WITHIN: Duration = Duration::from_secs(30);

/// A server that is nobody else's, or the one that `CAISSON_TEST_POSTGRES_URL` names.
pub struct Postgres {
    /// Without a database name or a slash at the end.
    base: String,
    bin: PathBuf,
    _server: Option<(Process, TempDir)>,
}

impl Postgres {
    /// Uses the server that the environment names, or else starts one.
    ///
    /// # Errors
    /// When the programs are missing or the server does not come up.
    pub fn given_or_start() -> anyhow::Result<Self> {
        match std::env::var(GIVEN) {
            Ok(url) => {
                let bin = postgres_bin().context(MISSING)?;
                let (base, _) = url.rsplit_once('/').with_context(|| format!("{GIVEN} names no database"))?;
                Ok(Self { base: base.to_owned(), bin, _server: None })
            }
            Err(_) => Self::start(),
        }
    }

    /// Makes a cluster in a temporary directory and starts it on a loopback port.
    ///
    /// PostgreSQL refuses to run as root, so root hands it to the user `postgres`. Durability is off: the data lives as long
    /// as the test.
    ///
    /// # Errors
    /// When the programs are missing or the server does not come up.
    pub fn start() -> anyhow::Result<Self> {
        let bin = postgres_bin().context(MISSING)?;
        let dir = tempfile::Builder::new().prefix("caisson-postgres-").tempdir()?;
        let owner = server_owner()?;
        if let Some((uid, gid)) = owner {
            chown(dir.path(), Some(uid), Some(gid))?;
        }
        fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o700))?;
        let as_owner = |program: &str| {
            let mut command = Command::new(bin.join(program));
            command.current_dir(dir.path()).env("LC_ALL", "C.UTF-8");
            if let Some((uid, gid)) = owner {
                command.uid(uid).gid(gid);
            }
            command
        };

        let data = dir.path().join("data");
        let made = as_owner("initdb")
            .arg("--pgdata")
            .arg(&data)
            .args(["--username", USER, "--auth", "trust", "--encoding", "UTF8", "--no-sync"])
            .output()
            .context("cannot run initdb")?;
        ensure!(made.status.success(), "initdb failed: {}", String::from_utf8_lossy(&made.stderr));

        let port = free_port()?;
        let mut command = as_owner("postgres");
        command.arg("-D").arg(&data).arg("-k").arg(dir.path()).args(["-h", "127.0.0.1", "-p"]);
        command.arg(port.to_string());
        for setting in ["fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=300"]
        {
            command.args(["-c", setting]);
        }
        // SIGQUIT is PostgreSQL's immediate shutdown: nothing here is worth a checkpoint.
        let mut server = Process::spawn("postgres", &mut command, &dir.path().join("log"), Some(dir.path()))?
            .stopped_by(Signal::QUIT);
        let base = format!("postgres://{USER}@127.0.0.1:{port}");
        server.wait_ready(READY_WITHIN, |_| {
            let url = format!("{base}/postgres");
            let status = Command::new(bin.join("pg_isready")).args(["--quiet", "--dbname", &url]).status();
            status.is_ok_and(|status| status.success()).then_some(())
        })?;
        Ok(Self { base, bin, _server: Some((server, dir)) })
    }

    /// A server shared by the tests of this process. It goes when the process does.
    ///
    /// # Errors
    /// When it has to be started and does not come up.
    pub fn shared() -> anyhow::Result<&'static Self> {
        static SHARED: Mutex<Option<&'static Postgres>> = Mutex::new(None);
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        match *shared {
            Some(server) => Ok(server),
            None => Ok(shared.insert(Box::leak(Box::new(Self::given_or_start()?)))),
        }
    }

    /// URL of the maintenance database.
    pub fn url(&self) -> String {
        format!("{}/postgres", self.base)
    }

    /// Makes an empty database nobody else uses, and gives its URL.
    ///
    /// # Errors
    /// When the server refuses.
    pub fn create_database(&self) -> anyhow::Result<String> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("test_{}_{number}", std::process::id());
        self.run(&format!("CREATE DATABASE {name}"))?;
        Ok(format!("{}/{name}", self.base))
    }

    fn run(&self, sql: &str) -> anyhow::Result<()> {
        let output = Command::new(self.bin.join("psql"))
            .args(["--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1", "--command", sql, &self.url()])
            .output()
            .context("cannot run psql")?;
        ensure!(output.status.success(), "{sql}: {}", String::from_utf8_lossy(&output.stderr).trim());
        Ok(())
    }
}

const MISSING: &str = "PostgreSQL's server programs are not installed; install the package postgresql";

/// The newest directory with PostgreSQL's server programs.
pub fn postgres_bin() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").ok()?;
    let version = |dir: &Path| dir.file_name()?.to_str()?.parse::<u32>().ok();
    versions
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|dir| dir.join("bin/postgres").is_file())
        .max_by_key(|dir| version(dir))
        .map(|dir| dir.join("bin"))
}

/// User and group to run the server as when root starts it; nothing for anybody else.
fn server_owner() -> anyhow::Result<Option<(u32, u32)>> {
    if !getuid().is_root() {
        return Ok(None);
    }
    let users = fs::read_to_string("/etc/passwd").context("cannot read /etc/passwd")?;
    let line = users.lines().find(|line| line.starts_with("postgres:"));
    let mut fields =
        line.context("there is no user postgres; install the package postgresql")?.split(':').skip(2);
    let mut id = || fields.next().and_then(|field| field.parse().ok());
    let ids = id().zip(id()).context("/etc/passwd has no ids for postgres")?;
    Ok(Some(ids))
}
