//! Programs that the demo and the tests cannot do without. On Debian, root gets them installed; anybody else is told.

use std::ffi::OsStr;
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, bail};
use caisson_tests::support::{find_program, oci_registry_installed, pdns_installed, postgres_bin};

use crate::command::{run, succeeds};

/// Something needed, and Debian's packages for it.
pub(crate) struct Need {
    what: &'static str,
    packages: &'static [&'static str],
    present: fn() -> bool,
}

const WASM: Need = Need {
    what: "a standard library of Rust for wasm32-unknown-unknown (`rustup target add wasm32-unknown-unknown`)",
    packages: &["rustc-web", "rust-web-src", "rust-web-llvm"],
    present: wasm_present,
};

const CLANG: Need = Need {
    what: "clang 19 with lld, wasi-libc and compiler-rt for wasm32, for modules in C",
    packages: &["clang-19", "lld-19", "wasi-libc", "libclang-rt-19-dev-wasm32"],
    present: || find_program("clang-19").is_some() && Path::new("/usr/include/wasm32-wasi/stdio.h").is_file(),
};

const NPM: Need = Need {
    what: "npm, for the panel's assets",
    packages: &["npm"],
    present: || find_program("npm").is_some(),
};

const PIP: Need = Need {
    what: "Python 3 with pip and venv, for the contract's bindings and for modules in Python",
    packages: &["python3", "python3-pip", "python3-venv"],
    present: || {
        // Debian's venv is there without its package, and fails for want of ensurepip.
        succeeds(Command::new("python3").args(["-m", "pip", "--version"]))
            && succeeds(Command::new("python3").args(["-c", "import venv, ensurepip"]))
    },
};

const PDNS: Need = Need {
    what: "PowerDNS with its SQLite backend, and sqlite3",
    packages: &["pdns-server", "pdns-backend-sqlite3", "sqlite3"],
    present: pdns_installed,
};

const AIOSMTPD: Need = Need {
    what: "aiosmtpd, a mail server, for the system's Python",
    packages: &["python3-aiosmtpd"],
    present: || succeeds(Command::new("/usr/bin/python3").args(["-c", "import aiosmtpd"])),
};

const POSTGRES: Need = Need {
    what: "PostgreSQL's server programs",
    packages: &["postgresql"],
    present: || postgres_bin().is_some(),
};

const BROWSER: Need = Need {
    what: "Chromium and chromedriver",
    packages: &["chromium", "chromium-driver"],
    present: || find_program("chromium").is_some() && find_program("chromedriver").is_some(),
};

const MINISIGN: Need = Need {
    what: "minisign, whose signatures must fit ours",
    packages: &["minisign"],
    present: || find_program("minisign").is_some(),
};

const OCI_REGISTRY: Need = Need {
    what: "docker-registry, which packages are published to",
    packages: &["docker-registry"],
    present: oci_registry_installed,
};

/// What the demo needs; PowerDNS is shown when it is there.
pub(crate) const DEMO: &[Need] = &[WASM, CLANG, NPM, PIP];

/// What the tests need.
pub(crate) const TESTS: &[Need] =
    &[WASM, CLANG, NPM, PIP, PDNS, AIOSMTPD, POSTGRES, BROWSER, MINISIGN, OCI_REGISTRY];

const TARGET: &str = "wasm32-unknown-unknown";

/// Where Debian's tools ask whether a package may start its service.
const POLICY: &str = "/usr/sbin/policy-rc.d";

/// Makes sure that all is there.
pub(crate) fn meet(needs: &[Need]) -> anyhow::Result<()> {
    if !wasm_present() {
        add_target();
    }
    let missing: Vec<&Need> = needs.iter().filter(|need| !(need.present)()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let packages: Vec<&str> = missing.iter().flat_map(|need| need.packages).copied().collect();
    if may_install() {
        install(&packages)?;
    }
    let missing: Vec<&str> = missing.iter().filter(|need| !(need.present)()).map(|need| need.what).collect();
    if missing.is_empty() {
        return Ok(());
    }
    bail!("missing:\n  {}\non Debian: apt-get install {}", missing.join("\n  "), packages.join(" "))
}

/// Whether Rust can be compiled to WebAssembly: by the toolchain's own target, or by Debian's compiler from source.
fn wasm_present() -> bool {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let libdir = Command::new(rustc).args(["--print", "target-libdir", "--target", TARGET]).output();
    let has_target = libdir.is_ok_and(|output| {
        let dir = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        output.status.success() && !dir.is_empty() && Path::new(&dir).is_dir()
    });
    has_target || (Path::new("/usr/bin/rustc").is_file() && debian_library())
}

fn debian_library() -> bool {
    let sources = fs::read_dir("/usr/src").into_iter().flatten().flatten();
    sources
        .filter(|entry| entry.file_name().to_string_lossy().starts_with("rustc-"))
        .any(|entry| entry.path().join("library/std/Cargo.toml").is_file())
}

/// Asks rustup for the target. Some machines cannot download it; they have the second way.
fn add_target() {
    if find_program("rustup").is_some() || std::env::var_os("RUSTUP_TOOLCHAIN").is_some() {
        let mut command = Command::new("rustup");
        command.args(["target", "add", TARGET]).env("RUSTUP_MAX_RETRIES", "0");
        let added = succeeds(&mut command);
        eprintln!("    rustup target add {TARGET}: {}", if added { "done" } else { "not to be had here" });
    }
}

fn may_install() -> bool {
    rustix::process::getuid().is_root() && find_program("apt-get").is_some()
}

/// Installs packages without starting the services they bring: the tests start their own.
fn install(packages: &[&str]) -> anyhow::Result<()> {
    let _quiet = Quiet::new()?;
    let apt = |arguments: &[&str]| {
        let mut command = Command::new("apt-get");
        command.args(["-q", "-y"]).args(arguments).env("DEBIAN_FRONTEND", "noninteractive");
        command
    };
    run(&mut apt(&["update"]))?;
    run(apt(&["install", "--no-install-recommends"]).args(packages.iter().map(OsStr::new)))
}

/// Forbids packages to start services for as long as it lives, unless the machine has a policy of its own.
struct Quiet {
    ours: bool,
}

impl Quiet {
    fn new() -> anyhow::Result<Self> {
        match OpenOptions::new().write(true).create_new(true).mode(0o755).open(POLICY) {
            Ok(mut file) => {
                file.write_all(b"#!/bin/sh\nexit 101\n").with_context(|| format!("cannot write {POLICY}"))?;
                Ok(Self { ours: true })
            }
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(Self { ours: false }),
            Err(error) => Err(error).with_context(|| format!("cannot create {POLICY}")),
        }
    }
}

impl Drop for Quiet {
    fn drop(&mut self) {
        if self.ours {
            // Nothing can be done about a file that somebody else has removed.
            let _ = fs::remove_file(POLICY);
        }
    }
}
