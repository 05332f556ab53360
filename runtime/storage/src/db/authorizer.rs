//! SQLite's half of the wall around a module's tables: what a statement may touch is asked of this file while SQLite
//! compiles it, whatever text the query builder wrote.
//!
//! PostgreSQL has roles for this. SQLite has one user, so each connection carries a [`Scope`]: closed to all but one
//! module's tables while that module's statement runs, and open to the panel otherwise.
#![expect(
    unsafe_code,
    reason = "sqlx offers no safe way to SQLite's authorizer; everything unsafe of this crate is here"
)]

use std::ffi::{CStr, c_char, c_int, c_void};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use libsqlite3_sys as sqlite;
use sqlx::sqlite::SqliteConnection;

/// What the statements of a connection may touch.
#[derive(Debug)]
pub(crate) struct Scope {
    module: Mutex<Option<Bounds>>,
    born: Instant,
    /// When the running statement must end, in milliseconds since `born`; `NEVER` while the panel has the connection.
    deadline_ms: AtomicU64,
}

/// One module's share of the database.
#[derive(Clone, Debug)]
pub(crate) struct Bounds {
    /// What the names of its tables and indexes begin with.
    pub(crate) prefix: Arc<str>,
    /// Whether tables may be made and changed.
    pub(crate) definitions: bool,
}

const NEVER: u64 = u64::MAX;
/// Instructions of SQLite's machine between two looks at the clock: some hundred microseconds.
const STEPS_BETWEEN_LOOKS: i32 = 10_000;

impl Scope {
    fn new() -> Self {
        Self { module: Mutex::new(None), born: Instant::now(), deadline_ms: AtomicU64::new(NEVER) }
    }

    /// Closes the connection to everything but one module's tables.
    pub(crate) fn close(&self, bounds: Bounds, limit: Duration) {
        let now = self.born.elapsed();
        let deadline = u64::try_from((now + limit).as_millis()).unwrap_or(NEVER);
        self.deadline_ms.store(deadline, Ordering::Relaxed);
        *self.module.lock().unwrap_or_else(PoisonError::into_inner) = Some(bounds);
    }

    /// Opens it to the panel.
    pub(crate) fn open(&self) {
        *self.module.lock().unwrap_or_else(PoisonError::into_inner) = None;
        self.deadline_ms.store(NEVER, Ordering::Relaxed);
    }

    pub(crate) fn is_open(&self) -> bool {
        self.module.lock().unwrap_or_else(PoisonError::into_inner).is_none()
    }

    fn in_time(&self) -> bool {
        let deadline = self.deadline_ms.load(Ordering::Relaxed);
        deadline == NEVER || self.born.elapsed().as_millis() < u128::from(deadline)
    }

    fn allows(&self, action: Action<'_>) -> bool {
        let module = self.module.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(bounds) = module.as_ref().filter(|bounds| !bounds.allow(&action)) else { return true };
        // The builder writes no such statement: either it has a hole, or SQLite asks what it did not ask before.
        tracing::error!(prefix = %bounds.prefix, action = action.code, first = action.first, second = action.second, "SQLite was asked for something outside of a module's tables");
        false
    }
}

/// What SQLite asks about: a code and two names whose meaning depends on it.
struct Action<'a> {
    code: c_int,
    first: &'a str,
    second: &'a str,
}

/// Functions that queries of modules are built from.
const FUNCTIONS: [&str; 7] = ["count", "sum", "min", "max", "avg", "like", "total"];
/// Where SQLite keeps its schema; changing a table reads and writes there.
const SCHEMA: [&str; 4] = ["sqlite_master", "sqlite_schema", "sqlite_temp_master", "sqlite_temp_schema"];
/// Where it keeps the last number of columns that count up.
const COUNTERS: &str = "sqlite_sequence";

