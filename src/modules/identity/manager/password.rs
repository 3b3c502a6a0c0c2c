//! Passwords: argon2id, off the request threads, a few at a time.

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Params, Version};
use icu_normalizer::ComposingNormalizerBorrowed;

use super::hashing::{Hashing, Memory};
use crate::core::config::Secret;
use crate::core::error::Error;

/// Fewest characters of a new password.
const SHORTEST: usize = 8;
/// Longest password in bytes: hashing must not become the client's to size.
const LONGEST: usize = 1024;
/// Random bytes of a salt.
const SALT_BYTES: usize = 16;
/// Most memory that a stored hash may ask for, in KiB: more was never written by us.
const MOST_MEMORY: u32 = 64 * 1024;

/// Hashes and verifies passwords.
#[derive(Clone)]
pub(crate) struct Passwords {
    hashing: Hashing,
}

/// What came of comparing a password with a hash.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Another password.
    Wrong,
    /// The password.
    Fits,
    /// The password, in a form that is not written any more: this hash is to replace the stored one.
    FitsOld(String),
}

impl Verdict {
    /// Whether it is the password.
    pub(crate) fn fits(&self) -> bool {
        *self != Self::Wrong
    }
}

impl Passwords {
    pub(crate) fn new() -> Self {
        Self { hashing: Hashing::new() }
    }

    /// The PHC string of a password, with a fresh salt.
    pub(crate) async fn hash(&self, password: Secret) -> Result<String, Error> {
        let work = move |memory: &mut Memory| new_hash(&normal(password.expose()), memory);
        self.hashing.in_turn(work).await?
    }

    /// Compares a password with a hash. Without a hash, and for a password that can be none, the same
    /// work is done for nothing, so that time does not tell who exists.
    ///
    /// A password has one form whichever keyboard wrote it (Unicode NFKC). One that was stored as it was
    /// typed still fits as typed.
    pub(crate) async fn verify(
        &self,
        password: Option<Secret>,
        hash: Option<String>,
    ) -> Result<Verdict, Error> {
        let password = password.filter(|password| password.expose().len() <= LONGEST);
        let work = move |memory: &mut Memory| {
            let stored = hash.as_deref().and_then(Stored::read);
            let typed = password.as_ref().map_or("", |password| password.expose());
            let normal = normal(typed);
            let mut verdict = Verdict::Wrong;
            let mut compare = |candidate: &str, is_typed: bool| {
                let Some(stored) = &stored else {
                    // The work alone counts.
                    let _ = Stored::of_nobody().is_of(candidate, memory);
                    return;
                };
                if verdict == Verdict::Wrong && stored.is_of(candidate, memory) {
                    let is_current = !is_typed && stored.params == Params::DEFAULT;
                    let renewed = (!is_current).then(|| new_hash(&normal, memory).ok()).flatten();
                    verdict = renewed.map_or(Verdict::Fits, Verdict::FitsOld);
                }
            };
            compare(&normal, false);
            if normal != typed {
                compare(typed, true);
            }
            if password.is_some() { verdict } else { Verdict::Wrong }
        };
        self.hashing.in_turn(work).await
    }
}

/// The one form of a password.
fn normal(password: &str) -> String {
    ComposingNormalizerBorrowed::new_nfkc().normalize(password).into_owned()
}

/// argon2id version 19 with 19 MiB, two passes, one lane: the first choice of the OWASP Password Storage
/// Cheat Sheet, and the library's default.
fn new_hash(password: &str, memory: &mut Memory) -> Result<String, Error> {
    let failed = |error: &dyn std::fmt::Display| Error::internal("argon2", error.to_string());
    let salt = rand::random::<[u8; SALT_BYTES]>();
    let argon2 = Argon2::from(Params::DEFAULT);
    let mut output = [0; Params::DEFAULT_OUTPUT_LEN];
    let blocks = memory.blocks(Params::DEFAULT.block_count());
    argon2
        .hash_password_into_with_memory(password.as_bytes(), &salt, &mut output, blocks)
        .map_err(|error| failed(&error))?;
    let phc = PasswordHash {
        algorithm: Algorithm::Argon2id.ident(),
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(&Params::DEFAULT).map_err(|error| failed(&error))?,
        salt: Some(Salt::new(&salt).map_err(|error| failed(&error))?),
        hash: Some(Output::new(&output).map_err(|error| failed(&error))?),
    };
    Ok(phc.to_string())
}

/// What a PHC string says.
struct Stored {
    algorithm: Algorithm,
    version: Version,
    params: Params,
    salt: Vec<u8>,
    /// Absent = no password fits.
    output: Option<Output>,
}

impl Stored {
    /// `None` for what is no argon2 hash, or asks for more memory than any of ours.
    fn read(text: &str) -> Option<Self> {
        let phc = PasswordHash::new(text).ok()?;
        let mut params = Params::try_from(&phc.params).ok()?;
        if params.m_cost() > MOST_MEMORY {
            tracing::warn!("a stored password hash asks for more memory than is allowed");
            return None;
        }
        let output = phc.hash?;
        if output.len() != Params::DEFAULT_OUTPUT_LEN {
            let (m, t, p) = (params.m_cost(), params.t_cost(), params.p_cost());
            params = Params::new(m, t, p, Some(output.len())).ok()?;
        }
        Some(Self {
            algorithm: Algorithm::try_from(phc.algorithm.as_str()).ok()?,
            version: phc.version.map_or(Ok(Version::default()), Version::try_from).ok()?,
            params,
            salt: phc.salt?.as_ref().to_vec(),
            output: Some(output),
        })
    }

