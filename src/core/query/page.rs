//! Pages of a list.

use crate::core::error::{Code, Error};

const DEFAULT_SIZE: i64 = 50;
/// First size that falls back to the default.
const SIZE_LIMIT: i64 = 100;
/// First page number that falls back to page 1.
const NUMBER_LIMIT: i64 = 1000;

/// Page number (1..=999) and size (1..=99).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// Number, from 1.
    pub number: u64,
    /// Rows per page.
    pub size: u64,
}

impl Default for Page {
    fn default() -> Self {
        Self { number: 1, size: DEFAULT_SIZE as u64 }
    }
}

impl Page {
    /// Reads `cursor` and `size`; out-of-range numbers fall back to page 1 and size 50.
    ///
    /// # Errors
    /// A text that is not an integer.
    pub fn parse(cursor: Option<&str>, size: Option<&str>) -> Result<Self, Error> {
        let number = integer(cursor, 1, ("cursor", "invalid cursor"))?;
        let size = integer(size, DEFAULT_SIZE, ("size", "invalid size"))?;
        let number = if (1..NUMBER_LIMIT).contains(&number) { number } else { 1 };
        let size = if (1..SIZE_LIMIT).contains(&size) { size } else { DEFAULT_SIZE };
        Ok(Self { number: number.unsigned_abs(), size: size.unsigned_abs() })
    }

    /// Rows before the page.
    pub fn offset(self) -> u64 {
        (self.number - 1) * self.size
    }

    /// Cursor of the page after one on which `rows` were read; the last page number has none.
    pub fn next_cursor(self, rows: usize) -> Option<String> {
        let next = self.number + 1;
        (rows as u64 >= self.size && next < NUMBER_LIMIT as u64).then(|| next.to_string())
    }
}

/// A page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed<T> {
    /// What is on the page.
    pub rows: Vec<T>,
    /// How many there are, over all pages.
    pub total: i64,
    /// Cursor of the next page.
    pub next: Option<String>,
}

impl<T> Listed<T> {
    /// The same page of what `entry` makes of each row.
    pub fn map<U>(self, entry: impl FnMut(T) -> U) -> Listed<U> {
        let Self { rows, total, next } = self;
        Listed { rows: rows.into_iter().map(entry).collect(), total, next }
    }
}

fn integer(
    text: Option<&str>,
    default: i64,
    (name, refusal): (&'static str, &'static str),
) -> Result<i64, Error> {
    match text {
        None | Some("") => Ok(default),
        Some(text) => {
            let refused = |_| Error::rejected(Code::InvalidValue, refusal).at(name);
            text.parse().map_err(refused)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(cursor: &str, size: &str) -> (u64, u64) {
        let page = Page::parse(Some(cursor), Some(size)).expect("integers");
        (page.number, page.size)
    }

    #[test]
    fn out_of_range_values_fall_back() {
        assert_eq!(page("1", "99"), (1, 99));
        assert_eq!(page("1000", "100"), (1, 50));
        assert_eq!(page("0", "0"), (1, 50));
        assert_eq!(page("-3", "-1"), (1, 50));
        assert_eq!(page("999", "1"), (999, 1));
    }

    #[test]
    fn other_texts_are_rejected_by_name() {
        for (cursor, size, message) in [("x", "1", "invalid cursor"), ("1", "1.5", "invalid size")]
        {
            let error = Page::parse(Some(cursor), Some(size)).expect_err("not an integer");
            assert_eq!(error.to_string(), message);
        }
    }

    #[test]
    fn full_page_promises_the_next_one() {
        let page = Page { number: 2, size: 50 };
        assert_eq!((page.next_cursor(50).as_deref(), page.next_cursor(10)), (Some("3"), None));
    }

    #[test]
    fn page_999_is_the_last_one() {
        assert_eq!(Page { number: 999, size: 10 }.next_cursor(10), None);
        assert_eq!(Page { number: 998, size: 10 }.next_cursor(10).as_deref(), Some("999"));
    }
}
