//! Argon2id, on a thread that may take its time.

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use caisson_types::Secret;

/// Why a password was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    #[error("A password has 12 to 200 characters.")]
    Length,
    #[error("The password could not be hashed.")]
    Hash,
}

/// 19 MiB, two passes: the OWASP minimum for Argon2id.
fn hasher() -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(19 * 1024, 2, 1, None).unwrap_or_default())
}

/// Checks the length and hashes.
///
/// # Errors
/// Where the password is too short or too long.
pub async fn hash_password(password: Secret<String>) -> Result<Secret<String>, PasswordError> {
    if !(12..=200).contains(&password.expose().chars().count()) {
        return Err(PasswordError::Length);
    }
    let hashed = tokio::task::spawn_blocking(move || {
        hasher().hash_password(password.expose().as_bytes()).map(|hash| hash.to_string())
    })
    .await;
    match hashed {
        Ok(Ok(hash)) => Ok(Secret::new(hash)),
        _ => Err(PasswordError::Hash),
    }
}

/// Whether the password fits the hash. Without a hash the same work is done for nothing, so that an unknown account answers no
/// faster than a wrong password.
pub async fn verify_password(password: Secret<String>, hash: Option<Secret<String>>) -> bool {
    let verified = tokio::task::spawn_blocking(move || match hash {
        Some(hash) => PasswordHash::new(hash.expose())
            .is_ok_and(|parsed| hasher().verify_password(password.expose().as_bytes(), &parsed).is_ok()),
        None => {
            hasher().hash_password(password.expose().as_bytes()).ok();
            false
        }
    })
    .await;
    verified.unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_fits_its_own_hash_only() {
        let secret = |text: &str| Secret::new(text.to_owned());
        let hash = hash_password(secret("correct horse battery")).await.unwrap();
        assert!(hash.expose().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", hash.expose());
        assert!(verify_password(secret("correct horse battery"), Some(hash.clone())).await);
        assert!(!verify_password(secret("wrong"), Some(hash)).await);
        assert!(!verify_password(secret("anything"), None).await);
        assert_eq!(hash_password(secret("short")).await, Err(PasswordError::Length));
    }
}
