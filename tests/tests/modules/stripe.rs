//! The stripe module over HTTP on both databases, with a Stripe that works, and one that does not.

use caisson_storage::Db;
use caisson_storage::audit::{self, AuditFilter};
use caisson_storage::page::PageQuery;
use caisson_tests::fakes::{Fault, Rule, Stripe, WEBHOOK_SECRET};
use caisson_tests::support::archive::Archive;
use caisson_tests::support::signed::now;
use caisson_tests::support::{Admin, Page, Panel, Postgres, Reply, Visitor, modules, until};
use serde_json::{Value, json};

use super::SOON;

const MODULE: &str = "payment/stripe";
const CLIENT: (&str, &str) = ("ada@example.com", "correct horse battery");
const COMPLETED: &str = "checkout.session.completed";

struct Scene {
    panel: Panel,
    admin: Admin,
    stripe: Stripe,
    client: String,
    ada: Visitor,
}

async fn each_database(test: impl AsyncFn(Scene)) {
    let postgres = Postgres::shared().unwrap().create_database().unwrap();
    for database in [None, Some(postgres)] {
        test(Scene::on(database).await).await;
    }
}

impl Scene {
    async fn on(database: Option<String>) -> Self {
        let stripe = Stripe::start().await.unwrap();
        let package = modules::package(MODULE).unwrap();
        let builder = Panel::builder().allow_private(stripe.address()).database(database);
        let panel = builder.start().await.unwrap();
        let admin = panel.admin().await.unwrap();
        panel.caisson(&["module", "install", package.to_str().unwrap()]).await.unwrap();
        let client = json!({ "email": CLIENT.0, "name": "Ada", "password": CLIENT.1, "currency": "EUR" });
        let made = admin.api.post("/clients", &client).await.unwrap().expect(201).unwrap();
        let client = made["id"].as_str().unwrap().to_owned();
        let mut ada = panel.visitor().unwrap();
        ada.open("/client/login").await.unwrap();
        let entered =
            ada.submit("/client/login", &[("email", CLIENT.0), ("password", CLIENT.1)]).await.unwrap();
        assert_eq!(entered.path, "/client/services");
        let scene = Self { panel, admin, stripe, client, ada };
        scene.set_up().await;
        scene
    }

    async fn set_up(&self) {
        let api = &self.admin.api;
        api.post(&at("activate"), &json!({})).await.unwrap().expect(409).unwrap();
        let shown = api.get(&format!("/modules/{MODULE}")).await.unwrap().expect(200).unwrap();
        let asked = shown["requests"].as_array().unwrap();
        assert!(asked.iter().all(|one| one["risk"] != "high" || one["id"] == "payments"), "{asked:?}");
        let granted: Vec<&Value> = asked.iter().map(|one| &one["id"]).collect();
        api.put(&at("grants"), &json!({ "grants": granted })).await.unwrap().expect(204).unwrap();
        self.configure(self.stripe.key()).await;
        api.post(&at("activate"), &json!({})).await.unwrap().expect(204).unwrap();
    }

    async fn configure(&self, key: &str) {
        let form =
            json!({ "api_base": self.stripe.url(), "secret_key": key, "webhook_secret": WEBHOOK_SECRET });
        self.admin.api.put(&at("settings"), &form).await.unwrap().expect(204).unwrap();
    }

    async fn invoice(&self, minor: i64, currency: &str) -> String {
        let new = json!({
            "client_id": self.client, "currency": currency, "total_minor": minor, "description": "Cloud server M",
        });
        let made = self.admin.api.post("/invoices", &new).await.unwrap().expect(201).unwrap();
        made["id"].as_str().unwrap().to_owned()
    }

    /// The client asks to pay; what is shown.
    async fn pay(&mut self, invoice: &str) -> Page {
        self.ada.open(&format!("/client/invoices/{invoice}")).await.unwrap();
        self.ada.submit(&format!("/client/invoices/{invoice}/pay/stripe"), &[]).await.unwrap()
    }

    /// The same, to a page of Stripe; the session there.
    async fn begin(&mut self, invoice: &str) -> String {
        let shown = self.pay(invoice).await;
        let session = self.stripe.session();
        let link = format!("https://checkout.stripe.com/c/pay/{session}");
        assert!(
            shown.status == 200 && shown.text().contains(&link),
            "{}\n{}",
            shown.text(),
            self.panel.logs()
        );
        session
    }

    /// The client comes back by an address of the session, in this panel.
    async fn comes_back(&mut self, invoice: &str, page: &str) -> Page {
        let back = self.ada.open(&format!("/client/gateways/stripe/{page}/{invoice}")).await.unwrap();
        assert_eq!((back.status, back.path.as_str()), (200, format!("/client/invoices/{invoice}").as_str()));
        back
    }

    fn webhook(&self) -> String {
        format!("{}/webhooks/payment/stripe", self.panel.url())
    }

