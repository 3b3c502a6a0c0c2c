//! Session tokens: HMAC-signed JWT and the claims that identify a caller. The gateway verifies them,
//! signing in issues them.

mod hmac;

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde_json::{Map, Value};

/// Clock difference that `nbf` and `iat` tolerate, in seconds; `exp` tolerates none.
const LEEWAY_SECS: i64 = 30;

/// Key of the session tokens.
pub struct TokenKey {
    decoding: DecodingKey,
    encoding: EncodingKey,
    validation: Validation,
}

/// A token that is not accepted. Which check failed is nobody's business but the log's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("token refused: {0}")]
pub struct TokenRefused(pub &'static str);

/// What a valid token says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claims {
    /// Session.
    pub sid: String,
    /// User; without one the account and partner claims do not count.
    pub user_id: Option<i64>,
    /// Account.
    pub account_id: Option<i64>,
    /// Partner.
    pub partner_id: Option<i64>,
    /// End of the token, seconds since 1970.
    pub exp: Option<i64>,
}

impl TokenKey {
    /// From the decoded secret.
    pub fn new(secret: &[u8]) -> Self {
        hmac::install();
        let mut validation = Validation::new(Algorithm::HS256);
        validation.algorithms = vec![Algorithm::HS256, Algorithm::HS384, Algorithm::HS512];
        // Times are checked here: the library takes a malformed one for an absent one.
        validation.required_spec_claims.clear();
        validation.validate_exp = false;
        validation.validate_nbf = false;
        validation.validate_aud = false;
        Self {
            decoding: DecodingKey::from_secret(secret),
            encoding: EncodingKey::from_secret(secret),
            validation,
        }
    }

    /// Verifies signature and times at `now` (seconds since 1970) and reads the claims.
    ///
    /// # Errors
    /// Anything but a well-formed HMAC token with a session that is valid now.
    pub fn verify(&self, token: &str, now: i64) -> Result<Claims, TokenRefused> {
        let decoded =
            jsonwebtoken::decode::<Map<String, Value>>(token, &self.decoding, &self.validation)
                .map_err(|_| TokenRefused("signature"))?;
        // We understand no extension, and this names those that must be understood (RFC 7515 §4.1.11).
        if decoded.header.crit.is_some() {
            return Err(TokenRefused("crit"));
        }
        read_claims(&decoded.claims, now)
    }

    /// Signs claims with HS256.
    ///
    /// # Errors
    /// Claims that JSON cannot carry.
    pub fn sign(&self, claims: &Value) -> Result<String, jsonwebtoken::errors::Error> {
        jsonwebtoken::encode(&Header::new(Algorithm::HS256), claims, &self.encoding)
    }
}

fn read_claims(claims: &Map<String, Value>, now: i64) -> Result<Claims, TokenRefused> {
    let exp = instant(claims, "exp")?;
    if exp.is_some_and(|exp| exp <= now) {
        return Err(TokenRefused("expired"));
    }
    for name in ["nbf", "iat"] {
        if instant(claims, name)?.is_some_and(|at| at > now + LEEWAY_SECS) {
            return Err(TokenRefused("not valid yet"));
        }
    }
    let sid = claims.get("sid").and_then(Value::as_str).filter(|sid| !sid.is_empty());
    let sid = sid.ok_or(TokenRefused("sid"))?.to_owned();
    let user_id = claims.get("uid").and_then(user).filter(|id| !matches!(id, 0 | -1));
    let account_id = id(claims, "userAccountId")?;
    let partner_id = id(claims, "partnerId")?.filter(|id| *id != 0);
    let known = user_id.is_some();
    Ok(Claims {
        sid,
        user_id,
        account_id: account_id.filter(|_| known),
        partner_id: partner_id.filter(|_| known),
        exp,
    })
}

fn instant(claims: &Map<String, Value>, name: &'static str) -> Result<Option<i64>, TokenRefused> {
    match claims.get(name) {
        None => Ok(None),
        Some(Value::Number(number)) => {
            let seconds = number.as_i64().or_else(|| number.as_f64().map(|value| value as i64));
            seconds.map(Some).ok_or(TokenRefused(name))
        }
        Some(_) => Err(TokenRefused(name)),
    }
}

fn user(value: &Value) -> Option<i64> {
    match value {
        Value::Bool(flag) => Some(i64::from(*flag)),
        other => integer(other),
    }
}

