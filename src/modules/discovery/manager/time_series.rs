//! Growth of an account: what a client may ask, and rows to graphs.

use chrono::{Datelike as _, Days, NaiveDate};

use super::account_path::AccountPath;
use crate::core::query::{Field, Filter, Filters, Kind};
use crate::modules::discovery::dto::{GrowthOut, PointOut};
use crate::modules::discovery::entity::time_series::GrowthRow;

/// What rows can be filtered by.
pub const GROWTH_FIELDS: &[Field] = &[
    Field::new("date", Kind::Date),
    Field::filter_only("monthly_stats", Kind::Bool),
    Field::new("followers", Kind::Integer),
    Field::new("following", Kind::Integer),
    Field::new("views", Kind::Integer),
    Field::new("plays", Kind::Integer),
    Field::new("uploads", Kind::Integer),
    Field::new("engagement_rate", Kind::Float),
    Field::new("followers_change", Kind::Integer),
    Field::new("views_total", Kind::Integer),
    Field::new("plays_total", Kind::Integer),
];
/// What rows can be sorted by besides.
pub const SORT_ONLY: &[Field] = &[Field::new("id", Kind::Integer)];
/// Sort of a request that names none.
pub const DEFAULT_SORT: &str = "date";

const WEEK: Days = Days::new(7);

/// The filters to apply: the path alone decides the account, a week counts by the Sunday that ends
/// it, and weeks are meant unless months are asked for.
pub fn growth_filters(filters: &Filters) -> Filters {
    let asked = filters.without(&["platform", "platform_profile_id"]);
    let filters = Filters(asked.0.into_iter().map(through_next_sunday).collect());
    if filters.has_value("monthly_stats") {
        filters
    } else {
        filters.with(Filter::new("BOOL", "monthly_stats", "false"))
    }
}

/// Whether labels name months.
pub fn is_monthly(filters: &Filters) -> bool {
    let asks = |filter: &Filter| filter.field == "monthly_stats" && filter.value == "true";
    filters.0.iter().any(asks)
}

/// An upper bound of the date, moved to the Sunday after it. A text that is no date stays, and is
/// refused later.
fn through_next_sunday(filter: Filter) -> Filter {
    if filter.filter_type != "LTE" || filter.field != "date" {
        return filter;
    }
    let date = NaiveDate::parse_from_str(&filter.value, "%Y-%m-%d").ok();
    match date.filter(|date| date.to_string() == filter.value).and_then(next_sunday) {
        Some(sunday) => Filter { value: sunday.to_string(), ..filter },
        None => filter,
    }
}

/// The Sunday after a date; a week later for a Sunday.
fn next_sunday(date: NaiveDate) -> Option<NaiveDate> {
    let days = 7 - date.weekday().num_days_from_sunday();
    date.checked_add_days(Days::new(u64::from(days)))
}

/// Graphs of an account, points in the order of the rows; a row without a value has no point.
pub fn growth(account: AccountPath, rows: &[GrowthRow], monthly: bool) -> GrowthOut {
    let label = if monthly { month_label } else { week_label };
    let labels: Vec<String> = rows.iter().map(label).collect();
    let counts = |metric: fn(&GrowthRow) -> Option<i64>| graph(&labels, rows, metric);
    let rate = |row: &GrowthRow| row.engagement_rate.filter(|rate| rate.is_finite());
    GrowthOut {
        platform_code: account.id.to_string(),
        platform: account.platform,
        follower_graph: counts(|row| row.followers),
        following_graph: counts(|row| row.following),
        view_graph: counts(|row| row.views),
        plays_graph: counts(|row| row.plays),
        uploads_graph: counts(|row| row.uploads),
        engagement_graph: graph(&labels, rows, rate),
        followers_change_graph: counts(|row| row.followers_change),
        total_view_graph: counts(|row| row.views_total),
        total_plays_graph: counts(|row| row.plays_total),
    }
}

fn graph<T>(
    labels: &[String],
    rows: &[GrowthRow],
    metric: impl Fn(&GrowthRow) -> Option<T>,
) -> Vec<PointOut<T>> {
    let points = labels.iter().zip(rows);
    points
        .filter_map(|(label, row)| Some(PointOut { label: label.clone(), value: metric(row)? }))
        .collect()
}

/// `Jul 2024`
fn month_label(row: &GrowthRow) -> String {
    row.date.format("%b %Y").to_string()
}

