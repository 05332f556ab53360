//! Transactions, and the settings that SQLite needs.

use std::sync::Arc;
use std::time::Duration;

use caisson_storage::testing::{databases, sqlite};
use caisson_storage::{Db, StorageError, generations, throttle};
use caisson_types::Timestamp;
use sqlx::Row as _;

#[tokio::test]
async fn a_transaction_that_is_dropped_leaves_nothing() {
    let _case = caisson_threats::case(13, "a transaction that is dropped leaves nothing");
    for db in databases().await {
        db.ping().await.unwrap();
        let mut tx = db.begin().await.unwrap();
        throttle::record(&mut tx, "k", Timestamp(1)).await.unwrap();
        drop(tx);
        let mut conn = db.conn().await.unwrap();
        assert_eq!(throttle::count_since(&mut conn, "k", Timestamp(0)).await.unwrap(), 0, "{}", db.name());
    }
}

#[tokio::test]
async fn a_transaction_dropped_on_a_borrowed_connection_keeps_no_lock() {
    for db in databases().await {
        let (mut one, mut other) = (db.conn().await.unwrap(), db.conn().await.unwrap());
        generations::bump(&mut other, "n").await.unwrap();
        let mut tx = one.begin().await.unwrap();
        generations::bump(&mut tx, "n").await.unwrap();
        drop(tx);
        drop(one);
        // Nobody uses the first connection again, which would send what is left on it.
        let bumped = tokio::time::timeout(Duration::from_secs(20), generations::bump(&mut other, "n")).await;
        assert!(bumped.is_ok_and(|bumped| bumped.is_ok()), "{}", db.name());
        assert_eq!(generations::current(&mut other, "n").await.unwrap(), 2, "{}", db.name());
    }
}

#[tokio::test]
async fn many_writers_wait_for_each_other() {
    for db in databases().await {
        let shared = Arc::new(Db::clone(&db));
        let writers = (0..16).map(|_| {
            let db = Arc::clone(&shared);
            tokio::spawn(async move {
                for _ in 0..5 {
                    let mut tx = db.begin().await?;
                    // Reads first: a transaction that did not begin as a writer could not become one now.
                    throttle::count_since(&mut tx, "k", Timestamp(0)).await?;
                    throttle::record(&mut tx, "k", Timestamp(1)).await?;
                    tx.commit().await?;
                }
                Ok::<_, StorageError>(())
            })
        });
        for writer in writers.collect::<Vec<_>>() {
            writer.await.unwrap().unwrap();
        }
        let mut conn = db.conn().await.unwrap();
        assert_eq!(throttle::count_since(&mut conn, "k", Timestamp(0)).await.unwrap(), 80, "{}", db.name());
    }
}

#[tokio::test]
async fn sqlite_is_set_to_survive_a_power_cut() {
    let _case = caisson_threats::case(48, "sqlite is set to survive a power cut");
    let db = sqlite().await;
    let mut conn = db.conn().await.unwrap();
    let mut pragma = async |name: &'static str| -> String {
        let row = sqlx::query(name).fetch_one(&mut *conn).await.unwrap();
        row.try_get::<String, _>(0).unwrap_or_else(|_| row.get::<i64, _>(0).to_string())
    };
    assert_eq!(pragma("PRAGMA journal_mode").await, "wal");
    assert_eq!(pragma("PRAGMA synchronous").await, "2", "FULL");
    assert_eq!(pragma("PRAGMA foreign_keys").await, "1");
    assert_eq!(pragma("PRAGMA busy_timeout").await, "5000");
}

#[tokio::test]
async fn a_server_that_does_not_answer_is_unavailable() {
    let error = Db::connect("postgres://nobody@127.0.0.1:1/none", 1).await.unwrap_err();
    assert!(matches!(error, StorageError::Unavailable(_)), "{error:?}");
    let error = Db::connect("panel.db", 1).await.unwrap_err().to_string();
    assert!(error.contains("sqlite:"), "{error}");
}
