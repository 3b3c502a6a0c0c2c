//! What a request ranks: metric, scope, month, conditions.

use chrono::NaiveDate;
use chrono_tz::Tz;

use super::super::dto::LeaderboardFields;
use super::Window;
use crate::core::error::Error;
use crate::core::query::{
    Clause, Direction, Filter, Filters, Kind, ListIn, Paging, Sort, compile, expand_demographics,
};
use crate::core::route::ListFields as _;
use crate::core::types::ProfilePlatform;

/// Filters that choose a scope, and their part of the key in the rank maps.
const SCOPES: [(&str, &str); 3] =
    [("category", "_cat"), ("language", "_lang"), ("profile_type", "_profile")];

/// A leaderboard as asked for.
#[derive(Debug, Clone)]
pub(in crate::modules::leaderboard) struct Ranking {
    /// Conditions.
    pub clauses: Vec<Clause>,
    /// Rank column, best first.
    pub sort: Sort,
    /// Page.
    pub paging: Paging,
    /// Days that the graphs cover.
    pub window: Window,
    scope: String,
    narrowed: bool,
}

impl Ranking {
    /// Reads a request; `default` is the month of a request that names none, days begin in `zone`.
    ///
    /// # Errors
    /// `invalid Request`: a filter or a direction outside the documented ones.
    pub(in crate::modules::leaderboard) fn read(
        platform: ProfilePlatform,
        list: &ListIn,
        default: Window,
        zone: Tz,
    ) -> Result<Self, Error> {
        Direction::parse(list.sort_dir.as_deref())?;
        let asked = list.filters.without(&["platform"]);
        let mut filters = expand_demographics(&asked).with(equal("platform", platform.name()));
        let month = first_value(&asked, "month");
        if month.is_none() {
            filters = filters.with(equal("month", &default.from.to_string()));
        }
        let clauses = compile(&filters, LeaderboardFields::FIELDS, zone)?;
        let window = match month {
            Some(month) => Window::from_day(first_date(month)?),
            None => default,
        };
        Ok(Self {
            clauses,
            sort: Sort {
                column: metric(list.sort_by.as_deref()),
                kind: Kind::Integer,
                direction: Direction::Ascending,
            },
            // A request that names no month gets another board when the next one begins.
            paging: list.paging(&window.from.to_string(), [Kind::Integer])?,
            window,
            scope: scope(&asked),
            narrowed: is_narrowed(&asked),
        })
    }

    /// Key of the metric and scope in the rank maps.
    pub(in crate::modules::leaderboard) fn rank_key(&self) -> String {
        format!("{}{}", self.sort.column, self.scope)
    }

    /// Rank of the row at `index` of the page; `stored` is its rank of the month, 0 for none.
    ///
    /// The position in the list is the rank unless other filters than those of the scope thin the
    /// list out.
    pub(super) fn rank(&self, index: usize, stored: u64) -> i64 {
        if self.narrowed {
            return stored.cast_signed();
        }
        (self.paging.before() + index as u64 + 1).cast_signed()
    }
}

fn equal(field: &str, value: &str) -> Filter {
    Filter::new("EQ", field, value)
}

fn first_value<'a>(filters: &'a Filters, field: &str) -> Option<&'a str> {
    let mut values = filters.0.iter().filter(|filter| filter.field == field);
    values.find(|filter| !filter.value.is_empty()).map(|filter| filter.value.as_str())
}

/// The first date of a comma list.
fn first_date(text: &str) -> Result<NaiveDate, Error> {
    let mut elements = text.split(',').map(str::trim).filter(|element| !element.is_empty());
    let date = elements.next().and_then(|first| first.parse().ok());
    date.ok_or_else(|| Error::invalid_filter("month"))
}

fn metric(sort_by: Option<&str>) -> &'static str {
    match sort_by {
        Some("plays") => "plays_rank",
        Some("views") => "views_rank",
        Some("followers_lifetime") => "followers_rank",
        _ => "followers_change_rank",
    }
}

fn scope(filters: &Filters) -> String {
    let chosen = SCOPES.iter().filter(|(field, _)| filters.has_value(field));
    let parts: String = chosen.map(|(_, part)| *part).collect();
    if parts.is_empty() { parts } else { format!("_by{parts}") }
}

