//! The sms module with a Twilio that takes messages and calls back, and with one that does not.

use caisson_tests::fakes::{Fault, Rule, Sms, Standing, Twilio};
use caisson_tests::support::archive::Archive;
use caisson_tests::support::{Admin, Panel, Puppet, until};
use serde_json::{Value, json};

use super::{
    Module, SOON, TOO_LONG_MS, TROUBLES, delivery, id, is_unheard, lose_worker, on_both, package, panel,
    panel_and_worker, tell_staff,
};

const KEY: &str = "notification/sms";
const PHONE: &str = "+48601602603";
const MESSAGES: &str = "/Messages.json";

struct Scene {
    panel: Panel,
    admin: Admin,
    twilio: Twilio,
    puppet: Puppet,
}

impl Scene {
    /// Twilio's module is installed, granted and configured, and serves; the administrator has no number yet.
    async fn start(database: Option<&str>) -> Self {
        let twilio = Twilio::start().await.unwrap();
        let (archive, on) = (package(KEY), panel(database, twilio.address()).await);
        Self::on(on, twilio, &archive).await
    }

    async fn on((panel, admin): (Panel, Admin), twilio: Twilio, archive: &Archive) -> Self {
        let puppet = Puppet::install(&admin, "puppet", &[]).await.unwrap();
        let scene = Self { panel, admin, twilio, puppet };
        let module = scene.module();
        let asked = module.install(archive).await;
        assert_eq!(
            asked,
            [
                "Call the host given in the setting 'api_base' over HTTP (GET,POST), and send it the secret auth_token.",
                "Keep short-lived values between calls.",
            ]
        );
        scene.configure(json!({})).await;
        module.act("activate").await;
        scene
    }

    /// The same, for an administrator with a number, and the module waits for Twilio no longer than a second.
    async fn with_number(database: Option<&str>) -> Self {
        let impatient = package(KEY).edit("module.toml", "answer_ms = 10000", "answer_ms = 1000").unwrap();
        let twilio = Twilio::start().await.unwrap();
        let scene = Self::on(panel(database, twilio.address()).await, twilio, &impatient).await;
        scene.give_number(PHONE).await;
        scene
    }

    async fn give_number(&self, phone: &str) {
        let mut visitor = self.panel.signed_in(&self.admin).await.unwrap();
        visitor.open("/admin/account").await.unwrap();
        let profile = [("name", "Ada"), ("phone", phone), ("locale", "en")];
        let saved = visitor.submit("/admin/account", &profile).await.unwrap();
        assert_eq!((saved.status, saved.path.as_str()), (200, "/admin/account"));
    }

    fn module(&self) -> Module<'_> {
        Module { admin: &self.admin, key: KEY }
    }

    fn settings(&self, more: Value) -> Value {
        let mut settings = json!({
            "api_base": self.twilio.url(), "account_sid": self.twilio.sid(), "auth_token": self.twilio.token(),
            "sender": Twilio::NUMBER, "audience": "staff", "content": "both", "segments": 3, "longer": "cut",
        });
        settings.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        settings
    }

    async fn configure(&self, more: Value) {
        self.module().configure(&self.settings(more)).await;
    }

    async fn refused_test(&self, more: Value, why: &str) {
        let refused = self.module().post("test-connection", self.settings(more)).await.expect(422).unwrap();
        assert!(refused["message"].as_str().unwrap().contains(why), "{refused}");
    }

    async fn tell_staff(&self, times: u32) {
        tell_staff(&self.puppet, times).await;
    }

    async fn delivery(&self, status: &str) -> Value {
        delivery(&self.admin, "", status).await
    }

    /// Staff is told, and Twilio takes it.
    async fn sent(&self, times: u32) -> Sms {
        self.tell_staff(times).await;
        let delivery = self.delivery("accepted").await;
        let sms = self.twilio.newest().unwrap();
        assert_eq!(delivery["reference"], sms.sid);
        sms
    }

    async fn tasks(&self) -> Vec<Value> {
        let tasks = self.module().get(&format!("/tasks?module={KEY}&limit=20")).await;
        tasks["items"].as_array().unwrap().clone()
    }

    /// The newest task has had a try in vain, and waits for another.
    async fn waits(&self) -> String {
        let waiting = until(SOON, "a try to be in vain", async || {
            let task = self.tasks().await.swap_remove(0);
            let waits = task["status"] == "pending" && task["attempts"].as_u64() > Some(0);
            waits.then(|| task["id"].as_str().unwrap().to_owned())
        });
        waiting.await.unwrap()
    }

    /// The next try comes now, and ends well.
    async fn try_again(&self, task: &str) {
        for verb in ["cancel", "retry"] {
            let done = self.admin.api.post(&format!("/tasks/{task}/{verb}"), &json!({})).await.unwrap();
            done.expect(204).unwrap();
        }
        let ended = until(SOON, "the task to be done", async || {
            let task = self.module().get(&format!("/tasks/{task}")).await;
            (task["status"] == "done").then_some(())
        });
        ended.await.unwrap();
    }
}

