//! Growth of an account: what a client may ask, and rows to graphs.

use chrono::{Datelike as _, Days, Months, NaiveDate, Weekday};

use super::account_path::AccountPath;
use crate::core::query::{Field, Filter, Filters, Kind};
use crate::modules::discovery::dto::{GrowthOut, PointOut};
use crate::modules::discovery::entity::time_series::GrowthRow;

/// What rows can be sorted by besides.
pub const SORT_ONLY: &[Field] = &[Field::new("id", Kind::Integer)];
/// Sort of a request that names none.
pub const DEFAULT_SORT: &str = "date";

/// The filters to apply: the path alone decides the account, weeks are meant unless months are asked
/// for, and a date selects the periods whose days it meets.
pub fn growth_filters(filters: &Filters) -> Filters {
    let asked = filters.without(&["platform", "platform_profile_id"]);
    let first_day = if asks_for_months(&asked) { first_of_month } else { first_of_week };
    let filters = asked.0.into_iter().map(|filter| by_period(filter, first_day)).collect();
    let filters = Filters(filters);
    if filters.has_value("monthly_stats") {
        filters
    } else {
        filters.with(Filter::new("BOOL", "monthly_stats", "false"))
    }
}

fn asks_for_months(filters: &Filters) -> bool {
    let asks = |filter: &Filter| {
        let wanted = if filter.filter_type == "NE" { "false" } else { "true" };
        filter.field == "monthly_stats" && filter.value.eq_ignore_ascii_case(wanted)
    };
    filters.0.iter().any(asks)
}

/// A condition on days as one on first days of periods. A text that is no date stays, and is refused
/// later.
fn by_period(filter: Filter, first_day: fn(NaiveDate) -> NaiveDate) -> Filter {
    if filter.field != "date" {
        return filter;
    }
    let moved = |text: &str| {
        let day = text.parse().ok().filter(|day: &NaiveDate| day.to_string() == text)?;
        let first = match filter.filter_type.as_str() {
            // A period begins no later than any of its days.
            "LTE" | "LT" => day,
            "GT" => first_day(day.succ_opt()?).pred_opt()?,
            _ => first_day(day),
        };
        Some(first.to_string())
    };
    let days = filter.value.split(',').map(|text| moved(text.trim()));
    match days.collect::<Option<Vec<_>>>() {
        Some(days) => Filter { value: days.join(","), ..filter },
        None => filter,
    }
}

/// The Sunday on which the week of a day begins.
fn first_of_week(day: NaiveDate) -> NaiveDate {
    day.week(Weekday::Sun).checked_first_day().unwrap_or(day)
}

fn first_of_month(day: NaiveDate) -> NaiveDate {
    day.with_day(1).unwrap_or(day)
}

/// Graphs of an account, points in the order of the rows; a row without a value has no point.
pub fn growth(account: AccountPath, rows: &[GrowthRow]) -> GrowthOut {
    let periods: Vec<Period> = rows.iter().map(Period::of).collect();
    let counts = |metric: fn(&GrowthRow) -> Option<i64>| graph(&periods, rows, metric);
    let rate = |row: &GrowthRow| row.engagement_rate.filter(|rate| rate.is_finite());
    GrowthOut {
        platform_code: account.id.to_string(),
        platform: account.platform,
        follower_graph: counts(|row| row.followers),
        following_graph: counts(|row| row.following),
        view_graph: counts(|row| row.views),
        plays_graph: counts(|row| row.plays),
        uploads_graph: counts(|row| row.uploads),
        engagement_graph: graph(&periods, rows, rate),
        followers_change_graph: counts(|row| row.followers_change),
        total_view_graph: counts(|row| row.views_total),
        total_plays_graph: counts(|row| row.plays_total),
    }
}

fn graph<T>(
    periods: &[Period],
    rows: &[GrowthRow],
    metric: impl Fn(&GrowthRow) -> Option<T>,
) -> Vec<PointOut<T>> {
    let point = |(period, row): (&Period, &GrowthRow)| {
        let Period { label, from, to } = period.clone();
        Some(PointOut { label, value: metric(row)?, from, to })
    };
    periods.iter().zip(rows).filter_map(point).collect()
}

/// The days that a row holds.
#[derive(Clone)]
struct Period {
    label: String,
    from: NaiveDate,
    to: NaiveDate,
}

