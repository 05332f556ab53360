//! What can go wrong with state, in the kinds a caller acts on.

use sqlx::error::ErrorKind;

/// The result of everything here.
pub type Result<T> = std::result::Result<T, StorageError>;

/// Why state could not be read or written. Sorted by the kind of the database's error, never by its text.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// The row that was asked for, or was to be changed, is not there.
    #[error("there is no such record")]
    Missing,
    /// Another row already has this value; the text names what must be unique.
    #[error("{0} is already taken")]
    Unique(String),
    /// A row that this one points to is not there, or one that points to it still is.
    #[error("another record that this one depends on is missing, or still depends on it")]
    ForeignKey,
    /// The database did not answer, or not in time. Trying again may help.
    #[error("the database is not available: {0}")]
    Unavailable(#[source] BoxError),
    /// What was read is not what this program writes.
    #[error("stored data cannot be read: {0}")]
    Corrupt(String),
    /// The configuration does not say where the database is.
    #[error("its address {0}")]
    Address(&'static str),
    /// Anything else: a fault of this program or of its schema.
    #[error("the database refused: {0}")]
    Other(#[source] BoxError),
}

/// The cause of a [`StorageError`]: for the log, not for people.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

impl StorageError {
    /// Says what must be unique, since only PostgreSQL names the constraint that was broken.
    pub(crate) fn unique(self, what: &str) -> Self {
        match self {
            Self::Unique(_) => Self::Unique(what.to_owned()),
            other => other,
        }
    }

    pub(crate) fn other(cause: impl Into<BoxError>) -> Self {
        Self::Other(cause.into())
    }
}

/// SQLite's primary result codes for "somebody else is writing".
const SQLITE_BUSY: i32 = 5;
const SQLITE_LOCKED: i32 = 6;

impl From<sqlx::Error> for StorageError {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::RowNotFound => Self::Missing,
            sqlx::Error::Database(database) => match database.kind() {
                ErrorKind::UniqueViolation => {
                    Self::Unique(database.constraint().unwrap_or("a value").to_owned())
                }
                ErrorKind::ForeignKeyViolation => Self::ForeignKey,
                _ if database.code().is_some_and(|code| is_passing(&code)) => Self::Unavailable(database),
                _ => Self::Other(database),
            },
            sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed
            | sqlx::Error::Io(_)
            | sqlx::Error::Tls(_) => Self::Unavailable(error.into()),
            sqlx::Error::Decode(_) | sqlx::Error::ColumnDecode { .. } => Self::Corrupt(error.to_string()),
            other => Self::Other(other.into()),
        }
    }
}

/// Whether a result code (SQLite) or SQLSTATE (PostgreSQL) stands for a state that passes: busy, shutting down, out of
/// connections, a lost connection, a deadlock.
fn is_passing(code: &str) -> bool {
    if code.len() == 5 {
        return ["08", "53", "57P", "40"].iter().any(|class| code.starts_with(class));
    }
    // The low byte of SQLite's extended codes is the primary one.
    code.parse::<i32>().is_ok_and(|code| matches!(code & 0xff, SQLITE_BUSY | SQLITE_LOCKED))
}

impl From<sqlx::migrate::MigrateError> for StorageError {
    fn from(error: sqlx::migrate::MigrateError) -> Self {
        match error {
            sqlx::migrate::MigrateError::Execute(error) => error.into(),
            other => Self::Other(other.into()),
        }
    }
}

/// For callers to whom absence is an answer.
pub trait Optional<T> {
    /// [`StorageError::Missing`] becomes `None`.
    ///
    /// # Errors
    /// Every other error stays one.
    fn optional(self) -> Result<Option<T>>;
}

impl<T> Optional<T> for Result<T> {
    fn optional(self) -> Result<Option<T>> {
        match self {
            Ok(value) => Ok(Some(value)),
            Err(StorageError::Missing) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passing_states_are_told_from_faults() {
        for code in ["5", "261", "517", "6", "57P01", "53300", "08006", "40P01"] {
            assert!(is_passing(code), "{code}");
        }
        for code in ["1", "19", "2067", "42P01", "23505", "22001"] {
            assert!(!is_passing(code), "{code}");
        }
    }
}
