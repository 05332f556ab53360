//! Invoices, what was recorded of them, and deliveries of webhooks.

use std::time::Duration;

use caisson_storage::invoices::{self, Invoice};
use caisson_storage::payments::{self, Kind, Transaction};
use caisson_storage::testing::databases;
use caisson_storage::webhooks::{self, Claim};
use caisson_storage::{Db, StorageError, clients};
use caisson_types::{InvoiceId, InvoiceStatus, Timestamp};
use serde_json::json;
use uuid::Uuid;

use crate::support::{client, key};

async fn invoice(db: &Db, number: &str, total: i64) -> InvoiceId {
    let mut conn = db.conn().await.unwrap();
    let owner = client(&format!("{number}@example.com"), "Ola");
    clients::insert(&mut conn, &owner).await.unwrap();
    let invoice = Invoice {
        id: InvoiceId::new(),
        number: number.to_owned(),
        client_id: owner.id,
        status: InvoiceStatus::Unpaid,
        total_minor: total,
        paid_minor: 0,
        refunded_minor: 0,
        currency: "EUR".parse().unwrap(),
        description: "Hosting".to_owned(),
        created_at: Timestamp(1),
        updated_at: Timestamp(1),
    };
    invoices::insert(&mut conn, &invoice).await.unwrap();
    assert!(matches!(invoices::insert(&mut conn, &invoice).await, Err(StorageError::Unique(_))));
    invoice.id
}

fn payment(invoice: InvoiceId, reference: &str, minor: i64) -> Transaction {
    Transaction {
        id: Uuid::now_v7(),
        invoice_id: invoice,
        module: key("payment/till"),
        kind: Kind::Payment,
        reference: reference.to_owned(),
        payment_id: None,
        amount_minor: minor,
        refunded_minor: 0,
        fee_minor: Some(3),
        currency: "EUR".parse().unwrap(),
        details: json!({ "card": "4242" }),
        created_at: Timestamp(2),
    }
}

#[tokio::test]
async fn the_books_guard_themselves() {
    for db in databases().await {
        let id = invoice(&db, "a", 100).await;
        let mut conn = db.conn().await.unwrap();
        let now = Timestamp::now();
        for (minor, taken) in [(101, false), (60, true), (41, false), (40, true), (1, false)] {
            assert_eq!(invoices::credit(&mut conn, id, minor, now).await.unwrap(), taken, "{minor}");
        }
        assert_eq!(invoices::by_id(&mut conn, id).await.unwrap().status, InvoiceStatus::Paid);
        assert!(!invoices::cancel(&mut conn, id, now).await.unwrap());
        assert!(matches!(invoices::debit(&mut conn, id, 101, now).await, Err(StorageError::Missing)));
        for (minor, status) in [(99, InvoiceStatus::Paid), (1, InvoiceStatus::Refunded)] {
            invoices::debit(&mut conn, id, minor, now).await.unwrap();
            assert_eq!(invoices::by_id(&mut conn, id).await.unwrap().status, status);
        }

        let one = payment(id, "t", 100);
        assert!(payments::insert(&mut conn, &one).await.unwrap());
        assert!(!payments::insert(&mut conn, &payment(id, "t", 1)).await.unwrap());
        let stored = payments::find(&mut conn, &one.module, Kind::Payment, "t").await.unwrap();
        assert_eq!(stored.as_ref(), Some(&one));
        assert_eq!(payments::find(&mut conn, &one.module, Kind::Failure, "t").await.unwrap(), None);
        assert_eq!(payments::find(&mut conn, &key("payment/other"), Kind::Payment, "t").await.unwrap(), None);
        for (minor, paid) in [(101, false), (100, true), (1, false)] {
            assert_eq!(payments::pay_back(&mut conn, one.id, minor).await.unwrap(), paid, "{minor}");
        }
    }
}

#[tokio::test]
async fn a_delivery_belongs_to_one_until_it_ends_or_runs_out() {
    for db in databases().await {
        let (till, mut conn) = (key("payment/till"), db.conn().await.unwrap());
        let (lease, start) = (Duration::from_secs(10), Timestamp(1_000_000));
        let at = |seconds| start.after(Duration::from_secs(seconds));
        let Claim::Granted(first) = webhooks::claim(&mut conn, &till, "d", start, lease).await.unwrap()
        else {
            panic!("the first is let in")
        };
        assert_eq!(webhooks::claim(&mut conn, &till, "d", at(9), lease).await.unwrap(), Claim::Taken);
        let elsewhere = webhooks::claim(&mut conn, &key("payment/other"), "d", start, lease).await.unwrap();
        assert!(matches!(elsewhere, Claim::Granted(_)));
        // Its process is gone: the next takes over, and the first has no say any more.
        let Claim::Granted(second) = webhooks::claim(&mut conn, &till, "d", at(11), lease).await.unwrap()
        else {
            panic!("the claim ran out")
        };
        assert!(!webhooks::processed(&mut conn, &till, "d", first, at(11)).await.unwrap());
        webhooks::release(&mut conn, &till, "d", first).await.unwrap();
        assert_eq!(webhooks::claim(&mut conn, &till, "d", at(12), lease).await.unwrap(), Claim::Taken);
        webhooks::release(&mut conn, &till, "d", second).await.unwrap();
        let Claim::Granted(third) = webhooks::claim(&mut conn, &till, "d", at(12), lease).await.unwrap()
        else {
            panic!("what was released is let in")
        };
        assert!(webhooks::processed(&mut conn, &till, "d", third, at(12)).await.unwrap());
        assert_eq!(webhooks::claim(&mut conn, &till, "d", at(1_000), lease).await.unwrap(), Claim::Processed);
        // The other's claim ran out at 10, this one had its effect at 12.
        assert_eq!(webhooks::purge(&mut conn, at(10)).await.unwrap(), 0, "{}", db.name());
        assert_eq!(webhooks::purge(&mut conn, at(11)).await.unwrap(), 1);
        assert_eq!(webhooks::purge(&mut conn, at(13)).await.unwrap(), 1);
        let again = webhooks::claim(&mut conn, &till, "d", at(1_000), lease).await.unwrap();
        assert!(matches!(again, Claim::Granted(_)), "what was forgotten is new");
    }
}
