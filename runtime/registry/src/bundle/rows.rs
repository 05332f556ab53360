//! Rows of a module's own tables as a scenario is given them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use caisson_storage::tables::{Kind, Operator, Ordering, Predicate, Query, Table, Value as Cell};
use caisson_types::ModuleKey;
use serde_json::{Map, Value};

use super::scenario::Ids;
use crate::{Registry, Result};

/// Rows of one table that a bundle holds.
const ROWS: u32 = 100;

/// A value of a row as scenarios write it.
#[must_use]
pub fn as_document(cell: Cell) -> Value {
    match cell {
        Cell::Null => Value::Null,
        Cell::Boolean(value) => value.into(),
        Cell::Integer(value) => value.into(),
        Cell::Real(value) => value.into(),
        Cell::Timestamp(millis) => millis.into(),
        Cell::Json(text) => serde_json::from_str(&text).unwrap_or(Value::String(text)),
        Cell::Bytes(bytes) => STANDARD.encode(bytes).into(),
        Cell::Decimal(text) | Cell::Text(text) | Cell::Uuid(text) | Cell::Date(text) => text.into(),
    }
}

/// The column that says which service a row is of: other services are nobody else's business.
fn of_service(table: &Table) -> Option<&str> {
    let key =
        table.foreign_keys.iter().find(|key| key.table == "services").and_then(|key| key.columns.first());
    let named = || {
        table.columns.iter().find(|column| {
            column.kind == Kind::Uuid && matches!(column.name.as_str(), "service" | "service_id")
        })
    };
    key.map(String::as_str).or_else(|| named().map(|column| column.name.as_str()))
}

/// Whether the row points to nothing of the panel that a scenario does not make: it could not be put in.
fn stands_alone(table: &Table, row: &Map<String, Value>, ids: &Ids) -> bool {
    table
        .foreign_keys
        .iter()
        .filter(|key| ["clients", "invoices", "services"].contains(&key.table.as_str()))
        .all(|key| {
            key.columns.iter().all(|column| match row.get(column) {
                Some(Value::String(id)) => ids.knows(id),
                _ => true,
            })
        })
}

impl Registry {
    /// What the module's tables hold for the call's service, or at all where they are of no service; what is left out is said.
    pub(super) async fn rows_of(
        &self,
        module: &ModuleKey,
        ids: &Ids,
        left_out: &mut Vec<String>,
    ) -> Result<Map<String, Value>> {
        let tables = self.sandbox.tables();
        let schema = tables.schema(module).await?;
        let mut all = Map::new();
        for table in schema.tables() {
            let name = &table.name;
            let mut query = Query { table: name.clone(), order_by: in_order(table), ..Query::default() };
            match (of_service(table), &ids.service) {
                (Some(column), Some(service)) => {
                    query.condition = vec![vec![Predicate {
                        column: column.to_owned(),
                        operator: Operator::Eq,
                        operands: vec![Cell::Uuid(service.clone())],
                    }]];
                    left_out.push(format!("table '{name}': rows of other services"));
                }
                (Some(_), None) => {
                    left_out
                        .push(format!("table '{name}': its rows are of services, and the call was of none"));
                    continue;
                }
                (None, _) => {}
            }
            query.limit = Some(ROWS + 1);
            let found = match tables.session(module).select(&query, ROWS + 1).await {
                Ok(found) => found,
                Err(error) => {
                    left_out.push(format!("table '{name}': it cannot be read ({error})"));
                    continue;
                }
            };
            if found.rows.len() > ROWS as usize {
                left_out.push(format!("table '{name}': all rows but the first {ROWS}"));
            }
            let cells = found.rows.into_iter().take(ROWS as usize);
            let rows = cells.map(|row| {
                let row = found.columns.iter().cloned().zip(row.into_iter().map(as_document));
                row.filter(|(_, value)| !value.is_null()).collect::<Map<_, _>>()
            });
            let (fit, unfit): (Vec<_>, Vec<_>) = rows.partition(|row| stands_alone(table, row, ids));
            if !unfit.is_empty() {
                left_out.push(format!("table '{name}': {} rows of others", unfit.len()));
            }
            if !fit.is_empty() {
                all.insert(name.clone(), fit.into_iter().map(Value::Object).collect());
            }
        }
        Ok(all)
    }
}

fn in_order(table: &Table) -> Vec<Ordering> {
    let key = table.id().map(|id| vec![id.name.clone()]).unwrap_or_else(|| table.primary_key.clone());
    key.into_iter().map(|column| Ordering { column, descending: false }).collect()
}
