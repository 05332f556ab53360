//! What each interface of the contract is tried with.

use caisson_capabilities::Interface;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;

use super::actors::{Actor, Place};

/// What must come of a step.
#[derive(Debug)]
pub(super) enum Comes {
    /// Exactly this.
    Is(Value),
    /// A problem with this code.
    Code(u16),
    /// Anything but this.
    Not(Value),
    /// Something in which the owner's mark does not stand.
    Unmarked,
}

/// Steps, and what must come of each.
pub(super) type Steps = Vec<(Value, Comes)>;

/// What one interface is tried with.
pub(super) struct Case {
    /// What the owner does; the answers are handed on.
    pub(super) plant: Vec<Value>,
    /// What the other does to get at it, given the answers.
    pub(super) reach: fn(owner: &Actor, other: &Actor, planted: &[Value]) -> Steps,
    /// What the owner still finds.
    pub(super) remains: fn(owner: &Actor, planted: &[Value]) -> Steps,
}

/// A case of an interface that keeps nothing, whose records only are looked at.
fn records(plant: Vec<Value>) -> Case {
    Case { plant, reach: |_, _, _| Vec::new(), remains: |_, _| Vec::new() }
}

fn tried(step: Value) -> Value {
    json!({ "op": "try", "do": step })
}

#[allow(clippy::too_many_lines, reason = "one arm an interface, each read on its own")]
pub(super) fn case(interface: Interface, owner: &Actor) -> Case {
    let mark = owner.mark.as_str();
    match interface {
        // No functions.
        Interface::Types => records(Vec::new()),
        // Written only; who reads is the panel, which the records are about.
        Interface::Log => {
            records(vec![json!({ "op": "log.info", "action": "planted", "request": mark, "response": 1 })])
        }
        // A pure function of its arguments.
        Interface::Validation => records(vec![
            json!({ "op": "validation.validate", "data": { "a": mark }, "rules": { "a": "integer" } }),
        ]),
        Interface::Config => Case {
            plant: vec![json!({ "op": "config.get", "key": "settings.place" })],
            reach: |owner, other, _| {
                let get = |key: &str| json!({ "op": "config.get", "key": key });
                vec![
                    (get("settings.place"), Comes::Is(json!(format!("127.0.0.1:{}", other.place.port)))),
                    (get("settings.api_key"), Comes::Is(Value::Null)),
                    (get(&format!("{}.settings.place", owner.puppet.key)), Comes::Is(Value::Null)),
                    (get(&format!("../{}/settings.place", owner.name)), Comes::Is(Value::Null)),
                ]
            },
            remains: |_, planted| {
                vec![(json!({ "op": "config.get", "key": "settings.place" }), Comes::Is(planted[0].clone()))]
            },
        },
        Interface::Http => Case {
            plant: Vec::new(),
            // The same words, each with its own secret.
            reach: |_, other, _| vec![other.echoed()],
            remains: |owner, _| vec![owner.echoed()],
        },
        Interface::Database => Case {
            plant: vec![json!({ "op": "db.upsert", "name": mark, "value": 7 })],
            reach: |owner, _, _| {
                let all =
                    |table: String| (tried(json!({ "op": "db.all", "table": table })), Comes::Code(403));
                let schema = owner.puppet.key.replace(['/', '-'], "_");
                vec![
                    (json!({ "op": "db.all" }), Comes::Unmarked),
                    (json!({ "op": "db.delete", "name": owner.mark }), Comes::Is(json!(0))),
                    all(format!("mod_{schema}__notes")),
                    all(format!("mod_{schema}.notes")),
                    all(format!("\"mod_{schema}\".\"notes\"")),
                    all("services".to_owned()),
                ]
            },
            remains: |owner, _| {
                let kept = json!({ "name": owner.mark, "value": 7 });
                vec![(json!({ "op": "db.get", "name": owner.mark }), Comes::Is(kept))]
            },
        },
        Interface::Tasks => Case {
            plant: vec![
                json!({ "op": "tasks.add", "unique": "same", "delay": 3_000, "do": [] }),
                json!({ "op": "tasks.schedule", "name": "nightly", "cron": "0 3 1 1 *", "do": [] }),
            ],
            reach: |_, _, planted| {
                let add = json!({ "op": "tasks.add", "unique": "same", "delay": 3_000, "do": [] });
                vec![
                    (tried(json!({ "op": "tasks.cancel", "id": planted[0] })), Comes::Code(404)),
                    (add, Comes::Not(planted[0].clone())),
                    (json!({ "op": "tasks.unschedule", "name": "nightly" }), Comes::Is(Value::Null)),
                ]
            },
            // The unique key still finds the first one.
            remains: |_, planted| {
                let add = json!({ "op": "tasks.add", "unique": "same", "delay": 3_000, "do": [] });
                vec![(add, Comes::Is(planted[0].clone()))]
            },
        },
        Interface::Cache => Case {
            plant: vec![
                json!({ "op": "cache.set", "key": format!("of {}", owner.name), "value": mark, "tags": ["all"] }),
            ],
            reach: |owner, _, _| {
                let key = format!("of {}", owner.name);
                vec![
                    (json!({ "op": "cache.get", "key": key }), Comes::Is(Value::Null)),
                    (
                        json!({ "op": "cache.get", "key": format!("{}/{key}", owner.puppet.key) }),
                        Comes::Is(Value::Null),
                    ),
                    (json!({ "op": "cache.add", "key": key, "value": 1 }), Comes::Is(json!(true))),
                    (json!({ "op": "cache.increment", "key": key, "by": 1 }), Comes::Is(json!(2))),
                    (json!({ "op": "cache.flush", "tag": "all" }), Comes::Is(Value::Null)),
                    (json!({ "op": "cache.forget", "key": key }), Comes::Is(Value::Null)),
                ]
            },
            remains: |owner, _| {
                let get = json!({ "op": "cache.get", "key": format!("of {}", owner.name) });
                vec![(get, Comes::Is(json!(owner.mark)))]
            },
        },
        Interface::Crypto => Case {
            plant: vec![
                json!({ "op": "crypto.encrypt", "text": mark }),
                json!({ "op": "crypto.hmac", "secret": "api_key", "text": "the same" }),
            ],
            reach: |_, other, planted| {
                let hmac = json!({ "op": "crypto.hmac", "secret": "api_key", "text": "the same" });
                vec![
                    (tried(json!({ "op": "crypto.decrypt", "sealed": planted[0] })), Comes::Code(500)),
                    (hmac, Comes::Is(hmac_of(&other.mark, "the same"))),
                ]
            },
            remains: |owner, planted| {
                vec![(json!({ "op": "crypto.decrypt", "sealed": planted[0] }), Comes::Is(json!(owner.mark)))]
            },
        },
        Interface::Events => Case {
            plant: vec![json!({ "op": "events.dispatch", "name": "sung", "payload": { "mark": mark } })],
            reach: |owner, _, _| {
                let forged = json!({ "op": "events.dispatch", "name": format!("{}.sung", owner.puppet.key), "payload": 1 });
                vec![
                    (json!({ "op": "db.all", "table": "heard" }), Comes::Unmarked),
                    (tried(forged), Comes::Code(403)),
                ]
            },
            remains: |_, _| Vec::new(),
        },
        Interface::Services => Case {
            plant: vec![json!({ "op": "services.set", "id": owner.service, "data": { "note": mark } })],
            reach: |owner, other, _| {
                let of =
                    |op: &str| tried(json!({ "op": op, "id": owner.service, "data": { "note": "mine" } }));
                vec![
                    (of("services.get"), Comes::Code(404)),
                    (of("services.set"), Comes::Code(404)),
                    (of("services.status"), Comes::Code(404)),
                    (json!({ "op": "services.list" }), Comes::Is(json!([other.service]))),
                ]
            },
            remains: |owner, _| vec![(json!({ "op": "services.list" }), Comes::Is(json!([owner.service])))],
        },
        Interface::Mail => Case {
            plant: Vec::new(),
            reach: |owner, other, _| {
                let send = |place: &Place| {
                    tried(json!({
                        "op": "mail.send", "host": "127.0.0.1", "port": place.port, "secret": "api_key",
                        "to": "somebody@example.com", "subject": other.mark, "text": "hello",
                    }))
                };
                vec![(send(&owner.place), Comes::Code(403))]
            },
            remains: |_, _| Vec::new(),
        },
        Interface::Probe => Case {
            plant: Vec::new(),
            reach: |owner, _, _| {
                let probe =
                    |op: &str| tried(json!({ "op": op, "host": "127.0.0.1", "port": owner.place.port }));
                vec![
                    (probe("probe.connect"), Comes::Code(403)),
                    (probe("probe.certificate"), Comes::Code(403)),
                ]
            },
            remains: |owner, _| {
                let own = json!({ "op": "probe.connect", "host": "127.0.0.1", "port": owner.place.port });
                vec![(own, Comes::Is(json!("connected")))]
            },
        },
        Interface::I18n => Case {
            plant: Vec::new(),
            reach: |owner, other, _| {
                let say =
                    |key: &str| json!({ "op": "i18n.translate", "key": key, "arguments": { "name": "Jo" } });
                let foreign = format!("{}.greeting", owner.puppet.key);
                let own = format!("Hello Jo from {}", other.name);
                vec![(say("greeting"), Comes::Is(json!(own))), (say(&foreign), Comes::Is(json!(foreign)))]
            },
            remains: |_, _| Vec::new(),
        },
        // A product has no such import; payment modules meet each other in `payments.rs`.
        Interface::Payments => records(Vec::new()),
        Interface::Notifications => Case {
            plant: vec![
                json!({ "op": "notify.staff", "permission": "hear", "event": "sung", "data": { "who": mark, "times": 1 } }),
            ],
            // Somebody else's client is nobody.
            reach: |owner, other, _| {
                let tell = |id: &str| {
                    let data = json!({ "who": other.mark, "times": 1 });
                    tried(json!({ "op": "notify.client", "id": id, "event": "sung", "data": data }))
                };
                vec![(tell(&owner.client), Comes::Code(500)), (tell(&other.client), Comes::Is(Value::Null))]
            },
            remains: |_, _| Vec::new(),
        },
    }
}

fn hmac_of(key: &str, text: &str) -> Value {
    let mut hmac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).unwrap();
    hmac.update(text.as_bytes());
    json!(hex::encode(hmac.finalize().into_bytes()))
}