    async fn tell(&self, kind: &str, object: &str) -> u16 {
        let event = self.stripe.event(kind, object);
        self.stripe.deliver(&self.webhook(), &event, now()).await.unwrap().0
    }

    async fn shown(&self, invoice: &str) -> Value {
        self.admin.api.get(&format!("/invoices/{invoice}")).await.unwrap().expect(200).unwrap()
    }

    /// Status, paid, refunded, due.
    async fn books(&self, invoice: &str) -> (String, i64, i64, i64) {
        let shown = self.shown(invoice).await;
        let minor = |key: &str| shown[key].as_i64().unwrap();
        let status = shown["status"].as_str().unwrap().to_owned();
        (status, minor("paid_minor"), minor("refunded_minor"), minor("due_minor"))
    }

    async fn refund(&self, invoice: &str, minor: i64) -> (u16, Value) {
        let shown = self.shown(invoice).await;
        let of =
            shown["transactions"].as_array().unwrap().iter().find(|one| one["kind"] == "payment").unwrap();
        let body = json!({ "transaction": of["reference"], "amount_minor": minor });
        let reply = self.admin.api.post(&format!("/invoices/{invoice}/refunds"), &body).await.unwrap();
        (reply.status, reply.body)
    }

    async fn reconcile(&self, invoice: &str) -> u16 {
        let body = json!({ "gateway": "stripe" });
        self.admin.api.post(&format!("/invoices/{invoice}/reconcile"), &body).await.unwrap().status
    }

    /// A paid invoice, and the session that it was paid by.
    async fn paid(&mut self, minor: i64) -> (String, String) {
        let invoice = self.invoice(minor, "EUR").await;
        let session = self.begin(&invoice).await;
        self.stripe.with(|books| books.pay(&session));
        assert_eq!(self.tell(COMPLETED, &session).await, 200, "{}", self.panel.logs());
        assert_eq!(self.books(&invoice).await, is("paid", minor, 0, 0));
        (invoice, session)
    }

    async fn test_connection(&self) -> Reply {
        let form = json!({ "api_base": self.stripe.url() });
        self.admin.api.post(&at("test-connection"), &form).await.unwrap()
    }

    async fn log(&self) -> String {
        self.admin.api.get(&at("log")).await.unwrap().expect(200).unwrap().to_string()
    }
}

fn at(resource: &str) -> String {
    format!("/modules/{MODULE}/{resource}")
}

fn is(status: &str, paid: i64, refunded: i64, due: i64) -> (String, i64, i64, i64) {
    (status.to_owned(), paid, refunded, due)
}

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
        let next = Archive::open(&modules::package(MODULE).unwrap()).unwrap();
        let next =
            next.edit("module.toml", "version = \"1.0.0\"", "version = \"1.0.1\"").unwrap().bytes().unwrap();
        let api = &scene.admin.api;
        api.upload_bytes("/modules", "package", "stripe.caisson", next).await.unwrap().expect(201).unwrap();
        api.post(&at("activate"), &json!({})).await.unwrap().expect(204).unwrap();
        let again = scene.invoice(700, "EUR").await;
        scene.begin(&again).await;
        let api = &scene.admin.api;
        api.post(&at("deactivate"), &json!({})).await.unwrap().expect(204).unwrap();
        assert_eq!(scene.pay(&again).await.status, 404, "nobody pays through what does not serve");
        let kept = tempfile::tempdir().unwrap().keep();
        let output = kept.join("out").display().to_string();
        let told = scene.panel.caisson(&["module", "export", MODULE, "--output", &output]).await.unwrap();
        assert!(told.contains("2 tables with 4 rows"), "{told}");
        let about = std::fs::read_to_string(format!("{output}/module.json")).unwrap();
        assert!(!about.contains(scene.stripe.key()), "{about}");
        let command = ["module", "delete", MODULE, "--erase", "--confirm", "stripe"];
        scene.panel.caisson(&command).await.unwrap();
        assert_eq!(scene.books(&invoice).await.0, "refunded", "the books are the panel's");
        std::fs::remove_dir_all(kept).unwrap();
    })
    .await;
}

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

        // An answer that was lost on the way: the next try gets the same session.
        let lost = scene.invoice(600, "EUR").await;
        let opened = scene.stripe.with(|books| books.sessions.len());
        scene.stripe.arm(Rule::from(Fault::CutMidBody).on("POST", "/sessions").times(2));
        assert!(scene.pay(&lost).await.body.contains("Try again in a minute"));
        scene.stripe.heal();
        scene.begin(&lost).await;
        assert_eq!(scene.stripe.with(|books| books.sessions.len()), opened + 1);

        // The same for money that goes back.
        let (invoice, _) = scene.paid(1_200).await;
        scene.stripe.arm(Rule::from(Fault::CutMidBody).on("POST", "/refunds").times(2));
        assert_eq!(scene.refund(&invoice, 200).await.0, 502);
        scene.stripe.heal();
        assert_eq!(scene.refund(&invoice, 200).await.0, 201);
        assert_eq!(scene.stripe.with(|books| books.refunds.len()), 1);
        assert_eq!(scene.books(&invoice).await, is("paid", 1_200, 200, 0));
        let at_once = futures::future::join(scene.refund(&invoice, 100), scene.refund(&invoice, 100)).await;
        let made = scene.stripe.with(|books| books.refunds.len());
        let done = [at_once.0.0, at_once.1.0].iter().filter(|status| **status == 201).count();
        assert!(done >= 1 && made <= 1 + done, "{at_once:?}");
        assert_eq!(scene.books(&invoice).await.2, 200 + 100 * i64::try_from(made - 1).unwrap());

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

