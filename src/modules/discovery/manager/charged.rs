//! What a search costs.

use serde_json::json;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::fields::is_name;
use super::search::understood;
use super::{gate, sort};
use crate::core::caller::Caller;
use crate::core::query::{Direction, Filters};
use crate::core::text::fold;
use crate::core::types::{Plan, Platform, ProfilePlatform};
use crate::modules::usage::{Charge, Once};

/// What was searched, whichever page of it.
#[derive(Debug, Clone, Copy)]
pub struct Searched<'a> {
    pub platform: ProfilePlatform,
    pub filters: &'a Filters,
    pub sort_by: Option<&'a str>,
    pub direction: Direction,
}

impl Searched<'_> {
    /// How the search is logged; `None` = not at all. With a paid plan the first request of a search
    /// within 24 hours is charged, whatever its page, and others are not. Past the limit plain searches
    /// go on and are counted.
    pub fn charge(&self, caller: &Caller, is_first_page: bool) -> Option<(Charge, Option<Once>)> {
        caller.partner_id?;
        if !matches!(caller.gated_plan(), Some(Plan::Saas | Plan::Paid)) {
            return is_first_page.then_some((Charge::Free, None));
        }
        let charge = if gate::is_premium(self.filters) { Charge::Paid } else { Charge::Free };
        Some((charge, Some(Once { key: self.key(), logs_repeats: is_first_page })))
    }

    /// The same for searches with the same conditions in the same order.
    fn key(&self) -> Uuid {
        let mut filters: Vec<[String; 3]> = understood(self.filters)
            .into_iter()
            .filter(|filter| !filter.value.is_empty())
            .map(|filter| {
                // The same name in another form finds the same accounts.
                let is_folded =
                    filter.filter_type == "LIKE" && filter.field.split(',').all(is_name);
                let value = if is_folded { fold(&filter.value) } else { filter.value };
                [filter.field, filter.filter_type, value]
            })
            .collect();
        filters.sort_unstable();
        filters.dedup();
        let orders = [Platform::Instagram, Platform::Youtube]
            .map(|platform| format!("{:?}", sort::keys(platform, self.sort_by, true)));
        let direction = self.direction == Direction::Ascending;
        let searched = json!([self.platform.name(), filters, orders, direction]).to_string();
        let mut key = [0; 16];
        key.copy_from_slice(&Sha256::digest(searched)[..16]);
        Uuid::from_bytes(key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::query::Filter;

    fn searched<'a>(filters: &'a Filters, sort_by: Option<&'a str>) -> Searched<'a> {
        let (platform, direction) = (ProfilePlatform::All, Direction::Descending);
        Searched { platform, filters, sort_by, direction }
    }

    #[test]
    fn the_order_of_filters_and_what_is_ignored_make_no_other_search() {
        let (city, name) = (Filter::new("EQ", "city", "Pune"), Filter::new("LIKE", "name", "a"));
        let one = Filters(vec![city.clone(), name.clone()]);
        let other_form = Filter::new("LIKE", "name", "\u{200B}Á");
        let other_form = Filters(vec![city.clone(), other_form]);
        let shoe = Filter::new("EQ", "shoe_size", "9");
        let empty = Filter::new("EQ", "state", "");
        let same = Filters(vec![shoe, name.clone(), empty, city.clone(), city]);
        let key = searched(&one, None).key();
        assert_eq!(searched(&same, Some("followers")).key(), key);
        assert_eq!(searched(&other_form, None).key(), key);
        assert_ne!(searched(&Filters(vec![name]), None).key(), key);
        assert_ne!(searched(&one, Some("avg_likes")).key(), key);
        let ascending = Searched { direction: Direction::Ascending, ..searched(&one, None) };
        assert_ne!(ascending.key(), key);
        let youtube = ProfilePlatform::One(Platform::Youtube);
        assert_ne!(Searched { platform: youtube, ..searched(&one, None) }.key(), key);
    }

    #[test]
    fn only_paid_plans_pay_and_only_premium_searches_stop_at_the_limit() {
        let plain = Filters(vec![Filter::new("EQ", "city", "Pune")]);
        let premium = Filters(vec![Filter::new("EQ", "languages", "hi")]);
        let caller = |partner_id, plan| Caller { partner_id, plan, ..Caller::default() };
        let of = |filters, caller: &Caller, first| searched(filters, None).charge(caller, first);
        let free = caller(Some(10), Plan::Free);
        assert_eq!(of(&plain, &free, true), Some((Charge::Free, None)));
        assert_eq!(of(&plain, &free, false), None);
        assert_eq!(of(&plain, &caller(None, Plan::Paid), true), None);
        let paid = caller(Some(10), Plan::Paid);
        let (charge, once) = of(&premium, &paid, false).expect("charged");
        assert_eq!((charge, once.map(|once| once.logs_repeats)), (Charge::Paid, Some(false)));
        assert_eq!(of(&plain, &paid, true).map(|(charge, _)| charge), Some(Charge::Free));
    }
}
