//! Report files of the data plane: Parquet objects that ClickHouse reads where they are.

use crate::core::config::{StorageConfig, StorageKind};
use crate::core::error::{Code, Error};

/// Longest name of a bucket or path.
const NAME_LIMIT: usize = 1_024;

/// A file that may be read, as ClickHouse addresses it.
pub struct ReportFile {
    function: &'static str,
    /// Address and, for S3, credentials, escaped.
    arguments: String,
}

impl ReportFile {
    /// The file at `path` in `bucket`: an object of the configured S3 service, or for the local kind of storage
    /// `<directory>/<bucket>/<path>`. Nothing is asked yet, so it need not exist. What announces a file is
    /// checked with this too.
    ///
    /// # Errors
    /// `invalid report file`: a bucket that `storage.report_buckets` does not name, or a path that is empty, has
    /// `..` or other characters than `A-Z a-z 0-9 . _ - /`.
    pub fn new(storage: &StorageConfig, bucket: &str, path: &str) -> Result<Self, Error> {
        let is_listed = storage.report_buckets.iter().any(|listed| listed == bucket);
        if !is_listed || !is_name(bucket, "") || !is_name(path, "/") {
            return Err(Error::refused(Code::InvalidValue, "invalid report file"));
        }
        match storage.kind {
            StorageKind::Local => Self::local(&storage.directory, bucket, path),
            StorageKind::S3 => Ok(Self::object(storage, bucket, path)),
        }
    }

    fn local(directory: &str, bucket: &str, path: &str) -> Result<Self, Error> {
        let directory = std::path::absolute(directory);
        let directory = directory.map_err(|error| Error::internal("report file", error))?;
        let address = format!("{}/{bucket}/{path}", directory.display());
        Ok(Self { function: "file", arguments: literal(&address) })
    }

    fn object(storage: &StorageConfig, bucket: &str, path: &str) -> Self {
        let s3 = &storage.s3;
        let endpoint = match s3.endpoint.trim_end_matches('/') {
            "" => format!("https://s3.{}.amazonaws.com", s3.region),
            endpoint => endpoint.to_owned(),
        };
        let mut arguments = literal(&format!("{endpoint}/{bucket}/{path}"));
        if !s3.access_key_id.is_empty() {
            let keys = [s3.access_key_id.as_str(), s3.secret_access_key.expose()].map(literal);
            arguments = format!("{arguments}, {}", keys.join(", "));
        }
        Self { function: "s3", arguments }
    }

    /// The file for the `FROM` of a query, for [`ClickHouseSession::query`]. `columns` names those that are read
    /// with their types, `shortcode Nullable(String), …`: what the file says about itself is not trusted, and a
    /// column that it lacks is null. The text holds credentials: it goes to ClickHouse alone.
    ///
    /// [`ClickHouseSession::query`]: crate::core::db::clickhouse::ClickHouseSession::query
    pub fn table(&self, columns: &str) -> String {
        let Self { function, arguments } = self;
        format!("{function}({arguments}, 'Parquet', {})", literal(columns))
    }
}

/// Whether a name has only letters, digits, `. _ -` and `more`, and leads to no other folder.
fn is_name(name: &str, more: &str) -> bool {
    let is_fine = |letter: char| letter.is_ascii_alphanumeric() || ".-_".contains(letter);
    (1..=NAME_LIMIT).contains(&name.len())
        && name.chars().all(|letter| is_fine(letter) || more.contains(letter))
        && !name.contains("..")
}

/// A text as a literal of ClickHouse in a query whose `?` stand for values.
fn literal(text: &str) -> String {
    let mut literal = String::from("'");
    for letter in text.chars() {
        match letter {
            '\\' | '\'' => literal.extend(['\\', letter]),
            '?' => literal.push_str("??"),
            _ => literal.push(letter),
        }
    }
    literal.push('\'');
    literal
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::config::Config;

    fn storage(toml: &str) -> StorageConfig {
        let toml = format!("[storage]\nreport_buckets = [\"reports\", \"b.2\"]\n{toml}");
        Config::from_toml(&toml).expect("loads").storage
    }

    const S3: &str = "kind = \"s3\"\n[storage.s3]\nendpoint = \"http://s3.example/\"\nbucket = \"files\"\n\
                      access_key_id = \"it's\"\nsecret_access_key = \"a\\\\b?\"";

    #[test]
    fn only_listed_buckets_and_plain_paths_are_read() {
        let storage = storage("");
        let is_good = |bucket: &str, path: &str| ReportFile::new(&storage, bucket, path).is_ok();
        assert!(is_good("reports", "keyword_collections/a-1.parquet") && is_good("b.2", "x"));
        let long = "a".repeat(NAME_LIMIT + 1);
        for (bucket, path) in [
            ("other", "a.parquet"),
            ("", "a.parquet"),
            ("reports/x", "a.parquet"),
            ("reports", ""),
            ("reports", "../b.2/a"),
            ("reports", "a..b"),
            ("reports", "a b"),
            ("reports", "a'b"),
            ("reports", "*.parquet"),
            ("reports", "{a,b}"),
            ("reports", "a?b"),
            ("reports", "\u{e4}"),
            ("reports", "a\0"),
            ("reports", &long),
        ] {
            assert!(!is_good(bucket, path), "{bucket} {path}");
        }
    }

    #[test]
    fn files_become_table_functions() {
        let table = |storage: &StorageConfig| {
            let file = ReportFile::new(storage, "reports", "k/a.parquet").expect("good");
            file.table("a Nullable(String), b Enum('x' = 1)")
        };
        let columns = r"'Parquet', 'a Nullable(String), b Enum(\'x\' = 1)'";
        assert_eq!(
            table(&storage("directory = \"/data/it's\"")),
            format!(r"file('/data/it\'s/reports/k/a.parquet', {columns})")
        );
        assert_eq!(
            table(&storage(S3)),
            format!(r"s3('http://s3.example/reports/k/a.parquet', 'it\'s', 'a\\b??', {columns})")
        );
        let of_instance = storage("kind = \"s3\"\n[storage.s3]\nbucket = \"files\"");
        assert_eq!(
            table(&of_instance),
            format!("s3('https://s3.us-east-1.amazonaws.com/reports/k/a.parquet', {columns})")
        );
    }
}
