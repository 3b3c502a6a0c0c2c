//! Accounts that several messages are about, and which stored ones they are.
//!
//! What comes out is what the messages would leave behind one after the other.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};

use super::super::dao::upsert::Stored;
use super::super::entity::facts::{Facts, Rest, WITHOUT_ID};

/// An account and all that its messages know, in their order.
#[derive(Debug, Clone)]
pub struct Delivered<F> {
    pub facts: F,
    /// What the first message knows: if nothing else is stored, it makes the account.
    pub first: F,
    /// Who sent the first message.
    pub author: String,
}

impl<F: Facts> Delivered<F> {
    /// Handle in lower case by which the account may be stored without its id.
    pub fn handle(&self) -> Option<String> {
        self.first.handle().map(str::to_lowercase)
    }
}

/// An account as it is to be stored.
#[derive(Debug, Clone)]
pub struct Merged<F> {
    /// Of one that is stored.
    pub id: Option<i64>,
    pub facts: F,
    /// As it was to be stored after its first message.
    pub first: F,
    pub rest: Rest,
}

/// Messages with their authors, one entry for each account, in the order of the accounts' first messages.
pub fn by_account<F: Facts>(messages: Vec<(String, F)>) -> Vec<Delivered<F>> {
    let mut accounts: Vec<Delivered<F>> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for (author, facts) in messages {
        let place = *places.entry(facts.key().to_owned()).or_insert(accounts.len());
        match accounts.get_mut(place) {
            Some(account) => account.facts.learn(facts),
            None => accounts.push(Delivered { first: facts.clone(), facts, author }),
        }
    }
    accounts
}

/// Whether messages have to be handled apart from others: the account of the one may become that of the other.
pub fn is_apart<F: Facts>(one: &F) -> bool {
    one.handle().is_some() && one.key().starts_with(WITHOUT_ID)
}

/// The accounts in their order, merged with what is stored of them. Handles may repeat: of the accounts that are
/// stored without id under one, the first account that is not stored takes the one that was updated last.
pub fn merge<F: Facts>(accounts: &[Delivered<F>], stored: Vec<Stored<F>>) -> Vec<Merged<F>> {
    let keys: HashSet<&str> = accounts.iter().map(|account| account.facts.key()).collect();
    let (known, mut without_id): (Vec<_>, Vec<_>) =
        stored.into_iter().partition(|row| keys.contains(row.facts.key()));
    let mut by_key: HashMap<String, Stored<F>> =
        known.into_iter().map(|row| (row.facts.key().to_owned(), row)).collect();
    // Somebody else may have given one its id, while this transaction waited for it.
    without_id.retain(|row| is_apart(&row.facts));
    without_id.sort_by_key(|row| (Reverse(row.updated_at), row.id));
    let one = |account: &Delivered<F>| {
        let row = by_key.remove(account.facts.key()).or_else(|| {
            let handle = account.handle()?;
            let has_it = |row: &Stored<F>| {
                row.facts.handle().is_some_and(|stored| stored.to_lowercase() == handle)
            };
            without_id.iter().position(has_it).map(|place| without_id.remove(place))
        });
        match row {
            None => {
                let (facts, first) = (account.facts.clone(), account.first.clone());
                Merged { id: None, facts, first, rest: Rest::default() }
            }
            Some(Stored { id, mut facts, rest, .. }) => {
                let mut first = facts.clone();
                first.learn(account.first.clone());
                facts.learn(account.facts.clone());
                Merged { id: Some(id), facts, first, rest }
            }
        }
    };
    accounts.iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::super::super::entity::facts::InstagramFacts;
    use super::*;

    fn facts(ig_id: &str, handle: &str, name: Option<&str>) -> InstagramFacts {
        InstagramFacts {
            ig_id: ig_id.to_owned(),
            handle: handle.to_owned(),
            name: name.map(str::to_owned),
            ..InstagramFacts::default()
        }
    }

    fn row(id: i64, ig_id: &str, handle: &str, second: i64) -> Stored<InstagramFacts> {
        let updated_at = chrono::DateTime::from_timestamp(second, 0).expect("a time");
        let facts = InstagramFacts { followers: Some(id), ..facts(ig_id, handle, Some("stored")) };
        Stored { id, updated_at, facts, rest: Rest::default() }
    }

    fn delivered(messages: &[(&str, &str, Option<&str>)]) -> Vec<Delivered<InstagramFacts>> {
        let with_author = |(n, (ig_id, handle, name)): (usize, &(&str, &str, Option<&str>))| {
            (n.to_string(), facts(ig_id, handle, *name))
        };
        by_account(messages.iter().enumerate().map(with_author).collect())
    }

    #[test]
    fn later_messages_of_an_account_win_where_they_know_something() {
        let accounts = delivered(&[
            ("1", "Asha", Some("first")),
            ("2", "ravi", None),
            ("1", "asha2", Some("second")),
            ("1", "asha3", None),
        ]);
        assert_eq!(accounts.len(), 2);
        let asha = &accounts[0];
        assert_eq!(
            (asha.facts.handle.as_str(), asha.facts.name.as_deref()),
            ("asha3", Some("second"))
        );
        assert_eq!((asha.handle().as_deref(), asha.author.as_str()), (Some("asha"), "0"));
        assert_eq!(asha.first.name.as_deref(), Some("first"));
        let merged = merge(&accounts, vec![row(7, "2", "old", 0)]);
        assert_eq!((merged[0].id, merged[1].id), (None, Some(7)));
        let ravi = &merged[1].facts;
        assert_eq!((ravi.handle.as_str(), ravi.name.as_deref()), ("ravi", Some("stored")));
        assert_eq!(ravi.followers, Some(7));
    }

    #[test]
    fn accounts_without_id_go_to_the_first_who_have_their_handle() {
        let stored = || {
            vec![
                row(1, "MISSING-a", "ASHA", 10),
                row(2, "MISSING-b", "asha", 20),
                row(3, "9", "asha", 30),
                row(4, "5", "ravi", 40),
            ]
        };
        let ids = |messages: &[(&str, &str, Option<&str>)]| {
            let merged = merge(&delivered(messages), stored());
            merged.iter().map(|one| (one.facts.ig_id.clone(), one.id)).collect::<Vec<_>>()
        };
        let found = |ig_id: &str, id: Option<i64>| (ig_id.to_owned(), id);
        // The newest first, each once; accounts that have an id are never taken.
        assert_eq!(
            ids(&[
                ("6", "asha", None),
                ("7", "Asha", None),
                ("8", "asha", None),
                ("5", "asha", None)
            ]),
            [found("6", Some(2)), found("7", Some(1)), found("8", None), found("5", Some(4))],
        );
        // It counts what the first message said.
        assert_eq!(ids(&[("6", "new", None), ("6", "asha", None)]), [found("6", None)]);
        assert_eq!(ids(&[("MISSING-a", "asha", None)]), [found("MISSING-a", Some(1))]);
    }
}
