//! The backend in trouble: everything is done once, and whoever waits for it is told the truth.

use caisson_tests::fakes::{Fault, ProxmoxWp, Rule};
use caisson_tests::support::archive::Archive;
use caisson_tests::support::until;
use serde_json::json;

use super::super::{SOON, TROUBLES, is_unheard, lose_worker, on_both, panel, panel_and_worker};
use super::{Scene, quick};

/// A verb, where it goes, and the service's status once it is done.
const VERBS: [(&str, &str, &str); 5] = [
    ("create", "/create-site", "completed"),
    ("suspend", "/suspend", "suspended"),
    ("unsuspend", "/unsuspend", "completed"),
    ("change-package", "/wp/upgrade/", "completed"),
    ("terminate", "/delete-site", "terminated"),
];

/// The module, which waits for the backend no longer than half a second.
fn impatient() -> Archive {
    quick().edit("module.toml", "work_ms = 25000", "work_ms = 500").unwrap()
}

impl Scene {
    async fn impatient(database: Option<&str>) -> Self {
        let backend = ProxmoxWp::start().await.unwrap();
        let (archive, on) = (impatient(), panel(database, backend.address()).await);
        Self::on(on, backend, &archive).await
    }

    /// The service's newest task, once it says why it waits.
    async fn waits(&self, service: &str) -> String {
        let path = format!("/tasks?service={service}&limit=1");
        let waits = until(SOON, "a task that says why it waits", async || {
            let task = self.module().get(&path).await["items"][0].clone();
            let error = task["last_error"].as_str().filter(|_| task["status"] == "pending")?;
            Some(error.to_owned())
        });
        waits.await.unwrap()
    }

    /// Has the service's newest task be done.
    async fn recovers(&self, service: &str) {
        let path = format!("/tasks?service={service}&limit=1");
        let done = until(SOON, "the task to be done", async || {
            self.module().hurry().await;
            (self.module().get(&path).await["items"][0]["status"] == "done").then_some(())
        });
        done.await.unwrap();
    }

    /// How the backend has a service's site: its status and its plan.
    fn stands(&self, service: &str) -> Option<(&'static str, String)> {
        self.backend.site(service).map(|site| (site.status, site.plan))
    }
}

async fn verbs(database: Option<&str>) {
    let scene = Scene::impatient(database).await;
    for (fault, why) in TROUBLES {
        let service = scene.order().await;
        for (verb, path, status) in VERBS {
            let before = scene.stands(&service);
            scene.backend.arm(Rule::from(fault).on("POST", path));
            let changes = verb == "change-package";
            scene
                .ask(&service, verb, if changes { json!({ "product_id": scene.premium }) } else { json!({}) })
                .await;
            let told = scene.waits(&service).await;
            assert!(told.starts_with(why), "{fault:?} {verb}: {told}");
            let shown = scene.module().get(&format!("/services/{service}")).await;
            assert!(changes || shown["provision_status"] != status, "{fault:?} {verb}: {shown}");
            assert_eq!(scene.stands(&service) != before, is_unheard(fault), "{fault:?} {verb}");
            scene.backend.heal();
            scene.recovers(&service).await;
            scene.reaches(&service, status).await;
            let is_there = match verb {
                "create" | "unsuspend" => Some(("running", "basic")),
                "suspend" => Some(("suspended", "basic")),
                "change-package" => Some(("running", "premium")),
                _ => None,
            };
            let stands = scene.stands(&service);
            let stands = stands.as_ref().map(|(status, plan)| (*status, plan.as_str()));
            assert_eq!(stands, is_there, "{fault:?} {verb}");
        }
    }
    assert_eq!(scene.backend.sites(), []);
}

#[tokio::test]
async fn every_verb_outlasts_every_trouble_and_is_done_once() {
    on_both(verbs).await;
}

#[tokio::test]
async fn a_create_that_is_lost_is_taken_up_by_itself() {
    let scene = Scene::impatient(None).await;
    let mut services = Vec::new();
    for (fault, _) in TROUBLES {
        scene.backend.arm(Rule::from(fault).on("POST", "/create-site").times(1));
        let service = scene.order().await;
        scene.ask(&service, "create", json!({})).await;
        let asked = services.len() + 1;
        let creates = async || {
            let asked_for = scene.backend.asked();
            let created = asked_for.iter().filter(|one| one.ends_with("/create-site")).count();
            (created >= asked).then_some(())
        };
        until(SOON, "the first try", creates).await.unwrap();
        services.push(service);
    }
    for service in &services {
        let shown = scene.reaches(service, "completed").await;
        assert!(shown["data"]["subdomain"].is_string(), "{shown}");
    }
    assert_eq!(scene.backend.sites().len(), services.len());
}

