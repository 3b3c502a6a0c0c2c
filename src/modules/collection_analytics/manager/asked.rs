//! What a request asks for: which collections, and which of their posts.

use chrono::NaiveDate;

use crate::core::error::{Code, Error};
use crate::core::query::{Filter, FilterType, Filters};
use crate::modules::collection_metrics::{CollectionType, PostFilters, Rollup};

/// How a request names collections.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selector {
    /// By the id of one.
    Collection(String),
    /// By the share id of one.
    Shared(String),
    /// By the id of a group.
    Group(String),
    /// By the share id of a group.
    SharedGroup(String),
}

/// A request that was understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Kind of the collections.
    pub kind: CollectionType,
    /// Which ones.
    pub selector: Selector,
    /// Which of their posts.
    pub filters: PostFilters,
    /// Those that the owner marked, or those that he did not.
    pub bookmarked: Option<bool>,
    /// Steps of a series.
    pub rollup: Rollup,
}

/// What a route takes besides the filters of every route.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Takes {
    /// `bookmarked`.
    pub bookmarks: bool,
    /// `handle`, `shortcode` and `rollup`.
    pub series: bool,
}

/// Reads the filters of a request. Those that the route does not take, and unknown ones, mean nothing, as
/// do those without a value.
///
/// # Errors
/// `invalid collection type`, `invalid collection` without a selector; `invalid Request` for a value that
/// cannot be read.
pub fn asked(filters: &Filters, takes: Takes) -> Result<Asked, Error> {
    let kind = kind(value(filters, "collectionType").unwrap_or_default())?;
    let selector = selector(filters).ok_or_else(invalid_collection)?;
    let mut asked = Asked {
        kind,
        selector,
        filters: PostFilters::default(),
        bookmarked: None,
        rollup: Rollup::Daily,
    };
    let of_value = filters.0.iter().filter(|filter| !filter.value.is_empty());
    for filter in of_value {
        let of_posts = &mut asked.filters;
        match filter.field.as_str() {
            "postType" => narrow(&mut of_posts.post_types, elements(filter)?),
            "publishedAt" => published(of_posts, filter)?,
            "hashtags" => of_posts.hashtags.push(tags(filter)?),
            "handle" if takes.series => narrow(&mut of_posts.handles, elements(filter)?),
            "shortcode" if takes.series => narrow(&mut of_posts.short_codes, elements(filter)?),
            "rollup" if takes.series && filter.value == "weekly" => asked.rollup = Rollup::Weekly,
            "bookmarked" if takes.bookmarks => {
                let flag = filter.value.parse().map_err(|_| invalid(filter))?;
                if asked.bookmarked.is_some_and(|before| before != flag) {
                    of_posts.items = Some(Vec::new());
                }
                asked.bookmarked = Some(flag);
            }
            _ => {}
        }
    }
    Ok(asked)
}

/// The kind of that name.
///
/// # Errors
/// `invalid collection type`.
pub fn kind(name: &str) -> Result<CollectionType, Error> {
    let unknown = || Error::invalid_value("collectionType", "invalid collection type");
    CollectionType::parse(name).ok_or_else(unknown)
}

/// Value of the first filter over a field that has one.
pub fn value<'a>(filters: &'a Filters, field: &str) -> Option<&'a str> {
    let of_field = |filter: &&Filter| filter.field == field && !filter.value.is_empty();
    filters.0.iter().find(of_field).map(|filter| filter.value.as_str())
}

/// The selector of a request; of several the first in their order counts.
pub fn selector(filters: &Filters) -> Option<Selector> {
    let id = |field| value(filters, field).map(str::to_owned);
    id("collectionId")
        .map(Selector::Collection)
        .or_else(|| id("shareId").map(Selector::Shared))
        .or_else(|| id("collectionGroupShareId").map(Selector::SharedGroup))
        .or_else(|| id("collectionGroupId").map(Selector::Group))
}

/// No collection of which the caller may see anything.
pub fn invalid_collection() -> Error {
    Error::refused(Code::NotFound, "invalid collection")
}

fn invalid(filter: &Filter) -> Error {
    Error::invalid_filter(&filter.field)
}

/// A text for `EQ`, for any other operator the elements of a comma list.
fn elements(filter: &Filter) -> Result<Vec<String>, Error> {
    if FilterType::parse(&filter.filter_type) == Some(FilterType::Eq) {
        return Ok(vec![filter.value.clone()]);
    }
    list(filter)
}

fn list(filter: &Filter) -> Result<Vec<String>, Error> {
    let elements = filter.value.split(',').map(str::trim).filter(|element| !element.is_empty());
    let elements: Vec<String> = elements.map(str::to_owned).collect();
    if elements.is_empty() { Err(invalid(filter)) } else { Ok(elements) }
}

fn tags(filter: &Filter) -> Result<Vec<String>, Error> {
    Ok(list(filter)?.into_iter().map(|tag| tag.to_lowercase()).collect())
}

