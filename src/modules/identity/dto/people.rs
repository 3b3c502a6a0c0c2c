//! People and sessions, as commands name and make them.

use std::str::FromStr;

use chrono::{DateTime, Utc};

/// A person to create, with an account to sign in to.
#[derive(Debug, Clone)]
pub struct NewUser {
    /// E-mail address, unique in any case.
    pub email: String,
    /// Name.
    pub name: Option<String>,
    /// Id of the person; absent = the next free one.
    pub user_id: Option<i64>,
    /// Id of the account; absent = the next free one.
    pub account_id: Option<i64>,
    /// Tenant of the account; absent = none.
    pub partner_id: Option<i64>,
}

/// A person by id or by e-mail address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UserRef {
    /// Id.
    Id(i64),
    /// E-mail address, in any case.
    Email(String),
}

impl FromStr for UserRef {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.parse() {
            Ok(id) => Ok(Self::Id(id)),
            Err(_) if text.contains('@') => Ok(Self::Email(text.to_owned())),
            Err(_) => Err("expected a user id or an e-mail address".to_owned()),
        }
    }
}

/// A session to open, with the user and account that it needs.
#[derive(Debug, Clone)]
pub struct NewSession {
    /// Id of the session.
    pub sid: String,
    /// Person.
    pub user_id: i64,
    /// Account of the person.
    pub account_id: i64,
    /// Tenant of the account.
    pub partner_id: i64,
    /// End of the session.
    pub expires_at: DateTime<Utc>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_is_named_by_id_or_address() {
        assert_eq!("42".parse(), Ok(UserRef::Id(42)));
        assert_eq!("a@b".parse(), Ok(UserRef::Email("a@b".into())));
        assert!("asha".parse::<UserRef>().is_err());
    }
}
