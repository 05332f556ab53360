//! The statements of a session.

use std::sync::Arc;

use futures::TryStreamExt as _;
use sea_query::{PostgresQueryBuilder, QueryStatementBuilder, SqliteQueryBuilder, Values};
use sqlx::any::AnyArguments;
use sqlx::query::Query as Statement;
use sqlx::{Any, AssertSqlSafe, Executor as _};

use super::error::{Result, TableError, invalid};
use super::model::{Alteration, Assignment, Condition, Insert, Inserted, Query, Rows, Table};
use super::schema::{self, Schema};
use super::scope::{Need, Scoped};
use super::session::{Session, busy};
use super::space::Space;
use super::value::{decode, weight};
use super::{define, select, write};
use crate::{Conn, Dialect};

impl Session {
    /// # Errors
    /// What is wrong with the query, or why it could not run. `rows` is the most that may be answered.
    pub async fn select(&mut self, query: &Query, rows: u32) -> Result<Rows> {
        let schema = self.schema_with(&query.table).await?;
        let select = select::select(&self.space.names, &schema, query, rows)?;
        let statement = self.written(&select.statement);
        let most = self.tables.config.answer_bytes;
        let need = self.need(false, false);
        let mut held = None;
        let names = Arc::clone(&self.space);
        let mut scoped = Scoped::enter(self.conn(&mut held).await?, &names.names, need).await?;
        let answer = answer(&mut scoped, statement, &select, rows, most).await;
        scoped.leave(answer.is_ok()).await?;
        answer
    }

    /// # Errors
    /// What is wrong with the rows, or why they could not be stored; then none is.
    pub async fn insert(&mut self, insert: &Insert) -> Result<Inserted> {
        let schema = self.schema_with(&insert.table).await?;
        let statements = write::insert(&self.space.names, &schema, insert)?;
        let statements: Vec<_> = statements.iter().map(|statement| self.written(statement)).collect();
        let returns_id = schema.table(&insert.table)?.id().is_some();
        self.charge(write::weight(insert.rows.iter().flatten())).await?;
        let need = self.need(false, statements.len() > 1);
        let mut held = None;
        let space = Arc::clone(&self.space);
        let mut scoped = Scoped::enter(self.conn(&mut held).await?, &space.names, need).await?;
        let mut inserted = Inserted::default();
        let mut result = Ok(());
        for statement in statements {
            result = run_insert(&mut scoped, statement, returns_id, &mut inserted).await;
            if result.is_err() {
                break;
            }
        }
        scoped.leave(result.is_ok()).await?;
        result.map(|()| inserted)
    }

    /// How many rows changed.
    ///
    /// # Errors
    /// What is wrong with the assignments, or why they could not be made.
    pub async fn update(
        &mut self,
        table: &str,
        assignments: &[(String, Assignment)],
        condition: &Condition,
    ) -> Result<u64> {
        let schema = self.schema_with(table).await?;
        let statement = write::update(&self.space.names, &schema, table, assignments, condition)?;
        let values = assignments.iter().filter_map(|(_, assignment)| match assignment {
            Assignment::Set(value) => Some(value),
            Assignment::Increment(_) => None,
        });
        self.charge(write::weight(values)).await?;
        let statement = self.written(&statement);
        self.execute(statement).await
    }

    /// How many rows went.
    ///
    /// # Errors
    /// What is wrong with the condition, or why they could not go.
    pub async fn delete(&mut self, table: &str, condition: &Condition) -> Result<u64> {
        let schema = self.schema_with(table).await?;
        let statement = write::delete(&self.space.names, &schema, table, condition)?;
        let statement = self.written(&statement);
        self.execute(statement).await
    }

    /// # Errors
    /// What is wrong with the table, or why it could not be made; then nothing of it is.
    pub async fn create_table(&mut self, table: &Table, if_missing: bool) -> Result<()> {
        let schema = self.fresh_schema().await?;
        if schema.has(&table.name) {
            return if if_missing {
                Ok(())
            } else {
                invalid(format!("the table '{}' is there already", table.name))
            };
        }
        define::check(&schema, table)?;
        let statements = define::create(&self.space.names, table)?;
        let mut changed = (*schema).clone();
        changed.put(table.clone());
        self.define(statements, changed, Change::Saved(table)).await
    }

