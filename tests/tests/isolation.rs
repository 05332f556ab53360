//! What one module leaves, no other finds: every interface of the contract, every ordered pair of modules, both databases.
//!
//! [`case`] has an arm for each [`Interface`]: one that is added to the contract without a case does not compile.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::http::{HeaderMap, header};
use caisson_capabilities::Interface;
use caisson_tests::support::{Admin, Panel, Postgres, Puppet, puppet, until};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;
use tokio::net::TcpListener;
use uuid::Uuid;

const SOON: Duration = Duration::from_secs(20);

/// Names that a careless prefix or a replaced hyphen would mix up.
const NAMES: [&str; 3] = ["puppet", "puppet-notes", "puppet-two"];

/// One of the modules, and what is its own.
struct Actor {
    puppet: Puppet,
    name: &'static str,
    /// Stands in everything that it leaves, and nowhere else.
    mark: String,
    /// The server that is granted to it alone.
    place: Place,
    /// A service of its product, and whose it is.
    service: String,
    client: String,
    /// The server that all of them may reach, and that answers with the credential it was sent.
    echo: SocketAddr,
}

impl Actor {
    async fn install(admin: &Admin, name: &'static str, place: Place, echo: SocketAddr) -> Self {
        let package = puppet::package(name, "1.0.0").unwrap();
        let package = package.edit("lang/en.ftl", "the puppet", name).unwrap().bytes().unwrap();
        let deaf = ["product/puppet.sung", "product/puppet-two.sung", "product/puppet.echoed"]
            .map(|event| format!("subscribe {event}"));
        let deaf: Vec<&str> = deaf.iter().map(String::as_str).collect();
        let mut puppet = Puppet::install_package(admin, name, &package, &deaf).await.unwrap();
        let mark = format!("canary-{}", Uuid::now_v7().simple());
        let settings = json!({
            "api_base": format!("http://{echo}"), "place": format!("127.0.0.1:{}", place.port), "api_key": mark,
        });
        puppet.configure(settings).await.unwrap();
        let (service, client) = order(admin, name).await;
        Self { puppet, name, mark, place, service, client, echo }
    }

    /// What comes of a request with its credential.
    fn echoed(&self) -> (Value, Comes) {
        let get = json!({ "op": "http.get", "url": format!("http://{}", self.echo), "secret": "api_key" });
        (get, Comes::Is(json!({ "status": 200, "body": format!("Bearer {}", self.mark) })))
    }

    /// Plays steps and checks what came of each.
    async fn checks(&self, steps: Steps, whose: &Self, what: &str) {
        if steps.is_empty() {
            return;
        }
        let (steps, comes): (Vec<_>, Vec<_>) = steps.into_iter().unzip();
        let answers = self.puppet.play(json!(steps)).await.unwrap_or_else(|error| panic!("{what}: {error}"));
        for ((step, comes), answer) in steps.iter().zip(comes).zip(&answers) {
            let holds = match &comes {
                Comes::Is(value) => answer == value,
                Comes::Code(code) => answer["code"] == *code,
                Comes::Not(value) => answer != value,
                Comes::Unmarked => !answer.to_string().contains(&whose.mark),
            };
            assert!(holds, "{what}: {step} gave {answer}, which should have been {comes:?}");
        }
    }
}

/// A service of a product of the module, in the hands of a client of its own.
async fn order(admin: &Admin, name: &str) -> (String, String) {
    let id = |reply: Value| reply["id"].as_str().unwrap().to_owned();
    let product = json!({
        "name": name, "slug": name, "module": format!("product/{name}"), "price_minor": 1, "currency": "EUR",
        "module_data": {},
    });
    let product = id(admin.api.post("/products", &product).await.unwrap().expect(201).unwrap());
    let client = json!({ "email": format!("{name}@example.com"), "name": name, "currency": "EUR" });
    let client = id(admin.api.post("/clients", &client).await.unwrap().expect(201).unwrap());
    let order = json!({ "client_id": client, "product_id": product, "data": {} });
    (id(admin.api.post("/services", &order).await.unwrap().expect(201).unwrap()), client)
}

/// A server that nobody but its module should reach.
struct Place {
    port: u16,
    visits: Arc<AtomicUsize>,
}

impl Place {
    async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let visits = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&visits);
        tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                counted.fetch_add(1, Ordering::SeqCst);
                drop(connection);
            }
        });
        Self { port, visits }
    }
}

