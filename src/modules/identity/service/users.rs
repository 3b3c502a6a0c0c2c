//! People, as operators manage them. All of it runs as the schema's owner.

use super::super::dao;
use super::super::dto::{NewUser, UserRef};
use super::super::entity::{Origin, UserRow};
use super::super::manager;
use super::{IdentityService, sessions};
use crate::core::config::Secret;
use crate::core::db::check_given_ids;
use crate::core::error::Error;
use crate::core::types::address_key;
use crate::core::unit_of_work::UnitOfWork;

/// Longest e-mail address and name.
pub(super) const LONGEST_TEXT: usize = 255;

/// Addresses that are read at a time.
const KEYED_TOGETHER: u64 = 1_000;

impl IdentityService {
    /// Creates a person with an account and a password.
    ///
    /// # Errors
    /// An unusable address, name, id or password, one that is taken, or a store error.
    pub async fn add_user(
        &self,
        session: &UnitOfWork,
        new: &NewUser,
        password: Secret,
    ) -> Result<Vec<UserRow>, Error> {
        check(new)?;
        manager::check_new(&password)?;
        let hash = self.passwords.hash(password).await?;
        let db = session.write().await?;
        let (user_id, _) = dao::user::insert(&db, new, hash).await?;
        dao::user::find(&db, &UserRef::Id(user_id)).await
    }

    /// People with their accounts, of one tenant or of all.
    ///
    /// # Errors
    /// A store error.
    pub async fn users(
        &self,
        session: &UnitOfWork,
        partner_id: Option<i64>,
    ) -> Result<Vec<UserRow>, Error> {
        dao::user::list(&session.read(), partner_id).await
    }

    /// Lets a person sign in or not; who may not is signed out everywhere.
    ///
    /// # Errors
    /// No such person, or a store error.
    pub async fn set_user_enabled(
        &self,
        session: &UnitOfWork,
        user: &UserRef,
        enabled: bool,
    ) -> Result<Vec<UserRow>, Error> {
        let db = session.write().await?;
        let user_id = find(session, user).await?;
        dao::user::set_enabled(&db, user_id, enabled).await?;
        if !enabled {
            sign_out_everywhere(session, user_id).await?;
        }
        dao::user::find(&db, user).await
    }

    /// Gives e-mail addresses that have none their keys, as the schema's owner. Two people whose addresses
    /// have the same key are left as they are: the one with the higher id goes on to sign in with the
    /// address as it is stored. Those are the answer: id and address.
    ///
    /// # Errors
    /// A store error; what was stored before is the caller's to commit.
    pub async fn key_addresses(&self, session: &UnitOfWork) -> Result<Vec<(i64, String)>, Error> {
        let (db, mut after, mut clashing) = (session.write().await?, i64::MIN, Vec::new());
        loop {
            let rows = dao::user::without_key(&db, after, KEYED_TOGETHER).await?;
            let Some((last, _)) = rows.last() else { return Ok(clashing) };
            after = *last;
            for (id, email) in rows {
                if !dao::user::set_key(&db, id, &address_key(&email)).await? {
                    clashing.push((id, email));
                }
            }
        }
    }

    /// Gives a person another password, lifts a lock and signs the person out everywhere.
    ///
    /// # Errors
    /// No such person, an unusable password, or a store error.
    pub async fn set_password(
        &self,
        session: &UnitOfWork,
        user: &UserRef,
        password: Secret,
    ) -> Result<Vec<UserRow>, Error> {
        manager::check_new(&password)?;
        let hash = self.passwords.hash(password).await?;
        let user_id = find(session, user).await?;
        let db = session.write().await?;
        dao::user::set_password(&db, user_id, hash).await?;
        for email in dao::user::find(&db, user).await?.into_iter().filter_map(|row| row.email) {
            dao::attempt::forget(&db, &Origin::new(&email, None).person).await?;
        }
        sign_out_everywhere(session, user_id).await?;
        dao::user::find(&db, user).await
    }
}

async fn find(session: &UnitOfWork, user: &UserRef) -> Result<i64, Error> {
    let rows = dao::user::find(&session.write().await?, user).await?;
    rows.first().map(|row| row.user_id).ok_or_else(|| Error::not_found("there is no such user"))
}

async fn sign_out_everywhere(session: &UnitOfWork, user_id: i64) -> Result<(), Error> {
    let db = session.write().await?;
    for sid in dao::session::of_user(&db, user_id).await? {
        sessions::end(session, &sid).await?;
    }
    Ok(())
}

fn check(new: &NewUser) -> Result<(), Error> {
    let email = new.email.as_str();
    let has_parts = email
        .split_once('@')
        .is_some_and(|(name, host)| !name.is_empty() && !host.is_empty() && !host.contains('@'));
    let is_clean = !email.contains(|c: char| c.is_whitespace() || c.is_control());
    if !has_parts || !is_clean || email.chars().count() > LONGEST_TEXT {
        return Err(Error::invalid_value("email", "not an e-mail address"));
    }
    if new.name.as_deref().is_some_and(|name| name.chars().count() > LONGEST_TEXT) {
        return Err(Error::invalid_value(
            "name",
            format!("a name has at most {LONGEST_TEXT} characters"),
        ));
    }
    check_given_ids([new.user_id, new.account_id])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unusable_addresses_and_ids_are_refused() {
        let user = |email: &str, user_id: Option<i64>| NewUser {
            email: email.to_owned(),
            name: None,
            user_id,
            account_id: None,
            partner_id: None,
        };
        assert!(check(&user("asha@example.com", None)).is_ok());
        for email in ["", "asha", "@b", "a@", "a@b@c", "a b@c", "a\0@b"] {
            assert!(check(&user(email, None)).is_err(), "{email:?}");
        }
        assert!(check(&user("a@b", Some(999_999))).is_ok());
        for id in [0, -1, 1_000_000] {
            assert!(check(&user("a@b", Some(id))).is_err(), "{id}");
        }
    }
}
