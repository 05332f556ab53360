//! Whose signatures on packages the panel trusts. A publisher that was revoked stays, so that its key cannot come back.

use caisson_types::{ModuleKey, PublisherId, Timestamp};

use crate::db::Conn;
use crate::error::{Result, StorageError};
use crate::row::{Fields, one_changed, read_all};

/// A publisher: one key, and what it may sign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Publisher {
    pub id: PublisherId,
    pub name: String,
    /// One line of base64, as minisign writes it.
    pub public_key: String,
    /// 16 hexadecimal digits that name the key in signatures.
    pub key_id: String,
    pub modules: Modules,
    /// An administrator's e-mail, or the command line.
    pub added_by: String,
    pub added_at: Timestamp,
    pub revoked_by: Option<String>,
    pub revoked_at: Option<Timestamp>,
}

/// Which modules a publisher may sign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Modules {
    All,
    Only(Vec<ModuleKey>),
}

/// What stands for every module.
const ALL: &str = "*";

impl Modules {
    #[must_use]
    pub fn contain(&self, key: &ModuleKey) -> bool {
        match self {
            Self::All => true,
            Self::Only(keys) => keys.contains(key),
        }
    }

    /// `*`, or the keys.
    #[must_use]
    pub fn words(&self) -> Vec<String> {
        match self {
            Self::All => vec![ALL.to_owned()],
            Self::Only(keys) => keys.iter().map(ToString::to_string).collect(),
        }
    }

    /// The other way round; none at all is not `*`.
    ///
    /// # Errors
    /// The first word that is neither `*` nor a module's key.
    pub fn parse<'w>(words: impl IntoIterator<Item = &'w str>) -> std::result::Result<Self, String> {
        let mut keys = Vec::new();
        for word in words {
            if word == ALL {
                return Ok(Self::All);
            }
            keys.push(word.parse().map_err(|_| word.to_owned())?);
        }
        Ok(Self::Only(keys))
    }
}

fn read(row: Fields<'_>) -> Result<Publisher> {
    let words: Vec<String> = row.json("modules")?;
    let modules = Modules::parse(words.iter().map(String::as_str))
        .map_err(|word| StorageError::Corrupt(format!("'{word}' is no module, in column modules")))?;
    Ok(Publisher {
        id: row.parse("id")?,
        name: row.get("name")?,
        public_key: row.get("public_key")?,
        key_id: row.get("key_id")?,
        modules,
        added_by: row.get("added_by")?,
        added_at: row.time("added_at")?,
        revoked_by: row.get("revoked_by")?,
        revoked_at: row.time_opt("revoked_at")?,
    })
}

/// Adds a publisher.
///
/// # Errors
/// [`StorageError::Unique`] when the key, or one of its number, is known.
pub async fn insert(conn: &mut Conn, publisher: &Publisher) -> Result<()> {
    sqlx::query(
        "INSERT INTO publishers (id, name, public_key, key_id, modules, added_by, added_at, revoked_by, revoked_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, NULL, NULL)",
    )
    .bind(publisher.id.to_string())
    .bind(publisher.name.as_str())
    .bind(publisher.public_key.as_str())
    .bind(publisher.key_id.as_str())
    .bind(serde_json::json!(publisher.modules.words()).to_string())
    .bind(publisher.added_by.as_str())
    .bind(publisher.added_at.0)
    .execute(&mut *conn)
    .await
    .map_err(|error| StorageError::from(error).unique("the publisher's key"))?;
    Ok(())
}

/// Changes what a publisher is called and may sign.
///
/// # Errors
/// [`StorageError::Missing`].
pub async fn update(conn: &mut Conn, id: PublisherId, name: &str, modules: &Modules) -> Result<()> {
    let result = sqlx::query("UPDATE publishers SET name = $1, modules = $2 WHERE id = $3")
        .bind(name)
        .bind(serde_json::json!(modules.words()).to_string())
        .bind(id.to_string())
        .execute(&mut *conn)
        .await?;
    one_changed(&result)
}

