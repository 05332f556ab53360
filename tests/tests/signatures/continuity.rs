//! What a module was before: how far it had come, and whose it was.

use caisson_tests::support::archive::Archive;
use caisson_tests::support::publisher::{complaint, install};
use caisson_tests::support::{Publisher, modules};
use serde_json::{Value, json};

use super::{activate, audited, files, installed, package, panels};

/// A module that can be updated both ways, which the puppet refuses.
const CLOUD: &str = "product/cloud-service";

fn cloud(version: &str) -> Vec<u8> {
    let archive = Archive::open(&modules::package(CLOUD).unwrap()).unwrap();
    let version = format!("version = \"{version}\"");
    archive.edit("module.toml", "version = \"1.0.0\"", &version).unwrap().bytes().unwrap()
}

#[tokio::test]
async fn what_served_is_not_followed_by_something_older_unless_somebody_says_so() {
    let alice = Publisher::new("Alice").await.unwrap();
    let versions = ["1.9.0", "1.10.0", "1.10.1-rc.1"].map(cloud);
    let mut signatures = Vec::new();
    for package in &versions {
        signatures.push(alice.sign(package).await.unwrap());
    }
    for (panel, admin) in panels("warn").await {
        let _case = caisson_threats::case(24, "an older version, signed as it was").times(3);
        alice.trusted_by(&admin, &["*"]).await.unwrap();
        let bring = async |at: usize, exceptions: &[&'static str]| {
            install(&admin, &versions[at], Some(signatures[at].as_bytes()), exceptions).await.unwrap()
        };
        bring(1, &[]).await.expect(201).unwrap();
        // Installed is not served: an older one may still come.
        bring(0, &[]).await.expect(201).unwrap();
        activate(&admin, CLOUD, "1.10.0").await;
        // What is installed may serve again, which is how an update is undone, and does not lower the floor.
        activate(&admin, CLOUD, "1.9.0").await;
        admin
            .api
            .post(&format!("/modules/{CLOUD}/deactivate"), &json!({}))
            .await
            .unwrap()
            .expect(204)
            .unwrap();
        admin.api.delete(&format!("/modules/{CLOUD}")).await.unwrap().expect(204).unwrap();

        // The floor outlives the module.
        let before = files(&panel.data_dir());
        for exceptions in [&[][..], &["new_publisher"][..]] {
            let (field, said) = complaint(bring(0, exceptions).await).unwrap();
            assert_eq!(field, "allow_older");
            assert!(
                said.contains("product/cloud-service 1.9.0 is older than 1.10.0, which already served here"),
                "{said}"
            );
        }
        assert_eq!(files(&panel.data_dir()), before, "something was left on disk");
        assert_eq!(installed(&admin).await, json!([]));
        assert_eq!(audited(&panel, "module.allow-older").await, []);
        bring(0, &["allow_older"]).await.expect(201).unwrap();
        let (by, detail) = audited(&panel, "module.allow-older").await.remove(0);
        assert_eq!((by, detail), (admin.email.clone(), json!({ "version": "1.9.0", "floor": "1.10.0" })));
        activate(&admin, CLOUD, "1.9.0").await;
        admin
            .api
            .post(&format!("/modules/{CLOUD}/deactivate"), &json!({}))
            .await
            .unwrap()
            .expect(204)
            .unwrap();
        admin.api.delete(&format!("/modules/{CLOUD}")).await.unwrap().expect(204).unwrap();
        // The exception was for one package.
        assert_eq!(complaint(bring(0, &[]).await).unwrap().0, "allow_older");
        bring(1, &[]).await.expect(201).unwrap();
        bring(2, &[]).await.expect(201).unwrap();
    }
}

#[tokio::test]
async fn a_module_stays_with_its_publisher_unless_somebody_says_so() {
    let (alice, mallory) = (Publisher::new("Alice").await.unwrap(), Publisher::new("Mallory").await.unwrap());
    let versions = ["1.0.0", "1.1.0", "1.2.0", "1.3.0"].map(package);
    for (panel, admin) in panels("warn").await {
        let _case = caisson_threats::case(24, "a signature stripped, or another publisher's").times(4);
        // Both are trusted with everything: trusted is not the same as known for this module.
        alice.trusted_by(&admin, &["*"]).await.unwrap();
        mallory.trusted_by(&admin, &["*"]).await.unwrap();
        let bring = async |at: usize, by: Option<&Publisher>, exceptions: &[&'static str]| {
            let signature = match by {
                Some(publisher) => Some(publisher.sign(&versions[at]).await.unwrap()),
                None => None,
            };
            let signature = signature.as_ref().map(String::as_bytes);
            install(&admin, &versions[at], signature, exceptions).await.unwrap()
        };
        bring(0, Some(&alice), &[]).await.expect(201).unwrap();
        let before = files(&panel.data_dir());
        for (by, words) in
            [(None, "this package is not signed"), (Some(&mallory), "this package is signed by Mallory")]
        {
            let (field, said) = complaint(bring(1, by, &["allow_older"]).await).unwrap();
            assert_eq!(field, "new_publisher");
            assert!(
                said.contains("product/puppet was signed by Alice (key ")
                    && said.contains("; if that is as it should be, say so with 'Another publisher'")
                    && said.contains(words),
                "{said}"
            );
        }
        assert_eq!(files(&panel.data_dir()), before, "something was left on disk");
        assert_eq!(audited(&panel, "module.new-publisher").await, []);

        // An unsigned one by permission: that package alone, and the module is still Alice's.
        let done = bring(1, None, &["new_publisher"]).await.expect(201).unwrap();
        assert!(done["warning"].is_string());
        assert_eq!(complaint(bring(2, None, &[]).await).unwrap().0, "new_publisher");
        // Another publisher by permission: from now on the module is his.
        bring(2, Some(&mallory), &["new_publisher"]).await.expect(201).unwrap();
        let log = audited(&panel, "module.new-publisher").await;
        let now: Vec<&Value> = log.iter().map(|(_, detail)| &detail["now"]).collect();
        assert_eq!(now, ["signed by Mallory", "not signed"]);
        assert_eq!(complaint(bring(3, Some(&alice), &[]).await).unwrap().0, "new_publisher");
        bring(3, Some(&mallory), &[]).await.expect(201).unwrap();
    }
}
