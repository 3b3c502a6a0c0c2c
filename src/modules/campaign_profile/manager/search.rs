//! Fields of the search, and from filters to typed conditions.

use chrono_tz::Tz;

use crate::core::error::Error;
use crate::core::query::{
    Clause, Direction, Field, Filter, FilterType, Filters, Kind, ListIn, Operand, Sort, Test,
};
use crate::core::route::ListFields;
use Kind::{Bool, Date, Integer, JsonArray, JsonBool, JsonText, Text, TextArray, Timestamp};

/// Order that collections give.
const RANK: &str = "profile_collection_item.rank";
/// Field that shows profiles which were switched off.
const ENABLED: &str = "enabled";
/// Field over the names that staff and the creator entered.
const SEARCH_PHRASE: &str = "search_phrase";
const NAMES: [&str; 2] = ["admin_details.name", "user_details.name"];

const ADMIN: &str = "campaign_profiles.admin_details";
const USER: &str = "campaign_profiles.user_details";

/// What a search can be filtered and sorted by.
pub struct SearchFields;

const fn of_profile(name: &'static str, kind: Kind, column: &'static str) -> Field {
    Field::filter_only(name, kind).over(column)
}

const fn details(name: &'static str, kind: Kind, column: &'static str) -> Field {
    Field::filter_only(name, kind).over(column).with_depth(0)
}

#[rustfmt::skip]
impl ListFields for SearchFields {
    const FIELDS: &'static [Field] = &[
        Field::new("id", Integer).over("campaign_profiles.id"),
        Field::new("platform_account_id", Integer).over("campaign_profiles.platform_account_id"),
        Field::new("created_at", Timestamp).over("campaign_profiles.created_at"),
        Field::new("updated_at", Timestamp).over("campaign_profiles.updated_at"),
        of_profile("platform", Text, "campaign_profiles.platform"),
        of_profile("on_gcc", Bool, "campaign_profiles.on_gcc"),
        of_profile("on_gcc_app", Bool, "campaign_profiles.on_gcc_app"),
        of_profile("gcc_user_account_id", Integer, "campaign_profiles.gcc_user_account_id"),
        of_profile(ENABLED, Bool, "campaign_profiles.enabled"),
        of_profile("has_email", Bool, "campaign_profiles.has_email"),
        of_profile("has_phone", Bool, "campaign_profiles.has_phone"),
        of_profile("gender", Text, "campaign_profiles.gender"),
        of_profile("dob", Date, "campaign_profiles.dob"),
        of_profile("location", TextArray, "campaign_profiles.location"),
        of_profile("languages", TextArray, "campaign_profiles.languages"),
        of_profile("phone", TextArray, "campaign_profiles.phone"),
        of_profile("updated_by", Text, "campaign_profiles.updated_by"),
        details(SEARCH_PHRASE, JsonText, ADMIN),
        details("creatorCohorts", JsonArray, ADMIN),
        details("creatorPrograms", JsonArray, ADMIN),
        details("categoryIds", JsonArray, ADMIN),
        details("isBlacklisted", JsonBool, ADMIN),
        details("admin_details.name", JsonText, ADMIN),
        details("admin_details.city", JsonText, ADMIN),
        details("admin_details.state", JsonText, ADMIN),
        details("admin_details.country", JsonText, ADMIN),
        details("admin_details.gender", JsonText, ADMIN),
        details("admin_details.languages", JsonArray, ADMIN),
        details("admin_details.whatsappOptIn", JsonBool, ADMIN),
        details("admin_details.countryCode", JsonText, ADMIN),
        details("admin_details.email", JsonText, ADMIN),
        details("admin_details.phone", JsonText, ADMIN),
        details("admin_details.secondaryPhone", JsonText, ADMIN),
        details("user_details.name", JsonText, USER),
        details("user_details.gender", JsonText, USER),
        details("user_details.languages", JsonArray, USER),
        details("user_details.location", JsonArray, USER),
        details("user_details.whatsappOptIn", JsonBool, USER),
        details("user_details.ekycPending", JsonBool, USER),
        details("user_details.instantGratificationInvited", JsonBool, USER),
        details("user_details.amazonStoreLinkVerified", JsonBool, USER),
        details("user_details.memberId", JsonText, USER),
        details("user_details.referenceCode", JsonText, USER),
        details("user_details.email", JsonText, USER),
        details("user_details.phone", JsonText, USER),
        details("user_details.secondaryPhone", JsonText, USER),
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
        Some((Operand { column: field.column, kind: field.kind, path: path(field) }, test))
    });
    alternatives.collect::<Option<Vec<_>>>().map(Clause)
}

/// Key of a field in the details.
fn path(field: &Field) -> Vec<String> {
    if !field.kind.has_path() {
        return Vec::new();
    }
    let key = match field.name {
        "categoryIds" => "campaignCategoryIds",
        name => name.split_once('.').map_or(name, |(_, key)| key),
    };
    vec![key.to_owned()]
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
    fn aliases_lead_into_the_details() {
        let path = |field| {
            let found = compiled(field, "ARRAY", "1", false).expect("compiles");
            found.profile[0].0[0].0.path.clone()
        };
        assert_eq!(path("categoryIds"), ["campaignCategoryIds"]);
        assert_eq!(path("creatorPrograms"), ["creatorPrograms"]);
        assert_eq!(path("user_details.location"), ["location"]);
        let names = compiled("search_phrase", "LIKE", "a", false).expect("compiles");
        assert_eq!(names.profile[0].0.len(), 2);
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