async fn whole_life(database: Option<&str>) {
    let scene = Scene::start(database).await;
    let (module, twilio) = (scene.module(), &scene.twilio);
    let tested = module.post("test-connection", scene.settings(json!({}))).await.expect(200).unwrap();
    assert_eq!(tested["message"], "Twilio knows the account “Example Ltd”, and it is active.");
    scene.refused_test(json!({ "auth_token": "wrong" }), "does not accept this account SID").await;
    twilio.become_of_account(Standing::Suspended);
    scene.refused_test(json!({}), "is suspended").await;
    twilio.become_of_account(Standing::Active);
    assert!(twilio.messages().is_empty(), "a test sends nothing");
    let wrong = scene.settings(json!({ "account_sid": "AC1", "sender": "no sender at all" }));
    let wrong = scene.admin.api.put(&module.path("settings"), &wrong).await.unwrap().expect(422).unwrap();
    assert_eq!(wrong["errors"].as_array().unwrap().len(), 2, "{wrong}");

    // Who has no number is left out; who has one is told.
    scene.tell_staff(1).await;
    scene.delivery("skipped").await;
    scene.give_number("+48 601 602 603").await;
    let sms = scene.sent(3).await;
    assert_eq!((sms.to.as_str(), sms.from.as_deref()), (PHONE, Some(Twilio::NUMBER)));
    assert_eq!(sms.body, "Puppet sang\nPuppet sang 3 times.");
    let address = format!("{}/webhooks/notification/sms", scene.panel.url());
    let callback = sms.callback.clone().unwrap();
    assert!(callback.starts_with(&format!("{address}?message=")), "{callback}");
    let mut visitor = scene.panel.signed_in(&scene.admin).await.unwrap();
    let page = visitor.open(&format!("/admin/modules/{KEY}?tab=settings")).await.unwrap();
    assert!(page.text().contains(&address) && page.text().contains("No message is sent"), "{}", page.text());

    // Callbacks: forged, in the wrong order, and again.
    assert_eq!(twilio.forge(&sms.sid, "delivered").await.unwrap(), 401);
    scene.delivery("accepted").await;
    assert_eq!(twilio.tell(&sms.sid, "delivered").await.unwrap(), 204);
    scene.delivery("delivered").await;
    assert_eq!(twilio.tell(&sms.sid, "sent").await.unwrap(), 204);
    assert_eq!(twilio.tell(&sms.sid, "delivered").await.unwrap(), 200);
    assert_eq!(twilio.tell_failed(&sms.sid, 30008).await.unwrap(), 204);
    assert_eq!(scene.delivery("delivered").await["error"], Value::Null);
    let other = scene.sent(4).await;
    let (_, message) = other.callback.as_deref().unwrap().split_once("message=").unwrap();
    assert_eq!(twilio.redirect(&sms.sid, "failed", message).await.unwrap(), 401);
    scene.delivery("accepted").await;
    assert_eq!(twilio.tell_failed(&other.sid, 30003).await.unwrap(), 204);
    let failed = scene.delivery("failed").await;
    assert_eq!(failed["error"], "The telephone is switched off, or out of reach.");
    assert_eq!(twilio.tell(&other.sid, "sent").await.unwrap(), 204);
    scene.delivery("failed").await;
    let calls = module.get(&module.path("calls")).await;

    // A client, in his language, through a messaging service.
    scene.configure(json!({ "audience": "client", "content": "subject", "sender": twilio.service() })).await;
    let client = json!({ "email": "ola@example.com", "name": "Ola", "phone": "+48 700 800 900", "currency": "PLN", "locale": "pl" });
    let client = id(scene.admin.api.post("/clients", &client).await.unwrap());
    let product = json!({ "name": "Song", "slug": "song", "module": "product/puppet", "price_minor": 100, "currency": "EUR" });
    let product = id(scene.admin.api.post("/products", &product).await.unwrap());
    let service = json!({ "client_id": client, "product_id": product });
    id(scene.admin.api.post("/services", &service).await.unwrap());
    let data = json!({ "who": "Puppet", "times": 3 });
    let told = json!({ "op": "notify.client", "id": client, "event": "sung", "data": data });
    scene.puppet.one(told).await.unwrap();
    delivery(&scene.admin, &format!("?client={client}"), "accepted").await;
    let sms = twilio.newest().unwrap();
    assert_eq!((sms.to.as_str(), sms.body.as_str()), ("+48700800900", "Puppet śpiewa"));
    assert_eq!(sms.service.as_deref(), Some(twilio.service()));
    scene.tell_staff(5).await;
    scene.delivery("skipped").await;

    // The next version goes on with the same settings; the last one leaves nothing that is secret.
    module
        .install(&package(KEY).edit("module.toml", "version = \"1.0.0\"", "version = \"1.1.0\"").unwrap())
        .await;
    module.act("activate").await;
    scene.configure(json!({})).await;
    let sms = scene.sent(6).await;
    assert_eq!(twilio.tell(&sms.sid, "delivered").await.unwrap(), 204);
    let settings = module.get(&module.path("settings")).await;
    let log = module.get(&module.path("log")).await;
    assert!(log.to_string().contains("segments"), "{log}");
    let mut seen = format!("{settings}{log}{calls}{}", scene.panel.logs());
    for call in calls.as_array().unwrap() {
        let told = scene.panel.caisson(&["module", "call", call["id"].as_str().unwrap()]).await.unwrap();
        seen.push_str(&told);
    }
    let folder = tempfile::tempdir().unwrap();
    seen.push_str(&module.leave(&scene.panel, folder.path()).await);
    assert!(!seen.contains(twilio.token()), "the auth token is somewhere: {seen}");
    assert_eq!(twilio.tell(&sms.sid, "read").await.unwrap(), 404);
    let count = twilio.messages().len();
    scene.tell_staff(7).await;
    assert_eq!(module.get("/notifications").await["items"][0]["deliveries"], json!([]));
    assert_eq!(twilio.messages().len(), count);
}

