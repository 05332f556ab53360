//! Modules' tables: the same cases on both databases.

mod bounds;
mod changes;
mod questions;
mod shapes;
mod transactions;
mod values;

use std::sync::Arc;

use caisson_storage::Db;
use caisson_storage::tables::{
    Column, Condition, ForeignKey, Insert, Kind, OnDelete, Operator, Predicate, Query, Session, Table,
    Tables, TablesConfig, Value,
};
use caisson_storage::testing::TestDb;

const ROWS: u32 = 100;

async fn tables(db: &TestDb) -> Arc<Tables> {
    Arc::new(Tables::new(Db::clone(db), TablesConfig::default()).await.unwrap())
}

fn session(tables: &Arc<Tables>, module: &str) -> Session {
    tables.session(&module.parse().unwrap())
}

fn column(name: &str, kind: Kind) -> Column {
    Column { name: name.to_owned(), kind, nullable: false, default: None, unique: false }
}

fn nullable(name: &str, kind: Kind) -> Column {
    Column { nullable: true, ..column(name, kind) }
}

fn table(name: &str, columns: Vec<Column>) -> Table {
    Table {
        name: name.to_owned(),
        columns,
        primary_key: Vec::new(),
        foreign_keys: Vec::new(),
        indexes: Vec::new(),
    }
}

/// Servers with a name, a load and a zone.
fn servers() -> Table {
    table(
        "servers",
        vec![
            column("id", Kind::Id),
            Column { unique: true, ..column("name", Kind::Varchar(20)) },
            Column { default: Some(Value::Integer(0)), ..column("load", Kind::Integer) },
            nullable("zone", Kind::Text),
        ],
    )
}

/// Accounts on servers.
fn accounts() -> Table {
    Table {
        foreign_keys: vec![ForeignKey {
            columns: vec!["server_id".to_owned()],
            table: "servers".to_owned(),
            references: vec!["id".to_owned()],
            on_delete: OnDelete::Cascade,
        }],
        ..table(
            "accounts",
            vec![
                column("id", Kind::Id),
                column("server_id", Kind::BigInteger),
                column("quota", Kind::Decimal(10, 2)),
            ],
        )
    }
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn insert(table: &str, columns: &[&str], rows: Vec<Vec<Value>>) -> Insert {
    Insert {
        table: table.to_owned(),
        columns: columns.iter().map(|name| (*name).to_owned()).collect(),
        rows,
        on_conflict: None,
    }
}

fn all(table: &str) -> Query {
    Query { table: table.to_owned(), ..Query::default() }
}

fn is(column: &str, operator: Operator, operands: Vec<Value>) -> Condition {
    vec![vec![Predicate { column: column.to_owned(), operator, operands }]]
}

async fn filled(tables: &Arc<Tables>) -> Session {
    let mut session = session(tables, "product/filled");
    session.create_table(&servers(), false).await.unwrap();
    session.create_table(&accounts(), false).await.unwrap();
    let rows =
        [("alpha", 5, Some("eu")), ("beta", 1, Some("us")), ("Gamma", 9, None), ("delta", 5, Some("eu"))];
    let rows =
        rows.map(|(name, load, zone)| vec![text(name), Value::Integer(load), zone.map_or(Value::Null, text)]);
    let inserted =
        session.insert(&insert("servers", &["name", "load", "zone"], rows.to_vec())).await.unwrap();
    assert_eq!((inserted.count, inserted.last_id), (4, Some(4)));
    let rows = [(1, "10.50"), (1, "0.25"), (2, "-3")];
    let rows = rows.map(|(server, quota)| vec![Value::Integer(server), Value::Decimal(quota.to_owned())]);
    session.insert(&insert("accounts", &["server_id", "quota"], rows.to_vec())).await.unwrap();
    session
}

/// The first column of an answer, as text.
async fn firsts(session: &mut Session, query: &Query) -> String {
    let rows = session.select(query, ROWS).await.unwrap().rows;
    let shown = rows.iter().map(|row| match &row[0] {
        Value::Text(text) => text.clone(),
        other => format!("{other:?}"),
    });
    shown.collect::<Vec<_>>().join(" ")
}
