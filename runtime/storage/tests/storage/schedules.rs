//! Tasks that come again.

use caisson_storage::schedules::{self, Schedule};
use caisson_storage::tasks::{self, TaskFilter};
use caisson_storage::testing::databases;
use caisson_storage::{Conn, Db, PageQuery, modules};
use caisson_types::{ModuleStatus, Timestamp};
use serde_json::json;

use crate::support::{key, version};

/// 2026-11-21 09:48:19 UTC, and so many seconds later.
fn at(seconds: i64) -> Timestamp {
    Timestamp(1_795_254_499_000 + seconds * 1_000)
}

fn schedule(name: &str, cron: &str) -> Schedule {
    Schedule {
        module: key("plugin/watch"),
        name: name.to_owned(),
        cron: cron.parse().unwrap(),
        method: "check".to_owned(),
        payload: json!({ "n": 1 }),
        declared: false,
        next_at: None,
        last_at: None,
    }
}

async fn active(conn: &mut Conn) {
    let version = version("plugin/watch", "1.0.0");
    modules::insert_version(conn, &version).await.unwrap();
    modules::set_active(conn, &version.key, Some(version.id), ModuleStatus::Active).await.unwrap();
}

async fn queued(conn: &mut Conn) -> u64 {
    tasks::page(conn, &TaskFilter::default(), &PageQuery::default()).await.unwrap().total
}

#[tokio::test]
async fn a_schedule_comes_once_for_all_that_look() {
    for db in databases().await {
        let mut conn = db.conn().await.unwrap();
        active(&mut conn).await;
        schedules::put(&mut conn, &schedule("often", "* * * * *"), at(0)).await.unwrap();
        schedules::put(&mut conn, &schedule("never", "0 0 30 2 *"), at(0)).await.unwrap();
        assert_eq!(schedules::fire(&mut conn, at(40)).await.unwrap(), 0, "not yet on {}", db.name());
        let lookers = (0..4).map(|_| {
            let db = Db::clone(&db);
            tokio::spawn(async move { schedules::fire(&mut db.conn().await.unwrap(), at(41)).await.unwrap() })
        });
        let mut fired = 0;
        for looker in lookers.collect::<Vec<_>>() {
            fired += looker.await.unwrap();
        }
        assert_eq!(fired, 1, "{}", db.name());
        assert_eq!(queued(&mut conn).await, 1);
        // Its task still waits: the next moment adds no other, and what was missed comes once.
        assert_eq!(schedules::fire(&mut conn, at(1_000)).await.unwrap(), 1);
        assert_eq!(schedules::fire(&mut conn, at(1_000)).await.unwrap(), 0);
        assert_eq!(queued(&mut conn).await, 1, "{}", db.name());
        let all = schedules::of_module(&mut conn, &key("plugin/watch")).await.unwrap();
        assert_eq!(all[1].next_at, Some(at(1_001)), "the next whole minute");
        assert_eq!((all[0].next_at, all[1].last_at), (None, Some(at(1_000))));
    }
}

#[tokio::test]
async fn a_module_that_rests_is_left_alone() {
    for db in databases().await {
        let mut conn = db.conn().await.unwrap();
        active(&mut conn).await;
        schedules::put(&mut conn, &schedule("often", "* * * * *"), at(0)).await.unwrap();
        modules::set_active(&mut conn, &key("plugin/watch"), None, ModuleStatus::Inactive).await.unwrap();
        assert_eq!(schedules::fire(&mut conn, at(500)).await.unwrap(), 0, "{}", db.name());
    }
}

#[tokio::test]
async fn a_new_manifest_replaces_what_the_old_one_declared() {
    for db in databases().await {
        let mut conn = db.conn().await.unwrap();
        active(&mut conn).await;
        let declared = |name: &str, cron: &str| Schedule { declared: true, ..schedule(name, cron) };
        let names = async |conn: &mut Conn| {
            let all = schedules::of_module(conn, &key("plugin/watch")).await.unwrap();
            all.into_iter().map(|one| (one.name, one.cron.to_string(), one.next_at)).collect::<Vec<_>>()
        };
        schedules::put(&mut conn, &schedule("own", "0 * * * *"), at(0)).await.unwrap();
        let old = [declared("a", "* * * * *"), declared("b", "*/5 * * * *")];
        schedules::declare(&mut conn, &key("plugin/watch"), &old, at(0)).await.unwrap();
        let new = [declared("b", "*/5 * * * *"), declared("c", "*/10 * * * *")];
        schedules::declare(&mut conn, &key("plugin/watch"), &new, at(30)).await.unwrap();
        let row = |name: &str, cron: &str, next| (name.to_owned(), cron.to_owned(), Some(at(next)));
        let expected =
            [row("b", "*/5 * * * *", 101), row("c", "*/10 * * * *", 101), row("own", "0 * * * *", 701)];
        assert_eq!(names(&mut conn).await, expected, "{}", db.name());
        // Activated again after a long rest, it does not catch up.
        schedules::declare(&mut conn, &key("plugin/watch"), &new[..1], at(3_600)).await.unwrap();
        assert_eq!(names(&mut conn).await[0].2, Some(at(3_701)));
        for number in 0..schedules::MOST {
            let name = format!("n{number}");
            if schedules::has_room(&mut conn, &key("plugin/watch"), &name).await.unwrap() {
                schedules::put(&mut conn, &schedule(&name, "* * * * *"), at(0)).await.unwrap();
            }
        }
        assert_eq!(
            schedules::of_module(&mut conn, &key("plugin/watch")).await.unwrap().len(),
            schedules::MOST
        );
        assert!(schedules::has_room(&mut conn, &key("plugin/watch"), "own").await.unwrap());
    }
}
