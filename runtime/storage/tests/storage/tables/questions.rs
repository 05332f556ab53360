//! Rows are found, joined, grouped and summed.

use caisson_storage::tables::{
    Aggregate, Condition, Expression, Join, JoinKind, Operator, Ordering, Projection, Query, Value,
};
use caisson_storage::testing::databases;

use super::{ROWS, all, filled, firsts, is, tables, text};

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
