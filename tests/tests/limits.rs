//! What holds a module back that keeps crashing, and artefacts that the panel did not write.

use caisson_tests::support::{Admin, Panel, Puppet, modules, repository};
use serde_json::{Value, json};

const HOSTILE: &str = "product/hostile";

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
async fn a_module_that_keeps_crashing_is_held_back_until_it_is_released() {
    let _case = caisson_threats::case(40, "a module that keeps crashing is held back until it is released");
    let panel = Panel::start().await.unwrap();
    let admin = panel.admin().await.unwrap();
    let hostile = modules::build_from(&repository().join("tests/guests/hostile"), HOSTILE).unwrap().file;
    activate(&admin, &hostile, HOSTILE, &["tasks", "table notes", "table others"]).await;
    let puppet = Puppet::install(&admin, "puppet", &[]).await.unwrap();
    let order = async |deed: &str, slug: String| {
        let product = json!({
            "name": deed, "slug": slug, "module": HOSTILE, "price_minor": 1, "currency": "EUR",
            "module_data": { "deed": deed },
        });
        admin.api.post("/products", &product).await.unwrap()
    };
    for number in 0..20 {
        let crashed = order("exhaust panic", format!("c-{number}")).await;
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
    let _case = caisson_threats::case(21, "a forged artefact").times(3);
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
