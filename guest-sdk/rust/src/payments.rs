//! Money for invoices, as a payment module reports it. Grant: `payments = true`.
//!
//! Each function is idempotent on the gateway's own ids: a callback that comes twice is recorded once, and [`Outcome`] says which
//! of the two it was.

use serde::Serialize;

pub use crate::host::payments::{Invoice, InvoiceStatus, Outcome};
use crate::{Money, Result, data, host};

impl Money {
    /// An amount in the currency's smallest unit, and its ISO 4217 code.
    pub fn new(minor: i64, currency: impl Into<String>) -> Self {
        Self { minor, currency: currency.into() }
    }
}

/// An invoice that takes payments, or one that this module took money for.
///
/// # Errors
/// 404 where there is none for this module.
pub fn invoice(id: &str) -> Result<Invoice> {
    Ok(host::payments::get_invoice(id)?)
}

/// A payment that is being described; [`Payment::record`] records it.
#[derive(Debug)]
#[must_use = "a payment counts once it is recorded"]
pub struct Payment {
    payment: host::payments::Payment,
    details: Result<String>,
}

/// Describes a payment: `transaction` is the gateway's own id of it.
///
/// ```
/// # use caisson_guest::testing::Host;
/// use caisson_guest::payments::{self, Outcome};
/// use caisson_guest::{Money, json};
///
/// # let host = Host::install();
/// # let invoice = host.invoice("019b0000-0000-7000-8000-00000000000a", Money::new(1999, "EUR"));
/// let event = json!({ "charge": "ch_1" });
/// let outcome = payments::paid(&invoice.id, "ch_1", Money::new(1999, "EUR"))
///     .fee(Money::new(59, "EUR"))
///     .details(&event)
///     .record()?;
/// assert_eq!(outcome, Outcome::Recorded);
/// # caisson_guest::Result::<()>::Ok(())
/// ```
pub fn paid(invoice: impl Into<String>, transaction: impl Into<String>, amount: Money) -> Payment {
    let payment = host::payments::Payment {
        invoice: invoice.into(),
        transaction: transaction.into(),
        amount,
        fee: None,
        details: String::new(),
    };
    Payment { payment, details: Ok("{}".to_owned()) }
}

impl Payment {
    /// What the gateway kept of it.
    pub fn fee(mut self, fee: Money) -> Self {
        self.payment.fee = Some(fee);
        self
    }

    /// What the gateway said besides, for staff.
    pub fn details<T: Serialize + ?Sized>(mut self, details: &T) -> Self {
        self.details = data::write(details);
        self
    }

    /// Credits the invoice.
    ///
    /// # Errors
    /// 404 where there is no such invoice; 409 where amount or currency do not fit it, it takes no payment, or the transaction was
    /// recorded as something else.
    pub fn record(self) -> Result<Outcome> {
        let payment = host::payments::Payment { details: self.details?, ..self.payment };
        Ok(host::payments::record_payment(&payment)?)
    }
}

/// Notes a payment that came to nothing. What is paid stays paid.
///
/// # Errors
/// 404 where there is no such invoice.
pub fn failed(invoice: &str, transaction: &str, reason: &str) -> Result<Outcome> {
    Ok(host::payments::record_failure(invoice, transaction, reason)?)
}

/// Records that some of a payment was paid back; `refund` is the gateway's own id of that.
///
/// # Errors
/// 404 where this module recorded no such payment; 409 where it would be more than was paid.
pub fn refunded(transaction: &str, refund: &str, amount: &Money) -> Result<Outcome> {
    Ok(host::payments::record_refund(transaction, refund, amount)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Host;

    #[test]
    fn what_is_said_twice_counts_once() {
        let host = Host::install();
        let due = host.invoice("a", Money::new(100, "EUR"));
        let pay = |id: &str, minor| paid("a", id, Money::new(minor, "EUR")).record();
        assert_eq!((due.due.minor, pay("t1", 60)), (100, Ok(Outcome::Recorded)));
        assert_eq!(pay("t1", 60), Ok(Outcome::AlreadyRecorded));
        assert_eq!(invoice("a").map(|invoice| invoice.due.minor), Ok(40));
        for (id, minor) in [("t1", 61), ("t2", 41)] {
            assert_eq!(pay(id, minor).map_err(|problem| problem.code), Err(409), "{id} {minor}");
        }
        assert_eq!(pay("t2", 40), Ok(Outcome::Recorded));
        assert_eq!(invoice("a").map(|invoice| invoice.status), Ok(InvoiceStatus::Paid));
        assert_eq!(failed("a", "t3", "no funds"), Ok(Outcome::Recorded));
        assert_eq!(refunded("t1", "r1", &Money::new(60, "EUR")), Ok(Outcome::Recorded));
        assert_eq!(refunded("t1", "r1", &Money::new(60, "EUR")), Ok(Outcome::AlreadyRecorded));
        let more = refunded("t1", "r2", &Money::new(1, "EUR"));
        assert_eq!(more.map_err(|problem| problem.code), Err(409));
        assert_eq!(invoice("b").map_err(|problem| problem.code), Err(404));
    }

    #[test]
    fn amounts_add_up_without_rounding() {
        let host = Host::install();
        host.invoice("a", Money::new(i64::MAX, "JPY"));
        assert_eq!(paid("a", "t", Money::new(i64::MAX, "JPY")).record(), Ok(Outcome::Recorded));
        assert_eq!(invoice("a").map(|invoice| invoice.due), Ok(Money::new(0, "JPY")));
    }
}