#[tokio::test]
async fn its_whole_life() {
    on_both(whole_life).await;
}

#[tokio::test]
async fn what_is_final_is_said_so_and_a_retry_sends_once() {
    let scene = Scene::with_number(None).await;
    let codes = [
        (21610, "Whoever has this number answered STOP"),
        (21614, "The number cannot receive"),
        (21408, "The Twilio account may not send to this country."),
        (21606, "The Twilio account may not send from this sender."),
    ];
    for (code, why) in codes {
        scene.twilio.refuse(PHONE, code);
        scene.tell_staff(1).await;
        let failed = scene.delivery("failed").await;
        assert!(failed["error"].as_str().unwrap().starts_with(why), "{failed}");
    }
    assert_eq!(scene.twilio.count("POST", MESSAGES), codes.len(), "what is final is not asked again");
    scene.twilio.allow(PHONE);
    for task in scene.tasks().await {
        let retry = format!("/tasks/{}/retry", task["id"].as_str().unwrap());
        scene.admin.api.post(&retry, &json!({})).await.unwrap().expect(204).unwrap();
    }
    let came = until(SOON, "all to be sent", async || {
        let done = scene.tasks().await.iter().all(|task| task["status"] == "done");
        done.then_some(())
    });
    came.await.unwrap();
    assert_eq!(scene.twilio.messages().len(), codes.len());
}

async fn in_trouble(database: Option<&str>) {
    let scene = Scene::with_number(database).await;
    for (times, (fault, why)) in (2..).zip(TROUBLES) {
        let why = why.replace("The provider asks for a pause.", "Twilio asks for a pause of 1 s.");
        let before = (scene.twilio.messages().len(), scene.twilio.count("POST", MESSAGES));
        scene.twilio.arm(Rule::from(fault).on("POST", MESSAGES));
        scene.tell_staff(times).await;
        let waits = scene.delivery("queued").await;
        assert!(waits["error"].as_str().unwrap().starts_with(&why), "{fault:?}: {waits}");
        scene.twilio.heal();
        let told = until(SOON, "Twilio to have the message", async || {
            scene.module().hurry().await;
            let list = scene.module().get("/notifications").await;
            (list["items"][0]["deliveries"][0]["status"] == "accepted").then_some(())
        });
        told.await.unwrap();
        let posts = if is_unheard(fault) { 1 } else { 2 };
        let after = (scene.twilio.messages().len(), scene.twilio.count("POST", MESSAGES));
        assert_eq!(after, (before.0 + 1, before.1 + posts), "{fault:?}");
    }
}

#[tokio::test]
async fn no_message_is_lost_or_sent_twice() {
    on_both(in_trouble).await;
}

#[tokio::test]
async fn a_pause_is_for_all() {
    let scene = Scene::with_number(None).await;
    scene.twilio.arm(Rule::from(Fault::Status { code: 429, retry_after: Some(600) }).times(1));
    for times in [1, 2] {
        scene.tell_staff(times).await;
        let waits = scene.delivery("queued").await;
        assert!(waits["error"].as_str().unwrap().starts_with("Twilio asks for a pause of "), "{waits}");
    }
    assert_eq!((scene.twilio.messages().len(), scene.twilio.count("POST", MESSAGES)), (0, 1));
}

