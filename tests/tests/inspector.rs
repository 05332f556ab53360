//! What calls leave behind, from outside: timelines, totals, grants used and denied, and nothing secret in any of it.

use std::time::Duration;

use caisson_tests::support::{Admin, Panel, Puppet, each_database, until};
use serde_json::{Value, json};

const SOON: Duration = Duration::from_secs(40);
/// What must never be seen again.
const CANARY: &str = "c4n4ry-0f-the-m1ne";

async fn get(admin: &Admin, path: &str) -> Value {
    admin.api.get(path).await.unwrap().expect(200).unwrap()
}

/// The list at `path` once it has enough, or as many as it may have.
async fn listed(admin: &Admin, path: &str, count: usize) -> Vec<Value> {
    until(SOON, &format!("{count} entries of {path}"), async || {
        let found = get(admin, path).await;
        found.as_array().filter(|found| found.len() == count).cloned()
    })
    .await
    .unwrap_or_else(|error| panic!("{path}: {error:#}"))
}

fn tried(step: Value) -> Value {
    json!({ "op": "try", "do": step })
}

#[tokio::test]
async fn a_call_is_found_by_what_it_did() {
    each_database(async |panel, admin| {
        let puppet = Puppet::install(&admin, "puppet", &["table scratch"]).await.unwrap();
        let put = |name: &str| json!({ "op": "db.put", "name": name, "value": 1 });
        // Every request to the panel has an id, and its own: one that was sent along is not taken.
        let script = json!({ "script": json!([put("a"), { "op": "log.info", "action": "puppet", "request": "hello" }, { "op": "config.get", "key": "none" },
            { "op": "crypto.equal", "a": "x", "b": "x" }]).to_string() });
        let reply = admin.api.post(&puppet.path("test-connection"), &script).await.unwrap();
        let request = reply.headers["x-request-id"].to_str().unwrap().to_owned();
        reply.expect(200).unwrap();
        puppet.play(json!([tried(json!({ "op": "db.create", "table": "scratch" }))])).await.unwrap();
        puppet.play(json!([{ "op": "fail", "message": "As it was told." }])).await.unwrap_err();

        let calls = puppet.path("calls");
        let of_request = listed(&admin, &format!("{calls}?request={request}"), 1).await.remove(0);
        let steps = of_request["host_calls"].as_array().unwrap();
        let names: Vec<&str> = steps.iter().map(|step| step["name"].as_str().unwrap()).collect();
        assert_eq!(names, ["database.insert", "log.emit", "config.get", "crypto.equal"]);
        assert!(steps.is_sorted_by_key(|step| step["at_us"].as_u64().unwrap()));
        assert_eq!(of_request["host_call_count"], 4);
        assert_eq!(of_request["grants"], json!(["table notes"]));
        assert_eq!(of_request["request"], request.as_str());
        assert_eq!(of_request["outcome"], "ok");

        let denied = listed(&admin, &format!("{calls}?denied=true"), 1).await.remove(0);
        assert_eq!((&denied["denied"], &denied["outcome"]), (&json!(1), &json!("ok")));
        let step = denied["host_calls"].as_array().unwrap().iter().find(|step| step["outcome"] == "denied").unwrap();
        assert_eq!(step["detail"], "table scratch");
        let failed = listed(&admin, &format!("{calls}?outcome=problem"), 1).await.remove(0);
        assert_eq!(failed["message"], "As it was told.");

        let (at, id) = (failed["at"].as_i64().unwrap(), failed["id"].as_str().unwrap().to_owned());
        let all = listed(&admin, &format!("{calls}?export=settings.test-connection"), 3).await.len();
        for (query, count) in [
            (format!("from={at}"), 1),
            (format!("to={at}&export=settings.test-connection"), all - 1),
            ("slower_than_ms=600000".to_owned(), 0),
            ("slower_than_ms=0&export=settings.test-connection".to_owned(), 3),
            ("export=product.create".to_owned(), 0),
            ("search=As+it+was".to_owned(), 1),
            (format!("task={id}"), 0),
        ] {
            assert_eq!(get(&admin, &format!("{calls}?{query}")).await.as_array().unwrap().len(), count, "{query}");
        }
        let everywhere = get(&admin, "/calls?outcome=problem").await;
        assert_eq!(everywhere[0]["id"], id.as_str());
        assert_eq!(get(&admin, &format!("/calls/{id}")).await["id"], id.as_str());

        // The same from the command line.
        let module = puppet.key.as_str();
        let lines = panel.caisson(&["module", "calls", module, "--outcome", "problem", "--since", "1h"]).await.unwrap();
        assert!(lines.contains(&id) && lines.contains("As it was told."), "{lines}");
        let json = panel.caisson_json(&["module", "calls", module, "--denied"]).await.unwrap();
        assert_eq!(json[0]["id"], denied["id"]);
        let shown = panel.caisson(&["module", "call", denied["id"].as_str().unwrap()]).await.unwrap();
        assert!(shown.contains("denied") && shown.contains("table scratch"), "{shown}");
        let log = panel.caisson_json(&["module", "log", module, "--action", "puppet"]).await.unwrap();
        assert_eq!(log[0]["call"], of_request["id"]);
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn all_calls_are_counted_whatever_is_kept_of_them() {
    each_database(async |panel, admin| {
        let puppet = Puppet::install(&admin, "puppet", &["cache", "tasks"]).await.unwrap();
        for _ in 0..5 {
            puppet.one(json!({ "op": "db.count" })).await.unwrap();
        }
        for _ in 0..3 {
            puppet.one(tried(json!({ "op": "tasks.add", "do": [] }))).await.unwrap();
        }
        puppet.play(json!([{ "op": "fail", "message": "no" }])).await.unwrap_err();
        let path = puppet.path("usage");
        let usage = until(SOON, "the totals", async || {
            let usage = get(&admin, &path).await;
            // One more than was played: activation.
            (usage["total"]["calls"] == 10).then_some(usage)
        })
        .await
        .unwrap();
        let total = &usage["total"];
        assert_eq!((&total["failed"], &total["denied"]), (&json!(1), &json!(3)));
        let (p50, p99) = (total["p50_us"].as_u64().unwrap(), total["p99_us"].as_u64().unwrap());
        assert!(0 < p50 && p50 <= p99, "{total}");
        assert!(total["cpu_us"].as_u64().unwrap() > 0);
        let metrics = reqwest_text(&format!("{}/metrics", panel.url())).await;
        for series in [
            "caisson_calls_total{module=\"product/puppet\",outcome=\"failed\"} 1",
            "caisson_host_calls_denied_total{module=\"product/puppet\"} 3",
            "caisson_call_seconds_bucket{module=\"product/puppet\",le=\"+Inf\"} 10",
            "caisson_call_cpu_microseconds_total{module=\"product/puppet\"}",
        ] {
            assert!(metrics.contains(series), "{series} is not in\n{metrics}");
        }
    })
    .await
    .unwrap();
}

async fn reqwest_text(url: &str) -> String {
    reqwest::get(url).await.unwrap().text().await.unwrap()
}

#[tokio::test]
async fn grants_are_compared_with_what_was_used_and_narrowed() {
    each_database(async |panel, admin| {
        let puppet = Puppet::install(&admin, "puppet", &["table scratch"]).await.unwrap();
        puppet.play(json!([{ "op": "db.count" }, { "op": "db.count" }])).await.unwrap();
        puppet
            .play(json!([
                tried(json!({ "op": "db.count", "table": "scratch" })),
                tried(json!({ "op": "db.count", "table": "elsewhere" })),
            ]))
            .await
            .unwrap();
        let path = puppet.path("grants?unused_days=0");
        let report = until(SOON, "the report", async || {
            let report = get(&admin, &path).await;
            let line = find(&report["grants"], "id", "table notes");
            // Once more than was played: activation makes the table.
            (line["uses"] == 3 && report["denied"].as_array().unwrap().len() == 2).then_some(report)
        })
        .await
        .unwrap();
        assert!(find(&report["grants"], "id", "table notes")["last_used_at"].is_i64());
        let unused = find(&report["grants"], "id", "tasks");
        assert_eq!(
            (&unused["granted"], &unused["uses"], &unused["unused"]),
            (&json!(true), &json!(0), &json!(true))
        );
        assert_eq!(find(&report["grants"], "id", "table scratch")["granted"], false);
        let approvable = find(&report["denied"], "line", "table scratch");
        assert_eq!((&approvable["asked"], &approvable["denials"]), (&json!(true), &json!(1)));
        let foreign = find(&report["denied"], "line", "[capabilities.database] tables = [\"elsewhere\"]");
        assert_eq!(foreign["asked"], false);
        let example = get(&admin, &format!("/calls/{}", foreign["call"].as_str().unwrap())).await;
        assert_eq!(example["denied"], 2);
        // Nothing was granted for long enough yet.
        let report = get(&admin, &puppet.path("grants?unused_days=30")).await;
        assert!(
            report["grants"].as_array().unwrap().iter().all(|grant| grant["unused"] == false),
            "{report}"
        );

        // Taken away, the next call is denied by name; the version goes on serving.
        let narrow = puppet.path("grants/narrow");
        admin.api.post(&narrow, &json!({ "grants": ["tasks"] })).await.unwrap().expect(204).unwrap();
        let denied = puppet.one(tried(json!({ "op": "tasks.add", "do": [] }))).await.unwrap();
        assert_eq!(denied["code"], 403, "{denied}");
        assert!(denied["message"].as_str().unwrap().contains("'tasks'"), "{denied}");
        admin.api.post(&narrow, &json!({ "grants": ["tasks"] })).await.unwrap().expect(422).unwrap();
        admin
            .api
            .post(&narrow, &json!({ "grants": ["services", "nothing"] }))
            .await
            .unwrap()
            .expect(422)
            .unwrap();
        let module = get(&admin, "/modules/product/puppet").await;
        assert_eq!(module["status"], "active");
        assert_eq!(find(&module["requests"], "id", "services")["granted"], true);
        puppet.one(json!({ "op": "db.count" })).await.unwrap();

        let lines = panel.caisson(&["module", "grants", "product/puppet"]).await.unwrap();
        assert!(lines.contains("[ ] tasks  never used"), "{lines}");
        assert!(lines.contains("--grant 'table scratch'"), "{lines}");
        let lines = panel.caisson(&["module", "narrow", "product/puppet", "--unused"]).await.unwrap();
        assert!(lines.contains("uses everything"), "{lines}");
        let lines =
            panel.caisson(&["module", "narrow", "product/puppet", "--grant", "services"]).await.unwrap();
        assert!(lines.contains("no longer has: services"), "{lines}");
        let report = get(&admin, &puppet.path("grants")).await;
        assert_eq!(find(&report["grants"], "id", "services")["granted"], false);
        assert_eq!(find(&report["grants"], "id", "table notes")["granted"], true);
    })
    .await
    .unwrap();
}

fn find<'v>(list: &'v Value, key: &str, wanted: &str) -> &'v Value {
    let list = list.as_array().unwrap();
    list.iter().find(|one| one[key] == wanted).unwrap_or_else(|| panic!("{wanted} is not in {list:?}"))
}

#[tokio::test]
async fn secrets_are_nowhere_in_what_is_kept() {
    let _case = caisson_threats::case(45, "a canary in traces, logs, answers");
    each_database(async |panel, admin| {
        let puppet = Puppet::install(&admin, "puppet", &[]).await.unwrap();
        let settings = json!({ "script": "[]", "key": CANARY });
        admin.api.put(&puppet.path("settings"), &settings).await.unwrap().expect(204).unwrap();
        let leak = |text: &str| format!("{text} {CANARY}.");
        puppet
            .play(json!([
                { "op": "log.info", "action": "puppet", "request": leak("sent") },
                tried(json!({ "op": "db.count", "table": leak("table") })),
                tried(json!({ "op": "events.dispatch", "name": CANARY, "payload": {} })),
                tried(json!({ "op": "http.get", "url": format!("http://{CANARY}.example/{CANARY}") })),
                { "op": "config.get", "key": CANARY },
            ]))
            .await
            .unwrap();
        // The panel's own answer has it no more than what is stored.
        let refused = puppet.play(json!([{ "op": "fail", "message": leak("refused") }])).await.unwrap_err();
        let refused = format!("{refused:#}");
        assert!(refused.contains("refused ***.") && !refused.contains(CANARY), "{refused}");
        let task = json!([{ "op": "tasks.add", "do": [{ "op": "fail", "message": leak("task") }] }]);
        let task = puppet.play(task).await.unwrap()[0].as_str().unwrap().to_owned();
        until(SOON, "the task's end", async || {
            (get(&admin, &format!("/tasks/{task}")).await["status"] == "failed").then_some(())
        })
        .await
        .unwrap();

        let calls = listed(&admin, &puppet.path("calls?outcome=problem"), 2).await;
        let id = until(SOON, "the call that was denied", async || {
            let calls = get(&admin, &puppet.path("calls?denied=true")).await;
            calls[0]["id"].as_str().map(str::to_owned)
        })
        .await
        .unwrap();
        let bundle = get(&admin, &format!("/calls/{id}/bundle")).await;
        assert_eq!(bundle["module"]["version"], "1.0.0");
        assert!(bundle["log"].to_string().contains("sent ***."), "{bundle}");
        assert!(bundle["budget"]["cpu_ms"].is_u64() && bundle["grants"]["approved"].is_array(), "{bundle}");
        let printed = panel.caisson(&["module", "call", &id, "--bundle"]).await.unwrap();
        // Pages are made from the same rows; the tables behind them are read whole.
        let rows = stored(&panel).await;
        let everything = [
            json!(calls).to_string(),
            bundle.to_string(),
            printed,
            get(&admin, &puppet.path("log")).await.to_string(),
            get(&admin, &puppet.path("grants")).await.to_string(),
            get(&admin, &puppet.path("calls?limit=200")).await.to_string(),
            get(&admin, &format!("/tasks/{task}")).await["last_error"].to_string(),
            rows,
            panel.logs(),
        ];
        for (place, text) in everything.iter().enumerate() {
            assert!(text.len() > 10, "{place} is empty");
            let at = text.find(CANARY).map(|at| &text[at.saturating_sub(300)..(at + 50).min(text.len())]);
            assert_eq!(at, None, "the secret is in {place}");
        }
    })
    .await
    .unwrap();
}

/// What the tables of the inspector hold, as text.
async fn stored(panel: &Panel) -> String {
    let db = caisson_storage::Db::connect(&panel.database_url(), 1).await.unwrap();
    let mut conn = db.conn().await.unwrap();
    let all = caisson_storage::PageQuery::first(500);
    let calls = caisson_storage::calls::page(&mut conn, &Default::default(), &all).await.unwrap();
    let log = caisson_storage::module_log::page(&mut conn, &Default::default(), &all).await.unwrap();
    let key = "product/puppet".parse().unwrap();
    let denials = caisson_storage::usage::denials_of(&mut conn, &key).await.unwrap();
    assert!(calls.total > 0 && log.total > 0 && !denials.is_empty());
    let text = format!("{calls:?} {log:?} {denials:?}");
    drop(conn);
    db.close().await;
    text
}

#[tokio::test]
async fn what_was_kept_long_enough_goes() {
    let mut panel = Panel::builder().keep_calls(3).start().await.unwrap();
    let admin = panel.admin().await.unwrap();
    let puppet = Puppet::install(&admin, "puppet", &[]).await.unwrap();
    for number in 0..6 {
        let step = json!([{ "op": "fail", "message": format!("number {number}") }]);
        puppet.play(step).await.unwrap_err();
    }
    listed(&admin, &puppet.path("calls?outcome=problem"), 6).await;
    panel.restart().await.unwrap();
    let left = listed(&admin, &puppet.path("calls?limit=200"), 3).await;
    let messages: Vec<&str> = left.iter().map(|call| call["message"].as_str().unwrap()).collect();
    assert_eq!(messages, ["number 5", "number 4", "number 3"]);
    // What is counted stays.
    assert_eq!(get(&admin, &puppet.path("usage")).await["total"]["failed"], 6);
}
