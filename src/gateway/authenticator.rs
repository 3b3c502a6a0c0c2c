//! Who a token belongs to: layer 1 in process, layer 2 in Redis, then the identity service.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use deadpool_redis::redis;

use super::contracts::Contracts;
use super::login_cache::{Login, LoginCache};
use super::token::{Claims, TokenKey, TokenRefused};
use crate::core::db::redis::Redis;
use crate::core::error::Error;
use crate::core::invalidation::Stamp;
use crate::core::stores::Stores;
use crate::core::types::Plan;
use crate::modules::identity::{Identity, IdentityService};

/// Why a request is not let in.
#[derive(Debug)]
pub enum Refusal {
    /// 401.
    Unauthorized,
    /// 503: nobody who could tell answers.
    Unavailable,
}

/// Accepts or refuses tokens.
pub struct Authenticator {
    stores: Stores,
    key: TokenKey,
    identity: IdentityService,
    contracts: Contracts,
    logins: LoginCache,
}

impl Authenticator {
    /// An authenticator with an empty cache.
    pub fn new(
        stores: Stores,
        key: TokenKey,
        identity: IdentityService,
        contracts: Contracts,
    ) -> Self {
        let logins = LoginCache::new(stores.clone());
        Self { stores, key, identity, contracts, logins }
    }

    /// The login behind a token.
    ///
    /// # Errors
    /// The token or its session is not valid, or nobody can tell.
    pub async fn login(&self, token: &str) -> Result<Arc<Login>, Refusal> {
        let now = Utc::now();
        let millis = now.timestamp_millis();
        if let Some(login) = self.logins.get(token, millis) {
            self.stores.metrics.sessions.l1_hit.inc();
            let current = login.is_current(now.timestamp());
            return if current { Ok(login) } else { Err(Refusal::Unauthorized) };
        }
        self.stores.metrics.sessions.l1_miss.inc();
        self.logins.get_or_check(token, millis, || self.check(token, now)).await
    }

    /// Plan of the partner's active contract.
    pub async fn plan(&self, partner_id: i64) -> Plan {
        self.contracts.plan(partner_id, Utc::now()).await
    }

    async fn check(&self, token: &str, now: DateTime<Utc>) -> Result<Arc<Login>, Refusal> {
        let checked_at = now.timestamp_millis();
        let now = now.timestamp();
        let claims = self.key.verify(token, now).map_err(|TokenRefused(reason)| {
            tracing::debug!(reason, "token refused");
            Refusal::Unauthorized
        })?;
        let stamp = self.stores.invalidations.session(&claims.sid);
        let identity = match self.in_redis(&claims.sid).await {
            Ok(true) => from_claims(&claims),
            Ok(false) => self.look_up(&claims, stamp, now).await?,
            Err(error) => {
                tracing::warn!(%error, "session store does not answer");
                self.look_up(&claims, stamp, now).await?
            }
        };
        let Claims { sid, exp, .. } = claims;
        Ok(Arc::new(Login { sid: sid.into(), identity, exp, checked_at, stamp }))
    }

    async fn in_redis(&self, sid: &str) -> Result<bool, Error> {
        let Some(redis) = &self.stores.redis else { return Ok(false) };
        let mut exists = redis::cmd("EXISTS");
        exists.arg(redis.key(&session_key(sid)));
        let outcome = redis.run::<i64>(&exists).await.map(|found| found == 1);
        self.count(
            "redis",
            match &outcome {
                Ok(true) => "hit",
                Ok(false) => "miss",
                Err(_) => "error",
            },
        );
        outcome
    }

    async fn look_up(&self, claims: &Claims, stamp: Stamp, now: i64) -> Result<Identity, Refusal> {
        match self.identity.session(&self.stores, &claims.sid).await {
            Ok(Some(identity)) => {
                self.count("source", "hit");
                self.back_fill(claims, stamp, now).await;
                Ok(identity)
            }
            Ok(None) => {
                self.count("source", "miss");
                Err(Refusal::Unauthorized)
            }
            Err(error) => {
                self.count("source", "error");
                tracing::error!(%error, "identity cannot be read");
                Err(Refusal::Unavailable)
            }
        }
    }

    /// Spares the next replica the identity look-up. Best effort: a failure costs a look-up.
    ///
    /// A session that ends meanwhile must not come back to life: its end is seen here after the key
    /// is written, or the announcement arrives later and deletes the key (`revocation.rs`).
    async fn back_fill(&self, claims: &Claims, stamp: Stamp, now: i64) {
        let Some(redis) = &self.stores.redis else { return };
        let configured = self.stores.config.cache.session_backfill_ttl_secs as i64;
        let ttl = claims.exp.map_or(configured, |exp| configured.min(exp - now));
        if ttl <= 0 {
            return;
        }
        let mut set = redis::cmd("SET");
        set.arg(redis.key(&session_key(&claims.sid))).arg(1).arg("NX").arg("EX").arg(ttl);
        if let Err(error) = redis.run::<redis::Value>(&set).await {
            tracing::warn!(%error, "session cannot be written to redis");
        }
        if !self.stores.invalidations.is_current(stamp) {
            forget_session(redis, &claims.sid).await;
        }
    }

    fn count(&self, layer: &str, result: &str) {
        let labels = ["session", layer, result];
        self.stores.metrics.cache_requests.with_label_values(&labels).inc();
    }
}

/// Deletes the key of a session that has ended. Best effort: the key has a time to live.
pub async fn forget_session(redis: &Redis, sid: &str) {
    let mut delete = redis::cmd("DEL");
    delete.arg(redis.key(&session_key(sid)));
    if let Err(error) = redis.run::<i64>(&delete).await {
        tracing::warn!(%error, "an ended session cannot be deleted from redis");
    }
}

/// Key whose existence says that the session lives.
pub fn session_key(sid: &str) -> String {
    format!("session:{sid}")
}

fn from_claims(claims: &Claims) -> Identity {
    Identity {
        user_id: claims.user_id,
        user_name: None,
        account_id: claims.account_id,
        partner_id: claims.partner_id,
    }
}
