//! Something happened, and other modules may hear of it. Grant: `[capabilities.events] publishes`.

use serde::Serialize;

use crate::{Result, data, host};

/// Publishes an event and returns its id.
///
/// # Errors
/// A problem where the grant is missing or too many events were published.
pub fn dispatch<T: Serialize + ?Sized>(name: &str, payload: &T) -> Result<String> {
    Ok(host::events::dispatch(name, &data::write(payload)?)?)
}
