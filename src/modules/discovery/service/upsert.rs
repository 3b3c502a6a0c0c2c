//! Accounts that a transaction takes hold of, stored or not.

use std::collections::HashMap;

use super::super::dao::upsert::{self, Written};
use super::super::entity::facts::{self, DerivedColumns, Facts, Rest};
use super::super::manager::announced;
use super::super::manager::upsert::{Delivered, Merged, merge};
use crate::core::error::{Code, Error};
use crate::core::unit_of_work::UnitOfWork;

/// How often somebody else may store an account in between.
const ATTEMPTS: usize = 5;

/// An account that the transaction holds until its commit.
pub struct Held<F> {
    pub id: i64,
    /// Whether all of it is written.
    pub is_new: bool,
    /// As they are to be stored.
    pub facts: F,
    /// As they were to be after the first message.
    pub first: F,
    pub rest: Rest,
}

/// Takes hold of accounts, in their order: those that are stored are locked, the others are stored with what
/// follows from them. Three statements for each attempt: whoever meets an account that somebody else stored in
/// between gives up what it held and begins again, so that all accounts are locked in one order.
pub async fn hold<F: Facts>(
    unit: &UnitOfWork,
    accounts: &[Delivered<F>],
    derived: impl Fn(&facts::Merged) -> DerivedColumns,
) -> Result<Vec<Held<F>>, Error> {
    for _ in 0..ATTEMPTS {
        match unit.part(attempt(unit, accounts, &derived)).await {
            Err(Error::Refused(refusal)) if refusal.code == Code::Conflict => {}
            held => return held,
        }
    }
    Err(Error::internal("postgresql", "others store the same accounts all the time"))
}

async fn attempt<F: Facts>(
    unit: &UnitOfWork,
    accounts: &[Delivered<F>],
    derived: &impl Fn(&facts::Merged) -> DerivedColumns,
) -> Result<Vec<Held<F>>, Error> {
    let tx = unit.write().await?;
    let keys = accounts.iter().map(|account| account.facts.key().to_owned()).collect();
    let handles = accounts.iter().filter_map(Delivered::handle).collect();
    let mut merged = merge(accounts, upsert::lock(&tx, keys, handles).await?);
    let mut new = Vec::new();
    for account in merged.iter_mut().filter(|account| account.id.is_none()) {
        let row = account.facts.merged(&account.rest);
        let derived = derived(&row);
        account.facts.set_place(announced::stored_place(&row));
        new.push(Written { id: None, facts: &account.facts, derived: Some(derived) });
    }
    new.sort_by(|one, other| one.facts.key().cmp(other.facts.key()));
    let ids: HashMap<String, i64> = upsert::insert(&tx, &new).await?;
    if ids.len() < new.len() {
        return Err(Error::refused(Code::Conflict, "somebody else stored an account meanwhile"));
    }
    let held = merged.into_iter().filter_map(|account| {
        let is_new = account.id.is_none();
        let id = account.id.or_else(|| ids.get(account.facts.key()).copied())?;
        let Merged { facts, first, rest, .. } = account;
        Some(Held { id, is_new, facts, first, rest })
    });
    Ok(held.collect())
}
