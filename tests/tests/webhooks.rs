//! Callbacks of gateways: forged, stale, repeated, in the wrong order and a hundred at once.

use std::time::Duration;

use caisson_tests::support::signed::{now, sign};
use caisson_tests::support::till::{self, SECRET, Till};
use caisson_tests::support::{Admin, Panel, Postgres, until};
use reqwest::Method;
use serde_json::{Value, json};

const SOON: Duration = Duration::from_secs(90);

struct Scene {
    panel: Panel,
    admin: Admin,
    client: String,
}

impl Scene {
    async fn on(database: Option<&str>) -> Self {
        let panel = Panel::builder().database(database.map(str::to_owned)).start().await.unwrap();
        let admin = panel.admin().await.unwrap();
        let client = json!({ "email": "client@example.com", "name": "Client", "currency": "EUR" });
        let made = admin.api.post("/clients", &client).await.unwrap().expect(201).unwrap();
        Self { client: made["id"].as_str().unwrap().to_owned(), panel, admin }
    }

    async fn till(&self, name: &str, edits: &[(&str, &str)]) -> Till {
        Till::install(&self.panel, &self.admin, name, edits).await.unwrap()
    }

    async fn invoice(&self, minor: i64) -> String {
        let new = json!({
            "client_id": self.client, "currency": "EUR", "total_minor": minor, "description": "Hosting",
        });
        let made = self.admin.api.post("/invoices", &new).await.unwrap().expect(201).unwrap();
        made["id"].as_str().unwrap().to_owned()
    }

    async fn shown(&self, invoice: &str) -> Value {
        self.admin.api.get(&format!("/invoices/{invoice}")).await.unwrap().expect(200).unwrap()
    }
}

fn pay(invoice: &str, transaction: &str, minor: i64) -> Value {
    json!({ "op": "pay", "invoice": invoice, "transaction": transaction, "minor": minor, "currency": "EUR" })
}

fn told(step: Value) -> Value {
    json!({ "steps": [step] })
}

/// The manifest's scheme, to be replaced by another.
const SCHEME: &str = "scheme = \"hmac-sha256\"\nsecret = \"signing_secret\"\nsignature_header = \"x-till-signature\"\n\
                      timestamp_header = \"x-till-time\"";

#[tokio::test]
async fn a_hundred_copies_at_once_are_one_credit() {
    let _case = caisson_threats::case(41, "a hundred copies at once").times(100);
    let postgres = Postgres::shared().unwrap().create_database().unwrap();
    for database in [None, Some(postgres.as_str())] {
        let scene = Scene::on(database).await;
        let till = scene.till("till", &[]).await;
        let invoice = scene.invoice(1_999).await;
        let (body, at) = (told(pay(&invoice, "t-1", 1_999)).to_string(), now());
        let ended = futures::future::join_all((0..100).map(|_| till.call_at(&body, at))).await;
        for busy in ended.iter().flatten().filter(|one| one.status == 503) {
            assert_eq!(busy.headers["retry-after"], "5");
        }
        let all_of = |status: u16| vec![status; 100];
        assert_eq!(repeated((0..100).map(|_| (body.clone(), at)), &till).await, all_of(200));
        assert_eq!(till.entered().await.unwrap(), 1);

        // Different times are different deliveries of the same payment: all enter, and one credits.
        assert_eq!(repeated((0..100).map(|n| (body.clone(), at - n)), &till).await, all_of(200));
        let shown = scene.shown(&invoice).await;
        assert_eq!((&shown["status"], &shown["paid_minor"]), (&json!("paid"), &json!(1_999)));
        assert_eq!(shown["transactions"].as_array().unwrap().len(), 1);

        // A hundred payments that together are twice what is due: as many as fit, and not a cent more.
        let other = scene.invoice(5_000).await;
        let parts = (0..100).map(|n| (told(pay(&other, &format!("part-{n}"), 100)).to_string(), at));
        let ended = repeated(parts, &till).await;
        let shown = scene.shown(&other).await;
        assert_eq!((&shown["status"], &shown["paid_minor"]), (&json!("paid"), &json!(5_000)));
        assert_eq!(ended.iter().filter(|status| **status == 200).count(), 50, "{ended:?}");
        assert_eq!(ended.iter().filter(|status| **status == 409).count(), 50, "{ended:?}");
    }
}

