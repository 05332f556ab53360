//! The stripe module over HTTP on both databases, with a Stripe that works, and one that does not.

mod access;
mod amounts;
mod callbacks;
mod life;
mod once;
mod troubles;

use caisson_tests::fakes::{Stripe, WEBHOOK_SECRET};
use caisson_tests::support::archive::Archive;
use caisson_tests::support::signed::now;
use caisson_tests::support::{Admin, Page, Panel, Reply, Visitor};
use serde_json::{Value, json};

use super::{Module, id, on_both, package, panel};

const KEY: &str = "payment/stripe";
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
    on_both(async |database| test(Scene::start(database).await).await).await;
}

impl Scene {
    async fn start(database: Option<&str>) -> Self {
        let stripe = Stripe::start().await.unwrap();
        let (archive, on) = (package(KEY), panel(database, stripe.address()).await);
        Self::on(on, stripe, &archive).await
    }

    /// The module serves, and a client is at the panel's pages.
    async fn on((panel, admin): (Panel, Admin), stripe: Stripe, archive: &Archive) -> Self {
        let client = json!({ "email": CLIENT.0, "name": "Ada", "password": CLIENT.1, "currency": "EUR" });
        let client = id(admin.api.post("/clients", &client).await.unwrap());
        let mut ada = panel.visitor().unwrap();
        ada.open("/client/login").await.unwrap();
        let entered =
            ada.submit("/client/login", &[("email", CLIENT.0), ("password", CLIENT.1)]).await.unwrap();
        assert_eq!(entered.path, "/client/services");
        let scene = Self { panel, admin, stripe, client, ada };
        let module = scene.module();
        module.install(archive).await;
        let asked = module.get(&format!("/modules/{KEY}")).await["requests"].clone();
        let is_usual = |one: &Value| one["risk"] != "high" || one["id"] == "payments";
        assert!(asked.as_array().unwrap().iter().all(is_usual), "{asked}");
        scene.configure(scene.stripe.key()).await;
        module.act("activate").await;
        scene
    }

    fn module(&self) -> Module<'_> {
        Module { admin: &self.admin, key: KEY }
    }

    async fn configure(&self, key: &str) {
        let form =
            json!({ "api_base": self.stripe.url(), "secret_key": key, "webhook_secret": WEBHOOK_SECRET });
        self.module().configure(&form).await;
    }

    async fn invoice(&self, minor: i64, currency: &str) -> String {
        let new = json!({
            "client_id": self.client, "currency": currency, "total_minor": minor, "description": "Cloud server M",
        });
        id(self.admin.api.post("/invoices", &new).await.unwrap())
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
        self.module().get(&format!("/invoices/{invoice}")).await
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
        self.module().post("test-connection", json!({ "api_base": self.stripe.url() })).await
    }

    async fn log(&self) -> String {
        let module = self.module();
        module.get(&module.path("log")).await.to_string()
    }
}

fn is(status: &str, paid: i64, refunded: i64, due: i64) -> (String, i64, i64, i64) {
    (status.to_owned(), paid, refunded, due)
}
