//! The stand-in hosting API refuses and fails as a real one does.

use std::time::Duration;

use caisson_tests::fakes::{Fault, HostingApi, Rule};
use caisson_tests::support::{client, until};
use reqwest::{Client, Method, RequestBuilder, Response};
use serde_json::{Value, json};

const SOON: Duration = Duration::from_secs(10);

struct Caller {
    api: HostingApi,
    http: Client,
}

impl Caller {
    async fn new() -> Self {
        Self { api: HostingApi::start().await.unwrap(), http: client().unwrap() }
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}/v1{path}", self.api.url())).bearer_auth(self.api.key())
    }

    fn creation(&self, key: &str, body: &Value) -> RequestBuilder {
        self.request(Method::POST, "/accounts").header("idempotency-key", key).json(body)
    }

    async fn create(&self, key: &str, body: &Value) -> (u16, Value) {
        read(self.creation(key, body).send().await.unwrap()).await
    }

    async fn call(&self, method: Method, path: &str) -> (u16, Value) {
        read(self.request(method, path).send().await.unwrap()).await
    }

    async fn put(&self, path: &str, body: &Value) -> (u16, Value) {
        read(self.request(Method::PUT, path).json(body).send().await.unwrap()).await
    }
}

async fn read(response: Response) -> (u16, Value) {
    let status = response.status().as_u16();
    let text = response.text().await.unwrap();
    let body = if text.is_empty() { Value::Null } else { serde_json::from_str(&text).unwrap() };
    (status, body)
}

fn account(username: &str) -> Value {
    json!({
        "username": username, "password": "long enough", "domain": "example.com", "plan": "starter",
        "location": "eu-1", "disk_gb": 10, "bandwidth_gb": 100, "external_ref": format!("service-{username}"),
    })
}

fn with(mut document: Value, name: &str, value: Value) -> Value {
    document[name] = value;
    document
}

#[tokio::test]
async fn an_account_lives_through_every_verb() {
    let caller = Caller::new().await;
    let (status, created) = caller.create("k1", &account("alice")).await;
    assert_eq!(status, 201);
    assert_eq!(created["username"], "alice");
    assert_eq!(created["status"], "active");
    assert!(created.get("password").is_none());

    assert_eq!(caller.call(Method::POST, "/accounts/alice/suspend").await.1["status"], "suspended");
    assert_eq!(caller.call(Method::POST, "/accounts/alice/restart").await.0, 409);
    assert_eq!(caller.call(Method::POST, "/accounts/alice/unsuspend").await.1["status"], "active");
    assert_eq!(caller.call(Method::POST, "/accounts/alice/restart").await.0, 200);
    let change = json!({ "plan": "pro", "disk_gb": 50, "bandwidth_gb": 500 });
    assert_eq!(caller.put("/accounts/alice", &change).await.0, 200);
    let password = json!({ "password": "another long one" });
    assert_eq!(caller.put("/accounts/alice/password", &password).await.0, 204);
    assert_eq!(caller.api.account("alice").unwrap().password, "another long one");

    assert!(caller.api.set_usage("alice", 3, 7));
    let (_, seen) = caller.call(Method::GET, "/accounts/alice").await;
    assert_eq!(seen["plan"], "pro");
    assert_eq!((&seen["disk_gb"], &seen["disk_used_gb"]), (&json!(50), &json!(3)));
    assert_eq!(seen["external_ref"], "service-alice");
    assert_eq!(caller.call(Method::GET, "/accounts/alice/files").await.1["files"][0]["name"], "index.html");

    assert_eq!(caller.call(Method::DELETE, "/accounts/alice").await.0, 204);
    assert_eq!(caller.call(Method::DELETE, "/accounts/alice").await.0, 404);
    assert_eq!(caller.call(Method::GET, "/accounts/alice").await.0, 404);
    assert_eq!(caller.api.count("DELETE", "/accounts/alice"), 2);
}

