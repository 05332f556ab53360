//! A registry of artifacts, the genuine one that Docker made.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use anyhow::Context as _;
use tempfile::TempDir;

use super::paths::find_program;
use super::process::{Process, free_port};

const READY_WITHIN: Duration = Duration::from_secs(20);

/// Who may use a registry that asks for a password.
pub const USER: &str = "alice";
pub const PASSWORD: &str = "a password of a test";
/// The same as `htpasswd -B` writes it, with the least rounds that there are.
const HTPASSWD: &str = "alice:$2b$04$abcdefghijklmnopqrstuuOHcODj1zZTfV0goukcOYqdthBrQvS1C\n";

/// A running registry. It stops when this is dropped.
pub struct OciRegistry {
    address: SocketAddr,
    _server: Process,
    dir: TempDir,
}

/// Whether the program is there.
pub fn oci_registry_installed() -> bool {
    find_program("docker-registry").is_some()
}

impl OciRegistry {
    /// Starts an empty one on a loopback port of its own, open to everybody.
    ///
    /// # Errors
    /// When the package is missing or the server does not come up.
    pub fn start() -> anyhow::Result<Self> {
        Self::start_with(false)
    }

    /// The same for [`USER`] alone.
    ///
    /// # Errors
    /// As [`OciRegistry::start`].
    pub fn start_with_password() -> anyhow::Result<Self> {
        Self::start_with(true)
    }

    fn start_with(password: bool) -> anyhow::Result<Self> {
        let program = find_program("docker-registry")
            .context("docker-registry is missing; install the package docker-registry")?;
        let dir = tempfile::Builder::new().prefix("caisson-oci-").tempdir()?;
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, free_port()?));
        let mut config = format!(
            "version: 0.1\nlog:\n  level: warn\nstorage:\n  filesystem:\n    rootdirectory: {}\nhttp:\n  addr: {address}\n",
            dir.path().join("data").display()
        );
        if password {
            let file = dir.path().join("htpasswd");
            fs::write(&file, HTPASSWD)?;
            config += &format!("auth:\n  htpasswd:\n    realm: tests\n    path: {}\n", file.display());
        }
        let file = dir.path().join("config.yml");
        fs::write(&file, config)?;
        let mut command = Command::new(program);
        command.arg("serve").arg(file);
        let log = dir.path().join("log");
        let mut server = Process::spawn("docker-registry", &mut command, &log, Some(dir.path()))?;
        server.wait_ready(READY_WITHIN, |_| TcpStream::connect(address).ok())?;
        Ok(Self { address, _server: server, dir })
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// An artifact here: `oci://127.0.0.1:…/<name>`.
    pub fn artifact(&self, name: &str) -> String {
        format!("oci://{}/{name}", self.address)
    }

    /// The file that holds the bytes of a digest, for a test that spoils them.
    pub fn blob(&self, digest: &str) -> PathBuf {
        let digits = digest.trim_start_matches("sha256:");
        let blobs = self.dir.path().join("data/docker/registry/v2/blobs/sha256");
        blobs.join(&digits[..2.min(digits.len())]).join(digits).join("data")
    }
}