    /// # Errors
    /// What is wrong with an alteration, or why it could not be made; then none is.
    pub async fn alter_table(&mut self, name: &str, alterations: &[Alteration]) -> Result<()> {
        let schema = self.fresh_schema().await?;
        let mut table = schema.table(name)?.clone();
        for alteration in alterations.iter().filter(|_| self.additive) {
            define::adds(name, alteration)?;
        }
        let mut changed = (*schema).clone();
        let mut statements = Vec::new();
        for alteration in alterations {
            statements.extend(define::alter(&self.space.names, &changed, &mut table, alteration)?);
            changed.put(table.clone());
        }
        self.define(statements, changed, Change::Saved(&table)).await
    }

    /// # Errors
    /// [`TableError::Invalid`] where other tables point to it.
    pub async fn drop_table(&mut self, name: &str, if_exists: bool) -> Result<()> {
        let schema = self.fresh_schema().await?;
        if !schema.has(name) && if_exists {
            return Ok(());
        }
        let table = schema.table(name)?;
        if self.additive {
            return invalid(format!("'{name}' is in use by the version that serves: {}", define::LATER));
        }
        if schema.pointing_to(&table.name).next().is_some() {
            return invalid(format!("other tables point to '{name}': drop those first"));
        }
        let statements = vec![define::drop_table(&self.space.names, name)];
        let mut changed = (*schema).clone();
        changed.remove(name);
        self.define(statements, changed, Change::Dropped(name)).await
    }

    /// # Errors
    /// Those of reading.
    pub async fn has_table(&mut self, name: &str) -> Result<bool> {
        Ok(self.fresh_schema().await?.has(name))
    }

    /// # Errors
    /// Those of reading.
    pub async fn has_column(&mut self, table: &str, column: &str) -> Result<bool> {
        let schema = self.fresh_schema().await?;
        Ok(schema.tables().any(|known| known.name == table && known.column(column).is_some()))
    }
}

