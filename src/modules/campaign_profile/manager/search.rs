//! Fields of the search, and from filters to typed conditions.

use chrono_tz::Tz;

use crate::core::error::Error;
use crate::core::query::{
    Clause, Direction, Field, Filter, FilterType, Filters, Kind, ListIn, Operand, Sort, Test,
};
use crate::core::route::ListFields;
use Kind::{Bool, Date, Integer, Shown, Text, TextArray, Timestamp};

/// Order that collections give.
const RANK: &str = "profile_collection_item.rank";
/// Field that shows profiles which were switched off.
const ENABLED: &str = "enabled";
/// Field over the names that staff and the creator entered.
const SEARCH_PHRASE: &str = "search_phrase";
const NAMES: [&str; 2] = ["admin_details.name", "user_details.name"];

/// What a search can be filtered and sorted by.
pub struct SearchFields;

const fn narrow(name: &'static str, kind: Kind, column: &'static str) -> Field {
    Field::filter_only(name, kind).over(column)
}

#[rustfmt::skip]
impl ListFields for SearchFields {
    const FIELDS: &'static [Field] = &[
        Field::new("id", Integer).over("campaign_profile_search.id"),
        Field::new("platform_account_id", Integer).over("campaign_profile_search.platform_account_id"),
        Field::new("created_at", Timestamp).over("campaign_profile_search.created_at"),
        Field::new("updated_at", Timestamp).over("campaign_profile_search.updated_at"),
        narrow("platform", Text, "campaign_profile_search.platform"),
        narrow("on_gcc", Bool, "campaign_profile_search.on_gcc"),
        narrow("on_gcc_app", Bool, "campaign_profile_search.on_gcc_app"),
        narrow("gcc_user_account_id", Integer, "campaign_profile_search.gcc_user_account_id"),
        narrow(ENABLED, Bool, "campaign_profile_search.enabled"),
        narrow("has_email", Bool, "campaign_profile_search.has_email"),
        narrow("has_phone", Bool, "campaign_profile_search.has_phone"),
        narrow("gender", Text, "campaign_profile_search.gender"),
        narrow("dob", Date, "campaign_profile_search.dob"),
        narrow("location", TextArray, "campaign_profile_search.location"),
        narrow("languages", TextArray, "campaign_profile_search.languages"),
        narrow("phone", TextArray, "campaign_profile_search.phone"),
        narrow("updated_by", Text, "campaign_profile_search.updated_by"),
        narrow(SEARCH_PHRASE, Shown(Some("campaign_profile_search.admin_name_text")), "campaign_profile_search.admin_name"),
        narrow("creatorCohorts", TextArray, "campaign_profile_search.creator_cohorts"),
        narrow("creatorPrograms", TextArray, "campaign_profile_search.creator_programs"),
        narrow("categoryIds", TextArray, "campaign_profile_search.category_ids"),
        narrow("isBlacklisted", Bool, "campaign_profile_search.is_blacklisted"),
        narrow("admin_details.name", Shown(Some("campaign_profile_search.admin_name_text")), "campaign_profile_search.admin_name"),
        narrow("admin_details.city", Shown(None), "campaign_profile_search.admin_city"),
        narrow("admin_details.state", Shown(None), "campaign_profile_search.admin_state"),
        narrow("admin_details.country", Shown(None), "campaign_profile_search.admin_country"),
        narrow("admin_details.gender", Shown(None), "campaign_profile_search.admin_gender"),
        narrow("admin_details.languages", TextArray, "campaign_profile_search.admin_languages"),
        narrow("admin_details.whatsappOptIn", Bool, "campaign_profile_search.admin_whatsapp_opt_in"),
        narrow("admin_details.countryCode", Shown(None), "campaign_profile_search.country_code"),
        narrow("admin_details.email", Shown(None), "campaign_profile_search.admin_email"),
        narrow("admin_details.phone", Shown(None), "campaign_profile_search.admin_phone"),
        narrow("admin_details.secondaryPhone", Shown(None), "campaign_profile_search.admin_secondary_phone"),
        narrow("user_details.name", Shown(Some("campaign_profile_search.user_name_text")), "campaign_profile_search.user_name"),
        narrow("user_details.gender", Shown(None), "campaign_profile_search.user_gender"),
        narrow("user_details.languages", TextArray, "campaign_profile_search.user_languages"),
        narrow("user_details.location", TextArray, "campaign_profile_search.user_location"),
        narrow("user_details.whatsappOptIn", Bool, "campaign_profile_search.user_whatsapp_opt_in"),
        narrow("user_details.ekycPending", Bool, "campaign_profile_search.ekyc_pending"),
        narrow("user_details.instantGratificationInvited", Bool, "campaign_profile_search.instant_gratification_invited"),
        narrow("user_details.amazonStoreLinkVerified", Bool, "campaign_profile_search.amazon_store_link_verified"),
        narrow("user_details.memberId", Shown(None), "campaign_profile_search.member_id"),
        narrow("user_details.referenceCode", Shown(None), "campaign_profile_search.reference_code"),
        narrow("user_details.email", Shown(None), "campaign_profile_search.user_email"),
        narrow("user_details.phone", Shown(None), "campaign_profile_search.user_phone"),
        narrow("user_details.secondaryPhone", Shown(None), "campaign_profile_search.user_secondary_phone"),
        Field::filter_only("shortlistId", Text).over("item.shortlist_id"),
        Field::filter_only("shortlistingStatus", Text).over("item.shortlisting_status"),
        Field::filter_only("campaignProfileId", Integer).over("item.campaign_profile_id"),
        Field::filter_only("itemEnabled", Bool).over("item.enabled"),
        Field::filter_only("itemHidden", Bool).over("item.hidden"),
        Field::filter_only("campaignId", Integer).over("collection.campaign_id"),
        Field::filter_only("collectionId", Integer).over("collection.id"),
        Field::filter_only("collectionShareId", Text).over("collection.share_id"),
    ];
}