/// `1st Jul - 7th Jul`: the day after the row before to the day of this one.
fn week_label(row: &GrowthRow) -> String {
    let before = row.prev_date.or_else(|| row.date.checked_sub_days(WEEK));
    let first = before.and_then(|date| date.succ_opt()).unwrap_or(row.date);
    format!("{} - {}", day(first), day(row.date))
}

fn day(date: NaiveDate) -> String {
    let suffix = match date.day() {
        1 | 21 | 31 => "st",
        2 | 22 => "nd",
        3 | 23 => "rd",
        _ => "th",
    };
    format!("{}{suffix} {}", date.day(), date.format("%b"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::core::types::Platform;

    fn date(text: &str) -> NaiveDate {
        text.parse().expect("valid date")
    }

    fn filtered(filter: Filter) -> Vec<Filter> {
        growth_filters(&Filters(vec![filter])).0
    }

    #[test]
    fn upper_bounds_move_to_the_next_sunday() {
        for (given, moved) in [
            ("2024-07-10", "2024-07-14"), // Wednesday
            ("2024-07-13", "2024-07-14"), // Saturday
            ("2024-07-14", "2024-07-21"), // Sunday
        ] {
            assert_eq!(filtered(Filter::new("LTE", "date", given))[0].value, moved);
        }
        for (operator, text) in [("GTE", "2024-07-10"), ("LTE", "2024-7-10"), ("LTE", "")] {
            assert_eq!(filtered(Filter::new(operator, "date", text))[0].value, text);
        }
    }

    #[test]
    fn weeks_unless_months_are_asked_for() {
        let weekly = Filter::new("BOOL", "monthly_stats", "false");
        assert_eq!(filtered(Filter::new("EQ", "monthly_stats", ""))[1], weekly);
        assert_eq!(growth_filters(&Filters::default()).0, [weekly]);
        assert_eq!(filtered(Filter::new("EQ", "monthly_stats", "true")).len(), 1);
        let monthly = |value| is_monthly(&Filters(vec![Filter::new("EQ", "monthly_stats", value)]));
        assert!(monthly("true"));
        assert!(!monthly("TRUE"));
    }

    #[test]
    fn the_path_decides_the_account() {
        let left = filtered(Filter::new("EQ", "platform_profile_id", "9"));
        assert!(left.iter().all(|filter| filter.field == "monthly_stats"));
    }

    #[test]
    fn labels() {
        let label = |prev_date: Option<&str>, day: &str| {
            let prev_date = prev_date.map(date);
            week_label(&GrowthRow { date: date(day), prev_date, ..GrowthRow::default() })
        };
        assert_eq!(label(Some("2024-06-30"), "2024-07-07"), "1st Jul - 7th Jul");
        assert_eq!(label(None, "2024-01-07"), "1st Jan - 7th Jan");
        assert_eq!(label(Some("2024-12-22"), "2025-01-05"), "23rd Dec - 5th Jan");
        assert_eq!(label(None, "2024-02-18"), "12th Feb - 18th Feb");
        assert_eq!(label(None, "2024-07-28"), "22nd Jul - 28th Jul");
        assert_eq!(label(None, "2024-07-31"), "25th Jul - 31st Jul");
        let month = GrowthRow { date: date("2024-07-01"), ..GrowthRow::default() };
        assert_eq!(month_label(&month), "Jul 2024");
    }

    #[test]
    fn graphs_leave_out_missing_values() {
        let row = |day: &str, followers| GrowthRow {
            date: date(day),
            followers,
            plays_total: Some(5),
            engagement_rate: Some(f64::NAN),
            ..GrowthRow::default()
        };
        let rows = [row("2024-07-14", None), row("2024-07-07", Some(900))];
        let account = AccountPath { platform: Platform::Instagram, id: 42 };
        assert_eq!(
            serde_json::to_value(growth(account, &rows, false)).expect("serialises"),
            json!({
                "platformCode": "42", "platform": "INSTAGRAM",
                "followerGraph": [{"Label": "1st Jul - 7th Jul", "Value": 900}],
                "TotalPlaysGraph": [
                    {"Label": "8th Jul - 14th Jul", "Value": 5},
                    {"Label": "1st Jul - 7th Jul", "Value": 5},
                ],
            })
        );
    }
}
