//! What administrators and clients do alike with their own accounts.

use axum::http::header;
use axum::response::Response;
use caisson_storage::sessions::{self, Principal};
use caisson_storage::{Conn, StorageError};
use caisson_types::{FieldError, Phone, Secret};

use super::error::PageError;
use super::guard::Form;
use super::shell::set_cookie;
use super::ui::Ui;
use crate::ApiError;
use crate::auth::session::{self, COOKIE};
use crate::auth::{Throttled, attempt, hash_password, verify_password};
use crate::view::LOCALES;

/// What somebody says of themselves.
pub(super) struct Profile {
    pub(super) name: String,
    pub(super) phone: Option<Phone>,
    pub(super) locale: String,
}

/// The profile that a form holds, or what is wrong with it.
pub(super) fn read_profile(form: &Form) -> Result<Profile, Vec<FieldError>> {
    let (name, locale) = (form.text("name"), form.text("locale"));
    let mut errors = Vec::new();
    if name.is_empty() || name.chars().count() > 200 {
        errors.push(FieldError::new("name", "A name has 1 to 200 characters."));
    }
    if !LOCALES.iter().any(|known| known.as_str() == locale) {
        errors.push(FieldError::new("locale", "Choose a language."));
    }
    match caisson_billing::phone(form.text("phone")) {
        Ok(phone) if errors.is_empty() => {
            Ok(Profile { name: name.to_owned(), phone, locale: locale.to_owned() })
        }
        Ok(_) => Err(errors),
        Err(error) => {
            errors.push(error);
            Err(errors)
        }
    }
}

/// The new password, hashed, if the form knows the current one. Guessing it is held back like guessing at the log-in.
pub(super) async fn read_password(
    ui: &Ui,
    form: &Form,
    current: Option<Secret<String>>,
) -> Result<Result<Secret<String>, Vec<FieldError>>, PageError> {
    let kind = format!("password:{}", ui.shell.session.as_ref().map_or("", |session| &session.token_hash));
    let tried = attempt(&mut *ui.app.db().conn().await?, &kind, "", ui.shell.address).await?;
    let tried = tried.map_err(|error: Throttled| {
        ApiError::new(axum::http::StatusCode::TOO_MANY_REQUESTS, error.to_string())
    })?;
    let mut errors = Vec::new();
    if verify_password(Secret::new(form.raw("current_password").to_owned()), current).await {
        tried.succeeded(&mut *ui.app.db().conn().await?).await?;
    } else {
        errors.push(FieldError::new("current_password", ui.t("password-wrong", &[])));
    }
    if form.raw("password") != form.raw("password_again") {
        errors.push(FieldError::new("password_again", "The two passwords differ."));
    }
    match hash_password(Secret::new(form.raw("password").to_owned())).await {
        Ok(hash) if errors.is_empty() => Ok(Ok(hash)),
        Ok(_) => Ok(Err(errors)),
        Err(error) => {
            errors.push(FieldError::new("password", error.to_string()));
            Ok(Err(errors))
        }
    }
}

/// The cookie of a session that took the place of all before it.
pub(super) struct Renewed(Secret<String>);

impl Renewed {
    pub(super) fn put(&self, mut response: Response) -> Response {
        response.headers_mut().append(header::SET_COOKIE, set_cookie(COOKIE, self.0.expose()));
        response
    }
}

/// Ends every session of somebody and begins one: after a change of password only this browser stays.
pub(super) async fn renew_sessions(
    ui: &Ui,
    conn: &mut Conn,
    principal: Principal,
) -> Result<Renewed, StorageError> {
    sessions::delete_all_of(conn, principal).await?;
    Ok(Renewed(session::begin(conn, principal, ui.said("done-password")).await?))
}