/// Makes calls all at once, and each again while the panel asks to be asked later, as a gateway does. How each ended.
async fn repeated(calls: impl Iterator<Item = (String, u64)>, till: &Till) -> Vec<u16> {
    let ended = calls.map(|(body, at)| async move {
        let answered = until(SOON, "an answer that is final", async || {
            let status = till.call_at(&body, at).await.ok()?.status;
            (status < 500 && status != 429).then_some(status)
        });
        answered.await.unwrap()
    });
    futures::future::join_all(ended).await
}

#[tokio::test]
async fn what_is_forged_or_stale_never_enters() {
    let _case = caisson_threats::case(41, "forged and stale webhooks");
    let scene = Scene::on(None).await;
    let till = scene.till("till", &[]).await;
    let invoice = scene.invoice(100).await;
    let body = told(pay(&invoice, "t-1", 100)).to_string();
    let time = now().to_string();
    let good = sign(SECRET, &[time.as_bytes(), b".", body.as_bytes()]);
    let forged = sign("guess", &[time.as_bytes(), b".", body.as_bytes()]);
    let empty = sign("", &[time.as_bytes(), b".", body.as_bytes()]);
    let other = body.replace("100", "1");
    for (what, headers, body, status) in [
        (
            "another's secret",
            vec![("x-till-time", time.as_str()), ("x-till-signature", forged.as_str())],
            &body,
            401,
        ),
        ("an empty secret", vec![("x-till-time", &time), ("x-till-signature", &empty)], &body, 401),
        ("another body", vec![("x-till-time", &time), ("x-till-signature", &good)], &other, 401),
        ("another time", vec![("x-till-time", "1"), ("x-till-signature", &good)], &body, 401),
        ("no time", vec![("x-till-signature", &good)], &body, 400),
        ("no signature", vec![("x-till-time", &time)], &body, 400),
        ("nonsense", vec![("x-till-time", &time), ("x-till-signature", "zz")], &body, 400),
        ("nothing", vec![], &String::new(), 400),
    ] {
        let refused = till.send(Method::POST, "", &headers, body).await.unwrap();
        assert_eq!(refused.status, status, "{what}: {refused:?}");
        assert!(!refused.body.to_string().contains(&good), "{what}");
    }
    for (seconds, status) in [(-310, 401), (310, 401), (-290, 200)] {
        let at = now().checked_add_signed(seconds).unwrap();
        let answered = till.call_at(&told(json!({ "op": "entered" })).to_string(), at).await.unwrap();
        assert_eq!(answered.status, status, "{seconds}: {answered:?}");
    }
    assert_eq!(till.entered().await.unwrap(), 1, "only the one of 290 seconds ago");

    // While no secret is set, nothing is let in, whatever it is signed with.
    till.configure(&json!({ "signing_secret": null })).await.unwrap();
    for signature in [&good, &empty] {
        let headers = [("x-till-time", time.as_str()), ("x-till-signature", signature)];
        assert_eq!(till.send(Method::POST, "", &headers, &body).await.unwrap().status, 401);
    }
    assert_eq!(scene.shown(&invoice).await["paid_minor"], 0);
    let nowhere = reqwest::get(format!("{}/webhooks/payment/other", scene.panel.url())).await.unwrap();
    assert_eq!(nowhere.status(), 404);
    let metrics = reqwest::get(format!("{}/metrics", scene.panel.url())).await.unwrap().text().await.unwrap();
    let counted =
        metrics.lines().find(|line| line.contains("caisson_webhooks_total") && line.contains("refused"));
    assert!(counted.is_some_and(|line| line.ends_with(" 12")), "{counted:?}");
    assert!(scene.panel.logs().contains("a webhook was refused"));
}

