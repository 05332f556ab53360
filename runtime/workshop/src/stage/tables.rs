//! A module's rows as documents: what a scenario begins with, and what it ends with.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use caisson_capabilities::crypto;
use caisson_registry::as_document;
use caisson_storage::tables::{Insert, Kind, Ordering, Query, Table, Value as Cell};
use serde_json::{Map, Value};

use super::{Names, Result, Stage, StageError};

/// Most rows of a table that are looked at.
const ROWS: u32 = 1_000;

impl Stage {
    /// Puts rows into a table of the module; the text `{service}` stands for the id of the service, and so on.
    pub(crate) async fn fill(&self, table: &str, rows: &[Map<String, Value>], names: &Names) -> Result<()> {
        let schema = self.tables.schema(&self.key).await?;
        let shape = schema.tables().find(|one| one.name == table);
        let shape = shape.ok_or_else(|| StageError::NoTable(table.to_owned()))?;
        let mut session = self.tables.session(&self.key);
        for row in rows {
            let cells: Result<Vec<Cell>> =
                row.iter().map(|(column, value)| self.to_cell(shape, column, &names.of(value))).collect();
            let insert = Insert {
                table: table.to_owned(),
                columns: row.keys().cloned().collect(),
                rows: vec![cells?],
                on_conflict: None,
            };
            session.insert(&insert).await?;
        }
        Ok(())
    }

    /// All rows of a table of the module, in the order of its key.
    pub(crate) async fn rows(&self, table: &str) -> Result<Vec<Value>> {
        let schema = self.tables.schema(&self.key).await?;
        let shape = schema.tables().find(|one| one.name == table);
        let shape = shape.ok_or_else(|| StageError::NoTable(table.to_owned()))?;
        let key = shape.id().map(|id| vec![id.name.clone()]).unwrap_or_else(|| shape.primary_key.clone());
        let query = Query {
            table: table.to_owned(),
            order_by: key.into_iter().map(|column| Ordering { column, descending: false }).collect(),
            ..Query::default()
        };
        let found = self.tables.session(&self.key).select(&query, ROWS).await?;
        let document = |row: Vec<Cell>| {
            Value::Object(found.columns.iter().cloned().zip(row.into_iter().map(as_document)).collect())
        };
        Ok(found.rows.into_iter().map(document).collect())
    }

    /// The tables that rows are for, those that others point to first.
    pub(crate) async fn in_order(&self, names: impl Iterator<Item = &String>) -> Result<Vec<String>> {
        let schema = self.tables.schema(&self.key).await?;
        let mut left: Vec<String> = names.cloned().collect();
        let mut ordered = Vec::with_capacity(left.len());
        while !left.is_empty() {
            let waits = |name: &String| {
                let table = schema.tables().find(|table| &table.name == name);
                let keys = table.into_iter().flat_map(|table| &table.foreign_keys);
                keys.into_iter().any(|key| &key.table != name && left.contains(&key.table))
            };
            // Tables that point to each other go as they come.
            let next = left.iter().position(|name| !waits(name)).unwrap_or_default();
            ordered.push(left.remove(next));
        }
        Ok(ordered)
    }

    /// Names of the module's tables.
    pub(crate) async fn table_names(&self) -> Result<Vec<String>> {
        Ok(self.tables.schema(&self.key).await?.tables().map(|table| table.name.clone()).collect())
    }

    /// A value as its column holds it; `{ sealed: text }` as the module itself would have sealed it.
    fn to_cell(&self, table: &Table, column: &str, value: &Value) -> Result<Cell> {
        let sealed = value
            .get("sealed")
            .and_then(Value::as_str)
            .map(|text| Cell::Bytes(self.vault.seal(&crypto::purpose(&self.key), text.as_bytes())));
        match sealed {
            Some(sealed) if table.column(column).is_some_and(|one| one.kind == Kind::Bytes) => Ok(sealed),
            _ => to_cell(table, column, value),
        }
    }
}

/// A value as its column holds it.
fn to_cell(table: &Table, column: &str, value: &Value) -> Result<Cell> {
    let wrong = |reason: String| StageError::Row { table: table.name.clone(), reason };
    let shape = table.column(column).ok_or_else(|| wrong(format!("it has no column '{column}'")))?;
    let unfit = || wrong(format!("'{column}' cannot hold {value}"));
    let text = || value.as_str().map(str::to_owned).ok_or_else(unfit);
    Ok(match (&shape.kind, value) {
        (_, Value::Null) => Cell::Null,
        (Kind::Json, value) => Cell::Json(value.to_string()),
        (Kind::Id | Kind::Integer | Kind::BigInteger, value) => {
            Cell::Integer(value.as_i64().ok_or_else(unfit)?)
        }
        (Kind::Boolean, value) => Cell::Boolean(value.as_bool().ok_or_else(unfit)?),
        (Kind::Real, value) => Cell::Real(value.as_f64().ok_or_else(unfit)?),
        (Kind::Decimal(..), Value::Number(number)) => Cell::Decimal(number.to_string()),
        (Kind::Decimal(..), _) => Cell::Decimal(text()?),
        (Kind::Uuid, _) => Cell::Uuid(text()?),
        (Kind::Date, _) => Cell::Date(text()?),
        (Kind::Timestamp, value) => Cell::Timestamp(value.as_u64().ok_or_else(unfit)?),
        (Kind::Bytes, _) => Cell::Bytes(STANDARD.decode(text()?).map_err(|_| unfit())?),
        (Kind::Varchar(_) | Kind::Text | Kind::Choice(_) | Kind::IpAddress, _) => Cell::Text(text()?),
    })
}
