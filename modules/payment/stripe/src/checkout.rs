//! A checkout: one try to have an invoice paid on a page of Stripe.
//!
//! It is minted and stored before Stripe hears of it, and its id is the key that makes asking twice asking once. An invoice has at
//! most one that can still be paid; a new one is begun only once Stripe has said that the one before cannot.

use caisson_guest::db::{self, Filter as _};
use caisson_guest::payments::{self, Payment};
use caisson_guest::{Gateway, Invoice, Money, Problem, Result, crypto, i18n, json, log, time};
use serde::{Deserialize, Serialize};

use crate::amount::from_stripe;
use crate::api::{Api, Intent, Metadata, Session};

const TABLE: &str = "checkouts";
/// How many are asked about in one round of the schedule, within a call's budget of requests.
const ROUND: u32 = 15;
/// Sessions that may turn out to be of no use any more before a checkout gives up.
const TURNS: usize = 3;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum State {
    /// Stripe may not have heard of it.
    Minted,
    Open,
    /// The client is done, and the bank is not.
    Waiting,
    Paid,
    Failed,
    Expired,
    /// Stripe has the money, and the invoice takes it no more.
    Stranded,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Checkout {
    pub(crate) id: String,
    invoice: String,
    minor: i64,
    pub(crate) currency: String,
    /// The Checkout Session at Stripe.
    session: Option<String>,
    /// The PaymentIntent: the transaction's id for the panel.
    pub(crate) intent: Option<String>,
    state: State,
    /// True while it can still be paid, then null: two of an invoice that are true would clash.
    live: Option<bool>,
    created_at: u64,
    asked_at: u64,
}

/// What Stripe says of a checkout.
pub(crate) enum Standing {
    /// It can be paid here.
    Open(String),
    Closed(State),
}

impl Standing {
    /// As it is called in strings and templates.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Self::Open(_) | Self::Closed(State::Minted | State::Open | State::Expired) => "open",
            Self::Closed(State::Waiting) => "waiting",
            Self::Closed(State::Paid) => "paid",
            Self::Closed(State::Failed) => "failed",
            Self::Closed(State::Stranded) => "stranded",
        }
    }
}

pub(crate) fn create_table() -> Result<()> {
    db::schema::create(TABLE, |table| {
        table.uuid("id");
        table.primary(["id"]);
        table.uuid("invoice");
        table.big_integer("minor");
        table.varchar("currency", 3);
        table.varchar("session", 255).nullable();
        table.varchar("intent", 255).nullable().unique();
        table.varchar("state", 20);
        table.boolean("live").nullable();
        table.timestamp("created_at");
        table.timestamp("asked_at");
        table.unique(["invoice", "live"]);
        table.index(["live", "asked_at"]);
    })
}

impl Checkout {
    /// The one that an object of Stripe's is noted to belong to, if it is this panel's.
    pub(crate) fn named(metadata: &Metadata) -> Result<Option<Self>> {
        match metadata.get("checkout") {
            Some(id) if is_uuid(id) => db::table(TABLE).find(id),
            _ => Ok(None),
        }
    }

    pub(crate) fn of_intent(intent: &str) -> Result<Option<Self>> {
        db::table(TABLE).filter("intent", intent).first()
    }

    pub(crate) fn latest(invoice: &str) -> Result<Option<Self>> {
        Ok(Self::all_of(invoice)?.into_iter().next())
    }

    /// Newest first.
    pub(crate) fn all_of(invoice: &str) -> Result<Vec<Self>> {
        if !is_uuid(invoice) {
            return Ok(Vec::new());
        }
        db::table(TABLE).filter("invoice", invoice).order_by_desc("created_at").limit(ROUND).get()
    }

    /// The live one of an invoice, minted where there is none.
    fn live(invoice: &Invoice) -> Result<Self> {
        let now = time::now();
        let fresh = Self {
            id: crypto::uuid(),
            invoice: invoice.id.clone(),
            minor: invoice.due.minor,
            currency: invoice.due.currency.clone(),
            session: None,
            intent: None,
            state: State::Minted,
            live: Some(true),
            created_at: now,
            asked_at: now,
        };
        // Of two that are begun at once, one is stored, and both go on with it.
        db::table(TABLE).insert_or_ignore(&fresh, &["invoice", "live"])?;
        db::table(TABLE).filter("invoice", &invoice.id).filter("live", true).one()
    }

    pub(crate) fn amount(&self) -> Money {
        Money::new(self.minor, self.currency.as_str())
    }

    /// What Stripe says that it is, written down.
    fn became(&self, state: State, intent: Option<&str>) -> Result<Standing> {
        let live = matches!(state, State::Open | State::Waiting).then_some(true);
        let intent = intent.or(self.intent.as_deref());
        let row = json!({ "state": state, "live": live, "intent": intent });
        db::table(TABLE).filter("id", &self.id).update(&row)?;
        Ok(Standing::Closed(state))
    }
}

