//! The contract as the pre-scan needs it: versions, interfaces and the names of their functions.
//!
//! A table rather than the parsed `wit/`, so that judging a package needs no parser at run time; a test compares it with
//! `wit/`.

use caisson_types::{CONTRACT_VERSION, ModuleType};
use semver::Version;

use super::ComponentError;
use super::error::shown;

const PACKAGE: &str = "caisson:module/";

/// An interface that a module may import.
pub(super) struct Import {
    pub(super) name: &'static str,
    pub(super) functions: &'static [&'static str],
    /// What to write in `module.toml`, where the interface must be asked for.
    pub(super) manifest_line: &'static str,
    /// The only type of module that has it.
    pub(super) only: Option<ModuleType>,
}

const fn import(
    name: &'static str,
    functions: &'static [&'static str],
    manifest_line: &'static str,
) -> Import {
    Import { name, functions, manifest_line, only: None }
}

/// What `wasi:http` needs too.
pub(super) const HTTP: Import =
    import("http", &["send"], "[[capabilities.http]] with `host = \"...\"` or `from = \"settings....\"`");

/// Every interface of `wit/` that the worlds import, and `types`, which stands beside them.
pub(super) const IMPORTS: &[Import] = &[
    import(
        "cache",
        &["get", "set", "add", "increment", "forget", "flush"],
        "`cache = true` under [capabilities]",
    ),
    import("config", &["get", "has"], ""),
    import("crypto", &["encrypt", "decrypt", "digest", "hmac", "equal", "random", "password", "uuid"], ""),
    import(
        "database",
        &[
            "create-table",
            "alter-table",
            "drop-table",
            "has-table",
            "has-column",
            "select",
            "insert",
            "update",
            "delete",
            "begin",
            "commit",
            "rollback",
        ],
        "[capabilities.database] with `tables = [\"...\"]`",
    ),
    import("events", &["dispatch"], "[capabilities.events] with `publishes = [\"...\"]`"),
    HTTP,
    import("i18n", &["translate"], ""),
    import("log", &["emit"], ""),
    import("mail", &["send"], "[[capabilities.mail]] with `host = \"...\"` or `from = \"settings....\"`"),
    import("notifications", &["notify"], "`notifications = true` under [capabilities]"),
    Import {
        name: "payments",
        functions: &["get-invoice", "record-payment", "record-failure", "record-refund"],
        manifest_line: "`payments = true` under [capabilities]",
        only: Some(ModuleType::Payment),
    },
    import(
        "probe",
        &["connect", "certificate"],
        "[[capabilities.probe]] with `host = \"...\"` or `from = \"settings....\"`",
    ),
    import(
        "services",
        &["get", "list", "set-provision-status", "set-provision-data"],
        "`services = true` under [capabilities]",
    ),
    import("tasks", &["add", "cancel", "progress", "schedule"], "`tasks = true` under [capabilities]"),
    import("types", &[], ""),
    import("validation", &["validate"], ""),
];

/// Standard interfaces that language runtimes import. The host decides what stands behind each: clocks, randomness and
/// capped standard streams work, `wasi:http` obeys the module's grants, and the rest answers "not permitted".
pub(super) const WASI: &[(&str, &[&str])] = &[
    (
        "wasi:cli",
        &[
            "environment",
            "exit",
            "stderr",
            "stdin",
            "stdout",
            "terminal-input",
            "terminal-output",
            "terminal-stderr",
            "terminal-stdin",
            "terminal-stdout",
        ],
    ),
    ("wasi:clocks", &["monotonic-clock", "wall-clock"]),
    ("wasi:filesystem", &["preopens", "types"]),
    ("wasi:http", &["outgoing-handler", "types"]),
    ("wasi:io", &["error", "poll", "streams"]),
    ("wasi:random", &["insecure", "insecure-seed", "random"]),
    (
        "wasi:sockets",
        &[
            "instance-network",
            "ip-name-lookup",
            "network",
            "tcp",
            "tcp-create-socket",
            "udp",
            "udp-create-socket",
        ],
    ),
];

/// Whether this host serves a contract version.
#[must_use]
pub fn is_supported(version: &Version) -> bool {
    version.to_string() == CONTRACT_VERSION
}

/// The interface's name, where `full` is `caisson:module/<interface>@<the served version>`.
pub(super) fn interface(full: &str) -> Option<&str> {
    let (name, version) = full.strip_prefix(PACKAGE)?.split_once('@')?;
    (version == CONTRACT_VERSION).then_some(name)
}

/// The full name of an interface of the contract.
pub(super) fn full_name(interface: &str) -> String {
    format!("{PACKAGE}{interface}@{CONTRACT_VERSION}")
}

/// Reads the component's contract sections and compares them with the host and the manifest.
pub(super) fn agree(sections: &[Vec<u8>], manifest: &Version) -> Result<Version, ComponentError> {
    let section = match sections {
        [] => return Err(ComponentError::NoContract),
        [section] => section,
        _ => return Err(ComponentError::TwoContracts),
    };
    let text = String::from_utf8_lossy(section);
    let version =
        Version::parse(text.trim()).map_err(|_| ComponentError::UnreadableContract(shown(&text)))?;
    if !is_supported(&version) {
        return Err(ComponentError::UnsupportedContract(version.to_string()));
    }
    if version != *manifest {
        return Err(ComponentError::ContractMismatch {
            component: version.to_string(),
            manifest: manifest.to_string(),
        });
    }
    Ok(version)
}
