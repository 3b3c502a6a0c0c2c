//! Contracts of a partner, cached; the plan is computed from their dates on every request.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use quick_cache::sync::Cache;
use reqwest::header::HeaderMap;

use super::sources::ContractSource;
use crate::core::error::Error;
use crate::core::invalidation::Stamp;
use crate::core::stores::Stores;
use crate::core::types::Plan;
use crate::modules::partner::Contract;

const CACHED_PARTNERS: usize = 100_000;
/// A failed look-up is not repeated sooner than this.
const RETRY_AFTER: Duration = Duration::from_secs(5);

/// Contract lists by partner.
pub struct Contracts {
    stores: Stores,
    source: ContractSource,
    lists: Cache<i64, Arc<ContractList>>,
    ttl: Duration,
    stale: Duration,
}

struct ContractList {
    contracts: Vec<Contract>,
    fetched_at: Instant,
    /// When the next look-up is due, unless a change is announced before.
    due_at: Instant,
    /// What was announced before the look-up.
    stamp: Stamp,
}

impl Contracts {
    /// Lists come from `source`.
    pub fn new(stores: Stores, source: ContractSource) -> Self {
        let config = &stores.config.cache;
        let (ttl, stale) = (config.contract_ttl_secs, config.contract_stale_secs);
        Self {
            source,
            lists: Cache::new(CACHED_PARTNERS),
            ttl: Duration::from_secs(ttl),
            stale: Duration::from_secs(stale),
            stores,
        }
    }

    /// Plan of a partner `now`, by the calendar and by the clock; `FREE` without an active contract or
    /// when nothing is known. `headers` tell a service that must be asked about the client.
    pub async fn plan(
        &self,
        partner_id: i64,
        (now, instant): (DateTime<Utc>, Instant),
        headers: impl FnOnce() -> HeaderMap,
    ) -> Plan {
        let known = self.lists.get(&partner_id);
        let list = match known {
            Some(list) if !self.is_due(&list, instant) => {
                self.stores.metrics.contracts.l1_hit.inc();
                list
            }
            old => {
                self.stores.metrics.contracts.l1_miss.inc();
                self.lists.remove_if(&partner_id, |list| self.is_due(list, instant));
                // Boxed: the future of a hit stays small.
                Box::pin(self.stores.runtime.run(self.list(partner_id, old, headers))).await
            }
        };
        active_plan(&list.contracts, now)
    }

    async fn list(
        &self,
        partner_id: i64,
        old: Option<Arc<ContractList>>,
        headers: impl FnOnce() -> HeaderMap,
    ) -> Arc<ContractList> {
        let fetch = async {
            let stamp = self.stores.invalidations.partner(partner_id);
            let fetched = self.source.contracts(&self.stores, partner_id, headers).await;
            Ok::<_, Infallible>(Arc::new(self.next(fetched, old, stamp)))
        };
        match self.lists.get_or_insert_async(&partner_id, fetch).await {
            Ok(list) => list,
            Err(never) => match never {},
        }
    }

    fn is_due(&self, list: &ContractList, now: Instant) -> bool {
        list.due_at <= now || !self.stores.invalidations.is_current(list.stamp)
    }

    /// The list after a look-up: the fetched one, or the old one while it is not too old.
    fn next(
        &self,
        fetched: Result<Vec<Contract>, Error>,
        old: Option<Arc<ContractList>>,
        stamp: Stamp,
    ) -> ContractList {
        let now = Instant::now();
        match fetched {
            Ok(contracts) => {
                self.count("source", "hit");
                ContractList { contracts, fetched_at: now, due_at: now + self.ttl, stamp }
            }
            Err(error) => {
                self.count("source", "error");
                tracing::warn!(%error, "contracts cannot be read");
                let usable = old.filter(|list| list.fetched_at.elapsed() < self.stale);
                let (contracts, fetched_at) = usable
                    .map_or_else(|| (Vec::new(), now), |l| (l.contracts.clone(), l.fetched_at));
                ContractList {
                    contracts,
                    fetched_at,
                    due_at: now + RETRY_AFTER.min(self.ttl),
                    stamp,
                }
            }
        }
    }

    fn count(&self, layer: &str, result: &str) {
        let labels = ["contracts", layer, result];
        self.stores.metrics.cache_requests.with_label_values(&labels).inc();
    }
}

/// Plan of the `SAAS` contract that runs at `now`: of several the one with the latest start, of
/// equal starts the last one.
pub fn active_plan(contracts: &[Contract], now: DateTime<Utc>) -> Plan {
    let running = contracts.iter().filter(|contract| {
        contract.contract_type == "SAAS" && contract.start_time < now && now < contract.end_time
    });
    let latest = running.max_by_key(|contract| contract.start_time);
    latest.and_then(|contract| Plan::parse(&contract.plan)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).expect("in range")
    }

    fn contract(kind: &str, plan: &str, start: i64, end: i64) -> Contract {
        Contract {
            contract_type: kind.into(),
            plan: plan.into(),
            start_time: at(start),
            end_time: at(end),
        }
    }

    #[test]
    fn the_latest_running_saas_contract_decides() {
        let plan = |contracts: &[Contract]| active_plan(contracts, at(50));
        assert_eq!(plan(&[]), Plan::Free);
        assert_eq!(plan(&[contract("SAAS", "PAID", 0, 50)]), Plan::Free);
        assert_eq!(plan(&[contract("SAAS", "PAID", 50, 90)]), Plan::Free);
        assert_eq!(plan(&[contract("OTHER", "PAID", 0, 90)]), Plan::Free);
        assert_eq!(plan(&[contract("SAAS", "GOLD", 0, 90)]), Plan::Free);
        let older = contract("SAAS", "PAID", 0, 90);
        let newer = contract("SAAS", "SAAS", 10, 90);
        assert_eq!(plan(&[newer.clone(), older.clone()]), Plan::Saas);
        let same_start = contract("SAAS", "PAID", 10, 60);
        assert_eq!(plan(&[older, newer, same_start]), Plan::Paid);
    }
}
