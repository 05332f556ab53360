//! Callbacks of payment gateways and of channels' providers: verified by the host as the manifest says, let in once, and only then
//! handed to the module.
//!
//! A request that fails its scheme never enters a guest. One that is verified is known by what was signed, so that a copy with
//! other headers is the same delivery; once it was processed, a copy is answered with success and has no effect. A delivery that
//! the module could not process is let in again. Where the manifest of a payment module declares no scheme, the module is told so
//! and checks itself; a notification module is not called then.

mod gateway;
mod request;
mod schemes;
#[cfg(test)]
mod tests;

use std::time::Duration;

use caisson_capabilities::CallContext;
use caisson_capabilities::contract::exports::payment::Verification;
use caisson_capabilities::contract::types as wit;
use caisson_registry::Active;
use caisson_sandbox::exports;
use caisson_storage::webhooks::{self, Claim};
use caisson_types::{ModuleKey, ModuleType, Timestamp};

pub use request::Received;
pub use schemes::Unverified;

use crate::services::Answered;
use crate::{Billing, BillingError, Result};

/// How long a delivery belongs to who processes it: longer than any page's budget, so that a lost process is noticed and a slow
/// one is not.
const LEASE: Duration = Duration::from_secs(120);

/// What becomes of a callback.
#[derive(Debug)]
pub enum Handled {
    /// The module's answer, with the headers that may go out.
    Answered {
        status: u16,
        headers: Vec<(String, String)>,
        body: Answered,
    },
    /// It was processed before.
    Repeated,
    /// A copy is being processed right now.
    Busy,
    Refused(Unverified),
}

impl Handled {
    fn word(&self) -> &'static str {
        match self {
            Handled::Answered { status, .. } if *status < 400 => "processed",
            Handled::Answered { .. } => "failed",
            Handled::Repeated => "repeated",
            Handled::Busy => "busy",
            Handled::Refused(_) => "refused",
        }
    }
}

impl Billing {
    /// Handles a callback of a payment module's gateway, or of a notification module's provider.
    ///
    /// # Errors
    /// Where no such module is active, or it could not process the callback; then the provider may repeat it.
    pub async fn webhook(&self, key: &ModuleKey, received: Received) -> Result<Handled> {
        let missing = || match key.kind() {
            ModuleType::Payment => BillingError::NotFound("gateway"),
            _ => BillingError::NotFound("channel"),
        };
        let active = self.registry.active(key).map_err(|_| missing())?;
        if active.manifest.webhook.is_none() && key.kind() != ModuleType::Payment {
            return Err(missing());
        }
        let handled = self.handle_webhook(&active, received).await;
        let outcome = handled.as_ref().map_or("failed", Handled::word);
        metrics::counter!("caisson_webhooks_total", "module" => key.to_string(), "outcome" => outcome)
            .increment(1);
        if let Ok(Handled::Refused(why)) = &handled {
            tracing::warn!(module = %key, reason = %why, "a webhook was refused");
        }
        handled
    }

    async fn handle_webhook(&self, active: &Active, received: Received) -> Result<Handled> {
        let Some(scheme) = &active.manifest.webhook else {
            return self.enter_webhook(active, received, Verification::Undeclared).await;
        };
        let secret = active.settings().secrets.get(scheme.secret());
        let delivery = match schemes::verify(scheme, secret, &received, Timestamp::now()) {
            Ok(delivery) => delivery,
            Err(why) => return Ok(Handled::Refused(why)),
        };
        let mut conn = self.db.conn().await?;
        let claim = webhooks::claim(&mut conn, &active.key, &delivery, Timestamp::now(), LEASE).await?;
        drop(conn);
        let claim = match claim {
            Claim::Granted(claim) => claim,
            Claim::Processed => return Ok(Handled::Repeated),
            Claim::Taken => return Ok(Handled::Busy),
        };
        let handled = self.enter_webhook(active, received, Verification::Verified).await;
        let mut conn = self.db.conn().await?;
        let done = matches!(&handled, Ok(Handled::Answered { status, .. }) if *status < 400);
        if !done {
            webhooks::release(&mut conn, &active.key, &delivery, claim).await?;
        } else if !webhooks::processed(&mut conn, &active.key, &delivery, claim, Timestamp::now()).await? {
            tracing::warn!(module = %active.key, delivery, "a webhook took longer than its claim and may be processed again");
        }
        handled
    }

    async fn enter_webhook(
        &self,
        active: &Active,
        received: Received,
        verification: Verification,
    ) -> Result<Handled> {
        let (call, request) = (CallContext::default(), received.into_contract());
        let response = match active.key.kind() {
            ModuleType::Notification => {
                let asked = (self.channel_record(active), request);
                let receipt =
                    self.registry.call(active, call, &exports::notification::CALLBACK, asked).await?;
                if receipt.response.status < 400 {
                    self.note_reports(active, &receipt.reports).await?;
                }
                receipt.response
            }
            _ => {
                let asked = (self.gateway_record(active, None), request, verification);
                self.registry.call(active, call, &exports::payment::WEBHOOK, asked).await?
            }
        };
        self.answered_outside(active, response)
    }

    /// An answer for somebody who is no browser.
    fn answered_outside(&self, active: &Active, mut response: wit::Response) -> Result<Handled> {
        let headers = request::allowed(std::mem::take(&mut response.headers));
        match self.answered(response)? {
            (_, Answered::View { .. } | Answered::Redirect(_)) => Err(BillingError::Answer {
                module: active.key.to_string(),
                reason: "a provider is answered with text, JSON, bytes or nothing".to_owned(),
            }),
            (status, body) => Ok(Handled::Answered { status, headers, body }),
        }
    }
}
