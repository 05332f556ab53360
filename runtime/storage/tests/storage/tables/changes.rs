//! Rows are stored and changed.

use caisson_storage::tables::{
    Assignment, Constraint, Expression, Insert, OnConflict, Operator, Projection, Query, TableError, Value,
};
use caisson_storage::testing::databases;

use super::{ROWS, all, filled, firsts, insert, is, tables, text};

#[tokio::test]
async fn rows_are_changed_and_clash() {
    let on = |columns: &[&str], update: &[&str]| {
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        Some(OnConflict { columns: names(columns), update: names(update) })
    };
    for db in databases().await {
        let mut session = filled(&tables(&db).await).await;
        let grow = [("load".to_owned(), Assignment::Increment(3))];
        assert_eq!(
            session.update("servers", &grow, &is("zone", Operator::Eq, vec![text("eu")])).await.unwrap(),
            2
        );
        let quota = [("quota".to_owned(), Assignment::Increment(2))];
        session.update("accounts", &quota, &is("id", Operator::Eq, vec![Value::Integer(2)])).await.unwrap();
        let query = Query { condition: is("id", Operator::Eq, vec![Value::Integer(2)]), ..all("accounts") };
        assert_eq!(
            session.select(&query, ROWS).await.unwrap().rows[0][2],
            Value::Decimal("2.25".into()),
            "{}",
            db.name()
        );

        let alpha = insert("servers", &["name", "load"], vec![vec![text("alpha"), Value::Integer(77)]]);
        let error = session.insert(&alpha).await.unwrap_err();
        assert!(matches!(error, TableError::Violated(Constraint::Unique, _)), "{error:?}");
        session.insert(&Insert { on_conflict: on(&["name"], &[]), ..alpha.clone() }).await.unwrap();
        let load = Query {
            columns: vec![Projection { expression: Expression::Column("load".into()), alias: None }],
            condition: is("name", Operator::Eq, vec![text("alpha")]),
            ..all("servers")
        };
        assert_eq!(firsts(&mut session, &load).await, "Integer(8)");
        session.insert(&Insert { on_conflict: on(&["name"], &["load"]), ..alpha.clone() }).await.unwrap();
        assert_eq!(firsts(&mut session, &load).await, "Integer(77)");
        let error = session.insert(&Insert { on_conflict: on(&["load"], &[]), ..alpha }).await.unwrap_err();
        assert!(error.to_string().contains("no primary key or unique index"), "{error}");

        let big = [("load".to_owned(), Assignment::Increment(i64::from(i32::MAX)))];
        let error = session.update("servers", &big, &vec![]).await.unwrap_err();
        assert!(matches!(error, TableError::Violated(Constraint::Check, _)), "{error:?} on {}", db.name());
        let orphan =
            insert("accounts", &["server_id", "quota"], vec![vec![Value::Integer(99), Value::Integer(1)]]);
        let error = session.insert(&orphan).await.unwrap_err();
        assert!(matches!(error, TableError::Violated(Constraint::ForeignKey, _)), "{error:?}");
        let none = insert("accounts", &["server_id", "quota"], vec![vec![Value::Null, Value::Integer(1)]]);
        let error = session.insert(&none).await.unwrap_err();
        assert!(matches!(error, TableError::Violated(Constraint::NotNull, _)), "{error:?}");

        assert_eq!(
            session.delete("servers", &is("name", Operator::Eq, vec![text("alpha")])).await.unwrap(),
            1
        );
        assert_eq!(
            session.select(&all("accounts"), ROWS).await.unwrap().rows.len(),
            1,
            "the others went with their server"
        );
    }
}

#[tokio::test]
async fn many_rows_are_stored_all_or_none() {
    for db in databases().await {
        let mut session = filled(&tables(&db).await).await;
        let row = |name: String| vec![text(&name), Value::Integer(1), Value::Null];
        let mut rows: Vec<_> = (0..4_000).map(|number| row(format!("n{number}"))).collect();
        rows.push(row("n0".to_owned()));
        let columns = ["name", "load", "zone"];
        let error = session.insert(&insert("servers", &columns, rows.clone())).await.unwrap_err();
        assert!(matches!(error, TableError::Violated(Constraint::Unique, _)), "{error:?}");
        assert_eq!(session.select(&all("servers"), ROWS).await.unwrap().rows.len(), 4, "{}", db.name());
        rows.pop();
        let inserted = session.insert(&insert("servers", &columns, rows)).await.unwrap();
        assert_eq!(inserted.count, 4_000);
        let error = session.select(&all("servers"), ROWS).await.unwrap_err();
        assert!(matches!(error, TableError::Quota(_)), "{error:?}");
        assert_eq!(
            session.select(&Query { limit: Some(ROWS), ..all("servers") }, ROWS).await.unwrap().rows.len(),
            100
        );
    }
}
