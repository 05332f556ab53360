//! Rows and the types a module reads them as.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value as Json};

use super::value::{ToValue as _, Value};
use crate::bindings::host::caisson::module::database::Rows;
use crate::{Problem, Result, log};

/// A value as serde sees it: documents as what is in them, decimals as text, bytes as numbers.
fn json(value: Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Boolean(flag) => flag.into(),
        Value::Integer(number) => number.into(),
        Value::Real(number) => number.into(),
        Value::Timestamp(ms) => ms.into(),
        Value::Bytes(bytes) => bytes.into(),
        Value::Json(text) => serde_json::from_str(&text).unwrap_or(Json::Null),
        Value::Decimal(text) | Value::Text(text) | Value::Uuid(text) | Value::Date(text) => text.into(),
    }
}

/// Every row as a `T`.
pub(super) fn read<T: DeserializeOwned>(table: &str, rows: Rows) -> Result<Vec<T>> {
    let Rows { columns, rows } = rows;
    let read = |row: Vec<Value>| {
        let fields: Map<String, Json> = columns.iter().cloned().zip(row.into_iter().map(json)).collect();
        serde_json::from_value(Json::Object(fields)).map_err(|error| unreadable(table, &error))
    };
    rows.into_iter().map(read).collect()
}

/// One value as a `T`.
pub(super) fn read_one<T: DeserializeOwned>(table: &str, value: Value) -> Result<T> {
    serde_json::from_value(json(value)).map_err(|error| unreadable(table, &error))
}

fn unreadable(table: &str, error: &serde_json::Error) -> Problem {
    log::error("database", &table, &error.to_string());
    Problem::internal(format!("A row of '{table}' is not what the module expects."))
}

/// The fields of a struct, or of a JSON object, as columns and their values.
pub(super) fn write<T: Serialize + ?Sized>(row: &T) -> Result<(Vec<String>, Vec<Value>)> {
    match serde_json::to_value(row) {
        Ok(Json::Object(fields)) => {
            Ok(fields.into_iter().map(|(name, value)| (name, value.to_value())).unzip())
        }
        Ok(_) => Err(Problem::internal("A row must be a struct or an object, with a field for each column.")),
        Err(error) => Err(Problem::internal(format!("A row cannot be written: {error}."))),
    }
}
