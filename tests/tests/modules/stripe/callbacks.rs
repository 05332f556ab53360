//! What Stripe calls back with, and what others would like to.

use caisson_tests::support::signed::now;
use serde_json::{Value, json};

use super::{COMPLETED, each_database, is};

#[tokio::test]
async fn a_callback_counts_once_and_only_where_stripe_sent_it() {
    let _case = caisson_threats::case(41, "Stripe's events forged, replayed, duplicated and reordered");
    each_database(async |mut scene| {
        let invoice = scene.invoice(1_000, "EUR").await;
        let session = scene.begin(&invoice).await;
        scene.stripe.with(|books| books.pay(&session));
        let (to, event) = (scene.webhook(), scene.stripe.event(COMPLETED, &session));
        let body = event.to_string();

        // Forged, stale and unsigned ones enter nothing.
        let at = now();
        let old = scene.stripe.deliver(&to, &event, at - 301).await.unwrap();
        let forged = scene.stripe.forge(&to, &body, &format!("t={at},v1={}", "0".repeat(64))).await.unwrap();
        let unsigned = scene.stripe.forge(&to, &body, &format!("t={at}")).await.unwrap();
        assert_eq!((old.0, forged.0, unsigned.0), (401, 401, 400));
        assert_eq!(scene.books(&invoice).await, is("unpaid", 0, 0, 1_000));

        // The same event many times at once, and other events of the same payment.
        let others: Vec<Value> = (0..4).map(|_| scene.stripe.event(COMPLETED, &session)).collect();
        let sent = (0..12).map(|n| scene.stripe.deliver(&to, others.get(n).unwrap_or(&event), at));
        let answered: Vec<u16> =
            futures::future::join_all(sent).await.into_iter().map(|one| one.unwrap().0).collect();
        assert!(
            answered.iter().all(|status| matches!(status, 200 | 503)),
            "{answered:?}\n{}",
            scene.panel.logs()
        );
        assert!(answered.contains(&200), "{answered:?}");
        assert_eq!(scene.stripe.deliver(&to, &event, at).await.unwrap().0, 200);
        assert_eq!(scene.books(&invoice).await, is("paid", 1_000, 0, 0));
        assert_eq!(scene.shown(&invoice).await["transactions"].as_array().unwrap().len(), 1);

        // A refund's event before the payment's, of a refund made at Stripe.
        let early = scene.invoice(800, "EUR").await;
        let session = scene.begin(&early).await;
        let refund = scene.stripe.with(|books| {
            books.pay(&session);
            let intent = books.intent_of(&session).unwrap();
            books.refund_by_hand(&intent, 300)
        });
        assert_eq!(scene.tell("refund.created", &refund).await, 200);
        assert_eq!(scene.tell(COMPLETED, &session).await, 200);
        assert_eq!(scene.books(&early).await, is("paid", 800, 300, 0));

        // Somebody else's, on the same account.
        let mut foreign = scene.stripe.event(COMPLETED, &session);
        foreign["data"]["object"]["metadata"] = json!({ "checkout": uuid::Uuid::new_v4().to_string() });
        assert_eq!(scene.stripe.deliver(&to, &foreign, now()).await.unwrap().0, 200);
    })
    .await;
}
