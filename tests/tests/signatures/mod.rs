//! Signatures of packages and the version floor, through a panel: who may bring a module in, and what may not come back.

mod continuity;
mod outside;
mod refused;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use caisson_storage::audit::{self, AuditFilter};
use caisson_storage::{Db, PageQuery};
use caisson_tests::support::publisher::{complaint, install};
use caisson_tests::support::{Admin, Panel, Postgres, Publisher, grant, puppet};
use serde_json::{Value, json};

const KEY: &str = "product/puppet";

/// A panel on each database, with its administrator.
async fn panels(policy: &'static str) -> Vec<(Panel, Admin)> {
    let mut panels = Vec::new();
    for database in [None, Some(Postgres::shared().unwrap().create_database().unwrap())] {
        let builder = Panel::builder().signatures(policy).database(database);
        let panel = builder.start().await.unwrap();
        let admin = panel.admin().await.unwrap();
        panels.push((panel, admin));
    }
    panels
}

fn package(version: &str) -> Vec<u8> {
    puppet::package("puppet", version).unwrap().bytes().unwrap()
}

/// Every file of a panel but its database's.
fn files(folder: &Path) -> BTreeSet<PathBuf> {
    let mut found = BTreeSet::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if !path.to_string_lossy().contains("panel.db") {
            found.insert(path);
        }
    }
    found
}

async fn installed(admin: &Admin) -> Value {
    admin.api.get("/modules").await.unwrap().expect(200).unwrap()
}

/// Grants all that is asked for, and lets a version serve.
async fn activate(admin: &Admin, key: &str, version: &str) {
    grant(&admin.api, key, Some(version), &[]).await.unwrap();
    let path = format!("/modules/{key}/activate?version={version}");
    admin.api.post(&path, &json!({})).await.unwrap().expect(204).unwrap();
}

/// What the audit log has of an action, newest first: who did it, and the detail.
async fn audited(panel: &Panel, action: &str) -> Vec<(String, Value)> {
    let db = Db::connect(&panel.database_url(), 1).await.unwrap();
    let mut conn = db.conn().await.unwrap();
    let filter = AuditFilter { action: Some(action.to_owned()), ..AuditFilter::default() };
    let page = audit::page(&mut conn, &filter, &PageQuery::default()).await.unwrap();
    assert_eq!(audit::verify(&mut conn).await.unwrap(), None);
    page.items.into_iter().map(|entry| (entry.actor, entry.detail)).collect()
}

#[tokio::test]
async fn a_package_of_a_trusted_publisher_installs_and_says_whose_it_is() {
    let alice = Publisher::new("Alice").await.unwrap();
    let package = package("1.0.0");
    let signature = alice.sign(&package).await.unwrap();
    for (panel, admin) in panels("required").await {
        alice.trusted_by(&admin, &["*"]).await.unwrap();
        let done =
            install(&admin, &package, Some(signature.as_bytes()), &[]).await.unwrap().expect(201).unwrap();
        assert_eq!((&done["signed_by"], &done["warning"]), (&json!("Alice"), &Value::Null));
        let again = install(&admin, &package, Some(signature.as_bytes()), &[]).await.unwrap();
        assert_eq!(again.expect(200).unwrap()["already"], true);
        let module = admin.api.get(&format!("/modules/{KEY}")).await.unwrap().ok().unwrap();
        let publishers = admin.api.get("/publishers").await.unwrap().ok().unwrap();
        let (version, publisher) = (&module["versions"][0], &publishers[0]);
        assert_eq!((&version["signed_by"], &version["revoked"]), (&json!("Alice"), &json!(false)));
        assert_eq!(version["key_id"], publisher["key_id"]);
        assert_eq!(
            (&publisher["public_key"], &publisher["added_by"]),
            (&json!(alice.public), &json!(admin.email))
        );

        let (by, detail) = audited(&panel, "module.install").await.remove(0);
        assert_eq!((by.as_str(), &detail["publisher"]), (admin.email.as_str(), &json!("Alice")));
        assert_eq!(audited(&panel, "module.install").await.len(), 1);
        assert_eq!(audited(&panel, "module.sign").await, []);
    }
}

#[tokio::test]
async fn an_unsigned_package_is_refused_warned_of_or_not_looked_at() {
    let alice = Publisher::new("Alice").await.unwrap();
    let package = package("1.0.0");
    let signature = alice.sign(&package).await.unwrap();
    for (panel, admin) in panels("required").await {
        let _case = caisson_threats::case(24, "no signature where one is required").times(2);
        let (field, said) = complaint(install(&admin, &package, None, &[]).await.unwrap()).unwrap();
        assert!(field == "signature" && said.contains("the package is not signed"), "{field}: {said}");
        // Neither exception makes up for it.
        let exceptions = &["new_publisher", "allow_older"];
        let (field, _) = complaint(install(&admin, &package, None, exceptions).await.unwrap()).unwrap();
        assert_eq!(field, "signature");
        assert_eq!(installed(&admin).await, json!([]));
        assert_eq!(audited(&panel, "module.install").await, []);
    }
    for (panel, admin) in panels("warn").await {
        let _case = caisson_threats::case(24, "a signature that is there and untrusted");
        let untrusted = install(&admin, &package, Some(signature.as_bytes()), &[]).await.unwrap();
        assert!(complaint(untrusted).unwrap().1.contains("which this panel does not trust"));
        let done = install(&admin, &package, None, &[]).await.unwrap().expect(201).unwrap();
        assert_eq!(done["signed_by"], Value::Null);
        assert!(done["warning"].as_str().unwrap().contains("product/puppet 1.0.0 is not signed"), "{done}");
        assert_eq!(audited(&panel, "module.unsigned").await.len(), 1);

        // Signed later: the same bytes, now with somebody who answers for them.
        alice.trusted_by(&admin, &[]).await.unwrap();
        let again =
            install(&admin, &package, Some(signature.as_bytes()), &[]).await.unwrap().expect(200).unwrap();
        assert_eq!((&again["signed_by"], &again["warning"]), (&json!("Alice"), &Value::Null));
        assert_eq!(installed(&admin).await[0]["versions"][0]["signed_by"], "Alice");
        assert_eq!(audited(&panel, "module.sign").await.len(), 1);
        assert!(
            complaint(install(&admin, &package, None, &[]).await.unwrap()).unwrap().1.contains("not signed")
        );
    }
    for (panel, admin) in panels("off").await {
        let done = install(&admin, &package, Some(b"no signature at all"), &[]).await.unwrap();
        assert_eq!(done.expect(201).unwrap()["warning"], Value::Null);
        assert_eq!(installed(&admin).await[0]["versions"][0]["signed_by"], Value::Null);
        assert_eq!(audited(&panel, "module.unsigned").await, []);
    }
}
