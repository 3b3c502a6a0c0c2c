//! Rows as a CSV file, made page by page.

use std::iter::once;

use bytes::Bytes;
use futures_util::{Stream, StreamExt as _, stream};

use crate::core::error::Error;
use crate::core::text::drop_bidi_controls;

/// Has a spreadsheet read the file as UTF-8 whatever its locale.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// Beginnings that make a spreadsheet run a cell as a formula
/// (<https://owasp.org/www-community/attacks/CSV_Injection>).
const FORMULA: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/// What begins another cell where the spreadsheet's locale separates by `;` or tab, so that quotes
/// inside a row are none to it.
const SEPARATORS: [char; 4] = [';', '\t', '\r', '\n'];

/// The file: `header`, then the rows of `pages`, each of which is written as it comes. Wherever a
/// spreadsheet would run a part of a cell, it gets a `'` in front, numbers excepted.
pub fn file<P>(
    header: &[&str],
    pages: P,
) -> impl Stream<Item = Result<Bytes, Error>> + Send + use<P>
where
    P: Stream<Item = Result<Vec<Vec<String>>, Error>> + Send,
{
    let header = header.iter().map(|title| (*title).to_owned()).collect();
    let beginning = written(BYTE_ORDER_MARK, once(header));
    stream::iter(once(beginning)).chain(pages.map(|rows| written("", rows?)))
}

fn written(before: &str, rows: impl IntoIterator<Item = Vec<String>>) -> Result<Bytes, Error> {
    let mut writer = csv::Writer::from_writer(before.as_bytes().to_vec());
    for row in rows {
        let cells = row.into_iter().map(|cell| harmless(&shown(cell)));
        writer.write_record(cells).map_err(|error| Error::internal("csv", error))?;
    }
    let bytes = writer.into_inner().map_err(|error| Error::internal("csv", error.into_error()))?;
    Ok(bytes.into())
}

/// Without what turns the direction of text, which would also hide the beginning of a formula.
fn shown(cell: String) -> String {
    let bytes = drop_bidi_controls(cell.into_bytes());
    String::from_utf8(bytes).unwrap_or_default()
}

fn harmless(cell: &str) -> String {
    let mut text = String::with_capacity(cell.len());
    for part in cell.split_inclusive(SEPARATORS) {
        let value = part.trim_end_matches(SEPARATORS);
        let runs = part.starts_with(FORMULA) && !is_number(value);
        // Of separators alone only the cell's first one is run.
        if runs && (text.is_empty() || !value.is_empty()) {
            text.push('\'');
        }
        text.push_str(part);
    }
    text
}

/// Digits with an optional sign and fraction.
fn is_number(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    match unsigned.split_once('.') {
        Some((whole, fraction)) => digits(whole) && digits(fraction),
        None => digits(unsigned),
    }
}

#[cfg(test)]
mod tests {
    use futures_util::{FutureExt as _, TryStreamExt as _};

    use super::*;

    fn text(pages: Vec<Vec<Vec<String>>>) -> String {
        let pages = stream::iter(pages.into_iter().map(Ok));
        let pieces = file(&["a", "b"], pages).try_collect::<Vec<Bytes>>();
        let pieces = pieces.now_or_never().expect("no waiting").expect("written");
        String::from_utf8(pieces.concat()).expect("text")
    }

    fn row(cells: [&str; 2]) -> Vec<String> {
        cells.map(str::to_owned).to_vec()
    }

    #[test]
    fn cells_are_quoted_where_they_must_be() {
        let rows = vec![row(["x,y", "say \"hi\""]), row(["two\nlines", ""])];
        assert_eq!(text(vec![rows]), "\u{feff}a,b\n\"x,y\",\"say \"\"hi\"\"\"\n\"two\nlines\",\n");
        assert_eq!(text(Vec::new()), "\u{feff}a,b\n");
    }

    #[test]
    fn nothing_turns_the_direction_of_text_or_hides_a_formula_so() {
        let rows = vec![row(["a\u{202E}b\u{200D}", "\u{200F}=1+1"])];
        assert_eq!(text(vec![rows]), "\u{feff}a,b\nab\u{200D},'=1+1\n");
    }

    #[test]
    fn formulas_become_texts_and_numbers_stay() {
        for formula in [
            "=1+1", "+SUM(1)", "-2+3", "@x", "\t=1", "\r=1", "\n=1", "＝1", "-", "+", "-inf",
            "-1.", "+1e5",
        ] {
            assert!(harmless(formula).starts_with('\''), "{formula:?}");
        }
        for plain in
            ["", "a=b", "-5", "+919876543210", "-0.250000", "12.5", "'=1", " =1", "a;b", "a;-5"]
        {
            assert_eq!(harmless(plain), plain);
        }
    }

    #[test]
    fn a_formula_behind_another_locales_separator_becomes_a_text_too() {
        assert_eq!(harmless("Asha;=1+1;x"), "Asha;'=1+1;x");
        assert_eq!(harmless("Asha\t@x\n-2+3"), "Asha\t'@x\n'-2+3");
        assert_eq!(harmless("=a;=b"), "'=a;'=b");
    }

    #[test]
    fn pages_follow_each_other() {
        let page = |cell: &str| vec![row([cell, "1"]); 2];
        let expected = "\u{feff}a,b\nx,1\nx,1\ny,1\ny,1\n";
        assert_eq!(text(vec![page("x"), Vec::new(), page("y")]), expected);
    }

    #[test]
    fn a_page_that_fails_ends_the_file() {
        let pages = stream::iter([Ok(vec![row(["x", "1"])]), Err(Error::TimedOut)]);
        let pieces =
            file(&["a", "b"], pages).collect::<Vec<_>>().now_or_never().expect("no waiting");
        assert!(matches!(pieces.last(), Some(Err(Error::TimedOut))));
    }
}
