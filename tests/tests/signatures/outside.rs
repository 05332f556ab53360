//! Publishers and their keys: over the API, on the command line, on the panel's pages.

use std::os::unix::fs::PermissionsExt as _;

use caisson_tests::support::publisher::{caisson, complaint};
use caisson_tests::support::{Panel, Publisher};
use reqwest::multipart::Part;
use serde_json::json;

use super::{KEY, audited, package, panels};

#[tokio::test]
async fn what_is_wrong_with_a_publisher_is_said_by_its_field() {
    let alice = Publisher::new("Alice").await.unwrap();
    for (panel, admin) in panels("warn").await {
        for (body, field) in [
            (json!({ "name": " ", "key": alice.public }), "name"),
            (json!({ "name": "Alice", "key": "RWnothing" }), "key"),
            (json!({ "name": "Alice", "key": alice.public, "modules": ["powerdns"] }), "modules"),
        ] {
            assert_eq!(complaint(admin.api.post("/publishers", &body).await.unwrap()).unwrap().0, field);
        }
        assert_eq!(admin.api.get("/publishers").await.unwrap().ok().unwrap(), json!([]));
        // Added twice, it is changed.
        let id = alice.trusted_by(&admin, &["product/other"]).await.unwrap();
        assert_eq!(alice.trusted_by(&admin, &["*"]).await.unwrap(), id);
        assert_eq!(admin.api.get("/publishers").await.unwrap().ok().unwrap()[0]["modules"], json!(["*"]));
        assert_eq!(audited(&panel, "publisher.change").await.len(), 1);
    }
}

#[tokio::test]
async fn the_command_line_makes_keys_signs_verifies_and_installs() {
    let (alice, mallory) = (Publisher::new("Alice").await.unwrap(), Publisher::new("Mallory").await.unwrap());
    assert_eq!(std::fs::metadata(alice.secret_file()).unwrap().permissions().mode() & 0o777, 0o600);
    let base = alice.secret_file().with_extension("").display().to_string();
    let again = caisson(&["module", "keygen", "--out", &base]).await.unwrap_err().to_string();
    assert!(again.contains("exists already"), "{again}");

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("puppet.caisson").display().to_string();
    let beside = format!("{file}.minisig");
    std::fs::write(&file, package("1.0.0")).unwrap();
    let key = alice.secret_file().display().to_string();
    assert_eq!(caisson(&["module", "sign", &file, "--key", &key]).await.unwrap().trim(), beside);
    let public = alice.public_file().display().to_string();
    let verified = caisson(&["module", "verify", &file, "--publisher-key", &public]).await.unwrap();
    assert!(verified.contains("module=product/puppet version=1.0.0 digest="), "{verified}");
    let by_other =
        caisson(&["module", "verify", &file, "--publisher-key", &mallory.public]).await.unwrap_err();
    assert!(by_other.to_string().contains("the signature was made with key"), "{by_other}");

    let panel = Panel::builder().signatures("required").start().await.unwrap();
    let untrusted = panel.caisson(&["module", "verify", &file]).await.unwrap_err().to_string();
    assert!(untrusted.contains("does not trust"), "{untrusted}");
    let added = ["publisher", "add", "--name", "Alice", "--key", &public, "--module", KEY];
    assert!(panel.caisson(&added).await.unwrap().contains("Alice is trusted with product/puppet"));
    assert!(
        panel.caisson(&["module", "verify", &file]).await.unwrap().contains("of Alice, who is trusted here")
    );

    // The signature is found beside the package, or where it is said to be, and missed where it is not.
    let elsewhere = folder.path().join("elsewhere").display().to_string();
    std::fs::rename(&beside, &elsewhere).unwrap();
    let stripped = panel.caisson(&["module", "install", &file]).await.unwrap_err().to_string();
    assert!(stripped.contains("the package is not signed"), "{stripped}");
    let named = panel.caisson(&["module", "install", &file, "--signature", &elsewhere]).await.unwrap();
    assert!(named.contains("product/puppet 1.0.0 is installed, signed by Alice"), "{named}");
    std::fs::rename(&elsewhere, &beside).unwrap();
    panel.caisson(&["module", "install", &file]).await.unwrap();

    let listed = panel.caisson_json(&["publisher", "list"]).await.unwrap();
    let id = listed[0]["key_id"].as_str().unwrap().to_owned();
    assert_eq!((&listed[0]["modules"], &listed[0]["revoked"]), (&json!([KEY]), &json!(false)));
    panel.caisson(&["publisher", "revoke", &id]).await.unwrap();
    let revoked = panel.caisson(&["module", "verify", &file]).await.unwrap_err().to_string();
    assert!(revoked.contains("was revoked here"), "{revoked}");
}

#[tokio::test]
async fn publishers_and_signatures_have_their_pages() {
    let alice = Publisher::new("Alice <b>").await.unwrap();
    let package = package("1.0.0");
    let signature = alice.sign(&package).await.unwrap();
    for (panel, admin) in panels("warn").await {
        let mut visitor = panel.signed_in(&admin).await.unwrap();
        assert!(visitor.open("/admin/publishers").await.unwrap().body.contains("No publishers yet"));
        let wrong = [("name", "Alice"), ("key", "RWwrong"), ("modules", "product/puppet")];
        let refused = visitor.submit("/admin/publishers", &wrong).await.unwrap();
        assert_eq!(refused.status, 422);
        assert!(
            refused.body.contains("this is not a minisign public key") && refused.body.contains("RWwrong")
        );
        let file = std::fs::read_to_string(alice.public_file()).unwrap();
        let right =
            [("name", alice.name.as_str()), ("key", &file), ("modules", "product/puppet, plugin/other")];
        let added = visitor.submit("/admin/publishers", &right).await.unwrap();
        assert!(
            added.body.contains("The publisher is trusted.") && added.body.contains("Alice &lt;b&gt;"),
            "{}",
            added.body
        );

        visitor.open("/admin/modules").await.unwrap();
        let part = |bytes: &[u8]| Part::bytes(bytes.to_vec()).file_name("file");
        let forged = vec![("package", part(&package)), ("signature", part(b"forged"))];
        let refused = visitor.submit_files("/admin/modules", forged).await.unwrap();
        assert!(
            refused.status == 422 && refused.body.contains("this is not a signature"),
            "{}",
            refused.body
        );
        // A form whose second file was not chosen sends an empty one.
        let unsigned = vec![("package", part(&package)), ("signature", part(b""))];
        let approval = visitor.submit_files("/admin/modules", unsigned).await.unwrap();
        assert!(
            approval.body.contains("nothing proves who made it") && approval.body.contains("Not signed"),
            "{}",
            approval.body
        );
        let signed = vec![("package", part(&package)), ("signature", part(signature.as_bytes()))];
        let module = visitor.submit_files("/admin/modules", signed).await.unwrap();
        assert!(module.body.contains("Signed by Alice &lt;b&gt;"), "{}", module.body);

        let publishers = admin.api.get("/publishers").await.unwrap().ok().unwrap();
        let revoke = format!("/admin/publishers/{}/revoke", publishers[0]["id"].as_str().unwrap());
        visitor.open("/admin/publishers").await.unwrap();
        let revoked = visitor.submit(&revoke, &[]).await.unwrap();
        assert!(revoked.body.contains("The publisher is trusted no more."), "{}", revoked.body);
        assert!(visitor.open(&format!("/admin/modules/{KEY}")).await.unwrap().body.contains("key revoked"));
    }
}
