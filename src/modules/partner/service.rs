//! Partners and their contracts.

use chrono::{DateTime, Utc};

use super::dao;
use super::dto::{ContractOut, MadeContract, NewContract, PartnerOut};
use super::entity::Contract;
use crate::core::config::Config;
use crate::core::db::check_given_ids;
use crate::core::error::{Code, Error};
use crate::core::invalidation::Invalidation;
use crate::core::stores::Stores;
use crate::core::types::Plan;
use crate::core::unit_of_work::UnitOfWork;
use crate::modules::usage::{ContractLimits, UsageService};

/// Longest name.
const LONGEST_NAME: usize = 255;
/// Kind of the contracts that decide the plan.
const DECIDES_PLAN: &str = "SAAS";

/// Partners and contracts.
#[derive(Debug, Clone)]
pub struct PartnerService {
    usage: UsageService,
}

impl PartnerService {
    /// New contracts get their counters from the usage engine.
    pub fn new(config: &Config) -> Self {
        Self { usage: UsageService::new(config) }
    }

    /// Contracts of a partner in the order in which they were made; none for an unknown partner.
    ///
    /// # Errors
    /// A store error.
    pub async fn contracts(
        &self,
        stores: &Stores,
        partner_id: i64,
    ) -> Result<Vec<Contract>, Error> {
        dao::contracts(&stores.db(), partner_id).await
    }

    /// A partner that the caller may see: the own one, any for the platform's own partner.
    ///
    /// # Errors
    /// `invalid Record Id - {id}` for every other one, or a store error.
    pub(super) async fn own_partner(
        &self,
        unit: &UnitOfWork,
        id: &str,
    ) -> Result<PartnerOut, Error> {
        let caller = unit.caller();
        let invalid = || Error::rejected(Code::NotFound, format!("invalid Record Id - {id}"));
        let wanted: i64 = id.parse().map_err(|_| invalid())?;
        if !caller.is_admin() && caller.partner_id != Some(wanted) {
            return Err(invalid());
        }
        let found = dao::partners(&unit.read(), Some(wanted)).await?;
        found.into_iter().next().ok_or_else(invalid)
    }

    /// Partners with their contracts: one, or all.
    ///
    /// # Errors
    /// A store error.
    pub async fn partners(
        &self,
        unit: &UnitOfWork,
        id: Option<i64>,
    ) -> Result<Vec<PartnerOut>, Error> {
        dao::partners(&unit.read(), id).await
    }

    /// Creates a partner, as the schema's owner; without an id it gets the next free one.
    ///
    /// # Errors
    /// An unusable name or id, an id that is taken, or a store error.
    pub async fn add_partner(
        &self,
        unit: &UnitOfWork,
        id: Option<i64>,
        name: &str,
    ) -> Result<Vec<PartnerOut>, Error> {
        if name.trim().is_empty() || name.chars().count() > LONGEST_NAME {
            let text = format!("a name has 1 to {LONGEST_NAME} characters");
            return Err(Error::invalid_value("name", text));
        }
        check_given_ids([id])?;
        let db = unit.write().await?;
        let id = dao::insert_partner(&db, id, name).await?;
        dao::partners(&db, Some(id)).await
    }

    /// Creates the partner if it does not exist, as the schema's owner.
    ///
    /// # Errors
    /// A store error.
    pub async fn ensure_partner(&self, unit: &UnitOfWork, partner_id: i64) -> Result<(), Error> {
        dao::ensure_partner(&unit.write().await?, partner_id).await
    }

    /// Makes a contract with its usage counters, as the schema's owner, and tells every replica.
    /// Where contracts overlap, the one with the latest start decides, so earlier ones stay as they
    /// are. Counters span all paying contracts that run or come; the newest contract sets their limit,
    /// unless it has ended or another one overrules it. The same contract is not made twice.
    ///
    /// # Errors
    /// No such partner, an empty term, a negative limit, or a store error.
    pub async fn add_contract(
        &self,
        unit: &UnitOfWork,
        contract: NewContract,
    ) -> Result<MadeContract, Error> {
        let NewContract { partner_id, plan, start, end, limit, .. } = contract;
        let db = unit.write().await?;
        if !dao::lock_partner(&db, partner_id).await? {
            return Err(Error::not_found(format!("there is no partner {partner_id}")));
        }
        if end <= start || limit < 0 {
            let text = "a contract ends after its start, its limit is 0 or more";
            return Err(Error::refused(Code::InvalidValue, text));
        }
        let limits = ContractLimits::monthly(plan, (start, end), limit).configurations;
        let limits = serde_json::to_value(limits);
        let limits = limits.map_err(|error| Error::internal("partner_contract", error))?;
        let partner = dao::partners(&db, Some(partner_id)).await?;
        let contracts = partner.iter().flat_map(|partner| &partner.contracts);
        if let Some(id) = same(contracts, &contract, &limits) {
            return Ok(MadeContract { partner, existing: Some(id) });
        }
        let known = dao::contracts(&db, partner_id).await?;
        dao::insert_contract(&db, &contract, limits).await?;
        if let Some(counted) = counted(&known, &contract, Utc::now()) {
            let limits = ContractLimits::monthly(plan, counted, limit);
            self.usage.install(unit, partner_id, &limits).await?;
        }
        let stores = unit.stores().clone();
        unit.after_commit(async move {
            if let Err(error) = stores.announce(&Invalidation::Partner(partner_id)).await {
                tracing::warn!(%error, "the new contract could not be announced");
            }
        });
        Ok(MadeContract { partner: dao::partners(&db, Some(partner_id)).await?, existing: None })
    }
}

