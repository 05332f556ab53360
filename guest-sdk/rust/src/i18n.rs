//! The module's own strings, from `lang/*.ftl`.

use serde::Serialize;

use crate::host;

/// The message `key` in the language of whoever the call is for; English, then the key itself, where there is none.
#[must_use]
pub fn translate(key: &str) -> String {
    host::i18n::translate(key, "{}", None)
}

/// The message `key` with arguments: anything that serialises to an object.
#[must_use]
pub fn translate_with<T: Serialize + ?Sized>(key: &str, arguments: &T) -> String {
    let arguments = serde_json::to_string(arguments).unwrap_or_else(|_| "{}".to_owned());
    host::i18n::translate(key, &arguments, None)
}
