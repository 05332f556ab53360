//! All rows of a table as JSON lines, page by page: for whoever takes a module's data along.

use serde_json::{Map, Value as Json};

use super::error::{Result, TableError};
use super::model::{Kind, Operator, Ordering, Predicate, Query, Rows, Table, Value};
use super::session::Session;

/// Rows of a page, where they are not too large for that.
const PAGE: u32 = 500;

/// Where an export of one table stands.
#[derive(Clone, Debug, Default)]
pub struct Cursor {
    /// The key of the last row.
    after: Option<Vec<Value>>,
    seen: u64,
    done: bool,
}

impl Session {
    /// The next lines of a table, in the order of its key; empty once there are no more. What comes in meanwhile may be left out.
    ///
    /// # Errors
    /// Those of reading; where a single row is larger than an answer may be.
    pub async fn export(&mut self, table: &Table, cursor: &mut Cursor) -> Result<String> {
        let mut lines = String::new();
        if cursor.done {
            return Ok(lines);
        }
        let mut limit = PAGE;
        let page = loop {
            match self.select(&next(table, cursor, limit), limit).await {
                // Rows are of very different sizes: ask for fewer of them.
                Err(TableError::Quota(_)) if limit > 1 => limit /= 4,
                other => break other?,
            }
        };
        cursor.done = page.rows.len() < limit as usize;
        cursor.seen += page.rows.len() as u64;
        cursor.after = page.rows.last().map(|row| key_of(table, &page, row));
        for row in &page.rows {
            let row: Map<String, Json> = page.columns.iter().cloned().zip(row.iter().map(in_json)).collect();
            lines.push_str(&Json::Object(row).to_string());
            lines.push('\n');
        }
        Ok(lines)
    }
}

fn key(table: &Table) -> Vec<&str> {
    match table.id() {
        Some(id) => vec![id.name.as_str()],
        None => table.primary_key.iter().map(String::as_str).collect(),
    }
}

fn key_of(table: &Table, page: &Rows, row: &[Value]) -> Vec<Value> {
    let place = |name: &str| page.columns.iter().position(|column| column == name);
    key(table).into_iter().filter_map(|name| row.get(place(name)?).cloned()).collect()
}

/// What comes after the last row. Keys that cannot be compared are counted instead.
fn next(table: &Table, cursor: &Cursor, limit: u32) -> Query {
    let key = key(table);
    let unordered =
        |name: &&str| table.column(name).is_none_or(|column| matches!(column.kind, Kind::Json | Kind::Bytes));
    let counted = key.iter().any(unordered);
    let order = |name: &str| Ordering { column: name.to_owned(), descending: false };
    Query {
        table: table.name.clone(),
        condition: match &cursor.after {
            Some(after) if !counted => beyond(&key, after),
            _ => Vec::new(),
        },
        order_by: key.iter().map(|name| order(name)).collect(),
        limit: Some(limit),
        offset: counted.then_some(cursor.seen),
        ..Query::default()
    }
}

/// `(a, b) > (x, y)` as lists of which one must hold each: `a >= x`, and `a > x` or `b > y`.
fn beyond(key: &[&str], after: &[Value]) -> Vec<Vec<Predicate>> {
    let one = |place: usize, operator| Predicate {
        column: key[place].to_owned(),
        operator,
        operands: vec![after[place].clone()],
    };
    let count = key.len().min(after.len());
    let list = |place: usize| {
        let mut list: Vec<_> = (0..place).map(|before| one(before, Operator::Gt)).collect();
        list.push(one(place, if place + 1 == count { Operator::Gt } else { Operator::Ge }));
        list
    };
    (0..count).map(list).collect()
}

/// Bytes are hexadecimal, times milliseconds; documents stand as they are.
fn in_json(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Boolean(flag) => (*flag).into(),
        Value::Integer(number) => (*number).into(),
        Value::Real(number) => (*number).into(),
        Value::Timestamp(ms) => (*ms).into(),
        Value::Bytes(bytes) => hex::encode(bytes).into(),
        Value::Json(text) => serde_json::from_str(text).unwrap_or_else(|_| text.as_str().into()),
        Value::Decimal(text) | Value::Text(text) | Value::Uuid(text) | Value::Date(text) => {
            text.as_str().into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_beyond_a_key_is_each_later_row_and_no_other() {
        let rows: Vec<[i64; 3]> = (0..27).map(|n| [n / 9, n / 3 % 3, n % 3]).collect();
        let key = ["a", "b", "c"];
        for (place, after) in rows.iter().enumerate() {
            let values: Vec<Value> = after.iter().map(|n| Value::Integer(*n)).collect();
            let condition = beyond(&key, &values);
            let holds = |row: &[i64; 3]| {
                condition.iter().all(|list| {
                    list.iter().any(|one| {
                        let index = key.iter().position(|name| *name == one.column).unwrap();
                        let Value::Integer(than) = one.operands[0] else { return false };
                        if one.operator == Operator::Gt { row[index] > than } else { row[index] >= than }
                    })
                })
            };
            let later: Vec<_> = rows.iter().filter(|row| holds(row)).collect();
            assert_eq!(later, rows[place + 1..].iter().collect::<Vec<_>>(), "{after:?}");
        }
    }
}
