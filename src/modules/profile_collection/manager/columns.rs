//! Custom columns: their keys, who sees them, and what they come to.

use std::collections::{HashMap, HashSet};

use super::super::dto::{Column, OrderedColumns, PlatformColumns};
use super::super::entity::ColumnTotal;
use crate::core::error::Error;
use crate::core::rows::fits;

/// Most entries of a list of columns.
const PLATFORM_LIMIT: usize = 10;
/// Most columns of a platform.
const COLUMN_LIMIT: usize = 100;
/// Longest key, in characters.
pub const KEY_LIMIT: usize = 127;
/// Longest title or value, in characters.
pub const TEXT_LIMIT: usize = 255;

const NOT_NUMBERS: &str = "Please check all values must be number";

/// Gives columns without a key one.
///
/// # Errors
/// A column without a title, a key that a platform has twice, or more or longer ones than there may be.
pub fn with_keys(platforms: &mut [PlatformColumns]) -> Result<(), Error> {
    if platforms.len() > PLATFORM_LIMIT {
        return Err(Error::invalid_request());
    }
    for PlatformColumns { platform, columns } in platforms {
        let mut keys = HashSet::new();
        let is_bounded = fits(platform, TEXT_LIMIT) && columns.len() <= COLUMN_LIMIT;
        if !is_bounded || !columns.iter().all(is_bounded_column) {
            return Err(Error::invalid_request());
        }
        for column in columns.iter_mut() {
            if column.title.trim().is_empty() {
                let text = "custom column title cannot be empty";
                return Err(Error::invalid_value("customColumns", text));
            }
            if column.key.is_empty() {
                column.key = column.title.to_lowercase().replace(' ', "_");
            }
            if !keys.insert(column.key.clone()) {
                let text = format!("duplicate custom column key - {}", column.key);
                return Err(Error::invalid_value("customColumns", text));
            }
        }
    }
    Ok(())
}

fn is_bounded_column(column: &Column) -> bool {
    let Column { key, title, value, compute, .. } = column;
    let texts = [value, compute].into_iter().flatten();
    fits(key, KEY_LIMIT) && texts.chain([title]).all(|text| fits(text, TEXT_LIMIT))
}

/// Whether an order of columns may be stored.
///
/// # Errors
/// More or longer ones than there may be.
pub fn check_order(platforms: &[OrderedColumns]) -> Result<(), Error> {
    let is_good = |one: &OrderedColumns| {
        fits(&one.platform, TEXT_LIMIT)
            && one.columns.len() <= 2 * COLUMN_LIMIT
            && one.columns.iter().all(|key| fits(key, TEXT_LIMIT))
    };
    if platforms.len() <= PLATFORM_LIMIT && platforms.iter().all(is_good) {
        return Ok(());
    }
    Err(Error::invalid_request())
}

/// Takes out what is hidden.
pub fn without_hidden(columns: &mut [PlatformColumns], order: &mut [OrderedColumns]) {
    let is_hidden = |column: &Column| column.hidden == Some(true);
    for PlatformColumns { platform, columns } in columns {
        let hidden: HashSet<String> =
            columns.iter().filter(|one| is_hidden(one)).map(|one| one.key.clone()).collect();
        columns.retain(|one| !is_hidden(one));
        for order in order.iter_mut().filter(|o| o.platform.eq_ignore_ascii_case(platform)) {
            order.columns.retain(|key| !hidden.contains(key));
        }
    }
}

/// Keys of the columns of a platform.
pub fn keys(columns: &[PlatformColumns], platform: &str) -> HashSet<String> {
    of_platform(columns, platform).map(|one| one.key.clone()).collect()
}

/// Keys of the hidden columns of a platform.
pub fn hidden_keys<'a>(columns: &'a [PlatformColumns], platform: &str) -> HashSet<&'a str> {
    let hidden = of_platform(columns, platform).filter(|one| one.hidden == Some(true));
    hidden.map(|one| one.key.as_str()).collect()
}

/// Whether the share id opens a column to be written.
pub fn is_editable(columns: &[PlatformColumns], platform: &str, key: &str) -> bool {
    let mut columns = of_platform(columns, platform).filter(|one| one.key == key);
    columns.next().is_some_and(|one| one.hidden != Some(true) && one.allow_edit != Some(false))
}

fn of_platform<'a>(
    columns: &'a [PlatformColumns],
    platform: &str,
) -> impl Iterator<Item = &'a Column> {
    let entries = columns.iter().filter(move |one| one.platform.eq_ignore_ascii_case(platform));
    entries.flat_map(|entry| &entry.columns)
}

/// Keys of the columns that are computed.
pub fn computed_keys(columns: &[PlatformColumns]) -> Vec<String> {
    let all = columns.iter().flat_map(|one| &one.columns);
    all.filter(|one| one.compute.is_some()).map(|one| one.key.clone()).collect()
}

