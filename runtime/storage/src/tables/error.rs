//! Why a module's table could not do it.

use caisson_types::problem::shown;
use sqlx::error::ErrorKind;

use crate::StorageError;

/// What a row broke.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Constraint {
    Unique,
    ForeignKey,
    NotNull,
    Check,
}

/// Everything but [`TableError::Failed`] is the module's to mend.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// What is asked makes no sense; the text says where.
    #[error("{0}")]
    Invalid(String),
    /// No such table or column.
    #[error("{0}")]
    Missing(String),
    #[error("{1}")]
    Violated(Constraint, String),
    #[error("{0}")]
    Quota(String),
    #[error("the statement took too long")]
    Timeout,
    /// Somebody else is writing; trying again helps.
    #[error("the database is busy")]
    Busy,
    /// A fault of the panel: for the log, not for a module.
    #[error(transparent)]
    Failed(#[from] StorageError),
}

/// The result of everything here.
pub type Result<T> = std::result::Result<T, TableError>;

/// Names in a reason are what a module wrote: the reason stays one line of bounded length all the same.
fn sentence(reason: &str) -> String {
    const MOST: usize = 500;
    shown(reason, MOST).replace('\n', " ")
}

pub(super) fn invalid<T>(reason: impl AsRef<str>) -> Result<T> {
    Err(TableError::Invalid(sentence(reason.as_ref())))
}

pub(super) fn missing(reason: impl AsRef<str>) -> TableError {
    TableError::Missing(sentence(reason.as_ref()))
}

/// SQLite's primary codes: a statement that was interrupted, and a value of the wrong class in a strict table.
const SQLITE_INTERRUPT: i32 = 9;
const SQLITE_BUSY: i32 = 5;
const SQLITE_CONSTRAINT_DATATYPE: i32 = 3091;
/// PostgreSQL's states: a statement cancelled by its time limit, a number out of its column's range, a lock not had, a
/// table and a column that are not there.
const QUERY_CANCELED: &str = "57014";
const OUT_OF_RANGE: &str = "22003";
const DEADLOCKS: [&str; 3] = ["40001", "40P01", "55P03"];
const UNDEFINED: [&str; 2] = ["42P01", "42703"];

impl From<sqlx::Error> for TableError {
    fn from(error: sqlx::Error) -> Self {
        let sqlx::Error::Database(database) = &error else { return Self::Failed(error.into()) };
        let violated = |constraint, what: &str| Self::Violated(constraint, what.to_owned());
        let code = database.code().unwrap_or_default();
        let sqlite: Option<i32> = if code.len() == 5 { None } else { code.parse().ok() };
        match database.kind() {
            ErrorKind::UniqueViolation => {
                violated(Constraint::Unique, "a row with this value is there already")
            }
            ErrorKind::ForeignKeyViolation => violated(
                Constraint::ForeignKey,
                "the row that this one points to is missing, or others point to it",
            ),
            ErrorKind::NotNullViolation => {
                violated(Constraint::NotNull, "a column that must have a value has none")
            }
            ErrorKind::CheckViolation => {
                violated(Constraint::Check, "a value is outside of what its column takes")
            }
            _ if code == OUT_OF_RANGE || sqlite == Some(SQLITE_CONSTRAINT_DATATYPE) => {
                violated(Constraint::Check, "a number is outside of what its column takes")
            }
            _ if code == QUERY_CANCELED || sqlite.is_some_and(|code| code & 0xff == SQLITE_INTERRUPT) => {
                Self::Timeout
            }
            _ if DEADLOCKS.contains(&code.as_ref())
                || sqlite.is_some_and(|code| code & 0xff == SQLITE_BUSY) =>
            {
                Self::Busy
            }
            _ if UNDEFINED.contains(&code.as_ref()) => {
                Self::Missing("a table or column that was there a moment ago is gone".to_owned())
            }
            _ => Self::Failed(error.into()),
        }
    }
}
