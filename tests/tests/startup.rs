//! A panel with many modules is ready at once: what was compiled at install is loaded, never compiled again.

use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use caisson_tests::support::archive::Archive;
use caisson_tests::support::{Panel, modules};
use serde_json::{Value, json};

const MODULES: usize = 20;

#[tokio::test]
async fn twenty_active_modules_are_ready_within_two_seconds() {
    let mut panel = Panel::start().await.unwrap();
    let admin = panel.admin().await.unwrap();
    let good = Archive::open(&modules::package("product/cloud-service").unwrap()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    for number in 0..MODULES {
        let name = format!("cloud-{number}");
        let package = good
            .clone()
            .edit("module.toml", "name = \"cloud-service\"", &format!("name = \"{name}\""))
            .unwrap();
        let file = package.save(folder.path(), &name).unwrap();
        admin.api.upload("/modules", "package", &file).await.unwrap().expect(201).unwrap();
        let module = format!("/modules/product/{name}");
        admin
            .api
            .put(&format!("{module}/grants"), &json!({ "grants": [] }))
            .await
            .unwrap()
            .expect(204)
            .unwrap();
        admin.api.post(&format!("{module}/activate"), &json!({})).await.unwrap().expect(204).unwrap();
    }
    let before = artefacts(&panel);
    assert!(before.len() >= MODULES, "{before:?}");

    let took = panel.restart().await.unwrap();
    let listed: Value = admin.api.get("/modules").await.unwrap().expect(200).unwrap();
    let active = listed.as_array().unwrap().iter().filter(|module| module["status"] == "active").count();
    assert_eq!(active, MODULES);
    assert_eq!(artefacts(&panel), before, "something was compiled again");
    assert!(!panel.logs().contains("compiling again"), "{}", panel.logs());
    assert!(took < Duration::from_secs(2), "ready after {took:?}");
}

/// What was compiled, and when.
fn artefacts(panel: &Panel) -> Vec<(PathBuf, SystemTime)> {
    // One folder for each engine.
    let folders = std::fs::read_dir(panel.data_dir().join("artefacts")).unwrap().map(Result::unwrap);
    let mut all: Vec<_> = folders
        .flat_map(|folder| std::fs::read_dir(folder.path()).unwrap().map(Result::unwrap))
        .map(|entry| (entry.path(), entry.metadata().unwrap().modified().unwrap()))
        .collect();
    all.sort();
    all
}
