//! Holding a task, losing it, ending it.

use std::time::Duration;

use caisson_storage::tasks::{self, Failure, MAX_LOST, NewTask, Task};
use caisson_storage::testing::databases;
use caisson_storage::{Conn, StorageError};
use caisson_types::{TaskStatus, Timestamp};
use serde_json::json;

use crate::support::{LEASE, task};

const T0: Timestamp = Timestamp(1_000_000);

async fn claimed(conn: &mut Conn, new: &NewTask) -> Task {
    tasks::enqueue(conn, new).await.unwrap();
    claim(conn, "w", T0).await.unwrap()
}

async fn claim(conn: &mut Conn, worker: &str, now: Timestamp) -> Option<Task> {
    tasks::claim(conn, worker, &[], 1, LEASE, now).await.unwrap().pop()
}

#[tokio::test]
async fn a_worker_that_lost_its_lease_changes_nothing() {
    let _case = caisson_threats::case(39, "a worker that lost its lease changes nothing");
    for db in databases().await {
        let mut conn = db.conn().await.unwrap();
        let id = claimed(&mut conn, &task("product/a")).await.id;
        let after = T0.after(LEASE + Duration::from_millis(1));
        assert_eq!(tasks::reap(&mut conn, T0.after(LEASE)).await.unwrap(), 0, "the lease still holds");
        assert_eq!(tasks::reap(&mut conn, after).await.unwrap(), 1);
        let other = claim(&mut conn, "other", after).await.unwrap();
        assert_eq!((other.id, other.attempts, other.lost), (id, 2, 1), "{}", db.name());

        let error = Failure::Exception;
        assert!(!tasks::extend_lease(&mut conn, id, "w", after.after(LEASE)).await.unwrap());
        assert!(!tasks::complete(&mut conn, id, "w", &json!("zombie")).await.unwrap());
        assert!(!tasks::release(&mut conn, id, "w").await.unwrap());
        assert_eq!(tasks::fail(&mut conn, id, "w", "zombie", error, after).await.unwrap(), None);
        assert_eq!(tasks::by_id(&mut conn, id).await.unwrap(), other, "{}", db.name());

        assert!(tasks::complete(&mut conn, id, "other", &json!({ "ip": "192.0.2.1" })).await.unwrap());
        assert!(!tasks::complete(&mut conn, id, "other", &json!(2)).await.unwrap(), "it ends once");
        let done = tasks::by_id(&mut conn, id).await.unwrap();
        assert_eq!((done.status, done.lease_owner, done.last_error), (TaskStatus::Done, None, None));
        assert_eq!(done.result, Some(json!({ "ip": "192.0.2.1" })));
        assert!(done.finished_at.is_some());
    }
}

#[tokio::test]
async fn a_renewed_lease_is_not_reaped() {
    for db in databases().await {
        let mut conn = db.conn().await.unwrap();
        let id = claimed(&mut conn, &task("product/a")).await.id;
        assert!(tasks::extend_lease(&mut conn, id, "w", T0.after(LEASE * 2)).await.unwrap());
        assert_eq!(tasks::reap(&mut conn, T0.after(LEASE * 2)).await.unwrap(), 0, "{}", db.name());
        assert_eq!(tasks::reap(&mut conn, T0.after(LEASE * 3)).await.unwrap(), 1);
    }
}

#[tokio::test]
async fn a_task_that_kills_its_workers_is_given_up() {
    let _case = caisson_threats::case(40, "a task that kills its workers is given up");
    for db in databases().await {
        let mut conn = db.conn().await.unwrap();
        let id = tasks::enqueue(&mut conn, &task("product/a")).await.unwrap();
        let mut now = T0;
        for lost in 1..=MAX_LOST {
            assert!(claim(&mut conn, "w", now).await.is_some(), "{}: lost {lost}", db.name());
            now = now.after(LEASE * 2);
            assert_eq!(tasks::reap(&mut conn, now).await.unwrap(), 1);
        }
        let given_up = tasks::by_id(&mut conn, id).await.unwrap();
        assert_eq!((given_up.status, given_up.lost), (TaskStatus::Failed, MAX_LOST), "{}", db.name());
        assert_eq!(given_up.finished_at, Some(now));
        assert!(given_up.last_error.unwrap().contains("retry it"));
    }
}