impl Period {
    fn of(row: &GrowthRow) -> Self {
        let from = row.date;
        if row.monthly_stats {
            let next = from.checked_add_months(Months::new(1));
            let to = next.and_then(|next| next.pred_opt()).unwrap_or(from);
            return Self { label: from.format("%b %Y").to_string(), from, to };
        }
        let to = from.checked_add_days(Days::new(6)).unwrap_or(from);
        Self { label: format!("{} - {}", day(from), day(to)), from, to }
    }
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
    fn days_select_the_periods_that_hold_them() {
        let months = Filter::new("BOOL", "monthly_stats", "true");
        for (operator, given, week, month) in [
            ("GTE", "2024-07-10", "2024-07-07", "2024-07-01"), // a Wednesday
            ("GTE", "2024-07-07", "2024-07-07", "2024-07-01"),
            ("LTE", "2024-07-10", "2024-07-10", "2024-07-10"),
            ("LT", "2024-07-10", "2024-07-10", "2024-07-10"),
            ("GT", "2024-07-10", "2024-07-06", "2024-06-30"),
            ("GT", "2024-07-13", "2024-07-13", "2024-06-30"), // a Saturday
            ("EQ", "2024-07-10", "2024-07-07", "2024-07-01"),
            ("IN", "2024-07-10, 2024-08-31", "2024-07-07,2024-08-25", "2024-07-01,2024-08-01"),
            ("LTE", "2024-7-10", "2024-7-10", "2024-7-10"),
            ("GTE", "", "", ""),
        ] {
            let date = Filter::new(operator, "date", given);
            assert_eq!(filtered(date.clone())[0].value, week, "{operator} {given}");
            let monthly = growth_filters(&Filters(vec![date, months.clone()]));
            assert_eq!(monthly.0[0].value, month, "{operator} {given}");
        }
    }

    #[test]
    fn weeks_unless_months_are_asked_for() {
        let weekly = Filter::new("BOOL", "monthly_stats", "false");
        assert_eq!(filtered(Filter::new("EQ", "monthly_stats", ""))[1], weekly);
        assert_eq!(growth_filters(&Filters::default()).0, [weekly]);
        assert_eq!(filtered(Filter::new("EQ", "monthly_stats", "true")).len(), 1);
        let asks = |operator, value| {
            asks_for_months(&Filters(vec![Filter::new(operator, "monthly_stats", value)]))
        };
        assert!(asks("EQ", "true") && asks("BOOL", "TRUE") && asks("NE", "false"));
        assert!(!asks("NE", "true") && !asks("EQ", "false") && !asks("EQ", ""));
    }

    #[test]
    fn the_path_decides_the_account() {
        let left = filtered(Filter::new("EQ", "platform_profile_id", "9"));
        assert!(left.iter().all(|filter| filter.field == "monthly_stats"));
    }

    #[test]
    fn labels_name_the_days_that_a_row_holds() {
        let period = |day: &str, monthly_stats| {
            let row = GrowthRow { date: date(day), monthly_stats, ..GrowthRow::default() };
            let Period { label, from, to } = Period::of(&row);
            (label, from.to_string(), to.to_string())
        };
        for (day, label, to) in [
            ("2024-07-07", "7th Jul - 13th Jul", "2024-07-13"),
            ("2024-12-29", "29th Dec - 4th Jan", "2025-01-04"),
            ("2023-01-01", "1st Jan - 7th Jan", "2023-01-07"),
            ("2024-07-21", "21st Jul - 27th Jul", "2024-07-27"),
            ("2024-06-02", "2nd Jun - 8th Jun", "2024-06-08"),
            ("2024-06-23", "23rd Jun - 29th Jun", "2024-06-29"),
        ] {
            assert_eq!(period(day, false), (label.to_owned(), day.to_owned(), to.to_owned()));
        }
        let february = ("Feb 2024".to_owned(), "2024-02-01".to_owned(), "2024-02-29".to_owned());
        assert_eq!(period("2024-02-01", true), february);
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
            serde_json::to_value(growth(account, &rows)).expect("serialises"),
            json!({
                "platformCode": "42", "platform": "INSTAGRAM",
                "followerGraph": [{
                    "Label": "7th Jul - 13th Jul", "Value": 900,
                    "from": "2024-07-07", "to": "2024-07-13",
                }],
                "TotalPlaysGraph": [
                    {"Label": "14th Jul - 20th Jul", "Value": 5,
                     "from": "2024-07-14", "to": "2024-07-20"},
                    {"Label": "7th Jul - 13th Jul", "Value": 5,
                     "from": "2024-07-07", "to": "2024-07-13"},
                ],
            })
        );
    }
}
