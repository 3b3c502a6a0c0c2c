//! Signing in, staying signed in, signing out.

use chrono::{DateTime, Duration, Utc};
use uuid::Uuid;

use super::super::dao;
use super::super::dto::{
    AuthOut, LoginIn, PartnerProfile, RefreshIn, SignedOutOut, UserClientAccount, VerifyIn,
};
use super::super::entity::{Identity, Origin, RefreshedSession};
use super::super::manager::attempts::{Outcome, Rules};
use super::super::manager::{self, Issued, Verdict};
use super::notices::sign_in_blocked;
use super::users::LONGEST_TEXT;
use super::{IdentityService, sessions};
use crate::core::config::Secret;
use crate::core::envelope::TypedStatus;
use crate::core::error::{Code, Error};
use crate::core::stores::Stores;
use crate::core::token::TokenKey;
use crate::core::unit_of_work::UnitOfWork;

/// The only way to sign in.
const MODE: &str = "EMAIL";
/// Stands for the user of an unknown address, so that both cost the same statements.
const NOBODY: i64 = 0;

impl IdentityService {
    /// Opens a session for a person who knows the password. Who is unknown, disabled, blocked or
    /// has another password learns no more than that.
    ///
    /// # Errors
    /// `invalid credentials`, a store error.
    pub(in super::super) async fn login(
        &self,
        session: &UnitOfWork,
        login: LoginIn,
    ) -> Result<AuthOut, Error> {
        let stores = session.stores();
        let email = login.id.filter(|email| is_storable(email)).unwrap_or_default();
        let rules = Rules::new(&stores.config.auth);
        let origin = Origin::new(&email, session.caller().network);
        let (counts, now) = dao::attempt::read(&stores.db(), &origin).await?;
        if rules.is_blocked(&counts, now) {
            return Err(invalid_credentials());
        }
        let user = dao::user::by_email(&stores.db(), &email).await?;
        let hash = user.as_ref().and_then(|user| user.password_hash.clone());
        let verdict = self.passwords.verify(login.secret, hash.clone()).await?;
        let may = user.as_ref().is_some_and(|user| user.identity.account_id.is_some());
        let fits = verdict.fits() && may && login.mode.as_deref() == Some(MODE);
        let user_id = user.as_ref().map_or(NOBODY, |user| user.user_id);
        let db = session.write().await?;
        if !fits {
            // The count of a failure is not worth waiting for the disk.
            dao::user::commit_lazily(&db).await?;
        }
        let fits = dao::user::is_still(&db, user_id, hash).await? && fits;
        let (counts, now) = dao::attempt::hold(&db, &origin).await?;
        let (outcome, counts) = rules.count(counts, fits, now);
        if outcome != Outcome::Blocked {
            dao::attempt::store(&db, &origin, &counts).await?;
        }
        match (user, outcome) {
            (Some(user), Outcome::Admitted) => {
                if let Verdict::FitsOld(hash) = verdict {
                    dao::user::renew_hash(&db, user_id, hash).await?;
                }
                self.open(session, user.identity).await
            }
            (user, outcome) => {
                if let (Some(user), Outcome::FailedAndTold) = (user, outcome) {
                    sign_in_blocked(session, &user.identity, &email, (&origin, &counts))?;
                }
                session.keep();
                Err(invalid_credentials())
            }
        }
    }

    async fn open(&self, session: &UnitOfWork, identity: Identity) -> Result<AuthOut, Error> {
        let account_id = identity.account_id.unwrap_or_default();
        let db = session.write().await?;
        let (sid, expires_at) = (Uuid::new_v4().to_string(), session_end(session.stores()));
        dao::session::delete_expired(&db, account_id).await?;
        dao::session::insert(&db, &sid, account_id, expires_at).await?;
        let refresh_token = manager::new_refresh_token();
        let hash = manager::hash(&refresh_token);
        dao::refresh_token::insert(&db, &sid, hash, expires_at).await?;
        issue(session, &sid, &identity, refresh_token).await
    }

