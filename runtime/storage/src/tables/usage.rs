//! How much of the database a module's tables take.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::error::{Result, TableError};
use super::names::Names;
use crate::row::Fields;
use crate::{Conn, Dialect, Result as StorageResult};

/// A module that was found full is measured again no sooner.
const PATIENCE: Duration = Duration::from_secs(5);
/// What is known of other processes' writes is at most this old.
const FRESH: Duration = Duration::from_secs(300);
/// Measuring reads every page on SQLite: so much of the quota may be written between two measurements.
const SHARE: u64 = 16;

/// One module's bytes: measured now and then, and counted in between.
#[derive(Debug, Default)]
pub(super) struct Usage(Mutex<Option<Measured>>);

#[derive(Clone, Copy, Debug)]
struct Measured {
    bytes: u64,
    written: u64,
    at: Instant,
}

impl Usage {
    /// Makes room for `more` bytes.
    ///
    /// # Errors
    /// [`TableError::Quota`] where they would pass `quota`.
    pub(super) async fn charge(&self, conn: &mut Conn, names: &Names, more: u64, quota: u64) -> Result<()> {
        let known = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let measured = match known {
            Some(known) if Self::is_good(&known, more, quota) => known,
            _ => {
                let bytes = measure(conn, names).await?;
                Measured { bytes, written: 0, at: Instant::now() }
            }
        };
        if measured.bytes + measured.written + more > quota {
            *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(measured);
            return Err(TableError::Quota(format!(
                "the module's tables take {} of the {} KiB they may: delete rows, or ask the panel's operator for more",
                (measured.bytes + measured.written) / 1024,
                quota / 1024
            )));
        }
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) =
            Some(Measured { written: measured.written + more, ..measured });
        Ok(())
    }

    fn is_good(known: &Measured, more: u64, quota: u64) -> bool {
        let age = known.at.elapsed();
        if known.bytes + known.written + more > quota {
            return age < PATIENCE;
        }
        age < FRESH && known.written + more <= quota / SHARE
    }
}

/// Bytes of the module's tables with their indexes.
pub(super) async fn measure(conn: &mut Conn, names: &Names) -> StorageResult<u64> {
    let (sql, name) = match names.dialect {
        Dialect::Sqlite => (
            "SELECT COALESCE(SUM(s.pgsize), 0) AS bytes FROM sqlite_schema m \
             JOIN dbstat s ON s.name = m.name AND s.aggregate = TRUE WHERE SUBSTR(m.tbl_name, 1, LENGTH($1)) = $1",
            names.prefix(),
        ),
        Dialect::Postgres => (
            "SELECT CAST(COALESCE(SUM(pg_total_relation_size(c.oid)), 0) AS BIGINT) AS bytes FROM pg_class c \
             JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relkind = 'r'",
            names.space.clone(),
        ),
    };
    let row = sqlx::query(sql).bind(name).fetch_one(&mut *conn).await?;
    Fields::new(&row).count("bytes")
}
