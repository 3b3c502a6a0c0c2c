//! A list request: paging, order and filters, read from the query string and the body.

use utoipa::{IntoParams, ToSchema};

use super::cursor::Cursor;
use super::keyset::KeysetIn;
use super::{Filter, FilterType, Filters, Page};
use crate::core::error::{Code, Error};
use crate::core::json::{Object, json_body};

/// Most conditions of one request. Statements nest them, and whoever walks a statement recurses.
const CONDITION_LIMIT: usize = 256;
/// Most elements of all lists of one request. Whoever looks a list up in an index does so once per
/// element, and once per pair of elements where an index has two columns.
const ELEMENT_LIMIT: usize = 1_000;
/// Most bytes of all fields and values of one request.
const TEXT_LIMIT: usize = 64 * 1024;

/// Pairs of a query string, first one of a name wins.
#[derive(Debug, Clone, Default)]
pub struct QueryPairs(Vec<(String, String)>);

impl QueryPairs {
    /// Splits and decodes a query string.
    pub fn parse(query: &str) -> Self {
        let pairs = url::form_urlencoded::parse(query.as_bytes());
        Self(pairs.map(|(name, value)| (name.into_owned(), value.into_owned())).collect())
    }

    /// Value of a parameter.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// Body of a list request.
#[derive(Debug, Default, ToSchema)]
pub struct SearchIn {
    /// Conditions, all of which must hold: at most 256 (every field of a comma list is one), with at most
    /// 1,000 list elements and 64 KB of fields and values between them.
    pub filters: Option<Vec<Filter>>,
}

/// The same on its way in.
#[derive(Default, serde::Deserialize)]
struct ReadSearch {
    #[serde(default)]
    filters: Option<Vec<Object<Filter>>>,
}

/// Query parameters of a list request.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
#[expect(dead_code, reason = "documents the parameters; ListIn reads them")]
pub struct ListParams {
    /// Field to sort by. Rows with the same value follow each other by id, rows without one come last.
    sort_by: Option<String>,
    /// `asc`, or `desc` as without it.
    sort_dir: Option<String>,
    /// Number of the page, 1 to 999, or the `nextCursor` of the page before.
    cursor: Option<String>,
    /// Most rows of the page, 1 to 99; 50 without it.
    size: Option<String>,
    /// `keyset`: `nextCursor` is a text without meaning to clients, and the page that it opens begins behind
    /// the last row of this one, so that rows which appear or change meanwhile neither repeat others nor hide
    /// them. It belongs to this path, order and filters. `hasNextPage` is exact, and `filteredCount` is what
    /// the first page counted. Lists that are put together (both platforms of a search, location suggestions)
    /// and the plan `FREE` stay with numbers: pass `nextCursor` on as it is.
    #[param(value_type = Option<String>, example = "keyset")]
    paging: Option<String>,
}

/// A list request, parsed but not yet checked against a module's fields.
#[derive(Debug, Clone, Default)]
pub struct ListIn {
    /// Field to sort by, as sent.
    pub sort_by: Option<String>,
    /// Direction, as sent.
    pub sort_dir: Option<String>,
    /// Page.
    pub page: Page,
    /// What it asks for with `paging=keyset`.
    pub keyset: Option<KeysetIn>,
    /// Conditions, as sent.
    pub filters: Filters,
}

impl ListIn {
    /// Reads a list request to this path. An empty body and `null` mean no filters; bytes after the first JSON
    /// value are ignored.
    ///
    /// # Errors
    /// `cursor` neither an integer nor, with `paging=keyset`, the cursor of a page; `size` not an integer;
    /// another `paging`; a body that is not the documented JSON; `invalid Request`
    /// for more than 256 conditions, 1,000 list elements or 64 KB of fields and values, every field of
    /// a comma list counted, and for a NUL character.
    pub fn parse(path: &str, query: &QueryPairs, body: &[u8]) -> Result<Self, Error> {
        let owned = |name| query.get(name).filter(|text| !text.is_empty()).map(str::to_owned);
        let mut number = query.get("cursor");
        let keyset = match owned("paging").as_deref() {
            None => None,
            Some("keyset") => {
                let is_number = |text: &&str| text.is_empty() || text.parse::<i64>().is_ok();
                let cursor =
                    number.filter(|text| !is_number(text)).map(Cursor::read).transpose()?;
                number = number.filter(is_number);
                Some(KeysetIn { path: path.to_owned(), cursor })
            }
            Some(_) => {
                return Err(Error::rejected(Code::InvalidValue, "invalid paging").at("paging"));
            }
        };
        Ok(Self {
            sort_by: owned("sortBy"),
            sort_dir: owned("sortDir"),
            page: Page::parse(number, query.get("size"))?,
            keyset,
            filters: parse_filters(body)?,
        })
    }
}

fn parse_filters(body: &[u8]) -> Result<Filters, Error> {
    let search: Option<ReadSearch> = json_body(body)?;
    let filters = search.unwrap_or_default().filters.unwrap_or_default();
    let filters: Vec<Filter> = filters.into_iter().map(|Object(filter)| filter).collect();
    match first_beyond_limits(&filters) {
        Some(filter) => Err(Error::invalid_filter(&filter.field)),
        None => Ok(Filters(filters)),
    }
}

/// The filter with which a request asks for more than a statement may hold.
fn first_beyond_limits(filters: &[Filter]) -> Option<&Filter> {
    let (mut conditions, mut elements, mut bytes) = (0, 0, 0);
    filters.iter().find(|filter| {
        let fields = filter.field.split(',').count();
        conditions += fields;
        elements += fields * list_elements(filter);
        bytes += filter.filter_type.len() + filter.field.len() + filter.value.len();
        // No store has a text with such a character.
        let has_nul = filter.field.contains('\0') || filter.value.contains('\0');
        has_nul || conditions > CONDITION_LIMIT || elements > ELEMENT_LIMIT || bytes > TEXT_LIMIT
    })
}

fn list_elements(filter: &Filter) -> usize {
    let is_list = matches!(
        FilterType::parse(&filter.filter_type),
        Some(FilterType::In | FilterType::NotIn | FilterType::Array)
    );
    if is_list { filter.value.split(',').count() } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filters(body: &str) -> Result<Vec<Filter>, String> {
        ListIn::parse("/", &QueryPairs::default(), body.as_bytes())
            .map(|list| list.filters.0)
            .map_err(|error| error.to_string())
    }

    #[test]
    fn missing_empty_and_null_filters_mean_none() {
        for body in ["", "  ", "{}", "null", r#"{"filters":null}"#, r#"{"filters":[]} trailing"#] {
            assert_eq!(filters(body), Ok(vec![]), "{body:?}");
        }
    }

    #[test]
    fn conditions_are_limited_also_inside_a_comma_list() {
        let of = |field: &str, count: usize| {
            let filter = format!(r#"{{"field":"{field}"}}"#);
            filters(&format!(r#"{{"filters":[{}]}}"#, vec![filter; count].join(",")))
        };
        assert_eq!(of("a,b", 128).map(|filters| filters.len()), Ok(128));
        assert_eq!(of("a,b", 129), Err("invalid Request".to_owned()));
        assert_eq!(of("a", 257), Err("invalid Request".to_owned()));
    }

    #[test]
    fn list_elements_and_texts_are_limited_over_all_filters() {
        let of = |kind: &str, value: &str, count: usize| {
            let filter = format!(r#"{{"filterType":"{kind}","field":"id","value":"{value}"}}"#);
            filters(&format!(r#"{{"filters":[{}]}}"#, vec![filter; count].join(","))).is_ok()
        };
        let ids = |count: usize| vec!["1"; count].join(",");
        for kind in ["IN", "NOTIN", "ARRAY", "ARRAY_IN"] {
            assert!(of(kind, &ids(1000), 1) && !of(kind, &ids(1001), 1), "{kind}");
            assert!(of(kind, &ids(250), 4) && !of(kind, &ids(201), 5), "{kind}");
        }
        assert!(of("EQ", &ids(1001), 1), "a comma in a text is a comma");
        let text = |bytes: usize| "x".repeat(bytes);
        assert!(of("EQ", &text(65_532), 1) && !of("EQ", &text(65_533), 1));
        assert!(of("EQ", &text(16_380), 4) && !of("EQ", &text(16_381), 4));
    }

    #[test]
    fn unknown_members_are_ignored_and_values_must_be_texts() {
        let body = r#"{"x":1,"filters":[{"filterType":"EQ","field":"id","value":"1","y":2}]}"#;
        assert_eq!(filters(body), Ok(vec![Filter::new("EQ", "id", "1")]));
        for body in ["{", "[]", r#"{"filters":[["EQ"]]}"#, r#"{"filters":[{"value":1}]}"#] {
            assert!(filters(body).is_err(), "{body:?}");
        }
    }
}