#[tokio::test]
async fn a_problem_is_tried_again_after_a_growing_wait() {
    for db in databases().await {
        let mut conn = db.conn().await.unwrap();
        let mut new = task("product/a");
        (new.tries, new.backoff_s) = (3, 100);
        let mut running = claimed(&mut conn, &new).await;
        let (id, mut now) = (running.id, T0);
        let failure = Failure::Problem { is_final: false };
        for wait in [100_000_i64, 200_000] {
            let status = tasks::fail(&mut conn, id, "w", "Down.", failure, now).await.unwrap();
            assert_eq!(status, Some(TaskStatus::Pending));
            let waits = tasks::by_id(&mut conn, id).await.unwrap();
            assert_eq!((waits.lease_owner, waits.last_error.as_deref()), (None, Some("Down.")));
            let waited = waits.run_at.0 - now.0;
            assert!((wait * 8 / 10..=wait * 12 / 10).contains(&waited), "{}: {waited}", db.name());
            assert!(claim(&mut conn, "w", Timestamp(waits.run_at.0 - 1)).await.is_none());
            now = waits.run_at;
            running = claim(&mut conn, "w", now).await.unwrap();
        }
        assert_eq!(running.attempts, 3);
        let status = tasks::fail(&mut conn, id, "w", "Still down.", failure, now).await.unwrap();
        assert_eq!(status, Some(TaskStatus::Failed), "{}", db.name());
        let failed = tasks::by_id(&mut conn, id).await.unwrap();
        assert_eq!((failed.last_error.as_deref(), failed.finished_at), (Some("Still down."), Some(now)));
    }
}

#[tokio::test]
async fn final_problems_and_too_many_exceptions_end_a_task_early() {
    let _case = caisson_threats::case(40, "final problems and too many exceptions end a task early");
    for db in databases().await {
        let mut conn = db.conn().await.unwrap();
        let mut new = task("product/a");
        (new.tries, new.max_exceptions, new.backoff_s) = (10, 2, 0);
        let id = claimed(&mut conn, &new).await.id;
        let is_final = Failure::Problem { is_final: true };
        let status = tasks::fail(&mut conn, id, "w", "No such plan.", is_final, T0).await.unwrap();
        assert_eq!(status, Some(TaskStatus::Failed), "{}", db.name());

        let id = claimed(&mut conn, &new).await.id;
        let status = tasks::fail(&mut conn, id, "w", "Trap.", Failure::Exception, T0).await.unwrap();
        assert_eq!(status, Some(TaskStatus::Pending));
        claim(&mut conn, "w", T0).await.unwrap();
        let status = tasks::fail(&mut conn, id, "w", "Trap.", Failure::Exception, T0).await.unwrap();
        assert_eq!(status, Some(TaskStatus::Failed), "{}", db.name());
        assert_eq!(tasks::by_id(&mut conn, id).await.unwrap().exceptions, 2);
    }
}

#[tokio::test]
async fn lost_workers_and_released_tasks_do_not_cost_a_try() {
    for db in databases().await {
        let mut conn = db.conn().await.unwrap();
        let id = claimed(&mut conn, &task("product/a")).await.id;
        assert!(tasks::release(&mut conn, id, "w").await.unwrap());
        assert_eq!(tasks::by_id(&mut conn, id).await.unwrap().attempts, 0);

        let mut new = task("plugin/b");
        (new.tries, new.backoff_s) = (2, 0);
        tasks::cancel(&mut conn, id).await.unwrap();
        let id = claimed(&mut conn, &new).await.id;
        let after = T0.after(LEASE * 2);
        tasks::reap(&mut conn, after).await.unwrap();
        claim(&mut conn, "w", after).await.unwrap();
        let failure = Failure::Problem { is_final: false };
        let status = tasks::fail(&mut conn, id, "w", "Down.", failure, after).await.unwrap();
        assert_eq!(status, Some(TaskStatus::Pending), "{}: one of two tries is left", db.name());
        claim(&mut conn, "w", after).await.unwrap();
        let status = tasks::fail(&mut conn, id, "w", "Down.", failure, after).await.unwrap();
        assert_eq!(status, Some(TaskStatus::Failed), "{}", db.name());
    }
}

#[tokio::test]
async fn progress_is_a_running_tasks() {
    for db in databases().await {
        let mut conn = db.conn().await.unwrap();
        let id = claimed(&mut conn, &task("product/a")).await.id;
        tasks::set_progress(&mut conn, id, 250, "Copying").await.unwrap();
        let running = tasks::by_id(&mut conn, id).await.unwrap();
        assert_eq!((running.progress, running.progress_message.as_deref()), (Some(100), Some("Copying")));
        tasks::complete(&mut conn, id, "w", &json!(null)).await.unwrap();
        let late = tasks::set_progress(&mut conn, id, 5, "Late").await;
        assert!(matches!(late, Err(StorageError::Missing)), "{}", db.name());
    }
}
