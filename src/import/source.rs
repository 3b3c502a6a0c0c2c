//! A CSV file, plain or zstd-compressed, read row by row.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read};
use std::path::Path;

use chrono::{DateTime, Datelike as _, NaiveDate, Utc};
use csv::ByteRecord;
use indicatif::ProgressBar;

use super::ImportError;

/// First bytes of a zstd frame.
const ZSTD_MAGIC: [u8; 4] = [0x28, 0xB5, 0x2F, 0xFD];
/// What a spreadsheet writes in the place of a value that it cannot compute.
const SPREADSHEET_ERRORS: [&str; 7] =
    ["#NAME?", "#VALUE!", "#REF!", "#DIV/0!", "#N/A", "#NUM!", "#NULL!"];
/// Years that ClickHouse's `Date` and `DateTime` can both hold completely.
const YEARS: std::ops::RangeInclusive<i32> = 1970..=2105;

/// Why a row is not imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reason {
    MissingColumn,
    ExtraColumn,
    NotText,
    BadNumber,
    BadDate,
    BadChannelTitle,
    BadHandle,
}

impl Reason {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::MissingColumn => "missing column",
            Self::ExtraColumn => "extra column",
            Self::NotText => "not UTF-8",
            Self::BadNumber => "bad number",
            Self::BadDate => "bad date",
            Self::BadChannelTitle => "bad channel title",
            Self::BadHandle => "bad handle",
        }
    }
}

/// Whether a spreadsheet replaced the value.
pub(super) fn is_damaged(text: &str) -> bool {
    SPREADSHEET_ERRORS.contains(&text)
}

/// An open file whose header has been read.
pub(super) struct Source {
    path: String,
    reader: csv::Reader<Box<dyn Read + Send>>,
    header: Vec<String>,
    record: ByteRecord,
}

impl Source {
    /// Opens a file; `bar` grows by its size and follows its bytes.
    pub(super) fn open(path: &Path, bar: &ProgressBar) -> Result<Self, ImportError> {
        let name = path.display().to_string();
        let opened = File::open(path).and_then(|file| decoded(file, bar));
        let input = opened.map_err(|source| ImportError::Open { path: name.clone(), source })?;
        Self::read(name, input)
    }

    fn read(path: String, input: Box<dyn Read + Send>) -> Result<Self, ImportError> {
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(input);
        let header = reader.byte_headers();
        let header = header.map_err(|source| ImportError::Read { path: path.clone(), source })?;
        let text = |field: &[u8]| String::from_utf8_lossy(field).trim().to_ascii_lowercase();
        let header = header.iter().map(text).collect();
        Ok(Self { path, reader, header, record: ByteRecord::new() })
    }

    /// Position of a column that the file may lack.
    pub(super) fn find(&self, column: &str) -> Option<usize> {
        self.header.iter().position(|known| known == column)
    }

    /// Positions of the columns without which the file is not of the expected kind.
    pub(super) fn require<const N: usize>(
        &self,
        columns: [&str; N],
    ) -> Result<[usize; N], ImportError> {
        let found = columns.map(|column| self.find(column));
        let missing = columns.iter().zip(found).filter(|(_, position)| position.is_none());
        let missing: Vec<&str> = missing.map(|(column, _)| *column).collect();
        if !missing.is_empty() {
            return Err(ImportError::Header {
                path: self.path.clone(),
                missing: missing.join(", "),
            });
        }
        Ok(found.map(Option::unwrap_or_default))
    }

    /// The next row, or why its fields do not match the header; `None` at the end.
    pub(super) fn next(&mut self) -> Result<Option<Result<Row<'_>, Reason>>, ImportError> {
        let more = self.reader.read_byte_record(&mut self.record);
        let more = more.map_err(|source| ImportError::Read { path: self.path.clone(), source })?;
        if !more {
            return Ok(None);
        }
        Ok(Some(match self.record.len().cmp(&self.header.len()) {
            std::cmp::Ordering::Less => Err(Reason::MissingColumn),
            std::cmp::Ordering::Greater => Err(Reason::ExtraColumn),
            std::cmp::Ordering::Equal => Ok(Row(&self.record)),
        }))
    }
}

fn decoded(file: File, bar: &ProgressBar) -> io::Result<Box<dyn Read + Send>> {
    bar.inc_length(file.metadata()?.len());
    let mut input = BufReader::new(bar.wrap_read(file));
    if input.fill_buf()?.starts_with(&ZSTD_MAGIC) {
        return Ok(Box::new(zstd::Decoder::with_buffer(input)?));
    }
    Ok(Box::new(input))
}

/// One row with as many fields as the header.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row<'a>(&'a ByteRecord);