fn is_narrowed(filters: &Filters) -> bool {
    let keeps_ranks =
        |field: &str| field == "month" || SCOPES.iter().any(|(scope, _)| *scope == field);
    filters.0.iter().any(|filter| !filter.value.is_empty() && !keeps_ranks(&filter.field))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::query::{Comparison, Page, Test, Value};
    use crate::core::types::Platform;

    fn date(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    fn read(sort_by: &str, filters: &[(&str, &str, &str)]) -> Result<Ranking, Error> {
        let filters = filters.iter().map(|(kind, field, value)| Filter::new(kind, *field, *value));
        let list = ListIn {
            sort_by: Some(sort_by.to_owned()),
            page: Page { number: 2, size: 10 },
            filters: Filters(filters.collect()),
            ..ListIn::default()
        };
        let default = Window::from_day(date("2024-04-01"));
        Ranking::read(ProfilePlatform::One(Platform::Instagram), &list, default, Tz::UTC)
    }

    fn key(sort_by: &str, filters: &[(&str, &str, &str)]) -> String {
        read(sort_by, filters).expect("accepted").rank_key()
    }

    #[test]
    fn sort_chooses_the_metric_and_filters_the_scope() {
        assert_eq!(key("plays", &[]), "plays_rank");
        assert_eq!(
            key("followers_lifetime", &[("EQ", "language", "hi")]),
            "followers_rank_by_lang"
        );
        assert_eq!(key("anything", &[("EQ", "category", "")]), "followers_change_rank");
        let all = [
            ("EQ", "profile_type", "CREATOR"),
            ("EQ", "language", "hi"),
            ("EQ", "category", "Food"),
        ];
        assert_eq!(key("views", &all), "views_rank_by_cat_lang_profile");
    }

    #[test]
    fn position_is_the_rank_unless_the_list_is_thinned_out() {
        let scoped = read("plays", &[("EQ", "category", "Food"), ("EQ", "month", "2024-05-01")]);
        assert_eq!(scoped.expect("accepted").rank(0, 40), 11);
        for narrowing in [("LIKE", "search_phrase", "foo"), ("EQ", "audience_gender", "MALE")] {
            assert_eq!(read("plays", &[narrowing]).expect("accepted").rank(0, 40), 40);
        }
        let ignored = read("plays", &[("EQ", "platform", "YOUTUBE"), ("LIKE", "handle", "")]);
        assert_eq!(ignored.expect("accepted").rank(3, 0), 14);
    }

    #[test]
    fn month_defaults_and_decides_the_window() {
        let default = read("plays", &[("EQ", "month", "")]).expect("accepted");
        assert_eq!(default.window.from, date("2024-04-01"));
        let april = Test::Compare(Comparison::Equal, Value::Date(date("2024-04-01")));
        assert!(default.clauses.iter().any(|clause| clause.0[0].1 == april));
        let asked = read("plays", &[("IN", "month", "2024-02-01, 2024-03-01")]).expect("accepted");
        assert_eq!(asked.window, Window::from_day(date("2024-02-01")));
        for value in ["2024-2-1", "ALL", "May 2024"] {
            assert!(read("plays", &[("EQ", "month", value)]).is_err(), "{value}");
        }
    }

    #[test]
    fn platform_of_the_path_replaces_the_clients() {
        let ranking = read("plays", &[("EQ", "platform", "YOUTUBE")]).expect("accepted");
        let platforms: Vec<_> =
            ranking.clauses.iter().filter(|clause| clause.0[0].0.column == "platform").collect();
        let instagram = Test::Compare(Comparison::Equal, Value::Text("INSTAGRAM".to_owned()));
        assert_eq!(platforms.len(), 1);
        assert_eq!(platforms[0].0[0].1, instagram);
    }

    #[test]
    fn unknown_fields_and_directions_are_refused() {
        assert!(read("plays", &[("EQ", "platform_id", "1")]).is_err());
        assert!(read("plays", &[("GTE", "audience_age.18-24.x", "1")]).is_err());
        let list = ListIn { sort_dir: Some("up".to_owned()), ..ListIn::default() };
        let default = Window::from_day(date("2024-04-01"));
        assert!(Ranking::read(ProfilePlatform::All, &list, default, Tz::UTC).is_err());
    }
}