impl Bounds {
    /// Whatever is not named is refused, so that what a later SQLite brings is refused too.
    fn allow(&self, action: &Action<'_>) -> bool {
        let own = |name: &str| name.starts_with(&*self.prefix);
        // Checking a foreign key reads the key it points to, and nothing else.
        let pointed_to =
            |table: &str, column: &str| column == "id" && crate::tables::PANEL_TABLES.contains(&table);
        // A new column with a condition has the rows that are there checked.
        let check = self.definitions && action.first == "pragma_quick_check";
        let schema = |name: &str| self.definitions && (SCHEMA.contains(&name) || name == COUNTERS);
        match action.code {
            sqlite::SQLITE_SELECT => true,
            sqlite::SQLITE_READ => {
                own(action.first) || pointed_to(action.first, action.second) || schema(action.first) || check
            }
            sqlite::SQLITE_PRAGMA => self.definitions && action.first == "quick_check" && own(action.second),
            sqlite::SQLITE_INSERT | sqlite::SQLITE_UPDATE | sqlite::SQLITE_DELETE => {
                own(action.first) || schema(action.first)
            }
            sqlite::SQLITE_FUNCTION => self.definitions || FUNCTIONS.contains(&action.second),
            // The first table that counts up makes SQLite's own table of counters.
            sqlite::SQLITE_CREATE_TABLE if action.first == COUNTERS => self.definitions,
            sqlite::SQLITE_CREATE_TABLE | sqlite::SQLITE_DROP_TABLE => self.definitions && own(action.first),
            sqlite::SQLITE_ALTER_TABLE => self.definitions && own(action.second),
            sqlite::SQLITE_CREATE_INDEX | sqlite::SQLITE_DROP_INDEX => self.definitions && own(action.second),
            sqlite::SQLITE_REINDEX => self.definitions && own(action.first),
            _ => false,
        }
    }
}

/// Puts a scope, open to the panel, on a new connection.
pub(crate) async fn guard(conn: &mut SqliteConnection) -> sqlx::Result<Arc<Scope>> {
    let scope = Arc::new(Scope::new());
    let watched = Arc::clone(&scope);
    let mut handle = conn.lock_handle().await?;
    handle.set_progress_handler(STEPS_BETWEEN_LOOKS, move || watched.in_time());
    let raw = handle.as_raw_handle().as_ptr();
    let data = Arc::into_raw(Arc::clone(&scope)).cast_mut().cast::<c_void>();
    // SAFETY: the handle is locked, so no other thread uses the connection. `data` is a reference counted for SQLite, which
    // gives it back to `release` when it closes the connection, and at once where it cannot take it; only then is the
    // authorizer, which reads it, never called again.
    unsafe {
        let kept = sqlite::sqlite3_set_clientdata(raw, c"caisson.scope".as_ptr(), data, Some(release));
        if kept != sqlite::SQLITE_OK {
            return Err(sqlx::Error::Protocol(
                "SQLite had no memory for the scope of a connection".to_owned(),
            ));
        }
        sqlite::sqlite3_set_authorizer(raw, Some(authorize), data);
    }
    Ok(scope)
}

/// # Safety
/// `data` comes from [`guard`] and is not used after.
unsafe extern "C" fn release(data: *mut c_void) {
    // SAFETY: it was made by `Arc::into_raw` of this very type.
    drop(unsafe { Arc::from_raw(data.cast_const().cast::<Scope>()) });
}

/// # Safety
/// SQLite calls it with the data given to [`guard`], alive until the connection closes, and with names that are null or end
/// in NUL.
unsafe extern "C" fn authorize(
    data: *mut c_void,
    code: c_int,
    first: *const c_char,
    second: *const c_char,
    _database: *const c_char,
    _inside: *const c_char,
) -> c_int {
    // SAFETY: see above.
    let (scope, first, second) = unsafe { (&*data.cast_const().cast::<Scope>(), name(first), name(second)) };
    // A name that is not UTF-8 is none of ours.
    let (Some(first), Some(second)) = (first, second) else { return sqlite::SQLITE_DENY };
    if scope.allows(Action { code, first, second }) { sqlite::SQLITE_OK } else { sqlite::SQLITE_DENY }
}

/// # Safety
/// `text` is null or ends in NUL, and outlives what is done with the answer.
unsafe fn name<'a>(text: *const c_char) -> Option<&'a str> {
    if text.is_null() {
        return Some("");
    }
    // SAFETY: see above.
    unsafe { CStr::from_ptr(text) }.to_str().ok()
}
