//! Signing in, staying signed in, signing out.

use chrono::{DateTime, Duration, Utc};
use uuid::Uuid;

use super::super::dao::{
    self,
    user::{Attempt, Lockout},
};
use super::super::dto::{
    AuthOut, LoginIn, PartnerProfile, RefreshIn, SignedOutOut, UserClientAccount, VerifyIn,
};
use super::super::manager::{self, Issued};
use super::{Identity, IdentityService, sessions};
use crate::core::error::{Code, Error};
use crate::core::respond::TypedStatus;
use crate::core::session::Session;
use crate::core::stores::Stores;
use crate::core::token::TokenKey;

/// The only way to sign in.
const MODE: &str = "EMAIL";
/// Stands for the user of an unknown address, so that both cost the same statements.
const NOBODY: i64 = 0;

impl IdentityService {
    /// Opens a session for a person who knows the password. Who is unknown, disabled, locked or
    /// has another password learns no more than that.
    ///
    /// # Errors
    /// `invalid credentials`, a store error.
    pub(in super::super) async fn login(
        &self,
        session: &Session,
        login: LoginIn,
    ) -> Result<AuthOut, Error> {
        let stores = session.stores();
        let email = login.id.filter(|email| !email.contains('\0')).unwrap_or_default();
        let user = dao::user::by_email(&stores.db(), &email).await?;
        let hash = user.as_ref().and_then(|user| user.password_hash.clone());
        let fits = self.passwords.verify(login.secret, hash.clone()).await?;
        let may = user.as_ref().is_some_and(|user| user.identity.account_id.is_some());
        let fits = fits && may && login.mode.as_deref() == Some(MODE);
        let user_id = user.as_ref().map_or(NOBODY, |user| user.user_id);
        let db = session.write().await?;
        if !fits {
            // A commit that stores nothing, as an unknown user's, waits for no disk either.
            dao::user::commit_lazily(&db).await?;
        }
        let auth = &stores.config.auth;
        let lockout = Lockout { after: auth.max_failed_logins, seconds: auth.lockout_secs };
        let attempt = Attempt { user_id, fits, password_hash: hash };
        match (user, dao::user::record_attempt(&db, attempt, lockout).await?) {
            (Some(user), true) => self.open(session, user.identity).await,
            _ => {
                session.keep();
                Err(Error::refused(Code::InvalidCredentials, "invalid credentials"))
            }
        }
    }

    async fn open(&self, session: &Session, identity: Identity) -> Result<AuthOut, Error> {
        let account_id = identity.account_id.unwrap_or_default();
        let db = session.write().await?;
        let (sid, expires_at) = (Uuid::new_v4().to_string(), session_end(session.stores()));
        dao::session::delete_expired(&db, account_id).await?;
        dao::session::insert(&db, &sid, account_id, expires_at).await?;
        issue(session, &sid, &identity, expires_at).await
    }

    /// Exchanges a refresh token for new tokens. A token that was used before ends its session:
    /// one of the two users is not who the session belongs to.
    ///
    /// # Errors
    /// `invalid token`, a store error.
    pub(in super::super) async fn refresh(
        &self,
        session: &Session,
        body: &RefreshIn,
    ) -> Result<AuthOut, Error> {
        let Some(token) = &body.refresh_token else { return Err(invalid_token()) };
        let hash = manager::hash(token.expose());
        let db = session.write().await?;
        let Some(found) = dao::session::of_refresh_token(&db, &hash).await? else {
            return Err(invalid_token());
        };
        if dao::refresh_token::use_up(&db, &hash).await? {
            if !found.alive {
                return Err(invalid_token());
            }
            let expires_at = session_end(session.stores());
            dao::session::extend(&db, &found.sid, expires_at).await?;
            return issue(session, &found.sid, &found.identity, expires_at).await;
        }
        if dao::refresh_token::is_used(&db, &hash).await? {
            tracing::warn!(user_id = found.identity.user_id, "a refresh token was used again");
            sessions::end(session, &found.sid).await?;
            session.keep();
        }
        Err(invalid_token())
    }

    /// Ends the caller's session: no token of it is good any more, anywhere.
    ///
    /// # Errors
    /// The caller has none, or a store error.
    pub(in super::super) async fn logout(&self, session: &Session) -> Result<SignedOutOut, Error> {
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
        session: &Session,
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

/// New tokens of a session whose row the unit of work holds.
async fn issue(
    session: &Session,
    sid: &str,
    identity: &Identity,
    session_end: DateTime<Utc>,
) -> Result<AuthOut, Error> {
    let stores = session.stores();
    let refresh_token = manager::new_refresh_token();
    let hash = manager::hash(&refresh_token);
    dao::refresh_token::insert(&session.write().await?, sid, hash, session_end).await?;
    sessions::put_key(stores, sid, session_end).await;
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

fn invalid_token() -> Error {
    Error::refused(Code::InvalidToken, "invalid token")
}