    /// What nobody's password is behind.
    fn of_nobody() -> Self {
        Self {
            algorithm: Algorithm::default(),
            version: Version::default(),
            params: Params::DEFAULT,
            salt: vec![0; SALT_BYTES],
            output: None,
        }
    }

    fn is_of(&self, candidate: &str, memory: &mut Memory) -> bool {
        let argon2 = Argon2::new(self.algorithm, self.version, self.params.clone());
        let length = self.output.map_or(Params::DEFAULT_OUTPUT_LEN, |output| output.len());
        let mut bytes = [0; Output::MAX_LENGTH];
        let Some(bytes) = bytes.get_mut(..length) else { return false };
        let blocks = memory.blocks(self.params.block_count());
        let done =
            argon2.hash_password_into_with_memory(candidate.as_bytes(), &self.salt, bytes, blocks);
        // Outputs compare in constant time.
        done.is_ok() && Output::new(bytes).ok() == self.output && self.output.is_some()
    }
}

/// Whether a password may be chosen.
///
/// # Errors
/// Too short or too long.
pub(crate) fn check_new(password: &Secret) -> Result<(), Error> {
    let text = password.expose();
    if normal(text).chars().count() < SHORTEST {
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

    async fn verify(password: Option<&str>, hash: Option<&str>) -> Verdict {
        let passwords = Passwords::new();
        let verdict = passwords.verify(password.map(Secret::new), hash.map(str::to_owned));
        verdict.await.expect("answers")
    }

    async fn hash(password: &str) -> String {
        Passwords::new().hash(Secret::new(password)).await.expect("hashes")
    }

    /// The hash of a password as it is typed.
    async fn hash_of_typed(password: &str) -> String {
        use argon2::password_hash::PasswordHasher as _;
        Argon2::from(Params::DEFAULT)
            .hash_password(password.as_bytes())
            .expect("hashes")
            .to_string()
    }

    #[tokio::test]
    async fn a_hash_fits_its_password_only() {
        let stored = hash("correct horse").await;
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
        assert_eq!(verify(Some("correct horse"), Some(&stored)).await, Verdict::Fits);
        assert_eq!(verify(Some("correct hors"), Some(&stored)).await, Verdict::Wrong);
        assert_eq!(verify(None, Some(&stored)).await, Verdict::Wrong);
        assert_eq!(verify(Some("correct horse"), None).await, Verdict::Wrong);
        assert_eq!(verify(Some("correct horse"), Some("not a hash")).await, Verdict::Wrong);
        assert_ne!(stored, hash("correct horse").await, "salted");
        let empty = hash("").await;
        let endless = "x".repeat(LONGEST + 1);
        assert_eq!(verify(Some(&endless), Some(&empty)).await, Verdict::Wrong);
    }

    #[tokio::test]
    async fn hashes_are_those_of_the_library() {
        let stored = hash_of_typed("correct horse").await;
        assert_eq!(verify(Some("correct horse"), Some(&stored)).await, Verdict::Fits);
    }

    #[tokio::test]
    async fn a_password_fits_in_each_of_its_unicode_forms() {
        let (composed, decomposed, wide) =
            ("caf\u{e9} 1234", "cafe\u{301} 1234", "caf\u{e9} １２３４");
        let stored = hash(decomposed).await;
        for typed in [composed, decomposed, wide] {
            assert_eq!(verify(Some(typed), Some(&stored)).await, Verdict::Fits, "{typed}");
        }
        assert_eq!(verify(Some("cafe 1234"), Some(&stored)).await, Verdict::Wrong);
    }

    #[tokio::test]
    async fn a_password_stored_as_typed_fits_and_is_stored_anew() {
        let (composed, decomposed) = ("caf\u{e9} 1234", "cafe\u{301} 1234");
        let stored = hash_of_typed(decomposed).await;
        let Verdict::FitsOld(renewed) = verify(Some(decomposed), Some(&stored)).await else {
            panic!("not renewed");
        };
        assert_eq!(verify(Some(composed), Some(&renewed)).await, Verdict::Fits);
        let weak = "$argon2id$v=19$m=64,t=2,p=1$c2FsdHNhbHRzYWx0$";
        let output = {
            let params = Params::new(64, 2, 1, None).expect("allowed");
            let mut output = [0; 32];
            let argon2 = Argon2::from(params);
            argon2
                .hash_password_into(b"old and weak", b"saltsaltsalt", &mut output)
                .expect("hashes");
            Output::new(&output).expect("fits").to_string()
        };
        let weak = format!("{weak}{output}");
        let verdict = verify(Some("old and weak"), Some(&weak)).await;
        assert!(matches!(verdict, Verdict::FitsOld(_)), "{verdict:?}");
    }

    #[tokio::test]
    async fn a_hash_that_asks_for_a_gigabyte_is_none() {
        let stored = hash("correct horse").await.replace("m=19456", "m=1048576");
        assert_eq!(verify(Some("correct horse"), Some(&stored)).await, Verdict::Wrong);
    }

    #[test]
    fn short_and_endless_passwords_are_not_taken() {
        assert!(check_new(&Secret::new("12345678")).is_ok());
        assert!(check_new(&Secret::new("1234567")).is_err());
        assert!(check_new(&Secret::new("e\u{301}".repeat(7))).is_err());
        assert!(check_new(&Secret::new("é".repeat(513))).is_err());
    }
}