/// Fields of the platform alone: to others they would confirm contacts that they see masked.
const OF_PLATFORM: &[&str] = &[
    "phone",
    "updated_by",
    "admin_details.email",
    "admin_details.phone",
    "admin_details.secondaryPhone",
    "user_details.email",
    "user_details.phone",
    "user_details.secondaryPhone",
];

/// Conditions of a search, by what they are about.
#[derive(Debug, Default)]
pub struct Conditions {
    /// On profiles.
    pub profile: Vec<Clause>,
    /// On the collections that the account is in, some of them perhaps on the profile besides.
    pub collection: Vec<Clause>,
    /// Whether profiles that were switched off are found, too.
    pub shows_disabled: bool,
}

/// Order of a search.
#[derive(Debug)]
pub enum SearchOrder {
    /// By a column.
    By(Sort),
    /// By the smallest rank among the matching items.
    Rank(Direction),
}

/// Compiles the filters of a search; those without a value are skipped. Days begin in the zone.
///
/// # Errors
/// `invalid Request`: an unknown field or operator, a value that does not fit, and a field that is not this
/// caller's.
pub fn conditions(filters: &Filters, is_admin: bool, zone: Tz) -> Result<Conditions, Error> {
    let mut conditions =
        Conditions { shows_disabled: filters.has_value(ENABLED), ..Conditions::default() };
    for filter in filters.0.iter().filter(|filter| !filter.value.is_empty()) {
        let clause = clause(filter, is_admin, zone);
        let clause = clause.ok_or_else(|| Error::invalid_filter(&filter.field))?;
        let is_inner = |(operand, _): &(Operand, Test)| !operand.column.starts_with("campaign_");
        match clause.0.iter().any(is_inner) {
            true => conditions.collection.push(clause),
            false => conditions.profile.push(clause),
        }
    }
    Ok(conditions)
}

