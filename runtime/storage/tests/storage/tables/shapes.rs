//! Tables are made and changed.

use caisson_storage::clients;
use caisson_storage::tables::{
    Aggregate, Alteration, Assignment, Column, Constraint, Expression, ForeignKey, Index, Kind, OnDelete,
    Operator, Ordering, Projection, Query, Table, TableError, Value,
};
use caisson_storage::testing::databases;

use super::{ROWS, all, column, filled, insert, is, nullable, session, table, tables, text};

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