enum Change<'t> {
    Saved(&'t Table),
    Dropped(&'t str),
}

type Written = (String, Values);

impl Session {
    /// The schema; read anew where what is known of it lacks `table`, since another process may have made it.
    async fn schema_with(&mut self, table: &str) -> Result<Arc<Schema>> {
        let schema = self.schema().await?;
        if schema.has(table) { Ok(schema) } else { self.fresh_schema().await }
    }

    async fn fresh_schema(&mut self) -> Result<Arc<Schema>> {
        if self.open.as_ref().is_none_or(|open| open.changed.is_none()) {
            self.space.forget();
        }
        self.schema().await
    }

    fn need(&self, definitions: bool, whole: bool) -> Need {
        Need { definitions, whole, limit: self.limit }
    }

    fn written(&self, statement: &impl QueryStatementBuilder) -> Written {
        let (sql, values) = match self.space.names.dialect {
            Dialect::Sqlite => statement.build_any(&SqliteQueryBuilder),
            Dialect::Postgres => statement.build_any(&PostgresQueryBuilder),
        };
        (format!("{}{sql}", self.space.names.comment), values)
    }

    async fn charge(&mut self, bytes: u64) -> Result<()> {
        let (space, quota) = (Arc::clone(&self.space), self.tables.config.quota_bytes);
        let mut held = None;
        let conn = self.conn(&mut held).await?;
        space.usage.charge(conn, &space.names, bytes, quota).await
    }

    async fn execute(&mut self, statement: Written) -> Result<u64> {
        let need = self.need(false, false);
        let space = Arc::clone(&self.space);
        let mut held = None;
        let mut scoped = Scoped::enter(self.conn(&mut held).await?, &space.names, need).await?;
        let done = bound(statement).execute(&mut *scoped).await.map_err(TableError::from);
        scoped.leave(done.is_ok()).await?;
        Ok(done?.rows_affected())
    }

    /// Runs definitions and records them, together: in the module's transaction, or in one of their own.
    async fn define(&mut self, statements: Vec<String>, changed: Schema, change: Change<'_>) -> Result<()> {
        let need = self.need(true, true);
        let space = Arc::clone(&self.space);
        if self.whole && self.open.is_none() {
            self.open().await.map_err(busy)?;
        }
        match &mut self.open {
            Some(open) => {
                define_within(&mut open.tx, &space, statements, change, need).await?;
                open.changed = Some(Arc::new(changed));
            }
            None => {
                let mut tx = self.tables.db.begin().await.map_err(busy)?;
                define_within(&mut tx, &space, statements, change, need).await?;
                tx.commit().await?;
                space.forget();
            }
        }
        Ok(())
    }
}

/// All of it or nothing, and nothing of it in the way of what the transaction did before.
async fn define_within(
    conn: &mut Conn,
    space: &Space,
    statements: Vec<String>,
    change: Change<'_>,
    need: Need,
) -> Result<()> {
    let mut tx = conn.begin().await?;
    space.prepare(&mut tx).await?;
    let mut scoped = Scoped::enter(&mut tx, &space.names, need).await?;
    for statement in statements {
        let text = format!("{}{statement}", space.names.comment);
        if let Err(error) = scoped.execute(sqlx::raw_sql(AssertSqlSafe(text))).await {
            scoped.leave(false).await?;
            return Err(error.into());
        }
    }
    scoped.leave(true).await?;
    match change {
        Change::Saved(table) => schema::save(&mut tx, &space.module, table).await?,
        Change::Dropped(name) => schema::forget(&mut tx, &space.module, name).await?,
    }
    Ok(tx.commit().await?)
}

async fn answer(
    conn: &mut Conn,
    statement: Written,
    select: &select::Select,
    rows: u32,
    most_bytes: usize,
) -> Result<Rows> {
    let mut answer =
        Rows { columns: select.columns.iter().map(|(name, _)| name.clone()).collect(), rows: Vec::new() };
    let mut bytes = 0;
    let mut stream = bound(statement).fetch(conn);
    while let Some(row) = stream.try_next().await? {
        if answer.rows.len() >= rows as usize {
            return Err(TableError::Quota(format!(
                "the answer has more than {rows} rows: ask for fewer with a limit"
            )));
        }
        let values = select.columns.iter().enumerate().map(|(index, (_, kind))| decode(kind, &row, index));
        let values = values.collect::<Result<Vec<_>>>()?;
        bytes += values.iter().map(weight).sum::<usize>();
        if bytes > most_bytes {
            return Err(TableError::Quota(format!(
                "the answer has more than {most_bytes} bytes: ask for fewer rows or columns"
            )));
        }
        answer.rows.push(values);
    }
    Ok(answer)
}

async fn run_insert(
    conn: &mut Conn,
    statement: Written,
    returns_id: bool,
    inserted: &mut Inserted,
) -> Result<()> {
    if !returns_id {
        inserted.count += bound(statement).execute(conn).await?.rows_affected();
        return Ok(());
    }
    let rows = bound(statement).fetch_all(conn).await?;
    inserted.count += rows.len() as u64;
    if let Some(row) = rows.last() {
        inserted.last_id = Some(sqlx::Row::try_get(row, 0)?);
    }
    Ok(())
}

/// The statement with its values.
fn bound((sql, values): Written) -> Statement<'static, Any, AnyArguments> {
    use sea_query::Value as V;
    values.0.into_iter().fold(sqlx::query(AssertSqlSafe(sql)), |query, value| match value {
        V::BigInt(number) => query.bind(number),
        V::Int(number) => query.bind(number.map(i64::from)),
        V::BigUnsigned(number) => query.bind(number.and_then(|number| i64::try_from(number).ok())),
        V::Double(number) => query.bind(number),
        V::String(text) => query.bind(text),
        V::Bytes(bytes) => query.bind(bytes),
        V::Bool(flag) => query.bind(flag),
        // The builders of this module make no others.
        _ => query.bind(None::<String>),
    })
}
