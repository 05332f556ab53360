//! Guests in C, which can do to their own memory what other languages forbid: the sandbox's walls are all there is.

use caisson_tests::support::{Admin, modules, repository};
use serde_json::json;

/// A folder of `tests/guests/hostile/c`, its row of `tests/threats.toml`, and words of what is said.
pub(super) type Guest = (&'static str, u8, &'static str);

pub(super) const GUESTS: &[Guest] = &[
    ("recursion", 7, "it reached outside its memory"),
    ("wild-pointer", 12, "it reached outside its memory"),
    ("allocation", 5, "used up its memory"),
];

/// Installs it and enters it, twice: each time in a fresh instance that nothing is left of.
pub(super) async fn attack((name, row, words): Guest, admin: &Admin) {
    let _case = caisson_threats::case(row, format!("{name}, in C"));
    let key = format!("plugin/{name}");
    let source = repository().join("tests/guests/hostile/c").join(name);
    let built = modules::build_from(&source, &key).unwrap().file;
    admin.api.upload("/modules", "package", &built).await.unwrap().expect(201).unwrap();
    let module = format!("/modules/{key}");
    let nothing = json!({ "grants": [] });
    admin.api.put(&format!("{module}/grants"), &nothing).await.unwrap().expect(204).unwrap();
    for _ in 0..2 {
        let reply = admin.api.post(&format!("{module}/activate"), &json!({})).await.unwrap();
        let message = reply.body["message"].as_str().unwrap_or_default();
        assert!(reply.status == 502 && message.contains(words), "{name}: {} {}", reply.status, reply.body);
    }
    let reply = admin.api.post(&format!("{module}/deactivate"), &json!({})).await.unwrap();
    assert!([204, 409].contains(&reply.status), "{name}, entered again: {}", reply.body);
}
