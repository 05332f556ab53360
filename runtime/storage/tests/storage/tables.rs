//! Modules' tables: the same cases on both databases.

use std::sync::Arc;

use caisson_storage::tables::{
    Aggregate, Alteration, Assignment, Column, Condition, Constraint, Expression, ForeignKey, Index, Insert,
    Join, JoinKind, Kind, OnConflict, OnDelete, Operator, Ordering, Predicate, Projection, Query, Session,
    Table, TableError, Tables, TablesConfig, Value,
};
use caisson_storage::testing::{TestDb, databases};
use caisson_storage::{Db, clients, generations};

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

#[tokio::test]
async fn every_type_comes_back_as_it_went_in() {
    let cases = [
        (
            Kind::Uuid,
            Value::Uuid("0190F3A0-0000-7000-8000-00000000000A".into()),
            Value::Uuid("0190f3a0-0000-7000-8000-00000000000a".into()),
        ),
        (Kind::Varchar(5), text("zażół"), text("zażół")),
        (Kind::Text, text("it's \"quoted\" \\ and ; --"), text("it's \"quoted\" \\ and ; --")),
        (Kind::Integer, Value::Integer(-2_147_483_648), Value::Integer(-2_147_483_648)),
        (Kind::BigInteger, Value::Integer(i64::MAX), Value::Integer(i64::MAX)),
        (Kind::Boolean, Value::Boolean(true), Value::Boolean(true)),
        (Kind::Real, Value::Real(0.1), Value::Real(0.1)),
        (
            Kind::Decimal(18, 4),
            Value::Decimal("-12345678901234.5".into()),
            Value::Decimal("-12345678901234.5000".into()),
        ),
        (
            Kind::Json,
            Value::Json("{\"b\": 1, \"a\": [null]}".into()),
            Value::Json("{\"b\": 1, \"a\": [null]}".into()),
        ),
        (Kind::Choice(vec!["on".into(), "off".into()]), text("off"), text("off")),
        (Kind::IpAddress, text("2001:DB8::0:1"), text("2001:db8::1")),
        (Kind::Date, Value::Date("2024-02-29".into()), Value::Date("2024-02-29".into())),
        (Kind::Timestamp, Value::Timestamp(1_700_000_000_123), Value::Timestamp(1_700_000_000_123)),
        (Kind::Bytes, Value::Bytes(vec![0, 255, 39]), Value::Bytes(vec![0, 255, 39])),
    ];
    for db in databases().await {
        let mut session = session(&tables(&db).await, "product/types");
        let mut columns = vec![column("id", Kind::Id)];
        for (index, (kind, _, _)) in cases.iter().enumerate() {
            columns.push(nullable(&format!("c{index}"), kind.clone()));
        }
        session.create_table(&table("kinds", columns), false).await.unwrap();
        let names: Vec<String> = (0..cases.len()).map(|index| format!("c{index}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let given = cases.iter().map(|(_, given, _)| given.clone()).collect();
        let nulls = vec![Value::Null; cases.len()];
        session.insert(&insert("kinds", &names, vec![given, nulls])).await.unwrap();
        let rows = session.select(&all("kinds"), ROWS).await.unwrap().rows;
        for (index, (kind, given, expected)) in cases.iter().enumerate() {
            assert_eq!(rows[0][index + 1], *expected, "{kind:?} on {}", db.name());
            assert_eq!(rows[1][index + 1], Value::Null, "{kind:?} on {}", db.name());
            if !matches!(kind, Kind::Json | Kind::Bytes) {
                let found = Query {
                    condition: is(&format!("c{index}"), Operator::In, vec![given.clone()]),
                    ..all("kinds")
                };
                assert_eq!(
                    session.select(&found, ROWS).await.unwrap().rows.len(),
                    1,
                    "{kind:?} on {}",
                    db.name()
                );
            }
        }
    }
}

#[tokio::test]
async fn a_value_that_does_not_fit_is_refused_by_name() {
    let cases = [
        (Kind::Uuid, text("no"), "'c' takes a UUID, not 'no'"),
        (Kind::Varchar(2), text("abc"), "'c' takes at most 2 characters, not 'abc'"),
        (Kind::Integer, Value::Integer(1 << 31), "'c' takes a number of 32 bits, not 2147483648"),
        (Kind::Boolean, Value::Integer(1), "'c' takes a boolean, not 1"),
        (Kind::Real, Value::Real(f64::NAN), "'c' takes a finite number, not NaN"),
        (
            Kind::Decimal(4, 2),
            Value::Decimal("100".into()),
            "'c' takes a decimal of 4 digits, 2 of them after the point, not '100'",
        ),
        (Kind::Json, Value::Json("{".into()), "'c' takes a JSON document, not '{'"),
        (Kind::Choice(vec!["a".into()]), text("b"), "'c' takes one of a, not 'b'"),
        (Kind::IpAddress, text("300.1.1.1"), "'c' takes an IP address, not '300.1.1.1'"),
        (Kind::Date, Value::Date("2023-02-29".into()), "'c' takes a date, YYYY-MM-DD, not '2023-02-29'"),
        (Kind::Text, text("a\0b"), "'c' takes text without the character NUL"),
        (Kind::Text, Value::Bytes(vec![1]), "'c' takes text, not 1 bytes"),
    ];
    for db in databases().await {
        let tables = tables(&db).await;
        let mut session = session(&tables, "product/fit");
        for (index, (kind, value, expected)) in cases.iter().enumerate() {
            let name = format!("t{index}");
            session
                .create_table(&table(&name, vec![column("id", Kind::Id), column("c", kind.clone())]), false)
                .await
                .unwrap();
            let error = session.insert(&insert(&name, &["c"], vec![vec![value.clone()]])).await.unwrap_err();
            assert!(matches!(error, TableError::Invalid(_)), "{error:?}");
            assert_eq!(error.to_string(), *expected);
        }
    }
}

#[tokio::test]
async fn questions_are_answered_alike() {
    use Operator as O;
    let many = |values: &[i64]| values.iter().map(|value| Value::Integer(*value)).collect::<Vec<_>>();
    for db in databases().await {
        let mut session = filled(&tables(&db).await).await;
        let by = |column: &str, descending| vec![Ordering { column: column.to_owned(), descending }];
        let name = || vec![Projection { expression: Expression::Column("name".into()), alias: None }];
        let cases: Vec<(Condition, &str)> = vec![
            (vec![], "Gamma alpha beta delta"),
            (is("load", O::Eq, many(&[5])), "alpha delta"),
            (is("load", O::Ne, many(&[5])), "Gamma beta"),
            (is("load", O::Lt, many(&[5])), "beta"),
            (is("load", O::Le, many(&[5])), "alpha beta delta"),
            (is("load", O::Gt, many(&[5])), "Gamma"),
            (is("load", O::Ge, many(&[5])), "Gamma alpha delta"),
            (is("load", O::In, many(&[1, 9, 7])), "Gamma beta"),
            (is("load", O::In, vec![]), ""),
            (is("load", O::NotIn, many(&[1, 9])), "alpha delta"),
            (is("load", O::NotIn, vec![]), "Gamma alpha beta delta"),
            (is("load", O::Between, many(&[1, 5])), "alpha beta delta"),
            (is("load", O::NotBetween, many(&[1, 5])), "Gamma"),
            (is("zone", O::IsNull, vec![]), "Gamma"),
            (is("zone", O::NotNull, vec![]), "alpha beta delta"),
            (is("zone", O::Ne, vec![text("eu")]), "beta"),
            (is("name", O::Like, vec![text("G%")]), "Gamma"),
            (is("name", O::Like, vec![text("ALPH_")]), "alpha"),
            (is("name", O::NotLike, vec![text("%a")]), ""),
            (is("name", O::Like, vec![text("a\\%")]), ""),
            (is("servers.name", O::Gt, vec![text("Z")]), "alpha beta delta"),
            (
                vec![[is("load", O::Eq, many(&[1])), is("load", O::Eq, many(&[9]))].concat().concat()],
                "Gamma beta",
            ),
            ([is("load", O::Eq, many(&[5])), is("name", O::Eq, vec![text("delta")])].concat(), "delta"),
            (vec![vec![]], ""),
        ];
        for (condition, expected) in cases {
            let query = Query {
                columns: name(),
                condition: condition.clone(),
                order_by: by("name", false),
                ..all("servers")
            };
            assert_eq!(firsts(&mut session, &query).await, expected, "{condition:?} on {}", db.name());
        }
        let zones = Query {
            columns: name(),
            order_by: [by("zone", false), by("name", true)].concat(),
            ..all("servers")
        };
        assert_eq!(
            firsts(&mut session, &zones).await,
            "Gamma delta alpha beta",
            "nulls first on {}",
            db.name()
        );
        let page = Query {
            limit: Some(2),
            offset: Some(1),
            columns: name(),
            order_by: by("name", false),
            ..all("servers")
        };
        assert_eq!(firsts(&mut session, &page).await, "alpha beta", "{}", db.name());
        let zone =
            vec![Projection { expression: Expression::Column("zone".into()), alias: Some("place".into()) }];
        let distinct = Query { columns: zone, distinct: true, order_by: by("place", true), ..all("servers") };
        assert_eq!(firsts(&mut session, &distinct).await, "us eu Null", "{}", db.name());
    }
}

#[tokio::test]
async fn tables_are_joined_grouped_and_summed() {
    use Aggregate as A;
    let sum = |function, column: &str, alias: Option<&str>| Projection {
        expression: Expression::Aggregate(function, column.to_owned()),
        alias: alias.map(str::to_owned),
    };
    let plain = |column: &str| Projection { expression: Expression::Column(column.to_owned()), alias: None };
    for db in databases().await {
        let mut session = filled(&tables(&db).await).await;
        let query = Query {
            columns: vec![
                plain("name"),
                sum(A::Count, "accounts.id", Some("accounts")),
                sum(A::Sum, "accounts.quota", None),
                sum(A::Avg, "accounts.quota", None),
                sum(A::Min, "accounts.quota", None),
                sum(A::Max, "accounts.quota", None),
            ],
            joins: vec![Join {
                kind: JoinKind::Left,
                table: "accounts".into(),
                left: "servers.id".into(),
                right: "accounts.server_id".into(),
            }],
            group_by: vec!["name".into()],
            order_by: vec![
                Ordering { column: "accounts".into(), descending: true },
                Ordering { column: "name".into(), descending: false },
            ],
            ..all("servers")
        };
        let answer = session.select(&query, ROWS).await.unwrap();
        assert_eq!(answer.columns, ["name", "accounts", "sum_quota", "avg_quota", "min_quota", "max_quota"]);
        let decimal = |text: &str| Value::Decimal(text.to_owned());
        assert_eq!(
            answer.rows[0],
            vec![
                text("alpha"),
                Value::Integer(2),
                decimal("10.75"),
                Value::Real(5.375),
                decimal("0.25"),
                decimal("10.50")
            ],
            "{}",
            db.name()
        );
        assert_eq!(
            answer.rows[2],
            vec![text("Gamma"), Value::Integer(0), Value::Null, Value::Null, Value::Null, Value::Null]
        );
        let inner =
            Query { joins: vec![Join { kind: JoinKind::Inner, ..query.joins[0].clone() }], ..query.clone() };
        assert_eq!(firsts(&mut session, &inner).await, "alpha beta", "{}", db.name());
        let total = Query {
            columns: vec![sum(A::Count, "*", None), sum(A::Sum, "load", None), sum(A::Avg, "load", None)],
            ..all("servers")
        };
        let total = session.select(&total, ROWS).await.unwrap();
        assert_eq!(total.rows, [[Value::Integer(4), Value::Integer(20), Value::Real(5.0)]], "{}", db.name());
    }
}

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
async fn tables_change_shape_and_keep_their_rows() {
    use Alteration as A;
    for db in databases().await {
        let tables = tables(&db).await;
        let mut session = filled(&tables).await;
        let steps = vec![
            A::AddColumn(Column { default: Some(text("it's")), unique: false, ..column("note", Kind::Text) }),
            A::AddColumn(Column { unique: true, ..nullable("tag", Kind::Varchar(5)) }),
            A::RenameColumn { from: "name".into(), to: "label".into() },
            A::AddIndex(Index { columns: vec!["zone".into(), "load".into()], unique: false }),
            A::RenameColumn { from: "zone".into(), to: "place".into() },
            A::DropIndex(vec!["place".into(), "load".into()]),
            A::DropColumn("tag".into()),
        ];
        session.alter_table("servers", &steps).await.unwrap();
        let rows = session
            .select(
                &Query { condition: is("label", Operator::Eq, vec![text("alpha")]), ..all("servers") },
                ROWS,
            )
            .await
            .unwrap();
        assert_eq!(rows.columns, ["id", "label", "load", "place", "note"], "{}", db.name());
        assert_eq!(rows.rows[0][4], text("it's"));
        let error =
            session.insert(&insert("servers", &["label"], vec![vec![text("alpha")]])).await.unwrap_err();
        assert!(matches!(error, TableError::Violated(Constraint::Unique, _)), "still unique: {error:?}");
        assert!(session.has_column("servers", "note").await.unwrap());
        assert!(!session.has_column("servers", "name").await.unwrap());

        let zones = table(
            "zones",
            vec![column("id", Kind::Id), Column { unique: true, ..column("code", Kind::Text) }],
        );
        session.create_table(&zones, false).await.unwrap();
        session.create_table(&zones, true).await.unwrap();
        assert!(session.create_table(&zones, false).await.is_err());
        session.alter_table("accounts", &[A::AddColumn(nullable("zone", Kind::Text))]).await.unwrap();
        let key = ForeignKey {
            columns: vec!["zone".into()],
            table: "zones".into(),
            references: vec!["code".into()],
            on_delete: OnDelete::SetNull,
        };
        session.alter_table("accounts", &[A::AddForeignKey(key)]).await.unwrap();
        assert_eq!(session.select(&all("accounts"), ROWS).await.unwrap().rows.len(), 3, "{}", db.name());
        let set = [("zone".to_owned(), Assignment::Set(text("nowhere")))];
        let error = session.update("accounts", &set, &vec![]).await.unwrap_err();
        assert!(matches!(error, TableError::Violated(Constraint::ForeignKey, _)), "{error:?}");
        session.insert(&insert("zones", &["code"], vec![vec![text("nowhere")]])).await.unwrap();
        session.update("accounts", &set, &vec![]).await.unwrap();
        session.delete("zones", &vec![]).await.unwrap();
        assert_eq!(session.select(&all("accounts"), ROWS).await.unwrap().rows[0][3], Value::Null);
        assert!(session.drop_table("zones", false).await.unwrap_err().to_string().contains("point to"));
        session.alter_table("accounts", &[A::DropColumn("zone".into())]).await.unwrap();
        session.drop_table("zones", false).await.unwrap();
        session.drop_table("zones", true).await.unwrap();
        assert!(matches!(session.drop_table("zones", false).await, Err(TableError::Missing(_))));

        // One that cannot be made undoes those before it.
        let steps = [
            A::DropColumn("note".into()),
            A::AddColumn(Column {
                unique: true,
                default: Some(Value::Integer(1)),
                ..column("same", Kind::Integer)
            }),
        ];
        let error = session.alter_table("servers", &steps).await.unwrap_err();
        assert!(matches!(error, TableError::Violated(Constraint::Unique, _)), "{error:?}");
        assert!(session.has_column("servers", "note").await.unwrap(), "{}", db.name());
        assert_eq!(session.select(&all("servers"), ROWS).await.unwrap().columns.len(), 5);
    }
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_in_a_sentence() {
    let _case = caisson_threats::case(37, "what makes no sense is refused in a sentence");
    for db in databases().await {
        let mut session = filled(&tables(&db).await).await;
        let on = |column: &str| is(column, Operator::Eq, vec![Value::Integer(1)]);
        let queries = [
            (all("nowhere"), "the module has no table 'nowhere'"),
            (all("servers\"; DROP TABLE clients; --"), "the module has no table"),
            (Query { condition: on("nothing"), ..all("servers") }, "there is no column 'nothing'"),
            (Query { condition: on("accounts.id"), ..all("servers") }, "there is no column 'accounts.id'"),
            (Query { condition: on("id\" = 1 OR 1=1 --"), ..all("servers") }, "there is no column"),
            (
                Query { condition: is("zone", Operator::Eq, vec![Value::Null]), ..all("servers") },
                "compared with null",
            ),
            (
                Query { condition: is("load", Operator::Like, vec![text("%")]), ..all("servers") },
                "'load' is not text",
            ),
            (
                Query { condition: is("name", Operator::Like, vec![text("\\")]), ..all("servers") },
                "escapes nothing",
            ),
            (
                Query { condition: is("load", Operator::Between, vec![Value::Integer(1)]), ..all("servers") },
                "does not take 1 operands",
            ),
            (Query { group_by: vec!["zone".into()], ..all("servers") }, "not in `group-by`"),
            (
                Query {
                    columns: vec![Projection {
                        expression: Expression::Column("name".into()),
                        alias: Some("a\" b".into()),
                    }],
                    ..all("servers")
                },
                "is not a name for a column",
            ),
            (
                Query {
                    columns: vec![Projection {
                        expression: Expression::Aggregate(Aggregate::Sum, "name".into()),
                        alias: None,
                    }],
                    ..all("servers")
                },
                "'name' is not a number",
            ),
            (
                Query {
                    order_by: vec![Ordering { column: "(SELECT 1)".into(), descending: false }],
                    ..all("servers")
                },
                "there is no column",
            ),
        ];
        for (query, expected) in queries {
            let error = session.select(&query, ROWS).await.unwrap_err();
            assert!(error.to_string().contains(expected), "{error}");
        }
        let bad_tables = [
            (table("t", vec![]), "1 to 200 columns"),
            (table("t", vec![column("a", Kind::Text)]), "has no primary key"),
            (table("T", vec![column("id", Kind::Id)]), "is not a name for a table"),
            (table("a__b", vec![column("id", Kind::Id)]), "is not a name for a table"),
            (table("t", vec![column("id", Kind::Id), column("id", Kind::Text)]), "two columns called 'id'"),
            (
                table("t", vec![column("id", Kind::Id), column("a\"b", Kind::Text)]),
                "is not a name for a column",
            ),
            (table("t", vec![column("id", Kind::Id), column("d", Kind::Decimal(19, 2))]), "1 to 18 digits"),
            (
                table("t", vec![column("id", Kind::Id), column("c", Kind::Choice(vec!["a'); --".into()]))]),
                "without quotes",
            ),
            (
                Table {
                    foreign_keys: vec![ForeignKey {
                        columns: vec!["a".into()],
                        table: "sessions".into(),
                        references: vec!["id".into()],
                        on_delete: OnDelete::Cascade,
                    }],
                    ..table("t", vec![column("id", Kind::Id), column("a", Kind::Text)])
                },
                "the module has no table 'sessions'",
            ),
            (
                Table {
                    foreign_keys: vec![ForeignKey {
                        columns: vec!["a".into()],
                        table: "clients".into(),
                        references: vec!["email".into()],
                        on_delete: OnDelete::Cascade,
                    }],
                    ..table("t", vec![column("id", Kind::Id), column("a", Kind::Uuid)])
                },
                "to its 'id'",
            ),
        ];
        for (table, expected) in bad_tables {
            let error = session.create_table(&table, false).await.unwrap_err();
            assert!(error.to_string().contains(expected), "{error}");
        }
    }
}

#[tokio::test]
async fn a_module_points_to_the_panels_rows() {
    for db in databases().await {
        let mut session = session(&tables(&db).await, "product/points");
        let client = crate::support::client("c@example.org", "Carl");
        clients::insert(&mut db.conn().await.unwrap(), &client).await.unwrap();
        let notes = Table {
            foreign_keys: vec![ForeignKey {
                columns: vec!["client".into()],
                table: "clients".into(),
                references: vec!["id".into()],
                on_delete: OnDelete::Cascade,
            }],
            ..table("notes", vec![column("id", Kind::Id), column("client", Kind::Uuid)])
        };
        session.create_table(&notes, false).await.unwrap();
        let row = |id: String| insert("notes", &["client"], vec![vec![Value::Uuid(id)]]);
        session.insert(&row(client.id.to_string())).await.unwrap();
        let error = session.insert(&row(uuid::Uuid::new_v4().to_string())).await.unwrap_err();
        assert!(
            matches!(error, TableError::Violated(Constraint::ForeignKey, _)),
            "{error:?} on {}",
            db.name()
        );
        sqlx::query("DELETE FROM clients").execute(&mut *db.conn().await.unwrap()).await.unwrap();
        assert!(session.select(&all("notes"), ROWS).await.unwrap().rows.is_empty(), "{}", db.name());
    }
}

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
