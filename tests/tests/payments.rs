//! Money: invoices as payment modules see them, and what they may say of them, on both databases.

use caisson_storage::Db;
use caisson_storage::audit::{self, AuditFilter};
use caisson_storage::page::PageQuery;
use caisson_tests::support::till::Till;
use caisson_tests::support::{Api, Panel, each_database};
use serde_json::{Value, json};

async fn invoice(api: &Api, client: &str, minor: i64, more: Value) -> String {
    let mut new =
        json!({ "client_id": client, "currency": "EUR", "total_minor": minor, "description": "Hosting" });
    new.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let made = api.post("/invoices", &new).await.unwrap().expect(201).unwrap();
    made["id"].as_str().unwrap().to_owned()
}

async fn make_client(api: &Api) -> String {
    let client = json!({ "email": "client@example.com", "name": "Client", "currency": "EUR" });
    let made = api.post("/clients", &client).await.unwrap().expect(201).unwrap();
    made["id"].as_str().unwrap().to_owned()
}

async fn shown(api: &Api, invoice: &str) -> Value {
    api.get(&format!("/invoices/{invoice}")).await.unwrap().expect(200).unwrap()
}

/// Status, paid, refunded, due.
async fn books(api: &Api, invoice: &str) -> (String, i64, i64, i64) {
    let shown = shown(api, invoice).await;
    let minor = |key: &str| shown[key].as_i64().unwrap();
    let status = shown["status"].as_str().unwrap().to_owned();
    (status, minor("paid_minor"), minor("refunded_minor"), minor("due_minor"))
}

fn is(status: &str, paid: i64, refunded: i64, due: i64) -> (String, i64, i64, i64) {
    (status.to_owned(), paid, refunded, due)
}

fn pay(invoice: &str, transaction: &str, minor: i64) -> Value {
    json!({ "op": "pay", "invoice": invoice, "transaction": transaction, "minor": minor, "currency": "EUR" })
}

fn refund(transaction: &str, refund: &str, minor: i64) -> Value {
    json!({ "op": "refund", "transaction": transaction, "refund": refund, "minor": minor, "currency": "EUR" })
}