    /// Exchanges a refresh token for new tokens. For half a minute it gives the same successor again, as
    /// long as nobody used that: two windows of a browser may refresh at once, and an answer may be
    /// lost. Any other second use ends the session: one of the two users is not who it belongs to.
    ///
    /// # Errors
    /// `invalid token`, a store error.
    pub(in super::super) async fn refresh(
        &self,
        session: &UnitOfWork,
        body: &RefreshIn,
    ) -> Result<AuthOut, Error> {
        let Some(token) = body.refresh_token.as_ref().map(Secret::expose) else {
            return Err(invalid_token());
        };
        let hash = manager::hash(token);
        let db = session.write().await?;
        let Some(found) = dao::session::of_refresh_token(&db, &hash).await? else {
            return Err(invalid_token());
        };
        let Some(stored) = dao::refresh_token::find(&db, &hash).await? else {
            return Err(invalid_token());
        };
        let RefreshedSession { sid, identity, alive } = found;
        if !alive || !stored.is_used && stored.is_expired {
            return Err(invalid_token());
        }
        if !stored.is_used {
            let salt = manager::new_salt();
            let (next, end) = (manager::successor(token, &salt)?, session_end(session.stores()));
            dao::refresh_token::use_up(&db, &hash, &salt).await?;
            dao::session::extend(&db, &sid, end).await?;
            dao::refresh_token::insert(&db, &sid, manager::hash(&next), end).await?;
            return issue(session, &sid, &identity, next).await;
        }
        if let (true, Some(salt)) = (stored.is_repeatable, &stored.successor_salt) {
            let next = manager::successor(token, salt)?;
            let unused = dao::refresh_token::find(&db, &manager::hash(&next)).await?;
            if unused.is_some_and(|next| !next.is_used && !next.is_expired) {
                return issue(session, &sid, &identity, next).await;
            }
        }
        tracing::warn!(user_id = identity.user_id, "a refresh token was used again");
        sessions::end(session, &sid).await?;
        session.keep();
        Err(invalid_token())
    }

    /// Ends the caller's session: no token of it is good any more, anywhere.
    ///
    /// # Errors
    /// The caller has none, or a store error.
    pub(in super::super) async fn logout(
        &self,
        session: &UnitOfWork,
    ) -> Result<SignedOutOut, Error> {
        let sid = session.caller().session_id.as_deref().ok_or_else(Error::unauthorized)?;
        sessions::end(session, sid).await?;
        Ok(SignedOutOut { status: TypedStatus::success("signed out") })
    }

    /// Whose a token is, while its session is alive.
    ///
    /// # Errors
    /// `invalid token`, a store error.
    pub(in super::super) async fn verify(
        &self,
        session: &UnitOfWork,
        body: &VerifyIn,
    ) -> Result<AuthOut, Error> {
        let Some(token) = &body.token else { return Err(invalid_token()) };
        let key = token_key(session.stores())?;
        let claims =
            key.verify(token.expose(), Utc::now().timestamp()).map_err(|_| invalid_token())?;
        let identity = self.session(session.stores(), &claims.sid).await?;
        let identity = identity.ok_or_else(invalid_token)?;
        Ok(AuthOut {
            status: TypedStatus::success("valid token"),
            token: Some(token.expose().to_owned()),
            refresh_token: None,
            refresh_time: claims.exp.map(|seconds| seconds.saturating_mul(1000)),
            user_client_account: Some(account(&identity)),
        })
    }
}

/// The answer with a refresh token and a fresh access token of a session whose row the unit of work
/// holds.
async fn issue(
    session: &UnitOfWork,
    sid: &str,
    identity: &Identity,
    refresh_token: String,
) -> Result<AuthOut, Error> {
    let stores = session.stores();
    sessions::put_key(stores, sid, session_end(stores)).await;
    let seconds = stores.config.auth.access_token_secs;
    let key = token_key(stores)?;
    let Issued { token, expires_at } = manager::issue(&key, (sid, identity), Utc::now(), seconds)?;
    Ok(AuthOut {
        status: TypedStatus::success("signed in"),
        token: Some(token),
        refresh_token: Some(refresh_token),
        refresh_time: Some(expires_at.timestamp() * 1000),
        user_client_account: Some(account(identity)),
    })
}

fn account(identity: &Identity) -> UserClientAccount {
    UserClientAccount {
        id: identity.account_id.unwrap_or_default(),
        user_id: identity.user_id.unwrap_or_default(),
        name: identity.user_name.as_deref().map(str::to_owned),
        partner_profile: identity.partner_id.map(|partner_id| PartnerProfile { partner_id }),
    }
}

/// When a session ends that nobody refreshes from now on.
fn session_end(stores: &Stores) -> DateTime<Utc> {
    Utc::now() + Duration::seconds(stores.config.auth.refresh_token_secs.into())
}

fn token_key(stores: &Stores) -> Result<TokenKey, Error> {
    let key = stores.config.hmac_key().map_err(|error| Error::internal("token", error))?;
    Ok(TokenKey::new(&key))
}

/// Whether an address can be one of ours: PostgreSQL stores no NUL, and none is longer.
fn is_storable(email: &str) -> bool {
    !email.contains('\0') && email.chars().count() <= LONGEST_TEXT
}

fn invalid_credentials() -> Error {
    Error::refused(Code::InvalidCredentials, "invalid credentials")
}

fn invalid_token() -> Error {
    Error::refused(Code::InvalidToken, "invalid token")
}
