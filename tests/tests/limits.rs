//! A guest that does what no guest should: each deed ends in a clear sentence, is recorded, and harms nobody beside it.

use caisson_tests::support::{Admin, Panel, Puppet, modules, repository};
use serde_json::{Value, json};

const HOSTILE: &str = "product/hostile";

/// A deed, the status and the words of the answer, and how the call is recorded.
const DEEDS: [(&str, u16, &str, &str); 13] = [
    ("loop", 502, "used up its processor time", "exhausted"),
    ("memory", 502, "used up its memory", "exhausted"),
    ("recurse", 502, "it reached outside its memory", "trapped"),
    ("panic", 502, "it gave up", "trapped"),
    ("out of bounds", 502, "it gave up", "trapped"),
    ("host calls", 502, "used up its host calls", "exhausted"),
    // What is logged past the budget is dropped, so the flood costs the guest's own time.
    ("log", 502, "used up its processor time", "exhausted"),
    ("tasks", 422, "too many tasks", "problem"),
    ("cryptography", 422, "budget of encryption", "problem"),
    ("reach out", 422, "http settings.api_base", "problem"),
    ("reach elsewhere", 422, "is missing", "problem"),
    ("remember", 201, "", "ok"),
    ("no such deed", 422, "There is no deed", "problem"),
];

async fn activate(admin: &Admin, package: &std::path::Path, key: &str, grants: &[&str]) {
    admin.api.upload("/modules", "package", package).await.unwrap().expect(201).unwrap();
    let module = format!("/modules/{key}");
    admin
        .api
        .put(&format!("{module}/grants"), &json!({ "grants": grants }))
        .await
        .unwrap()
        .expect(204)
        .unwrap();
    admin.api.post(&format!("{module}/activate"), &json!({})).await.unwrap().expect(204).unwrap();
}

#[tokio::test]
async fn every_limit_holds_and_the_neighbours_go_on() {
    let mut panel = Panel::start().await.unwrap();
    let admin = panel.admin().await.unwrap();
    let hostile = modules::build_from(&repository().join("tests/guests/hostile"), HOSTILE).unwrap().file;
    activate(&admin, &hostile, HOSTILE, &["tasks"]).await;
    let neighbour = modules::package("product/cloud-service").unwrap();
    activate(&admin, &neighbour, "product/cloud-service", &[]).await;
    let settings = json!({ "api_base": "http://127.0.0.1:1" });
    admin.api.put(&format!("/modules/{HOSTILE}/settings"), &settings).await.unwrap().expect(204).unwrap();

    for (number, (deed, status, words, outcome)) in DEEDS.into_iter().enumerate() {
        let product = json!({
            "name": deed, "slug": format!("p-{number}"), "module": HOSTILE, "price_minor": 1, "currency": "EUR",
            "module_data": { "deed": deed },
        });
        let answered = admin.api.post("/products", &product).await.unwrap();
        assert_eq!(answered.status, status, "{deed}: {}", answered.body);
        assert!(answered.body.to_string().contains(words), "{deed}: {}", answered.body);

        let other = json!({
            "name": "Beside", "slug": format!("n-{number}"), "module": "product/cloud-service", "price_minor": 1,
            "currency": "EUR",
            "module_data": { "server_location": "eu", "plan_type": "basic", "disk_space": 1, "bandwidth": 1 },
        });
        admin
            .api
            .post("/products", &other)
            .await
            .unwrap()
            .expect(201)
            .unwrap_or_else(|error| panic!("{deed}: {error}"));
        if outcome != "ok" {
            let calls = format!("/modules/{HOSTILE}/calls?outcome={outcome}&limit=1");
            let recorded = caisson_tests::support::until(
                std::time::Duration::from_secs(5),
                "the call's record",
                async || {
                    let calls: Value = admin.api.get(&calls).await.ok()?.expect(200).ok()?;
                    calls.as_array()?.first().cloned()
                },
            );
            let recorded = recorded.await.unwrap_or_else(|error| panic!("{deed}: {error}"));
            assert_eq!(recorded["outcome"], outcome, "{deed}");
        }
    }
    panel.front().check_running().unwrap();
}

#[tokio::test]
async fn a_module_that_keeps_crashing_is_held_back_until_it_is_released() {
    let panel = Panel::start().await.unwrap();
    let admin = panel.admin().await.unwrap();
    let hostile = modules::build_from(&repository().join("tests/guests/hostile"), HOSTILE).unwrap().file;
    activate(&admin, &hostile, HOSTILE, &["tasks"]).await;
    let puppet = Puppet::install(&admin, "puppet", &[]).await.unwrap();
    let order = async |deed: &str, slug: String| {
        let product = json!({
            "name": deed, "slug": slug, "module": HOSTILE, "price_minor": 1, "currency": "EUR",
            "module_data": { "deed": deed },
        });
        admin.api.post("/products", &product).await.unwrap()
    };
    for number in 0..20 {
        let crashed = order("panic", format!("c-{number}")).await;
        assert_eq!(crashed.status, 502, "{number}: {}", crashed.body);
    }
    let refused = order("behave", "refused".to_owned()).await;
    assert_eq!(refused.status, 503, "{}", refused.body);
    assert!(refused.body.to_string().contains("quarantined"), "{}", refused.body);
    let module: Value = admin.api.get(&format!("/modules/{HOSTILE}")).await.unwrap().expect(200).unwrap();
    assert!(module["quarantined"].as_str().unwrap().contains("20 calls"), "{module}");
    // Its neighbour goes on, and it itself once somebody looked after it.
    puppet.one(json!({ "op": "db.count" })).await.unwrap();
    let release = format!("/modules/{HOSTILE}/release");
    admin.api.post(&release, &json!({})).await.unwrap().expect(204).unwrap();
    order("behave", "behaves".to_owned()).await.expect(201).unwrap();
    let module: Value = admin.api.get(&format!("/modules/{HOSTILE}")).await.unwrap().expect(200).unwrap();
    assert!(module["quarantined"].is_null(), "{module}");
}

#[tokio::test]
async fn a_forged_artefact_is_never_loaded() {
    let mut panel = Panel::start().await.unwrap();
    let admin = panel.admin().await.unwrap();
    let package = modules::package("product/cloud-service").unwrap();
    activate(&admin, &package, "product/cloud-service", &[]).await;
    let folder =
        std::fs::read_dir(panel.data_dir().join("artefacts")).unwrap().next().unwrap().unwrap().path();
    let artefact = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .max_by_key(|path| path.metadata().unwrap().len())
        .unwrap();
    let good = std::fs::read(&artefact).unwrap();
    for forged in [
        // One bit of its code.
        good.iter()
            .enumerate()
            .map(|(at, byte)| if at == good.len() / 2 { byte ^ 1 } else { *byte })
            .collect(),
        good[..good.len() / 2].to_vec(),
        Vec::new(),
    ] {
        std::fs::write(&artefact, forged).unwrap();
        panel.restart().await.unwrap();
        let listed: Value =
            admin.api.get("/modules/product/cloud-service").await.unwrap().expect(200).unwrap();
        assert_eq!(listed["status"], "active");
        assert!(panel.logs().contains("compiling again"), "the forged artefact was taken");
        assert!(std::fs::read(&artefact).unwrap().len() == good.len());
    }
}
