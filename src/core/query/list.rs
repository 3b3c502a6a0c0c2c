//! A list request: paging, order and filters, read from the query string and the body.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use utoipa::{IntoParams, ToSchema};

use super::{Filter, Filters, Page};
use crate::core::error::Error;

/// Most conditions of one request. Statements nest them, and whoever walks a statement recurses.
const CONDITION_LIMIT: usize = 256;

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
    /// Conditions, all of which must hold.
    pub filters: Option<Vec<Filter>>,
}

/// The same on its way in.
#[derive(Default, serde::Deserialize)]
struct ReadSearch {
    #[serde(default)]
    filters: Option<Vec<Object<Filter>>>,
}

/// A struct from a JSON object only: serde would also read its members from an array.
struct Object<T>(T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ObjectVisitor(PhantomData))
    }
}

struct ObjectVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ObjectVisitor<T> {
    type Value = Object<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<Self::Value, A::Error> {
        T::deserialize(MapAccessDeserializer::new(members)).map(Object)
    }
}

/// Query parameters of a list request.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query, names("sortBy", "sortDir", "cursor", "size"))]
#[expect(dead_code, reason = "documents the parameters; ListIn reads them")]
pub struct ListParams(Option<String>, Option<String>, Option<String>, Option<String>);

/// A list request, parsed but not yet checked against a module's fields.
#[derive(Debug, Clone, Default)]
pub struct ListIn {
    /// Field to sort by, as sent.
    pub sort_by: Option<String>,
    /// Direction, as sent.
    pub sort_dir: Option<String>,
    /// Page.
    pub page: Page,
    /// Conditions, as sent.
    pub filters: Filters,
}

impl ListIn {
    /// Reads a list request. An empty body means no filters; bytes after the first JSON value are
    /// ignored.
    ///
    /// # Errors
    /// `cursor` or `size` not an integer; a body that is not the documented JSON; `invalid Request`
    /// for more than 256 conditions, every field of a comma list counted.
    pub fn parse(query: &QueryPairs, body: &[u8]) -> Result<Self, Error> {
        let owned = |name| query.get(name).filter(|text| !text.is_empty()).map(str::to_owned);
        Ok(Self {
            sort_by: owned("sortBy"),
            sort_dir: owned("sortDir"),
            page: Page::parse(query.get("cursor"), query.get("size"))?,
            filters: parse_filters(body)?,
        })
    }
}

fn parse_filters(body: &[u8]) -> Result<Filters, Error> {
    let mut values = serde_json::Deserializer::from_slice(body).into_iter::<Object<ReadSearch>>();
    let search = match values.next() {
        None => ReadSearch::default(),
        Some(Ok(Object(search))) => search,
        Some(Err(error)) => return Err(Error::invalid_body(&error)),
    };
    let filters = search.filters.unwrap_or_default();
    let filters: Vec<Filter> = filters.into_iter().map(|Object(filter)| filter).collect();
    let conditions: usize = filters.iter().map(|filter| filter.field.split(',').count()).sum();
    if conditions > CONDITION_LIMIT {
        Err(Error::invalid_filter("filters"))
    } else {
        Ok(Filters(filters))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filters(body: &str) -> Result<Vec<Filter>, String> {
        ListIn::parse(&QueryPairs::default(), body.as_bytes())
            .map(|list| list.filters.0)
            .map_err(|error| error.to_string())
    }

    #[test]
    fn missing_empty_and_null_filters_mean_none() {
        for body in ["", "  ", "{}", r#"{"filters":null}"#, r#"{"filters":[]} trailing"#] {
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
    fn unknown_members_are_ignored_and_values_must_be_texts() {
        let body = r#"{"x":1,"filters":[{"filterType":"EQ","field":"id","value":"1","y":2}]}"#;
        assert_eq!(filters(body), Ok(vec![Filter::new("EQ", "id", "1")]));
        for body in ["{", "[]", r#"{"filters":[["EQ"]]}"#, r#"{"filters":[{"value":1}]}"#] {
            assert!(filters(body).is_err(), "{body:?}");
        }
    }
}
