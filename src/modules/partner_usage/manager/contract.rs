//! What a contract says about counters.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::next_reset;
use crate::core::error::{Code, Error};
use crate::core::types::Plan;
use crate::modules::partner_usage::activity::UsageModule;
use crate::modules::partner_usage::dao::counters::Counter;
use crate::modules::partner_usage::dto::{ContractLimits, LimitConfig, LimitNamespace};

const KEY: &str = "USAGE";
const COUNTER: &str = "COUNTER";
/// Longest name of a namespace or frequency, in characters.
const NAME_LIMIT: usize = 255;
/// Most counters of a contract.
const COUNTER_LIMIT: usize = 100;
/// Kind of the contracts that decide the plan.
const DECIDES_PLAN: &str = "SAAS";

/// From when to when counters count.
#[derive(Debug, Clone, Copy)]
pub(in crate::modules::partner_usage) struct Term {
    start: DateTime<Utc>,
    end: DateTime<Utc>,
}

impl Term {
    /// # Errors
    /// `invalid contract` for a term without length.
    pub(in crate::modules::partner_usage) fn new(
        start: DateTime<Utc>,
        end: DateTime<Utc>,
    ) -> Result<Self, Error> {
        if end <= start { Err(invalid_contract()) } else { Ok(Self { start, end }) }
    }

    /// # Errors
    /// `invalid contract` for a term without start, end or length.
    fn of(contract: &ContractLimits) -> Result<Self, Error> {
        let instant = |millis: Option<i64>| millis.and_then(DateTime::from_timestamp_millis);
        let term = instant(contract.start_time).zip(instant(contract.end_time));
        let (start, end) = term.ok_or_else(invalid_contract)?;
        Self::new(start, end)
    }
}

/// The counters that a contract starts with at `now`: per namespace the last one that it names.
///
/// # Errors
/// `configurations missing`; `invalid contract` for a counter without namespace or limit, a negative
/// limit, a name of more than 255 characters, more than 100 counters, or a term without length.
pub(in crate::modules::partner_usage) fn counters(
    contract: &ContractLimits,
    now: DateTime<Utc>,
    zone: Tz,
) -> Result<Vec<Counter>, Error> {
    let namespaces = contract.configurations.as_deref().unwrap_or_default();
    if namespaces.is_empty() {
        return Err(configurations_missing());
    }
    let term = Term::of(contract)?;
    let mut counters = BTreeMap::new();
    for namespace in namespaces {
        let configs = namespace.configuration.iter().flatten().filter(|config| is_counter(config));
        for config in configs {
            let counter = counter(namespace.namespace.as_deref(), config, term, (now, zone))?;
            counters.insert(counter.namespace.clone(), counter);
        }
    }
    if counters.len() > COUNTER_LIMIT {
        return Err(invalid_contract());
    }
    Ok(counters.into_values().collect())
}

/// One counter per limited module, `limit` units a month.
///
/// # Errors
/// `invalid contract` for a negative limit.
pub(in crate::modules::partner_usage) fn monthly_counters(
    limit: i64,
    term: Term,
    now: (DateTime<Utc>, Tz),
) -> Result<Vec<Counter>, Error> {
    let mut counters = Vec::new();
    for module in UsageModule::LIMITED {
        counters.push(counter(Some(module.name()), &monthly(limit), term, now)?);
    }
    Ok(counters)
}

/// The same as a contract says it.
pub(in crate::modules::partner_usage) fn monthly_limits(
    plan: Plan,
    limit: i64,
) -> Vec<LimitNamespace> {
    let namespace = |module: UsageModule| LimitNamespace {
        namespace: Some(module.name().to_owned()),
        enabled: Some(true),
        plan_type: Some(plan.name().to_owned()),
        configuration: Some(vec![monthly(limit)]),
    };
    UsageModule::LIMITED.map(namespace).into()
}

