//! The publishers that the panel trusts.

use caisson_package::signature::PublisherKey;
use caisson_storage::publishers::{self, Modules, Publisher};
use caisson_storage::{Optional, StorageError, audit};
use caisson_types::{PublisherId, Timestamp};
use serde_json::json;

use super::TrustError;
use crate::{Actor, Registry, Result};

const NAME_MAX: usize = 100;

/// A publisher as somebody typed it.
#[derive(Clone, Debug, Default)]
pub struct NewPublisher {
    pub name: String,
    /// A `.pub` file of minisign's, or its second line.
    pub key: String,
    /// `*`, or keys of modules; none at all is `*` too.
    pub modules: Vec<String>,
}

impl Registry {
    /// All publishers, trusted and revoked.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn publishers(&self) -> Result<Vec<Publisher>> {
        Ok(publishers::list(&mut *self.db.conn().await?).await?)
    }

    /// Trusts a publisher. A key that is trusted already gets the name and the modules given.
    ///
    /// # Errors
    /// What is wrong with name, key or modules; a key that was revoked.
    pub async fn add_publisher(&self, new: NewPublisher, actor: Actor<'_>) -> Result<Publisher> {
        let name = new.name.trim();
        if !(1..=NAME_MAX).contains(&name.chars().count()) || name.chars().any(char::is_control) {
            return Err(TrustError::Name.into());
        }
        let key: PublisherKey = new.key.parse().map_err(TrustError::Key)?;
        let words = new.modules.iter().map(|word| word.trim()).filter(|word| !word.is_empty());
        let mut modules = Modules::parse(words).map_err(TrustError::Modules)?;
        if modules == Modules::Only(Vec::new()) {
            modules = Modules::All;
        }
        let key_id = key.id().to_string();

        let mut tx = self.db.begin().await?;
        let (id, action) = match publishers::by_key_id(&mut tx, &key_id).await.optional()? {
            Some(known) if known.public_key != key.to_string() => {
                return Err(TrustError::NumberTaken(key_id).into());
            }
            Some(known) if known.revoked_at.is_some() => return Err(TrustError::WasRevoked(key_id).into()),
            Some(known) => {
                publishers::update(&mut tx, known.id, name, &modules).await?;
                (known.id, "publisher.change")
            }
            None => {
                let publisher = Publisher {
                    id: PublisherId::new(),
                    name: name.to_owned(),
                    public_key: key.to_string(),
                    key_id: key_id.clone(),
                    modules: modules.clone(),
                    added_by: actor.to_owned(),
                    added_at: Timestamp::now(),
                    revoked_by: None,
                    revoked_at: None,
                };
                publishers::insert(&mut tx, &publisher).await?;
                (publisher.id, "publisher.add")
            }
        };
        let detail = json!({ "name": name, "key": key_id, "modules": modules.words() });
        audit::append(&mut tx, actor, action, &id.to_string(), &detail).await?;
        let publisher = publishers::by_id(&mut tx, id).await?;
        tx.commit().await?;
        Ok(publisher)
    }

    /// Trusts a publisher no more, found by its id or the number of its key. What is installed serves on.
    ///
    /// # Errors
    /// Where there is none, or it was revoked before.
    pub async fn revoke_publisher(&self, which: &str, actor: Actor<'_>) -> Result<Publisher> {
        let missing = || TrustError::UnknownPublisher(which.to_owned());
        let mut tx = self.db.begin().await?;
        let found = match which.parse::<PublisherId>() {
            Ok(id) => publishers::by_id(&mut tx, id).await.optional()?,
            Err(_) => publishers::by_key_id(&mut tx, &which.to_ascii_uppercase()).await.optional()?,
        };
        let publisher = found.ok_or_else(missing)?;
        match publishers::revoke(&mut tx, publisher.id, actor, Timestamp::now()).await {
            Err(StorageError::Missing) => return Err(missing().into()),
            other => other?,
        }
        let detail = json!({ "name": publisher.name, "key": publisher.key_id });
        audit::append(&mut tx, actor, "publisher.revoke", &publisher.id.to_string(), &detail).await?;
        let publisher = publishers::by_id(&mut tx, publisher.id).await?;
        tx.commit().await?;
        Ok(publisher)
    }
}
