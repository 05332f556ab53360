//! Signatures that are wrong, and keys that are trusted no more.

use caisson_tests::support::publisher::{complaint, install};
use caisson_tests::support::{Publisher, puppet};
use serde_json::json;

use super::{KEY, activate, audited, files, installed, package, panels};

/// Replaces a line of a signature.
fn with_line(signature: &str, at: usize, line: &str) -> String {
    let mut lines: Vec<&str> = signature.lines().collect();
    lines[at] = line;
    format!("{}\n", lines.join("\n"))
}

#[tokio::test]
async fn a_wrong_signature_is_refused_and_leaves_nothing() {
    let [alice, bob, mallory] = [
        Publisher::new("Alice").await.unwrap(),
        Publisher::new("Bob").await.unwrap(),
        Publisher::new("Mallory").await.unwrap(),
    ];
    let good = package("1.0.0");
    let newer = package("1.1.0");
    let other = puppet::package("other", "1.0.0").unwrap().bytes().unwrap();
    let signature = alice.sign(&good).await.unwrap();
    let lines: Vec<&str> = signature.lines().collect();
    let by_mallory = mallory.sign(&good).await.unwrap();
    let (of_newer, of_other) = (alice.sign(&newer).await.unwrap(), alice.sign(&other).await.unwrap());
    let comment_of_newer = of_newer.lines().nth(2).unwrap();
    let cases: Vec<(&str, String, &str)> = vec![
        (
            "an untrusted key's",
            by_mallory,
            "which this panel does not trust; compare it with what its publisher says",
        ),
        ("a key's that may not sign this module", bob.sign(&good).await.unwrap(), "Bob is not trusted with"),
        ("another version's", of_newer.clone(), "do not fit together"),
        ("another package's", of_other, "do not fit together"),
        (
            "an altered comment",
            with_line(&signature, 2, &lines[2].replace("1.0.0", "1.1.0")),
            "do not fit together",
        ),
        ("another comment", with_line(&signature, 2, comment_of_newer), "do not fit together"),
        (
            "another comment with its own signature",
            {
                let with_comment = with_line(&signature, 2, comment_of_newer);
                with_line(&with_comment, 3, of_newer.lines().nth(3).unwrap())
            },
            "do not fit together",
        ),
        ("no comment", with_line(&signature, 2, "trusted comment: "), "do not fit together"),
        ("something appended", format!("{signature}untrusted comment: more\n"), "four lines"),
        (
            "no trusted comment",
            with_line(&signature, 2, "comment: 1.0.0"),
            "its third line is no trusted comment",
        ),
        ("no signature", "hello".to_owned(), "this is not a signature"),
        ("the package itself", "PK".repeat(20_000), "not a signature"),
    ];
    for policy in ["required", "warn"] {
        for (panel, admin) in panels(policy).await {
            alice.trusted_by(&admin, &["*"]).await.unwrap();
            bob.trusted_by(&admin, &["product/other"]).await.unwrap();
            let before = files(&panel.data_dir());
            for (case, wrong, words) in &cases {
                let _case = caisson_threats::case(24, *case);
                let reply = install(&admin, &good, Some(wrong.as_bytes()), &["new_publisher"]).await.unwrap();
                let (field, said) = complaint(reply).unwrap_or_else(|error| panic!("{case}: {error}"));
                assert!(
                    field == "signature" && said.to_lowercase().contains(&words.to_lowercase()),
                    "{case}: {field}: {said}"
                );
                assert!(!said.contains('\n') && said.len() < 600, "{case}: {said}");
            }
            assert_eq!(files(&panel.data_dir()), before, "something was left on disk");
            assert_eq!(installed(&admin).await, json!([]), "something was left in the database");
            assert_eq!(audited(&panel, "module.install").await, []);
        }
    }
}

#[tokio::test]
async fn no_flipped_byte_comes_in() {
    let _case = caisson_threats::case(24, "a flipped byte of an archive or its signature").times(2 * 2 * 64);
    let alice = Publisher::new("Alice").await.unwrap();
    let good = package("1.0.0");
    let signature = alice.sign(&good).await.unwrap();
    // The untrusted comment is what its name says; nothing of it is kept. The last byte ends a line.
    let start = signature.lines().next().unwrap().len();
    let places = |from: usize, to: usize| (0..64).map(move |step| from + step * (to - from - 1) / 63);
    for (panel, admin) in panels("warn").await {
        alice.trusted_by(&admin, &["*"]).await.unwrap();
        let before = files(&panel.data_dir());
        for at in places(0, good.len()) {
            let mut changed = good.clone();
            changed[at] ^= 0x01;
            let reply = install(&admin, &changed, Some(signature.as_bytes()), &[]).await.unwrap();
            let (field, said) = complaint(reply).unwrap_or_else(|error| panic!("byte {at}: {error}"));
            assert!(field == "signature" && said.contains("do not fit together"), "byte {at}: {said}");
        }
        for at in places(start, signature.len() - 1) {
            let mut changed = signature.clone().into_bytes();
            changed[at] ^= 0x01;
            let reply = install(&admin, &good, Some(&changed), &[]).await.unwrap();
            let (field, said) = complaint(reply).unwrap_or_else(|error| panic!("byte {at}: {error}"));
            assert_eq!(field, "signature", "byte {at}: {said}");
        }
        assert_eq!(files(&panel.data_dir()), before, "something was left on disk");
        assert_eq!(installed(&admin).await, json!([]));
        install(&admin, &good, Some(signature.as_bytes()), &[]).await.unwrap().expect(201).unwrap();
    }
}

#[tokio::test]
async fn a_revoked_key_signs_no_more_and_what_it_signed_serves_on() {
    let alice = Publisher::new("Alice").await.unwrap();
    let (old, new) = (package("1.0.0"), package("1.1.0"));
    let (of_old, of_new) = (alice.sign(&old).await.unwrap(), alice.sign(&new).await.unwrap());
    for (panel, admin) in panels("warn").await {
        let _case = caisson_threats::case(24, "a revoked key").times(3);
        let id = alice.trusted_by(&admin, &["*"]).await.unwrap();
        install(&admin, &old, Some(of_old.as_bytes()), &[]).await.unwrap().expect(201).unwrap();
        activate(&admin, KEY, "1.0.0").await;
        let revoke = format!("/publishers/{id}/revoke");
        admin.api.post(&revoke, &json!({})).await.unwrap().expect(204).unwrap();
        admin.api.post(&revoke, &json!({})).await.unwrap().expect(404).unwrap();

        for (bytes, signature) in [(&new, &of_new), (&old, &of_old)] {
            let reply = install(&admin, bytes, Some(signature.as_bytes()), &["new_publisher"]).await.unwrap();
            let (field, said) = complaint(reply).unwrap();
            assert!(field == "signature" && said.contains("which was revoked"), "{said}");
        }
        // Nor can the key come back, and its module goes on.
        let again = json!({ "name": "Alice again", "key": alice.public });
        let (field, said) = complaint(admin.api.post("/publishers", &again).await.unwrap()).unwrap();
        assert!(field == "key" && said.contains("was revoked here"), "{said}");
        let module = installed(&admin).await[0].clone();
        assert_eq!((&module["status"], &module["versions"][0]["revoked"]), (&json!("active"), &json!(true)));
        assert_eq!(audited(&panel, "publisher.revoke").await.len(), 1);
    }
}
