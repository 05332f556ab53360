//! Guests that each break one limit or one rule: the panel says which, records it, and lets them in again as if nothing had been.

use std::fs;
use std::time::Duration;

use axum::http::StatusCode;
use caisson_tests::support::{Admin, Panel, repository, until};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::guest::{Guest, folder};

/// Every guest of the folder, by name.
pub(super) fn guests() -> Vec<Guest> {
    let mut files: Vec<_> = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.iter().map(|file| Guest::read(file)).collect()
}

/// Installs it, which is refused or not, enters it, and sees that what is promised of it comes.
pub(super) async fn attack(guest: &Guest, admin: &Admin) {
    let name = &guest.name;
    if let Some(refused) = guest.note("refused") {
        let reply = guest.install(admin).await.expect(422);
        let reply = reply.unwrap_or_else(|error| panic!("{name}: {error}"));
        let message = reply["errors"][0]["message"].as_str().unwrap();
        assert!(message.contains(refused), "{name}: {message}");
        admin.api.get(&guest.path()).await.unwrap().expect(404).unwrap();
        return;
    }
    guest.prepare(admin).await;
    does_its_deed(guest, admin).await;
    // A fresh instance each time: what became of the one before is gone.
    if guest.note("always").is_none() {
        let again = guest.enter(admin, "deactivate").await;
        assert!([204, 409].contains(&again.status), "{name}, entered again: {}", again.body);
    }
}

/// Enters it, and sees what is promised of it in the answer and in the record of the call.
async fn does_its_deed(guest: &Guest, admin: &Admin) {
    let name = &guest.name;
    let outcome = guest.note("outcome").unwrap_or_else(|| panic!("{name} does not say its outcome"));
    let reply = guest.enter(admin, "activate").await;
    if outcome == "ok" {
        reply.expect(204).unwrap_or_else(|error| panic!("{name}: {error}"));
        return;
    }
    let says = guest.note("says").unwrap_or_else(|| panic!("{name} does not say what is said"));
    assert_eq!(reply.body["message"], says, "{name}");
    let calls = format!("{}/calls", guest.path());
    let recorded = until(Duration::from_secs(5), "the call's record", async || {
        let calls: Value = admin.api.get(&calls).await.ok()?.expect(200).ok()?;
        calls.as_array()?.first().cloned()
    })
    .await
    .unwrap_or_else(|error| panic!("{name}: {error}"));
    assert_eq!((&recorded["outcome"], &recorded["export"]), (&json!(outcome), &json!("lifecycle.activate")));
    assert!(recorded["message"].as_str().unwrap().contains(says), "{name}: {recorded}");
    if let Some(denied) = guest.note("denied") {
        let (call, grant) = denied.split_once(' ').unwrap();
        let traced = &recorded["host_calls"][0];
        assert_eq!(traced["name"], call, "{name}: {recorded}");
        assert_eq!((&traced["outcome"], &traced["detail"]), (&json!("denied"), &json!(grant)));
    }
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
    let _case = caisson_threats::case(21, "an artefact in another's place");
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
    does_its_deed(&other, &admin).await;
    assert!(panel.logs().contains("compiling again"), "{}", panel.logs());
    for path in artefacts().iter().filter(|path| !of_one.contains(path)) {
        let source = of_one.iter().find(|known| known.extension() == path.extension()).unwrap();
        assert_ne!(fs::read(source).unwrap(), fs::read(path).unwrap(), "the other's artefact was kept");
    }
}
