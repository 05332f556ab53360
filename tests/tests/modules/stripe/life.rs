//! From the first payment to the module's end.

use caisson_storage::Db;
use caisson_storage::audit::{self, AuditFilter};
use caisson_storage::page::PageQuery;
use serde_json::json;

use super::super::package;
use super::{KEY, each_database, is};

#[tokio::test]
async fn its_whole_life() {
    each_database(async |mut scene| {
        let tested = scene.test_connection().await;
        let said = tested.expect(200).unwrap();
        assert!(said["message"].as_str().unwrap().contains("acct_1"), "{said}");

        let (invoice, session) = scene.paid(1_999).await;
        let shown = scene.shown(&invoice).await;
        let payment = &shown["transactions"][0];
        let intent = scene.stripe.with(|books| books.intent_of(&session)).unwrap();
        assert_eq!((&payment["reference"], &payment["fee_minor"]), (&json!(intent), &json!(54)));
        assert_eq!(payment["details"]["session"], json!(session));
        let asked = scene.stripe.with(|books| books.sessions.last().cloned()).unwrap();
        assert_eq!(
            (asked.reference.as_str(), asked.amount, asked.currency.as_str()),
            (invoice.as_str(), 1_999, "eur")
        );
        assert_eq!(
            asked.success_url,
            format!("{}/client/gateways/stripe/return/{invoice}", scene.panel.url())
        );
        assert_eq!(
            asked.cancel_url,
            format!("{}/client/gateways/stripe/cancel/{invoice}", scene.panel.url())
        );

        // The return says what the books say; nothing is asked for a second time.
        let before = scene.stripe.requests().len();
        assert!(scene.comes_back(&invoice, "return").await.body.contains("the invoice is paid"));
        assert_eq!(scene.stripe.requests().len(), before);
        let listed = scene.ada.open("/client/invoices").await.unwrap();
        assert!(listed.body.contains(&invoice) && listed.body.contains("19.99"), "{}", listed.body);
        assert_eq!(scene.pay(&invoice).await.status, 409, "a paid invoice takes no payment");

        // In parts, and what is left.
        let (status, body) = scene.refund(&invoice, 500).await;
        assert_eq!(status, 201, "{body}");
        assert!(body["refund"].as_str().unwrap().starts_with("re_"), "{body}");
        assert_eq!(scene.books(&invoice).await, is("paid", 1_999, 500, 0));
        assert_eq!(scene.refund(&invoice, 1_500).await.0, 422);
        assert_eq!(scene.refund(&invoice, 1_499).await.0, 201);
        assert_eq!(scene.books(&invoice).await, is("refunded", 1_999, 1_999, 0));
        assert_eq!(scene.stripe.with(|books| books.refunds.len()), 2);
        let db = Db::connect(&scene.panel.database_url(), 1).await.unwrap();
        let filter =
            AuditFilter { action: Some("invoice.refund-asked".to_owned()), ..AuditFilter::default() };
        let found = audit::page(&mut db.conn().await.unwrap(), &filter, &PageQuery::first(9)).await.unwrap();
        assert_eq!(found.total, 2);

        // To a next version and away, with what it kept.
        let next = package(KEY).edit("module.toml", "version = \"1.0.0\"", "version = \"1.0.1\"").unwrap();
        scene.module().install(&next).await;
        scene.module().act("activate").await;
        let again = scene.invoice(700, "EUR").await;
        scene.begin(&again).await;
        scene.module().act("deactivate").await;
        assert_eq!(scene.pay(&again).await.status, 404, "nobody pays through what does not serve");
        let kept = tempfile::tempdir().unwrap().keep();
        let output = kept.join("out").display().to_string();
        let told = scene.panel.caisson(&["module", "export", KEY, "--output", &output]).await.unwrap();
        assert!(told.contains("2 tables with 4 rows"), "{told}");
        let about = std::fs::read_to_string(format!("{output}/module.json")).unwrap();
        assert!(!about.contains(scene.stripe.key()), "{about}");
        let command = ["module", "delete", KEY, "--erase", "--confirm", "stripe"];
        scene.panel.caisson(&command).await.unwrap();
        assert_eq!(scene.books(&invoice).await.0, "refunded", "the books are the panel's");
        std::fs::remove_dir_all(kept).unwrap();
    })
    .await;
}
