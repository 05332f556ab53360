//! Customers.

use caisson_storage::clients::{self, Client};
use caisson_storage::page::{Page, PageQuery};
use caisson_storage::sessions::{self, Principal};
use caisson_storage::{StorageError, audit, events};
use caisson_types::money::Currency;
use caisson_types::{ClientId, FieldError, PanelEvent, Phone, Secret, Timestamp};
use serde_json::{Value, json};

use crate::{Billing, BillingError, Result};

/// A customer as a form or the API gives it.
#[derive(Clone, Debug)]
pub struct NewClient {
    pub email: String,
    pub name: String,
    /// As people write it; empty where there is none.
    pub phone: String,
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
        let password_hash = new.password_hash.clone();
        let client = Client { password_hash, ..checked(ClientId::new(), Timestamp::now(), new)? };
        let mut asked = announced(&client);
        asked.as_object_mut().map(|asked| asked.remove("id"));
        self.ask(PanelEvent::ClientCreating, &asked).await?;
        let mut tx = self.db.begin().await?;
        clients::insert(&mut tx, &client).await.map_err(taken)?;
        events::announce(&mut tx, PanelEvent::ClientCreated, announced(&client), 1).await?;
        let detail = serde_json::json!({ "email": client.email });
        audit::append(&mut tx, actor, "client.create", &client.id.to_string(), &detail).await?;
        tx.commit().await?;
        self.signal.notify();
        Ok(client)
    }

    /// Changes a client; a password that is not given stays. A new one ends the client's sessions.
    ///
    /// # Errors
    /// As [`Billing::create_client`].
    pub async fn update_client(&self, id: ClientId, new: NewClient, actor: &str) -> Result<Client> {
        let before = self.client(id).await?;
        let password = new.password_hash.clone();
        let client = checked(id, before.created_at, new)?;
        let mut tx = self.db.begin().await?;
        clients::update(&mut tx, &client).await.map_err(taken)?;
        if let Some(hash) = &password {
            clients::set_password(&mut tx, id, hash).await?;
            sessions::delete_all_of(&mut tx, Principal::Client(id)).await?;
        }
        let detail = serde_json::json!({ "email": client.email, "password": password.is_some() });
        audit::append(&mut tx, actor, "client.update", &id.to_string(), &detail).await?;
        events::announce(&mut tx, PanelEvent::ClientUpdated, announced(&client), 1).await?;
        tx.commit().await?;
        self.signal.notify();
        Ok(client)
    }

    /// Deletes a client who has no services and no invoices.
    ///
    /// # Errors
    /// [`BillingError::Conflict`] while there are some.
    pub async fn delete_client(&self, id: ClientId, actor: &str) -> Result<()> {
        let client = self.client(id).await?;
        self.ask(PanelEvent::ClientDeleting, &announced(&client)).await?;
        let mut tx = self.db.begin().await?;
        clients::delete(&mut tx, id).await.map_err(|error| match error {
            StorageError::ForeignKey => BillingError::Conflict(
                "This client has services or invoices, and cannot be deleted before them.".to_owned(),
            ),
            other => other.into(),
        })?;
        sessions::delete_all_of(&mut tx, Principal::Client(id)).await?;
        let detail = serde_json::json!({ "email": client.email });
        audit::append(&mut tx, actor, "client.delete", &id.to_string(), &detail).await?;
        events::announce(&mut tx, PanelEvent::ClientDeleted, json!({ "id": id.to_string() }), 1).await?;
        tx.commit().await?;
        self.signal.notify();
        Ok(())
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

/// A client as events tell of it.
fn announced(client: &Client) -> Value {
    json!({
        "id": client.id.to_string(),
        "email": client.email,
        "name": client.name,
        "locale": client.locale,
        "currency": client.currency.as_str(),
    })
}

fn checked(id: ClientId, created_at: Timestamp, new: NewClient) -> Result<Client> {
    let mut errors = Vec::new();
    let email = new.email.trim().to_lowercase();
    if !caisson_types::manifest::looks_like_email(&email) || email.len() > 254 {
        errors.push(FieldError::new("email", "This must be an e-mail address."));
    }
    let name = new.name.trim().to_owned();
    if name.is_empty() || name.chars().count() > 200 {
        errors.push(FieldError::new("name", "A name has 1 to 200 characters."));
    }
    let phone = phone(&new.phone);
    if let Err(error) = &phone {
        errors.push(error.clone());
    }
    if !LOCALES.contains(&new.locale.as_str()) {
        errors.push(FieldError::new("locale", "This must be one of en, pl, uk."));
    }
    let currency = new.currency.parse::<Currency>();
    if currency.is_err() {
        errors.push(FieldError::new("currency", "This must be a currency code such as EUR."));
    }
    let (true, Ok(currency), Ok(phone)) = (errors.is_empty(), currency, phone) else {
        return Err(BillingError::Invalid(errors));
    };
    Ok(Client { id, email, name, phone, password_hash: None, locale: new.locale, currency, created_at })
}

/// A telephone number as a form has it; none where it is empty.
///
/// # Errors
/// What is wrong with the field `phone`.
pub fn phone(typed: &str) -> Result<Option<Phone>, FieldError> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Ok(None);
    }
    let refused = |_| FieldError::new("phone", "Write it with the country's code, such as +48 123 456 789.");
    typed.parse().map(Some).map_err(refused)
}

fn taken(error: StorageError) -> BillingError {
    match error {
        StorageError::Unique(_) => BillingError::field("email", "Another client has this e-mail address."),
        other => other.into(),
    }
}
