//! Host functions as a guest meets them, on both databases: tables, transactions, events.

use std::time::Duration;

use caisson_tests::support::{Panel, Postgres, Puppet, each_database, puppet, until};
use serde_json::{Value, json};

const SOON: Duration = Duration::from_secs(40);

fn put(name: &str, value: i64) -> Value {
    json!({ "op": "db.put", "name": name, "value": value })
}

fn names() -> Value {
    json!({ "op": "db.names" })
}

fn tried(step: Value) -> Value {
    json!({ "op": "try", "do": step })
}

#[tokio::test]
async fn tables_hold_what_calls_leave() {
    each_database(async |_panel, admin| {
        let puppet = Puppet::install(&admin, "puppet", &["table scratch"]).await.unwrap();
        let answers = puppet
            .play(json!([
                put("a", 1), put("b", 2), put("c", 3),
                { "op": "db.get", "name": "b" },
                { "op": "db.sum" },
                { "op": "db.increment", "name": "c", "by": 39 },
                { "op": "db.chunk" },
                { "op": "db.upsert", "name": "a", "value": 10 },
                tried(put("a", 1)),
                { "op": "db.delete", "name": "B%" },
            ]))
            .await
            .unwrap();
        assert_eq!(answers[..3], [json!(1), json!(2), json!(3)]);
        assert_eq!(answers[3], json!({ "name": "b", "value": 2 }));
        assert_eq!(answers[4..7], [json!(6), json!(1), json!([2, 1])]);
        assert_eq!(answers[8]["code"], 409);
        assert_eq!(answers[9], 1);
        assert_eq!(puppet.one(names()).await.unwrap(), json!(["a", "c"]));
        assert_eq!(puppet.one(json!({ "op": "db.sum" })).await.unwrap(), 52);

        // Each of the two keys has its own denial.
        let denied = puppet.one(tried(json!({ "op": "db.create", "table": "scratch" }))).await.unwrap();
        assert_eq!(denied["code"], 403);
        assert!(denied["message"].as_str().unwrap().contains("'table scratch'"), "{denied}");
        let denied = puppet.one(tried(json!({ "op": "db.count", "table": "elsewhere" }))).await.unwrap();
        assert!(denied["message"].as_str().unwrap().contains("tables = [\"elsewhere\"]"), "{denied}");
        let calls =
            admin.api.get("/modules/product/puppet/calls?outcome=ok&limit=50").await.unwrap().ok().unwrap();
        assert!(calls.is_array());

        puppet.grant(None, &[]).await.unwrap();
        puppet.one(json!({ "op": "db.create", "table": "scratch" })).await.unwrap();
        assert_eq!(puppet.one(json!({ "op": "db.count", "table": "scratch" })).await.unwrap(), 0);

        // A second module of the same words has tables of its own.
        let other = Puppet::install(&admin, "puppet-two", &[]).await.unwrap();
        assert_eq!(other.one(names()).await.unwrap(), json!([]));
        other.one(json!({ "op": "db.delete", "name": "%" })).await.unwrap();
        assert_eq!(puppet.one(names()).await.unwrap(), json!(["a", "c"]));
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn a_transaction_carries_rows_tasks_and_events() {
    let _case = caisson_threats::case(16, "a transaction carries rows tasks and events");
    each_database(async |_panel, admin| {
        let puppet = Puppet::install(&admin, "puppet", &[]).await.unwrap();
        let work = |name: &str, ends: Value| {
            let task = json!({ "op": "tasks.add", "do": [put(&format!("{name} task"), 1)] });
            let event = json!({ "op": "events.dispatch", "name": "sung", "payload": { "of": name } });
            let steps = json!([put(&format!("{name} row"), 1), task, event, ends]);
            json!({ "op": "transaction", "do": { "op": "all", "do": steps } })
        };
        let failed = puppet
            .one(tried(work("undone", json!({ "op": "fail", "message": "on purpose" }))))
            .await
            .unwrap();
        assert_eq!(failed["message"], "on purpose");
        let crashed = puppet.one(work("crashed", json!({ "op": "crash" }))).await.unwrap_err();
        assert!(crashed.to_string().contains("502"), "{crashed}");
        let left =
            json!([{ "op": "db.begin" }, put("left", 1), { "op": "tasks.add", "do": [put("left task", 1)] }]);
        puppet.play(left).await.unwrap();
        puppet.one(work("done", names())).await.unwrap();
        until(SOON, "the task and the event of what was done", async || {
            let found = puppet.play(json!([names(), { "op": "db.all", "table": "heard" }])).await.ok()?;
            let heard =
                found[1].as_array()?.iter().map(|one| one["payload"]["of"].clone()).collect::<Vec<_>>();
            (found[0] == json!(["done row", "done task"]) && heard == ["done"]).then_some(())
        })
        .await
        .unwrap();

        let waits = json!({ "op": "http.get", "url": "https://example.com/" });
        let refused = puppet.one(tried(json!({ "op": "transaction", "do": waits }))).await.unwrap();
        assert_eq!(refused["code"], 424, "{refused}");
        // One that computes with a transaction open is stopped, and others write on.
        let spinning = puppet.one(json!({ "op": "transaction", "do": { "op": "spin" } })).await.unwrap_err();
        assert!(spinning.to_string().contains("processor time"), "{spinning}");
        puppet.one(put("after", 1)).await.unwrap();
        let calls = "/modules/product/puppet/calls?outcome=ok&limit=50";
        let trace = until(SOON, "the open transaction on a trace", async || {
            let calls = admin.api.get(calls).await.ok()?.ok().ok()?;
            calls.to_string().contains("the call ended with it open").then_some(())
        });
        trace.await.unwrap();
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn an_update_that_fails_leaves_the_tables_as_they_were() {
    let _case = caisson_threats::case(16, "an update that fails leaves the tables as they were");
    each_database(async |_panel, admin| {
        let puppet = Puppet::install(&admin, "puppet", &[]).await.unwrap();
        puppet.one(put("a", 1)).await.unwrap();
        puppet.upload(&puppet::package("puppet", "1.1.0").unwrap().bytes().unwrap()).await.unwrap();
        puppet.grant(Some("1.1.0"), &[]).await.unwrap();
        let refused = admin.api.post(&puppet.path("activate?version=1.1.0"), &json!({})).await.unwrap();
        assert_eq!(refused.status, 409, "{}", refused.body);
        let rows = puppet.one(json!({ "op": "db.all" })).await.unwrap();
        assert_eq!(rows.as_array().unwrap().len(), 1, "{rows}");
        assert!(rows[0].get("since").is_none(), "{rows}");
        let module = admin.api.get("/modules/product/puppet").await.unwrap().ok().unwrap();
        assert_eq!(module["status"], "active");
        assert_eq!(module["version"], "1.0.0", "{module}");
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn events_reach_their_subscribers_and_end() {
    each_database(async |_panel, admin| {
        let puppet = Puppet::install(&admin, "puppet", &[]).await.unwrap();
        let other =
            Puppet::install(&admin, "puppet-two", &["subscribe product/puppet.echoed"]).await.unwrap();
        let sing = |payload: Value| json!({ "op": "events.dispatch", "name": "sung", "payload": payload });
        let heard = json!({ "op": "db.all", "table": "heard" });
        let id = puppet.one(sing(json!({ "n": 1 }))).await.unwrap();
        for one in [&puppet, &other] {
            let row =
                until(SOON, "both to hear", async || one.one(heard.clone()).await.ok()?.get(0).cloned())
                    .await
                    .unwrap();
            assert_eq!(row, json!({ "event": id, "name": "product/puppet.sung", "payload": { "n": 1 } }));
        }
        // One that fails to hear fails alone, and what goes in circles ends.
        puppet.one(sing(json!({ "fail": true }))).await.unwrap();
        puppet.one(sing(json!({ "echo": true }))).await.unwrap();
        until(SOON, "a circle of eight", async || {
            let rows = puppet.one(heard.clone()).await.ok()?;
            (rows.as_array()?.len() == 1 + 8).then_some(())
        })
        .await
        .unwrap();
        until(SOON, "what could not be heard to be tried again", async || {
            let tasks = admin
                .api
                .get("/tasks?module=product/puppet&tag=event&limit=200")
                .await
                .ok()?
                .ok()
                .ok()?
                .to_string();
            (tasks.contains("does not want to hear") && tasks.contains("too many events")).then_some(())
        })
        .await
        .unwrap();
        let rows = other.one(heard.clone()).await.unwrap();
        assert_eq!(rows.as_array().unwrap().len(), 2, "only what it was granted to hear: {rows}");
        let denied = puppet
            .one(tried(json!({ "op": "events.dispatch", "name": "unsung", "payload": 1 })))
            .await
            .unwrap();
        assert!(denied["message"].as_str().unwrap().contains("publishes = [\"unsung\"]"), "{denied}");
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn an_event_outlives_its_publisher() {
    let _case = caisson_threats::case(38, "an event outlives its publisher");
    let postgres = Postgres::shared().unwrap().create_database().unwrap();
    for database in [None, Some(postgres)] {
        let builder = Panel::builder().separate_workers(1).lease(Duration::from_secs(3)).database(database);
        let mut panel = builder.start().await.unwrap();
        let admin = panel.admin().await.unwrap();
        let puppet = Puppet::install(&admin, "puppet", &[]).await.unwrap();
        panel.kill_worker(0).unwrap();
        for n in 0..5 {
            let sing = json!({ "op": "events.dispatch", "name": "sung", "payload": { "n": n } });
            let step =
                json!({ "op": "transaction", "do": { "op": "all", "do": [put(&format!("n{n}"), n), sing] } });
            puppet.one(step).await.unwrap();
        }
        panel.front().kill().unwrap();
        panel.restart().await.unwrap();
        panel.add_worker().unwrap();
        until(SOON, "all five to be heard", async || {
            let heard = puppet.one(json!({ "op": "db.count", "table": "heard" })).await.ok()?;
            (heard == 5).then_some(())
        })
        .await
        .unwrap();
    }
}
