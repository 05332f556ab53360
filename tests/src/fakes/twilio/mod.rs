//! Twilio's Programmable Messaging: an account with a number and a messaging service, its messages, and what it
//! calls back.
//!
//! Like the real one it wants the account's SID and token, forms as forms, and numbers in E.164; it takes a message for
//! queued, and tells what became of it when the test says so: as often, as late and in what order it likes.

mod account;
mod callback;
mod routes;

use std::ops::Deref;
use std::sync::Arc;

use super::troubled::Troubled;

pub use account::{Sms, Standing};

use account::Account;
use callback::Callback;

/// A running server. It stops, and closes its connections, when this is dropped.
pub struct Twilio {
    server: Troubled,
    account: Arc<Account>,
}

impl Deref for Twilio {
    type Target = Troubled;

    fn deref(&self) -> &Troubled {
        &self.server
    }
}

impl Twilio {
    /// The account's number.
    pub const NUMBER: &str = "+48500600700";

    /// Starts on a free loopback port, with an account that nobody can guess.
    ///
    /// # Errors
    /// When no port can be bound.
    pub async fn start() -> anyhow::Result<Self> {
        let account = Arc::new(Account::open());
        Ok(Self { server: Troubled::start(routes::router(Arc::clone(&account))).await?, account })
    }

    /// The account's SID.
    pub fn sid(&self) -> &str {
        &self.account.sid
    }

    /// What must not be seen anywhere.
    pub fn token(&self) -> &str {
        &self.account.token
    }

    /// The SID of the account's messaging service.
    pub fn service(&self) -> &str {
        &self.account.service
    }

    pub fn become_of_account(&self, standing: Standing) {
        self.account.lock().standing = standing;
    }

    /// Refuses messages to a number with one of Twilio's codes.
    pub fn refuse(&self, to: &str, code: u32) {
        self.account.lock().refused.insert(to.to_owned(), code);
    }

    /// Takes messages to the number again.
    pub fn allow(&self, to: &str) {
        self.account.lock().refused.remove(to);
    }

    /// Every message that was taken, oldest first.
    pub fn messages(&self) -> Vec<Sms> {
        self.account.lock().messages.clone()
    }

    /// The newest message; none where none was taken.
    pub fn newest(&self) -> Option<Sms> {
        self.messages().pop()
    }

    /// Tells what became of a message, at the address that it brought along; the status of the answer.
    ///
    /// # Errors
    /// When there is no such message, it brought no address, or no answer comes.
    pub async fn tell(&self, sid: &str, status: &str) -> anyhow::Result<u16> {
        self.say(sid, status, None).await?.send(&self.account.token).await
    }

    /// Tells that a message did not arrive, and why.
    ///
    /// # Errors
    /// See [`Twilio::tell`].
    pub async fn tell_failed(&self, sid: &str, code: u32) -> anyhow::Result<u16> {
        self.say(sid, "undelivered", Some(code)).await?.send(&self.account.token).await
    }

    /// The same callback with the signature of somebody who does not have the token; nothing becomes of the message.
    ///
    /// # Errors
    /// See [`Twilio::tell`].
    pub async fn forge(&self, sid: &str, status: &str) -> anyhow::Result<u16> {
        Callback::about(&self.account, sid, status, None)?.send("another token").await
    }

    /// A callback about another message than the one it was signed for.
    ///
    /// # Errors
    /// See [`Twilio::tell`].
    pub async fn redirect(&self, sid: &str, status: &str, message: &str) -> anyhow::Result<u16> {
        let callback = Callback::about(&self.account, sid, status, None)?;
        let (before, _) = callback.url.split_once('?').unwrap_or((&callback.url, ""));
        let elsewhere = format!("{before}?message={message}");
        callback.send_to(&elsewhere, &self.account.token).await
    }

    async fn say(&self, sid: &str, status: &str, code: Option<u32>) -> anyhow::Result<Callback> {
        self.account.become_of(sid, status, code);
        Callback::about(&self.account, sid, status, code)
    }
}
