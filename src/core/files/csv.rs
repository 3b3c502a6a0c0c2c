//! Rows as a CSV file, made piece by piece.

use bytes::Bytes;
use futures_util::{Stream, stream};

use crate::core::error::Error;

/// A piece goes out once it is this large, in bytes.
const PIECE: usize = 64 << 10;

/// Beginnings that make a spreadsheet run a cell as a formula
/// (<https://owasp.org/www-community/attacks/CSV_Injection>).
const FORMULA: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/// The file: `header`, then `rows`. A cell that a spreadsheet would run gets a `'` in front, numbers
/// excepted.
pub fn file<R>(header: &[&str], rows: R) -> impl Stream<Item = Result<Bytes, Error>> + use<R>
where
    R: IntoIterator<Item = Vec<String>>,
{
    let header: Vec<String> = header.iter().map(|title| (*title).to_owned()).collect();
    let rows = std::iter::once(header).chain(rows);
    stream::iter(Pieces { rows })
}

struct Pieces<I> {
    rows: I,
}

impl<I: Iterator<Item = Vec<String>>> Iterator for Pieces<I> {
    type Item = Result<Bytes, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let piece = piece(&mut self.rows);
        piece.map(|piece| (!piece.is_empty()).then_some(piece)).transpose()
    }
}

fn piece(rows: &mut impl Iterator<Item = Vec<String>>) -> Result<Bytes, Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let mut size = 0;
    while size < PIECE
        && let Some(row) = rows.next()
    {
        let cells = row.into_iter().map(harmless);
        let cells: Vec<String> = cells.inspect(|cell| size += cell.len() + 1).collect();
        writer.write_record(cells).map_err(|error| Error::internal("csv", error))?;
    }
    let bytes = writer.into_inner().map_err(|error| Error::internal("csv", error.into_error()))?;
    Ok(bytes.into())
}

fn harmless(cell: String) -> String {
    if cell.starts_with(FORMULA) && !is_number(&cell) { format!("'{cell}") } else { cell }
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
    use futures_util::{StreamExt as _, TryStreamExt as _};

    use super::*;

    fn text(rows: Vec<Vec<String>>) -> String {
        let pieces: Vec<Bytes> =
            futures_util::FutureExt::now_or_never(file(&["a", "b"], rows).try_collect())
                .expect("no waiting")
                .expect("written");
        String::from_utf8(pieces.concat()).expect("text")
    }

    fn row(cells: [&str; 2]) -> Vec<String> {
        cells.map(str::to_owned).to_vec()
    }

    #[test]
    fn cells_are_quoted_where_they_must_be() {
        let rows = vec![row(["x,y", "say \"hi\""]), row(["two\nlines", ""])];
        assert_eq!(text(rows), "a,b\n\"x,y\",\"say \"\"hi\"\"\"\n\"two\nlines\",\n");
        assert_eq!(text(Vec::new()), "a,b\n");
    }

    #[test]
    fn formulas_become_texts_and_numbers_stay() {
        let harmless = |cell: &str| harmless(cell.to_owned());
        for formula in [
            "=1+1", "+SUM(1)", "-2+3", "@x", "\t=1", "\r=1", "\n=1", "＝1", "-", "+", "-inf",
            "-1.", "+1e5",
        ] {
            assert_eq!(harmless(formula), format!("'{formula}"));
        }
        for plain in ["", "a=b", "-5", "+919876543210", "-0.250000", "12.5", "'=1", " =1"] {
            assert_eq!(harmless(plain), plain);
        }
    }

    #[test]
    fn a_large_file_comes_in_pieces() {
        let rows = std::iter::repeat_n(row(["0123456789", "0123456789"]), 10_000);
        let sizes: Vec<usize> = futures_util::FutureExt::now_or_never(
            file(&["a", "b"], rows).map(|piece| piece.expect("written").len()).collect(),
        )
        .expect("no waiting");
        assert_eq!(sizes.iter().sum::<usize>(), 4 + 10_000 * 22);
        assert!(sizes.len() > 3 && sizes.iter().all(|size| *size <= PIECE + 22), "{sizes:?}");
    }
}
