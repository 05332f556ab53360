//! Customers.

use caisson_storage::clients::{self, Client};
use caisson_storage::page::{Page, PageQuery};
use caisson_storage::{StorageError, audit};
use caisson_types::money::Currency;
use caisson_types::{ClientId, FieldError, Secret, Timestamp};

use crate::{Billing, BillingError, Result};

/// A customer as a form or the API gives it.
#[derive(Clone, Debug)]
pub struct NewClient {
    pub email: String,
    pub name: String,
    /// Hashed already; none means that the client cannot sign in yet.
    pub password_hash: Option<Secret<String>>,
    pub locale: String,
    pub currency: String,
}

/// Languages the panel speaks.
const LOCALES: [&str; 3] = ["en", "pl", "uk"];

impl Billing {
    /// # Errors
    /// [`BillingError::Invalid`] with an entry for each field that was refused.
    pub async fn create_client(&self, new: NewClient, actor: &str) -> Result<Client> {
        let mut errors = Vec::new();
        let email = new.email.trim().to_lowercase();
        if !caisson_types::manifest::looks_like_email(&email) || email.len() > 254 {
            errors.push(FieldError::new("email", "This must be an e-mail address."));
        }
        let name = new.name.trim().to_owned();
        if name.is_empty() || name.chars().count() > 200 {
            errors.push(FieldError::new("name", "A name has 1 to 200 characters."));
        }
        if !LOCALES.contains(&new.locale.as_str()) {
            errors.push(FieldError::new("locale", "This must be one of en, pl, uk."));
        }
        let currency = new.currency.parse::<Currency>();
        if currency.is_err() {
            errors.push(FieldError::new("currency", "This must be a currency code such as EUR."));
        }
        let (true, Ok(currency)) = (errors.is_empty(), currency) else {
            return Err(BillingError::Invalid(errors));
        };
        let client = Client {
            id: ClientId::new(),
            email,
            name,
            password_hash: new.password_hash,
            locale: new.locale,
            currency,
            created_at: Timestamp::now(),
        };
        let mut tx = self.db.begin().await?;
        clients::insert(&mut tx, &client).await.map_err(|error| match error {
            StorageError::Unique(_) => {
                BillingError::field("email", "Another client has this e-mail address.")
            }
            other => other.into(),
        })?;
        audit::append(
            &mut tx,
            actor,
            "client.create",
            &client.id.to_string(),
            &serde_json::json!({ "email": client.email }),
        )
        .await?;
        tx.commit().await.map_err(StorageError::from)?;
        Ok(client)
    }

    /// # Errors
    /// Where there is none.
    pub async fn client(&self, id: ClientId) -> Result<Client> {
        let mut conn = self.db.conn().await?;
        clients::by_id(&mut conn, id).await.map_err(BillingError::missing("client"))
    }

    /// # Errors
    /// Where the database cannot be read.
    pub async fn clients(&self, query: &PageQuery) -> Result<Page<Client>> {
        let mut conn = self.db.conn().await?;
        Ok(clients::page(&mut conn, query).await?)
    }
}
