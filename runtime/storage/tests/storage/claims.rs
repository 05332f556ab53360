//! Who gets which task.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use caisson_storage::tasks::{self, Failure, Task};
use caisson_storage::testing::{databases, postgres};
use caisson_storage::{Conn, Db, modules};
use caisson_types::{ServiceId, TaskId, TaskStatus, Timestamp};
use serde_json::Value;
use sqlx::Row as _;

use crate::support::{LEASE, eventually, key, task, version};

async fn claim(conn: &mut Conn, limit: usize) -> Vec<Task> {
    tasks::claim(conn, "w", &[], limit, LEASE, Timestamp::now()).await.unwrap()
}

async fn add(conn: &mut Conn, module: &str, service: Option<ServiceId>) -> TaskId {
    let mut new = task(module);
    new.service_id = service;
    tasks::enqueue(conn, &new).await.unwrap()
}

#[tokio::test]
async fn a_claim_takes_what_is_due_and_counts_the_try() {
    for db in databases().await {
        let mut conn = db.conn().await.unwrap();
        let id = add(&mut conn, "product/a", None).await;
        let mut later = task("product/a");
        later.run_at = Timestamp::now().after(Duration::from_secs(60));
        tasks::enqueue(&mut conn, &later).await.unwrap();

        assert!(claim(&mut conn, 0).await.is_empty());
        let claimed = claim(&mut conn, 5).await;
        assert_eq!(claimed.len(), 1, "{}", db.name());
        let got = &claimed[0];
        assert_eq!((got.id, got.status, got.attempts), (id, TaskStatus::Running, 1));
        assert_eq!(got.lease_owner.as_deref(), Some("w"));
        assert_eq!(got.lease_until, got.started_at.map(|at| at.after(LEASE)));
        assert_eq!(tasks::by_id(&mut conn, id).await.unwrap(), *got);
        assert!(claim(&mut conn, 5).await.is_empty());
    }
}

#[tokio::test]
async fn a_service_has_one_task_running_and_keeps_their_order() {
    for db in databases().await {
        let mut conn = db.conn().await.unwrap();
        let service = Some(ServiceId::new());
        let mut create = task("product/a");
        (create.service_id, create.tries) = (service, 2);
        let first = tasks::enqueue(&mut conn, &create).await.unwrap();
        let second = add(&mut conn, "product/a", service).await;
        let third = add(&mut conn, "plugin/b", service).await;

        let claimed = claim(&mut conn, 5).await;
        assert_eq!(claimed.iter().map(|task| task.id).collect::<Vec<_>>(), [first], "{}", db.name());
        assert!(claim(&mut conn, 5).await.is_empty(), "while it runs");

        let failure = Failure::Problem { is_final: false };
        let now = Timestamp::now();
        let status = tasks::fail(&mut conn, first, "w", "Down.", failure, now).await.unwrap();
        assert_eq!(status, Some(TaskStatus::Pending));
        assert!(claim(&mut conn, 5).await.is_empty(), "while it waits for its next try");

        let then = now.after(Duration::from_secs(60));
        let again = tasks::claim(&mut conn, "w", &[], 5, LEASE, then).await.unwrap();
        assert_eq!(again[0].id, first);
        assert!(tasks::complete(&mut conn, first, "w", &Value::Null).await.unwrap());
        for expected in [second, third] {
            let claimed = claim(&mut conn, 5).await;
            assert_eq!(claimed.iter().map(|task| task.id).collect::<Vec<_>>(), [expected], "{}", db.name());
            assert!(tasks::complete(&mut conn, expected, "w", &Value::Null).await.unwrap());
        }
    }
}

#[tokio::test]
async fn a_delayed_task_does_not_hold_up_its_service() {
    for db in databases().await {
        let mut conn = db.conn().await.unwrap();
        let service = Some(ServiceId::new());
        let mut delayed = task("product/a");
        delayed.service_id = service;
        delayed.run_at = Timestamp::now().after(Duration::from_secs(60));
        tasks::enqueue(&mut conn, &delayed).await.unwrap();
        let due = add(&mut conn, "product/a", service).await;
        let claimed = claim(&mut conn, 5).await;
        assert_eq!(claimed.iter().map(|task| task.id).collect::<Vec<_>>(), [due], "{}", db.name());
    }
}

#[tokio::test]
async fn a_noisy_module_leaves_room_for_others() {
    let _case = caisson_threats::case(40, "a noisy module leaves room for others");
    for db in databases().await {
        let mut conn = db.conn().await.unwrap();
        for _ in 0..20 {
            add(&mut conn, "product/noisy", None).await;
        }
        for module in ["plugin/b", "plugin/b", "plugin/c"] {
            add(&mut conn, module, None).await;
        }
        let mut shares = HashMap::new();
        for task in claim(&mut conn, 6).await {
            *shares.entry(task.module.to_string()).or_insert(0) += 1;
        }
        let expected = [("product/noisy", 3), ("plugin/b", 2), ("plugin/c", 1)];
        assert_eq!(shares, expected.map(|(key, count)| (key.to_owned(), count)).into(), "{}", db.name());
    }
}

