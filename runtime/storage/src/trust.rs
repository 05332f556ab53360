//! Who signed each installed version, and what a module must not fall behind: its publisher, and the highest version that
//! ever served.

use std::collections::HashMap;

use caisson_types::{ModuleKey, PublisherId, Timestamp, VersionId};
use semver::Version;

use crate::db::Conn;
use crate::error::Result;
use crate::row::Fields;

/// A signature that was verified when its version was installed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VersionSignature {
    pub publisher: PublisherId,
    pub key_id: String,
    /// The trusted comment.
    pub comment: String,
}

/// Who signed a version, as lists show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedBy {
    pub publisher: PublisherId,
    pub name: String,
    pub key_id: String,
    pub comment: String,
    /// Since when the publisher is trusted no more.
    pub revoked_at: Option<Timestamp>,
}

/// What is known of a module, whether it is installed or was deleted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trust {
    /// Who signed it last.
    pub publisher: Option<PublisherId>,
    /// The highest version that ever served.
    pub floor: Option<Version>,
}

fn read(row: Fields<'_>) -> Result<Trust> {
    Ok(Trust { publisher: row.parse_opt("publisher_id")?, floor: row.parse_opt("floor")? })
}

/// What is known of a module; nothing of one that is new.
///
/// # Errors
/// Those of reading.
pub async fn of(conn: &mut Conn, key: &ModuleKey) -> Result<Trust> {
    let row = sqlx::query("SELECT publisher_id, floor FROM module_trust WHERE module = $1")
        .bind(key.to_string())
        .fetch_optional(&mut *conn)
        .await?;
    row.map_or_else(|| Ok(Trust::default()), |row| read(Fields::new(&row)))
}

/// The same within a transaction; until its end nobody else decides about the module.
///
/// # Errors
/// Those of writing.
pub async fn lock(conn: &mut Conn, key: &ModuleKey) -> Result<Trust> {
    let row = sqlx::query(
        "INSERT INTO module_trust (module, publisher_id, floor) VALUES ($1, NULL, NULL) \
         ON CONFLICT (module) DO UPDATE SET module = excluded.module RETURNING publisher_id, floor",
    )
    .bind(key.to_string())
    .fetch_one(&mut *conn)
    .await?;
    read(Fields::new(&row))
}

/// Binds a module to a publisher. Give it the transaction that holds [`lock`].
///
/// # Errors
/// [`crate::StorageError::ForeignKey`] without the publisher.
pub async fn bind(conn: &mut Conn, key: &ModuleKey, publisher: PublisherId) -> Result<()> {
    sqlx::query("UPDATE module_trust SET publisher_id = $1 WHERE module = $2")
        .bind(publisher.to_string())
        .bind(key.to_string())
        .execute(&mut *conn)
        .await?;
    Ok(())
}

/// Notes that a version serves: the floor rises to it, and never falls. Give it a transaction.
///
/// # Errors
/// Those of writing.
pub async fn served(conn: &mut Conn, key: &ModuleKey, version: &Version) -> Result<()> {
    if lock(conn, key).await?.floor.is_some_and(|floor| &floor >= version) {
        return Ok(());
    }
    sqlx::query("UPDATE module_trust SET floor = $1 WHERE module = $2")
        .bind(version.to_string())
        .bind(key.to_string())
        .execute(&mut *conn)
        .await?;
    Ok(())
}

/// Notes who signed a version.
///
/// # Errors
/// [`crate::StorageError::ForeignKey`] without version or publisher.
pub async fn sign(conn: &mut Conn, version: VersionId, signature: &VersionSignature) -> Result<()> {
    sqlx::query(
        "INSERT INTO module_signatures (version_id, publisher_id, key_id, comment) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (version_id) DO UPDATE SET publisher_id = excluded.publisher_id, key_id = excluded.key_id, \
         comment = excluded.comment",
    )
    .bind(version.to_string())
    .bind(signature.publisher.to_string())
    .bind(signature.key_id.as_str())
    .bind(signature.comment.as_str())
    .execute(&mut *conn)
    .await?;
    Ok(())
}

/// Who signed which of the installed versions.
///
/// # Errors
/// Those of reading.
pub async fn signatures(conn: &mut Conn) -> Result<HashMap<VersionId, SignedBy>> {
    let rows = sqlx::query(
        "SELECT s.version_id, s.publisher_id, s.key_id, s.comment, p.name, p.revoked_at \
         FROM module_signatures s JOIN publishers p ON p.id = s.publisher_id",
    )
    .fetch_all(&mut *conn)
    .await?;
    rows.iter()
        .map(|row| {
            let row = Fields::new(row);
            let signed = SignedBy {
                publisher: row.parse("publisher_id")?,
                name: row.get("name")?,
                key_id: row.get("key_id")?,
                comment: row.get("comment")?,
                revoked_at: row.time_opt("revoked_at")?,
            };
            Ok((row.parse("version_id")?, signed))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::databases;

    #[tokio::test]
    async fn a_floor_never_falls() {
        for db in databases().await {
            let key: ModuleKey = "product/powerdns".parse().unwrap();
            assert_eq!(of(&mut db.conn().await.unwrap(), &key).await.unwrap(), Trust::default());
            for (version, floor) in
                [("1.9.0", "1.9.0"), ("1.10.0", "1.10.0"), ("1.10.0-rc.1", "1.10.0"), ("1.2.0", "1.10.0")]
            {
                let mut tx = db.begin().await.unwrap();
                served(&mut tx, &key, &version.parse().unwrap()).await.unwrap();
                tx.commit().await.unwrap();
                let known = of(&mut db.conn().await.unwrap(), &key).await.unwrap();
                assert_eq!(known.floor.unwrap().to_string(), floor);
            }
        }
    }
}
