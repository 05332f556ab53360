//! Guests written by hand, for what no compiler of a language would make: each breaks one limit or one rule. The panel says which,
//! records it, and serves the others.
//!
//! A case is a file in `tests/guests/raw`: comments that say what comes of it, imports, and a function `$deed` that is called
//! as the module's `activate`.

use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::time::Duration;

use axum::http::StatusCode;
use caisson_tests::support::archive::Archive;
use caisson_tests::support::{Admin, Panel, Reply, repository, until};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use wit_component::{StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

/// What a guest may import here beside the contract. One package is hostile; the others stand in for WASI's own.
const WORLD: &str = "
package caisson:raw;
world guest {
    import caisson:module/log@0.1.0;
    import caisson:module/services@0.1.0;
    import wasi:cli/exit@0.2.3;
    import wasi:clocks/monotonic-clock@0.2.3;
    import wasi:http/outgoing-handler@0.2.3;
    import evil:host/files@1.0.0;
    export caisson:module/lifecycle@0.1.0;
    export caisson:module/jobs@0.1.0;
}
package wasi:cli@0.2.3 { interface exit { exit: func(status: result); } }
package wasi:io@0.2.3 {
    interface poll { resource pollable { block: func(); } }
    interface error { resource error; }
    interface streams {
        use error.{error};
        variant stream-error { last-operation-failed(error), closed }
        resource input-stream { blocking-read: func(len: u64) -> result<list<u8>, stream-error>; }
    }
}
package wasi:clocks@0.2.3 {
    interface monotonic-clock {
        use wasi:io/poll@0.2.3.{pollable};
        subscribe-duration: func(when: u64) -> pollable;
    }
}
package wasi:http@0.2.3 {
    interface types {
        use wasi:io/poll@0.2.3.{pollable};
        use wasi:io/streams@0.2.3.{input-stream};
        variant scheme { HTTP, HTTPS, other(string) }
        record DNS-error-payload { rcode: option<string>, info-code: option<u16> }
        record TLS-alert-received-payload { alert-id: option<u8>, alert-message: option<string> }
        record field-size-payload { field-name: option<string>, field-size: option<u32> }
        variant error-code {
            DNS-timeout, DNS-error(DNS-error-payload), destination-not-found, destination-unavailable,
            destination-IP-prohibited, destination-IP-unroutable, connection-refused, connection-terminated,
            connection-timeout, connection-read-timeout, connection-write-timeout, connection-limit-reached,
            TLS-protocol-error, TLS-certificate-error, TLS-alert-received(TLS-alert-received-payload),
            HTTP-request-denied, HTTP-request-length-required, HTTP-request-body-size(option<u64>),
            HTTP-request-method-invalid, HTTP-request-URI-invalid, HTTP-request-URI-too-long,
            HTTP-request-header-section-size(option<u32>), HTTP-request-header-size(option<field-size-payload>),
            HTTP-request-trailer-section-size(option<u32>), HTTP-request-trailer-size(field-size-payload),
            HTTP-response-incomplete, HTTP-response-header-section-size(option<u32>),
            HTTP-response-header-size(field-size-payload), HTTP-response-body-size(option<u64>),
            HTTP-response-trailer-section-size(option<u32>), HTTP-response-trailer-size(field-size-payload),
            HTTP-response-transfer-coding(option<string>), HTTP-response-content-coding(option<string>),
            HTTP-response-timeout, HTTP-upgrade-failed, HTTP-protocol-error, loop-detected, configuration-error,
            internal-error(option<string>),
        }
        resource fields { constructor(); }
        resource outgoing-request {
            constructor(headers: fields);
            set-scheme: func(scheme: option<scheme>) -> result;
            set-authority: func(authority: option<string>) -> result;
        }
        resource request-options;
        resource incoming-response { status: func() -> u16; consume: func() -> result<incoming-body>; }
        resource incoming-body { %stream: func() -> result<input-stream>; }
        resource future-incoming-response {
            subscribe: func() -> pollable;
            get: func() -> option<result<result<incoming-response, error-code>>>;
        }
    }
    interface outgoing-handler {
        use types.{outgoing-request, request-options, future-incoming-response, error-code};
        handle: func(request: outgoing-request, options: option<request-options>)
            -> result<future-incoming-response, error-code>;
    }
}
package evil:host@1.0.0 { interface files { read: func(); } }
";

/// The rest of every guest. Its functions answer what stands at 1024: zeros, which are a success, until `$deed` writes there.
const FRAME: &str = r#"
(func (export "caisson:module/lifecycle@0.1.0#activate") (result i32) (call $deed) (i32.const 1024))
(func (export "caisson:module/lifecycle@0.1.0#deactivate") (result i32) (i32.const 1024))
(func (export "caisson:module/lifecycle@0.1.0#update") (param i32 i32) (result i32) (i32.const 1024))
(func (export "caisson:module/jobs@0.1.0#run") (param i32) (result i32) (i32.const 1024))
(global $free (mut i32) (i32.const 8192))
(func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
  (global.get $free)
  (global.set $free (i32.add (global.get $free) (i32.and (i32.add (local.get 3) (i32.const 15)) (i32.const -16)))))
"#;

struct Guest {
    name: String,
    text: String,
    notes: HashMap<String, String>,
}

impl Guest {
    fn read(file: &Path) -> Self {
        let text = fs::read_to_string(file).unwrap();
        let notes = text.lines().filter_map(|line| line.strip_prefix(";; ")?.split_once(": "));
        let notes = notes.map(|(key, value)| (key.to_owned(), value.to_owned())).collect();
        Self { name: file.file_stem().unwrap().to_str().unwrap().to_owned(), notes, text }
    }

    fn named(name: &str) -> Self {
        Self::read(&folder().join(name).with_extension("wat"))
    }

    fn note(&self, key: &str) -> Option<&str> {
        self.notes.get(key).map(String::as_str)
    }

    fn component(&self) -> Vec<u8> {
        let pages = self.note("pages").unwrap_or("1");
        let text = format!("(module {} (memory (export \"memory\") {pages}) {FRAME})", self.text);
        let mut module = wat::parse_str(&text).unwrap_or_else(|error| panic!("{}: {error}", self.name));
        let mut resolve = Resolve::default();
        resolve.push_dir(repository().join("wit")).unwrap();
        let package = resolve.push_str("raw.wit", WORLD).unwrap();
        let world = resolve.packages[package].worlds["guest"];
        embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).unwrap();
        let mut component = caisson_package::build::componentize(&module).unwrap().bytes;
        let copies: u8 = self.note("copies").map_or(0, |copies| copies.parse().unwrap());
        if copies > 0 {
            // A section of core instances, each of the first core module and without arguments.
            component.extend([2, 1 + 3 * copies, copies]);
            component.extend([0; 3].repeat(usize::from(copies)));
        }
        component
    }

    fn package(&self) -> Vec<u8> {
        let name = &self.name;
        let manifest = format!(
            "contract = \"0.1.0\"\n[module]\nname = \"{name}\"\ntype = \"plugin\"\nversion = \"1.0.0\"\n\
             title = \"{name}\"\ndescription = \"Written by hand.\"\nauthor = \"Caisson\"\n[capabilities]\n{}\n",
            self.note("manifest").unwrap_or_default()
        );
        let archive =
            Archive::default().with("module.toml", manifest).with("component.wasm", self.component());
        archive.bytes().unwrap()
    }

    fn path(&self) -> String {
        format!("/modules/plugin/{}", self.name)
    }

    async fn install(&self, admin: &Admin) -> Reply {
        admin.api.upload_bytes("/modules", "package", "raw.caisson", self.package()).await.unwrap()
    }

    /// Installs and approves it, with nothing granted.
    async fn prepare(&self, admin: &Admin) {
        self.install(admin).await.expect(201).unwrap_or_else(|error| panic!("{}: {error}", self.name));
        let grants = json!({ "grants": [] });
        admin.api.put(&format!("{}/grants", self.path()), &grants).await.unwrap().expect(204).unwrap();
    }

    async fn enter(&self, admin: &Admin, verb: &str) -> Reply {
        admin.api.post(&format!("{}/{verb}", self.path()), &json!({})).await.unwrap()
    }

    /// Enters it, and sees what is promised of it in the answer and in the record of the call.
    async fn does_its_deed(&self, admin: &Admin) {
        let name = &self.name;
        let outcome = self.note("outcome").unwrap_or_else(|| panic!("{name} does not say its outcome"));
        let reply = self.enter(admin, "activate").await;
        if outcome == "ok" {
            reply.expect(204).unwrap_or_else(|error| panic!("{name}: {error}"));
            return;
        }
        let says = self.note("says").unwrap();
        assert_eq!(reply.body["message"], says, "{name}");
        let calls = format!("{}/calls", self.path());
        let recorded = until(Duration::from_secs(5), "the call's record", async || {
            let calls: Value = admin.api.get(&calls).await.ok()?.expect(200).ok()?;
            calls.as_array()?.first().cloned()
        })
        .await
        .unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(
            (&recorded["outcome"], &recorded["export"]),
            (&json!(outcome), &json!("lifecycle.activate"))
        );
        assert!(recorded["message"].as_str().unwrap().contains(says), "{name}: {recorded}");
        if let Some(denied) = self.note("denied") {
            let (call, grant) = denied.split_once(' ').unwrap();
            let traced = &recorded["host_calls"][0];
            assert_eq!(traced["name"], call, "{name}: {recorded}");
            assert_eq!((&traced["outcome"], &traced["detail"]), (&json!("denied"), &json!(grant)));
        }
    }
}

