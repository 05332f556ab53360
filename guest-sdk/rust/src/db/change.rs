//! What ends a change.

use serde::Serialize;

use super::row;
use super::table::Table;
use super::value::{ToValue, Value};
use crate::bindings::host::caisson::module::database::{Assignment, Conflict};
use crate::{Result, host};

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
