//! Who pays, or is paid back, is so once: with many tabs, without callbacks, with two administrators.

use super::{each_database, is};

#[tokio::test]
async fn nobody_is_charged_twice() {
    each_database(async |mut scene| {
        // A reload, another tab: one session. One that was left: another.
        let invoice = scene.invoice(1_000, "EUR").await;
        let first = scene.begin(&invoice).await;
        assert_eq!(scene.begin(&invoice).await, first);
        scene.stripe.with(|books| books.expire(&first));
        let second = scene.begin(&invoice).await;
        assert_ne!(second, first);

        // Paid, and no callback came: whoever asks next hears of it.
        scene.stripe.with(|books| books.pay(&second));
        let page = scene.pay(&invoice).await;
        assert!(page.body.contains("This is paid"), "{}", page.body);
        assert_eq!(scene.books(&invoice).await, is("paid", 1_000, 0, 0));
        let missed = scene.invoice(400, "EUR").await;
        let session = scene.begin(&missed).await;
        scene.stripe.with(|books| books.pay(&session));
        assert_eq!(scene.reconcile(&missed).await, 204);
        assert_eq!(scene.books(&missed).await, is("paid", 400, 0, 0));
        let seen = scene.invoice(300, "EUR").await;
        let session = scene.begin(&seen).await;
        scene.stripe.with(|books| books.pay(&session));
        assert!(scene.comes_back(&seen, "return").await.body.contains("the invoice is paid"));
        assert_eq!(scene.books(&seen).await, is("paid", 300, 0, 0));

        // Two who pay back at once.
        let (invoice, _) = scene.paid(1_200).await;
        let at_once = futures::future::join(scene.refund(&invoice, 100), scene.refund(&invoice, 100)).await;
        let made = scene.stripe.with(|books| books.refunds.len());
        let done = [at_once.0.0, at_once.1.0].iter().filter(|status| **status == 201).count();
        assert!(done >= 1 && made <= done, "{at_once:?}");
        assert_eq!(scene.books(&invoice).await.2, 100 * i64::try_from(made).unwrap());

        // A refund that its bank makes later is in the books later.
        let (invoice, _) = scene.paid(900).await;
        scene.stripe.with(|books| books.refunds_begin = "pending");
        let (status, body) = scene.refund(&invoice, 900).await;
        assert_eq!((status, scene.books(&invoice).await), (201, is("paid", 900, 0, 0)), "{body}");
        scene.stripe.with(|books| books.finish_refunds());
        assert_eq!(scene.tell("refund.updated", body["refund"].as_str().unwrap()).await, 200);
        assert_eq!(scene.books(&invoice).await, is("refunded", 900, 900, 0));
    })
    .await;
}
