//! When a search counts all its matches, and what it says when it does not.

use crate::core::query::Filters;

/// Filters that alone are no reason to count.
const UNCOUNTED: &[&str] = &["campaignId", "collectionId", "onGcc", "followers", "isBlacklisted"];
/// Filters that restrict a search to a known set.
const WITHIN: &[&str] = &["campaignId", "collectionId"];

/// Whether the filters of a search that is not bound to a country are worth counting: one of them
/// narrows the catalogue. One without a value counts like another.
pub fn narrows(filters: &Filters) -> bool {
    let within = || filters.0.iter().filter(|filter| WITHIN.contains(&filter.field.as_str()));
    let other = filters.0.iter().any(|filter| !UNCOUNTED.contains(&filter.field.as_str()));
    other || (within().next().is_some() && within().all(|filter| filter.filter_type != "NE"))
}

/// `filteredCount` of a page whose matches were not counted: −1 means that there may be more.
/// `before` are the rows of earlier pages.
pub fn uncounted(before: u64, rows: usize, may_follow: bool) -> i64 {
    match rows as u64 {
        _ if may_follow => -1,
        0 => 0,
        rows => (before + rows).cast_signed(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::query::Filter;

    fn of(filters: &[(&str, &str, &str)]) -> bool {
        let filter = |(filter_type, field, value): &(&str, &str, &str)| {
            Filter::new(filter_type, *field, *value)
        };
        narrows(&Filters(filters.iter().map(filter).collect()))
    }

    #[test]
    fn broad_searches_are_not_counted() {
        assert!(!of(&[]));
        assert!(!of(&[("GTE", "followers", "1"), ("BOOL", "onGcc", "true")]));
        assert!(!of(&[("NE", "campaignId", "1")]));
    }

    #[test]
    fn narrow_searches_are_counted() {
        assert!(of(&[("EQ", "categories", "Food"), ("NE", "campaignId", "1")]));
        assert!(of(&[("EQ", "campaignId", "1")]));
        assert!(of(&[("EQ", "categories", "")]));
        assert!(!of(&[("EQ", "collectionId", "1"), ("NE", "campaignId", "1")]));
    }

    #[test]
    fn uncounted_pages_tell_what_they_know() {
        let told = [(10, true), (0, false), (4, false)];
        assert_eq!(told.map(|(rows, may_follow)| uncounted(20, rows, may_follow)), [-1, 0, 24]);
    }
}