#[tokio::test]
async fn a_sign_on_link_works_once() {
    let caller = Caller::new().await;
    caller.create("k1", &account("alice")).await;
    let (_, link) = caller.call(Method::POST, "/accounts/alice/sso").await;
    let url = link["url"].as_str().unwrap();
    let first = caller.http.get(url).send().await.unwrap();
    assert!(first.text().await.unwrap().contains("Signed in as alice"));
    assert_eq!(caller.http.get(url).send().await.unwrap().status(), 410);
}

#[tokio::test]
async fn an_idempotency_key_makes_one_account() {
    let caller = Caller::new().await;
    let first = caller.create("k1", &account("alice")).await;
    assert_eq!(caller.create("k1", &account("alice")).await, first);
    assert_eq!(caller.create("k1", &account("bob")).await.0, 422);
    let (status, body) = caller.create("k2", &account("alice")).await;
    assert_eq!((status, &body["external_ref"]), (409, &json!("service-alice")));
    assert_eq!(caller.api.accounts().len(), 1);
    let without = caller.request(Method::POST, "/accounts").json(&account("bob"));
    assert_eq!(without.send().await.unwrap().status(), 400);
}

#[tokio::test]
async fn bad_requests_are_refused() {
    let caller = Caller::new().await;
    let ping = format!("{}/v1/ping", caller.api.url());
    assert_eq!(caller.http.get(&ping).send().await.unwrap().status(), 401);
    assert_eq!(caller.http.get(&ping).bearer_auth("wrong").send().await.unwrap().status(), 401);
    assert_eq!(caller.call(Method::GET, "/ping").await, (200, json!({ "status": "ok" })));
    assert_eq!(caller.call(Method::GET, "/nowhere").await.0, 404);
    assert_eq!(caller.call(Method::DELETE, "/ping").await.0, 405);

    let form = caller.request(Method::POST, "/accounts").header("idempotency-key", "k").form(&[("a", "b")]);
    assert_eq!(form.send().await.unwrap().status(), 415);
    let broken = caller.request(Method::POST, "/accounts").header("idempotency-key", "k");
    let broken = broken.header("content-type", "application/json").body("{\"username\":");
    assert_eq!(broken.send().await.unwrap().status(), 400);

    for (name, value) in [
        ("username", json!("Alice")),
        ("password", json!("short")),
        ("domain", json!("nodots")),
        ("disk_gb", json!("10")),
        ("disk_gb", json!(0)),
        ("surprise", json!(true)),
    ] {
        let (status, body) = caller.create("k", &with(account("alice"), name, value)).await;
        assert_eq!(status, 422);
        assert!(body["fields"][name].is_string(), "{name}: {body}");
    }
    assert!(caller.api.accounts().is_empty());
}

#[tokio::test]
async fn it_can_be_down_and_come_back() {
    let caller = Caller::new().await;
    assert_eq!(caller.call(Method::GET, "/ping").await.0, 200);
    caller.api.arm(Fault::Down);
    assert!(caller.request(Method::GET, "/ping").send().await.is_err(), "a kept connection is closed");
    assert!(caller.request(Method::GET, "/ping").send().await.is_err(), "a new connection is closed");
    caller.api.heal();
    assert_eq!(caller.call(Method::GET, "/ping").await.0, 200);
}

#[tokio::test]
async fn it_can_answer_rubbish_and_errors_for_a_while() {
    let caller = Caller::new().await;
    caller.api.arm(Rule::from(Fault::Rubbish).times(1));
    caller
        .api
        .arm(Rule::from(Fault::Status { code: 429, retry_after: Some(2) }).on("POST", "/accounts").times(2));
    let page = caller.request(Method::GET, "/ping").send().await.unwrap();
    assert_eq!(page.status(), 200);
    assert!(page.text().await.unwrap().contains("It works!"));
    assert_eq!(caller.call(Method::GET, "/ping").await.0, 200);

    let limited = caller.creation("k1", &account("alice")).send().await.unwrap();
    assert_eq!(limited.status(), 429);
    assert_eq!(limited.headers()["retry-after"], "2");
    assert_eq!(caller.create("k1", &account("alice")).await.0, 429);
    assert!(caller.api.accounts().is_empty());
    assert_eq!(caller.create("k1", &account("alice")).await.0, 201);
}

