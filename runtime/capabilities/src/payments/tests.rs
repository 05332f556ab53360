use serde_json::Value;

use crate::bindings::caisson::module::payments::{Error, Host, Payment};
use crate::bindings::caisson::module::types::Money;
use crate::testing::{behind, call};
use crate::{Granted, Key};

fn money(minor: i64, currency: &str) -> Money {
    Money { minor, currency: currency.to_owned() }
}

fn payment(change: impl FnOnce(&mut Payment)) -> Payment {
    let mut payment = Payment {
        invoice: "019b0000-0000-7000-8000-000000000001".to_owned(),
        transaction: "t-1".to_owned(),
        amount: money(100, "EUR"),
        fee: Some(money(0, "EUR")),
        details: "{}".to_owned(),
    };
    change(&mut payment);
    payment
}

#[tokio::test]
async fn what_is_no_payment_does_not_reach_the_books() {
    let db = caisson_storage::testing::sqlite().await;
    let mut behind = behind("payment/till");
    behind.granted = Granted { payments: Key::Granted, ..Granted::default() };
    let mut call = call(&db, behind).await;
    let cases: [(Payment, &str); 9] = [
        (payment(|one| one.amount.minor = 0), "more than nothing"),
        (payment(|one| one.amount.minor = i64::MIN), "more than nothing"),
        (payment(|one| one.amount.currency = "eur".to_owned()), "'eur' is not a currency"),
        (payment(|one| one.fee = Some(money(-1, "EUR"))), "fee is not negative"),
        (payment(|one| one.transaction.clear()), "transaction's id"),
        (payment(|one| one.transaction = "a b".to_owned()), "transaction's id"),
        (payment(|one| one.transaction = "x".repeat(256)), "transaction's id"),
        (payment(|one| one.details = "{".to_owned()), "not JSON"),
        (payment(|one| one.details = Value::from("x".repeat(65_536)).to_string()), "at most 65536 bytes"),
    ];
    for (payment, why) in cases {
        let refused = call.record_payment(payment).await.unwrap().unwrap_err();
        assert!(matches!(&refused, Error::Invalid(reason) if reason.contains(why)), "{refused:?}");
    }
    // A payment that is one asks the books, which know no invoice here.
    assert_eq!(call.record_payment(payment(|_| ())).await.unwrap(), Err(Error::Missing));
    let nowhere = payment(|one| one.invoice = "12".to_owned());
    assert_eq!(call.record_payment(nowhere).await.unwrap(), Err(Error::Missing));
    assert_eq!(call.get_invoice("12".to_owned()).await.unwrap(), Err(Error::Missing));
}

#[tokio::test]
async fn nobody_records_money_without_both_keys() {
    let db = caisson_storage::testing::sqlite().await;
    for (key, names) in [(Key::Undeclared, "capabilities: payments = true"), (Key::Unapproved, "payments")] {
        let mut behind = behind("payment/till");
        behind.granted = Granted { payments: key, ..Granted::default() };
        let mut call = call(&db, behind).await;
        let refused = call.record_payment(payment(|_| ())).await.unwrap().unwrap_err();
        assert!(matches!(&refused, Error::Denied(denied) if denied.grant == names), "{refused:?}");
    }
}
