//! Recordings of a real provider, without the secrets that were used.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::{Exchange, FileError};

/// The exchanges of a recording.
pub(super) fn read(path: &Path) -> Result<Vec<Exchange>, FileError> {
    let text = std::fs::read(path).map_err(|error| FileError::Read { path: path.to_owned(), error })?;
    serde_json::from_slice(&text).map_err(|error| FileError::Recording { path: path.to_owned(), error })
}

/// Writes a recording, with a stand-in for each secret wherever it occurs.
///
/// # Errors
/// Where the file cannot be written.
pub fn write(path: &Path, exchanges: &[Exchange], stand_ins: &[(String, String)]) -> Result<(), FileError> {
    let failed = |error| FileError::Write { path: path.to_owned(), error };
    let mut document = serde_json::to_value(exchanges)
        .map_err(|error| FileError::Recording { path: path.to_owned(), error })?;
    clean(&mut document, stand_ins);
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(failed)?;
    }
    std::fs::write(path, format!("{document:#}\n")).map_err(failed)
}

fn clean(value: &mut Value, stand_ins: &[(String, String)]) {
    match value {
        Value::String(text) => *text = cleaned(text, stand_ins),
        Value::Array(list) => list.iter_mut().for_each(|value| clean(value, stand_ins)),
        Value::Object(object) => object.values_mut().for_each(|value| clean(value, stand_ins)),
        _ => {}
    }
}

/// Secrets as they are, as they stand in URLs, and inside of basic authentication.
fn cleaned(text: &str, stand_ins: &[(String, String)]) -> String {
    let replaced = |text: &str| {
        stand_ins.iter().fold(text.to_owned(), |text, (real, stand_in)| {
            let encoded: String = url::form_urlencoded::byte_serialize(real.as_bytes()).collect();
            text.replace(real, stand_in).replace(&encoded, stand_in)
        })
    };
    let basic = text.strip_prefix("Basic ").and_then(|encoded| STANDARD.decode(encoded).ok());
    match basic.and_then(|bytes| String::from_utf8(bytes).ok()) {
        Some(plain) => format!("Basic {}", STANDARD.encode(replaced(&plain))),
        None => replaced(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_found_in_every_spelling() {
        let stand_ins = [("s/3cret".to_owned(), "recorded".to_owned())];
        let basic = format!("Basic {}", STANDARD.encode("ada:s/3cret"));
        for (text, expected) in [
            ("Bearer s/3cret".to_owned(), "Bearer recorded".to_owned()),
            ("https://api.example/?key=s%2F3cret".to_owned(), "https://api.example/?key=recorded".to_owned()),
            (basic, format!("Basic {}", STANDARD.encode("ada:recorded"))),
            ("Basic is a language".to_owned(), "Basic is a language".to_owned()),
        ] {
            assert_eq!(cleaned(&text, &stand_ins), expected);
        }
    }
}
