//! A CSV file, read row by row: any of the usual separators and encodings, plain or zstd-compressed.

mod number;
mod problem;
mod text;

use std::fs::File;
use std::path::Path;

use chrono::{DateTime, Datelike as _, NaiveDate, Utc};
use csv::ByteRecord;
use encoding_rs::Encoding;
use indicatif::ProgressBar;

pub use problem::SkippedRow;
pub use text::encoding;

pub(super) use problem::{Problem, Reason};

use super::ImportError;
use text::Text;

/// What a spreadsheet writes in the place of a value that it cannot compute.
const SPREADSHEET_ERRORS: [&str; 7] =
    ["#NAME?", "#VALUE!", "#REF!", "#DIV/0!", "#N/A", "#NUM!", "#NULL!"];
/// Years that ClickHouse's `Date` and `DateTime` can both hold completely.
const YEARS: std::ops::RangeInclusive<i32> = 1970..=2105;
/// Columns of a foreign header that an error names.
const NAMED_COLUMNS: usize = 20;

/// Whether a spreadsheet replaced the value.
pub(super) fn is_damaged(text: &str) -> bool {
    SPREADSHEET_ERRORS.contains(&text)
}

/// An open file whose header has been read.
pub(super) struct Source {
    path: String,
    reader: csv::Reader<Box<dyn std::io::Read + Send>>,
    header: Vec<String>,
    record: ByteRecord,
    skipped_lines: u64,
}

impl Source {
    /// Opens a file; `bar` grows by its size and follows its bytes. `encoding` is that of a file that
    /// does not say it itself.
    pub(super) fn open(
        path: &Path,
        encoding: Option<&'static Encoding>,
        bar: &ProgressBar,
    ) -> Result<Self, ImportError> {
        let name = path.display().to_string();
        let opened = File::open(path).and_then(|file| text::open(file, encoding, bar));
        let text = opened.map_err(|source| ImportError::Open { path: name.clone(), source })?;
        Self::read(name, text)
    }

    fn read(path: String, text: Text) -> Result<Self, ImportError> {
        let Text { input, separator, skipped_lines } = text;
        let mut reader =
            csv::ReaderBuilder::new().flexible(true).delimiter(separator).from_reader(input);
        let header = reader.byte_headers();
        let header = header.map_err(|source| ImportError::Read { path: path.clone(), source })?;
        let header = header.iter().map(column_name).collect();
        Ok(Self { path, reader, header, record: ByteRecord::new(), skipped_lines })
    }

    /// The file as it was given.
    pub(super) fn path(&self) -> &str {
        &self.path
    }

    /// What a report says about a problem with the current row.
    pub(super) fn skipped(&self, problem: Problem) -> SkippedRow {
        let line = self.record.position().map_or(0, csv::Position::line);
        SkippedRow::new(problem, &self.path, line + self.skipped_lines, &self.header)
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
            return Err(self.lacks(missing.join(", ")));
        }
        Ok(found.map(Option::unwrap_or_default))
    }

    /// The file is not of the expected kind without these columns.
    pub(super) fn lacks(&self, missing: String) -> ImportError {
        let found: Vec<_> = self.header.iter().take(NAMED_COLUMNS).cloned().collect();
        ImportError::Header { path: self.path.clone(), missing, found: found.join(", ") }
    }

    /// The next row, or why its fields do not match the header; `None` at the end.
    pub(super) fn next(&mut self) -> Result<Option<Result<Row<'_>, Problem>>, ImportError> {
        let more = self.reader.read_byte_record(&mut self.record);
        let more = more.map_err(|source| ImportError::Read { path: self.path.clone(), source })?;
        if !more {
            return Ok(None);
        }
        Ok(Some(match self.record.len().cmp(&self.header.len()) {
            std::cmp::Ordering::Less => Err(Problem::row(Reason::MissingColumn)),
            std::cmp::Ordering::Greater => Err(Problem::row(Reason::ExtraColumn)),
            std::cmp::Ordering::Equal => Ok(Row(&self.record)),
        }))
    }
}

/// Name of a column: lower case, `_` between its words.
fn column_name(field: &[u8]) -> String {
    let text = String::from_utf8_lossy(field).to_lowercase();
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("_")
}

/// One row with as many fields as the header.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row<'a>(&'a ByteRecord);

impl<'a> Row<'a> {
    /// A field without surrounding space. NUL is no text: PostgreSQL cannot hold it.
    pub(super) fn text(&self, column: usize) -> Result<&'a str, Problem> {
        let field = self.0.get(column).ok_or(Problem::row(Reason::MissingColumn))?;
        let not_text = || Problem::field(Reason::NotText, column, &String::from_utf8_lossy(field));
        let text = str::from_utf8(field).map_err(|_| not_text())?;
        if text.contains('\0') { Err(not_text()) } else { Ok(text.trim()) }
    }

    /// A problem with the value of a column.
    pub(super) fn problem(&self, reason: Reason, column: usize) -> Problem {
        let field = self.0.get(column).unwrap_or_default();
        Problem::field(reason, column, &String::from_utf8_lossy(field))
    }

    /// A count; empty is unknown.
    pub(super) fn count(&self, column: usize) -> Result<Option<i64>, Problem> {
        match self.text(column)? {
            "" => Ok(None),
            text => match number::count(text) {
                Some(count) => Ok(Some(count)),
                None => Err(self.problem(Reason::BadNumber, column)),
            },
        }
    }

    /// A day as `YYYY-MM-DD`.
    pub(super) fn date(&self, column: usize) -> Result<NaiveDate, Problem> {
        let date = NaiveDate::parse_from_str(self.text(column)?, "%Y-%m-%d");
        let date = date.ok().filter(|date| YEARS.contains(&date.year()));
        date.ok_or_else(|| self.problem(Reason::BadDate, column))
    }

    /// An instant in RFC 3339.
    pub(super) fn instant(&self, column: usize) -> Result<DateTime<Utc>, Problem> {
        let instant = DateTime::parse_from_rfc3339(self.text(column)?).map(|at| at.to_utc());
        let instant = instant.ok().filter(|instant| YEARS.contains(&instant.year()));
        instant.ok_or_else(|| self.problem(Reason::BadDate, column))
    }

    /// Values separated by `|`.
    pub(super) fn list(&self, column: usize) -> Result<Vec<&'a str>, Problem> {
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
        let text = text::text(std::io::Cursor::new(bytes), None).expect("readable");
        Self::read("test.csv".to_owned(), text).expect("a header")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `read` makes of every row.
    fn each<T>(
        mut source: Source,
        read: impl Fn(Row<'_>) -> Result<T, Problem>,
    ) -> Vec<Result<T, Reason>> {
        let mut all = Vec::new();
        while let Some(row) = source.next().expect("readable") {
            all.push(row.and_then(&read).map_err(|problem| problem.reason));
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
    fn a_problem_names_file_line_column_and_value() {
        let mut source =
            Source::from("sep=;\nHandle;Full Name; Followers\na;\"x\ny\";1\nb;y;75.000\n");
        assert_eq!(source.find("full_name"), Some(1));
        source.next().expect("readable");
        let problem = match source.next().expect("readable") {
            Some(Ok(row)) => row.count(2).expect_err("in doubt"),
            _ => panic!("a row"),
        };
        let text = source.skipped(problem).to_string();
        assert!(
            text.starts_with("test.csv:5: bad number in followers: \"75.000\" (write "),
            "{text}"
        );
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
        assert!(error.to_string().ends_with("lacks c, d (it has a, b)"), "{error}");
    }
}
