//! From the filters of a search to typed conditions.

use super::fields::{Home, Reading, Target, target};
use crate::core::error::Error;
use crate::core::query::{Clause, Filter, FilterType, Filters, Operand, Test, Value};
use crate::core::types::Platform;

/// Field whose `NE` turns the collection conditions around.
const CAMPAIGN_ID: &str = "campaignId";
/// Field that opens a shared collection.
const SHARE_ID: &str = "collectionShareId";
/// Fields whose values are contacts and never stored.
const CONTACT_FIELDS: &[&str] = &["phone"];

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

/// Compiles the filters of a search. Filters without a value and over unknown fields are skipped.
///
/// # Errors
/// `invalid Request`: an unknown operator, or a value that does not fit field and operator.
pub fn conditions(
    filters: &Filters,
    platform: Platform,
    is_admin: bool,
) -> Result<Conditions, Error> {
    let is_exclusion =
        |filter: &Filter| filter.field.trim() == CAMPAIGN_ID && filter.filter_type == "NE";
    let effective = || filters.0.iter().filter(|filter| !filter.value.is_empty());
    let mut conditions =
        Conditions { excluded: effective().any(is_exclusion), ..Conditions::default() };
    for filter in effective() {
        let invalid = || Error::invalid_filter(&filter.field);
        let operator = FilterType::parse(&filter.filter_type).ok_or_else(invalid)?;
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
        let alternatives = targets.into_iter().map(|target| read(operator, target, &filter.value));
        let alternatives = alternatives.collect::<Option<Vec<_>>>();
        home.push(Clause(alternatives.ok_or_else(invalid)?));
    }
    Ok(conditions)
}

/// Share id of the collection that the search is bound to.
pub fn share_id(filters: &Filters) -> Option<&str> {
    let mut bound = filters.0.iter().filter(|f| f.field == SHARE_ID && f.filter_type == "EQ");
    bound.next().map(|filter| filter.value.as_str()).filter(|id| !id.is_empty())
}

/// The filters as the activity log keeps them.
pub fn loggable(filters: &Filters) -> Vec<Filter> {
    let names_contact =
        |filter: &Filter| filter.field.split(',').any(|name| CONTACT_FIELDS.contains(&name.trim()));
    let kept = filters.0.iter().map(|filter| match names_contact(filter) {
        true => Filter { value: String::new(), ..filter.clone() },
        false => filter.clone(),
    });
    kept.collect()
}

fn targets(filter: &Filter, platform: Platform, is_admin: bool) -> Vec<Target> {
    let names = filter.field.split(',').map(str::trim);
    names.filter_map(|name| target(name, platform, is_admin)).collect()
}

fn read(operator: FilterType, target: Target, value: &str) -> Option<(Operand, Test)> {
    let Target { operand, reading, .. } = target;
    let test = match reading {
        Reading::Plain => Test::read(operator, operand.kind, value)?,
        Reading::UpperCase => Test::read(operator, operand.kind, &value.to_uppercase())?,
        Reading::Percent => as_fraction(Test::read(operator, operand.kind, value)?),
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
        conditions(&list(filters), platform, false)
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
    fn contacts_are_not_logged() {
        let logged = loggable(&list(&[("EQ", "phone", "98"), ("EQ", "city", "Pune")]));
        assert_eq!((logged[0].value.as_str(), logged[1].value.as_str()), ("", "Pune"));
    }
}