#[tokio::test]
async fn with_one_slot_modules_take_turns() {
    for db in databases().await {
        let mut conn = db.conn().await.unwrap();
        for module in ["plugin/a", "plugin/a", "plugin/a", "plugin/b", "plugin/b"] {
            add(&mut conn, module, None).await;
        }
        let mut turns = Vec::new();
        for second in 1..=5 {
            let now = Timestamp(second * 1_000);
            let claimed = tasks::claim(&mut conn, "w", &[], 1, LEASE, now).await.unwrap();
            turns.push(claimed[0].module.name().to_string());
            tasks::complete(&mut conn, claimed[0].id, "w", &Value::Null).await.unwrap();
        }
        assert_eq!(turns, ["a", "b", "a", "b", "a"], "{}", db.name());
    }
}

/// Eight workers on 120 tasks of six services and of none, completing as they go.
#[tokio::test]
async fn workers_at_once_never_share_a_task_or_a_service() {
    let _case = caisson_threats::case(38, "workers at once never share a task or a service");
    const TASKS: usize = 120;
    for db in databases().await {
        let mut tx = db.begin().await.unwrap();
        let services: Vec<_> = (0..6).map(|_| ServiceId::new()).collect();
        for number in 0..TASKS {
            let service = (number % 3 != 0).then(|| services[number % services.len()]);
            let module = ["product/a", "product/b", "plugin/c"][number % 3];
            add(&mut tx, module, service).await;
        }
        tx.commit().await.unwrap();

        let running = std::sync::Arc::new(std::sync::Mutex::new(HashSet::<ServiceId>::new()));
        let workers = (0..8).map(|number| {
            let (db, running) = (Db::clone(&db), std::sync::Arc::clone(&running));
            tokio::spawn(async move {
                let worker = format!("w{number}");
                let mut ran = Vec::new();
                loop {
                    let mut conn = db.conn().await.unwrap();
                    let now = Timestamp::now();
                    let claimed = tasks::claim(&mut conn, &worker, &[], 3, LEASE, now).await.unwrap();
                    for service in claimed.iter().filter_map(|task| task.service_id) {
                        assert!(running.lock().unwrap().insert(service), "two tasks of one service run");
                    }
                    drop(conn);
                    for task in &claimed {
                        let mut conn = db.conn().await.unwrap();
                        task.service_id.map(|service| running.lock().unwrap().remove(&service));
                        assert!(tasks::complete(&mut conn, task.id, &worker, &Value::Null).await.unwrap());
                        ran.push(task.id);
                    }
                    let left = tasks::stats(&mut db.conn().await.unwrap()).await.unwrap();
                    if left.counts.iter().all(|count| count.status == TaskStatus::Done) {
                        return ran;
                    }
                }
            })
        });
        let mut ran = Vec::new();
        for worker in workers.collect::<Vec<_>>() {
            ran.extend(worker.await.unwrap());
        }
        let distinct: HashSet<_> = ran.iter().collect();
        assert_eq!((ran.len(), distinct.len()), (TASKS, TASKS), "{}", db.name());
    }
}

/// Only PostgreSQL lets two workers choose at the same moment.
#[tokio::test]
async fn of_two_workers_that_start_one_service_at_once_one_gets_nothing() {
    let Some(db) = postgres().await else { return };
    let mut conn = db.conn().await.unwrap();
    let service = Some(ServiceId::new());
    let earlier = add(&mut conn, "product/a", service).await;
    tasks::cancel(&mut conn, earlier).await.unwrap();
    let later = add(&mut conn, "product/a", service).await;

    let mut first = db.begin().await.unwrap();
    sqlx::query("UPDATE tasks SET status = 'running', lease_owner = 'first' WHERE id = $1")
        .bind(earlier.to_string())
        .execute(&mut *first)
        .await
        .unwrap();
    let second = Db::clone(&db);
    let second = tokio::spawn(async move { claim(&mut second.conn().await.unwrap(), 1).await });
    eventually("the second worker to wait for the first", async || {
        let sql = "SELECT COUNT(*) AS waiting FROM pg_locks WHERE NOT granted";
        sqlx::query(sql).fetch_one(&mut *conn).await.unwrap().get::<i64, _>("waiting") > 0
    })
    .await;
    first.commit().await.unwrap();
    assert!(second.await.unwrap().is_empty());
    assert_eq!(tasks::by_id(&mut conn, later).await.unwrap().status, TaskStatus::Pending);
}

#[tokio::test]
async fn tasks_of_a_quarantined_module_wait() {
    for db in databases().await {
        let mut conn = db.conn().await.unwrap();
        modules::insert_version(&mut conn, &version("product/held", "1.0.0")).await.unwrap();
        tasks::enqueue(&mut conn, &task("product/held")).await.unwrap();
        tasks::enqueue(&mut conn, &task("product/free")).await.unwrap();
        modules::set_quarantined(&mut conn, &key("product/held"), Some("it crashed")).await.unwrap();
        let mut claimed = async || -> Vec<String> {
            claim(&mut conn, 10).await.into_iter().map(|task| task.module.to_string()).collect()
        };
        assert_eq!(claimed().await, ["product/free"], "{}", db.name());
        modules::set_quarantined(&mut db.conn().await.unwrap(), &key("product/held"), None).await.unwrap();
        assert_eq!(claimed().await, ["product/held"], "{}", db.name());
    }
}