fn folder() -> std::path::PathBuf {
    repository().join("tests/guests/raw")
}

#[tokio::test]
async fn every_broken_rule_is_named_and_the_neighbour_goes_on() {
    let mut panel = Panel::start().await.unwrap();
    let admin = panel.admin().await.unwrap();
    let neighbour = Guest::named("neighbour");
    neighbour.prepare(&admin).await;
    neighbour.does_its_deed(&admin).await;

    let mut files: Vec<_> = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    for file in files {
        let guest = Guest::read(&file);
        if guest.name == neighbour.name {
            continue;
        }
        if let Some(refused) = guest.note("refused") {
            let reply = guest.install(&admin).await.expect(422);
            let reply = reply.unwrap_or_else(|error| panic!("{}: {error}", guest.name));
            let message = reply["errors"][0]["message"].as_str().unwrap();
            assert!(message.contains(refused), "{}: {message}", guest.name);
            admin.api.get(&guest.path()).await.unwrap().expect(404).unwrap();
        } else {
            guest.prepare(&admin).await;
            guest.does_its_deed(&admin).await;
        }
        for verb in ["deactivate", "activate"] {
            let reply = neighbour.enter(&admin, verb).await.expect(204);
            reply.unwrap_or_else(|error| panic!("the neighbour, after {}: {error}", guest.name));
        }
    }
    panel.front().check_running().unwrap();
}

