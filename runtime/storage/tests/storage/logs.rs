//! Modules' log and traces of calls.

use caisson_storage::calls::{Call, CallFilter};
use caisson_storage::module_log::{Entry, LogFilter};
use caisson_storage::testing::databases;
use caisson_storage::{PageQuery, calls, captures, module_log};
use caisson_types::{CallId, ServiceId, TaskId, Timestamp, VersionId};
use serde_json::json;
use uuid::Uuid;

use crate::support::key;

fn entry(number: i64) -> Entry {
    Entry {
        id: Uuid::now_v7(),
        module: key(if number % 2 == 0 { "product/a" } else { "plugin/b" }),
        at: Timestamp(number),
        level: if number % 3 == 0 { "error" } else { "info" }.to_owned(),
        action: format!("Action{number}"),
        request: "GET /zones".to_owned(),
        response: format!("status {number}"),
        call_id: Some(CallId::new()),
        task_id: None,
        service_id: None,
    }
}

#[tokio::test]
async fn a_long_log_is_written_in_batches_and_filtered() {
    for db in databases().await {
        let mut conn = db.conn().await.unwrap();
        let mut entries: Vec<_> = (0..250).map(entry).collect();
        let (task, service) = (TaskId::new(), ServiceId::new());
        entries[7].task_id = Some(task);
        entries[8].service_id = Some(service);
        module_log::append_many(&mut conn, &entries).await.unwrap();
        module_log::append_many(&mut conn, &[]).await.unwrap();

        let page = module_log::page(&mut conn, &LogFilter::default(), &PageQuery::first(3)).await.unwrap();
        assert_eq!(page.total, 250, "{}", db.name());
        assert_eq!(page.items, [entries[249].clone(), entries[248].clone(), entries[247].clone()]);

        let none = LogFilter::default();
        let cases = [
            (LogFilter { module: Some(key("product/a")), ..none.clone() }, 125),
            (LogFilter { level: Some("error".to_owned()), ..none.clone() }, 84),
            (LogFilter { task: Some(task), ..none.clone() }, 1),
            (LogFilter { service: Some(service), ..none.clone() }, 1),
            (LogFilter { call: entries[3].call_id, ..none.clone() }, 1),
            (LogFilter { action: Some("action24".to_owned()), ..none.clone() }, 11),
            (LogFilter { since: Some(Timestamp(10)), until: Some(Timestamp(15)), ..none.clone() }, 5),
        ];
        for (filter, total) in cases {
            let page = module_log::page(&mut conn, &filter, &PageQuery::default()).await.unwrap();
            assert_eq!(page.total, total, "{} {filter:?}", db.name());
        }
        let search = PageQuery { search: Some("STATUS 199".to_owned()), ..PageQuery::default() };
        assert_eq!(module_log::page(&mut conn, &none, &search).await.unwrap().total, 1);

        // By age, and what is left by count: 25 of each module are young enough, and 20 are kept.
        assert_eq!(module_log::purge(&mut conn, Timestamp(200), 20).await.unwrap(), 210);
        let left = module_log::page(&mut conn, &none, &PageQuery::first(100)).await.unwrap();
        assert_eq!(left.items.iter().map(|entry| entry.at.0).min(), Some(210), "{}", db.name());
        assert_eq!(left.total, 40);
    }
}

fn call(at: i64, outcome: &str) -> Call {
    Call {
        id: CallId::new(),
        module: key("product/a"),
        version: VersionId::new(),
        export: "product.create".to_owned(),
        at: Timestamp(at),
        outcome: outcome.to_owned(),
        message: (outcome != "ok").then(|| "It trapped.".to_owned()),
        wall_us: 5_000_000_000,
        cpu_us: 12,
        memory_bytes: 1 << 40,
        host_calls: json!([{ "function": "http.send", "us": 9 }]),
        host_call_count: 7,
        omitted: 6,
        denied: u64::try_from(at).unwrap() % 2,
        bytes_out: 1 << 33,
        bytes_in: 5,
        grants: vec!["table a".to_owned()],
        request_id: Some(Uuid::now_v7()),
        task_id: Some(TaskId::new()),
        service_id: Some(ServiceId::new()),
    }
}

