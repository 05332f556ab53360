//! What is credited: only what Stripe says was paid, of what was asked for.

use caisson_tests::support::signed::now;
use serde_json::{Value, json};

use super::{COMPLETED, each_database, is};

#[tokio::test]
async fn only_what_was_asked_for_and_paid_is_credited() {
    let _case = caisson_threats::case(42, "Stripe's amounts, currencies and states");
    each_database(async |mut scene| {
        // An event and a return that say more than Stripe does.
        let invoice = scene.invoice(1_000, "EUR").await;
        let session = scene.begin(&invoice).await;
        let mut told = scene.stripe.event(COMPLETED, &session);
        told["data"]["object"]["payment_status"] = json!("paid");
        assert_eq!(scene.stripe.deliver(&scene.webhook(), &told, now()).await.unwrap().0, 200);
        for page in ["return", "cancel"] {
            assert!(scene.comes_back(&invoice, page).await.body.contains("Nothing was charged"));
        }
        assert_eq!(scene.books(&invoice).await, is("unpaid", 0, 0, 1_000));

        // Another amount, another currency: the money is at Stripe, and somebody is told.
        for (amount, currency) in [(999, "eur"), (1_000, "pln")] {
            let session = scene.begin(&invoice).await;
            scene.stripe.with(|books| {
                books.pay(&session);
                let paid = books.sessions.last_mut().unwrap();
                (paid.amount, paid.currency) = (amount, currency.to_owned());
            });
            assert_eq!(scene.tell(COMPLETED, &session).await, 200);
            assert_eq!(scene.books(&invoice).await, is("unpaid", 0, 0, 1_000), "{amount} {currency}");
        }
        let noted = scene.shown(&invoice).await["transactions"].to_string();
        assert_eq!(noted.matches("pay pi_").count(), 2, "{noted}");
        assert!(scene.log().await.contains("stranded"));

        // A bank that takes its time: nobody pays twice meanwhile; no is no, and yes is yes.
        let session = scene.begin(&invoice).await;
        scene.stripe.with(|books| books.pay_later(&session));
        assert_eq!(scene.tell(COMPLETED, &session).await, 200);
        assert!(
            scene.comes_back(&invoice, "return").await.body.contains("has not confirmed the payment yet")
        );
        assert!(scene.pay(&invoice).await.body.contains("on its way"));
        assert_eq!(scene.stripe.session(), session);
        scene.stripe.with(|books| books.bank_says(&session, Some("The account was closed.")));
        assert_eq!(scene.tell("checkout.session.async_payment_failed", &session).await, 200);
        assert_eq!(scene.books(&invoice).await, is("unpaid", 0, 0, 1_000));
        assert!(scene.shown(&invoice).await["transactions"].to_string().contains("The account was closed."));
        let session = scene.begin(&invoice).await;
        scene.stripe.with(|books| books.pay_later(&session));
        assert_eq!(scene.tell(COMPLETED, &session).await, 200);
        scene.stripe.with(|books| books.bank_says(&session, None));
        assert_eq!(scene.tell("checkout.session.async_payment_succeeded", &session).await, 200);
        assert_eq!(scene.books(&invoice).await, is("paid", 1_000, 0, 0));

        // Yen have no decimals, and a fee in another currency is not of the payment's.
        let yen = scene.invoice(500, "JPY").await;
        let session = scene.begin(&yen).await;
        assert_eq!(scene.stripe.with(|books| books.sessions.last().unwrap().amount), 500);
        scene.stripe.with(|books| {
            books.settles_in = Some("eur".to_owned());
            books.pay(&session);
        });
        assert_eq!(scene.tell(COMPLETED, &session).await, 200);
        let shown = scene.shown(&yen).await;
        assert_eq!(
            (&shown["status"], &shown["transactions"][0]["fee_minor"]),
            (&json!("paid"), &Value::Null)
        );
        assert_eq!(shown["transactions"][0]["details"]["balance"]["currency"], "eur");
    })
    .await;
}
