use std::fs;

use caisson_tests::support::oci::{PASSWORD, USER};
use caisson_tests::support::publisher::caisson;
use caisson_tests::support::{OciRegistry, Panel, Publisher, caisson_program, client, run_caisson};
use reqwest::multipart::Form;
use serde_json::{Value, json};

use super::{digest, package, refused};

const MANIFEST_TYPE: &str = "application/vnd.oci.image.manifest.v1+json";

/// The command line without a panel, and without what somebody's Docker keeps.
async fn author(arguments: &[&str], password: Option<&str>) -> Result<String, String> {
    let mut environment = vec![("DOCKER_CONFIG".to_owned(), "/nonexistent".to_owned())];
    environment.extend(password.map(|word| ("CAISSON_REGISTRY_PASSWORD".to_owned(), word.to_owned())));
    let done = run_caisson(&caisson_program().unwrap(), arguments, &environment).await;
    done.map_err(|error| format!("{error:#}"))
}

async fn manifest(registry: &OciRegistry, repository: &str, tag: &str) -> Value {
    let url = format!("http://{}/v2/{repository}/manifests/{tag}", registry.address());
    let asked = client().unwrap().get(url).header("accept", MANIFEST_TYPE);
    asked.send().await.unwrap().json().await.unwrap()
}

#[tokio::test]
async fn what_is_published_installs_by_tag_and_by_digest() {
    let registry = OciRegistry::start().unwrap();
    let alice = Publisher::new("Alice").await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = package(folder.path(), "1.0.0");
    let bytes = fs::read(&file).unwrap();
    fs::write(folder.path().join("puppet-1.0.0.caisson.minisig"), alice.sign(&bytes).await.unwrap()).unwrap();
    let (file, repository) = (file.display().to_string(), registry.artifact("modules/puppet"));

    let said = author(&["module", "publish", &file, &repository], None).await.unwrap();
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines[0], format!("{repository}:1.0.0 is published"));
    let again = author(&["module", "publish", &file, &repository], None).await.unwrap();
    assert_eq!(again, format!("{repository}:1.0.0 is there already\n{}\n", lines[1]));

    let made = manifest(&registry, "modules/puppet", "1.0.0").await;
    assert_eq!(made["artifactType"], "application/vnd.caisson.module.v1");
    assert_eq!(made["layers"][0]["mediaType"], "application/vnd.caisson.package.v1.tar+zstd");
    assert_eq!(made["layers"][0]["digest"], digest(&bytes));
    assert_eq!(made["layers"][1]["mediaType"], "application/vnd.caisson.signature.v1+minisig");
    assert_eq!(made["annotations"]["org.opencontainers.image.version"], "1.0.0");
    assert_eq!(made["annotations"]["org.opencontainers.image.title"], "Puppet");

    let panel =
        Panel::builder().allow_private(registry.address()).signatures("required").start().await.unwrap();
    let admin = panel.admin().await.unwrap();
    alice.trusted_by(&admin, &["*"]).await.unwrap();
    let other = digest(b"something else");
    let (field, said) = refused(&admin, &format!("{repository}:1.0.0"), Some(&other)).await;
    assert!(field == "digest" && said.contains(&digest(&bytes)) && said.contains(&other), "{field}: {said}");
    let tag = format!("{repository}:1.0.0");
    let said = panel.caisson(&["module", "install", &tag, "--digest", &digest(&bytes)]).await.unwrap();
    assert!(said.contains("product/puppet 1.0.0 is installed, signed by Alice"), "{said}");
    let form = Form::new().text("address", lines[1].to_owned());
    let again = admin.api.upload_form("/modules", form).await.unwrap().expect(200).unwrap();
    assert_eq!((&again["already"], &again["signed_by"]), (&json!(true), &json!("Alice")));
}

#[tokio::test]
async fn a_tag_that_is_taken_stays_unless_it_is_to_be_replaced() {
    let registry = OciRegistry::start().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let [old, new] = ["1.0.0", "1.1.0"].map(|version| package(folder.path(), version).display().to_string());
    let latest = registry.artifact("puppet:stable");
    author(&["module", "publish", &old, &latest], None).await.unwrap();
    let said = author(&["module", "publish", &new, &latest], None).await.unwrap_err();
    assert!(
        said.contains("puppet:stable holds another artifact already (sha256:") && said.contains("--replace"),
        "{said}"
    );
    let holds = |tag: &'static str| manifest(&registry, "puppet", tag);
    assert_eq!(holds("stable").await["annotations"]["org.opencontainers.image.version"], "1.0.0");
    author(&["module", "publish", &new, &latest, "--replace"], None).await.unwrap();
    assert_eq!(holds("stable").await["annotations"]["org.opencontainers.image.version"], "1.1.0");

    for (to, expected) in [
        (format!("{}@{}", registry.artifact("puppet"), digest(b"x")), "names a digest"),
        ("oci://127.0.0.1:1/puppet".to_owned(), "could not be reached"),
        (registry.address().to_string(), "does not begin with oci://"),
    ] {
        let said = author(&["module", "publish", &new, &to], None).await.unwrap_err();
        assert!(said.contains(expected), "{to}: {said}");
    }
    let text = folder.path().join("no-package.caisson");
    fs::write(&text, "nothing").unwrap();
    let said = author(&["module", "publish", &text.display().to_string(), &latest], None).await.unwrap_err();
    assert!(said.contains("this is not a module package"), "{said}");
}