/// The contract whose limits hold at `now`: the running one of kind `SAAS` with the latest start, of
/// equal starts the last; without a running one the first of all.
pub(in crate::modules::partner_usage) fn ruling_contract(
    contracts: &mut [ContractLimits],
    now: DateTime<Utc>,
) -> Option<&mut ContractLimits> {
    let now = now.timestamp_millis();
    let runs = |contract: &ContractLimits| {
        contract.contract_type.as_deref() == Some(DECIDES_PLAN)
            && contract.start_time.unwrap_or_default() < now
            && now < contract.end_time.unwrap_or_default()
    };
    let running = contracts.iter().enumerate().filter(|(_, contract)| runs(contract));
    let ruling = running.max_by_key(|(_, contract)| contract.start_time).map(|(index, _)| index);
    contracts.get_mut(ruling.unwrap_or_default())
}

/// Puts what was consumed into the counters of a contract; one without a row stays as it is.
pub(in crate::modules::partner_usage) fn put_consumed(
    namespaces: &mut [LimitNamespace],
    consumed: &HashMap<String, i64>,
) {
    for namespace in namespaces {
        let Some(units) = namespace.namespace.as_ref().and_then(|name| consumed.get(name)) else {
            continue;
        };
        let configs = namespace.configuration.iter_mut().flatten();
        for config in configs.filter(|config| is_counter(config)) {
            config.consumed = *units;
        }
    }
}

/// The contract names no module.
pub(in crate::modules::partner_usage) fn configurations_missing() -> Error {
    Error::refused(Code::ContractNotFound, "configurations missing")
}

fn counter(
    namespace: Option<&str>,
    config: &LimitConfig,
    term: Term,
    (now, zone): (DateTime<Utc>, Tz),
) -> Result<Counter, Error> {
    let fits = |text: &str| text.chars().count() <= NAME_LIMIT;
    let namespace = namespace.filter(|name| !name.is_empty() && fits(name));
    let limit = config.value.filter(|value| *value >= 0);
    let (namespace, limit) = namespace.zip(limit).ok_or_else(invalid_contract)?;
    let frequency = config.frequency.clone().unwrap_or_default();
    if !fits(&frequency) {
        return Err(invalid_contract());
    }
    let next_reset_on = next_reset(term.start, now, &frequency, zone).unwrap_or(term.end);
    let (start, end) = (term.start, term.end);
    Ok(Counter { namespace: namespace.to_owned(), limit, start, end, frequency, next_reset_on })
}

fn monthly(limit: i64) -> LimitConfig {
    LimitConfig {
        key: Some(KEY.to_owned()),
        kind: Some(COUNTER.to_owned()),
        value: Some(limit),
        frequency: Some("monthly".to_owned()),
        ..LimitConfig::default()
    }
}

fn is_counter(config: &LimitConfig) -> bool {
    config.key.as_deref() == Some(KEY) && config.kind.as_deref() == Some(COUNTER)
}