/// Where the client pays what is due, or why not here.
pub(crate) fn begin(gateway: &Gateway, invoice: &Invoice) -> Result<Standing> {
    let api = Api::connect()?;
    let mut invoice = invoice.clone();
    for _ in 0..TURNS {
        let checkout = Checkout::live(&invoice)?;
        let is_for_this = checkout.amount() == invoice.due;
        if checkout.session.is_none() {
            // Nobody was shown where to pay it, so another may take its place.
            match is_for_this.then(|| api.open(&checkout, gateway, &invoice)).transpose()?.flatten() {
                Some(opened) => {
                    let row = json!({ "session": opened.id, "state": State::Open });
                    db::table(TABLE).filter("id", &checkout.id).update(&row)?;
                    return Ok(Standing::Open(opened.url));
                }
                None => checkout.became(State::Expired, None)?,
            };
            continue;
        }
        match settle(&api, &checkout)? {
            Standing::Open(url) if is_for_this => return Ok(Standing::Open(url)),
            Standing::Open(_) => {
                // Where it was paid meanwhile, the next turn hears of that.
                if let Some(session) = &checkout.session
                    && api.expire(session).is_ok()
                {
                    checkout.became(State::Expired, None)?;
                }
            }
            Standing::Closed(State::Paid) => {
                invoice = payments::invoice(&invoice.id)?;
                if invoice.due.minor == 0 {
                    return Ok(Standing::Closed(State::Paid));
                }
            }
            Standing::Closed(State::Failed | State::Expired) => {}
            other => return Ok(other),
        }
    }
    Err(Problem::unavailable(i18n::translate("unavailable")))
}

/// Asks Stripe how a checkout stands, and records it.
pub(crate) fn settle(api: &Api, checkout: &Checkout) -> Result<Standing> {
    let Some(id) = &checkout.session else { return Ok(Standing::Closed(checkout.state)) };
    if matches!(checkout.state, State::Paid | State::Stranded) {
        return Ok(Standing::Closed(checkout.state));
    }
    db::table(TABLE).filter("id", &checkout.id).set("asked_at", time::now())?;
    let session = api.session(id)?;
    match (session.payment_status.as_str(), session.status.as_str(), &session.url, &session.payment_intent) {
        ("paid", _, _, Some(intent)) => credit(checkout, &session, intent),
        ("unpaid", "open", Some(url), _) => Ok(Standing::Open(url.clone())),
        ("unpaid", "expired", ..) => checkout.became(State::Expired, None),
        ("unpaid", "complete", _, Some(intent)) => match intent.status.as_str() {
            "requires_payment_method" | "canceled" => fail(checkout, intent),
            _ => checkout.became(State::Waiting, Some(&intent.id)),
        },
        _ => {
            let seen = json!({ "status": session.status, "payment_status": session.payment_status });
            log::error("checkout", &session.id, &seen);
            Err(Problem::bad_answer("Stripe answered something that the module does not understand."))
        }
    }
}

/// Those that can still be paid, the ones first that were not asked about for longest; gives how many.
pub(crate) fn settle_all(api: &Api) -> Result<usize> {
    let live = db::table(TABLE).filter("live", true).filter_not_null("session");
    let live: Vec<Checkout> = live.order_by("asked_at").limit(ROUND).get()?;
    for checkout in &live {
        match settle(api, checkout) {
            // Of another account, whose key was in the settings before.
            Err(problem) if problem.code == 404 => log::warning("reconcile", &checkout.id, &problem.message),
            other => drop(other?),
        }
    }
    Ok(live.len())
}

/// Credits what Stripe says was paid, where it is what was asked for.
fn credit(checkout: &Checkout, session: &Session, intent: &Intent) -> Result<Standing> {
    let paid = from_stripe(session.amount_total, &session.currency);
    if paid != checkout.amount() {
        return strand(checkout, session, intent, &paid);
    }
    match payment(checkout, session, intent, paid.clone()).record() {
        Ok(_) => checkout.became(State::Paid, Some(&intent.id)),
        // The panel's log of the call says why the invoice does not take it.
        Err(problem) if matches!(problem.code, 404 | 409) => strand(checkout, session, intent, &paid),
        Err(problem) => Err(problem),
    }
}

fn payment(checkout: &Checkout, session: &Session, intent: &Intent, paid: Money) -> Payment {
    let charge = intent.latest_charge.as_ref();
    let cost = charge.and_then(|charge| charge.balance_transaction.as_ref());
    let details =
        json!({ "session": session.id, "charge": charge.map(|charge| &charge.id), "balance": cost });
    let fee = cost.map(|cost| from_stripe(cost.fee, &cost.currency));
    // One in the account's currency, where that is another, stays in the details.
    let fee = fee.filter(|fee| fee.currency == paid.currency && fee.minor <= paid.minor);
    let payment = payments::paid(checkout.invoice.as_str(), intent.id.as_str(), paid).details(&details);
    fee.into_iter().fold(payment, Payment::fee)
}

fn fail(checkout: &Checkout, intent: &Intent) -> Result<Standing> {
    let said = intent.last_payment_error.as_ref().and_then(|error| error.message.as_deref());
    payments::failed(&checkout.invoice, &intent.id, said.unwrap_or("Stripe says that the payment failed."))?;
    checkout.became(State::Failed, Some(&intent.id))
}

/// Money is at Stripe that the invoice does not take: somebody has to pay it back there, and the invoice says so.
fn strand(checkout: &Checkout, session: &Session, intent: &Intent, paid: &Money) -> Result<Standing> {
    let amount = json!({ "minor": paid.minor, "currency": paid.currency, "payment": intent.id });
    log::error("stranded", &session.id, &amount);
    let reason =
        format!("Stripe took a payment that this invoice does not take: pay {} back there.", intent.id);
    match payments::failed(&checkout.invoice, &intent.id, &reason) {
        // Without its invoice the log is all that is left to tell.
        Err(problem) if problem.code != 404 => Err(problem),
        _ => checkout.became(State::Stranded, Some(&intent.id)),
    }
}

/// Whether the text can be compared with an id; databases refuse others.
pub(crate) fn is_uuid(text: &str) -> bool {
    text.len() == 36 && text.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
}