#[tokio::test]
async fn a_delivery_is_processed_once_and_only_where_it_succeeded() {
    let _case = caisson_threats::case(41, "replayed and reordered webhooks");
    let scene = Scene::on(None).await;
    let till = scene.till("till", &[]).await;
    let at = now();
    // What failed is let in again, however it failed.
    for (step, status) in [
        (json!({ "op": "crash" }), 502),
        (json!({ "op": "problem", "message": "later" }), 503),
        (pay("01a1fc93-2b24-7758-97df-36120d605173", "t", 1), 404),
    ] {
        let before = till.entered().await.unwrap();
        for _ in 0..2 {
            let answered = till.call_at(&told(step.clone()).to_string(), at).await.unwrap();
            assert_eq!(answered.status, status, "{step}: {answered:?}");
        }
        let entered = till.entered().await.unwrap() - before;
        assert_eq!(entered, 2, "{step}");
    }
    let unhappy = json!({ "status": 500 }).to_string();
    let before = till.entered().await.unwrap();
    for _ in 0..2 {
        assert_eq!(till.call_at(&unhappy, at).await.unwrap().status, 500);
    }
    assert_eq!(till.entered().await.unwrap(), before + 2);

    // A payment that came before its invoice could take it succeeds when it is repeated, and then no more.
    let draft = json!({
        "client_id": scene.client, "currency": "EUR", "total_minor": 300, "description": "Hosting",
    });
    let invoice = scene.invoice(300).await;
    let body = told(pay(&invoice, "t-2", 100)).to_string();
    let before = till.entered().await.unwrap();
    let first = till.call_at(&body, at).await.unwrap();
    assert_eq!((first.status, &first.body["answers"]), (200, &json!(["recorded"])));
    let again = till.call_at(&body, at).await.unwrap();
    assert_eq!((again.status, again.body), (200, json!("This was processed before.")));
    assert_eq!(till.entered().await.unwrap(), before + 1);
    assert_eq!(scene.admin.api.post("/invoices", &draft).await.unwrap().status, 201);

    // A copy with other headers and another query is the same delivery.
    let time = at.to_string();
    let signature = sign(SECRET, &[time.as_bytes(), b".", body.as_bytes()]);
    let headers = [("x-till-time", time.as_str()), ("x-till-signature", &signature), ("x-delivery", "new")];
    let copied = till.send(Method::POST, "?token=other", &headers, &body).await.unwrap();
    assert_eq!(copied.body, "This was processed before.");

    // The refund's callback comes before the payment's: it is told to come again, and then does.
    let refund = told(
        json!({ "op": "refund", "transaction": "t-3", "refund": "r-3", "minor": 50, "currency": "EUR" }),
    );
    assert_eq!(till.call_at(&refund.to_string(), at).await.unwrap().status, 404);
    assert_eq!(till.call_at(&told(pay(&invoice, "t-3", 200)).to_string(), at).await.unwrap().status, 200);
    assert_eq!(till.call_at(&refund.to_string(), at).await.unwrap().status, 200);
    let shown = scene.shown(&invoice).await;
    assert_eq!((&shown["status"], &shown["refunded_minor"]), (&json!("paid"), &json!(50)));
}

#[tokio::test]
async fn the_panel_and_the_module_keep_their_secrets_apart() {
    let _case = caisson_threats::case(45, "secrets in webhooks").and(35);
    let scene = Scene::on(None).await;
    let till = scene.till("till", &[]).await;
    let body = json!({}).to_string();
    let time = now().to_string();
    let signature = sign(SECRET, &[time.as_bytes(), b".", body.as_bytes()]);
    let bearer = format!("Bearer {}", scene.admin.api.token());
    let headers = [
        ("x-till-time", time.as_str()),
        ("x-till-signature", &signature),
        ("cookie", "__Host-session=abc"),
        ("authorization", &bearer),
        ("x-forwarded-for", "192.0.2.1"),
    ];
    let answered = till.send(Method::POST, "?token=abc", &headers, &body).await.unwrap();
    let seen = &answered.body;
    assert_eq!(seen["verification"], "verified");
    assert_eq!(seen["query"], "abc");
    let passed = seen["headers"].to_string();
    assert!(passed.contains("x-till-signature"), "{passed}");
    for kept in ["cookie", "authorization", "x-forwarded-for", "host"] {
        assert!(!passed.contains(&format!("\"{kept}\"")), "{passed}");
    }
    let gateway = &seen["gateway"];
    assert_eq!(gateway["settings"], json!({ "merchant": "m-1", "script": "" }), "no secret, set or not");
    assert_eq!(gateway["webhook_url"], format!("{}/webhooks/payment/till", scene.panel.url()));
    let id: uuid::Uuid = gateway["id"].as_str().unwrap().parse().unwrap();
    let again = till.call(&json!({ "status": 202 })).await.unwrap();
    assert_eq!((again.status, &again.body["gateway"]["id"]), (202, &json!(id.to_string())));

    assert!(answered.headers.get("set-cookie").is_none(), "{:?}", answered.headers);
    assert_eq!(answered.headers["x-correlation-id"], "till-1");
    assert_ne!(answered.headers["x-request-id"], "till-2", "the panel's own id");
    let page = till.call(&json!({ "answer": "html" })).await.unwrap();
    assert_eq!(
        page.headers["content-type"], "application/octet-stream",
        "the panel's origin shows no module's markup"
    );
    assert!(page.headers["content-security-policy"].to_str().unwrap().contains("default-src 'none'"));
    assert_eq!(till.call(&json!({ "answer": "redirect" })).await.unwrap().status, 502);
    let large = format!("\"{}\"", "x".repeat(1024 * 1024));
    assert_eq!(till.call_at(&large, now()).await.unwrap().status, 413);
}

