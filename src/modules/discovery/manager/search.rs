//! From the filters of a search to typed conditions.

use chrono_tz::Tz;

use super::fields::{Home, Reading, Target, is_known, target};
use crate::core::error::Error;
use crate::core::query::{Clause, Filter, FilterType, Filters, Operand, Test, Value};
use crate::core::types::Platform;

/// Field whose `NE` turns the collection conditions around.
const CAMPAIGN_ID: &str = "campaignId";
/// Field that opens a shared collection.
const SHARE_ID: &str = "collectionShareId";
/// Fields of collections and items that a share does not show.
const INNER_FIELDS: &[&str] = &[
    "campaignId",
    "campaignProfileId",
    "itemEnabled",
    "itemHidden",
    "shortlistId",
    "shortlistingStatus",
];
/// Fields whose values are contacts and never stored.
const CONTACT_FIELDS: &[&str] = &["phone"];

/// Documents of which a filter names a part; without one the value has to be a shorthand.
const SHORTHANDS: &[&str] = &["audience_gender", "audience_age", "audience_location"];

/// Conditions of a search, by what they are about.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Conditions {
    /// On the account and its campaign profile.
    pub account: Vec<Clause>,
    /// Whether one of them needs the campaign profile.
    pub uses_campaign: bool,
    /// On the collections that the account is in.
    pub collection: Vec<Clause>,
    /// Accounts that are in no such collection are wanted instead.
    pub excluded: bool,
}

/// Compiles the filters of a search. Filters without a value and over unknown fields are skipped. Days
/// begin in the zone.
///
/// # Errors
/// `invalid Request`: an unknown operator, or a value that does not fit field and operator.
pub fn conditions(
    filters: &Filters,
    (platform, is_admin): (Platform, bool),
    zone: Tz,
) -> Result<Conditions, Error> {
    let is_exclusion =
        |filter: &Filter| filter.field.trim() == CAMPAIGN_ID && filter.filter_type == "NE";
    let effective = || filters.0.iter().filter(|filter| !filter.value.is_empty());
    let mut conditions =
        Conditions { excluded: effective().any(is_exclusion), ..Conditions::default() };
    for filter in effective() {
        let invalid = || Error::invalid_filter(&filter.field);
        let operator = FilterType::parse(&filter.filter_type).ok_or_else(invalid)?;
        // Left over means that the value is none of theirs; skipped, it would find everything.
        if names(filter).any(|name| SHORTHANDS.contains(&name)) {
            return Err(invalid());
        }
        let operator = if is_exclusion(filter) { FilterType::Eq } else { operator };
        let targets = targets(filter, platform, is_admin);
        if targets.is_empty() {
            continue;
        }
        let is_list = filter.field.contains(',');
        let is_listable =
            !matches!(operator, FilterType::Ne | FilterType::NotIn | FilterType::Bool);
        if is_list && !is_listable {
            return Err(invalid());
        }
        conditions.uses_campaign |= targets.iter().any(|target| target.home == Home::Campaign);
        let home = if targets.iter().any(|target| target.home == Home::Collection) {
            &mut conditions.collection
        } else {
            &mut conditions.account
        };
        let alternatives =
            targets.into_iter().map(|target| read(operator, target, zone, &filter.value));
        let alternatives = alternatives.collect::<Option<Vec<_>>>();
        home.push(Clause(alternatives.ok_or_else(invalid)?));
    }
    Ok(conditions)
}

