//! From counted followers to shares.

use std::collections::BTreeMap;

use super::super::dto::AudienceInsightsDataOut;
use crate::modules::discovery::{AgeGenderSplitOut, CollectedAudience};

/// Cities that are named.
const CITIES: usize = 5;
/// Name of the rest.
const OTHERS: &str = "others";

type Counted = BTreeMap<String, Option<f64>>;

/// Shares of cities, genders and ages.
pub fn shares(audience: &CollectedAudience) -> AudienceInsightsDataOut {
    let gender = |name: &str| {
        let of_gender = audience.gender_age.as_ref()?.get(name)?.as_ref()?;
        Some(counts(of_gender).collect::<Vec<_>>())
    };
    let (male, female) = (gender("male"), gender("female"));
    let sum = |counts: &Option<Vec<(&String, f64)>>| counts.iter().flatten().map(|one| one.1).sum();
    let (men, women): (f64, f64) = (sum(&male), sum(&female));
    let total = men + women;
    let mut data = AudienceInsightsDataOut {
        city_wise_audience_location: cities(audience.city.as_ref()),
        ..AudienceInsightsDataOut::default()
    };
    if total <= 0.0 {
        return data;
    }
    let percent = |count: f64| 100.0 * count / total;
    let split = |counts: &Option<Vec<(&String, f64)>>| {
        let counts = counts.as_ref()?.iter();
        Some(counts.map(|(bucket, count)| ((*bucket).clone(), Some(percent(*count)))).collect())
    };
    data.audience_age_gender_split =
        AgeGenderSplitOut { male: split(&male), female: split(&female) };
    let both = [("male_per", male.is_some(), men), ("female_per", female.is_some(), women)];
    let present = both.into_iter().filter(|(_, is_there, _)| *is_there);
    data.audience_gender_split = present.map(|(name, _, count)| (name, percent(count))).collect();
    data
}

fn cities(counted: Option<&Counted>) -> BTreeMap<String, f64> {
    let mut cities: Vec<(&String, f64)> = counted.into_iter().flat_map(counts).collect();
    let total: f64 = cities.iter().map(|city| city.1).sum();
    if total <= 0.0 {
        return BTreeMap::new();
    }
    cities.sort_by(|one, other| other.1.total_cmp(&one.1).then_with(|| one.0.cmp(other.0)));
    let (named, rest) = cities.split_at(cities.len().min(CITIES));
    let percent = |count: f64| 100.0 * count / total;
    let mut shares: BTreeMap<String, f64> =
        named.iter().map(|(city, count)| ((*city).clone(), percent(*count))).collect();
    if !rest.is_empty() {
        shares.insert(OTHERS.to_owned(), percent(rest.iter().map(|city| city.1).sum()));
    }
    shares
}

/// What can be counted.
fn counts(counted: &Counted) -> impl Iterator<Item = (&String, f64)> {
    let known = counted.iter().filter_map(|(name, count)| Some((name, (*count)?)));
    known.filter(|(_, count)| count.is_finite() && *count >= 0.0)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn of(audience: Value) -> Value {
        let audience = serde_json::from_value(audience).expect("an audience");
        serde_json::to_value(shares(&audience)).expect("serialises")
    }

    #[test]
    fn five_cities_are_named_and_other_genders_do_not_count() {
        let shares = of(json!({
            "city": {"A": 50, "B": 20, "C": 10, "D": 8, "E": 6, "F": 4, "G": 2},
            "gender_age": {"male": {"18-24": 30, "25-34": 20}, "female": {"18-24": 40, "25-34": 10},
                           "unknown": {"18-24": 9}},
        }));
        let cities = json!({"A": 50.0, "B": 20.0, "C": 10.0, "D": 8.0, "E": 6.0, "others": 6.0});
        assert_eq!(shares["cityWiseAudienceLocation"], cities);
        assert_eq!(shares["audienceGenderSplit"], json!({"male_per": 50.0, "female_per": 50.0}));
        assert_eq!(shares["audienceAgeGenderSplit"]["female"]["18-24"], json!(40.0));
    }

    #[test]
    fn ties_are_in_the_order_of_names() {
        let city = json!({"B": 10, "A": 10, "C": 10, "E": 10, "D": 10, "F": 10});
        let cities = of(json!({"city": city}))["cityWiseAudienceLocation"].clone();
        assert_eq!((cities.get("E").is_some(), cities.get("F")), (true, None));
    }

    #[test]
    fn nobody_has_no_shares() {
        for nothing in [
            json!({}),
            json!({"city": {}, "gender_age": {}}),
            json!({"city": {"A": 0}, "gender_age": {"male": {"18-24": 0}, "other": {"18-24": 5}}}),
        ] {
            let empty = json!({"cityWiseAudienceLocation": {}, "audienceAgeGenderSplit": {}});
            assert_eq!(of(nothing), empty);
        }
    }
}
