//! A module goes, with what it kept or without.

use std::io::Read as _;

use caisson_tests::support::{Panel, each_database};
use serde_json::{Value, json};

use super::{act, first, services};

#[tokio::test]
async fn what_a_module_kept_is_exported_and_erased() {
    each_database(async |panel, admin| {
        let mut puppet = first(&admin).await;
        // More than one page of an export.
        let rows: Vec<Value> =
            (0..520).map(|n| json!({ "op": "db.put", "name": format!("n{n:04}"), "value": n })).collect();
        for part in rows.chunks(130) {
            puppet.play(part.into()).await.unwrap();
        }
        puppet.one(json!({ "op": "cache.set", "key": "k", "value": 1 })).await.unwrap();
        puppet
            .configure(json!({ "api_base": "https://example.com", "api_key": "hunter2-hunter2" }))
            .await
            .unwrap();

        let folder = tempfile::tempdir().unwrap();
        let output = folder.path().join("out");
        let shown = output.display().to_string();
        let told = panel.caisson(&["module", "export", "product/puppet", "--output", &shown]).await.unwrap();
        assert!(told.contains("2 tables with 520 rows"), "{told}");
        let notes = std::fs::read_to_string(output.join("tables/notes.jsonl")).unwrap();
        let read: Vec<Value> = notes.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let names: Vec<&str> = read.iter().map(|row| row["name"].as_str().unwrap()).collect();
        let wanted: Vec<String> = (0..520).map(|n| format!("n{n:04}")).collect();
        assert_eq!(names, wanted);
        assert_eq!(read[519]["value"], 519);
        let about = std::fs::read_to_string(output.join("module.json")).unwrap();
        assert!(about.contains("https://example.com") && !about.contains("hunter2"), "{about}");
        assert!(panel.caisson(&["module", "export", "product/puppet", "--output", &shown]).await.is_err());

        // The same as one archive.
        let url = format!("{}/api/v1{}", panel.url(), puppet.path("export"));
        let reply = reqwest::Client::new().get(url).bearer_auth(admin.api.token()).send().await.unwrap();
        assert_eq!(reply.status(), 200);
        assert_eq!(reply.headers()["content-type"], "application/x-tar");
        let bytes = reply.bytes().await.unwrap();
        let mut archive = tar::Archive::new(&bytes[..]);
        let mut entries = archive.entries().unwrap().map(Result::unwrap);
        let mut entry = entries.find(|one| one.path().unwrap().ends_with("notes.jsonl")).unwrap();
        let mut text = String::new();
        entry.read_to_string(&mut text).unwrap();
        assert_eq!(text, notes);

        let erase = json!({ "name": "puppet" });
        let path = puppet.path("erase");
        assert_eq!(admin.api.post(&path, &erase).await.unwrap().status, 409, "it serves");
        act(&admin, &puppet, "deactivate").await;
        let other = admin.api.post(&path, &json!({ "name": "other" })).await.unwrap().expect(422).unwrap();
        assert_eq!(other["errors"][0]["field"], "name", "{other}");
        admin.api.post(&path, &erase).await.unwrap().expect(204).unwrap();
        assert_eq!(admin.api.get(&puppet.path("export")).await.unwrap().status, 404);

        // Who comes back under the name finds nothing.
        let again = first(&admin).await;
        assert_eq!(again.one(json!({ "op": "db.count" })).await.unwrap(), 0);
        assert_eq!(again.one(json!({ "op": "cache.get", "key": "k" })).await.unwrap(), Value::Null);
        assert_eq!(again.one(json!({ "op": "config.has", "key": "settings.api_key" })).await.unwrap(), false);

        // Without erasing, the tables wait for it.
        again.one(json!({ "op": "db.put", "name": "kept", "value": 1 })).await.unwrap();
        act(&admin, &again, "deactivate").await;
        panel.caisson(&["module", "delete", "product/puppet"]).await.unwrap();
        let back = first(&admin).await;
        assert_eq!(back.one(json!({ "op": "db.count" })).await.unwrap(), 1);
        act(&admin, &back, "deactivate").await;
        let command = ["module", "delete", "product/puppet", "--erase", "--confirm", "puppet"];
        assert!(panel.caisson(&command).await.unwrap().contains("all that it kept"));
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn what_is_sold_or_in_use_stays() {
    let panel = Panel::start().await.unwrap();
    let admin = panel.admin().await.unwrap();
    let puppet = first(&admin).await;
    services(&admin, 0).await;
    let list = async |path: &str| admin.api.get(path).await.unwrap().ok().unwrap();
    let (clients, products) = (list("/clients").await, list("/products").await);
    let order =
        json!({ "client_id": clients["items"][0]["id"], "product_id": products[0]["id"], "data": {} });
    let delete = async || {
        act(&admin, &puppet, "deactivate").await;
        let refused = panel.caisson(&["module", "delete", "product/puppet"]).await.unwrap_err().to_string();
        act(&admin, &puppet, "activate").await;
        refused
    };
    let sold = delete().await;
    assert!(sold.ends_with("product/puppet still has products (1); delete them first"), "{sold}");
    admin.api.post("/services", &order).await.unwrap().expect(201).unwrap();
    let used = delete().await;
    assert!(used.ends_with("product/puppet still has services (1); move or terminate them first"), "{used}");
}
