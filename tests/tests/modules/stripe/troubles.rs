//! Stripe in trouble: nobody is charged or paid back twice, and nothing that was paid is lost.

use caisson_tests::fakes::{Fault, Rule, Stripe};
use caisson_tests::support::archive::Archive;
use caisson_tests::support::until;

use super::super::{
    SOON, TROUBLES, is_unheard, lose_worker, minutes_pass, on_both, package, panel, panel_and_worker,
};
use super::{COMPLETED, KEY, Scene, is};

/// The module, which waits for Stripe no longer than half a second.
fn impatient() -> Archive {
    package(KEY).edit("module.toml", "timeout_ms = 6000", "timeout_ms = 500").unwrap()
}

async fn each_database(test: impl AsyncFn(Scene)) {
    on_both(async |database| {
        let stripe = Stripe::start().await.unwrap();
        let (archive, on) = (impatient(), panel(database, stripe.address()).await);
        test(Scene::on(on, stripe, &archive).await).await;
    })
    .await;
}

impl Scene {
    fn sessions(&self) -> usize {
        self.stripe.with(|books| books.sessions.len())
    }

    fn refunds(&self) -> usize {
        self.stripe.with(|books| books.refunds.len())
    }
}

#[tokio::test]
async fn no_session_is_opened_twice() {
    each_database(async |mut scene| {
        for (fault, _) in TROUBLES {
            let (invoice, before) = (scene.invoice(1_000, "EUR").await, scene.sessions());
            scene.stripe.arm(Rule::from(fault).on("POST", "/sessions"));
            let shown = scene.pay(&invoice).await;
            assert_eq!(shown.status, 200, "{fault:?}: {}", shown.body);
            assert!(shown.body.contains("Try again in a minute"), "{fault:?}: {}", shown.body);
            assert!(!shown.body.contains("checkout.stripe.com"), "{fault:?}");
            assert_eq!(scene.sessions() - before, usize::from(is_unheard(fault)), "{fault:?}");
            scene.stripe.heal();
            let session = scene.begin(&invoice).await;
            assert_eq!(scene.sessions(), before + 1, "{fault:?}");
            scene.stripe.with(|books| books.pay(&session));
            assert_eq!(scene.tell(COMPLETED, &session).await, 200);
            assert_eq!(scene.books(&invoice).await, is("paid", 1_000, 0, 0), "{fault:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn no_refund_is_made_twice() {
    each_database(async |mut scene| {
        for (fault, why) in TROUBLES {
            let (invoice, _) = scene.paid(1_200).await;
            let before = scene.refunds();
            scene.stripe.arm(Rule::from(fault).on("POST", "/refunds"));
            let (status, body) = scene.refund(&invoice, 200).await;
            assert!(status >= 500, "{fault:?}: {body}");
            assert!(body["message"].as_str().unwrap().starts_with(why), "{fault:?}: {body}");
            assert_eq!(scene.refunds() - before, usize::from(is_unheard(fault)), "{fault:?}");
            assert_eq!(scene.books(&invoice).await, is("paid", 1_200, 0, 0), "{fault:?}");
            scene.stripe.heal();
            assert_eq!(scene.refund(&invoice, 200).await.0, 201, "{fault:?}");
            assert_eq!(scene.refunds(), before + 1, "{fault:?}");
            assert_eq!(scene.books(&invoice).await, is("paid", 1_200, 200, 0), "{fault:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_payment_is_credited_once_whoever_asks_for_it() {
    each_database(async |mut scene| {
        for (fault, _) in TROUBLES {
            let invoice = scene.invoice(1_000, "EUR").await;
            let session = scene.begin(&invoice).await;
            scene.stripe.with(|books| books.pay(&session));
            scene.stripe.arm(fault);
            let status = scene.tell(COMPLETED, &session).await;
            assert!((500..600).contains(&status), "{fault:?}: Stripe is to come again, not {status}");
            let back = scene.comes_back(&invoice, "return").await;
            assert!(back.body.contains("could not find out yet"), "{fault:?}: {}", back.body);
            let status = scene.reconcile(&invoice).await;
            assert!(status >= 500, "{fault:?}: {status}");
            assert_eq!(scene.books(&invoice).await, is("unpaid", 0, 0, 1_000), "{fault:?}");
            scene.stripe.heal();
            assert_eq!(scene.tell(COMPLETED, &session).await, 200, "{fault:?}");
            assert_eq!(scene.reconcile(&invoice).await, 204, "{fault:?}");
            assert_eq!(scene.books(&invoice).await, is("paid", 1_000, 0, 0), "{fault:?}");
            assert_eq!(scene.shown(&invoice).await["transactions"].as_array().unwrap().len(), 1, "{fault:?}");
        }
    })
    .await;
}

/// A worker that is killed while Stripe holds its answer back, in the schedule's task that makes good for a lost callback.
async fn a_lost_worker(database: Option<&str>) {
    let stripe = Stripe::start().await.unwrap();
    let (archive, on) = (package(KEY), panel_and_worker(database, stripe.address()).await);
    let mut scene = Scene::on(on, stripe, &archive).await;
    let invoice = scene.invoice(1_000, "EUR").await;
    let session = scene.begin(&invoice).await;
    scene.stripe.with(|books| books.pay(&session));
    scene.stripe.arm(Rule::from(Fault::HoldBeforeAnswer).on("GET", &session).times(1));
    minutes_pass(&scene.panel, 10).await;
    lose_worker(&mut scene.panel, || scene.stripe.held()).await;
    let paid = until(SOON, "the payment to be credited", async || {
        (scene.books(&invoice).await == is("paid", 1_000, 0, 0)).then_some(())
    });
    paid.await.unwrap();
    assert_eq!(scene.shown(&invoice).await["transactions"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_lost_worker_credits_once() {
    on_both(a_lost_worker).await;
}

#[tokio::test]
async fn what_is_wrong_for_good_says_so() {
    let mut scene = Scene::start(None).await;
    // To the client that it does not work, to staff why.
    let small = scene.invoice(10, "EUR").await;
    let shown = scene.pay(&small).await;
    assert!(shown.body.contains("cannot be used for this invoice") && !shown.body.contains("at least 50"));
    // Calls are written down behind their answers.
    until(SOON, "the log to say why", async || scene.log().await.contains("at least 50").then_some(()))
        .await
        .unwrap();
    scene.configure("sk_test_revoked").await;
    let refused = scene.test_connection().await;
    assert_eq!(refused.status, 422, "{}", refused.body);
    assert!(refused.body.to_string().contains("credentials"), "{}", refused.body);
    let other = scene.invoice(1_000, "EUR").await;
    assert!(scene.pay(&other).await.body.contains("cannot be used for this invoice"));
    assert!(!scene.log().await.contains("sk_test_revoked"), "no secret in the log");
}