/// The standard interface, from a component that was built against an older version of it than the host's.
#[tokio::test]
async fn a_request_as_fetch_makes_it_goes_where_it_is_granted() {
    let app = axum::Router::new().fallback(async || (StatusCode::IM_A_TEAPOT, "as asked"));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await });
    let panel = Panel::builder().allow_private(address).start().await.unwrap();
    let admin = panel.admin().await.unwrap();
    let mut guest = Guest::read(&repository().join("tests/guests/fetch.wat"));
    let filled = |text: &str| {
        let text = text.replace("{port}", &address.port().to_string());
        text.replace("{length}", &address.to_string().len().to_string())
    };
    guest.text = filled(&guest.text);
    guest.notes.values_mut().for_each(|note| *note = filled(note));
    guest.prepare(&admin).await;
    let grants = json!({ "grants": [format!("http http://{address} any")] });
    admin.api.put(&format!("{}/grants", guest.path()), &grants).await.unwrap().expect(204).unwrap();
    let reply = guest.enter(&admin, "activate").await;
    assert_eq!((reply.status, &reply.body["message"]), (422, &json!("as asked")));
}

/// Whoever can write to the cache's folder can put a genuine artefact in another's place, MAC and all.
#[tokio::test]
async fn an_artefact_does_not_stand_in_for_another() {
    let panel = Panel::start().await.unwrap();
    let admin = panel.admin().await.unwrap();
    let cache = panel.data_dir().join("artefacts");
    let artefacts = || -> Vec<_> {
        let engine = fs::read_dir(&cache).unwrap().next().unwrap().unwrap().path();
        fs::read_dir(engine).unwrap().map(|entry| entry.unwrap().path()).collect()
    };
    let (one, other) = (Guest::named("neighbour"), Guest::named("tail-calls"));
    one.prepare(&admin).await;
    let of_one = artefacts();
    other.prepare(&admin).await;
    for target in artefacts().iter().filter(|path| !of_one.contains(path)) {
        let source = of_one.iter().find(|path| path.extension() == target.extension()).unwrap();
        assert_ne!(fs::read(source).unwrap(), fs::read(target).unwrap());
        fs::copy(source, target).unwrap();
    }
    other.does_its_deed(&admin).await;
    assert!(panel.logs().contains("compiling again"), "{}", panel.logs());
    for path in artefacts().iter().filter(|path| !of_one.contains(path)) {
        let source = of_one.iter().find(|known| known.extension() == path.extension()).unwrap();
        assert_ne!(fs::read(source).unwrap(), fs::read(path).unwrap(), "the other's artefact was kept");
    }
}
