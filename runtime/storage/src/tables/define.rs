//! Tables made, changed and dropped.

use sea_query::{
    Alias, ColumnDef, ColumnType, Expr, ExprTrait as _, ForeignKey as Reference, ForeignKeyAction, Func,
    Index as NewIndex, IntoIden as _, PostgresQueryBuilder, SqliteQueryBuilder, Table as Definition,
};

use super::Schema;
use super::error::{Result, invalid, missing};
use super::model::{Alteration, Column, ForeignKey, Kind, OnDelete, PANEL_TABLES, Table, Value};
use super::names::{self, Names};
use super::value::{Class, encode};
use crate::Dialect;

const COLUMNS_MAX: usize = 200;
const INDEXES_MAX: usize = 50;
const CHOICES_MAX: usize = 100;
/// Digits that always fit 64 bits.
const PRECISION_MAX: u32 = 18;
const VARCHAR_MAX: u32 = 65_535;

/// Checks a whole table before anything is made.
pub(super) fn check(schema: &Schema, table: &Table) -> Result<()> {
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
pub(super) const LATER: &str = "a canary's update only adds; take away in a later version";

/// Whether a version that does not know of an alteration works on as before.
pub(super) fn adds(table: &str, alteration: &Alteration) -> Result<()> {
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

/// The statements that make a table.
pub(super) fn create(names: &Names, table: &Table) -> Result<Vec<String>> {
    let mut statements = vec![create_as(names, table, &table.name)?];
    statements
        .extend(indexes(table).map(|(columns, unique)| create_index(names, &table.name, &columns, unique)));
    Ok(statements)
}

/// The table without its indexes, under another name.
fn create_as(names: &Names, table: &Table, name: &str) -> Result<String> {
    let mut statement = Definition::create();
    statement.table(names.table(name));
    for column in &table.columns {
        statement.col(definition(names.dialect, column)?);
    }
    if table.id().is_none() {
        let mut key = NewIndex::create();
        for name in &table.primary_key {
            key.col(Alias::new(name.as_str()));
        }
        statement.primary_key(&mut key);
    }
    for key in &table.foreign_keys {
        let mut reference = Reference::create();
        reference
            .from_tbl(names.table(name))
            .to_tbl(if key.table == table.name { names.table(name) } else { names.target(&key.table) })
            .on_delete(action(key.on_delete));
        for (from, to) in key.columns.iter().zip(&key.references) {
            reference.from_col(Alias::new(from.as_str())).to_col(Alias::new(to.as_str()));
        }
        statement.foreign_key(&mut reference);
    }
    Ok(match names.dialect {
        Dialect::Sqlite => {
            statement.extra("STRICT");
            statement.to_string(SqliteQueryBuilder)
        }
        Dialect::Postgres => statement.to_string(PostgresQueryBuilder),
    })
}

/// Indexes of a table: those it names, and one for each column that is unique.
fn indexes(table: &Table) -> impl Iterator<Item = (Vec<String>, bool)> {
    let unique =
        table.columns.iter().filter(|column| column.unique).map(|column| (vec![column.name.clone()], true));
    table.indexes.iter().map(|index| (index.columns.clone(), index.unique)).chain(unique)
}

fn create_index(names: &Names, table: &str, columns: &[String], unique: bool) -> String {
    let mut statement = NewIndex::create();
    statement.name(names.index(table, columns, unique)).table(names.table(table));
    for column in columns {
        statement.col(Alias::new(column.as_str()));
    }
    if unique {
        statement.unique();
    }
    match names.dialect {
        Dialect::Sqlite => statement.to_string(SqliteQueryBuilder),
        Dialect::Postgres => statement.to_string(PostgresQueryBuilder),
    }
}

fn drop_index(names: &Names, table: &str, columns: &[String], unique: bool) -> String {
    let name = names.index(table, columns, unique);
    match names.dialect {
        Dialect::Sqlite => format!("DROP INDEX \"{name}\""),
        Dialect::Postgres => format!("DROP INDEX \"{}\".\"{name}\"", names.space),
    }
}

pub(super) fn drop_table(names: &Names, table: &str) -> String {
    let statement = Definition::drop().table(names.table(table)).to_owned();
    match names.dialect {
        Dialect::Sqlite => statement.to_string(SqliteQueryBuilder),
        Dialect::Postgres => statement.to_string(PostgresQueryBuilder),
    }
}

fn action(on_delete: OnDelete) -> ForeignKeyAction {
    match on_delete {
        OnDelete::Restrict => ForeignKeyAction::Restrict,
        OnDelete::Cascade => ForeignKeyAction::Cascade,
        OnDelete::SetNull => ForeignKeyAction::SetNull,
    }
}

fn definition(dialect: Dialect, column: &Column) -> Result<ColumnDef> {
    let held = match (dialect, column.kind.class()) {
        (Dialect::Sqlite, Class::Integer) => "INTEGER",
        (Dialect::Sqlite, Class::Real) => "REAL",
        (Dialect::Sqlite, Class::Text) => "TEXT",
        (Dialect::Sqlite, Class::Bytes) => "BLOB",
        (Dialect::Postgres, Class::Integer) => "bigint",
        (Dialect::Postgres, Class::Real) => "double precision",
        // In the order of its bytes, as SQLite has it, whatever the server's language.
        (Dialect::Postgres, Class::Text) => "text COLLATE \"C\"",
        (Dialect::Postgres, Class::Bytes) => "bytea",
    };
    let mut definition =
        ColumnDef::new_with_type(Alias::new(column.name.as_str()), ColumnType::custom(held.to_owned()));
    if column.kind == Kind::Id {
        definition.extra(match dialect {
            Dialect::Sqlite => "PRIMARY KEY AUTOINCREMENT",
            Dialect::Postgres => "GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY",
        });
        return Ok(definition);
    }
    if !column.nullable {
        definition.not_null();
    }
    if let Some(default) = &column.default {
        definition.default(encode(&column.kind, &column.name, default)?);
    }
    if let Some(check) = within(column) {
        definition.check(check);
    }
    Ok(definition)
}

/// What the column's type says beyond how it is held. Values are checked on their way in; this holds for sums in place too.
fn within(column: &Column) -> Option<Expr> {
    let this = || Expr::col(Alias::new(column.name.as_str()));
    Some(match &column.kind {
        Kind::Integer => this().between(i64::from(i32::MIN), i64::from(i32::MAX)),
        Kind::Decimal(precision, _) => {
            let most = 10_i64.pow(*precision) - 1;
            this().between(-most, most)
        }
        Kind::Boolean => this().is_in([0_i64, 1]),
        Kind::Varchar(max) => {
            Expr::expr(Func::cust(Alias::new("length").into_iden()).arg(this())).lte(i64::from(*max))
        }
        Kind::Choice(words) => this().is_in(words.iter().map(String::as_str)),
        _ => return None,
    })
}

/// Changes the table and returns the statements that do.
pub(super) fn alter(
    names: &Names,
    schema: &Schema,
    table: &mut Table,
    alteration: &Alteration,
) -> Result<Vec<String>> {
    match alteration {
        Alteration::AddColumn(column) => {
            if column.kind == Kind::Id {
                return invalid(format!(
                    "'{}' counts up by itself: such a column comes with its table",
                    column.name
                ));
            }
            if !column.nullable && column.default.is_none() {
                return invalid(format!(
                    "the new column '{}' has no value for rows that are there: allow null or give a default",
                    column.name
                ));
            }
            table.columns.push(column.clone());
            check(schema, table)?;
            let mut statement = Definition::alter();
            statement.table(names.table(&table.name)).add_column(definition(names.dialect, column)?);
            let mut statements = vec![written(names.dialect, &statement)];
            if column.unique {
                statements.push(create_index(names, &table.name, std::slice::from_ref(&column.name), true));
            }
            Ok(statements)
        }
        Alteration::DropColumn(name) => drop_column(names, schema, table, name),
        Alteration::RenameColumn { from, to } => rename_column(names, schema, table, from, to),
        Alteration::AddIndex(index) => {
            table.indexes.push(index.clone());
            check(schema, table)?;
            if indexes(table).filter(|(columns, _)| *columns == index.columns).count() > 1 {
                return invalid(format!(
                    "an index of '{}' over ({}) is there already",
                    table.name,
                    index.columns.join(", ")
                ));
            }
            Ok(vec![create_index(names, &table.name, &index.columns, index.unique)])
        }
        Alteration::DropIndex(columns) => {
            let Some(at) = table.indexes.iter().position(|index| index.columns == *columns) else {
                return Err(missing(format!("'{}' has no index over ({})", table.name, columns.join(", "))));
            };
            let index = table.indexes.remove(at);
            Ok(vec![drop_index(names, &table.name, &index.columns, index.unique)])
        }
        Alteration::AddForeignKey(key) => {
            table.foreign_keys.push(key.clone());
            check(schema, table)?;
            match names.dialect {
                Dialect::Postgres => {
                    let mut reference = sea_query::TableForeignKey::new();
                    reference
                        .from_tbl(names.table(&table.name))
                        .to_tbl(names.target(&key.table))
                        .on_delete(action(key.on_delete));
                    for (from, to) in key.columns.iter().zip(&key.references) {
                        reference.from_col(Alias::new(from.as_str())).to_col(Alias::new(to.as_str()));
                    }
                    let mut statement = Definition::alter();
                    statement.table(names.table(&table.name)).add_foreign_key(&reference);
                    Ok(vec![written(names.dialect, &statement)])
                }
                Dialect::Sqlite => rebuild(names, schema, table),
            }
        }
    }
}

fn drop_column(names: &Names, schema: &Schema, table: &mut Table, name: &str) -> Result<Vec<String>> {
    let Some(at) = table.columns.iter().position(|column| column.name == name) else {
        return Err(missing(format!("the table '{}' has no column '{name}'", table.name)));
    };
    let pointed_to =
        schema.pointing_to(&table.name).any(|key| key.references.iter().any(|column| column == name));
    if table.columns[at].kind == Kind::Id || table.primary_key.iter().any(|key| key == name) || pointed_to {
        return invalid(format!(
            "'{name}' is part of the primary key of '{}', or a foreign key points to it",
            table.name
        ));
    }
    let uses = |columns: &[String]| columns.iter().any(|column| column == name);
    let mut statements: Vec<String> = indexes(table)
        .filter(|(columns, _)| uses(columns))
        .map(|(columns, unique)| drop_index(names, &table.name, &columns, unique))
        .collect();
    let in_foreign_key = table.foreign_keys.iter().any(|key| uses(&key.columns));
    table.columns.remove(at);
    table.indexes.retain(|index| !uses(&index.columns));
    table.foreign_keys.retain(|key| !uses(&key.columns));
    check(schema, table)?;
    if in_foreign_key && names.dialect == Dialect::Sqlite {
        return rebuild(names, schema, table);
    }
    let mut statement = Definition::alter();
    statement.table(names.table(&table.name)).drop_column(Alias::new(name));
    statements.push(written(names.dialect, &statement));
    Ok(statements)
}

fn rename_column(
    names: &Names,
    schema: &Schema,
    table: &mut Table,
    from: &str,
    to: &str,
) -> Result<Vec<String>> {
    if table.column(from).is_none() {
        return Err(missing(format!("the table '{}' has no column '{from}'", table.name)));
    }
    if schema.pointing_to(&table.name).any(|key| key.references.iter().any(|column| column == from)) {
        return invalid(format!("a foreign key points to '{from}' of '{}'", table.name));
    }
    // Indexes are named after their columns: those of this one are made again under the new name.
    let affected: Vec<_> =
        indexes(table).filter(|(columns, _)| columns.iter().any(|name| name == from)).collect();
    let mut statements: Vec<String> =
        affected.iter().map(|(columns, unique)| drop_index(names, &table.name, columns, *unique)).collect();
    let rename = |name: &mut String| {
        if name == from {
            to.clone_into(name);
        }
    };
    table.columns.iter_mut().for_each(|column| rename(&mut column.name));
    table.primary_key.iter_mut().for_each(rename);
    table.indexes.iter_mut().flat_map(|index| &mut index.columns).for_each(rename);
    for key in &mut table.foreign_keys {
        key.columns.iter_mut().for_each(rename);
        if key.table == table.name {
            key.references.iter_mut().for_each(rename);
        }
    }
    check(schema, table)?;
    let mut statement = Definition::alter();
    statement.table(names.table(&table.name)).rename_column(Alias::new(from), Alias::new(to));
    statements.push(written(names.dialect, &statement));
    for (mut columns, unique) in affected {
        columns.iter_mut().for_each(rename);
        statements.push(create_index(names, &table.name, &columns, unique));
    }
    Ok(statements)
}

/// SQLite changes foreign keys only with the table: a new one is filled and takes the old one's name. Dropping a table that
/// others point to would empty those, so then it is refused.
fn rebuild(names: &Names, schema: &Schema, table: &Table) -> Result<Vec<String>> {
    if schema.pointing_to(&table.name).next().is_some() {
        return invalid(format!(
            "foreign keys of '{}' cannot change while other tables point to it: drop and make those again",
            table.name
        ));
    }
    let interim = format!("{}_rebuilt", table.name);
    let columns =
        table.columns.iter().map(|column| format!("\"{}\"", column.name)).collect::<Vec<_>>().join(", ");
    let prefix = names.prefix();
    let mut statements = vec![
        create_as(names, table, &interim)?,
        format!(
            "INSERT INTO \"{prefix}{interim}\" ({columns}) SELECT {columns} FROM \"{prefix}{}\"",
            table.name
        ),
        drop_table(names, &table.name),
        format!("ALTER TABLE \"{prefix}{interim}\" RENAME TO \"{prefix}{}\"", table.name),
    ];
    statements
        .extend(indexes(table).map(|(columns, unique)| create_index(names, &table.name, &columns, unique)));
    Ok(statements)
}

fn written(dialect: Dialect, statement: &sea_query::TableAlterStatement) -> String {
    match dialect {
        Dialect::Sqlite => statement.to_string(SqliteQueryBuilder),
        Dialect::Postgres => statement.to_string(PostgresQueryBuilder),
    }
}
