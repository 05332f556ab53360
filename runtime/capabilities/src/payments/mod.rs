//! Money for invoices. Grant: `payments = true`, which only payment modules may ask for.
//!
//! A module sees an invoice that takes payments, whoever it is for, since any client may choose any gateway; and one that it took
//! money for, whatever became of it, so that it can pay back. All others, and drafts always, do not exist here. A payment that
//! comes too late is told why ([`Error::Closed`]), since the money is there and somebody must know. Transactions are the module's
//! own: the same id of another gateway is another payment.
//!
//! [`Error::Closed`]: crate::bindings::caisson::module::payments::Error::Closed

mod host;
#[cfg(test)]
mod tests;

use caisson_types::InvoiceStatus;

use crate::bindings::caisson::module::payments as wit;
use crate::bindings::caisson::module::types;
use crate::ports::InvoiceView;

/// An invoice as the contract has it.
#[must_use]
pub fn to_contract(view: InvoiceView) -> wit::Invoice {
    let money = |money: caisson_types::Money| types::Money {
        minor: money.minor,
        currency: money.currency.to_string(),
    };
    wit::Invoice {
        id: view.id.to_string(),
        number: view.number,
        status: match view.status {
            InvoiceStatus::Draft => wit::InvoiceStatus::Draft,
            InvoiceStatus::Unpaid => wit::InvoiceStatus::Unpaid,
            InvoiceStatus::Processing => wit::InvoiceStatus::Processing,
            InvoiceStatus::Paid => wit::InvoiceStatus::Paid,
            InvoiceStatus::Cancelled => wit::InvoiceStatus::Cancelled,
            InvoiceStatus::Refunded => wit::InvoiceStatus::Refunded,
        },
        total: money(view.total),
        due: money(view.due),
        client: types::Client {
            id: view.client.id.to_string(),
            email: view.client.email,
            name: view.client.name,
            locale: view.client.locale,
            currency: view.client.currency,
        },
        description: view.description,
    }
}
