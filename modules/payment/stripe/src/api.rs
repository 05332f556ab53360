//! Stripe's HTTP API, version 1: what this module asks of it.

use std::collections::BTreeMap;
use std::time::Duration;

use caisson_guest::http::{Client, Request, Response};
use caisson_guest::{Gateway, Invoice, Money, Problem, Result, config};
use serde::{Deserialize, Serialize};

use crate::amount;
use crate::checkout::Checkout;
use crate::refund::Refund;

/// The shape of answers is this version's, whatever the account's default is.
const VERSION: &str = "2024-06-20";
/// Most refunds of one payment that are looked at.
const REFUNDS: u32 = 100;

/// Notes of ours on an object of Stripe's: by them it is known again.
pub(crate) type Metadata = BTreeMap<String, String>;

/// A connection with the settings' address and key.
pub(crate) struct Api(Client);

#[derive(Serialize, Deserialize)]
pub(crate) struct Account {
    pub(crate) id: String,
    #[serde(default)]
    pub(crate) charges_enabled: bool,
}

/// A Checkout Session that was just opened.
#[derive(Deserialize)]
pub(crate) struct Opened {
    pub(crate) id: String,
    pub(crate) url: String,
}

/// A Checkout Session, with its payment.
#[derive(Deserialize)]
pub(crate) struct Session {
    pub(crate) id: String,
    /// Where the client pays, while it is open.
    pub(crate) url: Option<String>,
    pub(crate) status: String,
    pub(crate) payment_status: String,
    pub(crate) amount_total: i64,
    pub(crate) currency: String,
    pub(crate) payment_intent: Option<Intent>,
}

#[derive(Deserialize)]
pub(crate) struct Intent {
    pub(crate) id: String,
    pub(crate) status: String,
    pub(crate) last_payment_error: Option<Reason>,
    pub(crate) latest_charge: Option<Charge>,
}

#[derive(Deserialize)]
pub(crate) struct Reason {
    pub(crate) message: Option<String>,
}

#[derive(Deserialize)]
pub(crate) struct Charge {
    pub(crate) id: String,
    /// Not there at once for every method.
    pub(crate) balance_transaction: Option<BalanceTransaction>,
}

/// What a payment came to on Stripe's account, in the account's own currency.
#[derive(Serialize, Deserialize)]
pub(crate) struct BalanceTransaction {
    pub(crate) id: String,
    pub(crate) fee: i64,
    pub(crate) currency: String,
}

#[derive(Deserialize)]
pub(crate) struct Repaid {
    pub(crate) id: String,
    pub(crate) amount: i64,
    pub(crate) currency: String,
    pub(crate) status: Option<String>,
    pub(crate) failure_reason: Option<String>,
    pub(crate) metadata: Option<Metadata>,
}

impl Api {
    pub(crate) fn connect() -> Result<Self> {
        let client = Client::from_setting("api_base")?.bearer_setting("secret_key");
        let timeout = Duration::from_millis(config::require("timeout_ms")?);
        Ok(Self(client.header("stripe-version", VERSION).timeout(timeout)))
    }

    pub(crate) fn account(&self) -> Result<Account> {
        done(self.0.get("v1/account"))?.json()
    }

    /// Opens the session of a checkout; none where its key was used for something else, so that it needs another one.
    pub(crate) fn open(
        &self,
        checkout: &Checkout,
        gateway: &Gateway,
        invoice: &Invoice,
    ) -> Result<Option<Opened>> {
        let amount = amount::to_stripe(&checkout.amount())?.to_string();
        let currency = checkout.currency.to_ascii_lowercase();
        let fields = [
            ("mode", "payment"),
            ("client_reference_id", &invoice.id),
            ("customer_email", &invoice.client.email),
            ("success_url", &gateway.return_url),
            ("cancel_url", &gateway.cancel_url),
            ("metadata[checkout]", &checkout.id),
            ("payment_intent_data[metadata][checkout]", &checkout.id),
            ("payment_intent_data[description]", &invoice.number),
            ("line_items[0][quantity]", "1"),
            ("line_items[0][price_data][currency]", &currency),
            ("line_items[0][price_data][unit_amount]", &amount),
            ("line_items[0][price_data][product_data][name]", &invoice.number),
            ("line_items[0][price_data][product_data][description]", &invoice.description),
        ];
        let request = self.0.post("v1/checkout/sessions").form(&fields).idempotency_key(&checkout.id);
        let response = request.send()?;
        if response.status() == 400 && is_of_type(&response, "idempotency_error") {
            return Ok(None);
        }
        answered(response)?.json().map(Some)
    }

    pub(crate) fn session(&self, id: &str) -> Result<Session> {
        let request = self.0.get(["v1", "checkout", "sessions", id]);
        done(request.query("expand[]", "payment_intent.latest_charge.balance_transaction"))?.json()
    }

    /// Lets nobody pay there any more.
    pub(crate) fn expire(&self, session: &str) -> Result<()> {
        done(self.0.post(["v1", "checkout", "sessions", session, "expire"])).map(drop)
    }

    /// The notes on a payment.
    pub(crate) fn intent(&self, id: &str) -> Result<Metadata> {
        #[derive(Deserialize)]
        struct Noted {
            #[serde(default)]
            metadata: Metadata,
        }
        let noted: Noted = done(self.0.get(["v1", "payment_intents", id]))?.json()?;
        Ok(noted.metadata)
    }

    pub(crate) fn refund(&self, refund: &Refund) -> Result<Repaid> {
        let amount = amount::to_stripe(&Money::new(refund.minor, refund.currency.as_str()))?.to_string();
        let fields = [
            ("payment_intent", refund.intent.as_str()),
            ("amount", &amount),
            ("metadata[refund]", &refund.id),
        ];
        done(self.0.post("v1/refunds").form(&fields).idempotency_key(&refund.id))?.json()
    }

    pub(crate) fn refunds_of(&self, intent: &str) -> Result<Vec<Repaid>> {
        #[derive(Deserialize)]
        struct List {
            data: Vec<Repaid>,
        }
        let request = self.0.get("v1/refunds").query("payment_intent", intent).query("limit", REFUNDS);
        let list: List = done(request)?.json()?;
        Ok(list.data)
    }
}

fn done(request: Request<'_>) -> Result<Response> {
    answered(request.send()?)
}

/// Of a conflict Stripe says that it passes: another request with the same key or on the same object is being processed.
fn answered(response: Response) -> Result<Response> {
    if response.status() == 409 {
        let Problem { message, .. } = response.problem();
        return Err(Problem::unavailable(message));
    }
    response.error_for_status()
}

fn is_of_type(response: &Response, kind: &str) -> bool {
    #[derive(Deserialize)]
    struct Refusal {
        error: Kind,
    }
    #[derive(Deserialize)]
    struct Kind {
        r#type: String,
    }
    response.json::<Refusal>().is_ok_and(|refusal| refusal.error.r#type == kind)
}
