//! What a search for collections asks.

use crate::core::error::Error;
use crate::core::query::{Field, Filter, Filters, Kind, ListIn, parse_bool};

/// Filters over the items of collections.
pub const ITEM_FIELDS: &[Field] = &[
    Field::filter_only(ACCOUNT, Kind::Integer).over("platform_account_code"),
    Field::filter_only(PLATFORM, Kind::Text),
];

const ACCOUNT: &str = "platformAccountCode";
const PLATFORM: &str = "platform";
const FEATURED: &str = "featured";

/// Whether it asks for the platform's featured collections.
///
/// # Errors
/// It does so with another operator than `EQ` and `BOOL`.
pub fn wants_featured(list: &ListIn) -> Result<bool, Error> {
    let Some(filter) = list.filters.find(FEATURED) else { return Ok(false) };
    if parse_bool(&filter.value) != Some(true) {
        return Ok(false);
    }
    match filter.filter_type.as_str() {
        "EQ" | "BOOL" => Ok(true),
        _ => Err(Error::invalid_filter(FEATURED)),
    }
}

/// The search with its conditions on collections, and those on their items. Whose collections they are is
/// not the client's to say.
pub fn split(list: ListIn) -> (ListIn, Filters) {
    let is_of_item = |filter: &Filter| filter.field == ACCOUNT && !filter.value.is_empty();
    let has_account = list.filters.0.iter().any(is_of_item);
    let of_items = list
        .filters
        .0
        .iter()
        .filter(|filter| has_account && (filter.field == ACCOUNT || filter.field == PLATFORM));
    let of_items = of_items.map(|filter| match filter.field.as_str() {
        PLATFORM => Filter { value: filter.value.to_ascii_uppercase(), ..filter.clone() },
        _ => filter.clone(),
    });
    let of_items = Filters(of_items.collect());
    let filters = list.filters.without(&[ACCOUNT, PLATFORM, "partner_id"]);
    (ListIn { filters, ..list }, of_items)
}
