//! Statements whose shape depends on what is asked: filters and batches. All text is the program's own (`&'static str`);
//! every value is bound.

use std::fmt::Write as _;

use sqlx::any::{AnyArguments, AnyRow};
use sqlx::{Any, AssertSqlSafe};

use crate::db::Conn;
use crate::error::Result;
use crate::page::{Page, PageQuery};
use crate::row::{Fields, as_i64};

/// A value to bind.
#[derive(Clone, Debug)]
pub(crate) enum Value {
    Text(Option<String>),
    Int(i64),
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(Some(text))
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(Some(text.to_owned()))
    }
}

impl From<Option<String>> for Value {
    fn from(text: Option<String>) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

/// A statement in the making.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sql {
    text: String,
    values: Vec<Value>,
}

impl Sql {
    pub(crate) fn new(text: &'static str) -> Self {
        Self { text: text.to_owned(), values: Vec::new() }
    }

    pub(crate) fn push(&mut self, text: &'static str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    /// Writes `text` with each `?` standing for this one value.
    pub(crate) fn push_with(&mut self, text: &'static str, value: impl Into<Value>) -> &mut Self {
        self.values.push(value.into());
        let place = self.values.len();
        for (index, part) in text.split('?').enumerate() {
            if index > 0 {
                // Writing to a String cannot fail.
                let _ = write!(self.text, "${place}");
            }
            self.text.push_str(part);
        }
        self
    }

    /// Writes `($1, $2, …)`.
    pub(crate) fn push_tuple(&mut self, values: impl IntoIterator<Item = Value>) -> &mut Self {
        self.push("(");
        for (index, value) in values.into_iter().enumerate() {
            self.push_with(if index == 0 { "?" } else { ", ?" }, value);
        }
        self.push(")")
    }

    pub(crate) fn query(self) -> sqlx::query::Query<'static, Any, AnyArguments> {
        self.values.into_iter().fold(sqlx::query(AssertSqlSafe(self.text)), |query, value| match value {
            Value::Text(text) => query.bind(text),
            Value::Int(number) => query.bind(number),
        })
    }
}

/// The `WHERE` of a list.
#[derive(Clone, Debug)]
pub(crate) struct Filter(Sql);

impl Filter {
    pub(crate) fn new() -> Self {
        Self(Sql::new(" WHERE 1 = 1"))
    }

    /// Adds a condition when there is a value for its `?`.
    pub(crate) fn and(mut self, condition: &'static str, value: Option<impl Into<Value>>) -> Self {
        if let Some(value) = value {
            self.0.push(" AND ").push_with(condition, value);
        }
        self
    }

    /// Adds a search: `condition` compares lower-case columns with `LIKE ? ESCAPE '!'`.
    pub(crate) fn search(self, condition: &'static str, search: Option<&str>) -> Self {
        let pattern = search.map(str::trim).filter(|text| !text.is_empty()).map(like_pattern);
        self.and(condition, pattern)
    }

    /// `select … from … WHERE filter tail`.
    pub(crate) fn select(&self, select: &'static str) -> Sql {
        Sql { text: format!("{select}{}", self.0.text), values: self.0.values.clone() }
    }

    /// Runs `select` with `order` for one page, and counts what `count` selects.
    pub(crate) async fn page<T>(
        &self,
        conn: &mut Conn,
        (count, select, order): (&'static str, &'static str, &'static str),
        query: &PageQuery,
        read: impl Fn(Fields<'_>) -> Result<T>,
    ) -> Result<Page<T>> {
        let counted = self.select(count).query().fetch_one(&mut *conn).await?;
        let total = Fields::new(&counted).count("total")?;
        let rows = self.rows(conn, (select, order), query.offset, query.limit).await?;
        Ok(Page { items: crate::row::read_all(&rows, read)?, total })
    }

    /// Runs `select` with `order` for some rows.
    pub(crate) async fn rows(
        &self,
        conn: &mut Conn,
        (select, order): (&'static str, &'static str),
        offset: u64,
        limit: u64,
    ) -> Result<Vec<AnyRow>> {
        let mut sql = self.select(select);
        sql.push(order)
            .push_with(" LIMIT ?", as_i64(limit.min(PageQuery::MOST)))
            .push_with(" OFFSET ?", as_i64(offset));
        Ok(sql.query().fetch_all(&mut *conn).await?)
    }
}

/// A `LIKE` pattern, lower case, that finds `text` anywhere.
fn like_pattern(text: &str) -> String {
    format!("%{}%", like_escape(&text.to_lowercase()))
}

/// Text that stands for itself in a `LIKE` pattern whose escape is `!`.
pub(crate) fn like_escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '%' | '_' | '!') {
            escaped.push('!');
        }
        escaped.push(c);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_may_stand_in_several_places() {
        let filter = Filter::new()
            .and("a = ?", Some("x"))
            .and("b = ?", None::<String>)
            .search("(c LIKE ? OR d LIKE ?)", Some(" 5%_"));
        let sql = filter.select("SELECT * FROM t");
        assert_eq!(sql.text, "SELECT * FROM t WHERE 1 = 1 AND a = $1 AND (c LIKE $2 OR d LIKE $2)");
        assert!(matches!(&sql.values[1], Value::Text(Some(text)) if text == "%5!%!_%"));
    }
}
