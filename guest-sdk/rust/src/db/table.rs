//! Questions and changes, step by step.

use super::filter::{Any, Filter};
use crate::bindings::host::caisson::module::database as contract;
use contract::{Aggregate, Expression, Join, JoinKind, Ordering, Predicate, Projection, Query};

/// A statement in the making.
#[derive(Clone, Debug)]
#[must_use = "nothing happens before `get`, `first`, `insert`, `update` or another that ends it"]
pub struct Table {
    pub(super) query: Query,
}

impl Filter for Table {
    fn and(mut self, predicate: Predicate) -> Self {
        self.query.where_.push(vec![predicate]);
        self
    }
}

impl Table {
    pub(super) fn new(name: &str) -> Self {
        Self {
            query: Query {
                table: name.to_owned(),
                columns: Vec::new(),
                distinct: false,
                joins: Vec::new(),
                where_: Vec::new(),
                group_by: Vec::new(),
                order_by: Vec::new(),
                limit: None,
                offset: None,
            },
        }
    }

    /// One of several conditions must hold: `any_of(|any| any.filter("a", 1).filter("b", 2))`.
    pub fn any_of(mut self, conditions: impl FnOnce(Any) -> Any) -> Self {
        self.query.where_.push(conditions(Any::default()).0);
        self
    }

    /// Only these columns, each `name`, `table.name` or `name as other`; all of the table's where none is named.
    pub fn columns<'c>(mut self, columns: impl IntoIterator<Item = &'c str>) -> Self {
        for column in columns {
            let (name, alias) = match column.split_once(" as ") {
                Some((name, alias)) => (name.trim(), Some(alias.trim().to_owned())),
                None => (column, None),
            };
            self.query.columns.push(Projection { expression: Expression::Column(name.to_owned()), alias });
        }
        self
    }

    /// A sum, count, least, greatest or average beside the columns, called `alias`.
    pub fn aggregate(mut self, function: Aggregate, column: &str, alias: &str) -> Self {
        let expression = Expression::Aggregate((function, column.to_owned()));
        self.query.columns.push(Projection { expression, alias: Some(alias.to_owned()) });
        self
    }

    pub fn distinct(mut self) -> Self {
        self.query.distinct = true;
        self
    }

    /// With the rows of `table` for which `left` equals `right`, both `table.column`.
    pub fn join(self, table: &str, left: &str, right: &str) -> Self {
        self.joined(JoinKind::Inner, table, left, right)
    }

    /// As [`Table::join`], with nulls where `table` has no such row.
    pub fn left_join(self, table: &str, left: &str, right: &str) -> Self {
        self.joined(JoinKind::Left, table, left, right)
    }

    fn joined(mut self, kind: JoinKind, table: &str, left: &str, right: &str) -> Self {
        let (table, left, right) = (table.to_owned(), left.to_owned(), right.to_owned());
        self.query.joins.push(Join { kind, table, left, right });
        self
    }

    pub fn group_by<'c>(mut self, columns: impl IntoIterator<Item = &'c str>) -> Self {
        self.query.group_by.extend(columns.into_iter().map(str::to_owned));
        self
    }

    pub fn order_by(self, column: &str) -> Self {
        self.ordered(column, false)
    }

    pub fn order_by_desc(self, column: &str) -> Self {
        self.ordered(column, true)
    }

    fn ordered(mut self, column: &str, descending: bool) -> Self {
        self.query.order_by.push(Ordering { column: column.to_owned(), descending });
        self
    }

    pub fn limit(mut self, rows: u32) -> Self {
        self.query.limit = Some(rows);
        self
    }

    pub fn offset(mut self, rows: u64) -> Self {
        self.query.offset = Some(rows);
        self
    }
}
