//! Modules and their installed versions.

use std::collections::HashMap;

use caisson_types::{AdminId, ModuleKey, ModuleStatus, Timestamp, VersionId};

use crate::db::Conn;
use crate::error::{Result, StorageError};
use crate::row::{Fields, one_changed, read_all};

/// A module of which at least one version is, or was, installed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Module {
    pub key: ModuleKey,
    pub status: ModuleStatus,
    /// The version that serves.
    pub active: Option<VersionId>,
    /// Why it was taken out of service for failing again and again.
    pub quarantined: Option<String>,
    pub created_at: Timestamp,
}

/// An installed version of a module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    pub id: VersionId,
    pub key: ModuleKey,
    pub version: semver::Version,
    /// SHA-256 of the package, in hexadecimal.
    pub digest: String,
    /// `module.toml` as it came.
    pub manifest: String,
    pub installed_at: Timestamp,
    pub approved_at: Option<Timestamp>,
    pub approved_by: Option<AdminId>,
}

fn read_module(row: Fields<'_>) -> Result<Module> {
    Ok(Module {
        key: row.parse("key")?,
        status: row.parse("status")?,
        active: row.parse_opt("active")?,
        quarantined: row.get("quarantined")?,
        created_at: row.time("created_at")?,
    })
}

fn read_version(row: Fields<'_>) -> Result<Version> {
    Ok(Version {
        id: row.parse("id")?,
        key: row.parse("module")?,
        version: row.parse("version")?,
        digest: row.get("digest")?,
        manifest: row.get("manifest")?,
        installed_at: row.time("installed_at")?,
        approved_at: row.time_opt("approved_at")?,
        approved_by: row.parse_opt("approved_by")?,
    })
}

fn newest_first(versions: &mut [Version]) {
    versions.sort_by(|a, b| b.version.cmp(&a.version));
}

