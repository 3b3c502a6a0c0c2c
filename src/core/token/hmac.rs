//! The one family of signatures that tokens may have. `jsonwebtoken` is built without signatures of its
//! own: they come with RSA and elliptic curves, which nothing here needs.

use hmac::{Hmac, KeyInit as _, Mac as _};
use jsonwebtoken::crypto::{CryptoProvider, JwtSigner, JwtVerifier, KeyUtils};
use jsonwebtoken::errors::{Error, ErrorKind};
use jsonwebtoken::signature::{self, Signer, Verifier};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey};
use sha2::{Sha256, Sha384, Sha512};

static PROVIDER: CryptoProvider = CryptoProvider {
    signer_factory: |algorithm, key: &EncodingKey| {
        let mac = Keyed::new(*algorithm, key.as_bytes())?;
        Ok(Box::new(mac))
    },
    verifier_factory: |algorithm, key: &DecodingKey| {
        let mac = Keyed::new(*algorithm, key.try_get_as_bytes()?)?;
        Ok(Box::new(mac))
    },
    key_utils: KeyUtils::new_unimplemented(),
};

/// Makes HMAC known to `jsonwebtoken`; repeating it changes nothing.
pub(super) fn install() {
    let _ = PROVIDER.install_default();
}

/// HMAC with a key.
struct Keyed {
    algorithm: Algorithm,
    mac: Mac,
}

enum Mac {
    Sha256(Hmac<Sha256>),
    Sha384(Hmac<Sha384>),
    Sha512(Hmac<Sha512>),
}

impl Keyed {
    fn new(algorithm: Algorithm, key: &[u8]) -> Result<Self, Error> {
        let unusable = |_| Error::from(ErrorKind::InvalidKeyFormat);
        let mac = match algorithm {
            Algorithm::HS256 => Mac::Sha256(Hmac::new_from_slice(key).map_err(unusable)?),
            Algorithm::HS384 => Mac::Sha384(Hmac::new_from_slice(key).map_err(unusable)?),
            Algorithm::HS512 => Mac::Sha512(Hmac::new_from_slice(key).map_err(unusable)?),
            _ => return Err(ErrorKind::InvalidAlgorithm.into()),
        };
        Ok(Self { algorithm, mac })
    }
}

impl Signer<Vec<u8>> for Keyed {
    fn try_sign(&self, message: &[u8]) -> Result<Vec<u8>, signature::Error> {
        Ok(match &self.mac {
            Mac::Sha256(mac) => mac.clone().chain_update(message).finalize().into_bytes().to_vec(),
            Mac::Sha384(mac) => mac.clone().chain_update(message).finalize().into_bytes().to_vec(),
            Mac::Sha512(mac) => mac.clone().chain_update(message).finalize().into_bytes().to_vec(),
        })
    }
}

impl Verifier<Vec<u8>> for Keyed {
    /// In constant time.
    fn verify(&self, message: &[u8], signature: &Vec<u8>) -> Result<(), signature::Error> {
        let verified = match &self.mac {
            Mac::Sha256(mac) => mac.clone().chain_update(message).verify_slice(signature),
            Mac::Sha384(mac) => mac.clone().chain_update(message).verify_slice(signature),
            Mac::Sha512(mac) => mac.clone().chain_update(message).verify_slice(signature),
        };
        verified.map_err(signature::Error::from_source)
    }
}

impl JwtSigner for Keyed {
    fn algorithm(&self) -> Algorithm {
        self.algorithm
    }
}

impl JwtVerifier for Keyed {
    fn algorithm(&self) -> Algorithm {
        self.algorithm
    }
}
