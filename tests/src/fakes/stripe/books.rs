//! What Stripe has in its books, and what people and banks do there.

use std::collections::BTreeMap;

use serde_json::{Value, json};

type Metadata = BTreeMap<String, String>;

/// A Checkout Session and the payment behind it.
#[derive(Clone, Debug)]
pub struct Session {
    pub id: String,
    /// `open`, `complete` or `expired`.
    pub status: &'static str,
    pub is_paid: bool,
    pub amount: i64,
    pub currency: String,
    pub reference: String,
    pub success_url: String,
    pub cancel_url: String,
    pub metadata: Metadata,
    /// The PaymentIntent, once the client was at the page.
    pub intent: Option<Intent>,
}

#[derive(Clone, Debug)]
pub struct Intent {
    pub id: String,
    /// `processing`, `succeeded` or `requires_payment_method`.
    pub status: &'static str,
    pub error: Option<String>,
}

#[derive(Clone, Debug)]
pub struct Refund {
    pub id: String,
    pub intent: String,
    pub amount: i64,
    pub status: &'static str,
    pub metadata: Metadata,
}

/// All of it.
#[derive(Debug)]
pub struct Books {
    pub sessions: Vec<Session>,
    pub refunds: Vec<Refund>,
    pub charges_enabled: bool,
    /// The currency in which fees are counted; that of the payment where there is none.
    pub settles_in: Option<String>,
    /// What new refunds are at first.
    pub refunds_begin: &'static str,
}

/// What Stripe keeps of a payment: 1.5 % and 25.
const FEE: (i64, i64) = (15, 25);

impl Default for Books {
    fn default() -> Self {
        Self {
            sessions: Vec::new(),
            refunds: Vec::new(),
            charges_enabled: true,
            settles_in: None,
            refunds_begin: "succeeded",
        }
    }
}

pub(super) fn mint(kind: &str) -> String {
    format!("{kind}_{}", uuid::Uuid::new_v4().simple())
}

impl Books {
    fn change(&mut self, session: &str, change: impl FnOnce(&mut Session)) {
        if let Some(session) = self.sessions.iter_mut().find(|one| one.id == session) {
            change(session);
        }
    }

    fn finish(&mut self, session: &str, status: &'static str) {
        self.change(session, |session| {
            session.status = "complete";
            session.is_paid = status == "succeeded";
            session.intent = Some(Intent { id: mint("pi"), status, error: None });
        });
    }

    /// The client pays by card.
    pub fn pay(&mut self, session: &str) {
        self.finish(session, "succeeded");
    }

    /// The client pays by a method whose bank takes days.
    pub fn pay_later(&mut self, session: &str) {
        self.finish(session, "processing");
    }

    /// The bank says yes, or why not.
    pub fn bank_says(&mut self, session: &str, no: Option<&str>) {
        self.change(session, |session| {
            session.is_paid = no.is_none();
            if let Some(intent) = &mut session.intent {
                intent.status = if no.is_none() { "succeeded" } else { "requires_payment_method" };
                intent.error = no.map(str::to_owned);
            }
        });
    }

    /// The client lets it be until it is too late.
    pub fn expire(&mut self, session: &str) {
        self.change(session, |session| session.status = "expired");
    }

    /// The payment's id, once there is one.
    pub fn intent_of(&self, session: &str) -> Option<String> {
        let found = self.sessions.iter().find(|one| one.id == session)?;
        found.intent.as_ref().map(|intent| intent.id.clone())
    }

    /// The owner pays back on Stripe's own pages.
    pub fn refund_by_hand(&mut self, intent: &str, amount: i64) -> String {
        let id = mint("re");
        let (intent, metadata) = (intent.to_owned(), Metadata::new());
        self.refunds.push(Refund { id: id.clone(), intent, amount, status: "succeeded", metadata });
        id
    }

    /// The bank did what refunds waited for.
    pub fn finish_refunds(&mut self) {
        self.refunds.iter_mut().for_each(|refund| refund.status = "succeeded");
    }

    /// How much of a payment was paid back or is about to be.
    pub(super) fn refunded(&self, intent: &str) -> i64 {
        self.refunds.iter().filter(|one| one.intent == intent).map(|one| one.amount).sum()
    }

    pub(super) fn by_intent(&self, intent: &str) -> Option<&Session> {
        self.sessions.iter().find(|one| one.intent.as_ref().is_some_and(|own| own.id == intent))
    }

    /// An object as an event has it: a session or a refund, by its id.
    pub(super) fn shown(&self, id: &str) -> Value {
        let session = self.sessions.iter().find(|one| one.id == id).map(|one| self.session(one, false));
        let refund = || self.refunds.iter().find(|one| one.id == id).map(|one| self.refund(one));
        session.or_else(refund).unwrap_or_default()
    }

    pub(super) fn session(&self, one: &Session, expanded: bool) -> Value {
        let intent = one.intent.as_ref().map(|intent| match expanded {
            true => self.intent(one, intent),
            false => json!(intent.id),
        });
        json!({
            "id": one.id, "object": "checkout.session", "status": one.status, "mode": "payment",
            "payment_status": if one.is_paid { "paid" } else { "unpaid" }, "amount_total": one.amount,
            "currency": one.currency, "client_reference_id": one.reference, "metadata": one.metadata,
            "url": (one.status == "open").then(|| format!("https://checkout.stripe.com/c/pay/{}", one.id)),
            "payment_intent": intent,
        })
    }

    fn intent(&self, session: &Session, intent: &Intent) -> Value {
        let currency = self.settles_in.as_ref().unwrap_or(&session.currency);
        let fee = session.amount * FEE.0 / 1_000 + FEE.1;
        let charge = (intent.status == "succeeded").then(|| {
            json!({
                "id": intent.id.replace("pi_", "ch_"), "object": "charge", "balance_transaction": {
                    "id": intent.id.replace("pi_", "txn_"), "object": "balance_transaction", "fee": fee,
                    "currency": currency, "amount": session.amount, "net": session.amount - fee,
                },
            })
        });
        json!({
            "id": intent.id, "object": "payment_intent", "status": intent.status, "metadata": session.metadata,
            "amount": session.amount, "currency": session.currency, "latest_charge": charge,
            "last_payment_error": intent.error.as_ref().map(|message| json!({ "message": message })),
        })
    }

    pub(super) fn plain_intent(&self, id: &str) -> Option<Value> {
        let session = self.by_intent(id)?;
        session.intent.as_ref().map(|intent| self.intent(session, intent))
    }

    pub(super) fn refund(&self, one: &Refund) -> Value {
        let currency = self.by_intent(&one.intent).map(|session| session.currency.as_str());
        json!({
            "id": one.id, "object": "refund", "payment_intent": one.intent, "amount": one.amount,
            "currency": currency, "status": one.status, "metadata": one.metadata, "failure_reason": null,
        })
    }
}
