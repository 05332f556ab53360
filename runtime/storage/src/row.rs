//! Reading rows: columns by name, parsed into the types that carry meaning.

use std::fmt::Display;
use std::str::FromStr;

use caisson_types::Timestamp;
use serde::de::DeserializeOwned;
use sqlx::any::AnyRow;
use sqlx::{Decode, Row as _, Type};

use crate::error::{Result, StorageError};

/// A row, or the part of a joined row whose columns begin with a prefix.
#[derive(Clone, Copy)]
pub(crate) struct Fields<'r> {
    row: &'r AnyRow,
    prefix: &'static str,
}

impl<'r> Fields<'r> {
    pub(crate) fn new(row: &'r AnyRow) -> Self {
        Self { row, prefix: "" }
    }

    /// The part whose columns begin with `prefix`.
    pub(crate) fn prefixed(self, prefix: &'static str) -> Self {
        Self { prefix, ..self }
    }

    /// A column as the database holds it: `String`, `i64`, `Vec<u8>`, or an `Option` of one.
    pub(crate) fn get<T>(&self, column: &str) -> Result<T>
    where
        T: Decode<'r, sqlx::Any> + Type<sqlx::Any>,
    {
        if self.prefix.is_empty() {
            return Ok(self.row.try_get(column)?);
        }
        let column = format!("{}{column}", self.prefix);
        Ok(self.row.try_get(column.as_str())?)
    }

    /// A column of text that is an id, a word, a key.
    pub(crate) fn parse<T>(&self, column: &str) -> Result<T>
    where
        T: FromStr<Err: Display>,
    {
        parse(column, &self.get::<String>(column)?)
    }

    pub(crate) fn parse_opt<T>(&self, column: &str) -> Result<Option<T>>
    where
        T: FromStr<Err: Display>,
    {
        self.get::<Option<String>>(column)?.map(|text| parse(column, &text)).transpose()
    }

    pub(crate) fn json<T: DeserializeOwned>(&self, column: &str) -> Result<T> {
        json(column, &self.get::<String>(column)?)
    }

    pub(crate) fn json_opt<T: DeserializeOwned>(&self, column: &str) -> Result<Option<T>> {
        self.get::<Option<String>>(column)?.map(|text| json(column, &text)).transpose()
    }

    pub(crate) fn time(&self, column: &str) -> Result<Timestamp> {
        self.get(column).map(Timestamp)
    }

    pub(crate) fn time_opt(&self, column: &str) -> Result<Option<Timestamp>> {
        Ok(self.get::<Option<i64>>(column)?.map(Timestamp))
    }

    /// A count: stored as a signed integer, never negative.
    pub(crate) fn count<T: TryFrom<i64>>(&self, column: &str) -> Result<T> {
        let value = self.get::<i64>(column)?;
        T::try_from(value)
            .map_err(|_| StorageError::Corrupt(format!("{value} is out of range in column {column}")))
    }

    pub(crate) fn count_opt<T: TryFrom<i64>>(&self, column: &str) -> Result<Option<T>> {
        self.get::<Option<i64>>(column)?.map(|_| self.count(column)).transpose()
    }

    pub(crate) fn flag(&self, column: &str) -> Result<bool> {
        Ok(self.get::<i64>(column)? != 0)
    }
}

fn parse<T: FromStr<Err: Display>>(column: &str, text: &str) -> Result<T> {
    text.parse().map_err(|error: T::Err| StorageError::Corrupt(format!("column {column}: {error}")))
}

fn json<T: DeserializeOwned>(column: &str, text: &str) -> Result<T> {
    serde_json::from_str(text)
        .map_err(|error| StorageError::Corrupt(format!("column {column} is not its JSON: {error}")))
}

/// Every row read with `read`.
pub(crate) fn read_all<T>(rows: &[AnyRow], read: impl Fn(Fields<'_>) -> Result<T>) -> Result<Vec<T>> {
    rows.iter().map(|row| read(Fields::new(row))).collect()
}

/// A count as the database holds it.
pub(crate) fn as_i64<T: TryInto<i64>>(value: T) -> i64 {
    value.try_into().unwrap_or(i64::MAX)
}

/// The answer of an `UPDATE` or `DELETE` by key: no row changed means there is none.
pub(crate) fn one_changed(result: &sqlx::any::AnyQueryResult) -> Result<()> {
    if result.rows_affected() == 0 { Err(StorageError::Missing) } else { Ok(()) }
}