#[tokio::test]
async fn each_scheme_is_the_manifests_to_choose() {
    let scene = Scene::on(None).await;
    // Nobody verified: the module is told, and asked every time.
    let open = scene.till("open", &[("[webhook]\n", ""), (SCHEME, "")]).await;
    for _ in 0..2 {
        let answered = open.send(Method::GET, "?token=t", &[], "").await.unwrap();
        assert_eq!(
            (&answered.body["verification"], &answered.body["query"]),
            (&json!("undeclared"), &json!("t"))
        );
    }
    assert_eq!(open.entered().await.unwrap(), 2);

    // Basic proves who calls: by GET too, and each thing said is another delivery.
    let basic = "scheme = \"basic\"\nuser = \"gate\"\nsecret = \"signing_secret\"";
    let basic = scene.till("basic", &[(SCHEME, basic)]).await;
    let right = ("authorization", "Basic Z2F0ZTp0aWxsLXNpZ25pbmctc2VjcmV0");
    assert_eq!(basic.send(Method::GET, "?token=1", &[], "").await.unwrap().status, 400);
    let wrong = ("authorization", "Basic Z2F0ZTpndWVzcw==");
    assert_eq!(basic.send(Method::GET, "?token=1", &[wrong], "").await.unwrap().status, 401);
    for (query, entered) in [("?token=1", 1), ("?token=1", 1), ("?token=2", 2)] {
        assert_eq!(basic.send(Method::GET, query, &[right], "").await.unwrap().status, 200);
        assert_eq!(basic.entered().await.unwrap(), entered, "{query}");
    }

    // Stripe's events are known by their own id, whenever they are sent.
    let stripe = "scheme = \"stripe\"\nsecret = \"signing_secret\"";
    let stripe = scene.till("stripe", &[(SCHEME, stripe)]).await;
    for (event, at, entered) in [("evt_1", now(), 1), ("evt_1", now() - 60, 1), ("evt_2", now(), 2)] {
        let body = json!({ "id": event, "steps": [] }).to_string();
        let signature = sign(SECRET, &[at.to_string().as_bytes(), b".", body.as_bytes()]);
        let header = format!("t={at},v1={signature}");
        let answered = stripe.send(Method::POST, "", &[("stripe-signature", &header)], &body).await.unwrap();
        assert_eq!(answered.status, 200, "{answered:?}");
        assert_eq!(stripe.entered().await.unwrap(), entered, "{event} at {at}");
    }

    // And a manifest that declares one for anything but a payment module is no module's.
    let wrong = till::package("wrong", &[("type = \"payment\"", "type = \"plugin\"")]).unwrap();
    let refused = scene.admin.api.upload_bytes("/modules", "package", "x.caisson", wrong).await.unwrap();
    assert_eq!(refused.status, 422);
    assert!(refused.body.to_string().contains("takes no payments"), "{}", refused.body);
}
