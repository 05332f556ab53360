//! Rows in, changed and out.

use sea_query::{
    Alias, DeleteStatement, Expr, ExprTrait as _, InsertStatement, IntoIden as _, OnConflict as Clash, Query,
    UpdateStatement,
};

use super::Schema;
use super::error::{Result, TableError, invalid, missing};
use super::model::{Assignment, Condition, Insert, Kind, OnConflict, Table, Value};
use super::names::Names;
use super::select::Sources;
use super::value::encode;

/// Values bound in one statement: SQLite takes 32,766, and a statement is prepared for each number of rows.
const VALUES_PER_STATEMENT: usize = 8_000;

/// The statements that insert the rows.
pub(super) fn insert(names: &Names, schema: &Schema, insert: &Insert) -> Result<Vec<InsertStatement>> {
    let table = schema.table(&insert.table)?;
    if insert.columns.is_empty() || insert.rows.is_empty() {
        return invalid("an insert has at least one column and one row");
    }
    let columns = insert.columns.iter().enumerate().map(|(index, name)| {
        if insert.columns[..index].contains(name) {
            return invalid(format!("the column '{name}' stands twice in one insert"));
        }
        column(table, name)
    });
    let columns = columns.collect::<Result<Vec<_>>>()?;
    let clash = insert.on_conflict.as_ref().map(|clash| on_conflict(table, clash)).transpose()?;
    let mut statements = Vec::new();
    for chunk in insert.rows.chunks((VALUES_PER_STATEMENT / columns.len()).max(1)) {
        let mut statement = InsertStatement::new();
        statement.into_table(names.table(&table.name));
        statement.columns(insert.columns.iter().map(|name| Alias::new(name.as_str())));
        for row in chunk {
            if row.len() != columns.len() {
                return invalid(format!("a row has {} values for {} columns", row.len(), columns.len()));
            }
            let values = columns
                .iter()
                .zip(row)
                .map(|(column, value)| encode(&column.kind, &column.name, value).map(Expr::value));
            let values = values.collect::<Result<Vec<_>>>()?;
            statement.values(values).map_err(|error| TableError::Invalid(error.to_string()))?;
        }
        if let Some(clash) = &clash {
            statement.on_conflict(clash.clone());
        }
        if let Some(id) = table.id() {
            statement.returning(Query::returning().column(Alias::new(id.name.as_str())));
        }
        statements.push(statement);
    }
    Ok(statements)
}

fn column<'t>(table: &'t Table, name: &str) -> Result<&'t super::model::Column> {
    table.column(name).ok_or_else(|| {
        let shown: String = name.chars().take(60).collect();
        missing(format!("the table '{}' has no column '{}'", table.name, shown.escape_debug()))
    })
}

fn on_conflict(table: &Table, clash: &OnConflict) -> Result<Clash> {
    for name in clash.columns.iter().chain(&clash.update) {
        column(table, name)?;
    }
    if !table.is_unique(&clash.columns) {
        return invalid(format!(
            "no primary key or unique index of '{}' is over ({}), so rows cannot clash there",
            table.name,
            clash.columns.join(", ")
        ));
    }
    let idens =
        |names: &[String]| names.iter().map(|name| Alias::new(name.as_str()).into_iden()).collect::<Vec<_>>();
    let mut built = Clash::columns(idens(&clash.columns));
    if clash.update.is_empty() {
        built.do_nothing();
    } else {
        built.update_columns(idens(&clash.update));
    }
    Ok(built)
}

pub(super) fn update(
    names: &Names,
    schema: &Schema,
    table: &str,
    assignments: &[(String, Assignment)],
    condition: &Condition,
) -> Result<UpdateStatement> {
    let table = schema.table(table)?;
    if assignments.is_empty() {
        return invalid("an update assigns at least one column");
    }
    let mut statement = UpdateStatement::new();
    statement.table(names.table_as(&table.name));
    for (index, (name, assignment)) in assignments.iter().enumerate() {
        if assignments[..index].iter().any(|(other, _)| other == name) {
            return invalid(format!("the column '{name}' is assigned twice"));
        }
        let column = column(table, name)?;
        let value = match assignment {
            Assignment::Set(value) => Expr::value(encode(&column.kind, name, value)?),
            Assignment::Increment(by) => {
                let by = match column.kind {
                    Kind::Integer | Kind::BigInteger => *by,
                    Kind::Decimal(_, scale) => {
                        match 10_i64.checked_pow(scale).and_then(|unit| unit.checked_mul(*by)) {
                            Some(by) => by,
                            None => return invalid(format!("'{name}' cannot grow by {by}")),
                        }
                    }
                    _ => {
                        return invalid(format!(
                            "'{name}' is not an integer or a decimal, so it cannot be incremented"
                        ));
                    }
                };
                Expr::col(Alias::new(name.as_str())).add(Expr::val(by))
            }
        };
        statement.value(Alias::new(name.as_str()), value);
    }
    statement.cond_where(Sources::new(names.dialect, table).condition(condition)?);
    Ok(statement)
}

pub(super) fn delete(
    names: &Names,
    schema: &Schema,
    table: &str,
    condition: &Condition,
) -> Result<DeleteStatement> {
    let table = schema.table(table)?;
    let mut statement = DeleteStatement::new();
    statement.from_table(names.table_as(&table.name));
    statement.cond_where(Sources::new(names.dialect, table).condition(condition)?);
    Ok(statement)
}

/// Bytes that an insert or update brings.
pub(super) fn weight<'v>(values: impl Iterator<Item = &'v Value>) -> u64 {
    values.map(|value| super::value::weight(value) as u64 + 8).sum()
}