/// The same for the campaign profiles of the creator application, which have no account: filters over
/// accounts are skipped as unknown ones are.
///
/// # Errors
/// As [`conditions`].
pub fn gcc_conditions(filters: &Filters, is_admin: bool, zone: Tz) -> Result<Vec<Clause>, Error> {
    let clause = |filter: &Filter| {
        let invalid = || Error::invalid_filter(&filter.field);
        let operator = FilterType::parse(&filter.filter_type).ok_or_else(invalid)?;
        // A phone number can be confirmed by the platform alone.
        let shown = names(filter).filter(|name| is_admin || !CONTACT_FIELDS.contains(name));
        let targets = shown.filter_map(|name| target(name, Platform::Instagram, true));
        // The collection is the one that is searched.
        let is_of_item = |target: &Target| {
            target.home == Home::Campaign || target.operand.column.starts_with("item.")
        };
        let targets: Vec<_> = targets.filter(is_of_item).collect();
        let read = |target| read(operator, target, zone, &filter.value).ok_or_else(invalid);
        targets.into_iter().map(read).collect::<Result<Vec<_>, _>>().map(Clause)
    };
    let effective = filters.0.iter().filter(|filter| !filter.value.is_empty());
    let clauses = effective.map(clause).collect::<Result<Vec<_>, _>>()?;
    Ok(clauses.into_iter().filter(|clause| !clause.0.is_empty()).collect())
}

/// Share id of the collection that the search is bound to.
pub fn share_id(filters: &Filters) -> Option<&str> {
    let mut bound = filters.0.iter().filter(|f| f.field == SHARE_ID && f.filter_type == "EQ");
    bound.next().map(|filter| filter.value.as_str()).filter(|id| !id.is_empty())
}

/// The first filter over what only the owner of a collection may know of it and its items.
pub fn inner_filter(filters: &Filters) -> Option<&Filter> {
    let is_inner = |filter: &&Filter| names(filter).any(|name| INNER_FIELDS.contains(&name));
    filters.0.iter().filter(|filter| !filter.value.is_empty()).find(is_inner)
}

/// The filters as far as a search on any platform understands them, without contacts: what the activity
/// log keeps.
pub fn understood(filters: &Filters) -> Vec<Filter> {
    let kept = filters.0.iter().filter_map(|filter| {
        FilterType::parse(&filter.filter_type)?;
        let known: Vec<&str> = names(filter).filter(|name| is_known(name)).collect();
        let is_contact = known.iter().any(|name| CONTACT_FIELDS.contains(name));
        let value = if is_contact { "" } else { filter.value.as_str() };
        let filter = Filter::new(&filter.filter_type, known.join(","), value);
        (!known.is_empty()).then_some(filter)
    });
    kept.collect()
}

fn targets(filter: &Filter, platform: Platform, is_admin: bool) -> Vec<Target> {
    names(filter).filter_map(|name| target(name, platform, is_admin)).collect()
}

/// The fields that a filter names.
fn names(filter: &Filter) -> impl Iterator<Item = &str> {
    filter.field.split(',').map(str::trim)
}

fn read(operator: FilterType, target: Target, zone: Tz, value: &str) -> Option<(Operand, Test)> {
    let Target { operand, reading, .. } = target;
    let kind = (operand.kind, zone);
    let test = match reading {
        Reading::Plain => Test::read(operator, kind, value)?,
        Reading::UpperCase => Test::read(operator, kind, &value.to_uppercase())?,
        Reading::Percent => as_fraction(Test::read(operator, kind, value)?),
    };
    Some((operand, test))
}

