//! One module's share of the database.

use std::sync::{Arc, PoisonError, RwLock};

use caisson_types::ModuleKey;
use sqlx::{AssertSqlSafe, Executor as _};

use super::model::PANEL_TABLES;
use super::names::Names;
use super::schema::{self, Schema};
use super::usage::Usage;
use crate::{Conn, Dialect, Result};

/// Its names, what is in it, and how full it is.
#[derive(Debug)]
pub(super) struct Space {
    pub(super) module: ModuleKey,
    pub(super) names: Names,
    pub(super) usage: Usage,
    schema: RwLock<Option<Arc<Schema>>>,
}

impl Space {
    pub(super) fn new(dialect: Dialect, database: i64, module: ModuleKey) -> Self {
        let names = Names::new(dialect, database, &module);
        Self { module, names, usage: Usage::default(), schema: RwLock::new(None) }
    }

    /// What is known of the schema, if anything.
    pub(super) fn known(&self) -> Option<Arc<Schema>> {
        self.schema.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) async fn load(&self, conn: &mut Conn) -> Result<Arc<Schema>> {
        let schema = Arc::new(schema::load(conn, &self.module).await?);
        *self.schema.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&schema));
        Ok(schema)
    }

    pub(super) fn forget(&self) {
        *self.schema.write().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Makes the module's role and schema on PostgreSQL where they are not there. SQLite needs neither.
    pub(super) async fn prepare(&self, conn: &mut Conn) -> Result<()> {
        if self.names.dialect == Dialect::Sqlite {
            return Ok(());
        }
        // Two processes that activate the same module wait for each other.
        sqlx::query("SELECT 1 FROM (SELECT pg_advisory_xact_lock(hashtext($1))) AS locked")
            .bind(self.names.role.as_str())
            .execute(&mut *conn)
            .await?;
        let there = sqlx::query("SELECT 1 AS one FROM pg_roles WHERE rolname = $1")
            .bind(self.names.role.as_str())
            .fetch_optional(&mut *conn)
            .await?;
        let (role, space) = (&self.names.role, &self.names.space);
        if there.is_none() {
            let create = format!("CREATE ROLE \"{role}\" NOLOGIN; GRANT \"{role}\" TO CURRENT_USER");
            conn.execute(sqlx::raw_sql(AssertSqlSafe(create))).await?;
        }
        let mut rights = format!(
            "CREATE SCHEMA IF NOT EXISTS \"{space}\"; GRANT USAGE, CREATE ON SCHEMA \"{space}\" TO \"{role}\"; \
             GRANT USAGE ON SCHEMA public TO \"{role}\";"
        );
        for table in PANEL_TABLES {
            // The right to point there, not to read.
            rights.push_str(&format!("GRANT REFERENCES (id) ON public.{table} TO \"{role}\";"));
        }
        conn.execute(sqlx::raw_sql(AssertSqlSafe(rights))).await?;
        Ok(())
    }

    /// Drops the tables, the schema and the role.
    pub(super) async fn erase(&self, conn: &mut Conn) -> Result<()> {
        match self.names.dialect {
            Dialect::Postgres => {
                let (role, space) = (&self.names.role, &self.names.space);
                let there = sqlx::query("SELECT 1 AS one FROM pg_roles WHERE rolname = $1")
                    .bind(role.as_str())
                    .fetch_optional(&mut *conn)
                    .await?;
                let mut drop = format!("DROP SCHEMA IF EXISTS \"{space}\" CASCADE;");
                if there.is_some() {
                    drop.push_str(&format!("DROP OWNED BY \"{role}\"; DROP ROLE \"{role}\";"));
                }
                conn.execute(sqlx::raw_sql(AssertSqlSafe(drop))).await?;
            }
            Dialect::Sqlite => {
                // Those that point to others first, so that no foreign key is left hanging.
                let schema = schema::load(conn, &self.module).await?;
                let mut left: Vec<_> = schema.tables().collect();
                while !left.is_empty() {
                    let free = left
                        .iter()
                        .position(|table| {
                            left.iter().all(|other| {
                                other.name == table.name
                                    || other.foreign_keys.iter().all(|key| key.table != table.name)
                            })
                        })
                        .unwrap_or(0);
                    let table = left.swap_remove(free);
                    let drop = super::define::drop_table(&self.names, &table.name);
                    conn.execute(sqlx::raw_sql(AssertSqlSafe(drop))).await?;
                }
            }
        }
        sqlx::query("DELETE FROM module_tables WHERE module = $1")
            .bind(self.module.to_string())
            .execute(&mut *conn)
            .await?;
        Ok(())
    }
}
