use std::collections::BTreeMap;
use std::fs;

use caisson_tests::support::publisher::caisson;
use caisson_tests::support::{Panel, modules, repository};
use serde_json::Value;

/// Parts of a document by name: the version, and whether it only built the module.
fn parts(document: &Value) -> BTreeMap<&str, (&str, bool)> {
    let told = document["components"].as_array().unwrap().iter().map(|part| {
        let version = part["version"].as_str().unwrap_or_default();
        (part["name"].as_str().unwrap(), (version, part["scope"] == "excluded"))
    });
    told.collect()
}

#[tokio::test]
async fn a_package_of_every_language_lists_its_parts() {
    let expected: [(&str, &[&str], &str); 4] = [
        ("rust", &["guest-sdk-rust", "serde", "wit-bindgen", "rust-std"], "rustc"),
        ("typescript", &["guest-sdk-js", "componentize-qjs"], "esbuild"),
        ("python", &["guest-sdk-python", "componentize-py", "cpython"], ""),
        ("c", &["guest-sdk-c", "wasi-libc", "compiler-rt"], "clang"),
    ];
    for (language, inside, builds) in expected {
        let source = repository().join("tests/guests/mailbox").join(language);
        let built = modules::build_from(&source, &format!("product/mailbox-{language}")).unwrap();
        let file = built.file.display().to_string();
        let text = caisson(&["module", "sbom", &file, "--json"]).await.unwrap();
        let document: Value = serde_json::from_str(&text).unwrap();
        let about = &document["metadata"]["component"];
        assert_eq!((&about["group"], &about["name"]), (&"product".into(), &"mailbox".into()), "{language}");
        let parts = parts(&document);
        for name in inside {
            assert!(parts.get(name).is_some_and(|part| !part.1), "{language}: {name}: {parts:?}");
        }
        if !builds.is_empty() {
            assert!(
                parts.get(builds).is_some_and(|part| part.1 && !part.0.is_empty()),
                "{language}: {parts:?}"
            );
        }
    }
}

#[tokio::test]
async fn the_list_is_the_same_each_time_and_seen_everywhere() {
    let built = modules::build("product/cloud-service").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let again = folder.path().join("again.caisson").display().to_string();
    let source = repository().join("modules/product/cloud-service").display().to_string();
    let target = repository().join("target/guests").display().to_string();
    caisson(&["module", "pack", &source, "--output", &again, "--target-dir", &target]).await.unwrap();
    assert!(fs::read(&again).unwrap() == fs::read(&built.file).unwrap(), "two packages differ");

    let text = caisson(&["module", "sbom", &again, "--json"]).await.unwrap();
    let document: Value = serde_json::from_str(&text).unwrap();
    let serde =
        document["components"].as_array().unwrap().iter().find(|part| part["name"] == "serde").unwrap();
    let version = serde["version"].as_str().unwrap();
    assert_eq!(serde["purl"], format!("pkg:cargo/serde@{version}"));
    assert_eq!(serde["licenses"][0]["expression"], "MIT OR Apache-2.0");
    assert_eq!(serde["hashes"][0]["content"].as_str().unwrap().len(), 64);
    // Macros are no part of what runs.
    assert!(parts(&document)["serde_derive"].1);

    let panel = Panel::start().await.unwrap();
    let admin = panel.admin().await.unwrap();
    panel.caisson(&["module", "install", &again]).await.unwrap();
    assert_eq!(panel.caisson(&["module", "sbom", "product/cloud-service", "--json"]).await.unwrap(), text);
    let listed = panel.caisson(&["module", "sbom", "product/cloud-service"]).await.unwrap();
    let line = listed.lines().find(|line| line.starts_with("serde ")).unwrap();
    assert!(line.contains(version) && line.contains("MIT OR Apache-2.0"), "{line}");
    let served = admin.api.get("/modules/product/cloud-service/sbom").await.unwrap().expect(200).unwrap();
    assert_eq!(served, document);

    let mut visitor = panel.signed_in(&admin).await.unwrap();
    let versions = visitor.open("/admin/modules/product/cloud-service?tab=versions").await.unwrap();
    assert!(versions.body.contains("parts=1.0.0#parts"), "{}", versions.body);
    let page = visitor.open("/admin/modules/product/cloud-service?tab=versions&parts=1.0.0").await.unwrap();
    assert!(page.body.contains("guest-sdk-rust") && page.body.contains("only builds it"), "{}", page.body);
}

#[tokio::test]
async fn a_package_without_a_list_installs_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let file = super::package(folder.path(), "1.0.0").display().to_string();
    let said = caisson(&["module", "sbom", &file]).await.unwrap_err();
    assert!(format!("{said:#}").contains("has no list of its parts"), "{said:#}");
    let said = caisson(&["module", "sbom", "no/such thing"]).await.unwrap_err();
    assert!(format!("{said:#}").contains("is neither a file nor a module"), "{said:#}");
    let panel = Panel::start().await.unwrap();
    let admin = panel.admin().await.unwrap();
    panel.caisson(&["module", "install", &file]).await.unwrap();
    admin.api.get("/modules/product/puppet/sbom").await.unwrap().expect(404).unwrap();
}