fn invalid_contract() -> Error {
    Error::invalid_value("contracts", "invalid contract")
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone as _;
    use chrono_tz::Asia::Kolkata;
    use serde_json::json;

    use super::*;

    fn at(year: i32, month: u32, day: u32) -> DateTime<Utc> {
        Kolkata.with_ymd_and_hms(year, month, day, 0, 0, 0).single().expect("valid").to_utc()
    }

    fn contract(configurations: &serde_json::Value) -> ContractLimits {
        let (start, end) = (at(2024, 1, 31), at(2025, 1, 31));
        serde_json::from_value(json!({
            "plan": "SAAS", "startTime": start.timestamp_millis(),
            "endTime": end.timestamp_millis(), "configurations": configurations,
        }))
        .expect("a contract")
    }

    fn of(configurations: &serde_json::Value) -> Result<Vec<Counter>, String> {
        let contract = contract(configurations);
        counters(&contract, at(2024, 2, 10), Kolkata).map_err(|error| error.to_string())
    }

    fn limit(namespace: &str, value: i64) -> serde_json::Value {
        let config = json!({"key": "USAGE", "type": "COUNTER", "value": value,
            "consumed": null, "frequency": "monthly"});
        json!({"namespace": namespace, "configuration": [config]})
    }

    #[test]
    fn counters_of_the_documented_contract() {
        let counters = of(&json!([limit("DISCOVERY", 100)])).expect("sound");
        assert_eq!(counters.len(), 1);
        assert_eq!((counters[0].namespace.as_str(), counters[0].limit), ("DISCOVERY", 100));
        assert_eq!(counters[0].next_reset_on, at(2024, 2, 29));
    }

    #[test]
    fn only_counters_count_and_the_last_one_of_a_namespace() {
        let other = json!({"namespace": "LEADERBOARD", "configuration": [
            {"key": "USAGE", "type": "LIST", "values": ["a"]}, {"key": "X", "type": "COUNTER"}, {},
        ]});
        let counters =
            of(&json!([limit("DISCOVERY", 1), other, limit("DISCOVERY", 0)])).expect("sound");
        assert_eq!(counters.len(), 1);
        assert_eq!(counters[0].limit, 0);
    }

    #[test]
    fn a_counter_that_never_resets_lasts_as_long_as_the_contract() {
        let config = json!({"key": "USAGE", "type": "COUNTER", "value": 5, "frequency": "once"});
        let counters = of(&json!([{"namespace": "DISCOVERY", "configuration": [config]}]));
        assert_eq!(counters.expect("sound")[0].next_reset_on, at(2025, 1, 31));
    }

    #[test]
    fn contracts_without_sense_are_refused() {
        for missing in [json!(null), json!([])] {
            assert_eq!(of(&missing), Err("configurations missing".to_owned()));
        }
        let mut nameless = limit("x", 1);
        nameless["namespace"] = json!(null);
        let mut limitless = limit("x", 1);
        limitless["configuration"][0]["value"] = json!(null);
        for bad in [limit("DISCOVERY", -1), limit("", 1), nameless, limitless] {
            assert_eq!(of(&json!([bad])), Err("invalid contract".to_owned()), "{bad}");
        }
        let good = contract(&json!([limit("DISCOVERY", 1)]));
        for (start, end) in
            [(None, Some(5)), (Some(5), None), (Some(5), Some(5)), (Some(6), Some(5))]
        {
            let bad = ContractLimits { start_time: start, end_time: end, ..good.clone() };
            assert!(counters(&bad, Utc::now(), Kolkata).is_err(), "{start:?} {end:?}");
        }
        let beyond = ContractLimits { end_time: Some(i64::MAX), ..good };
        assert!(counters(&beyond, Utc::now(), Kolkata).is_err());
    }

    #[test]
    fn the_ruling_contract_runs_and_starts_last() {
        let contract = |id: i64, kind: &str, start: i64, end: i64| ContractLimits {
            id: Some(id),
            contract_type: Some(kind.to_owned()),
            start_time: Some(start),
            end_time: Some(end),
            ..ContractLimits::default()
        };
        let now = DateTime::from_timestamp_millis(50).expect("in range");
        let id = |contracts: &mut [ContractLimits]| ruling_contract(contracts, now)?.id;
        assert_eq!(id(&mut []), None);
        let over = contract(1, "SAAS", 0, 50);
        let other = contract(2, "OTHER", 40, 90);
        let older = contract(3, "SAAS", 10, 90);
        let newer = contract(4, "SAAS", 20, 90);
        let same = contract(5, "SAAS", 20, 60);
        assert_eq!(id(&mut [over.clone(), other.clone()]), Some(1));
        assert_eq!(id(&mut [over.clone(), newer.clone(), older.clone(), other]), Some(4));
        assert_eq!(id(&mut [over, newer, same, older]), Some(5));
    }
}
