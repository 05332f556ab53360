//! Refunds: minted and stored before Stripe hears of them, recorded once Stripe says that they are done.

use caisson_guest::db::{self, Filter as _};
use caisson_guest::{Money, Problem, Result, crypto, json, log, payments, time};
use serde::{Deserialize, Serialize};

use crate::amount::from_stripe;
use crate::api::{Api, Repaid};
use crate::checkout::{self, Checkout};

const TABLE: &str = "refunds";
/// How many are asked about in one round of the schedule.
const ROUND: u32 = 5;
/// What Stripe does not know of after so long never reached it.
const UNHEARD_MS: u64 = 600_000;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Refund {
    pub(crate) id: String,
    /// The payment's id at Stripe, and for the panel.
    pub(crate) intent: String,
    pub(crate) minor: i64,
    pub(crate) currency: String,
    /// Stripe's id of it, once Stripe has said it.
    refund: Option<String>,
    /// True until Stripe has said how it ended, then null: one at a time of a payment.
    live: Option<bool>,
    created_at: u64,
}

pub(crate) fn create_table() -> Result<()> {
    db::schema::create(TABLE, |table| {
        table.uuid("id");
        table.primary(["id"]);
        table.varchar("intent", 255);
        table.big_integer("minor");
        table.varchar("currency", 3);
        table.varchar("refund", 255).nullable();
        table.boolean("live").nullable();
        table.timestamp("created_at");
        table.unique(["intent", "live"]);
    })
}

/// Has a part of a payment paid back, or all of it; gives the refund's id.
pub(crate) fn ask(api: &Api, intent: &str, amount: &Money) -> Result<String> {
    let fresh = Refund {
        id: crypto::uuid(),
        intent: intent.to_owned(),
        minor: amount.minor,
        currency: amount.currency.clone(),
        refund: None,
        live: Some(true),
        created_at: time::now(),
    };
    db::table(TABLE).insert_or_ignore(&fresh, &["intent", "live"])?;
    let refund: Refund = db::table(TABLE).filter("intent", intent).filter("live", true).one()?;
    if refund.id != fresh.id {
        // How an earlier try ended is not known: it may have come further than it heard.
        settle(api, intent)?;
        let now: Option<Refund> = db::table(TABLE).find(&refund.id)?;
        match now.map(|now| now.refund) {
            Some(known) if refund.minor != amount.minor => {
                return Err(Problem::conflict(not_yet(known.is_some())));
            }
            Some(Some(id)) => return Ok(id),
            Some(None) => {}
            None => {
                return Err(Problem::conflict(
                    "Stripe could not pay back what was asked for before; ask again.",
                ));
            }
        }
    }
    match api.refund(&refund) {
        Ok(repaid) => {
            record(&refund.intent, &repaid)?;
            note(&refund.id, &repaid)?;
            match is_undone(&repaid) {
                true => Err(Problem::conflict(undone(&repaid))),
                false => Ok(repaid.id),
            }
        }
        // Stripe will not do it, so that another may be asked for.
        Err(problem) if problem.is_final() && problem.code != 424 => {
            db::table(TABLE).filter("id", &refund.id).delete()?;
            Err(problem)
        }
        Err(problem) => Err(problem),
    }
}

/// Asks Stripe for all refunds of a payment and records them, those too that staff made there. Says whether the payment is ours.
pub(crate) fn settle(api: &Api, intent: &str) -> Result<bool> {
    if Checkout::of_intent(intent)?.is_none() {
        // The refund's event may come before the payment's.
        match Checkout::named(&api.intent(intent)?)? {
            Some(checkout) => checkout::settle(api, &checkout)?,
            None => return Ok(false),
        };
    }
    for repaid in api.refunds_of(intent)? {
        record(intent, &repaid)?;
        match repaid.metadata.as_ref().and_then(|metadata| metadata.get("refund")) {
            Some(id) if checkout::is_uuid(id) => note(id, &repaid)?,
            _ => {}
        }
    }
    Ok(true)
}

/// Those whose end is not known; gives how many.
pub(crate) fn settle_all(api: &Api) -> Result<usize> {
    let live: Vec<Refund> =
        db::table(TABLE).filter("live", true).order_by("created_at").limit(ROUND).get()?;
    for refund in &live {
        settle(api, &refund.intent)?;
        if time::now().saturating_sub(refund.created_at) > UNHEARD_MS {
            db::table(TABLE).filter("id", &refund.id).filter_null("refund").delete()?;
        }
    }
    Ok(live.len())
}

fn not_yet(is_known: bool) -> &'static str {
    match is_known {
        true => "Another refund of this payment is not done yet; try again once it is.",
        false => {
            "A refund of another amount was asked for and not answered; ask for that amount again, or wait."
        }
    }
}

/// Takes what is done into the books.
fn record(intent: &str, repaid: &Repaid) -> Result<()> {
    if repaid.status.as_deref() != Some("succeeded") {
        return Ok(());
    }
    let amount = from_stripe(repaid.amount, &repaid.currency);
    match payments::refunded(intent, &repaid.id, &amount) {
        Ok(_) => Ok(()),
        // Of a payment that no invoice took, or more than the books have: nothing that another try would change.
        Err(problem) if matches!(problem.code, 404 | 409) => {
            log::warning("refund", &repaid.id, &problem.message);
            Ok(())
        }
        Err(problem) => Err(problem),
    }
}

/// Writes down how Stripe says that a refund stands.
fn note(id: &str, repaid: &Repaid) -> Result<()> {
    let row = db::table(TABLE).filter("id", id);
    if is_undone(repaid) {
        return row.delete().map(drop);
    }
    let live = (repaid.status.as_deref() != Some("succeeded")).then_some(true);
    row.update(&json!({ "refund": repaid.id, "live": live })).map(drop)
}

fn is_undone(repaid: &Repaid) -> bool {
    matches!(repaid.status.as_deref(), Some("failed" | "canceled"))
}

fn undone(repaid: &Repaid) -> String {
    let why = repaid.failure_reason.as_deref().unwrap_or("no reason was given");
    format!("Stripe could not pay back: {why}.")
}
