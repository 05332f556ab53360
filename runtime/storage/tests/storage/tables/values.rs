//! What goes in comes back, or is refused by name.

use caisson_storage::tables::{Kind, Operator, Query, TableError, Value};
use caisson_storage::testing::databases;

use super::{ROWS, all, column, insert, is, nullable, session, table, tables, text};

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
