use super::*;

const MANIFEST: &str = r#"
contract = "0.1.0"
[module]
name = "demo"
type = "plugin"
version = "1.2.3"
title = "Demo"
description = "Has parts."
author = "Example Ltd"
"#;

fn manifest() -> Manifest {
    Manifest::parse(MANIFEST).unwrap()
}

fn serde_crate() -> Component {
    Component::part(Kind::Library, "serde", "1.0.229")
        .with_purl("pkg:cargo/serde@1.0.229".to_owned())
        .with_licence(Some("MIT OR Apache-2.0"))
}

fn rustc() -> Component {
    Component::part(Kind::Application, "rustc", "1.96.0").with_scope(Scope::Excluded)
}

#[test]
fn the_order_of_parts_does_not_matter() {
    let kit = || Component::kit("rust", "0.1.0");
    let one = Sbom::new(&manifest(), vec![rustc(), serde_crate(), kit(), serde_crate()]);
    let other = Sbom::new(&manifest(), vec![kit(), serde_crate(), rustc()]);
    assert_eq!(one, other);
    let text = one.text();
    for absent in ["timestamp", "serialNumber"] {
        assert!(!text.contains(absent), "{text}");
    }
    let document: serde_json::Value = serde_json::from_str(text).unwrap();
    assert_eq!(document["bomFormat"], "CycloneDX");
    assert_eq!(document["specVersion"], "1.6");
    assert_eq!(document["metadata"]["component"]["bom-ref"], "plugin/demo@1.2.3");
    assert_eq!(document["metadata"]["tools"]["components"][0]["name"], "caisson");
    assert_eq!(document["components"][1]["licenses"][0]["expression"], "MIT OR Apache-2.0");
}

#[test]
fn what_was_written_is_read() {
    let sbom = Sbom::new(&manifest(), vec![rustc(), serde_crate(), Component::kit("rust", "0.1.0")]);
    let parts = Sbom::read(sbom.text(), &manifest()).unwrap().parts();
    let names: Vec<_> = parts.iter().map(|part| (part.name.as_str(), part.only_for_building)).collect();
    assert_eq!(names, [("caisson/guest-sdk-rust", false), ("serde", false), ("rustc", true)]);
    assert_eq!((parts[1].version.as_str(), parts[1].licence.as_str()), ("1.0.229", "MIT OR Apache-2.0"));
}

#[test]
fn documents_of_other_tools_are_read() {
    let text = r#"{
        "$schema": "http://cyclonedx.org/schema/bom-1.5.schema.json", "bomFormat": "CycloneDX", "specVersion": "1.5",
        "serialNumber": "urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79",
        "metadata": { "tools": [{ "name": "cdxgen" }], "component": { "type": "application", "name": "demo", "version": "1.2.3" } },
        "components": [{ "type": "machine-learning-model", "name": "a\u202eb\u0007", "licenses": [{ "license": { "id": "MIT", "url": "x" } }] }]
    }"#;
    let parts = Sbom::read(text, &manifest()).unwrap().parts();
    assert_eq!((parts[0].name.as_str(), parts[0].licence.as_str()), ("ab ", "MIT"));
}

#[test]
fn what_is_wrong_is_told() {
    let named = |name: &str, version: &str| {
        let about = format!(r#"{{ "type": "application", "name": "{name}", "version": "{version}" }}"#);
        format!(
            r#"{{ "bomFormat": "CycloneDX", "specVersion": "1.6", "metadata": {{ "component": {about} }} }}"#
        )
    };
    let part = r#"{ "type": "library", "name": "a" },"#.repeat(PARTS_MAX + 1);
    let many = named("demo", "1.2.3")
        .replace(r#""metadata""#, &format!(r#""components": [{}], "metadata""#, part.trim_end_matches(',')));
    let cases = [
        ("[]".to_owned(), "sbom.cdx.json is not a CycloneDX document in JSON: "),
        ("{}".to_owned(), "missing field `bomFormat`"),
        (
            named("demo", "1.2.3").replace("CycloneDX", "SPDX"),
            "sbom.cdx.json is 'SPDX' of version '1.6'; it must be CycloneDX 1.x",
        ),
        (
            named("other", "1.2.3"),
            "sbom.cdx.json is of 'other' 1.2.3, and module.toml of demo 1.2.3; pack again",
        ),
        (named("demo", "1.2.4"), "is of 'demo' 1.2.4, and module.toml of demo 1.2.3"),
        (many, "lists 5001 parts; at most 5000"),
    ];
    for (text, expected) in cases {
        let message = Sbom::read(&text, &manifest()).unwrap_err().to_string();
        assert!(message.contains(expected) && !message.contains('\n'), "{message}");
    }
    assert!(Sbom::read(&named("demo", "1.2.3"), &manifest()).unwrap().parts().is_empty());
}
