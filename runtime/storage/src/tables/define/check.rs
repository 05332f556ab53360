//! What a table may be, and what a canary may change of it.

use super::super::Schema;
use super::super::error::{Result, invalid, missing};
use super::super::model::{Alteration, Column, ForeignKey, Kind, OnDelete, PANEL_TABLES, Table, Value};
use super::super::names;
use super::super::value::{Class, encode};

const COLUMNS_MAX: usize = 200;
const INDEXES_MAX: usize = 50;
const CHOICES_MAX: usize = 100;
/// Digits that always fit 64 bits.
const PRECISION_MAX: u32 = 18;
const VARCHAR_MAX: u32 = 65_535;

/// Checks a whole table before anything is made.
pub(in crate::tables) fn check(schema: &Schema, table: &Table) -> Result<()> {
    names::check("a table", &table.name)?;
    if table.columns.is_empty() || table.columns.len() > COLUMNS_MAX {
        return invalid(format!("the table '{}' has 1 to {COLUMNS_MAX} columns", table.name));
    }
    if table.indexes.len() > INDEXES_MAX || table.foreign_keys.len() > INDEXES_MAX {
        return invalid(format!(
            "the table '{}' has at most {INDEXES_MAX} indexes and foreign keys each",
            table.name
        ));
    }
    for (index, column) in table.columns.iter().enumerate() {
        check_column(column)?;
        if table.columns[..index].iter().any(|other| other.name == column.name) {
            return invalid(format!("the table '{}' has two columns called '{}'", table.name, column.name));
        }
    }
    match (
        table.columns.iter().filter(|column| column.kind == Kind::Id).count(),
        table.primary_key.as_slice(),
    ) {
        (0, []) => return invalid(format!("the table '{}' has no primary key", table.name)),
        (0, key) => has_columns(table, key, "a primary key")?,
        (1, []) => {}
        (1, [key]) if table.id().is_some_and(|id| id.name == *key) => {}
        _ => {
            return invalid(format!(
                "the table '{}' has one primary key: a column of type id, or the columns named as such",
                table.name
            ));
        }
    }
    for index in &table.indexes {
        has_columns(table, &index.columns, "an index")?;
    }
    for key in &table.foreign_keys {
        check_foreign_key(schema, table, key)?;
    }
    Ok(())
}

fn has_columns(table: &Table, columns: &[String], what: &str) -> Result<()> {
    if columns.is_empty() {
        return invalid(format!("{what} of '{}' names no columns", table.name));
    }
    for (index, name) in columns.iter().enumerate() {
        if table.column(name).is_none() {
            return Err(missing(format!(
                "{what} of '{}' names the column '{name}', which is not there",
                table.name
            )));
        }
        if columns[..index].contains(name) {
            return invalid(format!("{what} of '{}' names '{name}' twice", table.name));
        }
    }
    Ok(())
}

fn check_column(column: &Column) -> Result<()> {
    names::check("a column", &column.name)?;
    let name = &column.name;
    match &column.kind {
        Kind::Id if column.nullable || column.default.is_some() => {
            return invalid(format!("'{name}' counts up by itself: it has no default and is never null"));
        }
        Kind::Varchar(max) if !(1..=VARCHAR_MAX).contains(max) => {
            return invalid(format!("'{name}' holds 1 to {VARCHAR_MAX} characters, not {max}"));
        }
        Kind::Decimal(precision, scale) if !(1..=PRECISION_MAX).contains(precision) || scale > precision => {
            return invalid(format!(
                "'{name}' has 1 to {PRECISION_MAX} digits, and no more of them after the point"
            ));
        }
        Kind::Choice(words) => {
            let odd = |word: &String| word.is_empty() || word.len() > 64 || word.contains(['\0', '\'', '\\']);
            if words.is_empty() || words.len() > CHOICES_MAX || words.iter().any(odd) {
                return invalid(format!(
                    "'{name}' offers 1 to {CHOICES_MAX} words of 1 to 64 bytes without quotes"
                ));
            }
        }
        _ => {}
    }
    match &column.default {
        None => {}
        Some(Value::Null) => return invalid(format!("the default of '{name}' is null: leave it out")),
        Some(Value::Text(text) | Value::Json(text)) if text.contains(['\\', '\0']) || text.len() > 1_000 => {
            return invalid(format!("the default of '{name}' is at most 1000 bytes without '\\'"));
        }
        Some(Value::Bytes(_)) => return invalid(format!("'{name}' holds bytes, which have no default")),
        Some(value) => drop(encode(&column.kind, name, value)?),
    }
    Ok(())
}

fn check_foreign_key(schema: &Schema, table: &Table, key: &ForeignKey) -> Result<()> {
    has_columns(table, &key.columns, "foreign key")?;
    let one_id = key.references.as_slice() == ["id"] && key.columns.len() == 1;
    let kinds = |table: &Table, names: &[String]| -> Option<Vec<Class>> {
        names.iter().map(|name| table.column(name).map(|column| column.kind.class())).collect()
    };
    if PANEL_TABLES.contains(&key.table.as_str()) {
        if !one_id || table.column(&key.columns[0]).is_none_or(|column| column.kind != Kind::Uuid) {
            return invalid(format!(
                "a foreign key to '{}' goes from one column of type uuid to its 'id'",
                key.table
            ));
        }
    } else {
        let target = if key.table == table.name { table } else { schema.table(&key.table)? };
        let (from, to) = (kinds(table, &key.columns), kinds(target, &key.references));
        if from.is_none() || from != to || !target.is_unique(&key.references) {
            return invalid(format!(
                "a foreign key of '{}' must point to the primary key or a unique index of '{}', column for column of the same type",
                table.name, key.table
            ));
        }
    }
    let nullable = |name: &String| table.column(name).is_some_and(|column| column.nullable);
    if key.on_delete == OnDelete::SetNull && !key.columns.iter().all(nullable) {
        return invalid(format!("a foreign key of '{}' sets null what may not be null", table.name));
    }
    Ok(())
}

/// What to do about a change that a canary may not make.
pub(in crate::tables) const LATER: &str = "a canary's update only adds; take away in a later version";

/// Whether a version that does not know of an alteration works on as before.
pub(in crate::tables) fn adds(table: &str, alteration: &Alteration) -> Result<()> {
    let what = match alteration {
        Alteration::AddColumn(column) if !column.unique && (column.nullable || column.default.is_some()) => {
            return Ok(());
        }
        Alteration::AddIndex(index) if !index.unique => return Ok(()),
        Alteration::AddColumn(column) => {
            format!("a column '{table}.{}' that must be filled in, or be unique, breaks", column.name)
        }
        Alteration::AddIndex(_) => format!("a unique index of '{table}' breaks"),
        Alteration::DropColumn(column) => format!("dropping '{table}.{column}' breaks"),
        Alteration::RenameColumn { from, .. } => format!("renaming '{table}.{from}' breaks"),
        Alteration::DropIndex(_) => format!("dropping an index of '{table}' breaks"),
        Alteration::AddForeignKey(_) => format!("a foreign key of '{table}' breaks"),
    };
    invalid(format!("{what} the version that serves: {LATER}"))
}