#[tokio::test]
async fn a_payment_counts_once_and_only_where_it_fits() {
    let _case = caisson_threats::case(42, "wrong amounts, currencies and states");
    each_database(async |panel, admin| {
        let api = &admin.api;
        let client = make_client(api).await;
        let till = Till::install(&panel, &admin, "till", &[]).await.unwrap();
        let one = invoice(api, &client, 1_999, json!({})).await;
        let other = invoice(api, &client, 1_999, json!({})).await;

        let seen = till.one(json!({ "op": "invoice", "invoice": one })).await.unwrap();
        assert_eq!(
            (&seen["status"], &seen["total"], &seen["due"]),
            (&json!("InvoiceStatus::Unpaid"), &json!(1_999), &json!(1_999))
        );
        assert_eq!(seen["email"], "client@example.com");

        // Nothing but what is due, in the invoice's currency.
        let mut wrong_fee = pay(&one, "t", 100);
        wrong_fee["fee"] = json!(101);
        let mut foreign = pay(&one, "t", 1_999);
        foreign["currency"] = json!("PLN");
        for (wrong, code) in [
            (pay(&one, "t", 2_000), 409),
            (foreign, 409),
            (wrong_fee, 409),
            (pay(&one, "t", 0), 422),
            (pay(&one, "t", -1_999), 422),
            (pay(&one, "", 1), 422),
            (pay("01a1fc93-2b24-7758-97df-36120d605173", "t", 1), 404),
        ] {
            let refused = till.one(wrong.clone()).await.unwrap();
            assert_eq!(refused["code"], code, "{wrong}: {refused}");
        }
        assert_eq!(books(api, &one).await, is("unpaid", 0, 0, 1_999));

        // Part by part, each once.
        let mut first = pay(&one, "t-1", 1_000);
        first["fee"] = json!(29);
        first["details"] = json!({ "card": "4242", "note": "till-signing-secret" });
        let answers = till.play(&[first.clone(), first, pay(&one, "t-2", 998)]).await.unwrap();
        assert_eq!(answers, ["recorded", "already-recorded", "recorded"]);
        assert_eq!(books(api, &one).await, is("unpaid", 1_998, 0, 1));
        for wrong in [pay(&one, "t-1", 999), pay(&other, "t-1", 1_000), pay(&one, "t-3", 2)] {
            let refused = till.one(wrong.clone()).await.unwrap();
            assert_eq!(refused["code"], 409, "{wrong}: {refused}");
        }
        assert_eq!(till.one(pay(&one, "t-3", 1)).await.unwrap(), "recorded");
        assert_eq!(books(api, &one).await, is("paid", 1_999, 0, 0));
        assert_eq!(till.one(pay(&one, "t-4", 1)).await.unwrap()["code"], 409);
        assert_eq!(till.one(pay(&one, "t-2", 998)).await.unwrap(), "already-recorded", "and still known");
        assert_eq!(books(api, &other).await, is("unpaid", 0, 0, 1_999));

        let shown = shown(api, &one).await;
        let of: Vec<_> =
            shown["transactions"].as_array().unwrap().iter().map(|one| &one["reference"]).collect();
        assert_eq!(of, ["t-1", "t-2", "t-3"]);
        let details = &shown["transactions"][0];
        assert_eq!((&details["fee_minor"], &details["details"]["card"]), (&json!(29), &json!("4242")));
        assert_eq!(details["details"]["note"], "***", "secrets stay out of the books");
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn refunds_never_come_to_more_than_was_paid() {
    let _case = caisson_threats::case(42, "refunds above the payment");
    each_database(async |panel, admin| {
        let api = &admin.api;
        let client = make_client(api).await;
        let till = Till::install(&panel, &admin, "till", &[]).await.unwrap();
        let one = invoice(api, &client, 1_000, json!({})).await;
        till.play(&[pay(&one, "t-1", 600), pay(&one, "t-2", 400)]).await.unwrap();

        for (wrong, code) in
            [(refund("t-1", "r", 601), 409), (refund("t-9", "r", 1), 404), (refund("t-1", "r", 0), 422)]
        {
            assert_eq!(till.one(wrong.clone()).await.unwrap()["code"], code, "{wrong}");
        }
        let answers = till.play(&[refund("t-1", "r-1", 599), refund("t-1", "r-1", 599)]).await.unwrap();
        assert_eq!(answers, ["recorded", "already-recorded"]);
        assert_eq!(books(api, &one).await, is("paid", 1_000, 599, 0));
        for wrong in [refund("t-1", "r-2", 2), refund("t-1", "r-1", 598), refund("t-2", "r-1", 599)] {
            assert_eq!(till.one(wrong.clone()).await.unwrap()["code"], 409, "{wrong}");
        }
        // Many at once: as many as there is money for.
        let many = (0..20).map(|n| till.one(refund("t-2", &format!("many-{n}"), 100)));
        let ended = futures::future::join_all(many).await;
        let recorded = ended.iter().filter(|one| one.as_ref().is_ok_and(|one| one == "recorded")).count();
        assert_eq!(recorded, 4, "{ended:?}");
        assert_eq!(books(api, &one).await, is("paid", 1_000, 999, 0));
        assert_eq!(till.one(refund("t-1", "r-3", 1)).await.unwrap(), "recorded");
        assert_eq!(books(api, &one).await, is("refunded", 1_000, 1_000, 0));
        assert_eq!(till.one(pay(&one, "t-3", 1)).await.unwrap()["code"], 409, "a refunded invoice is closed");

        // What was paid back of an open invoice is due again.
        let part = invoice(api, &client, 1_000, json!({})).await;
        till.play(&[pay(&part, "p-1", 300), refund("p-1", "p-r", 300)]).await.unwrap();
        assert_eq!(books(api, &part).await, is("unpaid", 300, 300, 1_000));
        assert_eq!(till.one(pay(&part, "p-2", 1_000)).await.unwrap(), "recorded");
        assert_eq!(books(api, &part).await, is("paid", 1_300, 300, 0));
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn a_gateway_sees_what_it_may_be_paid_for() {
    let _case = caisson_threats::case(36, "other gateways' invoices");
    each_database(async |panel, admin| {
        let api = &admin.api;
        let client = make_client(api).await;
        let till = Till::install(&panel, &admin, "till", &[]).await.unwrap();
        let rival = Till::install(&panel, &admin, "rival", &[]).await.unwrap();
        let see = |id: &str| json!({ "op": "invoice", "invoice": id });

        let draft = invoice(api, &client, 100, json!({ "draft": true })).await;
        assert_eq!(till.one(see(&draft)).await.unwrap()["code"], 404);
        assert_eq!(till.one(pay(&draft, "d", 100)).await.unwrap()["code"], 404);

        let paid = invoice(api, &client, 100, json!({})).await;
        assert_eq!(rival.one(see(&paid)).await.unwrap()["due"], 100, "whoever is chosen may be paid");
        till.one(pay(&paid, "t", 100)).await.unwrap();
        assert_eq!(till.one(see(&paid)).await.unwrap()["due"], 0);
        assert_eq!(rival.one(see(&paid)).await.unwrap()["code"], 404);
        // The same id of another gateway is another payment, and its money is not there to be paid back.
        assert_eq!(rival.one(refund("t", "r", 1)).await.unwrap()["code"], 404);
        let next = invoice(api, &client, 100, json!({})).await;
        assert_eq!(rival.one(pay(&next, "t", 100)).await.unwrap(), "recorded");

        let cancelled = invoice(api, &client, 100, json!({})).await;
        let cancel = |id: &str| format!("/invoices/{id}/cancel");
        api.post(&cancel(&cancelled), &json!({})).await.unwrap().expect(204).unwrap();
        assert_eq!(till.one(see(&cancelled)).await.unwrap()["code"], 404);
        let late = till.one(pay(&cancelled, "late", 100)).await.unwrap();
        assert_eq!(
            late["message"], "The invoice takes no payment now.",
            "the money is there, so it is told why"
        );
        assert_eq!(books(api, &cancelled).await, is("cancelled", 0, 0, 0));
        assert_eq!(api.post(&cancel(&paid), &json!({})).await.unwrap().status, 409);

        // A failure is a note, told once, that unpays nothing.
        let fail = json!({ "op": "fail", "invoice": paid, "transaction": "f", "reason": "no funds" });
        let answers = till.play(&[fail.clone(), fail]).await.unwrap();
        assert_eq!(answers, ["recorded", "already-recorded"]);
        let elsewhere = json!({ "op": "fail", "invoice": next, "transaction": "f", "reason": "no funds" });
        assert_eq!(till.one(elsewhere).await.unwrap()["code"], 409);
        assert_eq!(books(api, &paid).await, is("paid", 100, 0, 0));
        assert_eq!(shown(api, &paid).await["transactions"][1]["details"]["reason"], "no funds");
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn what_a_transaction_undoes_was_never_paid() {
    each_database(async |panel, admin| {
        let client = make_client(&admin.api).await;
        let till = Till::install(&panel, &admin, "till", &[]).await.unwrap();
        let one = invoice(&admin.api, &client, 100, json!({})).await;
        let then = |ends: Value| {
            let steps = json!([pay(&one, "t", 100), { "op": "entered" }, ends]);
            json!({ "op": "transaction", "do": { "op": "all", "do": steps } })
        };
        let undone = till.one(then(json!({ "op": "problem", "message": "on purpose" }))).await.unwrap();
        assert_eq!(undone["message"], "on purpose");
        assert!(till.play(&[then(json!({ "op": "crash" }))]).await.is_err());
        assert_eq!(books(&admin.api, &one).await, is("unpaid", 0, 0, 100));
        // What is refused within a transaction leaves the rest of it whole.
        let refused = json!({ "op": "try", "do": pay(&one, "more", 101) });
        let kept = till.one(then(refused)).await.unwrap();
        assert_eq!((&kept[0], &kept[2]["code"]), (&json!("recorded"), &json!(409)));
        assert_eq!(books(&admin.api, &one).await, is("paid", 100, 0, 0));
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn invoices_are_numbered_without_gaps_and_checked() {
    each_database(async |_panel, admin| {
        let api = &admin.api;
        let client = make_client(api).await;
        let made = futures::future::join_all((0..20).map(|_| invoice(api, &client, 100, json!({})))).await;
        let mut numbers = Vec::new();
        for id in &made {
            numbers
                .push(shown(api, id).await["number"].as_str().unwrap().split_once('-').unwrap().1.to_owned());
        }
        numbers.sort();
        let expected: Vec<_> = (1..=20).map(|n| format!("{n:05}")).collect();
        assert_eq!(numbers, expected);
        let wrong = json!({ "client_id": client, "currency": "euro", "total_minor": 0, "description": " " });
        let refused = api.post("/invoices", &wrong).await.unwrap().expect(422).unwrap();
        let fields: Vec<_> = refused["errors"].as_array().unwrap().iter().map(|one| &one["field"]).collect();
        assert_eq!(fields, ["currency", "total_minor", "description"]);
        let nobody = json!({ "client_id": made[0], "currency": "EUR", "total_minor": 1, "description": "x" });
        let refused = api.post("/invoices", &nobody).await.unwrap().expect(422).unwrap();
        assert_eq!(refused["errors"][0]["field"], "client_id");
        let page = api.get(&format!("/invoices?client={client}&limit=5")).await.unwrap().expect(200).unwrap();
        assert_eq!((page["items"].as_array().unwrap().len(), &page["total"]), (5, &json!(20)));
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn what_money_did_stands_in_the_audit_log() {
    let panel = Panel::start().await.unwrap();
    let admin = panel.admin().await.unwrap();
    let client = make_client(&admin.api).await;
    let till = Till::install(&panel, &admin, "till", &[]).await.unwrap();
    let one = invoice(&admin.api, &client, 1_999, json!({})).await;
    let fail = json!({ "op": "fail", "invoice": one, "transaction": "f", "reason": "no funds" });
    till.play(&[fail, pay(&one, "t", 1_999), pay(&one, "t", 1_999), refund("t", "r", 500)]).await.unwrap();

    let file = panel.data_dir().parent().unwrap().join("panel.db");
    let db = Db::connect(&format!("sqlite://{}", file.display()), 1).await.unwrap();
    let mut conn = db.conn().await.unwrap();
    let of = AuditFilter { subject: Some(one), ..AuditFilter::default() };
    let page = audit::page(&mut conn, &of, &PageQuery::default()).await.unwrap();
    let told: Vec<_> = page
        .items
        .iter()
        .rev()
        .map(|entry| (entry.actor.as_str(), entry.action.as_str(), entry.detail["amount"].as_str()))
        .collect();
    assert_eq!(
        told,
        [
            ("admin@example.com", "invoice.create", None),
            ("payment/till", "invoice.payment-failed", None),
            ("payment/till", "invoice.payment", Some("19.99 EUR")),
            ("payment/till", "invoice.refund", Some("5.00 EUR")),
        ]
    );
    assert_eq!(audit::verify(&mut conn).await.unwrap(), None);
}
