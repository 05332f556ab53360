//! What the account has.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use serde_json::{Value, json};

use super::Twilio;

/// How the account stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Standing {
    #[default]
    Active,
    Suspended,
    Closed,
}

impl Standing {
    pub(super) fn word(self) -> &'static str {
        match self {
            Standing::Active => "active",
            Standing::Suspended => "suspended",
            Standing::Closed => "closed",
        }
    }
}

/// A message that Twilio took.
#[derive(Clone, Debug)]
pub struct Sms {
    pub sid: String,
    pub to: String,
    pub from: Option<String>,
    pub service: Option<String>,
    pub body: String,
    pub callback: Option<String>,
    pub status: String,
    pub error: Option<u32>,
    pub(super) made: Timestamp,
    /// When it left; a message that is queued has not.
    pub(super) sent: Option<Timestamp>,
}

#[derive(Default)]
pub(super) struct Books {
    pub(super) standing: Standing,
    pub(super) refused: BTreeMap<String, u32>,
    pub(super) messages: Vec<Sms>,
}

pub(super) struct Account {
    pub(super) sid: String,
    pub(super) token: String,
    pub(super) service: String,
    books: Mutex<Books>,
}

impl Account {
    pub(super) fn open() -> Self {
        let random = || uuid::Uuid::new_v4().simple().to_string();
        let (sid, service) = (format!("AC{}", random()), format!("MG{}", random()));
        Self { sid, token: random(), service, books: Mutex::default() }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn become_of(&self, sid: &str, status: &str, error: Option<u32>) {
        let mut books = self.lock();
        for message in books.messages.iter_mut().filter(|message| message.sid == sid) {
            status.clone_into(&mut message.status);
            message.error = error;
            message.sent = message.sent.or_else(|| Some(Timestamp::now()));
        }
    }

    /// The account as `GET Accounts/{sid}.json` shows it.
    pub(super) fn shown(&self) -> Value {
        json!({
            "sid": self.sid, "friendly_name": "Example Ltd", "status": self.lock().standing.word(), "type": "Full",
            "owner_account_sid": self.sid, "uri": format!("/2010-04-01/Accounts/{}.json", self.sid),
        })
    }

    /// A message as Twilio shows it.
    pub(super) fn message(&self, one: &Sms) -> Value {
        json!({
            "sid": one.sid, "account_sid": self.sid, "api_version": "2010-04-01", "direction": "outbound-api",
            "to": one.to, "from": one.from, "messaging_service_sid": one.service, "body": one.body,
            "status": one.status, "error_code": one.error, "error_message": null,
            "num_segments": "1", "num_media": "0", "price": null, "price_unit": "USD",
            "date_created": date(one.made), "date_updated": date(one.made), "date_sent": one.sent.map(date),
            "uri": format!("/2010-04-01/Accounts/{}/Messages/{}.json", self.sid, one.sid),
        })
    }

    /// Whether the account may send from it.
    pub(super) fn sends_from(&self, sender: &str) -> bool {
        let is_name = (1..=11).contains(&sender.len())
            && sender.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b' ')
            && sender.bytes().any(|byte| byte.is_ascii_alphabetic());
        sender == Twilio::NUMBER || is_name
    }
}

/// RFC 2822, as `Fri, 24 May 2019 17:18:27 +0000`.
fn date(at: Timestamp) -> String {
    zoned(at).strftime("%a, %d %b %Y %H:%M:%S +0000").to_string()
}

/// The day in UTC, as `DateSent` names one.
pub(super) fn day(at: Timestamp) -> String {
    zoned(at).strftime("%Y-%m-%d").to_string()
}

fn zoned(at: Timestamp) -> Zoned {
    at.to_zoned(TimeZone::UTC)
}
