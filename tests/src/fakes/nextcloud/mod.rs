//! A Nextcloud with its provisioning API, version 1 of OCS.
//!
//! Like the real one it wants Basic authentication, the header of OCS, and forms declared as forms; it says most refusals under the
//! status 200 with a code of its own, and answers XML to whoever does not ask for JSON. Each server has accounts of its own, so that
//! several stand side by side.

mod routes;
mod user;

use std::collections::BTreeMap;
use std::ops::Deref;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

pub use user::CloudUser;

use super::troubled::Troubled;

/// The user that a panel signs in as.
pub const CLOUD_ADMIN: &str = "panel";

/// State that the routes and the test share.
struct Inner {
    users: BTreeMap<String, CloudUser>,
    /// Whether the user that signs in may manage accounts.
    is_admin: bool,
    has_server_info: bool,
    is_in_maintenance: bool,
}

struct Shared {
    password: String,
    inner: Mutex<Inner>,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn accepts(&self, authorization: &str) -> bool {
        authorization == format!("Basic {}", STANDARD.encode(format!("{CLOUD_ADMIN}:{}", self.password)))
    }
}

/// A running server. It stops when this is dropped.
pub struct Nextcloud {
    server: Troubled,
    shared: Arc<Shared>,
}

impl Deref for Nextcloud {
    type Target = Troubled;

    fn deref(&self) -> &Troubled {
        &self.server
    }
}

impl Nextcloud {
    /// Starts on a free loopback port with a password of its own.
    ///
    /// # Errors
    /// When no port can be bound.
    pub async fn start() -> anyhow::Result<Self> {
        let inner =
            Inner { users: BTreeMap::new(), is_admin: true, has_server_info: true, is_in_maintenance: false };
        let password = uuid::Uuid::new_v4().simple().to_string();
        let shared = Arc::new(Shared { password, inner: Mutex::new(inner) });
        let server = Troubled::start(routes::router(Arc::clone(&shared))).await?;
        Ok(Self { server, shared })
    }

    /// The password of [`CLOUD_ADMIN`].
    pub fn password(&self) -> &str {
        &self.shared.password
    }

    /// All accounts but the administrator's, by their ids.
    pub fn users(&self) -> Vec<CloudUser> {
        self.shared.lock().users.values().cloned().collect()
    }

    pub fn user(&self, id: &str) -> Option<CloudUser> {
        self.shared.lock().users.get(id).cloned()
    }

    /// Somebody signed in and stored so many bytes.
    pub fn store(&self, id: &str, bytes: u64) {
        if let Some(user) = self.shared.lock().users.get_mut(id) {
            user.stored = Some(bytes);
        }
    }

    /// Takes the right to manage accounts from the user that signs in.
    pub fn demote(&self) {
        self.shared.lock().is_admin = false;
    }

    /// Puts the server into maintenance mode, or out of it.
    pub fn maintain(&self, is_on: bool) {
        self.shared.lock().is_in_maintenance = is_on;
    }

    /// Switches the app off that tells of the server.
    pub fn hide_server_info(&self) {
        self.shared.lock().has_server_info = false;
    }
}
