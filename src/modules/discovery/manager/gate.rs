//! Which plan may search by what.

use crate::core::error::Error;
use crate::core::query::{Filter, Filters, Page};
use crate::core::types::Plan;

/// Fields of the audience: plan PAID only.
const AUDIENCE: &[&str] = &["audience_location", "audience_age", "audience_gender", "languages"];
/// Also closed to plan FREE.
const CONTACT: &str = "flag_contact_info_available";
/// Last page of plan FREE.
const FREE_PAGES: u64 = 2;

/// Refuses what the plan does not include; `None` is never gated. Filters count also when they
/// have no value.
///
/// # Errors
/// `invalid Request`.
pub fn check(plan: Option<Plan>, filters: &Filters, page: Page) -> Result<(), Error> {
    let refused = match plan {
        None | Some(Plan::Paid) => false,
        Some(Plan::Saas) => names_any(filters, |name| AUDIENCE.contains(&name)),
        Some(Plan::Free) => page.number > FREE_PAGES || is_premium(filters),
    };
    if refused { Err(Error::plan_required()) } else { Ok(()) }
}

/// Whether a filter is one of those that a partner without remaining searches may not use.
pub fn is_premium(filters: &Filters) -> bool {
    names_any(filters, |name| name == CONTACT || AUDIENCE.contains(&name))
}

fn names_any(filters: &Filters, test: impl Fn(&str) -> bool) -> bool {
    filters.0.iter().flat_map(first_segments).any(test)
}

/// First segment of every field that a filter names.
fn first_segments(filter: &Filter) -> impl Iterator<Item = &str> {
    filter.field.split(',').map(|name| name.trim().split('.').next().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(plan: Option<Plan>, field: &str, number: u64) -> bool {
        let filters = Filters(vec![Filter::new("EQ", field, "")]);
        check(plan, &filters, Page { number, size: 50 }).is_ok()
    }

    #[test]
    fn plans_include_more_and_more_fields() {
        for (field, free, saas) in [
            ("followers", true, true),
            ("flag_contact_info_available", false, true),
            ("audience_age.18-24", false, false),
            ("followers, audience_location.city.Pune", false, false),
            ("languages", false, false),
        ] {
            assert_eq!(allowed(Some(Plan::Free), field, 1), free, "{field}");
            assert_eq!(allowed(Some(Plan::Saas), field, 1), saas, "{field}");
            assert!(allowed(Some(Plan::Paid), field, 9) && allowed(None, field, 9), "{field}");
        }
    }

    #[test]
    fn free_plan_ends_at_page_two() {
        assert!(allowed(Some(Plan::Free), "followers", 2));
        assert!(!allowed(Some(Plan::Free), "followers", 3));
        assert!(allowed(Some(Plan::Saas), "followers", 3));
    }
}
