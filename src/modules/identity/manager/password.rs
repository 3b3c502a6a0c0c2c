//! Passwords: argon2id, off the request threads, a few at a time.

use std::sync::Arc;

use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _, phc::PasswordHash};
use argon2::{Argon2, Params};
use tokio::sync::Semaphore;

use crate::core::config::Secret;
use crate::core::error::Error;

/// Fewest characters of a new password.
const SHORTEST: usize = 8;
/// Longest password in bytes: hashing must not become the client's to size.
const LONGEST: usize = 1024;

/// Hashes and verifies passwords. A hash takes about 19 MiB and 20 ms of one core, so no more run at
/// the same time than there are cores.
#[derive(Clone)]
pub(crate) struct Passwords {
    turns: Arc<Semaphore>,
}

impl Passwords {
    pub(crate) fn new() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self { turns: Arc::new(Semaphore::new(cores)) }
    }

    /// The PHC string of a password, with a fresh salt.
    pub(crate) async fn hash(&self, password: Secret) -> Result<String, Error> {
        let hash = self.in_turn(move || argon2().hash_password(password.expose().as_bytes()));
        let hash = hash.await?.map_err(|error| Error::internal("argon2", error))?;
        Ok(hash.to_string())
    }

    /// Whether the password is the one behind `hash`. Without a hash, and for a password that can
    /// be none, the same work is done for nothing, so that time does not tell who exists.
    pub(crate) async fn verify(
        &self,
        password: Option<Secret>,
        hash: Option<String>,
    ) -> Result<bool, Error> {
        let password = password.filter(|password| password.expose().len() <= LONGEST);
        self.in_turn(move || {
            let known = hash.as_deref().and_then(|hash| PasswordHash::new(hash).ok());
            let candidate = password.as_ref().map_or("", |password| password.expose());
            match known {
                Some(hash) => {
                    let fits = argon2().verify_password(candidate.as_bytes(), &hash).is_ok();
                    fits && password.is_some()
                }
                None => {
                    let _ = argon2().hash_password(candidate.as_bytes());
                    false
                }
            }
        })
        .await
    }

    /// Runs `work` on a blocking thread. A request that gives up while its work runs keeps the turn
    /// until the work is done.
    async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Error> {
        let turn = Arc::clone(&self.turns).acquire_owned().await;
        let turn = turn.map_err(|error| Error::internal("argon2", error))?;
        let working = tokio::task::spawn_blocking(move || {
            let done = work();
            drop(turn);
            done
        });
        working.await.map_err(|error| Error::internal("argon2", error))
    }
}

/// argon2id version 19 with 19 MiB, two passes, one lane: the first choice of the OWASP Password
/// Storage Cheat Sheet, and the library's default.
fn argon2() -> Argon2<'static> {
    Argon2::from(Params::DEFAULT)
}

/// Whether a password may be chosen.
///
/// # Errors
/// Too short or too long.
pub(crate) fn check_new(password: &Secret) -> Result<(), Error> {
    let text = password.expose();
    if text.chars().count() < SHORTEST {
        return Err(Error::invalid_value(
            "password",
            format!("a password has at least {SHORTEST} characters"),
        ));
    }
    if text.len() > LONGEST {
        return Err(Error::invalid_value(
            "password",
            format!("a password has at most {LONGEST} bytes"),
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(text: &str) -> Option<Secret> {
        Some(Secret::new(text))
    }

    #[tokio::test]
    async fn a_hash_fits_its_password_only() {
        let passwords = Passwords::new();
        let hash = passwords.hash(Secret::new("correct horse")).await.expect("hashes");
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        let verify = async |password: Option<Secret>, hash: Option<&str>| {
            passwords.verify(password, hash.map(str::to_owned)).await.expect("answers")
        };
        assert!(verify(secret("correct horse"), Some(&hash)).await);
        assert!(!verify(secret("correct hors"), Some(&hash)).await);
        assert!(!verify(None, Some(&hash)).await);
        assert!(!verify(secret("correct horse"), None).await);
        assert!(!verify(secret("correct horse"), Some("not a hash")).await);
        let other = passwords.hash(Secret::new("correct horse")).await.expect("hashes");
        assert_ne!(hash, other, "salted");
        let empty = passwords.hash(Secret::new("")).await.expect("hashes");
        assert!(!verify(secret(&"x".repeat(LONGEST + 1)), Some(&empty)).await);
    }

    #[test]
    fn short_and_endless_passwords_are_not_taken() {
        assert!(check_new(&Secret::new("12345678")).is_ok());
        assert!(check_new(&Secret::new("1234567")).is_err());
        assert!(check_new(&Secret::new("é".repeat(513))).is_err());
    }
}
