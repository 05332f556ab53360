//! The module's log, shown in the panel. The host redacts secrets before it stores an entry.

use serde::Serialize;

use crate::host;
pub use crate::host::log::Level;

/// Appends an entry: what was done, what was asked, what came back. What cannot be written as JSON is left out.
pub fn emit<Q, A>(level: Level, action: &str, request: &Q, response: &A)
where
    Q: Serialize + ?Sized,
    A: Serialize + ?Sized,
{
    let text = |json: serde_json::Result<String>| json.unwrap_or_else(|_| "null".to_owned());
    host::log::emit(
        level,
        action,
        &text(serde_json::to_string(request)),
        &text(serde_json::to_string(response)),
    );
}

macro_rules! levels {
    ($($(#[$doc:meta])* $name:ident = $level:ident;)+) => {$(
        $(#[$doc])*
        pub fn $name<Q, A>(action: &str, request: &Q, response: &A)
        where
            Q: Serialize + ?Sized,
            A: Serialize + ?Sized,
        {
            emit(Level::$level, action, request, response);
        }
    )+};
}

levels! {
    /// For whoever looks closely.
    debug = Debug;
    /// Something was done.
    info = Info;
    /// Something is odd, and the module went on.
    warning = Warning;
    /// Something failed.
    error = Error;
}
