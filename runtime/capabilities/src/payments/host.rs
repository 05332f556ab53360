use caisson_types::{InvoiceId, Money};
use serde_json::Value;

use super::to_contract;
use crate::CallState;
use crate::bindings::caisson::module::payments::{Error, Host, Invoice, Outcome, Payment};
use crate::bindings::caisson::module::types::Money as WitMoney;
use crate::guard::{granted, on_its_connection};
use crate::log::clip;
use crate::ports::{PaymentError, PaymentReport, Recorded};

/// Bytes of a gateway's id.
const ID_MAX: usize = 255;
const REASON_MAX: usize = 2_000;
const DETAILS_MAX: usize = 64 * 1024;

impl From<PaymentError> for Error {
    fn from(error: PaymentError) -> Self {
        match error {
            PaymentError::Missing => Error::Missing,
            PaymentError::Invalid(reason) => Error::Invalid(reason),
            PaymentError::Mismatch(reason) => Error::Mismatch(reason),
            PaymentError::Closed(reason) => Error::Closed(reason),
            PaymentError::Failed(_) => {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "a host function of payments failed"
                );
                Error::Other(error.to_string())
            }
        }
    }
}

impl From<Recorded> for Outcome {
    fn from(recorded: Recorded) -> Self {
        match recorded {
            Recorded::Now => Outcome::Recorded,
            Recorded::Before => Outcome::AlreadyRecorded,
        }
    }
}

impl Host for CallState {
    async fn get_invoice(&mut self, id: String) -> wasmtime::Result<Result<Invoice, Error>> {
        granted!(self, payments, "payments.get-invoice", about(&id), self.invoice(&id).await)
    }

    async fn record_payment(&mut self, payment: Payment) -> wasmtime::Result<Result<Outcome, Error>> {
        let detail = about(&payment.transaction);
        granted!(self, payments, "payments.record-payment", detail, self.pay(payment).await)
    }

    async fn record_failure(
        &mut self,
        invoice: String,
        transaction: String,
        reason: String,
    ) -> wasmtime::Result<Result<Outcome, Error>> {
        granted!(
            self,
            payments,
            "payments.record-failure",
            about(&transaction),
            self.note_failure(&invoice, &transaction, &reason).await
        )
    }

    async fn record_refund(
        &mut self,
        transaction: String,
        refund: String,
        amount: WitMoney,
    ) -> wasmtime::Result<Result<Outcome, Error>> {
        granted!(
            self,
            payments,
            "payments.record-refund",
            about(&refund),
            self.pay_back(&transaction, &refund, &amount).await
        )
    }
}

impl CallState {
    async fn invoice(&mut self, id: &str) -> Result<Invoice, Error> {
        let id = parse_id(id)?;
        on_its_connection!(self, host, behind, conn, PaymentError);
        Ok(to_contract(host.payments.invoice(conn, &behind.module, id).await?))
    }

    async fn pay(&mut self, payment: Payment) -> Result<Outcome, Error> {
        let details = self.details(&payment.details)?;
        let report = PaymentReport {
            invoice: parse_id(&payment.invoice)?,
            transaction: reference(payment.transaction)?,
            amount: positive(&payment.amount)?,
            fee: payment.fee.as_ref().map(fee).transpose()?,
            details,
        };
        let depth = self.context.depth;
        on_its_connection!(self, host, behind, conn, PaymentError);
        Ok(host.payments.record_payment(conn, &behind.module, report, depth).await?.into())
    }

    async fn note_failure(
        &mut self,
        invoice: &str,
        transaction: &str,
        reason: &str,
    ) -> Result<Outcome, Error> {
        let invoice = parse_id(invoice)?;
        let transaction = reference(transaction.to_owned())?;
        let reason = self.redactor().text(clip(reason, REASON_MAX));
        let depth = self.context.depth;
        on_its_connection!(self, host, behind, conn, PaymentError);
        let recorded =
            host.payments.record_failure(conn, &behind.module, invoice, &transaction, &reason, depth).await?;
        Ok(recorded.into())
    }

    async fn pay_back(
        &mut self,
        transaction: &str,
        refund: &str,
        amount: &WitMoney,
    ) -> Result<Outcome, Error> {
        let transaction = reference(transaction.to_owned())?;
        let (refund, amount) = (reference(refund.to_owned())?, positive(amount)?);
        let depth = self.context.depth;
        on_its_connection!(self, host, behind, conn, PaymentError);
        let recorded =
            host.payments.record_refund(conn, &behind.module, &transaction, &refund, amount, depth).await?;
        Ok(recorded.into())
    }

    /// What a gateway said besides, without the module's secrets.
    fn details(&mut self, json: &str) -> Result<Value, Error> {
        if json.len() > DETAILS_MAX {
            return Err(Error::Invalid(format!(
                "a payment's details have at most {DETAILS_MAX} bytes, not {}",
                json.len()
            )));
        }
        if serde_json::from_str::<serde::de::IgnoredAny>(json).is_err() {
            return Err(Error::Invalid("the payment's details are not JSON".to_owned()));
        }
        // Where a secret was a part of the document's own marks, nothing of it is kept.
        Ok(serde_json::from_str(&self.redactor().text(json)).unwrap_or_default())
    }
}

/// What the trace shows of an id.
fn about(id: &str) -> Option<String> {
    Some(clip(id, ID_MAX).to_owned())
}

fn parse_id(text: &str) -> Result<InvoiceId, Error> {
    text.parse().map_err(|_| Error::Missing)
}

fn reference(id: String) -> Result<String, Error> {
    if id.is_empty() || id.len() > ID_MAX || id.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return Err(Error::Invalid(format!(
            "a transaction's id has 1 to {ID_MAX} bytes without spaces and control characters"
        )));
    }
    Ok(id)
}

fn parse_money(money: &WitMoney) -> Result<Money, Error> {
    let currency = money.currency.parse();
    let shown: String = money.currency.chars().take(10).flat_map(char::escape_debug).collect();
    let currency =
        currency.map_err(|_| Error::Invalid(format!("'{shown}' is not a currency such as EUR")))?;
    Ok(Money { minor: money.minor, currency })
}

fn positive(money: &WitMoney) -> Result<Money, Error> {
    let money = parse_money(money)?;
    if money.minor > 0 {
        Ok(money)
    } else {
        Err(Error::Invalid(format!("an amount is more than nothing, not {money}")))
    }
}

fn fee(money: &WitMoney) -> Result<Money, Error> {
    let money = parse_money(money)?;
    if money.minor >= 0 {
        Ok(money)
    } else {
        Err(Error::Invalid(format!("a fee is not negative, as {money} is")))
    }
}
