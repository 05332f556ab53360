//! Questions and changes, step by step.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::row;
use super::value::{ToValue, Value};
use crate::bindings::host::caisson::module::database as contract;
use crate::{Problem, Result, host};
use contract::{
    Aggregate, Assignment, Conflict, Expression, Join, JoinKind, Operator, Ordering, Predicate, Projection,
    Query,
};

/// Conditions. Each one added must hold too; [`Filter::any_of`] adds several of which one is enough.
pub trait Filter: Sized {
    #[doc(hidden)]
    fn and(self, predicate: Predicate) -> Self;

    /// `column` equals `value`; a value that is `None` asks for null.
    #[must_use]
    fn filter(self, column: &str, value: impl ToValue) -> Self {
        match value.to_value() {
            Value::Null => self.filter_null(column),
            value => self.and(predicate(column, Operator::Eq, vec![value])),
        }
    }

    /// `column` compared in another way, such as `filter_by("load", db::Lt, 5)`.
    #[must_use]
    fn filter_by(self, column: &str, operator: Operator, value: impl ToValue) -> Self {
        self.and(predicate(column, operator, vec![value.to_value()]))
    }

    #[must_use]
    fn filter_in<V: ToValue>(self, column: &str, values: impl IntoIterator<Item = V>) -> Self {
        let values = values.into_iter().map(|value| value.to_value()).collect();
        self.and(predicate(column, Operator::IsIn, values))
    }

    #[must_use]
    fn filter_not_in<V: ToValue>(self, column: &str, values: impl IntoIterator<Item = V>) -> Self {
        let values = values.into_iter().map(|value| value.to_value()).collect();
        self.and(predicate(column, Operator::NotIn, values))
    }

    /// Both ends included.
    #[must_use]
    fn filter_between(self, column: &str, least: impl ToValue, most: impl ToValue) -> Self {
        self.and(predicate(column, Operator::Between, vec![least.to_value(), most.to_value()]))
    }

    #[must_use]
    fn filter_null(self, column: &str) -> Self {
        self.and(predicate(column, Operator::IsNull, Vec::new()))
    }

    #[must_use]
    fn filter_not_null(self, column: &str) -> Self {
        self.and(predicate(column, Operator::NotNull, Vec::new()))
    }
}

fn predicate(column: &str, operator: Operator, operands: Vec<Value>) -> Predicate {
    Predicate { column: column.to_owned(), operator, operands }
}

/// Conditions of which one is enough.
#[derive(Debug, Default)]
pub struct Any(Vec<Predicate>);

impl Filter for Any {
    fn and(mut self, predicate: Predicate) -> Self {
        self.0.push(predicate);
        self
    }
}

/// A statement in the making.
#[derive(Clone, Debug)]
#[must_use = "nothing happens before `get`, `first`, `insert`, `update` or another that ends it"]
pub struct Table {
    query: Query,
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

/// Asking.
impl Table {
    /// # Errors
    /// A problem where the query makes no sense, or a row is of another shape than `T`.
    pub fn get<T: DeserializeOwned>(self) -> Result<Vec<T>> {
        let rows = host::database::select(&self.query)?;
        row::read(&self.query.table, rows)
    }

    /// The first row, if there is one.
    ///
    /// # Errors
    /// See [`Table::get`].
    pub fn first<T: DeserializeOwned>(self) -> Result<Option<T>> {
        Ok(self.limit(1).get()?.into_iter().next())
    }

    /// The row with this `id`.
    ///
    /// # Errors
    /// See [`Table::get`].
    pub fn find<T: DeserializeOwned>(self, id: impl ToValue) -> Result<Option<T>> {
        self.filter("id", id).first()
    }

    /// The row that must be there.
    ///
    /// # Errors
    /// 404 where there is none; see [`Table::get`].
    pub fn one<T: DeserializeOwned>(self) -> Result<T> {
        let table = self.query.table.clone();
        self.first()?.ok_or_else(|| Problem::new(404, format!("There is no such row in '{table}'.")))
    }

    /// One column of the first row.
    ///
    /// # Errors
    /// See [`Table::get`].
    pub fn value<T: DeserializeOwned>(self, column: &str) -> Result<Option<T>> {
        Ok(self.limit(1).pluck(column)?.into_iter().next())
    }

    /// One column of every row.
    ///
    /// # Errors
    /// See [`Table::get`].
    pub fn pluck<T: DeserializeOwned>(mut self, column: &str) -> Result<Vec<T>> {
        self.query.columns.clear();
        let asked = self.columns([column]);
        let rows = host::database::select(&asked.query)?.rows;
        let firsts = rows.into_iter().filter_map(|row| row.into_iter().next());
        firsts.map(|value| row::read_one(&asked.query.table, value)).collect()
    }

    /// # Errors
    /// See [`Table::get`].
    pub fn exists(self) -> Result<bool> {
        Ok(self.count()? > 0)
    }

    /// # Errors
    /// See [`Table::get`].
    pub fn count(self) -> Result<u64> {
        Ok(self.single(Aggregate::Count, "*")?.unwrap_or(0))
    }

    /// None where there are no rows.
    ///
    /// # Errors
    /// See [`Table::get`].
    pub fn sum<T: DeserializeOwned>(self, column: &str) -> Result<Option<T>> {
        self.single(Aggregate::Sum, column)
    }

    /// # Errors
    /// See [`Table::get`].
    pub fn min<T: DeserializeOwned>(self, column: &str) -> Result<Option<T>> {
        self.single(Aggregate::Min, column)
    }

    /// # Errors
    /// See [`Table::get`].
    pub fn max<T: DeserializeOwned>(self, column: &str) -> Result<Option<T>> {
        self.single(Aggregate::Max, column)
    }