fn id(claims: &Map<String, Value>, name: &'static str) -> Result<Option<i64>, TokenRefused> {
    match claims.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => integer(value).map(Some).ok_or(TokenRefused(name)),
    }
}

/// A whole number or the text of one.
fn integer(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64().or_else(|| {
            let value = number.as_f64()?;
            let whole = value.fract() == 0.0 && value.abs() < 9.0e15;
            whole.then_some(value as i64)
        }),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const NOW: i64 = 1_700_000_000;

    fn claims(value: &Value) -> Result<Claims, TokenRefused> {
        let key = TokenKey::new(&[7; 32]);
        key.verify(&key.sign(value).expect("signs"), NOW)
    }

    #[test]
    fn identity_is_read_from_numbers_and_numeric_texts() {
        let read = claims(&json!({"sid":"s1","uid":"1014","userAccountId":55,"partnerId":"10"}));
        let read = read.expect("accepted");
        assert_eq!(
            (read.user_id, read.account_id, read.partner_id),
            (Some(1014), Some(55), Some(10))
        );
    }

    #[test]
    fn without_user_the_other_ids_do_not_count() {
        for uid in [json!(0), json!(-1), json!("abc"), json!(null), json!(false)] {
            let read = claims(&json!({"sid":"s","uid":uid,"userAccountId":5,"partnerId":10}));
            let read = read.expect("accepted");
            assert_eq!((read.user_id, read.account_id, read.partner_id), (None, None, None));
        }
    }

    #[test]
    fn times_are_checked_strictly() {
        let at = |name: &str, value: Value| claims(&json!({"sid":"s","uid":1,name:value}));
        assert!(at("exp", json!(NOW + 1)).is_ok());
        assert!(at("exp", json!(NOW)).is_err());
        assert!(at("exp", json!("9999999999")).is_err());
        assert!(at("nbf", json!(NOW + 30)).is_ok());
        assert!(at("nbf", json!(NOW + 31)).is_err());
        assert!(at("iat", json!(null)).is_err());
    }

    #[test]
    fn malformed_ids_and_sessions_are_refused() {
        assert!(claims(&json!({"uid":1})).is_err());
        assert!(claims(&json!({"sid":"","uid":1})).is_err());
        assert!(claims(&json!({"sid":7,"uid":1})).is_err());
        assert!(claims(&json!({"sid":"s","uid":1,"partnerId":{}})).is_err());
        assert!(claims(&json!({"sid":"s","uid":1,"userAccountId":"x"})).is_err());
        let read = claims(&json!({"sid":"s","uid":1,"partnerId":0,"userAccountId":null}));
        assert_eq!(read.expect("accepted").partner_id, None);
    }

    /// Example of RFC 7515, appendix A.1.
    #[test]
    fn signatures_are_those_of_the_standard() {
        use base64::Engine as _;
        let key = "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow";
        let key = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(key).expect("base64");
        let key = TokenKey::new(&key);
        let (header, claims) = (
            "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9",
            "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ",
        );
        let signature = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        let verdict = key.verify(&format!("{header}.{claims}.{signature}"), 0);
        assert_eq!(verdict, Err(TokenRefused("sid")), "signed well, but nobody's");
        let forged = key.verify(&format!("{header}.{claims}.{}", signature.replace('d', "e")), 0);
        assert_eq!(forged, Err(TokenRefused("signature")));
    }

    #[test]
    fn longer_hashes_are_accepted_too() {
        let key = TokenKey::new(&[7; 64]);
        for algorithm in [Algorithm::HS384, Algorithm::HS512] {
            let claims = json!({"sid": "s"});
            let token = jsonwebtoken::encode(&Header::new(algorithm), &claims, &key.encoding);
            assert!(key.verify(&token.expect("signs"), NOW).is_ok(), "{algorithm:?}");
        }
    }

    #[test]
    fn other_keys_and_algorithms_are_refused() {
        let ours = TokenKey::new(&[7; 32]);
        let foreign = TokenKey::new(&[8; 32]).sign(&json!({"sid":"s"})).expect("signs");
        assert_eq!(ours.verify(&foreign, NOW), Err(TokenRefused("signature")));
        // {"alg":"none"} . {"sid":"s"} .
        let none = "eyJhbGciOiJub25lIn0.eyJzaWQiOiJzIn0.";
        assert_eq!(ours.verify(none, NOW), Err(TokenRefused("signature")));
    }
}
