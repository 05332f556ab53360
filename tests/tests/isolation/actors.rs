//! The modules that are tried on each other, and the servers beside them.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::http::{HeaderMap, header};
use caisson_tests::support::{Admin, Puppet, puppet};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use uuid::Uuid;

use super::cases::{Comes, Steps};

/// One of the modules, and what is its own.
pub(super) struct Actor {
    pub(super) puppet: Puppet,
    pub(super) name: &'static str,
    /// Stands in everything that it leaves, and nowhere else.
    pub(super) mark: String,
    /// The server that is granted to it alone.
    pub(super) place: Place,
    /// A service of its product, and whose it is.
    pub(super) service: String,
    pub(super) client: String,
    /// The server that all of them may reach, and that answers with the credential it was sent.
    pub(super) echo: SocketAddr,
}

impl Actor {
    pub(super) async fn install(admin: &Admin, name: &'static str, place: Place, echo: SocketAddr) -> Self {
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
    pub(super) fn echoed(&self) -> (Value, Comes) {
        let get = json!({ "op": "http.get", "url": format!("http://{}", self.echo), "secret": "api_key" });
        (get, Comes::Is(json!({ "status": 200, "body": format!("Bearer {}", self.mark) })))
    }

    /// Plays steps and checks what came of each.
    pub(super) async fn checks(&self, steps: Steps, whose: &Self, what: &str) {
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
pub(super) struct Place {
    pub(super) port: u16,
    pub(super) visits: Arc<AtomicUsize>,
}

impl Place {
    pub(super) async fn open() -> Self {
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

/// A server that answers with the authorization it was sent.
pub(super) async fn echo_server() -> SocketAddr {
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

/// What the panel keeps of a module's calls, as whoever may look at that module sees it.
pub(super) async fn records_of(admin: &Admin, actor: &Actor) -> String {
    let mut all = String::new();
    for records in ["log?limit=200", "calls?limit=200", "settings"] {
        let found = admin.api.get(&actor.puppet.path(records)).await.unwrap().expect(200).unwrap();
        all.push_str(&found.to_string());
    }
    all
}
