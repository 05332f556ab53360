use std::time::Instant;

use caisson_storage::tables::{Insert, Session, TableError};

use super::convert;
use crate::bindings::caisson::module::database::{
    Alteration, Assignment, Conflict, Error, Filter, Host, Inserted, Query, Rows, Table, Value,
};
use crate::trace::Outcome;
use crate::{CallState, Exhausted};

/// What a host function of this interface answers: a trap for a call that ignores its limits, an error it can handle.
type Answer<T> = wasmtime::Result<Result<T, Error>>;

/// Runs one function between its checks and its entry on the trace. `$tables` names the tables it touches.
macro_rules! statement {
    ($state:ident, $name:literal, [$($table:expr),*], $tables:expr, $work:expr) => {{
        let since = $state.enter()?;
        let tables: &[&str] = &[$($table),*];
        let detail = tables.first().map_or_else(String::new, |table| trimmed(table));
        if let Err(error) = $state.may($name, since, tables.iter().copied().chain($tables)) {
            return Ok(Err(error));
        }
        let session: &mut Session = $state.session();
        let done: Result<_, TableError> = $work(session).await;
        $state.done($name, since, detail, done)
    }};
}

impl Host for CallState {
    async fn create_table(&mut self, table: Table, if_missing: bool) -> Answer<()> {
        let table: caisson_storage::tables::Table = table.into();
        statement!(self, "database.create-table", [&table.name], [], async |session: &mut Session| session
            .create_table(&table, if_missing)
            .await)
    }

    async fn alter_table(&mut self, name: String, alterations: Vec<Alteration>) -> Answer<()> {
        let alterations: Vec<_> = alterations.into_iter().map(Into::into).collect();
        statement!(self, "database.alter-table", [&name], [], async |session: &mut Session| session
            .alter_table(&name, &alterations)
            .await)
    }

    async fn drop_table(&mut self, name: String, if_exists: bool) -> Answer<()> {
        statement!(self, "database.drop-table", [&name], [], async |session: &mut Session| session
            .drop_table(&name, if_exists)
            .await)
    }

    async fn has_table(&mut self, name: String) -> Answer<bool> {
        statement!(self, "database.has-table", [&name], [], async |session: &mut Session| session
            .has_table(&name)
            .await)
    }

    async fn has_column(&mut self, table: String, column: String) -> Answer<bool> {
        statement!(self, "database.has-column", [&table], [], async |session: &mut Session| session
            .has_column(&table, &column)
            .await)
    }

    async fn select(&mut self, query: Query) -> Answer<Rows> {
        let query: caisson_storage::tables::Query = query.into();
        let rows = self.meter.budget().rows;
        let joined = query.joins.iter().map(|join| join.table.as_str());
        statement!(self, "database.select", [&query.table], joined, async |session: &mut Session| session
            .select(&query, rows)
            .await
            .map(Rows::from))
    }

    async fn insert(
        &mut self,
        table: String,
        columns: Vec<String>,
        rows: Vec<Vec<Value>>,
        on_conflict: Option<Conflict>,
    ) -> Answer<Inserted> {
        let most = self.meter.budget().rows as usize;
        let (rows, on_conflict) = (convert::rows(rows), on_conflict.map(Into::into));
        let insert = Insert { table, columns, rows, on_conflict };
        statement!(self, "database.insert", [&insert.table], [], async |session: &mut Session| {
            if insert.rows.len() > most {
                return Err(TableError::Quota(format!(
                    "an insert has at most {most} rows, not {}",
                    insert.rows.len()
                )));
            }
            session.insert(&insert).await.map(Inserted::from)
        })
    }

    async fn update(
        &mut self,
        table: String,
        assignments: Vec<(String, Assignment)>,
        filter: Filter,
    ) -> Answer<u64> {
        let assignments: Vec<_> = assignments.into_iter().map(|(name, to)| (name, to.into())).collect();
        let condition = convert::condition(filter);
        statement!(self, "database.update", [&table], [], async |session: &mut Session| session
            .update(&table, &assignments, &condition)
            .await)
    }

    async fn delete(&mut self, table: String, filter: Filter) -> Answer<u64> {
        let condition = convert::condition(filter);
        statement!(self, "database.delete", [&table], [], async |session: &mut Session| session
            .delete(&table, &condition)
            .await)
    }

    async fn begin(&mut self) -> Answer<()> {
        statement!(self, "database.begin", [], [], async |session: &mut Session| session.begin().await)
    }

    async fn commit(&mut self) -> Answer<()> {
        statement!(self, "database.commit", [], [], async |session: &mut Session| session.commit().await)
    }

    async fn rollback(&mut self) -> Answer<()> {
        statement!(self, "database.rollback", [], [], async |session: &mut Session| session.rollback().await)
    }
}

impl CallState {
    /// Charges for a statement and checks the grant of each table.
    fn may<'t>(
        &mut self,
        name: &'static str,
        since: Instant,
        tables: impl IntoIterator<Item = &'t str>,
    ) -> Result<(), Error> {
        if let Err(error @ Exhausted(_)) = self.meter.statement() {
            self.exit(name, since, Outcome::Error, Some(error.to_string()));
            return Err(Error::Quota(error.to_string()));
        }
        for table in tables {
            if let Err(denied) = self.behind.granted.table(table) {
                self.deny(name, since, &denied);
                return Err(Error::Denied(denied));
            }
            self.used("table ", table);
        }
        Ok(())
    }

    fn done<T>(
        &mut self,
        name: &'static str,
        since: Instant,
        detail: String,
        done: Result<T, TableError>,
    ) -> Answer<T> {
        let (outcome, detail) = match &done {
            Ok(_) => (Outcome::Ok, detail),
            Err(TableError::Failed(_)) => (Outcome::Error, detail),
            Err(error) => (Outcome::Error, format!("{detail}: {error}")),
        };
        self.exit(name, since, outcome, (!detail.is_empty()).then_some(detail));
        Ok(done.map_err(Error::from))
    }
}

/// A name that a guest gave, as far as a trace keeps it.
fn trimmed(name: &str) -> String {
    name.chars().take(60).collect()
}
