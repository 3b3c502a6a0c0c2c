//! Who a token belongs to: layer 1 in process, layer 2 in Redis, then the identity source.

use std::sync::Arc;
use std::time::Instant;

use chrono::{DateTime, Utc};
use deadpool_redis::redis;
use reqwest::header::HeaderMap;

use super::contracts::Contracts;
use super::identity_client::Verified;
use super::login_cache::{Login, LoginCache, Refusal};
use super::sources::{IdentitySource, TokenInQuestion};
use crate::core::config::ConfigError;
use crate::core::db::redis::{Redis, is_pause, report};
use crate::core::error::Error;
use crate::core::invalidation::Stamp;
use crate::core::stores::Stores;
use crate::core::token::{Claims, TokenKey, TokenRefused};
use crate::core::types::Plan;
use crate::modules::identity::{Identity, session_key};

/// Accepts or refuses tokens.
pub struct Authenticator {
    stores: Stores,
    key: TokenKey,
    identity: IdentitySource,
    contracts: Contracts,
    logins: LoginCache,
}

impl Authenticator {
    /// An authenticator with an empty cache.
    ///
    /// # Errors
    /// A cache beyond the address space.
    pub fn new(
        stores: Stores,
        key: TokenKey,
        identity: IdentitySource,
        contracts: Contracts,
    ) -> Result<Self, ConfigError> {
        let logins = LoginCache::new(stores.clone())?;
        Ok(Self { stores, key, identity, contracts, logins })
    }

    /// The login behind a token at `now`. `headers` tell a service that must be asked about the
    /// client.
    ///
    /// # Errors
    /// The token or its session is not valid, or nobody can tell.
    pub async fn login(
        self: &Arc<Self>,
        token: &str,
        now: DateTime<Utc>,
        headers: impl Fn() -> HeaderMap,
    ) -> Result<Login, Refusal> {
        if let Some(login) = self.logins.get(token, now.timestamp_millis()) {
            self.stores.metrics.sessions.l1_hit.inc();
            let current = login.is_current(now.timestamp());
            return if current { Ok(login) } else { Err(Refusal::Unauthorized) };
        }
        self.stores.metrics.sessions.l1_miss.inc();
        let check = || {
            let (this, token) = (Arc::clone(self), token.to_owned());
            let headers = self.identity.headers(&headers);
            async move { this.check(&token, now, headers).await }
        };
        // Boxed: the future of a hit stays small.
        Box::pin(self.stores.runtime.run(self.logins.check(token, check))).await
    }

    /// Session of a token that was accepted.
    pub fn session_id(&self, token: &str, now: DateTime<Utc>) -> Option<String> {
        Some(self.key.verify(token, now.timestamp()).ok()?.sid)
    }

    /// Plan of the contract that is active `now`, by the calendar and by the clock. `headers` as in
    /// [`Authenticator::login`].
    pub async fn plan(
        &self,
        partner_id: i64,
        now: (DateTime<Utc>, Instant),
        headers: impl FnOnce() -> HeaderMap,
    ) -> Plan {
        self.contracts.plan(partner_id, now, headers).await
    }

    async fn check(
        &self,
        token: &str,
        now: DateTime<Utc>,
        headers: HeaderMap,
    ) -> Result<Login, Refusal> {
        let checked_at = now.timestamp_millis();
        let now = now.timestamp();
        let claims = self.key.verify(token, now).map_err(|TokenRefused(reason)| {
            tracing::debug!(reason, "token refused");
            Refusal::Unauthorized
        })?;
        let stamp = self.stores.invalidations.session(&claims.sid);
        let in_redis = self.in_redis(&claims.sid).await.unwrap_or_else(|error| {
            report(&error, "session store does not answer");
            false
        });
        let Verified { identity, client } = if in_redis {
            Verified { identity: from_claims(&claims), client: None }
        } else {
            let question = TokenInQuestion { token, claims: &claims, headers };
            self.look_up(question, stamp, now).await?
        };
        let exp = claims.exp.unwrap_or(i64::MAX);
        Ok(Login { checked_at, stamp, exp, identity, client: client.map(Arc::new) })
    }

    async fn in_redis(&self, sid: &str) -> Result<bool, Error> {
        let Some(redis) = self.stores.redis() else { return Ok(false) };
        let mut exists = redis::cmd("EXISTS");
        exists.arg(redis.key(&session_key(sid)));
        let outcome = redis.run::<i64>(&exists).await.map(|found| found == 1);
        self.count(
            "redis",
            match &outcome {
                Ok(true) => "hit",
                Ok(false) => "miss",
                Err(error) if is_pause(error) => "skipped",
                Err(_) => "error",
            },
        );
        outcome
    }

    async fn look_up(
        &self,
        question: TokenInQuestion<'_>,
        stamp: Stamp,
        now: i64,
    ) -> Result<Verified, Refusal> {
        let claims = question.claims;
        match self.identity.verify(&self.stores, question).await {
            Ok(Some(verified)) => {
                self.count("source", "hit");
                self.back_fill(claims, stamp, now).await;
                Ok(verified)
            }
            Ok(None) => {
                self.count("source", "miss");
                Err(Refusal::Unauthorized)
            }
            Err(error) => {
                self.count("source", "error");
                tracing::error!(%error, "the identity source does not answer");
                Err(Refusal::Unavailable)
            }
        }
    }

    /// Spares the next replica the identity look-up. Best effort: a failure costs a look-up.
    ///
    /// A session that ends meanwhile must not come back to life: its end is seen here after the key
    /// is written, or the announcement arrives later and deletes the key (`revocation.rs`).
    async fn back_fill(&self, claims: &Claims, stamp: Stamp, now: i64) {
        let Some(redis) = self.stores.redis() else { return };
        let configured = self.stores.config.cache.session_backfill_ttl_secs as i64;
        let ttl = claims.exp.map_or(configured, |exp| configured.min(exp - now));
        if ttl <= 0 {
            return;
        }
        let mut set = redis::cmd("SET");
        set.arg(redis.key(&session_key(&claims.sid))).arg(1).arg("NX").arg("EX").arg(ttl);
        let may_be_ours = match redis.run::<redis::Value>(&set).await {
            Ok(answer) => answer != redis::Value::Nil,
            Err(error) => {
                report(&error, "session cannot be written to redis");
                true
            }
        };
        // A key that was there already is its writer's to delete.
        if may_be_ours && !self.stores.invalidations.is_current(stamp) {
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
        report(&error, "an ended session cannot be deleted from redis");
    }
}

fn from_claims(claims: &Claims) -> Identity {
    Identity {
        user_id: claims.user_id,
        user_name: None,
        account_id: claims.account_id,
        partner_id: claims.partner_id,
    }
}