/// Both of two conditions hold.
fn narrow(before: &mut Option<Vec<String>>, elements: Vec<String>) {
    match before {
        Some(before) => before.retain(|element| elements.contains(element)),
        None => *before = Some(elements),
    }
}

fn published(filters: &mut PostFilters, filter: &Filter) -> Result<(), Error> {
    let day = NaiveDate::parse_from_str(&filter.value, "%Y-%m-%d").ok();
    // Years of more or fewer than four digits are too long or too short for the stores.
    let is_whole = |day: &NaiveDate| filter.value.len() == 10 && day.to_string() == filter.value;
    let day = day.filter(is_whole).ok_or_else(|| invalid(filter))?;
    match FilterType::parse(&filter.filter_type) {
        Some(FilterType::Gte) => {
            filters.published_from = filters.published_from.max(Some(day));
        }
        Some(FilterType::Lte) => {
            let before = filters.published_to.unwrap_or(day);
            filters.published_to = Some(before.min(day));
        }
        _ => return Err(invalid(filter)),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SERIES: Takes = Takes { bookmarks: false, series: true };

    fn read(filters: &[(&str, &str, &str)], takes: Takes) -> Result<Asked, String> {
        let filters = filters.iter().map(|(kind, field, value)| Filter::new(kind, *field, *value));
        asked(&Filters(filters.collect()), takes).map_err(|error| error.to_string())
    }

    fn of_post(more: &[(&str, &str, &str)], takes: Takes) -> Result<Asked, String> {
        let both = [("EQ", "collectionId", "c"), ("EQ", "collectionType", "POST")];
        read(&[&both, more].concat(), takes)
    }

    #[test]
    fn a_request_names_kind_and_collection() {
        assert_eq!(read(&[], SERIES), Err("invalid collection type".to_owned()));
        let unknown = [("EQ", "collectionType", "STORY"), ("EQ", "collectionId", "c")];
        assert_eq!(read(&unknown, SERIES), Err("invalid collection type".to_owned()));
        let kind = ("NE", "collectionType", "PROFILE");
        assert_eq!(read(&[kind], SERIES), Err("invalid collection".to_owned()));
        let empty = [kind, ("EQ", "collectionId", "")];
        assert_eq!(read(&empty, SERIES), Err("invalid collection".to_owned()));
        let both = [kind, ("EQ", "collectionGroupId", "4"), ("LIKE", "shareId", "s")];
        let selector = read(&both, SERIES).expect("read").selector;
        assert_eq!(selector, Selector::Shared("s".to_owned()));
    }

    #[test]
    fn two_filters_on_a_field_both_hold() {
        let filters = [
            ("IN", "postType", " image, story ,,"),
            ("EQ", "postType", "story"),
            ("GTE", "publishedAt", "2024-01-01"),
            ("GTE", "publishedAt", "2024-02-01"),
            ("LTE", "publishedAt", "2024-05-01"),
            ("LTE", "publishedAt", "2024-04-01"),
            ("EQ", "hashtags", "#A,#b"),
            ("IN", "hashtags", "#C"),
            ("EQ", "handle", "a,b"),
        ];
        let day = |month| NaiveDate::from_ymd_opt(2024, month, 1);
        let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        let expected = PostFilters {
            post_types: Some(texts(&["story"])),
            published_from: day(2),
            published_to: day(4),
            hashtags: vec![texts(&["#a", "#b"]), texts(&["#c"])],
            handles: Some(texts(&["a,b"])),
            ..PostFilters::default()
        };
        assert_eq!(of_post(&filters, SERIES).expect("read").filters, expected);
        let other_route = of_post(&filters, Takes::default()).expect("read").filters;
        assert_eq!(other_route, PostFilters { handles: None, ..expected });
    }

    #[test]
    fn a_value_that_cannot_be_read_is_refused() {
        let bookmarks = Takes { bookmarks: true, series: false };
        for filter in [
            ("GTE", "publishedAt", "01/05/2024"),
            ("LTE", "publishedAt", "2024-5-1"),
            ("LTE", "publishedAt", "+12024-05-01"),
            ("EQ", "publishedAt", "2024-05-01"),
            ("IN", "postType", " , "),
            ("EQ", "hashtags", ","),
            ("EQ", "bookmarked", "yes"),
        ] {
            assert_eq!(
                of_post(&[filter], bookmarks),
                Err("invalid Request".to_owned()),
                "{filter:?}"
            );
        }
        let skipped = [("GTE", "publishedAt", ""), ("EQ", "bookmarked", ""), ("EQ", "other", "x")];
        assert!(of_post(&skipped, bookmarks).expect("read").filters.is_empty());
        let both = [("EQ", "bookmarked", "true"), ("EQ", "bookmarked", "false")];
        assert_eq!(of_post(&both, bookmarks).expect("read").filters.items, Some(Vec::new()));
    }
}
