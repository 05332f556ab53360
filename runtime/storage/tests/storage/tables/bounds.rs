//! What a module may not reach, fill or hold up.

use std::sync::Arc;

use caisson_storage::Db;
use caisson_storage::tables::{
    Aggregate, Expression, Join, JoinKind, Kind, Projection, Query, TableError, Tables, TablesConfig, Value,
};
use caisson_storage::testing::databases;

use super::{ROWS, all, column, filled, insert, servers, session, table, tables, text};

#[tokio::test]
async fn modules_do_not_see_each_other() {
    let _case = caisson_threats::case(36, "modules do not see each other");
    for db in databases().await {
        let tables = tables(&db).await;
        let mut first = filled(&tables).await;
        let mut second = session(&tables, "product/filled-two");
        assert!(!second.has_table("servers").await.unwrap());
        assert!(matches!(second.select(&all("servers"), ROWS).await, Err(TableError::Missing(_))));
        second.create_table(&servers(), false).await.unwrap();
        assert!(second.select(&all("servers"), ROWS).await.unwrap().rows.is_empty(), "{}", db.name());
        second.delete("servers", &vec![]).await.unwrap();
        second.drop_table("servers", false).await.unwrap();
        assert_eq!(first.select(&all("servers"), ROWS).await.unwrap().rows.len(), 4);
        tables.erase(&"product/filled-two".parse().unwrap()).await.unwrap();
        assert_eq!(first.select(&all("servers"), ROWS).await.unwrap().rows.len(), 4);
        assert!(tables.measure(&"product/filled".parse().unwrap()).await.unwrap() > 4_096);
        tables.erase(&"product/filled".parse().unwrap()).await.unwrap();
        assert!(!first.has_table("servers").await.unwrap());
        first.create_table(&servers(), false).await.unwrap();
    }
}

#[tokio::test]
async fn a_full_module_writes_no_more_and_its_neighbour_does() {
    let _case = caisson_threats::case(37, "a full module writes no more and its neighbour does");
    for db in databases().await {
        let config = TablesConfig { quota_bytes: 400 * 1024, ..TablesConfig::default() };
        let tables = Arc::new(Tables::new(Db::clone(&db), config).await.unwrap());
        let mut greedy = session(&tables, "product/greedy");
        greedy
            .create_table(&table("blobs", vec![column("id", Kind::Id), column("data", Kind::Bytes)]), false)
            .await
            .unwrap();
        let mut written = 0;
        let error = loop {
            // Nothing that PostgreSQL could compress.
            let bytes: Vec<u8> = (0..1_280).flat_map(|_| uuid::Uuid::new_v4().into_bytes()).collect();
            let row = vec![Value::Bytes(bytes)];
            match greedy.insert(&insert("blobs", &["data"], vec![row])).await {
                Ok(_) => written += 1,
                Err(error) => break error,
            }
            assert!(written < 40, "never full on {}", db.name());
        };
        assert!(matches!(error, TableError::Quota(_)), "{error:?}");
        assert!(written > 5, "{written} on {}", db.name());
        let mut neighbour = session(&tables, "product/neighbour");
        neighbour.create_table(&servers(), false).await.unwrap();
        neighbour.insert(&insert("servers", &["name"], vec![vec![text("a")]])).await.unwrap();
    }
}

#[tokio::test]
async fn an_endless_question_ends() {
    let _case = caisson_threats::case(37, "an endless question ends");
    for db in databases().await {
        let config = TablesConfig {
            statement_limit: std::time::Duration::from_millis(100),
            ..TablesConfig::default()
        };
        let tables = Arc::new(Tables::new(Db::clone(&db), config).await.unwrap());
        let mut session = session(&tables, "product/endless");
        for name in ["a", "b", "c"] {
            session
                .create_table(
                    &table(name, vec![column("id", Kind::Id), column("same", Kind::Integer)]),
                    false,
                )
                .await
                .unwrap();
            let rows = (0..2_000).map(|_| vec![Value::Integer(1)]).collect();
            session.insert(&insert(name, &["same"], rows)).await.unwrap();
        }
        let join = |left: &str, right: &str| Join {
            kind: JoinKind::Inner,
            table: right.into(),
            left: format!("{left}.same"),
            right: format!("{right}.same"),
        };
        let query = Query {
            columns: vec![Projection {
                expression: Expression::Aggregate(Aggregate::Count, "*".into()),
                alias: None,
            }],
            joins: vec![join("a", "b"), join("b", "c")],
            ..all("a")
        };
        let error = session.select(&query, ROWS).await.unwrap_err();
        assert!(matches!(error, TableError::Timeout), "{error:?} on {}", db.name());
        assert_eq!(
            session.select(&Query { limit: Some(1), ..all("a") }, ROWS).await.unwrap().rows.len(),
            1,
            "{}",
            db.name()
        );
    }
}
