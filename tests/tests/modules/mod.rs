//! The repository's modules, each through its whole life and its provider's troubles.
//!
//! [`TROUBLES`] is what befalls every provider. In the table, where each module goes through it, in its `troubles`, and what comes of it:
//!
//! | | proxmox-wp | nextcloud | stripe | slack | sms | server-monitoring |
//! |---|---|---|---|---|---|---|
//! | down, rubbish, 500, 429, slow | `every_verb_…`, `what_a_client_sends_again_…`, `a_backup_is_made_once_…`: nothing is done, the cause is told | `whatever_was_lost_…`: processing with its cause, then made; `a_password_…` | `no_session_…`, `no_refund_…`, `a_payment_…`: nothing is charged, the client may try again, Stripe is to come again | `no_message_is_lost`: queued with its cause, then posted | `no_message_…`: queued with its cause, then sent | `each_has_its_cause`: one failure each, and no alert |
//! | cut mid-body, answered after the time-out | the same: done, and asked again not done twice | the same: one account, one password | the same: one session, one refund, one credit | the same: posted again, never lost | the same, `a_lost_answer_…`: looked up, never sent twice | the same: `broken`, `timeout`; `what_is_late_…`: down after the second, told once each way |
//! | queue left to itself | `a_create_that_is_lost_…` | `a_server_in_maintenance_…` | `a_lost_worker_…`: the schedule asks | `a_pause_is_for_all` | `a_pause_is_for_all` | `a_patient_check_delays_nobody` |
//! | a worker killed | `a_lost_worker_…`: one site, one backup | `a_lost_worker_…`: one account | `a_lost_worker_…`: one credit | `a_lost_worker_…`: posted again | `a_lost_worker_…`: one message | `a_lost_worker`: checked again, counted once |
//! | one part of a page | `a_part_that_fails_…` | `a_password_…` | | | | |
//! | no for good | `life`: `a_site_that_cannot_be_made_…` | `a_password_…` | `what_is_wrong_for_good_…` | `life`: `a_channel_that_is_gone_…` | `what_is_final_…` | `a_host_that_is_not_listed` |
//!
//! Case by case, without a panel, so do the scenarios of each (`modules/*/*/tests`). cloud-service and powerdns have files of their own
//! beside this folder.

mod nextcloud;
mod proxmox_wp;
mod server_monitoring;
mod slack;
mod sms;
mod stripe;

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use caisson_storage::{Db, schedules};
use caisson_tests::fakes::Fault;
use caisson_tests::support::archive::Archive;
use caisson_tests::support::{Admin, Panel, PanelBuilder, Postgres, Puppet, Reply, modules, until};
use caisson_types::Timestamp;
use serde_json::{Value, json};

const SOON: Duration = Duration::from_secs(60);

/// Longer than a module waits that was made impatient for its test.
const TOO_LONG_MS: u64 = 4_000;

/// What befalls a provider, and what is said of it. Of what it is asked for meanwhile, only what the last two strike is done.
const TROUBLES: [(Fault, &str); 7] = [
    (Fault::Down, "The connection to the provider broke off."),
    (Fault::Rubbish, "The provider answered something that the module does not understand."),
    (Fault::Status { code: 500, retry_after: None }, "The provider has a failure of its own."),
    (Fault::Status { code: 429, retry_after: Some(1) }, "The provider asks for a pause."),
    (Fault::Slow { ms: TOO_LONG_MS }, "The provider did not answer in time."),
    (Fault::CutMidBody, "The connection to the provider broke off."),
    (Fault::AnswerLate { ms: TOO_LONG_MS }, "The provider did not answer in time."),
];

/// Whether the provider does the work and fails to say so.
fn is_unheard(fault: Fault) -> bool {
    matches!(fault, Fault::CutMidBody | Fault::AnswerLate { .. })
}

async fn started(builder: PanelBuilder) -> (Panel, Admin) {
    let panel = builder.start().await.unwrap();
    let admin = panel.admin().await.unwrap();
    (panel, admin)
}

/// A panel that may call a provider on loopback.
async fn panel(database: Option<&str>, provider: SocketAddr) -> (Panel, Admin) {
    started(Panel::builder().allow_private(provider).database(database.map(str::to_owned))).await
}

/// The same with a worker in a process of its own, whose tasks are soon taken over where it is lost.
async fn panel_and_worker(database: Option<&str>, provider: SocketAddr) -> (Panel, Admin) {
    let builder = Panel::builder().allow_private(provider).database(database.map(str::to_owned));
    started(builder.separate_workers(1).lease(Duration::from_secs(3))).await
}

/// Kills the worker once the provider holds an answer back, and has another one take its place.
async fn lose_worker(panel: &mut Panel, held: impl Fn() -> usize) {
    let holds = until(SOON, "the provider to hold its answer", async || (held() > 0).then_some(()));
    holds.await.unwrap();
    let last = panel.workers().len() - 1;
    panel.kill_worker(last).unwrap();
    panel.add_worker().unwrap();
}

