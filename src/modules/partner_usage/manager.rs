//! Which contract rules.

use chrono::{DateTime, Utc};

use crate::modules::usage::ContractLimits;

/// Kind of the contracts that decide the plan.
const DECIDES_PLAN: &str = "SAAS";

/// The contract whose limits hold at `now`: the running one of kind `SAAS` with the latest start, of
/// equal starts the last; without a running one the first of all.
pub fn ruling_contract(
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

#[cfg(test)]
mod tests {
    use super::*;

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
