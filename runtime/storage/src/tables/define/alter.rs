//! The statements that change a table that is there.

use sea_query::{Alias, PostgresQueryBuilder, SqliteQueryBuilder, Table as Definition};

use super::super::Schema;
use super::super::error::{Result, invalid, missing};
use super::super::model::{Alteration, Kind, Table};
use super::super::names::Names;
use super::check::check;
use super::create::{action, create_as, create_index, definition, drop_index, drop_table, indexes};
use crate::Dialect;

/// Changes the table and returns the statements that do.
pub(in crate::tables) fn alter(
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
