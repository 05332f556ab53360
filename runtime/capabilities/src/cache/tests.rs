use caisson_storage::modules::{self, Version};
use caisson_storage::testing::{databases, sqlite};
use caisson_storage::{Conn, Db};
use caisson_types::{Timestamp, VersionId};

use crate::bindings::caisson::module::cache::{Error, Host};
use crate::testing::{behind, call};
use crate::{Behind, CallState, Granted, Key, Outcome};

async fn install(conn: &mut Conn, module: &str) {
    let version = Version {
        id: VersionId::new(),
        key: module.parse().unwrap(),
        version: "1.0.0".parse().unwrap(),
        digest: "d".repeat(64),
        manifest: String::new(),
        installed_at: Timestamp(0),
        approved_at: None,
        approved_by: None,
    };
    modules::insert_version(conn, &version).await.unwrap();
}

async fn guest(db: &Db, module: &str, cache: Key) -> CallState {
    install(&mut db.conn().await.unwrap(), module).await;
    call(db, Behind { granted: Granted { cache, ..Granted::default() }, ..behind(module) }).await
}

fn text(text: &str) -> String {
    text.to_owned()
}

#[tokio::test]
async fn values_counters_and_tags_last_between_calls() {
    for db in databases().await {
        let mut guest = guest(&db, "product/demo", Key::Granted).await;
        assert_eq!(guest.get(text("a")).await.unwrap().unwrap(), None);
        guest.set(text("a"), text("{\"x\":1}"), 60, vec![text("t")]).await.unwrap().unwrap();
        assert!(!guest.add(text("a"), text("2"), 60).await.unwrap().unwrap());
        assert!(guest.add(text("b"), text("2"), 60).await.unwrap().unwrap());
        assert_eq!(guest.increment(text("b"), 40, 60).await.unwrap().unwrap(), 42);
        assert_eq!(guest.increment(text("n"), -1, 60).await.unwrap().unwrap(), -1);

        let mut next =
            call(&db, Behind { granted: guest.behind.granted.clone(), ..behind("product/demo") }).await;
        assert_eq!(next.get(text("a")).await.unwrap().unwrap().as_deref(), Some("{\"x\":1}"));
        next.flush(text("t")).await.unwrap().unwrap();
        next.forget(text("b")).await.unwrap().unwrap();
        for (key, expected) in [("a", None), ("b", None), ("n", Some("-1"))] {
            assert_eq!(next.get(text(key)).await.unwrap().unwrap().as_deref(), expected, "{}", db.name());
        }
    }
}

#[tokio::test]
async fn another_module_sees_and_takes_nothing() {
    let _case = caisson_threats::case(36, "another module sees and takes nothing");
    let db = sqlite().await;
    let mut one = guest(&db, "product/one", Key::Granted).await;
    let mut two = guest(&db, "plugin/one", Key::Granted).await;
    one.set(text("a"), text("1"), 60, vec![text("t")]).await.unwrap().unwrap();
    assert_eq!(two.get(text("a")).await.unwrap().unwrap(), None);
    assert!(two.add(text("a"), text("2"), 60).await.unwrap().unwrap());
    two.flush(text("t")).await.unwrap().unwrap();
    two.forget(text("a")).await.unwrap().unwrap();
    assert_eq!(one.get(text("a")).await.unwrap().unwrap().as_deref(), Some("1"));
}

#[tokio::test]
async fn without_the_grant_nothing_is_read_or_kept() {
    let _case = caisson_threats::case(22, "without the grant nothing is read or kept");
    let db = sqlite().await;
    for (key, grant) in [(Key::Undeclared, "capabilities: cache = true"), (Key::Unapproved, "cache")] {
        let mut guest = call(
            &db,
            Behind { granted: Granted { cache: key, ..Granted::default() }, ..behind("product/demo") },
        )
        .await;
        let denials = [
            guest.get(text("a")).await.unwrap().map(drop),
            guest.set(text("a"), text("1"), 60, vec![]).await.unwrap(),
            guest.add(text("a"), text("1"), 60).await.unwrap().map(drop),
            guest.increment(text("a"), 1, 60).await.unwrap().map(drop),
            guest.forget(text("a")).await.unwrap(),
            guest.flush(text("a")).await.unwrap(),
        ];
        for denial in denials {
            assert!(matches!(denial, Err(Error::Denied(denied)) if denied.grant == grant));
        }
        let trace = guest.finish().host_calls;
        assert!(trace.len() == 6 && trace.iter().all(|call| call.outcome == Outcome::Denied), "{trace:?}");
    }
}