#[tokio::test]
async fn a_registry_that_asks_gets_the_password_and_nobody_else_does() {
    let registry = OciRegistry::start_with_password().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = package(folder.path(), "1.0.0").display().to_string();
    let to = registry.artifact("team/puppet");
    let publish = ["module", "publish", &file, &to];
    let with_name = ["module", "publish", &file, &to, "--username", USER];
    for said in [author(&publish, None).await, author(&with_name, Some("wrong")).await] {
        let said = said.unwrap_err();
        assert!(said.contains("does not take this from you") && said.contains("--username"), "{said}");
    }
    let said = author(&with_name, None).await.unwrap_err();
    assert!(said.contains("set CAISSON_REGISTRY_PASSWORD"), "{said}");
    author(&with_name, Some(PASSWORD)).await.unwrap();

    let docker = json!({ "auths": { registry.address().to_string(): { "auth": "YWxpY2U6YSBwYXNzd29yZCBvZiBhIHRlc3Q=" } } });
    fs::write(folder.path().join("config.json"), docker.to_string()).unwrap();
    let panel = Panel::builder()
        .allow_private(registry.address())
        .env("DOCKER_CONFIG", &folder.path().display().to_string())
        .start()
        .await
        .unwrap();
    let admin = panel.admin().await.unwrap();
    // Whoever fills in a form of the panel is a stranger to the registry.
    let (field, said) = refused(&admin, &format!("{to}:1.0.0"), None).await;
    assert!(
        field == "address"
            && said.contains("does not let strangers read team/puppet; on the command line, say --username"),
        "{field}: {said}"
    );
    let config = panel.config().display().to_string();
    let install = ["--config", &config, "module", "install", &format!("{to}:1.0.0"), "--username", USER];
    let said = author(&install, Some("wrong")).await.unwrap_err();
    assert!(said.contains("does not let alice read team/puppet"), "{said}");
    assert!(!said.contains("wrong"), "{said}");
    let said = panel.caisson(&["module", "install", &format!("{to}:1.0.0")]).await.unwrap();
    assert!(said.contains("product/puppet 1.0.0 is installed"), "{said}");
    assert!(!panel.logs().contains(PASSWORD));
}

#[tokio::test]
async fn what_a_registry_has_not_or_has_wrong_stays_out() {
    let registry = OciRegistry::start().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = package(folder.path(), "1.0.0");
    let bytes = fs::read(&file).unwrap();
    let to = registry.artifact("puppet");
    caisson(&["module", "publish", &file.display().to_string(), &to]).await.unwrap();
    let panel = Panel::builder().allow_private(registry.address()).start().await.unwrap();
    let admin = panel.admin().await.unwrap();

    for missing in
        [format!("{to}:2.0.0"), registry.artifact("nothing:1.0.0"), format!("{to}@{}", digest(b"x"))]
    {
        let (field, said) = refused(&admin, &missing, None).await;
        assert!(
            field == "address" && said.contains(&format!("there is nothing at {missing}")),
            "{field}: {said}"
        );
    }
    let (_, said) = refused(&admin, "oci://puppet:1.0.0", None).await;
    assert!(said.contains("names no repository"), "{said}");

    // The same layers under another type are another thing.
    let mut other = manifest(&registry, "puppet", "1.0.0").await;
    other["artifactType"] = json!("application/vnd.example.picture.v1");
    let url = format!("http://{}/v2/puppet/manifests/picture", registry.address());
    let put = client().unwrap().put(url).header("content-type", MANIFEST_TYPE).body(other.to_string());
    assert_eq!(put.send().await.unwrap().status(), 201);
    let (_, said) = refused(&admin, &format!("{to}:picture"), None).await;
    assert!(said.contains("is no module: it is of type application/vnd.example.picture.v1"), "{said}");

    let blob = registry.blob(&digest(&bytes));
    let mut spoilt = bytes.clone();
    spoilt[bytes.len() / 2] ^= 1;
    fs::write(&blob, &spoilt).unwrap();
    let _case = caisson_threats::case(24, "a registry that sends other bytes than its manifest names");
    let (field, said) = refused(&admin, &format!("{to}:1.0.0"), None).await;
    assert!(field == "digest" && said.contains("somebody changed it"), "{field}: {said}");
    assert_eq!(admin.api.get("/modules").await.unwrap().ok().unwrap(), json!([]));
}