async fn sent_again(database: Option<&str>) {
    let scene = Scene::impatient(database).await;
    let service = scene.site().await;
    let site = || scene.backend.site(&service).unwrap();
    let domain = json!({ "domain": "example.org" });
    for (fault, why) in TROUBLES {
        for (action, form, is_on, domains) in [
            ("add-domain", domain.clone(), true, 1),
            ("toggle", json!({ "wanted": "off" }), false, 1),
            ("toggle", json!({ "wanted": "on" }), true, 1),
            ("delete-domain", domain.clone(), true, 0),
        ] {
            scene.backend.arm(Rule::from(fault).on("POST", ""));
            let refused = scene.click(&service, action, form.clone()).await;
            assert!(refused.status >= 500, "{fault:?} {action}: {}", refused.body);
            assert!(
                refused.body["message"].as_str().unwrap().starts_with(why),
                "{fault:?}: {}",
                refused.body
            );
            scene.backend.heal();
            let again = scene.click(&service, action, form).await;
            // What is gone already is not there to be deleted.
            let wanted = if action == "delete-domain" && is_unheard(fault) { 404 } else { 200 };
            assert_eq!(again.status, wanted, "{fault:?} {action}: {}", again.body);
            assert_eq!((site().enabled, site().domains.len()), (is_on, domains), "{fault:?} {action}");
        }
    }
}

#[tokio::test]
async fn what_a_client_sends_again_is_done_once() {
    on_both(sent_again).await;
}

async fn a_backup(database: Option<&str>) {
    let scene = Scene::impatient(database).await;
    let service = scene.site().await;
    for (fault, why) in TROUBLES {
        scene.backend.arm(Rule::from(fault).on("POST", "/mkbak"));
        scene.click(&service, "make-backup", json!({})).await.expect(200).unwrap();
        scene.waits(&service).await;
        let activity = scene.activity(&service, "make-backup", "running").await;
        assert!(activity["message"].as_str().unwrap().starts_with(why), "{fault:?}: {activity}");
        scene.backend.heal();
        scene.recovers(&service).await;
        scene.activity(&service, "make-backup", "done").await;
        let backups = scene.backend.site(&service).unwrap().backups;
        assert_eq!(backups.len(), 1, "{fault:?}");
        let backup = json!({ "backup": backups[0] });
        scene.click(&service, "delete-backup", backup).await.expect(200).unwrap();
    }
}

#[tokio::test]
async fn a_backup_is_made_once_and_its_page_says_how_it_goes() {
    on_both(a_backup).await;
}

#[tokio::test]
async fn a_part_that_fails_leaves_the_page_and_a_backend_that_is_away_has_ended_nothing() {
    let scene = Scene::start(None).await;
    let service = scene.site().await;
    for fault in
        [Fault::Down, Fault::Rubbish, Fault::CutMidBody, Fault::Status { code: 500, retry_after: None }]
    {
        scene.backend.arm(Rule::from(fault).on("GET", "/getdomain"));
        let tab = scene.tab(&service).await;
        assert_eq!(tab["state"]["found"]["text"], "Running", "{tab}");
        assert_eq!(tab["backups"]["found"], json!([]), "{tab}");
        let why = tab["domains"]["unavailable"].as_str().unwrap();
        assert!(why.contains("provider") && !why.contains("127.0.0.1"), "{why}");
        let refused = scene.click(&service, "add-domain", json!({ "domain": "example.org" })).await;
        assert!(refused.status >= 500, "{fault:?}: {}", refused.status);
        scene.backend.heal();
    }
    assert!(scene.backend.site(&service).unwrap().domains.is_empty());

    // A site that is gone at the backend has ended; a backend that is not there has ended nothing.
    scene.backend.arm(
        Rule::from(Fault::Status { code: 503, retry_after: Some(60) }).on("POST", "/delete-site").times(1),
    );
    scene.verb(&service, "terminate", "terminated").await;
    assert_eq!(scene.backend.sites(), []);
    let deletes = scene.backend.asked().iter().filter(|one| one.ends_with("/delete-site")).count();
    assert_eq!(deletes, 2);
}

/// A worker that is killed while the backend holds its answer back: what it asked for is done, and nobody knows.
async fn a_lost_worker(database: Option<&str>) {
    let backend = ProxmoxWp::start().await.unwrap();
    let (archive, on) = (quick(), panel_and_worker(database, backend.address()).await);
    let mut scene = Scene::on(on, backend, &archive).await;
    let holds = |path| Rule::from(Fault::HoldBeforeAnswer).on("POST", path).times(1);

    scene.backend.arm(holds("/create-site"));
    let service = scene.order().await;
    scene.ask(&service, "create", json!({})).await;
    lose_worker(&mut scene.panel, || scene.backend.held()).await;
    scene.reaches(&service, "completed").await;
    assert_eq!(scene.backend.sites().len(), 1);

    scene.backend.arm(holds("/mkbak"));
    scene.click(&service, "make-backup", json!({})).await.expect(200).unwrap();
    lose_worker(&mut scene.panel, || scene.backend.held()).await;
    scene.activity(&service, "make-backup", "done").await;
    assert_eq!(scene.backend.site(&service).unwrap().backups.len(), 1);
}

#[tokio::test]
async fn a_lost_worker_leaves_one_site_and_one_backup() {
    on_both(a_lost_worker).await;
}