/// What must come of a step.
#[derive(Debug)]
enum Comes {
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
type Steps = Vec<(Value, Comes)>;

/// What one interface is tried with.
struct Case {
    /// What the owner does; the answers are handed on.
    plant: Vec<Value>,
    /// What the other does to get at it, given the answers.
    reach: fn(owner: &Actor, other: &Actor, planted: &[Value]) -> Steps,
    /// What the owner still finds.
    remains: fn(owner: &Actor, planted: &[Value]) -> Steps,
}

/// A case of an interface that keeps nothing, whose records only are looked at.
fn records(plant: Vec<Value>) -> Case {
    Case { plant, reach: |_, _, _| Vec::new(), remains: |_, _| Vec::new() }
}

fn tried(step: Value) -> Value {
    json!({ "op": "try", "do": step })
}

#[allow(clippy::too_many_lines, reason = "one arm an interface, each read on its own")]
fn case(interface: Interface, owner: &Actor) -> Case {
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

/// A server that answers with the authorization it was sent.
async fn echo_server() -> SocketAddr {
    let echo = async |headers: HeaderMap| {
        let sent = headers.get(header::AUTHORIZATION);
        sent.map_or_else(String::new, |value| String::from_utf8_lossy(value.as_bytes()).into_owned())
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let app = axum::Router::new().route("/", axum::routing::get(echo));
    tokio::spawn(async move { axum::serve(listener, app).await });
    address
}

fn hmac_of(key: &str, text: &str) -> Value {
    let mut hmac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).unwrap();
    hmac.update(text.as_bytes());
    json!(hex::encode(hmac.finalize().into_bytes()))
}

/// What the panel keeps of a module's calls, as whoever may look at that module sees it.
async fn records_of(admin: &Admin, actor: &Actor) -> String {
    let mut all = String::new();
    for records in ["log?limit=200", "calls?limit=200", "settings"] {
        let found = admin.api.get(&actor.puppet.path(records)).await.unwrap().expect(200).unwrap();
        all.push_str(&found.to_string());
    }
    all
}

async fn nobody_finds_what_another_left(database: Option<String>) {
    let attack = caisson_threats::case(36, "every interface, every pair of modules");
    let echo = echo_server().await;
    let mut places = Vec::new();
    let mut builder = Panel::builder().allow_private(echo);
    for _ in NAMES {
        let place = Place::open().await;
        // The operator opened all of them: only the grant tells whose each is.
        builder = builder.allow_private(SocketAddr::from(([127, 0, 0, 1], place.port)));
        places.push(place);
    }
    if let Some(database) = &database {
        builder = builder.database(database);
    }
    let panel = builder.start().await.unwrap();
    let admin = panel.admin().await.unwrap();
    let _attack = attack.times(Interface::ALL.len() * NAMES.len() * (NAMES.len() - 1));
    let mut actors = Vec::new();
    for (name, place) in NAMES.into_iter().zip(places) {
        actors.push(Actor::install(&admin, name, place, echo).await);
    }
    for interface in Interface::ALL {
        for owner in &actors {
            let case = case(*interface, owner);
            let planted = owner.puppet.play(json!(case.plant)).await.unwrap();
            for other in actors.iter().filter(|other| other.name != owner.name) {
                let what = format!("{} of {} reached by {}", interface.name(), owner.name, other.name);
                other.checks((case.reach)(owner, other, &planted), owner, &what).await;
                owner.checks((case.remains)(owner, &planted), owner, &what).await;
            }
        }
    }
    for owner in &actors {
        let visits = owner.place.visits.load(Ordering::SeqCst);
        assert_eq!(visits, NAMES.len() - 1, "only {} itself visits its server, once a pair", owner.name);
        let logged = until(SOON, "what was logged", async || {
            let found = records_of(&admin, owner).await;
            found.contains("planted").then_some(found)
        });
        logged.await.unwrap();
    }
    for other in &actors {
        let found = records_of(&admin, other).await;
        // Its own as little: the mark is a secret of its settings.
        for owner in &actors {
            assert!(
                !found.contains(&owner.mark),
                "{}'s mark stands in the records of {}",
                owner.name,
                other.name
            );
        }
    }
}

#[tokio::test]
async fn modules_do_not_find_each_others_traces() {
    nobody_finds_what_another_left(None).await;
}

#[tokio::test]
async fn modules_do_not_find_each_others_traces_on_postgresql() {
    let database = Postgres::shared().unwrap().create_database().unwrap();
    nobody_finds_what_another_left(Some(database)).await;
}