#[tokio::test]
async fn what_is_off_is_refused_in_a_sentence() {
    let db = sqlite().await;
    let mut guest = guest(&db, "product/demo", Key::Granted).await;
    let long = "k".repeat(256);
    let large = format!("\"{}\"", "x".repeat(256 * 1024));
    let tags = vec![text("t"); 17];
    guest.set(text("word"), text("\"w\""), 60, vec![]).await.unwrap().unwrap();
    let refusals = [
        (guest.get(text("")).await.unwrap().map(drop), "a key has 1 to 255 bytes, not 0"),
        (guest.get(long).await.unwrap().map(drop), "a key has 1 to 255 bytes, not 256"),
        (guest.get(text("a\0b")).await.unwrap().map(drop), "the key 'a\\0b' holds control characters"),
        (guest.set(text("a"), text("{"), 60, vec![]).await.unwrap(), "the value of 'a' is not JSON"),
        (guest.set(text("a"), large, 60, vec![]).await.unwrap(), "the value of 'a' has 262146 bytes"),
        (guest.set(text("a"), text("1"), 60, tags).await.unwrap(), "at most 16 tags, not 17"),
        (guest.set(text("a"), text("1"), 60, vec![text("")]).await.unwrap(), "a tag has 1 to 255 bytes"),
        (guest.set(text("a"), text("1"), 0, vec![]).await.unwrap(), "1 to 2592000 seconds, not 0"),
        (guest.add(text("a"), text("1"), 2_592_001).await.unwrap().map(drop), "seconds, not 2592001"),
        (guest.increment(text("word"), 1, 60).await.unwrap().map(drop), "not an integer"),
        (guest.flush(text("")).await.unwrap(), "a tag has 1 to 255 bytes"),
    ];
    for (refusal, part) in refusals {
        match refusal {
            Err(Error::Invalid(reason)) => assert!(reason.contains(part), "{reason}"),
            other => panic!("{part}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn a_full_cache_says_its_quota() {
    let _case = caisson_threats::case(37, "a full cache says its quota");
    let db = sqlite().await;
    let mut guest = guest(&db, "product/demo", Key::Granted).await;
    let value = format!("\"{}\"", "x".repeat(256 * 1024 - 2));
    for n in 0..64 {
        guest.set(n.to_string(), value.clone(), 60, vec![]).await.unwrap().unwrap();
    }
    let full = guest.set(text("more"), text("1"), 60, vec![]).await.unwrap();
    assert!(
        matches!(&full, Err(Error::Quota(reason)) if reason.contains("10000 entries and 16777216 bytes")),
        "{full:?}"
    );
    guest.forget(text("0")).await.unwrap().unwrap();
    guest.set(text("more"), text("1"), 60, vec![]).await.unwrap().unwrap();
}

#[tokio::test]
async fn every_function_is_on_the_trace_with_its_key() {
    let db = sqlite().await;
    let mut guest = guest(&db, "product/demo", Key::Granted).await;
    guest.get(text("a")).await.unwrap().unwrap();
    guest.set(text("b"), text("1"), 60, vec![]).await.unwrap().unwrap();
    guest.add(text("c"), text("1"), 60).await.unwrap().unwrap();
    guest.increment(text("d"), 1, 60).await.unwrap().unwrap();
    guest.forget(text("e")).await.unwrap().unwrap();
    guest.flush(text("f")).await.unwrap().unwrap();
    guest.set(text("g"), text("1"), 0, vec![]).await.unwrap().unwrap_err();
    let trace = guest.finish().host_calls;
    let said: Vec<_> = trace
        .iter()
        .map(|call| {
            format!("{} {} {:?}", call.name, call.detail.as_deref().unwrap_or_default(), call.outcome)
        })
        .collect();
    assert_eq!(
        said,
        [
            "cache.get a Ok",
            "cache.set b Ok",
            "cache.add c Ok",
            "cache.increment d Ok",
            "cache.forget e Ok",
            "cache.flush f Ok",
            "cache.set g Error",
        ]
    );
}
