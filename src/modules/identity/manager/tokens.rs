//! Access and refresh tokens of a session.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Duration, Utc};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

use crate::core::error::Error;
use crate::core::token::TokenKey;
use crate::modules::identity::entity::Identity;

/// Random bytes of a refresh token: it cannot be guessed, so its hash needs no salt and no work.
const REFRESH_BYTES: usize = 32;

/// An access token and its end.
pub(crate) struct Issued {
    pub token: String,
    pub expires_at: DateTime<Utc>,
}

/// A fresh access token of a session, good for `seconds` from `now`.
pub(crate) fn issue(
    key: &TokenKey,
    (sid, identity): (&str, &Identity),
    now: DateTime<Utc>,
    seconds: u32,
) -> Result<Issued, Error> {
    let expires_at = now + Duration::seconds(seconds.into());
    let mut claims = Map::new();
    claims.insert("sid".to_owned(), sid.into());
    for (name, id) in [
        ("uid", identity.user_id),
        ("userAccountId", identity.account_id),
        ("partnerId", identity.partner_id),
    ] {
        if let Some(id) = id {
            claims.insert(name.to_owned(), id.into());
        }
    }
    claims.insert("iat".to_owned(), now.timestamp().into());
    claims.insert("exp".to_owned(), expires_at.timestamp().into());
    let token = key.sign(&Value::Object(claims));
    let token = token.map_err(|error| Error::internal("token", error))?;
    Ok(Issued { token, expires_at })
}

/// A fresh refresh token.
pub(crate) fn new_refresh_token() -> String {
    URL_SAFE_NO_PAD.encode(rand::random::<[u8; REFRESH_BYTES]>())
}

/// What a used refresh token and its successor share; stored in clear.
pub(crate) fn new_salt() -> Vec<u8> {
    rand::random::<[u8; REFRESH_BYTES]>().to_vec()
}

/// The refresh token that follows `token`: the same one whenever it is asked for with the same salt, so
/// that an answer can be repeated although only hashes of tokens are stored. The token is the key: who
/// reads the salt and all hashes of the database learns nothing about it, and who has the token but not
/// the salt cannot go on without asking.
pub(crate) fn successor(token: &str, salt: &[u8]) -> Result<String, Error> {
    let mac = Hmac::<Sha256>::new_from_slice(token.as_bytes());
    let mut mac = mac.map_err(|error| Error::internal("token", error))?;
    mac.update(salt);
    Ok(URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
}

/// What is stored of a refresh token.
pub(crate) fn hash(token: &str) -> Vec<u8> {
    Sha256::digest(token).to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issued_token_says_who_and_until_when() {
        let key = TokenKey::new(&[7; 32]);
        let now = DateTime::from_timestamp(1_700_000_000, 0).expect("in range");
        let identity = Identity {
            user_id: Some(42),
            user_name: Some("Asha".into()),
            account_id: Some(77),
            partner_id: None,
        };
        let issued = issue(&key, ("s", &identity), now, 900).expect("signs");
        let claims = key.verify(&issued.token, now.timestamp()).expect("valid");
        assert_eq!((claims.sid.as_str(), claims.user_id), ("s", Some(42)));
        assert_eq!((claims.account_id, claims.partner_id), (Some(77), None));
        assert_eq!(claims.exp, Some(issued.expires_at.timestamp()));
        assert!(key.verify(&issued.token, now.timestamp() + 900).is_err());
    }

    #[test]
    fn a_successor_follows_from_token_and_salt_together() {
        let (token, salt) = (new_refresh_token(), new_salt());
        let next = |token: &str, salt: &[u8]| successor(token, salt).expect("derives");
        assert_eq!(next(&token, &salt), next(&token, &salt));
        assert_eq!(next(&token, &salt).len(), token.len());
        assert_ne!(next(&token, &salt), next(&token, &new_salt()));
        assert_ne!(next(&token, &salt), next(&new_refresh_token(), &salt));
    }

    #[test]
    fn refresh_tokens_are_random_and_stored_as_hashes() {
        let (one, two) = (new_refresh_token(), new_refresh_token());
        assert_ne!(one, two);
        assert_eq!((one.len(), hash(&one).len()), (43, 32));
        assert_ne!(hash(&one), hash(&two));
    }
}