/// Lets what is due in the next minutes come round now.
async fn minutes_pass(panel: &Panel, minutes: i64) {
    let db = Db::connect(&panel.database_url(), 1).await.unwrap();
    let soon = Timestamp(Timestamp::now().0 + minutes * 60_000);
    schedules::fire(&mut db.conn().await.unwrap(), soon).await.unwrap();
}

/// The same on both databases, one after the other.
async fn on_both(test: impl AsyncFn(Option<&str>)) {
    println!("on SQLite");
    test(None).await;
    println!("on PostgreSQL");
    test(Some(&Postgres::shared().unwrap().create_database().unwrap())).await;
}

/// A module of the repository, changed as a test wants it.
fn package(key: &str) -> Archive {
    Archive::open(&modules::package(key).unwrap()).unwrap()
}

/// A module on a panel, by its key.
struct Module<'a> {
    admin: &'a Admin,
    key: &'static str,
}

impl Module<'_> {
    fn path(&self, resource: &str) -> String {
        format!("/modules/{}/{resource}", self.key)
    }

    async fn get(&self, path: &str) -> Value {
        self.admin.api.get(path).await.unwrap().expect(200).unwrap()
    }

    async fn post(&self, resource: &str, body: Value) -> Reply {
        self.admin.api.post(&self.path(resource), &body).await.unwrap()
    }

    /// Installs a version and grants it what it asks for: the sentences that an administrator reads.
    async fn install(&self, archive: &Archive) -> Vec<String> {
        let bytes = archive.bytes().unwrap();
        let sent = self.admin.api.upload_bytes("/modules", "package", "module.caisson", bytes).await;
        sent.unwrap().expect(201).unwrap();
        let module = self.get(&format!("/modules/{}", self.key)).await;
        let requests = module["requests"].as_array().unwrap();
        let ids: Vec<&Value> = requests.iter().map(|one| &one["id"]).collect();
        let granted = self.admin.api.put(&self.path("grants"), &json!({ "grants": ids })).await;
        granted.unwrap().expect(204).unwrap();
        requests.iter().map(|one| one["sentence"].as_str().unwrap().to_owned()).collect()
    }

    async fn configure(&self, settings: &Value) {
        self.admin.api.put(&self.path("settings"), settings).await.unwrap().expect(204).unwrap();
    }

    /// Has tasks that wait for their next try begin it at once, as if for the first time.
    async fn hurry(&self) {
        let waiting = self.get(&format!("/tasks?module={}&status=pending&limit=200", self.key)).await;
        for task in waiting["items"].as_array().unwrap().iter().filter(|task| task["attempts"] != 0) {
            let path = |act| format!("/tasks/{}/{act}", task["id"].as_str().unwrap());
            // One that has begun by itself meanwhile is left alone.
            if self.admin.api.post(&path("cancel"), &json!({})).await.unwrap().status == 204 {
                let retried = self.admin.api.post(&path("retry"), &json!({})).await;
                retried.unwrap().expect(204).unwrap();
            }
        }
    }

    async fn act(&self, verb: &str) {
        self.post(verb, json!({})).await.expect(204).unwrap();
    }

    /// Leaves: with what it kept in a folder, and then without a trace.
    async fn leave(&self, panel: &Panel, folder: &Path) -> String {
        self.act("deactivate").await;
        let output = folder.join("kept");
        let shown = output.display().to_string();
        panel.caisson(&["module", "export", self.key, "--output", &shown]).await.unwrap();
        let name = self.key.rsplit('/').next().unwrap();
        self.post("erase", json!({ "name": name })).await.expect(204).unwrap();
        assert_eq!(self.admin.api.get(&self.path("export")).await.unwrap().status, 404);
        std::fs::read_to_string(output.join("module.json")).unwrap()
    }
}

fn id(created: Reply) -> String {
    created.expect(201).unwrap()["id"].as_str().unwrap().to_owned()
}

/// Has a puppet tell the staff how often it sang.
async fn tell_staff(puppet: &Puppet, times: u32) {
    let data = json!({ "who": "Puppet", "times": times });
    let told = json!({ "op": "notify.staff", "permission": "hear", "event": "sung", "data": data });
    puppet.one(told).await.unwrap();
}

/// The newest notification's delivery, once it is as it should be; one that is queued, once a try was in vain.
async fn delivery(admin: &Admin, query: &str, status: &str) -> Value {
    let what = format!("the delivery to be {status}");
    let reached = until(SOON, &what, async || {
        let list = admin.api.get(&format!("/notifications{query}")).await.ok()?.ok().ok()?;
        let delivery = list["items"][0]["deliveries"][0].clone();
        let told = status != "queued" || delivery["error"].is_string();
        (delivery["status"] == status && told).then_some(delivery)
    });
    reached.await.unwrap()
}
