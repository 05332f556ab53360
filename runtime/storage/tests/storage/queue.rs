//! Enqueueing, listing and managing tasks.

use std::time::Duration;

use caisson_storage::tasks::{self, QueueCount, TaskFilter};
use caisson_storage::testing::databases;
use caisson_storage::{PageQuery, StorageError};
use caisson_types::{ServiceId, TaskId, TaskStatus, Timestamp};
use serde_json::{Value, json};

use crate::support::{LEASE, key, task};

#[tokio::test]
async fn a_task_exists_when_its_transaction_commits() {
    for db in databases().await {
        let mut tx = db.begin().await.unwrap();
        let gone = tasks::enqueue(&mut tx, &task("product/a")).await.unwrap();
        tx.rollback().await.unwrap();

        let mut new = task("product/a");
        new.payload = json!({ "n": 1 });
        new.tags = vec!["monitoring".to_owned()];
        new.actor = Some("ada".to_owned());
        new.service_id = Some(ServiceId::new());
        let mut tx = db.begin().await.unwrap();
        let id = tasks::enqueue(&mut tx, &new).await.unwrap();
        tx.commit().await.unwrap();

        let mut conn = db.conn().await.unwrap();
        assert!(matches!(tasks::by_id(&mut conn, gone).await, Err(StorageError::Missing)), "{}", db.name());
        let stored = tasks::by_id(&mut conn, id).await.unwrap();
        assert_eq!((stored.status, stored.attempts, stored.tries), (TaskStatus::Pending, 0, 1));
        assert_eq!((stored.backoff_s, stored.timeout_s, stored.max_exceptions), (10, 600, 2));
        assert_eq!((stored.payload, stored.tags, stored.actor), (new.payload, new.tags, new.actor));
        assert_eq!(tasks::unfinished_of_service(&mut conn, new.service_id.unwrap()).await.unwrap(), 1);
    }
}

#[tokio::test]
async fn a_unique_key_holds_while_the_task_is_unfinished() {
    for db in databases().await {
        let mut conn = db.conn().await.unwrap();
        let mut new = task("product/a");
        new.unique_key = Some("sync".to_owned());
        let first = tasks::enqueue(&mut conn, &new).await.unwrap();
        assert_eq!(tasks::enqueue(&mut conn, &new).await.unwrap(), first, "while it waits");
        let mut of_other = new.clone();
        of_other.module = key("product/b");
        assert_ne!(tasks::enqueue(&mut conn, &of_other).await.unwrap(), first, "another module's is another");

        let claimed = tasks::claim(&mut conn, "w", &[], 5, LEASE, Timestamp::now()).await.unwrap();
        assert_eq!(claimed.len(), 2);
        assert_eq!(tasks::enqueue(&mut conn, &new).await.unwrap(), first, "while it runs");
        assert!(tasks::complete(&mut conn, first, "w", &Value::Null).await.unwrap());
        let second = tasks::enqueue(&mut conn, &new).await.unwrap();
        assert_ne!(second, first, "{}", db.name());

        assert!(tasks::cancel(&mut conn, second).await.unwrap());
        tasks::enqueue(&mut conn, &new).await.unwrap();
        let taken = tasks::retry(&mut conn, second).await;
        assert!(matches!(taken, Err(StorageError::Unique(_))), "{}: {taken:?}", db.name());
    }
}

#[tokio::test]
async fn enqueues_at_once_with_one_key_make_one_task() {
    for db in databases().await {
        let enqueues = (0..8).map(|_| {
            let db = caisson_storage::Db::clone(&db);
            tokio::spawn(async move {
                let mut new = task("product/a");
                new.unique_key = Some("sync".to_owned());
                let mut tx = db.begin().await.unwrap();
                let id = tasks::enqueue(&mut tx, &new).await.unwrap();
                tx.commit().await.unwrap();
                id
            })
        });
        let mut ids = Vec::new();
        for enqueue in enqueues.collect::<Vec<_>>() {
            ids.push(enqueue.await.unwrap());
        }
        ids.dedup();
        assert_eq!(ids.len(), 1, "{}", db.name());
    }
}