/// Computes the columns of the platforms that have items; `items` are their numbers.
pub fn compute(
    columns: &mut [PlatformColumns],
    items: &HashMap<String, i64>,
    totals: &[ColumnTotal],
) {
    for PlatformColumns { platform, columns } in columns {
        let name = platform.to_ascii_uppercase();
        let Some(count) = items.get(&name).copied().filter(|count| *count > 0) else { continue };
        for column in columns.iter_mut().filter(|column| column.compute.is_some()) {
            let total = totals.iter().find(|one| one.platform == name && one.key == column.key);
            compute_one(column, count, total);
        }
    }
}

fn compute_one(column: &mut Column, items: i64, total: Option<&ColumnTotal>) {
    if column.value.as_ref().is_none_or(|value| value.trim().is_empty()) {
        column.value = Some("0".to_owned());
    }
    let default = column.value.as_deref().and_then(number);
    let (filled, sum) = total.map_or((0, 0.0), |one| (one.filled, one.sum));
    let Some(default) = default.filter(|_| !total.is_some_and(|one| one.has_text)) else {
        column.compute_error = Some(NOT_NUMBERS.to_owned());
        return;
    };
    column.compute_error = Some(String::new());
    let all = sum + (items - filled) as f64 * default;
    let value = match column.compute.as_deref().map(str::to_lowercase).as_deref() {
        Some("sum") => all,
        Some("average") if default > 0.0 => all / items as f64,
        Some("average") if filled == 0 => 0.0,
        Some("average") => sum / filled as f64,
        _ => return,
    };
    column.computed_value = Some(format!("{value:.2}"));
}

/// A plain decimal number, as the statement on stored values reads it.
fn number(text: &str) -> Option<f64> {
    let text = text.trim();
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let is_plain = digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    text.parse().ok().filter(|_| is_plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(value: &str, compute: &str) -> Column {
        Column {
            key: "fee".to_owned(),
            title: "Fee".to_owned(),
            value: Some(value.to_owned()),
            compute: Some(compute.to_owned()),
            ..Column::default()
        }
    }

    fn computed(value: &str, compute: &str, stored: (i64, f64, bool)) -> (Option<String>, String) {
        let mut column = column(value, compute);
        let (filled, sum, has_text) = stored;
        let (platform, key) = ("INSTAGRAM".to_owned(), "fee".to_owned());
        let total = ColumnTotal { platform, key, filled, has_text, sum };
        compute_one(&mut column, 4, Some(&total));
        (column.computed_value, column.compute_error.unwrap_or_default())
    }

    #[test]
    fn defaults_stand_in_for_blank_values() {
        let value = |value: &str, compute: &str, stored| computed(value, compute, stored).0;
        assert_eq!(value("100", "Sum", (1, 250.0, false)).as_deref(), Some("550.00"));
        assert_eq!(value("100", "average", (1, 250.0, false)).as_deref(), Some("137.50"));
        assert_eq!(value("0", "average", (1, 250.0, false)).as_deref(), Some("250.00"));
        assert_eq!(value("0", "average", (0, 0.0, false)).as_deref(), Some("0.00"));
        assert_eq!(value("-3", "sum", (0, 0.0, false)).as_deref(), Some("-12.00"));
        assert_eq!(value(" ", "sum", (2, 1.5, false)).as_deref(), Some("1.50"));
        assert_eq!(computed("1", "median", (1, 1.0, false)), (None, String::new()));
    }

    #[test]
    fn what_is_no_number_is_told() {
        for (value, has_text) in [("abc", false), ("1e3", false), ("inf", false), ("1", true)] {
            let expected = (None, NOT_NUMBERS.to_owned());
            assert_eq!(computed(value, "sum", (1, 1.0, has_text)), expected, "{value}");
        }
    }

    #[test]
    fn keys_come_from_titles_and_are_there_once() {
        let titled = |key: &str, title: &str| Column {
            key: key.to_owned(),
            title: title.to_owned(),
            ..Column::default()
        };
        let of = |columns| {
            let mut all = [PlatformColumns { platform: "YOUTUBE".to_owned(), columns }];
            with_keys(&mut all).map(|()| all[0].columns[0].key.clone()).map_err(|e| e.to_string())
        };
        assert_eq!(of(vec![titled("", "Post Fee")]), Ok("post_fee".to_owned()));
        let twice = of(vec![titled("", "My Fee"), titled("my_fee", "Other")]);
        assert_eq!(twice, Err("duplicate custom column key - my_fee".to_owned()));
        let untitled = of(vec![titled("a", " ")]);
        assert_eq!(untitled, Err("custom column title cannot be empty".to_owned()));
    }
}
