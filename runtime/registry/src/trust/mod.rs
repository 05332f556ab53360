//! Whether a package may come in: who signed it, whether the panel trusts them with this module, whether the module came from
//! somebody else before, and whether it is older than what already served.

mod error;
pub(crate) mod judge;
mod publishers;

use caisson_storage::trust::VersionSignature;
use serde::Deserialize;

pub use error::TrustError;
pub use publishers::NewPublisher;

/// What the operator asks of packages' signatures: `[packages] signatures`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Signatures {
    /// A package without one is refused.
    Required,
    /// A package without one installs with a warning. One that is there must be right.
    #[default]
    Warn,
    /// Signatures are not looked at.
    Off,
}

/// A package as it came in.
#[derive(Clone, Debug, Default)]
pub struct Upload {
    pub package: Vec<u8>,
    /// The text of the `.minisig` file.
    pub signature: Option<String>,
    pub exceptions: Exceptions,
    /// Where it was fetched from, for the audit log.
    pub from: Option<String>,
}

impl From<Vec<u8>> for Upload {
    fn from(package: Vec<u8>) -> Self {
        Self { package, ..Self::default() }
    }
}

/// What an administrator says of one package, though the panel would refuse it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Exceptions {
    /// It may come from another publisher than the module did before, or from nobody.
    pub new_publisher: bool,
    /// It may be older than what already served.
    pub allow_older: bool,
}

/// What was found about a package that may come in.
#[derive(Clone, Debug, Default)]
pub(crate) struct Admitted {
    /// None where it is not signed, or signatures are off.
    pub(crate) signature: Option<VersionSignature>,
    /// The name of who signed it.
    pub(crate) publisher: Option<String>,
    /// The panel would have it signed.
    pub(crate) unsigned: bool,
    /// Exceptions that it needed, as the audit log calls them, with what they set aside.
    pub(crate) excepted: Vec<(&'static str, serde_json::Value)>,
}
