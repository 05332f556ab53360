//! What holds together is kept or undone together.

use caisson_storage::generations;
use caisson_storage::tables::{Kind, Session, TableError, Value};
use caisson_storage::testing::databases;

use super::{ROWS, all, column, filled, insert, session, table, tables, text};

/// A rollback must not meet the bounds of the module's next statement, which allow it nothing.
#[tokio::test]
async fn what_the_panel_undoes_stays_undone_whatever_the_module_does_next() {
    for db in databases().await {
        let tables = tables(&db).await;
        let mut session = filled(&tables).await;
        let put = |name: &str| insert("servers", &["name"], vec![vec![text(name)]]);
        for round in 0..20 {
            session.begin().await.unwrap();
            let mut held = None;
            let mut tx = session.conn(&mut held).await.unwrap().begin().await.unwrap();
            generations::bump(&mut tx, "undone").await.unwrap();
            drop(tx);
            session.insert(&put(&format!("in {round}"))).await.unwrap();
            session.commit().await.unwrap();

            let mut conn = db.conn().await.unwrap();
            let mut tx = conn.begin().await.unwrap();
            generations::bump(&mut tx, "undone").await.unwrap();
            drop(tx);
            drop(conn);
            session.insert(&put(&format!("out {round}"))).await.unwrap();
            assert_eq!(
                generations::current(&mut db.conn().await.unwrap(), "undone").await.unwrap(),
                0,
                "{round}"
            );
        }
        // And what was committed is there for everybody, with nobody's lock on it.
        let rows = self::session(&tables, "product/filled").select(&all("servers"), ROWS).await.unwrap();
        assert_eq!(rows.rows.len(), 4 + 40, "{}", db.name());
    }
}

#[tokio::test]
async fn a_transaction_holds_together() {
    let _case = caisson_threats::case(16, "a transaction holds together");
    for db in databases().await {
        let tables = tables(&db).await;
        let mut session = filled(&tables).await;
        let eps = insert("servers", &["name"], vec![vec![text("eps")]]);
        let count =
            async |session: &mut Session| session.select(&all("servers"), ROWS).await.unwrap().rows.len();

        session.begin().await.unwrap();
        assert!(matches!(session.begin().await, Err(TableError::Invalid(_))));
        session.insert(&eps).await.unwrap();
        // What fails takes nothing else with it.
        assert!(matches!(session.insert(&eps).await, Err(TableError::Violated(..))));
        assert_eq!(count(&mut session).await, 5, "{}", db.name());
        session.rollback().await.unwrap();
        assert_eq!(count(&mut session).await, 4);

        session.begin().await.unwrap();
        session.insert(&eps).await.unwrap();
        session.create_table(&table("late", vec![column("id", Kind::Id)]), false).await.unwrap();
        session.insert(&insert("late", &["id"], vec![vec![Value::Integer(3)]])).await.unwrap();
        drop(session);
        let mut session = self::session(&tables, "product/filled");
        assert_eq!(count(&mut session).await, 4, "dropped with its call on {}", db.name());
        assert!(!session.has_table("late").await.unwrap());

        session.begin().await.unwrap();
        session.insert(&eps).await.unwrap();
        session.create_table(&table("late", vec![column("id", Kind::Id)]), false).await.unwrap();
        session.commit().await.unwrap();
        assert_eq!(count(&mut session).await, 5);
        assert!(session.has_table("late").await.unwrap());
        assert!(matches!(session.commit().await, Err(TableError::Invalid(_))));
    }
}

#[tokio::test]
async fn a_whole_call_is_kept_or_undone_at_its_end() {
    for db in databases().await {
        let tables = tables(&db).await;
        drop(filled(&tables).await);
        let call = || session(&tables, "product/filled").whole();
        let count =
            async |session: &mut Session| session.select(&all("servers"), ROWS).await.unwrap().rows.len();
        let one = |name: &str| insert("servers", &["name"], vec![vec![text(name)]]);

        let mut failing = call();
        failing.insert(&one("eps")).await.unwrap();
        failing.create_table(&table("late", vec![column("id", Kind::Id)]), false).await.unwrap();
        assert!(!failing.finish(false).await.unwrap());
        let mut after = session(&tables, "product/filled");
        assert_eq!(
            (count(&mut after).await, after.has_table("late").await.unwrap()),
            (4, false),
            "{}",
            db.name()
        );

        let mut well = call();
        well.insert(&one("eps")).await.unwrap();
        well.begin().await.unwrap();
        well.insert(&one("zeta")).await.unwrap();
        well.create_table(&table("late", vec![column("id", Kind::Id)]), false).await.unwrap();
        well.rollback().await.unwrap();
        assert!(!well.has_table("late").await.unwrap());
        well.begin().await.unwrap();
        well.insert(&one("eta")).await.unwrap();
        well.commit().await.unwrap();
        assert!(matches!(well.commit().await, Err(TableError::Invalid(_))));
        assert!(!well.finish(true).await.unwrap());
        assert_eq!(count(&mut after).await, 6, "{}", db.name());

        let mut careless = session(&tables, "product/filled");
        careless.begin().await.unwrap();
        careless.insert(&one("theta")).await.unwrap();
        assert!(careless.finish(true).await.unwrap(), "left open");
        assert_eq!(count(&mut after).await, 6, "{}", db.name());
    }
}
