//! Money and notifications, as [`super::functions`] has the rest of the host.

use super::{Notified, Reported, with};
use crate::bindings::host::caisson::module as contract;

pub mod payments {
    pub use super::contract::payments::{Error, Invoice, InvoiceStatus, Outcome, Payment};
    use super::contract::types::Money;
    use super::{Reported, with};

    pub fn get_invoice(id: &str) -> Result<Invoice, Error> {
        with(|state| state.invoices.get(id).cloned().ok_or(Error::Missing))
    }

    /// Checks what the panel checks: the same transaction once, in the invoice's currency, and never more than is due.
    pub fn record_payment(payment: &Payment) -> Result<Outcome, Error> {
        let mismatch = |reason: &str| Err(Error::Mismatch(reason.to_owned()));
        with(|state| {
            let before = state.reported.iter().find_map(|one| match one {
                Reported::Paid(other) if other.transaction == payment.transaction => Some(other),
                _ => None,
            });
            if let Some(before) = before {
                let same = before.invoice == payment.invoice && before.amount == payment.amount;
                return if same {
                    Ok(Outcome::AlreadyRecorded)
                } else {
                    mismatch("recorded as something else")
                };
            }
            let invoice = state.invoices.get_mut(&payment.invoice).ok_or(Error::Missing)?;
            if payment.amount.minor <= 0 {
                return Err(Error::Invalid("an amount is more than nothing".to_owned()));
            }
            if !matches!(invoice.status, InvoiceStatus::Unpaid | InvoiceStatus::Processing) {
                return Err(Error::Closed(format!("the invoice is {:?}", invoice.status)));
            }
            if invoice.due.currency != payment.amount.currency || invoice.due.minor < payment.amount.minor {
                return mismatch("not what is due");
            }
            invoice.due.minor -= payment.amount.minor;
            if invoice.due.minor == 0 {
                invoice.status = InvoiceStatus::Paid;
            }
            state.reported.push(Reported::Paid(payment.clone()));
            Ok(Outcome::Recorded)
        })
    }

    pub fn record_failure(invoice: &str, transaction: &str, reason: &str) -> Result<Outcome, Error> {
        with(|state| {
            if !state.invoices.contains_key(invoice) {
                return Err(Error::Missing);
            }
            let known = |one: &Reported| matches!(one, Reported::Failed { transaction: other, .. } if other == transaction);
            if state.reported.iter().any(known) {
                return Ok(Outcome::AlreadyRecorded);
            }
            state.reported.push(Reported::Failed {
                invoice: invoice.to_owned(),
                transaction: transaction.to_owned(),
                reason: reason.to_owned(),
            });
            Ok(Outcome::Recorded)
        })
    }

    pub fn record_refund(transaction: &str, refund: &str, amount: &Money) -> Result<Outcome, Error> {
        with(|state| {
            let mut left = None;
            for one in &state.reported {
                match one {
                    Reported::Paid(paid) if paid.transaction == transaction => left = Some(paid.amount.minor),
                    Reported::Refunded { refund: other, .. } if other == refund => {
                        return Ok(Outcome::AlreadyRecorded);
                    }
                    Reported::Refunded { transaction: other, amount, .. } if other == transaction => {
                        left = left.map(|left| left - amount.minor);
                    }
                    _ => {}
                }
            }
            if left.ok_or(Error::Missing)? < amount.minor {
                return Err(Error::Mismatch("more than is left of the payment".to_owned()));
            }
            state.reported.push(Reported::Refunded {
                transaction: transaction.to_owned(),
                refund: refund.to_owned(),
                amount: amount.clone(),
            });
            Ok(Outcome::Recorded)
        })
    }
}

pub mod notifications {
    pub use super::contract::notifications::{Error, Recipient};
    use super::{Notified, with};

    /// Whom the module may tell, and in which words, is the panel's to know.
    pub fn notify(to: &Recipient, event: &str, data: &str) -> Result<(), Error> {
        let data = serde_json::from_str::<serde_json::Map<_, _>>(data);
        let data = data.map_err(|error| Error::Invalid(error.to_string()))?;
        let notified =
            Notified { to: to.clone(), event: event.to_owned(), data: serde_json::Value::Object(data) };
        with(|state| state.notified.push(notified));
        Ok(())
    }
}
