//! A hosting account, and the checks that a provider makes before it keeps one.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value};

/// An account as the provider keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Account {
    pub id: String,
    pub username: String,
    /// Never part of an answer.
    #[serde(skip)]
    pub password: String,
    pub domain: String,
    pub plan: String,
    pub location: String,
    pub disk_gb: u64,
    pub bandwidth_gb: u64,
    pub disk_used_gb: u64,
    pub bandwidth_used_gb: u64,
    pub ip_address: String,
    /// `active` or `suspended`.
    pub status: &'static str,
    /// The caller's own name for it: what a retry recognises its earlier attempt by.
    pub external_ref: String,
}

pub(super) const ACTIVE: &str = "active";
pub(super) const SUSPENDED: &str = "suspended";

/// What a caller asks for when it creates an account.
pub(super) struct NewAccount {
    pub(super) username: String,
    pub(super) password: String,
    pub(super) domain: String,
    pub(super) plan: String,
    pub(super) location: String,
    pub(super) disk_gb: u64,
    pub(super) bandwidth_gb: u64,
    pub(super) external_ref: String,
}

/// What a caller asks for when it changes one; absent means unchanged.
pub(super) struct Change {
    pub(super) plan: Option<String>,
    pub(super) disk_gb: Option<u64>,
    pub(super) bandwidth_gb: Option<u64>,
}

/// Field name to what is wrong with it.
pub(super) type FieldErrors = BTreeMap<String, String>;

/// Takes fields out of a document and collects what is wrong with them; what is left over at the end is unknown.
pub(super) struct Fields {
    left: Map<String, Value>,
    errors: FieldErrors,
}

impl Fields {
    pub(super) fn new(document: Map<String, Value>) -> Self {
        Self { left: document, errors: FieldErrors::new() }
    }

    fn wrong<T: Default>(&mut self, name: &str, why: &str) -> T {
        self.errors.insert(name.to_owned(), why.to_owned());
        T::default()
    }

    fn text(&mut self, name: &str, good: fn(&str) -> bool, why: &str) -> String {
        match self.left.remove(name) {
            None => self.wrong(name, "is required"),
            Some(Value::String(text)) if good(&text) => text,
            Some(_) => self.wrong(name, why),
        }
    }

    fn number(&mut self, name: &str, least: u64) -> u64 {
        match self.left.remove(name) {
            None => self.wrong(name, "is required"),
            Some(value) => match value.as_u64() {
                Some(number) if (least..=1_000_000).contains(&number) => number,
                _ => self.wrong(name, &format!("must be a whole number from {least} to 1000000")),
            },
        }
    }

    fn has(&self, name: &str) -> bool {
        self.left.contains_key(name)
    }

    fn finish<T>(mut self, value: T) -> Result<T, FieldErrors> {
        for (name, _) in std::mem::take(&mut self.left) {
            self.errors.insert(name, "is not a field of this request".to_owned());
        }
        if self.errors.is_empty() { Ok(value) } else { Err(self.errors) }
    }

    /// The fields of an account to be created.
    pub(super) fn new_account(mut self) -> Result<NewAccount, FieldErrors> {
        let new = NewAccount {
            username: self.text("username", is_username, "must be 3 to 32 of a-z, 0-9 and _, a letter first"),
            password: self.text("password", is_password, "must be 8 to 128 characters"),
            domain: self.text("domain", is_domain, "must be a host name such as example.com"),
            plan: self.text("plan", is_word, "must be 1 to 64 characters"),
            location: self.text("location", is_word, "must be 1 to 64 characters"),
            disk_gb: self.number("disk_gb", 1),
            bandwidth_gb: self.number("bandwidth_gb", 0),
            external_ref: self.text("external_ref", is_word, "must be 1 to 64 characters"),
        };
        self.finish(new)
    }

    /// The fields of a change of package.
    pub(super) fn change(mut self) -> Result<Change, FieldErrors> {
        let change = Change {
            plan: self.has("plan").then(|| self.text("plan", is_word, "must be 1 to 64 characters")),
            disk_gb: self.has("disk_gb").then(|| self.number("disk_gb", 1)),
            bandwidth_gb: self.has("bandwidth_gb").then(|| self.number("bandwidth_gb", 0)),
        };
        if change.plan.is_none() && change.disk_gb.is_none() && change.bandwidth_gb.is_none() {
            self.errors.insert("plan".to_owned(), "or disk_gb or bandwidth_gb is required".to_owned());
        }
        self.finish(change)
    }

    /// The one field of a change of password.
    pub(super) fn password(mut self) -> Result<String, FieldErrors> {
        let password = self.text("password", is_password, "must be 8 to 128 characters");
        self.finish(password)
    }
}

fn is_username(text: &str) -> bool {
    (3..=32).contains(&text.len())
        && text.starts_with(|first: char| first.is_ascii_lowercase())
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

fn is_password(text: &str) -> bool {
    (8..=128).contains(&text.chars().count())
}

fn is_word(text: &str) -> bool {
    !text.trim().is_empty() && text.len() <= 64
}

fn is_domain(text: &str) -> bool {
    let label = |part: &str| {
        (1..=63).contains(&part.len())
            && !part.starts_with('-')
            && !part.ends_with('-')
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    text.len() <= 253 && text.contains('.') && text.split('.').all(label)
}
