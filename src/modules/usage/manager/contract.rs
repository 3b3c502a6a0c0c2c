//! What a contract says about counters.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::reset::next_reset;
use crate::core::error::{Code, Error};
use crate::core::types::Plan;
use crate::modules::usage::dto::{ContractLimits, LimitConfig, LimitNamespace};
use crate::modules::usage::entity::counter::NewCounter;

/// Longest name of a namespace or frequency, in characters.
const NAME_LIMIT: usize = 255;
/// Most counters of a contract.
const COUNTER_LIMIT: usize = 100;

/// From when until when counters count.
type Term = (DateTime<Utc>, DateTime<Utc>);

/// # Errors
/// `invalid contract` for a term without start, end or length.
fn term(contract: &ContractLimits) -> Result<Term, Error> {
    let instant = |millis: Option<i64>| millis.and_then(DateTime::from_timestamp_millis);
    let term = instant(contract.start_time).zip(instant(contract.end_time));
    term.filter(|(start, end)| start < end).ok_or_else(invalid_contract)
}

/// # Errors
/// `invalid plan`.
pub fn plan(contract: &ContractLimits) -> Result<Plan, Error> {
    let plan = contract.plan.as_deref().and_then(Plan::parse);
    plan.ok_or_else(|| Error::invalid_value("plan", "invalid plan"))
}

/// The counters that a contract starts with at `now`: per namespace the last one that it names.
///
/// # Errors
/// `configurations missing`; `invalid contract` for a counter without namespace or limit, a negative
/// limit, a name of more than 255 characters, more than 100 counters, or a term without length.
pub fn counters(
    contract: &ContractLimits,
    now: DateTime<Utc>,
    zone: Tz,
) -> Result<Vec<NewCounter>, Error> {
    let namespaces = contract.configurations.as_deref().unwrap_or_default();
    if namespaces.is_empty() {
        return Err(configurations_missing());
    }
    let term = term(contract)?;
    let mut counters = BTreeMap::new();
    for namespace in namespaces {
        let configs = namespace.configuration.iter().flatten().filter(|config| config.is_counter());
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

/// Puts what was consumed into the counters of a contract; one without a row stays as it is.
pub fn put_consumed(namespaces: &mut [LimitNamespace], consumed: &HashMap<String, i64>) {
    for namespace in namespaces {
        let Some(units) = namespace.namespace.as_ref().and_then(|name| consumed.get(name)) else {
            continue;
        };
        let configs = namespace.configuration.iter_mut().flatten();
        for config in configs.filter(|config| config.is_counter()) {
            config.consumed = *units;
        }
    }
}

/// The contract names no module.
pub fn configurations_missing() -> Error {
    Error::refused(Code::ContractNotFound, "configurations missing")
}

fn counter(
    namespace: Option<&str>,
    config: &LimitConfig,
    (start, end): Term,
    (now, zone): (DateTime<Utc>, Tz),
) -> Result<NewCounter, Error> {
    let fits = |text: &str| text.chars().count() <= NAME_LIMIT;
    let namespace = namespace.filter(|name| !name.is_empty() && fits(name));
    let limit = config.value.filter(|value| *value >= 0);
    let (namespace, limit) = namespace.zip(limit).ok_or_else(invalid_contract)?;
    let frequency = config.frequency.clone().unwrap_or_default();
    if !fits(&frequency) {
        return Err(invalid_contract());
    }
    let next_reset_on = next_reset(start, now, &frequency, zone).unwrap_or(end);
    Ok(NewCounter { namespace: namespace.to_owned(), limit, start, end, frequency, next_reset_on })
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

    fn of(configurations: &serde_json::Value) -> Result<Vec<NewCounter>, String> {
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
}