#[tokio::test]
async fn an_answer_can_break_off_after_the_work_was_done() {
    let caller = Caller::new().await;
    caller.api.arm(Rule::from(Fault::CutMidBody).times(1));
    let response = caller.creation("k1", &account("alice")).send().await.unwrap();
    assert_eq!(response.status(), 201);
    assert!(response.bytes().await.is_err());
    assert_eq!(caller.api.accounts().len(), 1);
    assert_eq!(caller.create("k1", &account("alice")).await.0, 201);
}

#[tokio::test]
async fn an_answer_can_be_late_or_slow() {
    let caller = Caller::new().await;
    let impatient = Duration::from_millis(300);
    caller.api.arm(Rule::from(Fault::AnswerLate { ms: 60_000 }).on("POST", "/accounts"));
    caller.api.arm(Fault::Slow { ms: 60_000 });
    let late = caller.creation("k1", &account("alice")).timeout(impatient).send().await;
    assert!(late.unwrap_err().is_timeout());
    assert_eq!(caller.api.accounts().len(), 1, "the work was done");
    let slow = caller.request(Method::DELETE, "/accounts/alice").timeout(impatient).send().await;
    assert!(slow.unwrap_err().is_timeout());
    assert_eq!(caller.api.accounts().len(), 1, "the work was not done");
}

#[tokio::test]
async fn an_answer_can_be_held() {
    let caller = Caller::new().await;
    caller.api.arm(Rule::from(Fault::HoldBeforeAnswer).on("POST", "/accounts").times(2));
    let held = tokio::spawn(caller.creation("k1", &account("alice")).send());
    let gone = tokio::spawn(caller.creation("k2", &account("bob")).send());
    until(SOON, "two held answers", async || (caller.api.held() == 2).then_some(())).await.unwrap();
    assert_eq!(caller.api.accounts().len(), 2);

    gone.abort();
    until(SOON, "the caller's end to be noticed", async || (caller.api.held() == 1).then_some(()))
        .await
        .unwrap();
    assert!(!held.is_finished());
    caller.api.release();
    assert_eq!(held.await.unwrap().unwrap().status(), 201);
    let seen = caller.api.requests();
    let statuses: Vec<_> = seen.iter().map(|seen| (seen.idempotency_key.as_deref(), seen.status)).collect();
    assert!(statuses.contains(&(Some("k1"), Some(201))) && statuses.contains(&(Some("k2"), None)));
}

#[tokio::test]
async fn the_control_port_shows_and_sets() {
    let caller = Caller::new().await;
    let control = caisson_tests::support::free_port().unwrap();
    let url = format!("http://127.0.0.1:{control}");
    let work = async {
        until(SOON, "the control port", async || caller.http.get(format!("{url}/held")).send().await.ok())
            .await
            .unwrap();
        let fault = json!({ "fault": { "kind": "status", "code": 503 }, "times": 1 });
        let armed = caller.http.post(format!("{url}/faults")).json(&fault).send().await.unwrap();
        assert_eq!(armed.status(), 204);
        assert_eq!(caller.create("k1", &account("alice")).await.0, 503);
        assert_eq!(caller.create("k1", &account("alice")).await.0, 201);
        let accounts: Value =
            caller.http.get(format!("{url}/accounts")).send().await.unwrap().json().await.unwrap();
        assert_eq!(accounts[0]["username"], "alice");
        let requests: Value =
            caller.http.get(format!("{url}/requests")).send().await.unwrap().json().await.unwrap();
        assert_eq!(requests[0]["status"], 503);
        assert_eq!(requests[1]["idempotency_key"], "k1");
    };
    tokio::select! {
        ended = caller.api.serve_control(([127, 0, 0, 1], control).into()) => panic!("{ended:?}"),
        () = work => {}
    }
}