/// Adds a version, and the module when this is its first.
///
/// # Errors
/// [`StorageError::Unique`] when that version is installed.
pub async fn insert_version(conn: &mut Conn, version: &Version) -> Result<()> {
    sqlx::query(
        "INSERT INTO modules (key, status, active, quarantined, created_at) VALUES ($1, $2, NULL, NULL, $3) \
         ON CONFLICT (key) DO NOTHING",
    )
    .bind(version.key.to_string())
    .bind(ModuleStatus::Inactive.as_str())
    .bind(version.installed_at.0)
    .execute(&mut *conn)
    .await?;
    sqlx::query(
        "INSERT INTO module_versions (id, module, version, digest, manifest, installed_at, approved_at, approved_by) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(version.id.to_string())
    .bind(version.key.to_string())
    .bind(version.version.to_string())
    .bind(version.digest.as_str())
    .bind(version.manifest.as_str())
    .bind(version.installed_at.0)
    .bind(version.approved_at.map(|at| at.0))
    .bind(version.approved_by.map(|by| by.to_string()))
    .execute(&mut *conn)
    .await
    .map_err(|error| StorageError::from(error).unique("this version of the module"))?;
    Ok(())
}

/// A module's versions, newest first.
///
/// # Errors
/// Those of reading.
pub async fn versions_of(conn: &mut Conn, key: &ModuleKey) -> Result<Vec<Version>> {
    let rows = sqlx::query("SELECT * FROM module_versions WHERE module = $1")
        .bind(key.to_string())
        .fetch_all(&mut *conn)
        .await?;
    let mut versions = read_all(&rows, read_version)?;
    newest_first(&mut versions);
    Ok(versions)
}

/// # Errors
/// [`StorageError::Missing`].
pub async fn version_by_id(conn: &mut Conn, id: VersionId) -> Result<Version> {
    let row = sqlx::query("SELECT * FROM module_versions WHERE id = $1")
        .bind(id.to_string())
        .fetch_one(&mut *conn)
        .await?;
    read_version(Fields::new(&row))
}

/// # Errors
/// [`StorageError::Missing`].
pub async fn version(conn: &mut Conn, key: &ModuleKey, version: &semver::Version) -> Result<Version> {
    let row = sqlx::query("SELECT * FROM module_versions WHERE module = $1 AND version = $2")
        .bind(key.to_string())
        .bind(version.to_string())
        .fetch_one(&mut *conn)
        .await?;
    read_version(Fields::new(&row))
}

/// # Errors
/// [`StorageError::Missing`].
pub async fn by_key(conn: &mut Conn, key: &ModuleKey) -> Result<Module> {
    let row = sqlx::query("SELECT * FROM modules WHERE key = $1")
        .bind(key.to_string())
        .fetch_one(&mut *conn)
        .await?;
    read_module(Fields::new(&row))
}

/// Every module with its versions, newest first, by key, in two queries.
///
/// # Errors
/// Those of reading.
pub async fn list(conn: &mut Conn) -> Result<Vec<(Module, Vec<Version>)>> {
    let modules = sqlx::query("SELECT * FROM modules ORDER BY key").fetch_all(&mut *conn).await?;
    let versions = sqlx::query("SELECT * FROM module_versions").fetch_all(&mut *conn).await?;

    let mut by_module: HashMap<ModuleKey, Vec<Version>> = HashMap::new();
    for version in read_all(&versions, read_version)? {
        by_module.entry(version.key.clone()).or_default().push(version);
    }
    let mut listed = read_all(&modules, |row| Ok((read_module(row)?, Vec::new())))?;
    for (module, versions) in &mut listed {
        *versions = by_module.remove(&module.key).unwrap_or_default();
        newest_first(versions);
    }
    Ok(listed)
}

/// Says which version serves, or that none does.
///
/// # Errors
/// [`StorageError::Missing`].
pub async fn set_active(
    conn: &mut Conn,
    key: &ModuleKey,
    version: Option<VersionId>,
    status: ModuleStatus,
) -> Result<()> {
    let result = sqlx::query("UPDATE modules SET active = $1, status = $2 WHERE key = $3")
        .bind(version.map(|id| id.to_string()))
        .bind(status.as_str())
        .bind(key.to_string())
        .execute(&mut *conn)
        .await?;
    one_changed(&result)
}

/// Says why the module is out of service, or that it is back.
///
/// # Errors
/// [`StorageError::Missing`].
pub async fn set_quarantined(conn: &mut Conn, key: &ModuleKey, reason: Option<&str>) -> Result<()> {
    let result = sqlx::query("UPDATE modules SET quarantined = $1 WHERE key = $2")
        .bind(reason.map(str::to_owned))
        .bind(key.to_string())
        .execute(&mut *conn)
        .await?;
    one_changed(&result)
}

/// Notes who approved a version and when.
///
/// # Errors
/// [`StorageError::Missing`].
pub async fn approve(conn: &mut Conn, version: VersionId, by: Option<AdminId>, at: Timestamp) -> Result<()> {
    let result = sqlx::query("UPDATE module_versions SET approved_at = $1, approved_by = $2 WHERE id = $3")
        .bind(at.0)
        .bind(by.map(|by| by.to_string()))
        .bind(version.to_string())
        .execute(&mut *conn)
        .await?;
    one_changed(&result)
}

/// Removes a version with its grants.
///
/// # Errors
/// [`StorageError::ForeignKey`] while it serves; [`StorageError::Missing`].
pub async fn delete_version(conn: &mut Conn, id: VersionId) -> Result<()> {
    let result = sqlx::query(
        "DELETE FROM module_versions WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM modules WHERE active = $1)",
    )
    .bind(id.to_string())
    .execute(&mut *conn)
    .await?;
    if result.rows_affected() == 0 {
        version_by_id(conn, id).await?;
        return Err(StorageError::ForeignKey);
    }
    Ok(())
}

/// Removes a module with its versions, grants and settings, and what is known of how it used them.
///
/// # Errors
/// [`StorageError::ForeignKey`] while a product uses it; [`StorageError::Missing`].
pub async fn delete_module(conn: &mut Conn, key: &ModuleKey) -> Result<()> {
    let result =
        sqlx::query("DELETE FROM modules WHERE key = $1").bind(key.to_string()).execute(&mut *conn).await?;
    one_changed(&result)?;
    crate::usage::forget(conn, key).await
}

/// How many modules have a newest version that nobody has decided on yet.
///
/// # Errors
/// Those of reading.
pub async fn count_waiting(conn: &mut Conn) -> Result<u64> {
    let row = sqlx::query(
        "SELECT COUNT(*) AS total FROM module_versions v WHERE v.approved_at IS NULL AND NOT EXISTS \
         (SELECT 1 FROM module_versions n WHERE n.module = v.module AND n.id > v.id)",
    )
    .fetch_one(&mut *conn)
    .await?;
    Fields::new(&row).count("total")
}