/// Notes that a publisher is trusted no more.
///
/// # Errors
/// [`StorageError::Missing`], also where that was noted before.
pub async fn revoke(conn: &mut Conn, id: PublisherId, by: &str, at: Timestamp) -> Result<()> {
    let result = sqlx::query(
        "UPDATE publishers SET revoked_by = $1, revoked_at = $2 WHERE id = $3 AND revoked_at IS NULL",
    )
    .bind(by)
    .bind(at.0)
    .bind(id.to_string())
    .execute(&mut *conn)
    .await?;
    one_changed(&result)
}

/// All of them, those that are trusted first, by name.
///
/// # Errors
/// Those of reading.
pub async fn list(conn: &mut Conn) -> Result<Vec<Publisher>> {
    let rows = sqlx::query("SELECT * FROM publishers").fetch_all(&mut *conn).await?;
    let mut publishers = read_all(&rows, read)?;
    // Not in SQL: the two databases sort text differently.
    publishers.sort_by(|a, b| {
        (a.revoked_at.is_some(), a.name.to_lowercase(), a.id).cmp(&(
            b.revoked_at.is_some(),
            b.name.to_lowercase(),
            b.id,
        ))
    });
    Ok(publishers)
}

/// # Errors
/// [`StorageError::Missing`].
pub async fn by_id(conn: &mut Conn, id: PublisherId) -> Result<Publisher> {
    let row = sqlx::query("SELECT * FROM publishers WHERE id = $1")
        .bind(id.to_string())
        .fetch_one(&mut *conn)
        .await?;
    read(Fields::new(&row))
}

/// The publisher, trusted or revoked, whose signatures carry this number.
///
/// # Errors
/// [`StorageError::Missing`].
pub async fn by_key_id(conn: &mut Conn, key_id: &str) -> Result<Publisher> {
    let row =
        sqlx::query("SELECT * FROM publishers WHERE key_id = $1").bind(key_id).fetch_one(&mut *conn).await?;
    read(Fields::new(&row))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::databases;

    #[test]
    fn a_star_is_every_module_and_nothing_is_none() {
        let key: ModuleKey = "product/powerdns".parse().unwrap();
        let parsed = |words: &[&str]| Modules::parse(words.iter().copied());
        assert!(parsed(&["*"]).unwrap().contain(&key));
        assert!(parsed(&["plugin/x", "product/powerdns"]).unwrap().contain(&key));
        assert!(!parsed(&["plugin/x"]).unwrap().contain(&key));
        assert!(!parsed(&[]).unwrap().contain(&key));
        assert_eq!(parsed(&["product/*"]), Err("product/*".to_owned()));
    }

    #[tokio::test]
    async fn a_revoked_key_stays_revoked() {
        for db in databases().await {
            let conn = &mut *db.conn().await.unwrap();
            let mut publisher = Publisher {
                id: PublisherId::new(),
                name: "Example Ltd".to_owned(),
                public_key: "RWone".to_owned(),
                key_id: "00000000000000A1".to_owned(),
                modules: Modules::All,
                added_by: "ada@example.com".to_owned(),
                added_at: Timestamp::now(),
                revoked_by: None,
                revoked_at: None,
            };
            insert(conn, &publisher).await.unwrap();
            assert_eq!(by_key_id(conn, "00000000000000A1").await.unwrap(), publisher);
            let only = Modules::Only(vec!["product/powerdns".parse().unwrap()]);
            update(conn, publisher.id, "Example", &only).await.unwrap();
            let now = Timestamp::now();
            revoke(conn, publisher.id, "ada@example.com", now).await.unwrap();
            assert!(matches!(revoke(conn, publisher.id, "x", now).await, Err(StorageError::Missing)));
            let kept = by_id(conn, publisher.id).await.unwrap();
            assert_eq!((kept.name.as_str(), &kept.modules, kept.revoked_at), ("Example", &only, Some(now)));

            // Neither the key nor its number can come back under another name.
            publisher.id = PublisherId::new();
            assert!(matches!(insert(conn, &publisher).await, Err(StorageError::Unique(_))));
            publisher.public_key = "RWtwo".to_owned();
            assert!(matches!(insert(conn, &publisher).await, Err(StorageError::Unique(_))));
            publisher.key_id = "00000000000000A2".to_owned();
            insert(conn, &publisher).await.unwrap();
            assert_eq!(list(conn).await.unwrap().iter().map(|one| one.id).next(), Some(publisher.id));
        }
    }
}
