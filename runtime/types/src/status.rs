//! The states things are in. Each word is the same in the database, the API, the contract and on screen.

use serde::{Deserialize, Serialize};

/// A word that is none of those it may be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{given}' is not a {what}: it is one of {allowed}")]
pub struct ParseWordError {
    what: &'static str,
    given: String,
    allowed: String,
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident ($what:literal) { $($(#[$variant_doc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        pub enum $name {
            $($(#[$variant_doc])* #[serde(rename = $word)] $variant),+
        }

        impl $name {
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word),+
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::status::ParseWordError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text {
                    $($word => Ok(Self::$variant),)+
                    _ => Err($crate::status::word_error($what, text, &[$($word),+])),
                }
            }
        }
    };
}
pub(crate) use words;

pub(crate) fn word_error(what: &'static str, given: &str, allowed: &[&str]) -> ParseWordError {
    ParseWordError { what, given: given.to_owned(), allowed: allowed.join(", ") }
}

words! {
    /// Where a service stands with its provider.
    ProvisionStatus ("provision status") {
        /// Nothing was asked of the provider yet.
        Pending = "pending",
        /// A task works on it.
        Processing = "processing",
        /// The provider serves it.
        Completed = "completed",
        /// The last task failed; the provider's side is as it was before, or half done.
        Failed = "failed",
        /// The module found it broken.
        Error = "error",
        Suspended = "suspended",
        Pause = "pause",
        Terminated = "terminated",
    }
}

words! {
    /// Where a service stands with its client.
    BillingStatus ("billing status") {
        Pending = "pending",
        Active = "active",
        Suspended = "suspended",
        Cancelled = "cancelled",
        Terminated = "terminated",
    }
}

words! {
    /// What a module's version is doing.
    ModuleStatus ("module status") {
        /// Installed, and nothing runs.
        Inactive = "inactive",
        Active = "active",
    }
}

words! {
    /// What a queued call is doing.
    TaskStatus ("task status") {
        Pending = "pending",
        Running = "running",
        Done = "done",
        /// Out of tries, or the module said that trying again cannot help.
        Failed = "failed",
        Cancelled = "cancelled",
    }
}

words! {
    /// Where an invoice stands.
    InvoiceStatus ("invoice status") {
        /// Not sent yet: nobody but staff knows of it.
        Draft = "draft",
        Unpaid = "unpaid",
        /// A payment is under way.
        Processing = "processing",
        Paid = "paid",
        Cancelled = "cancelled",
        /// All that was paid was paid back.
        Refunded = "refunded",
    }
}

impl InvoiceStatus {
    /// Whether it takes payments.
    #[must_use]
    pub fn is_open(self) -> bool {
        matches!(self, InvoiceStatus::Unpaid | InvoiceStatus::Processing)
    }
}

words! {
    /// What can be done with a service.
    Verb ("verb") {
        Create = "create",
        Suspend = "suspend",
        Unsuspend = "unsuspend",
        Terminate = "terminate",
        ChangePackage = "change-package",
    }
}

impl Verb {
    /// Whether the verb makes sense for a service in this state. A failed verb may be asked for again.
    #[must_use]
    pub fn fits(self, status: ProvisionStatus) -> bool {
        use ProvisionStatus as S;
        match self {
            Verb::Create => matches!(status, S::Pending | S::Failed | S::Error | S::Terminated),
            Verb::Suspend => matches!(status, S::Completed | S::Failed | S::Error | S::Pause),
            Verb::Unsuspend => matches!(status, S::Suspended | S::Failed | S::Error),
            Verb::Terminate => !matches!(status, S::Terminated | S::Processing),
            Verb::ChangePackage => matches!(status, S::Completed | S::Suspended | S::Failed | S::Error),
        }
    }

    /// The provision status once the verb's work is done.
    #[must_use]
    pub fn outcome(self) -> Option<ProvisionStatus> {
        match self {
            Verb::Create | Verb::Unsuspend => Some(ProvisionStatus::Completed),
            Verb::Suspend => Some(ProvisionStatus::Suspended),
            Verb::Terminate => Some(ProvisionStatus::Terminated),
            Verb::ChangePackage => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_read_back_as_written() {
        for status in ProvisionStatus::ALL {
            assert_eq!(status.as_str().parse::<ProvisionStatus>().unwrap(), *status);
        }
        let error = "gone".parse::<Verb>().unwrap_err().to_string();
        assert_eq!(
            error,
            "'gone' is not a verb: it is one of create, suspend, unsuspend, terminate, change-package"
        );
    }

    #[test]
    fn a_failed_verb_may_be_asked_for_again() {
        for verb in Verb::ALL {
            assert!(verb.fits(ProvisionStatus::Failed), "{verb}");
            assert!(!verb.fits(ProvisionStatus::Processing), "{verb}");
        }
    }
}
