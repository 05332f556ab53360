//! `caisson.toml`.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow, ensure};
use caisson_registry::Signatures;
use caisson_types::manifest::in_one_line;
use serde::Deserialize;
use url::Url;

use crate::proxies::Proxy;

/// The configuration; every key has a default, and a key that does not exist is refused.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Config {
    pub(crate) server: Server,
    pub(crate) database: Database,
    pub(crate) data: Data,
    pub(crate) packages: Packages,
    pub(crate) egress: Egress,
    pub(crate) queue: Queue,
    pub(crate) inspector: Inspector,
    pub(crate) telemetry: Telemetry,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Server {
    /// Where the panel listens.
    pub(crate) listen: SocketAddr,
    /// Where browsers reach it.
    pub(crate) public_url: String,
    /// Reverse proxies before it, which say in `X-Forwarded-For` who asks.
    pub(crate) trusted_proxies: Vec<Proxy>,
}

impl Default for Server {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            public_url: "http://127.0.0.1:8080".to_owned(),
            trusted_proxies: Vec::new(),
        }
    }
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Database {
    /// `sqlite:<path>` or `postgres://…`; default: a SQLite file in the data directory.
    pub(crate) url: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Data {
    /// Packages, compiled artefacts, the master key.
    pub(crate) dir: PathBuf,
}

impl Default for Data {
    fn default() -> Self {
        Self { dir: PathBuf::from("caisson-data") }
    }
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Packages {
    /// `required`: an unsigned package is refused. `warn`: it installs with a warning. `off`: signatures are not looked at.
    pub(crate) signatures: Signatures,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Egress {
    /// Private addresses, with a port, that granted modules may reach.
    pub(crate) allow_private: Vec<String>,
    /// PEM files of authorities that are trusted beside the system's, when modules connect to hosts.
    pub(crate) ca_files: Vec<PathBuf>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Queue {
    /// Tasks that one process runs at once.
    pub(crate) workers: usize,
    /// Seconds after which a silent worker's task is another's.
    pub(crate) lease_s: u64,
    /// Days that tasks are kept once they are done or cancelled; failed ones stay until they are flushed.
    pub(crate) keep_days: u32,
}

impl Default for Queue {
    fn default() -> Self {
        Self { workers: 4, lease_s: 20, keep_days: 30 }
    }
}

/// How much is kept of what modules did.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Inspector {
    /// Days that calls and log lines are kept.
    pub(crate) keep_days: u32,
    /// Calls kept of each module; the oldest go first.
    pub(crate) keep_calls: u64,
    /// Log lines kept of each module.
    pub(crate) keep_log_lines: u64,
    /// Successful calls recorded a second, in each process. Those that fail, log or are denied something are always recorded.
    pub(crate) samples_per_second: u64,
}

impl Default for Inspector {
    fn default() -> Self {
        Self { keep_days: 14, keep_calls: 10_000, keep_log_lines: 100_000, samples_per_second: 50 }
    }
}

/// Where recorded calls are sent to besides.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Telemetry {
    /// A collector that takes OTLP over HTTP, such as `http://127.0.0.1:4318/v1/traces`; none sends nothing.
    pub(crate) otlp_endpoint: Option<String>,
}

impl Config {
    /// Reads `path`; without one, `caisson.toml` where it is there, else the defaults.
    pub(crate) fn load(path: Option<&Path>) -> anyhow::Result<Self> {
        let path = match path {
            Some(path) => path.to_owned(),
            None if Path::new("caisson.toml").exists() => PathBuf::from("caisson.toml"),
            None => return Ok(Self::default()),
        };
        let text = std::fs::read_to_string(&path)
            .with_context(|| format!("the configuration {} cannot be read", path.display()))?;
        let config: Self = toml::from_str(&text).map_err(|error| {
            anyhow!("the configuration {} is not right: {}", path.display(), in_one_line(&text, &error))
        })?;
        let bounds = [
            ("queue.workers", config.queue.workers as u64, 256),
            ("queue.lease_s", config.queue.lease_s, 3_600),
            ("queue.keep_days", config.queue.keep_days.into(), 3_650),
            ("inspector.keep_days", config.inspector.keep_days.into(), 3_650),
        ];
        for (key, given, most) in bounds {
            ensure!(
                (1..=most).contains(&given),
                "the configuration {} is not right: {key} must be 1 to {most}, and not {given}",
                path.display()
            );
        }
        Ok(config)
    }

    pub(crate) fn database_url(&self) -> String {
        self.database
            .url
            .clone()
            .unwrap_or_else(|| format!("sqlite:{}", self.data.dir.join("panel.db").display()))
    }

    /// The database's address as it may be shown: without its password.
    pub(crate) fn database_shown(&self) -> String {
        let url = self.database_url();
        match Url::parse(&url) {
            Ok(mut shown) if shown.password().is_some() => {
                shown.set_password(Some("***")).ok();
                shown.into()
            }
            _ => url,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_key_is_refused() {
        assert!(toml::from_str::<Config>("[server]\nlistne = \"127.0.0.1:1\"").is_err());
        let config: Config = toml::from_str("[queue]\nlease_s = 5").unwrap();
        assert_eq!((config.queue.workers, config.queue.lease_s), (4, 5));
        let config: Config = toml::from_str("[packages]\nsignatures = \"required\"").unwrap();
        assert_eq!(config.packages.signatures, Signatures::Required);
        assert_eq!(Config::default().packages.signatures, Signatures::Warn);
        assert!(toml::from_str::<Config>("[packages]\nsignatures = \"always\"").is_err());
        let config: Config = toml::from_str("[inspector]\nkeep_days = 3").unwrap();
        assert_eq!((config.inspector.keep_days, config.inspector.keep_calls), (3, 10_000));
    }

    /// The administrator's guide shows the file.
    #[test]
    fn the_reference_has_every_key_with_its_default() {
        let text = include_str!("../../docs/examples/caisson.toml");
        let read: Config = toml::from_str(text).unwrap();
        assert_eq!(format!("{read:?}"), format!("{:?}", Config::default()));
        let all = format!("{:#?}", Config::default());
        let keys = all.lines().filter_map(|line| line.strip_prefix("        ")?.split_once(": "));
        let keys: Vec<_> = keys.map(|(key, _)| key).filter(|key| !key.starts_with([' ', '"'])).collect();
        assert!(keys.len() >= 14, "{keys:?}");
        for key in keys {
            let line = format!("{key} = ");
            assert!(text.lines().any(|text| text.trim_start_matches("# ").starts_with(&line)), "{key}");
        }
        // Keys without a default are shown as comments, and are keys all the same.
        let given: String = text
            .lines()
            .map(|line| line.strip_prefix("# ").filter(|line| line.contains(" = ")).unwrap_or(line))
            .fold(String::new(), |all, line| all + line + "\n");
        let given: Config = toml::from_str(&given).unwrap();
        assert!(given.database.url.is_some() && given.telemetry.otlp_endpoint.is_some());
    }
}