/// A test on percentages as one on fractions.
fn as_fraction(test: Test) -> Test {
    let fraction = |value: Value| match value {
        Value::Integer(percent) => Value::Float(percent as f64 / 100.0),
        Value::Float(percent) => Value::Float(percent / 100.0),
        other => other,
    };
    let all = |values: Vec<Value>| values.into_iter().map(fraction).collect();
    match test {
        Test::Compare(comparison, value) => Test::Compare(comparison, fraction(value)),
        Test::In(values) => Test::In(all(values)),
        Test::NotIn(values) => Test::NotIn(all(values)),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::query::Comparison;

    fn of(filters: &[(&str, &str, &str)], platform: Platform) -> Result<Conditions, Error> {
        conditions(&list(filters), (platform, false), Tz::UTC)
    }

    fn list(filters: &[(&str, &str, &str)]) -> Filters {
        let filter = |(filter_type, field, value): &(&str, &str, &str)| {
            Filter::new(filter_type, *field, *value)
        };
        Filters(filters.iter().map(filter).collect())
    }

    fn only_test(conditions: Conditions) -> Test {
        conditions.account[0].0[0].1.clone()
    }

    #[test]
    fn percentages_become_fractions() {
        let test = only_test(
            of(&[("GTE", "engagement_rate", "3.5")], Platform::Instagram).expect("accepted"),
        );
        assert_eq!(test, Test::Compare(Comparison::AtLeast, Value::Float(0.035)));
        assert!(of(&[("GTE", "engagement_rate", "high")], Platform::Instagram).is_err());
        let ignored = of(&[("GTE", "engagement_rate", "3.5")], Platform::Youtube);
        assert_eq!(ignored.expect("ignored"), Conditions::default());
    }

    #[test]
    fn unknown_fields_and_empty_values_are_ignored_and_unknown_operators_refused() {
        let ignored = [("EQ", "shoe_size", "9"), ("NEAR", "followers", ""), ("EQ", "phone", "98")];
        assert_eq!(of(&ignored, Platform::Instagram).expect("ignored"), Conditions::default());
        assert!(of(&[("NEAR", "shoe_size", "9")], Platform::Instagram).is_err());
        assert!(of(&[("NE", "name,city", "a")], Platform::Instagram).is_err());
    }

    #[test]
    fn shorthands_that_stand_for_nothing_are_refused() {
        for (field, value) in [
            ("audience_gender", "male"),
            ("audience_age", "18-25"),
            ("audience_location", "Pune"),
            ("audience_age, shoe_size", "18-24"),
        ] {
            let refused = of(&[("EQ", field, value)], Platform::Instagram);
            assert!(refused.is_err(), "{field} {value}");
            assert!(of(&[("EQ", field, "")], Platform::Instagram).is_ok(), "{field}");
        }
    }

    #[test]
    fn gender_is_compared_in_upper_case() {
        let test =
            only_test(of(&[("EQ", "gender", "female")], Platform::Youtube).expect("accepted"));
        assert_eq!(test, Test::Compare(Comparison::Equal, Value::Text("FEMALE".into())));
    }

    #[test]
    fn campaign_ne_turns_collection_conditions_around() {
        let conditions = of(
            &[("NE", "campaignId", "5"), ("EQ", "shortlistId", "a"), ("GTE", "followers", "1")],
            Platform::Instagram,
        )
        .expect("accepted");
        assert!(conditions.excluded);
        assert_eq!((conditions.account.len(), conditions.collection.len()), (1, 2));
        let test = &conditions.collection[0].0[0].1;
        assert_eq!(*test, Test::Compare(Comparison::Equal, Value::Integer(5)));
    }

    #[test]
    fn only_an_exact_share_id_opens_a_collection() {
        assert_eq!(share_id(&list(&[("EQ", "collectionShareId", "abc")])), Some("abc"));
        assert_eq!(share_id(&list(&[("IN", "collectionShareId", "abc")])), None);
        assert_eq!(share_id(&list(&[("EQ", "collectionShareId,name", "abc")])), None);
        assert_eq!(share_id(&list(&[("EQ", "collectionShareId", "")])), None);
    }

    #[test]
    fn only_what_is_understood_is_logged_and_no_contact() {
        let logged = understood(&list(&[
            ("EQ", "phone", "98"),
            ("EQ", "shoe_size", "9"),
            ("LIKE", "shoe_size, name", "asha"),
            ("NEAR", "city", ""),
            ("EQ", "city", ""),
        ]));
        let expected = [("EQ", "phone", ""), ("LIKE", "name", "asha"), ("EQ", "city", "")];
        assert_eq!(logged, list(&expected).0);
    }
}