#[tokio::test]
async fn traces_are_filtered_and_the_newest_survive_a_purge() {
    for db in databases().await {
        let mut conn = db.conn().await.unwrap();
        let rows = [call(1, "ok"), call(2, "trap"), call(3, "ok"), call(4, "ok")];
        for row in &rows {
            calls::append(&mut conn, row).await.unwrap();
        }
        assert_eq!(calls::by_id(&mut conn, rows[1].id).await.unwrap(), rows[1]);
        let none = CallFilter::default();
        let cases = [
            (CallFilter { outcome: Some("ok".to_owned()), ..none.clone() }, 3),
            (CallFilter { version: Some(rows[0].version), ..none.clone() }, 1),
            (CallFilter { task: rows[2].task_id, ..none.clone() }, 1),
            (CallFilter { service: rows[2].service_id, export: Some("x".to_owned()), ..none.clone() }, 0),
            (CallFilter { module: Some(key("product/a")), ..none.clone() }, 4),
            (CallFilter { request: rows[1].request_id, ..none.clone() }, 1),
            (CallFilter { since: Some(Timestamp(2)), until: Some(Timestamp(4)), ..none.clone() }, 2),
            (CallFilter { slower_than_us: Some(5_000_000_000), ..none.clone() }, 4),
            (CallFilter { slower_than_us: Some(5_000_000_001), ..none.clone() }, 0),
            (CallFilter { denied: true, ..none.clone() }, 2),
        ];
        for (filter, total) in cases {
            let page = calls::page(&mut conn, &filter, &PageQuery::default()).await.unwrap();
            assert_eq!(page.total, total, "{} {filter:?}", db.name());
        }
        let search = PageQuery { search: Some("PRODUCT.CR".to_owned()), ..PageQuery::default() };
        assert_eq!(calls::page(&mut conn, &none, &search).await.unwrap().total, 4);

        // Another module's calls do not count against this one's.
        for at in 1..=2_500 {
            calls::append(&mut conn, &Call { module: key("plugin/b"), ..call(at, "ok") }).await.unwrap();
        }
        assert_eq!(calls::purge(&mut conn, Timestamp(3), 1_000).await.unwrap(), 2 + 1_500);
        let left = CallFilter { module: Some(key("product/a")), ..none.clone() };
        let left = calls::page(&mut conn, &left, &PageQuery::default()).await.unwrap();
        assert_eq!(left.items, [rows[3].clone(), rows[2].clone()], "{}", db.name());
        let others = CallFilter { module: Some(key("plugin/b")), ..none };
        let others = calls::page(&mut conn, &others, &PageQuery::first(1)).await.unwrap();
        assert_eq!((others.total, others.items[0].at), (1_000, Timestamp(2_500)), "{}", db.name());
    }
}

#[tokio::test]
async fn what_was_captured_goes_with_its_call() {
    for db in databases().await {
        let mut conn = db.conn().await.unwrap();
        let (a, b) = (key("product/a"), key("plugin/b"));
        let mut of_a = Vec::new();
        for module in [&a, &a, &a, &b] {
            let call = failed(module);
            calls::append(&mut conn, &call).await.unwrap();
            let captured = json!({ "of": call.id });
            captures::append(&mut conn, call.id, module, &captured).await.unwrap();
            assert_eq!(captures::of(&mut conn, call.id).await.unwrap(), Some(captured), "{}", db.name());
            of_a.push(call.id);
        }
        let of_b = of_a.pop().unwrap();
        // The newest of each module stay, and no other module's go.
        captures::trim(&mut conn, &a, 2).await.unwrap();
        assert_eq!(captures::of(&mut conn, of_a[0]).await.unwrap(), None);
        for id in [of_a[1], of_a[2], of_b] {
            assert!(captures::of(&mut conn, id).await.unwrap().is_some());
        }
        assert_eq!(calls::purge(&mut conn, Timestamp::now(), 1).await.unwrap(), 2);
        assert_eq!(captures::of(&mut conn, of_a[1]).await.unwrap(), None);
        assert!(captures::of(&mut conn, of_a[2]).await.unwrap().is_some());
        assert_eq!(captures::of(&mut conn, CallId::new()).await.unwrap(), None);
        captures::append(&mut conn, CallId::new(), &a, &json!({})).await.unwrap_err();
    }
}

fn failed(module: &caisson_types::ModuleKey) -> Call {
    Call {
        id: CallId::new(),
        module: module.clone(),
        version: VersionId::new(),
        export: "product.create".to_owned(),
        at: Timestamp(i64::MAX / 2),
        outcome: "problem".to_owned(),
        message: None,
        wall_us: 0,
        cpu_us: 0,
        memory_bytes: 0,
        host_calls: json!([]),
        host_call_count: 0,
        omitted: 0,
        denied: 0,
        bytes_out: 0,
        bytes_in: 0,
        grants: Vec::new(),
        request_id: None,
        task_id: None,
        service_id: None,
    }
}
