//! One account, and what may stand in it.

use serde_json::{Value, json};

/// An account of the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CloudUser {
    pub id: String,
    pub password: String,
    pub name: String,
    pub email: String,
    /// As it was said, such as `5 GB`.
    pub quota: String,
    pub enabled: bool,
    /// Bytes; none before the first sign-in.
    pub stored: Option<u64>,
    pub groups: Vec<String>,
}

impl CloudUser {
    pub(super) fn document(&self) -> Value {
        // Without a limit it is a word before the first sign-in, and a negative number afterwards.
        let quota = match (bytes(&self.quota), self.stored) {
            (Some(bytes), _) => json!(bytes),
            (None, None) => json!("none"),
            (None, Some(_)) => json!(-3),
        };
        let used = self.stored.unwrap_or(0);
        json!({
            "id": self.id, "enabled": self.enabled, "email": self.email, "displayname": self.name, "groups": self.groups,
            "backend": "Database", "quota": { "used": used, "quota": quota },
        })
    }
}

/// Letters, digits, blanks and a few signs, and not only dots.
pub(super) fn is_id(id: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || " _.@-'".contains(c);
    (1..=64).contains(&id.len()) && id.chars().all(fits) && id.trim() == id && id != "." && id != ".."
}

/// Why a password is not taken.
pub(super) fn weakness(password: &str) -> Option<&'static str> {
    match password {
        short if short.len() < 10 => Some("Password needs to be at least 10 characters long."),
        "password123" | "1234567890" => {
            Some("Password is among the 1,000,000 most common ones. Please make it unique.")
        }
        _ => None,
    }
}

/// A quota in bytes; none where there is no limit.
fn bytes(quota: &str) -> Option<u64> {
    let (number, unit) = quota.split_at(quota.find(|c: char| !c.is_ascii_digit() && c != '.')?);
    let power = ["B", "KB", "MB", "GB", "TB"].iter().position(|one| *one == unit.trim())?;
    let number: f64 = number.parse().ok()?;
    Some((number * 1024_f64.powi(i32::try_from(power).ok()?)) as u64)
}

pub(super) fn is_quota(quota: &str) -> bool {
    matches!(quota, "none" | "default") || bytes(quota).is_some()
}