#[tokio::test]
async fn a_stripe_in_trouble_is_told_from_a_payment_that_failed() {
    let mut scene = Scene::on(None).await;
    let invoice = scene.invoice(1_000, "EUR").await;
    for fault in [
        Fault::Down,
        Fault::Rubbish,
        Fault::Status { code: 500, retry_after: None },
        Fault::Status { code: 429, retry_after: Some(9) },
        Fault::CutMidBody,
    ] {
        scene.stripe.arm(fault);
        let shown = scene.pay(&invoice).await;
        assert!(
            shown.status == 200 && shown.body.contains("Try again in a minute"),
            "{fault:?}: {}",
            shown.body
        );
        assert!(!shown.body.contains("checkout.stripe.com"), "{fault:?}");
        scene.stripe.heal();
    }
    let session = scene.begin(&invoice).await;
    scene.stripe.with(|books| books.pay(&session));
    for fault in
        [Fault::Down, Fault::Rubbish, Fault::Status { code: 500, retry_after: None }, Fault::CutMidBody]
    {
        scene.stripe.arm(fault);
        let status = scene.tell(COMPLETED, &session).await;
        assert!((500..600).contains(&status), "{fault:?}: Stripe is to come again, not {status}");
        let back = scene.comes_back(&invoice, "return").await;
        assert!(back.body.contains("could not find out yet"), "{fault:?}: {}", back.body);
        assert_eq!(scene.books(&invoice).await, is("unpaid", 0, 0, 1_000), "{fault:?}");
        scene.stripe.heal();
    }
    let late = scene.stripe.event(COMPLETED, &session);
    scene.stripe.arm(Fault::AnswerLate { ms: 7_000 });
    let status = scene.stripe.deliver(&scene.webhook(), &late, now()).await.unwrap().0;
    assert!((500..600).contains(&status), "{status}");
    scene.stripe.heal();
    assert_eq!(scene.stripe.deliver(&scene.webhook(), &late, now()).await.unwrap().0, 200);
    assert_eq!(scene.books(&invoice).await, is("paid", 1_000, 0, 0));

    // What is wrong for good says so: to the client that it does not work, to staff why.
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

#[tokio::test]
async fn an_invoice_is_its_clients_alone() {
    let _case = caisson_threats::case(35, "another client's invoice and its way back");
    let mut scene = Scene::on(None).await;
    let other = json!({ "email": "eve@example.com", "name": "Eve", "currency": "EUR" });
    let eve = scene.admin.api.post("/clients", &other).await.unwrap().expect(201).unwrap();
    let new = json!({ "client_id": eve["id"], "currency": "EUR", "total_minor": 100, "description": "Hers" });
    let made = scene.admin.api.post("/invoices", &new).await.unwrap().expect(201).unwrap();
    let hers = made["id"].as_str().unwrap();
    let mut draft = new.clone();
    (draft["client_id"], draft["draft"]) = (json!(scene.client), json!(true));
    let draft = scene.admin.api.post("/invoices", &draft).await.unwrap().expect(201).unwrap();
    for invoice in [hers, draft["id"].as_str().unwrap()] {
        assert_eq!(scene.ada.open(&format!("/client/invoices/{invoice}")).await.unwrap().status, 404);
        let back = format!("/client/gateways/stripe/return/{invoice}");
        assert_eq!(scene.ada.open(&back).await.unwrap().status, 404);
        scene.ada.open("/client/invoices").await.unwrap();
        let paying = format!("/client/invoices/{invoice}/pay/stripe");
        assert_eq!(scene.ada.submit(&paying, &[]).await.unwrap().status, 404);
    }
    let own = scene.invoice(100, "EUR").await;
    scene.ada.open(&format!("/client/invoices/{own}")).await.unwrap();
    let nowhere = scene.ada.submit(&format!("/client/invoices/{own}/pay/nothing"), &[]).await.unwrap();
    assert_eq!(nowhere.status, 404);
    let mut stranger = scene.panel.visitor().unwrap();
    let back = stranger.open(&format!("/client/gateways/stripe/return/{own}")).await.unwrap();
    assert!(back.path.starts_with("/client/login?next="), "{}", back.path);
    assert!(scene.stripe.requests().is_empty());
}
