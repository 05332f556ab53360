//! Tells people something in the panel's name. Grant: `notifications = true`.
//!
//! What is said are the module's own strings `notify-<event>-subject` and `notify-<event>-message` in `lang/*.ftl`, in the language
//! of whoever it is for; the members of `data` are their arguments.

use serde::Serialize;

use crate::host::notifications::Recipient;
use crate::{Result, data, host};

/// Tells a client who has a service of this module.
///
/// # Errors
/// A problem where the client is not the module's, the strings are missing, or too much was said already.
pub fn to_client<T: Serialize + ?Sized>(id: &str, event: &str, data: &T) -> Result<()> {
    notify(&Recipient::Client(id.to_owned()), event, data)
}

/// Tells every administrator who holds a permission of this module, by its key in the manifest.
///
/// # Errors
/// A problem where the manifest declares no such permission, the strings are missing, or too much was said already.
pub fn to_staff<T: Serialize + ?Sized>(permission: &str, event: &str, data: &T) -> Result<()> {
    notify(&Recipient::StaffWith(permission.to_owned()), event, data)
}

fn notify<T: Serialize + ?Sized>(to: &Recipient, event: &str, data: &T) -> Result<()> {
    Ok(host::notifications::notify(to, event, &data::write(data)?)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json;
    use crate::testing::Host;

    #[test]
    fn both_kinds_of_people_are_told() {
        let host = Host::install();
        to_client("c", "ready", &json!({ "name": "a" })).unwrap();
        to_staff("alerts", "down", &json!({})).unwrap();
        let told: Vec<_> = host.notified().into_iter().map(|one| (one.to, one.event, one.data)).collect();
        let expected = [
            (Recipient::Client("c".to_owned()), "ready".to_owned(), json!({ "name": "a" })),
            (Recipient::StaffWith("alerts".to_owned()), "down".to_owned(), json!({})),
        ];
        assert_eq!(told, expected);
        assert!(to_client("c", "ready", &json!([])).is_err(), "data is an object");
    }
}