impl<'a> Row<'a> {
    /// A field without surrounding space. NUL is no text: PostgreSQL cannot hold it.
    pub(super) fn text(&self, column: usize) -> Result<&'a str, Reason> {
        let field = self.0.get(column).ok_or(Reason::MissingColumn)?;
        let text = str::from_utf8(field).map_err(|_| Reason::NotText)?;
        if text.contains('\0') { Err(Reason::NotText) } else { Ok(text.trim()) }
    }

    /// A count; empty is unknown.
    pub(super) fn count(&self, column: usize) -> Result<Option<i64>, Reason> {
        let text = self.text(column)?;
        if text.is_empty() {
            return Ok(None);
        }
        match text.parse() {
            Ok(count) if count >= 0 => Ok(Some(count)),
            _ => Err(Reason::BadNumber),
        }
    }

    /// A day as `YYYY-MM-DD`.
    pub(super) fn date(&self, column: usize) -> Result<NaiveDate, Reason> {
        let date = NaiveDate::parse_from_str(self.text(column)?, "%Y-%m-%d");
        date.ok().filter(|date| YEARS.contains(&date.year())).ok_or(Reason::BadDate)
    }

    /// An instant in RFC 3339.
    pub(super) fn instant(&self, column: usize) -> Result<DateTime<Utc>, Reason> {
        let instant = DateTime::parse_from_rfc3339(self.text(column)?);
        let instant = instant.map_err(|_| Reason::BadDate)?.to_utc();
        if YEARS.contains(&instant.year()) { Ok(instant) } else { Err(Reason::BadDate) }
    }

    /// Values separated by `|`.
    pub(super) fn list(&self, column: usize) -> Result<Vec<&'a str>, Reason> {
        let values = self.text(column)?.split('|').map(str::trim);
        Ok(values.filter(|value| !value.is_empty()).collect())
    }
}

#[cfg(test)]
impl From<&str> for Source {
    fn from(text: &str) -> Self {
        Self::from(text.as_bytes().to_vec())
    }
}

#[cfg(test)]
impl From<Vec<u8>> for Source {
    fn from(bytes: Vec<u8>) -> Self {
        Self::read("test.csv".to_owned(), Box::new(io::Cursor::new(bytes))).expect("a header")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `read` makes of every row.
    fn each<T>(
        mut source: Source,
        read: impl Fn(Row<'_>) -> Result<T, Reason>,
    ) -> Vec<Result<T, Reason>> {
        let mut all = Vec::new();
        while let Some(row) = source.next().expect("readable") {
            all.push(row.and_then(&read));
        }
        all
    }

    #[test]
    fn fields_survive_quotes_line_ends_blank_lines_and_a_byte_order_mark() {
        let csv = "\u{feff}A,b\r\n\"x, \"\"y\"\"\", 1 \r\n\r\n\"two\nlines\",😀\n";
        let source = Source::from(csv);
        assert_eq!(source.find("a"), Some(0));
        let rows = each(source, |row| Ok((row.text(0)?.to_owned(), row.text(1)?.to_owned())));
        let expected = [("x, \"y\"", "1"), ("two\nlines", "😀")];
        assert_eq!(rows, expected.map(|(a, b)| Ok((a.to_owned(), b.to_owned()))));
    }

    #[test]
    fn rows_that_do_not_fit_the_header_are_told_apart() {
        let rows = each(Source::from("a,b\n1\n1,2,3\n1,2\n"), |row| row.count(1));
        assert_eq!(rows, [Err(Reason::MissingColumn), Err(Reason::ExtraColumn), Ok(Some(2))]);
    }

    #[test]
    fn text_must_be_text() {
        let rows = each(Source::from(b"a\n\xff\xfe\nx\0y\n".to_vec()), |row| {
            row.text(0).map(str::to_owned)
        });
        assert_eq!(rows, [Err(Reason::NotText), Err(Reason::NotText)]);
    }

    #[test]
    fn counts() {
        let csv = "a\n0\n\"\"\n1.5\n-1\n#VALUE!\n1E+05\n9223372036854775808\n9223372036854775807\n";
        let rows = each(Source::from(csv), |row| row.count(0));
        let bad = Err(Reason::BadNumber);
        assert_eq!(rows, [Ok(Some(0)), Ok(None), bad, bad, bad, bad, bad, Ok(Some(i64::MAX))]);
    }

    #[test]
    fn dates_and_instants() {
        let csv = "a\n2017-11-14\n14/11/2017\n2017-02-30\n0017-01-01\n9999-01-01\n43053\n";
        let days = each(Source::from(csv), |row| row.date(0));
        assert_eq!(days[0], Ok(NaiveDate::from_ymd_opt(2017, 11, 14).expect("a day")));
        assert!(days[1..].iter().all(|day| *day == Err(Reason::BadDate)), "{days:?}");
        let csv = "a\n2020-08-12T04:31:41Z\n2020-08-12T10:01:41.000+05:30\n2020-08-12\n#NAME?\n";
        let instants = each(Source::from(csv), |row| row.instant(0));
        assert_eq!(instants[0], instants[1]);
        assert_eq!(instants[2..], [Err(Reason::BadDate), Err(Reason::BadDate)]);
    }

    #[test]
    fn a_file_of_another_kind_names_what_it_lacks() {
        let error = Source::from("a,b\n").require(["a", "c", "d"]).expect_err("no c and d");
        assert!(error.to_string().ends_with("lacks c, d"), "{error}");
    }
}