    /// # Errors
    /// See [`Table::get`].
    pub fn avg(self, column: &str) -> Result<Option<f64>> {
        self.single(Aggregate::Avg, column)
    }

    fn single<T: DeserializeOwned>(mut self, function: Aggregate, column: &str) -> Result<Option<T>> {
        self.query.columns.clear();
        self.query.order_by.clear();
        let asked = self.aggregate(function, column, "answer");
        let rows = host::database::select(&asked.query)?.rows;
        match rows.into_iter().next().and_then(|row| row.into_iter().next()) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => row::read_one(&asked.query.table, value).map(Some),
        }
    }

    /// Gives `work` the rows `size` at a time, in the order of `key`, a column without two alike such as `id`, until it answers
    /// `false` or there are no more. Rows may be changed and deleted meanwhile: none is skipped for it.
    ///
    /// # Errors
    /// Those of `work`, and see [`Table::get`].
    pub fn chunk<T: DeserializeOwned>(
        self,
        key: &str,
        size: u32,
        mut work: impl FnMut(Vec<T>) -> Result<bool>,
    ) -> Result<()> {
        let mut last: Option<Value> = None;
        loop {
            let mut step = self.clone().order_by(key).limit(size);
            if let Some(last) = &last {
                step = step.filter_by(key, Operator::Gt, last);
            }
            let rows = host::database::select(&step.query)?;
            let place = rows.columns.iter().position(|column| column == key);
            let end = place.and_then(|place| rows.rows.last()?.get(place).cloned());
            let full = rows.rows.len() == size as usize;
            if rows.rows.is_empty() || !work(row::read(&self.query.table, rows)?)? || !full {
                return Ok(());
            }
            if end.is_none() {
                return Err(Problem::internal(format!(
                    "A chunked query needs its key '{key}' among its columns."
                )));
            }
            last = end;
        }
    }
}

/// Changing.
impl Table {
    /// Stores a struct, or an object, with a field for each column; gives the number of a row whose table counts up.
    ///
    /// # Errors
    /// 409 where a row with the same key is there; a problem where a value does not fit its column.
    pub fn insert<T: Serialize + ?Sized>(self, row: &T) -> Result<Option<i64>> {
        let (columns, values) = row::write(row)?;
        Ok(host::database::insert(&self.query.table, &columns, &[values], None)?.last_id)
    }

    /// Stores many rows of the same fields: all or none.
    ///
    /// # Errors
    /// See [`Table::insert`].
    pub fn insert_many<T: Serialize>(self, rows: &[T]) -> Result<()> {
        let mut columns = Vec::new();
        let mut all = Vec::with_capacity(rows.len());
        for row in rows {
            let (names, values) = row::write(row)?;
            columns = names;
            all.push(values);
        }
        if !all.is_empty() {
            host::database::insert(&self.query.table, &columns, &all, None)?;
        }
        Ok(())
    }

    /// Stores a row, or overwrites the one that is alike in `key`, which a unique index or the primary key is over.
    ///
    /// # Errors
    /// See [`Table::insert`].
    pub fn upsert<T: Serialize + ?Sized>(self, row: &T, key: &[&str]) -> Result<()> {
        let (columns, values) = row::write(row)?;
        let update = columns.iter().filter(|column| !key.contains(&column.as_str())).cloned().collect();
        self.clash(columns, values, key, update)
    }

    /// Stores a row unless one that is alike in `key` is there.
    ///
    /// # Errors
    /// See [`Table::insert`].
    pub fn insert_or_ignore<T: Serialize + ?Sized>(self, row: &T, key: &[&str]) -> Result<()> {
        let (columns, values) = row::write(row)?;
        self.clash(columns, values, key, Vec::new())
    }

    fn clash(
        self,
        columns: Vec<String>,
        values: Vec<Value>,
        key: &[&str],
        update: Vec<String>,
    ) -> Result<()> {
        let conflict = Conflict { columns: key.iter().map(|name| (*name).to_owned()).collect(), update };
        host::database::insert(&self.query.table, &columns, &[values], Some(&conflict))?;
        Ok(())
    }

    /// Sets the fields of a struct, or of an object, in every row that the conditions leave; gives how many.
    ///
    /// # Errors
    /// See [`Table::insert`].
    pub fn update<T: Serialize + ?Sized>(self, fields: &T) -> Result<u64> {
        let (columns, values) = row::write(fields)?;
        let assignments: Vec<_> = columns.into_iter().zip(values.into_iter().map(Assignment::Set)).collect();
        Ok(host::database::update(&self.query.table, &assignments, &self.query.where_)?)
    }

    /// Sets one column.
    ///
    /// # Errors
    /// See [`Table::insert`].
    pub fn set(self, column: &str, value: impl ToValue) -> Result<u64> {
        let assignments = [(column.to_owned(), Assignment::Set(value.to_value()))];
        Ok(host::database::update(&self.query.table, &assignments, &self.query.where_)?)
    }

    /// Adds to a number where it stands, so that two who do it at once both count.
    ///
    /// # Errors
    /// See [`Table::insert`].
    pub fn increment(self, column: &str, by: i64) -> Result<u64> {
        let assignments = [(column.to_owned(), Assignment::Increment(by))];
        Ok(host::database::update(&self.query.table, &assignments, &self.query.where_)?)
    }

    /// Deletes every row that the conditions leave; gives how many.
    ///
    /// # Errors
    /// A problem where a condition makes no sense, or other rows point to one of these.
    pub fn delete(self) -> Result<u64> {
        Ok(host::database::delete(&self.query.table, &self.query.where_)?)
    }
}