/// A worker that is killed while Twilio holds its word back: the next one finds the message there.
async fn a_lost_worker(database: Option<&str>) {
    let twilio = Twilio::start().await.unwrap();
    let (archive, on) = (package(KEY), panel_and_worker(database, twilio.address()).await);
    let mut scene = Scene::on(on, twilio, &archive).await;
    scene.give_number(PHONE).await;
    scene.twilio.arm(Rule::from(Fault::HoldBeforeAnswer).on("POST", MESSAGES).times(1));
    scene.tell_staff(2).await;
    lose_worker(&mut scene.panel, || scene.twilio.held()).await;
    scene.delivery("accepted").await;
    assert_eq!((scene.twilio.messages().len(), scene.twilio.count("POST", MESSAGES)), (1, 1));
}

#[tokio::test]
async fn a_lost_worker_sends_no_message_twice() {
    on_both(a_lost_worker).await;
}

async fn a_lost_answer(database: Option<&str>) {
    let scene = Scene::with_number(database).await;
    scene.twilio.arm(Rule::from(Fault::CutMidBody).on("POST", MESSAGES));
    let mut tasks = Vec::new();
    // Two that read alike are two all the same.
    for _ in 0..2 {
        scene.tell_staff(1).await;
        let waits = scene.delivery("queued").await;
        assert!(waits["error"].as_str().unwrap().contains("broke off"), "{waits}");
        tasks.push(scene.waits().await);
    }
    scene.twilio.heal();
    // While it cannot be looked up nothing is sent.
    scene.twilio.arm(Rule::from(Fault::Status { code: 500, retry_after: None }).on("GET", MESSAGES));
    for verb in ["cancel", "retry"] {
        let path = format!("/tasks/{}/{verb}", tasks[1]);
        scene.admin.api.post(&path, &json!({})).await.unwrap().expect(204).unwrap();
    }
    let asked =
        until(SOON, "it to be looked up", async || (scene.twilio.count("GET", MESSAGES) > 0).then_some(()));
    asked.await.unwrap();
    scene.waits().await;
    scene.twilio.heal();
    for task in tasks.iter().rev() {
        scene.try_again(task).await;
    }
    let list = scene.module().get("/notifications").await;
    let references: Vec<&Value> =
        (0..2).map(|index| &list["items"][index]["deliveries"][0]["reference"]).collect();
    let mut sids: Vec<String> = scene.twilio.messages().into_iter().map(|sms| sms.sid).collect();
    sids.sort_unstable();
    let mut found: Vec<&str> = references.iter().map(|one| one.as_str().unwrap()).collect();
    found.sort_unstable();
    assert_eq!(found, sids, "each is one of Twilio's, and there are no more");
    assert_eq!(scene.twilio.count("POST", MESSAGES), 2);
}

#[tokio::test]
async fn a_lost_answer_does_not_become_a_second_message() {
    on_both(a_lost_answer).await;
}

async fn a_callback_first(database: Option<&str>) {
    let scene = Scene::with_number(database).await;
    scene.twilio.arm(Rule::from(Fault::HoldBeforeAnswer).on("POST", MESSAGES));
    scene.tell_staff(1).await;
    let held = until(SOON, "the answer to be held", async || (scene.twilio.held() > 0).then_some(()));
    held.await.unwrap();
    let sms = scene.twilio.newest().unwrap();
    assert_eq!(scene.twilio.tell(&sms.sid, "delivered").await.unwrap(), 204);
    scene.twilio.heal();
    let told = until(SOON, "the answer to be noted", async || {
        let delivery = scene.delivery("delivered").await;
        (delivery["reference"] == sms.sid.as_str()).then_some(())
    });
    told.await.unwrap();

    // Where the answer is too late for the module, the panel knows from the callback that Twilio has the message.
    scene.twilio.arm(Rule::from(Fault::AnswerLate { ms: TOO_LONG_MS }).on("POST", MESSAGES));
    scene.tell_staff(2).await;
    let taken = until(SOON, "it to be taken", async || (scene.twilio.messages().len() == 2).then_some(()));
    taken.await.unwrap();
    let sms = scene.twilio.newest().unwrap();
    assert_eq!(scene.twilio.tell(&sms.sid, "sent").await.unwrap(), 204);
    scene.delivery("accepted").await;
    let task = scene.waits().await;
    assert_eq!(scene.delivery("accepted").await["error"], Value::Null);
    scene.twilio.heal();
    scene.try_again(&task).await;
    assert_eq!((scene.twilio.messages().len(), scene.twilio.count("GET", MESSAGES)), (2, 0));
    assert_eq!(scene.twilio.tell(&sms.sid, "delivered").await.unwrap(), 204);
    scene.delivery("delivered").await;
}

#[tokio::test]
async fn a_callback_before_the_answer_is_enough() {
    on_both(a_callback_first).await;
}