/// The order that a request asks for, the last profiles first without one. Ranks are those of the collections
/// that a filter names.
///
/// # Errors
/// `invalid Request`: an order outside of the documented ones.
pub fn order(list: &ListIn, has_ranks: bool) -> Result<SearchOrder, Error> {
    let direction = list.sort_dir.as_deref();
    match list.sort_by.as_deref() {
        Some(RANK) if has_ranks => Ok(SearchOrder::Rank(Direction::parse(direction)?)),
        by => {
            let sort = Sort::resolve(SearchFields::FIELDS, by.unwrap_or("id"), direction)?;
            let column = sort.column.split_once('.').map_or(sort.column, |(_, column)| column);
            Ok(SearchOrder::By(Sort { column, ..sort }))
        }
    }
}

fn clause(filter: &Filter, is_admin: bool, zone: Tz) -> Option<Clause> {
    let operator = FilterType::parse(&filter.filter_type)?;
    let names: Vec<&str> = filter.field.split(',').map(str::trim).collect();
    let names: Vec<&str> = names
        .into_iter()
        .flat_map(|name| if name == SEARCH_PHRASE { NAMES.to_vec() } else { vec![name] })
        .collect();
    let is_listable = !matches!(operator, FilterType::Ne | FilterType::NotIn | FilterType::Bool);
    if names.len() > 1 && !is_listable {
        return None;
    }
    let alternatives = names.into_iter().map(|name| {
        let field = SearchFields::FIELDS.iter().find(|field| field.name == name)?;
        if !is_admin && OF_PLATFORM.contains(&name) {
            return None;
        }
        let test = Test::read(operator, (field.kind, zone), &filter.value)?;
        Some((Operand { column: field.column, kind: field.kind, path: Vec::new() }, test))
    });
    alternatives.collect::<Option<Vec<_>>>().map(Clause)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compiled(field: &str, operator: &str, value: &str, is_admin: bool) -> Option<Conditions> {
        let filters = Filters(vec![Filter::new(operator, field, value)]);
        conditions(&filters, is_admin, Tz::UTC).ok()
    }

    #[test]
    fn contacts_can_be_searched_by_the_platform_alone() {
        for field in OF_PLATFORM {
            assert!(compiled(field, "EQ", "x", true).is_some(), "{field}");
            assert!(compiled(field, "EQ", "x", false).is_none(), "{field}");
            let hidden = format!("gender,{field}");
            assert!(compiled(&hidden, "EQ", "x", false).is_none(), "{field}");
        }
    }

    #[test]
    fn search_phrases_are_names_of_both() {
        let names = compiled("search_phrase", "LIKE", "Ash\u{e1}", false).expect("compiles");
        let [Clause(both)] = names.profile.as_slice() else { panic!("{names:?}") };
        assert_eq!(both.len(), 2);
        assert!(
            both.iter().all(|(_, test)| *test == Test::Contains("asha".to_owned())),
            "{both:?}"
        );
    }

    #[test]
    fn fields_of_collections_are_told_apart() {
        let found = compiled("collectionId", "EQ", "5", false).expect("compiles");
        assert_eq!((found.profile.len(), found.collection.len()), (0, 1));
        let found = compiled("platform", "EQ", "GCC", false).expect("compiles");
        assert_eq!((found.profile.len(), found.collection.len()), (1, 0));
        assert!(compiled("nofield", "EQ", "1", true).is_none());
        assert!(compiled("nofield", "NOSUCH", "", true).is_some(), "nothing is asked");
    }

    #[test]
    fn orders_are_documented_ones() {
        let by = |name: &str, has_ranks| {
            let list = ListIn { sort_by: Some(name.to_owned()), ..ListIn::default() };
            order(&list, has_ranks).ok()
        };
        assert!(matches!(
            by("created_at", false),
            Some(SearchOrder::By(Sort { column: "created_at", .. }))
        ));
        assert!(matches!(by(RANK, true), Some(SearchOrder::Rank(_))));
        assert!(by(RANK, false).is_none() && by("phone", false).is_none());
    }
}
