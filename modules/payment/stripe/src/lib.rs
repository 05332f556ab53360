//! Payments for invoices on pages of Stripe.
//!
//! Stripe is asked how a payment stands, and only its answer counts: a callback, a client who comes back, the schedule and staff all
//! lead to the same question ([`checkout::settle`]), so that it does not matter which of them comes first, twice or never.

mod amount;
mod api;
mod checkout;
mod refund;

use caisson_guest::{
    Check, Data, Gateway, Invoice, Job, Module, Money, PaymentModule, Problem, Request, Response, Result,
    Secret, Value, Verification, View, config, i18n, json, log,
};
use serde::{Deserialize, Serialize};

use api::Api;
use checkout::{Checkout, Standing, State};

struct Stripe;

#[derive(Serialize, Deserialize)]
struct Settings {
    api_base: String,
    #[serde(default)]
    secret_key: Secret,
    #[serde(default)]
    webhook_secret: Secret,
}

impl Module for Stripe {
    type Settings = Settings;

    fn activate() -> Result<()> {
        checkout::create_table()?;
        refund::create_table()
    }

    fn save_settings(mut settings: Settings) -> Result<Settings> {
        settings.api_base = settings.api_base.trim_end_matches('/').to_owned();
        let mut check = Check::new();
        let base = check.text("api_base", &settings.api_base).required();
        base.that(|base| !base.ends_with("/v1"), "Leave /v1 out.");
        check.that("secret_key", settings.secret_key.is_set, "This field is required.");
        check.that("webhook_secret", settings.webhook_secret.is_set, "This field is required.");
        check.done()?;
        Ok(settings)
    }

    fn settings_page(_settings: &Settings) -> Result<Option<View>> {
        View::new("settings", &json!({ "events": EVENTS })).map(Some)
    }

    fn test_connection(_settings: &Settings) -> Result<String> {
        let account = Api::connect()?.account()?;
        if !account.charges_enabled {
            return Err(Problem::conflict(i18n::translate_with("no-charges", &account)));
        }
        let said = if config::has("settings.webhook_secret") { "connected" } else { "connected-deaf" };
        Ok(i18n::translate_with(said, &account))
    }

    /// What is open at Stripe, those first that were not asked about for longest.
    fn job(job: &Job) -> Result<Data> {
        match job.method.as_str() {
            "reconcile" => {
                let api = Api::connect()?;
                let checkouts = checkout::settle_all(&api)?;
                Data::new(&json!({ "checkouts": checkouts, "refunds": refund::settle_all(&api)? }))
            }
            other => Err(Problem::not_found(format!("This module has no job '{other}'."))),
        }
    }
}

/// What Stripe has to tell of, for whoever sets the webhook up.
const EVENTS: [&str; 8] = [
    "checkout.session.completed",
    "checkout.session.async_payment_succeeded",
    "checkout.session.async_payment_failed",
    "checkout.session.expired",
    "charge.refunded",
    "refund.created",
    "refund.updated",
    "refund.failed",
];

/// An event, as far as it is read: what it is about. What became of that is asked for, since events come late and in any order.
#[derive(Deserialize)]
struct Event {
    #[serde(rename = "type")]
    kind: String,
    data: EventData,
}

#[derive(Deserialize)]
struct EventData {
    object: About,
}

#[derive(Deserialize)]
struct About {
    object: String,
    /// Of a refund and of a charge.
    payment_intent: Option<Value>,
    metadata: Option<api::Metadata>,
}

impl PaymentModule for Stripe {
    fn checkout(gateway: &Gateway, invoice: &Invoice) -> Result<View> {
        let (state, url) = match checkout::begin(gateway, invoice).map_err(for_client)? {
            Standing::Open(url) => ("open", Some(url)),
            other => (other.word(), None),
        };
        let due = json!({ "minor": invoice.due.minor, "currency": invoice.due.currency });
        View::new("checkout", &json!({ "state": state, "url": url, "due": due }))
    }

    fn webhook(_gateway: &Gateway, request: &Request, verification: &Verification) -> Result<Response> {
        if !matches!(verification, Verification::Verified) {
            return Err(Problem::forbidden("Only what the panel verified is listened to."));
        }
        let event: Event = request.json()?;
        let about = event.data.object;
        let intent = about.payment_intent.as_ref().and_then(Value::as_str);
        let ours = match (about.object.as_str(), intent) {
            ("checkout.session", _) => match Checkout::named(&about.metadata.unwrap_or_default())? {
                Some(checkout) => checkout::settle(&Api::connect()?, &checkout).map(|_| true)?,
                None => false,
            },
            ("refund" | "charge", Some(intent)) => refund::settle(&Api::connect()?, intent)?,
            _ => false,
        };
        if !ours {
            log::debug("webhook", &event.kind, "is about nothing of this panel");
        }
        Ok(Response::text(if ours { "Done." } else { "This panel has nothing to do with it." }))
    }

    fn returned(_gateway: &Gateway, request: &Request) -> Result<Response> {
        let invoice = request.param("invoice").unwrap_or_default();
        let standing = match Checkout::latest(invoice)? {
            Some(checkout) => checkout::settle(&Api::connect()?, &checkout)?,
            None => Standing::Closed(State::Expired),
        };
        Ok(Response::text(i18n::translate(match standing.word() {
            "paid" => "returned-paid",
            "waiting" => "returned-waiting",
            "failed" => "returned-failed",
            "stranded" => "returned-stranded",
            _ => "returned-open",
        })))
    }

    fn reconcile(_gateway: &Gateway, invoice: &Invoice) -> Result<()> {
        let api = Api::connect()?;
        for checkout in Checkout::all_of(&invoice.id)? {
            checkout::settle(&api, &checkout)?;
            if let Some(intent) = &checkout.intent {
                refund::settle(&api, intent)?;
            }
        }
        Ok(())
    }

    fn refund(_gateway: &Gateway, transaction: &str, amount: &Money) -> Result<String> {
        refund::ask(&Api::connect()?, transaction, amount)
    }
}

/// What a client reads of a failure: whether another try may help. The cause is in the log.
fn for_client(problem: Problem) -> Problem {
    match problem.is_final() {
        true => Problem { message: i18n::translate("refused"), ..problem },
        false => Problem { message: i18n::translate("unavailable"), ..problem },
    }
}

caisson_guest::export!(payment: Stripe);