#[tokio::test]
async fn only_a_task_that_waits_is_cancelled_and_only_one_that_ended_is_retried() {
    for db in databases().await {
        let mut conn = db.conn().await.unwrap();
        let id = tasks::enqueue(&mut conn, &task("product/a")).await.unwrap();
        assert!(!tasks::retry(&mut conn, id).await.unwrap(), "it waits already");
        let claimed = tasks::claim(&mut conn, "w", &[], 1, LEASE, Timestamp::now()).await.unwrap();
        assert_eq!(claimed[0].id, id);
        assert!(!tasks::cancel(&mut conn, id).await.unwrap(), "it runs");

        let failure = tasks::Failure::Exception;
        let now = Timestamp::now();
        let status = tasks::fail(&mut conn, id, "w", "It trapped.", failure, now).await.unwrap();
        assert_eq!(status, Some(TaskStatus::Failed));
        assert!(tasks::retry(&mut conn, id).await.unwrap());
        let again = tasks::by_id(&mut conn, id).await.unwrap();
        assert_eq!((again.status, again.attempts, again.exceptions), (TaskStatus::Pending, 0, 0));
        assert_eq!((again.finished_at, again.last_error.as_deref()), (None, Some("It trapped.")));

        assert!(tasks::cancel(&mut conn, id).await.unwrap());
        assert!(tasks::claim(&mut conn, "w", &[], 1, LEASE, Timestamp::now()).await.unwrap().is_empty());
        assert!(tasks::retry(&mut conn, id).await.unwrap());
        for outcome in
            [tasks::cancel(&mut conn, TaskId::new()).await, tasks::retry(&mut conn, TaskId::new()).await]
        {
            assert!(matches!(outcome, Err(StorageError::Missing)), "{}", db.name());
        }
    }
}

#[tokio::test]
async fn tasks_are_listed_counted_flushed_and_purged() {
    for db in databases().await {
        let mut conn = db.conn().await.unwrap();
        let service = ServiceId::new();
        for (module, queue, tags) in [
            ("product/a", "default", vec!["monitoring", "recur%ring"]),
            ("product/a", "slow", vec!["mon"]),
            ("plugin/b", "default", vec![]),
        ] {
            let mut new = task(module);
            new.queue = queue.to_owned();
            new.tags = tags.into_iter().map(str::to_owned).collect();
            new.service_id = (module == "plugin/b").then_some(service);
            tasks::enqueue(&mut conn, &new).await.unwrap();
        }
        let none = TaskFilter::default();
        let cases = [
            (none.clone(), 3),
            (TaskFilter { module: Some(key("product/a")), ..none.clone() }, 2),
            (TaskFilter { queue: Some("slow".to_owned()), ..none.clone() }, 1),
            (TaskFilter { tag: Some("mon".to_owned()), ..none.clone() }, 1),
            (TaskFilter { tag: Some("recur%ring".to_owned()), ..none.clone() }, 1),
            (TaskFilter { tag: Some("recur_ring".to_owned()), ..none.clone() }, 0),
            (TaskFilter { service: Some(service), ..none.clone() }, 1),
            (TaskFilter { status: Some(TaskStatus::Failed), ..none.clone() }, 0),
        ];
        for (filter, total) in cases {
            let page = tasks::page(&mut conn, &filter, &PageQuery::default()).await.unwrap();
            assert_eq!(page.total, total, "{} {filter:?}", db.name());
        }
        assert_eq!(tasks::of_service(&mut conn, service, 5).await.unwrap().len(), 1);

        let claimed =
            tasks::claim(&mut conn, "w", &["default".to_owned()], 9, LEASE, Timestamp::now()).await.unwrap();
        assert_eq!(claimed.len(), 2, "of that queue only");
        let (done, failed) = (&claimed[0], &claimed[1]);
        tasks::complete(&mut conn, done.id, "w", &json!("ok")).await.unwrap();
        let failure = tasks::Failure::Problem { is_final: true };
        tasks::fail(&mut conn, failed.id, "w", "No.", failure, Timestamp::now()).await.unwrap();

        let stats = tasks::stats(&mut conn).await.unwrap();
        let count = |queue: &str, status| QueueCount { queue: queue.to_owned(), status, count: 1 };
        let expected = [
            count("default", TaskStatus::Done),
            count("default", TaskStatus::Failed),
            count("slow", TaskStatus::Pending),
        ];
        assert_eq!(stats.counts, expected, "{}", db.name());
        assert_eq!(stats.oldest_due, Some(Timestamp(0)));
        assert!(stats.oldest_age_ms > 0);

        let later = Timestamp::now().after(Duration::from_secs(1));
        assert_eq!(tasks::purge(&mut conn, later).await.unwrap(), 1, "the one that is done");
        assert_eq!(tasks::flush_failed(&mut conn, Some(&key("product/none"))).await.unwrap(), 0);
        assert_eq!(tasks::flush_failed(&mut conn, Some(&failed.module)).await.unwrap(), 1);
        assert_eq!(tasks::flush_failed(&mut conn, None).await.unwrap(), 0);
    }
}
