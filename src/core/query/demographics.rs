//! Shorthands for audience filters.

use super::{Filter, Filters};

/// Share of the audience in percent from which it counts as male or female.
const GENDER_SHARE: &str = "40";
/// Share of the audience in percent from which an age bucket counts.
const AGE_SHARE: &str = "10";
const AGE_BUCKETS: [&str; 7] = ["13-17", "18-24", "25-34", "35-44", "45-54", "55-64", "65+"];

/// A copy with `audience_gender` = `MALE`/`FEMALE` and `audience_age` = bucket written out as the
/// comparisons that they stand for; every other filter stays as it is.
pub fn expand_demographics(filters: &Filters) -> Filters {
    Filters(filters.0.iter().map(expand).collect())
}

fn expand(filter: &Filter) -> Filter {
    let value = filter.value.as_str();
    match (filter.field.as_str(), value) {
        ("audience_gender", "MALE") => at_least("audience_gender.male_per", GENDER_SHARE),
        ("audience_gender", "FEMALE") => at_least("audience_gender.female_per", GENDER_SHARE),
        ("audience_age", _) if AGE_BUCKETS.contains(&value) => {
            at_least(&format!("audience_age.{value}"), AGE_SHARE)
        }
        _ => filter.clone(),
    }
}

fn at_least(field: &str, share: &str) -> Filter {
    Filter::new("GTE", field, share)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shorthands_are_written_out_and_others_kept() {
        let filters = Filters(vec![
            Filter::new("EQ", "audience_gender", "FEMALE"),
            Filter::new("LTE", "audience_age", "65+"),
            Filter::new("EQ", "audience_age", "17-18"),
        ]);
        let expanded = expand_demographics(&filters);
        assert_eq!(
            expanded.0,
            vec![
                Filter::new("GTE", "audience_gender.female_per", "40"),
                Filter::new("GTE", "audience_age.65+", "10"),
                Filter::new("EQ", "audience_age", "17-18"),
            ]
        );
        assert_eq!(filters.0[0].value, "FEMALE");
    }
}
