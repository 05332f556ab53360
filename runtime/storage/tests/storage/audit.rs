//! The chain shows every edit.

use caisson_storage::audit::{self, AuditFilter};
use caisson_storage::testing::{TestDb, databases};
use caisson_storage::{Db, PageQuery};
use serde_json::json;

async fn with_entries(db: &TestDb, count: i64) {
    let mut conn = db.conn().await.unwrap();
    for number in 1..=count {
        let id =
            audit::append(&mut conn, "ada", "module.activate", "product/a", &json!({ "n": number })).await;
        assert_eq!(id.unwrap(), number);
    }
    assert_eq!(audit::verify(&mut conn).await.unwrap(), None, "{}", db.name());
}

/// Each edit, and the entry at which it shows.
const EDITS: [(&str, i64); 8] = [
    ("UPDATE audit SET actor = 'eve' WHERE id = 3", 3),
    ("UPDATE audit SET at = at + 1 WHERE id = 1", 1),
    ("UPDATE audit SET detail = '{}' WHERE id = 5", 5),
    ("UPDATE audit SET action = 'module.activateproduct', subject = '/a' WHERE id = 2", 2),
    ("DELETE FROM audit WHERE id = 4", 4),
    ("DELETE FROM audit WHERE id = 5", 5),
    ("DELETE FROM audit", 1),
    ("UPDATE audit SET hash = (SELECT hash FROM audit WHERE id = 1) WHERE id = 2", 2),
];

#[tokio::test]
async fn every_edit_is_found_where_it_was_made() {
    let _case = caisson_threats::case(46, "every edit is found where it was made");
    for (edit, entry) in EDITS {
        for db in databases().await {
            with_entries(&db, 5).await;
            let mut conn = db.conn().await.unwrap();
            sqlx::query(edit).execute(&mut *conn).await.unwrap();
            assert_eq!(audit::verify(&mut conn).await.unwrap(), Some(entry), "{}: {edit}", db.name());
        }
    }
}

#[tokio::test]
async fn an_append_shares_the_fate_of_its_transaction() {
    for db in databases().await {
        with_entries(&db, 2).await;
        let mut tx = db.begin().await.unwrap();
        assert_eq!(audit::append(&mut tx, "ada", "a", "b", &json!({})).await.unwrap(), 3);
        tx.rollback().await.unwrap();
        let mut tx = db.begin().await.unwrap();
        assert_eq!(audit::append(&mut tx, "bob", "a", "b", &json!({})).await.unwrap(), 3);
        tx.commit().await.unwrap();

        let mut conn = db.conn().await.unwrap();
        assert_eq!(audit::verify(&mut conn).await.unwrap(), None);
        let by_bob = AuditFilter { actor: Some("bob".to_owned()), ..AuditFilter::default() };
        let page = audit::page(&mut conn, &by_bob, &PageQuery::default()).await.unwrap();
        assert_eq!((page.total, page.items[0].id), (1, 3), "{}", db.name());
    }
}

#[tokio::test]
async fn appends_at_once_make_one_chain() {
    for db in databases().await {
        let appends = (0..8).map(|_| {
            let db = Db::clone(&db);
            tokio::spawn(async move {
                for _ in 0..5 {
                    let mut conn = db.conn().await.unwrap();
                    audit::append(&mut conn, "ada", "a", "b", &json!({})).await.unwrap();
                }
            })
        });
        for append in appends.collect::<Vec<_>>() {
            append.await.unwrap();
        }
        let mut conn = db.conn().await.unwrap();
        assert_eq!(audit::verify(&mut conn).await.unwrap(), None, "{}", db.name());
        let page = audit::page(&mut conn, &AuditFilter::default(), &PageQuery::first(1)).await.unwrap();
        assert_eq!((page.total, page.items[0].id), (40, 40));
    }
}