/// The contract that is the same as `new`: of its plan, limits and term, and with nothing that overruled it
/// before the start of `new`.
fn same<'a>(
    known: impl Iterator<Item = &'a ContractOut> + Clone,
    new: &NewContract,
    limits: &serde_json::Value,
) -> Option<i64> {
    let (start, end) = (new.start.timestamp_millis(), new.end.timestamp_millis());
    let since = new.same_since.timestamp_millis();
    let deciding = known.filter(|contract| contract.contract_type == DECIDES_PLAN);
    let is_overruled = |begun: i64| {
        deciding.clone().any(|other| begun < other.start_time && other.start_time <= start)
    };
    deciding.clone().find_map(|old: &ContractOut| {
        let is_same = old.plan == new.plan.name()
            && old.configurations == *limits
            && (since..=start).contains(&old.start_time)
            && (old.end_time == end || old.end_time - old.start_time == end - start);
        (is_same && !is_overruled(old.start_time)).then_some(old.id)
    })
}

/// From when until when counters count once `new` is made beside `known` contracts; `None` where it
/// changes nothing about them. Counters of a plan that pays nothing are none at all, so it leaves them
/// alone where a paying contract goes on or comes after it.
fn counted(
    known: &[Contract],
    new: &NewContract,
    now: DateTime<Utc>,
) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
    let deciding = known.iter().filter(|contract| contract.contract_type == DECIDES_PLAN);
    let (running, coming): (Vec<_>, Vec<_>) = deciding
        .filter(|contract| now < contract.end_time)
        .partition(|contract| contract.start_time <= now);
    let is_overruled = running.iter().any(|contract| contract.start_time > new.start);
    if new.end <= now || new.start <= now && is_overruled {
        return None;
    }
    let pays =
        |contract: &&&Contract| Plan::parse(&contract.plan).is_some_and(|plan| plan != Plan::Free);
    let ends = running.iter().chain(&coming).filter(pays).map(|contract| contract.end_time);
    let last_end = ends.max();
    if new.plan == Plan::Free {
        let is_last = last_end.is_none_or(|end| end <= new.end);
        return (new.start <= now && is_last).then_some((new.start, new.end));
    }
    let starts = |contracts: &[&Contract]| -> Vec<DateTime<Utc>> {
        contracts.iter().filter(pays).map(|contract| contract.start_time).collect()
    };
    let start = if new.start <= now {
        new.start
    } else {
        let running = starts(&running).into_iter().max();
        let first = starts(&coming).into_iter().chain([new.start]).min();
        running.or(first).unwrap_or(new.start)
    };
    Some((start, last_end.map_or(new.end, |end| end.max(new.end))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::Duration;

    /// What counters span after a contract, in days from now.
    fn counted_days(known: &[(&str, i64, i64)], new: (Plan, i64, i64)) -> Option<(i64, i64)> {
        let now = Utc::now();
        let at = |days| now + Duration::days(days);
        let known = known.iter().map(|(plan, start, end)| Contract {
            contract_type: DECIDES_PLAN.into(),
            plan: (*plan).into(),
            start_time: at(*start),
            end_time: at(*end),
        });
        let known: Vec<Contract> = known.collect();
        let (plan, start, end) = new;
        let (start, end) = (at(start), at(end));
        let new = NewContract { partner_id: 1, plan, start, same_since: start, end, limit: 5 };
        let days = |instant: DateTime<Utc>| (instant - now).num_days();
        counted(&known, &new, now).map(|(start, end)| (days(start), days(end)))
    }

    #[test]
    fn counters_span_what_is_paid_for() {
        use Plan::{Free, Paid, Saas};
        let running = ("SAAS", -9, 9);
        for (known, new, span) in [
            (&[][..], (Paid, 0, 30), Some((0, 30))),
            (&[], (Paid, 5, 30), Some((5, 30))),
            (&[running], (Paid, 0, 3), Some((0, 9))),
            (&[running], (Paid, 5, 30), Some((-9, 30))),
            (&[running, ("PAID", 20, 40)], (Saas, 0, 10), Some((0, 40))),
            (&[("PAID", 5, 30)], (Saas, 30, 60), Some((5, 60))),
            (&[("FREE", -9, 9), ("PAID", -30, -9)], (Saas, 5, 30), Some((5, 30))),
            (&[], (Free, 0, 30), Some((0, 30))),
            (&[running], (Free, 0, 30), Some((0, 30))),
        ] {
            assert_eq!(counted_days(known, new), span, "{known:?} {new:?}");
        }
    }

    #[test]
    fn what_does_not_rule_leaves_counters_alone() {
        use Plan::{Free, Paid};
        let running = ("SAAS", -9, 9);
        for (known, new) in [
            (&[running][..], (Paid, -30, -20)),
            (&[running], (Paid, -20, 30)),
            (&[running], (Free, -20, -10)),
            (&[running], (Free, -20, 30)),
            (&[running], (Free, 5, 30)),
            (&[("PAID", 5, 30)], (Free, 2, 3)),
            (&[("PAID", 5, 30)], (Free, 0, 3)),
            (&[running], (Free, 0, 3)),
        ] {
            assert_eq!(counted_days(known, new), None, "{known:?} {new:?}");
        }
    }
}
