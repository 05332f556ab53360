//! Administrators of the panel.

use caisson_types::{AdminId, Phone, Secret, Timestamp};

use crate::db::Conn;
use crate::error::{Result, StorageError};
use crate::row::{Fields, one_changed, read_all};

/// An administrator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Admin {
    pub id: AdminId,
    /// Lower case, as every function here stores and compares it.
    pub email: String,
    pub name: String,
    pub phone: Option<Phone>,
    /// A PHC string.
    pub password_hash: Secret<String>,
    /// A BCP 47 tag, such as `en`.
    pub locale: String,
    pub created_at: Timestamp,
}

fn read(row: Fields<'_>) -> Result<Admin> {
    Ok(Admin {
        id: row.parse("id")?,
        email: row.get("email")?,
        name: row.get("name")?,
        phone: row.parse_opt("phone")?,
        password_hash: row.get::<String>("password_hash")?.into(),
        locale: row.get("locale")?,
        created_at: row.time("created_at")?,
    })
}

/// Adds an administrator.
///
/// # Errors
/// [`StorageError::Unique`] when the e-mail address is taken.
pub async fn insert(conn: &mut Conn, admin: &Admin) -> Result<()> {
    sqlx::query(
        "INSERT INTO admins (id, email, name, phone, password_hash, locale, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(admin.id.to_string())
    .bind(admin.email.to_lowercase())
    .bind(admin.name.as_str())
    .bind(admin.phone.as_ref().map(ToString::to_string))
    .bind(admin.password_hash.expose().as_str())
    .bind(admin.locale.as_str())
    .bind(admin.created_at.0)
    .execute(&mut *conn)
    .await
    .map_err(|error| StorageError::from(error).unique("the administrator's e-mail address"))?;
    Ok(())
}

/// How many there are; none means that the panel was never set up.
///
/// # Errors
/// Those of reading.
pub async fn count(conn: &mut Conn) -> Result<u64> {
    let row = sqlx::query("SELECT COUNT(*) AS total FROM admins").fetch_one(&mut *conn).await?;
    Fields::new(&row).count("total")
}

/// # Errors
/// [`StorageError::Missing`].
pub async fn by_id(conn: &mut Conn, id: AdminId) -> Result<Admin> {
    let row =
        sqlx::query("SELECT * FROM admins WHERE id = $1").bind(id.to_string()).fetch_one(&mut *conn).await?;
    read(Fields::new(&row))
}

/// Upper and lower case alike.
///
/// # Errors
/// [`StorageError::Missing`].
pub async fn by_email(conn: &mut Conn, email: &str) -> Result<Admin> {
    let row = sqlx::query("SELECT * FROM admins WHERE email = $1")
        .bind(email.to_lowercase())
        .fetch_one(&mut *conn)
        .await?;
    read(Fields::new(&row))
}

/// All of them, by name.
///
/// # Errors
/// Those of reading.
pub async fn list(conn: &mut Conn) -> Result<Vec<Admin>> {
    let rows = sqlx::query("SELECT * FROM admins ORDER BY name, id").fetch_all(&mut *conn).await?;
    read_all(&rows, read)
}

/// # Errors
/// [`StorageError::Missing`].
pub async fn set_password(conn: &mut Conn, id: AdminId, hash: &Secret<String>) -> Result<()> {
    let result = sqlx::query("UPDATE admins SET password_hash = $1 WHERE id = $2")
        .bind(hash.expose().as_str())
        .bind(id.to_string())
        .execute(&mut *conn)
        .await?;
    one_changed(&result)
}

/// Writes name, telephone number and language.
///
/// # Errors
/// [`StorageError::Missing`].
pub async fn update(conn: &mut Conn, admin: &Admin) -> Result<()> {
    let result = sqlx::query("UPDATE admins SET name = $1, phone = $2, locale = $3 WHERE id = $4")
        .bind(admin.name.as_str())
        .bind(admin.phone.as_ref().map(ToString::to_string))
        .bind(admin.locale.as_str())
        .bind(admin.id.to_string())
        .execute(&mut *conn)
        .await?;
    one_changed(&result)
}
