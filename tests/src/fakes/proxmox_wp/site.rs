//! A site as the backend keeps it, and what its plan allows.

/// A WordPress in a container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    pub service: String,
    pub email: String,
    pub plan: String,
    pub public_ip: String,
    pub subdomain: String,
    /// `installing`, `running`, `stopped`, `suspended` or `failed`.
    pub status: &'static str,
    /// Whether the proxy lets visitors through.
    pub enabled: bool,
    pub domains: Vec<String>,
    pub backups: Vec<String>,
    /// What was done to it, such as `restart` or `rollback BAK11122025-1`.
    pub done: Vec<String>,
    /// How many looks at its status find it still being made.
    pub(super) looks_left: u32,
    /// Why it could not be made.
    pub(super) error: Option<String>,
}

/// How many domains and backups a plan allows; none where there is no such plan.
pub(super) fn quota(plan: &str) -> Option<usize> {
    match plan {
        "basic" => Some(2),
        "premium" => Some(5),
        _ => None,
    }
}
