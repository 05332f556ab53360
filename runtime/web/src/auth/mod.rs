//! Who is asking: passwords, sessions of browsers, tokens of programs.

mod bearer;
mod password;
pub(crate) mod session;
mod throttle;

pub use bearer::{ApiAdmin, hash_token, new_token};
pub use password::{PasswordError, hash_password, verify_password};
pub use throttle::{Throttled, attempt};
