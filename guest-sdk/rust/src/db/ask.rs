//! What ends a question.

use serde::de::DeserializeOwned;

use super::filter::Filter as _;
use super::row;
use super::table::Table;
use super::value::{ToValue, Value};
use crate::bindings::host::caisson::module::database::{Aggregate, Operator};
use crate::{Problem, Result, host};

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
