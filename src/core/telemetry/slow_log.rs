//! Slow requests, one JSON line each, in a file per UTC day.

use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::PathBuf;
use std::time::Duration;

use chrono::Utc;
use serde::Serialize;

use super::redact;

/// A slow request as it is written.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct SlowRequest {
    /// Method.
    pub request_type: String,
    /// Path and query.
    pub request_url: String,
    /// Capped, redacted body.
    pub request_body: String,
    /// Redacted headers.
    pub headers: BTreeMap<String, Vec<String>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Line<'a> {
    #[serde(rename = "level")]
    level: &'static str,
    #[serde(rename = "time")]
    time: String,
    r#type: &'static str,
    message: String,
    #[serde(flatten)]
    request: &'a SlowRequest,
}

/// Writer of the slow log.
pub struct SlowLog {
    directory: Option<PathBuf>,
    threshold: Duration,
}

impl SlowLog {
    /// Requests slower than `threshold` go to `directory`; an empty one means standard error.
    pub fn new(directory: &str, threshold: Duration) -> Self {
        let directory = (!directory.is_empty()).then(|| PathBuf::from(directory));
        Self { directory, threshold }
    }

    /// Whether a request of this duration belongs into the log.
    pub fn is_slow(&self, took: Duration) -> bool {
        took > self.threshold
    }

    /// Writes one line without secrets and contacts; standard error if the file cannot be written.
    pub fn write(&self, took: Duration, request: &SlowRequest) {
        let line = Line {
            level: "warning",
            time: Utc::now().to_rfc3339(),
            r#type: "SLOW REQUEST",
            message: format!("Took {:.3} seconds", took.as_secs_f64()),
            request,
        };
        let Ok(mut text) = serde_json::to_string(&line) else {
            return;
        };
        text = redact(&text).into_owned();
        text.push('\n');
        if self.append(&text).is_err() {
            eprint!("{text}");
        }
    }

    fn append(&self, text: &str) -> std::io::Result<()> {
        let Some(directory) = &self.directory else {
            return Err(std::io::ErrorKind::NotFound.into());
        };
        std::fs::create_dir_all(directory)?;
        let file = directory.join(format!("{}-slow.log", Utc::now().format("%Y-%m-%d")));
        OpenOptions::new().create(true).append(true).open(file)?.write_all(text.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_json_with_the_documented_members() {
        let directory = std::env::temp_dir().join(format!("coffee-slow-{}", uuid::Uuid::new_v4()));
        let log = SlowLog::new(&directory.to_string_lossy(), Duration::from_secs(5));
        assert!(!log.is_slow(Duration::from_secs(5)));
        let request = SlowRequest {
            request_type: "POST".into(),
            request_url: "/a?b=c".into(),
            request_body: "{}".into(),
            headers: BTreeMap::new(),
        };
        log.write(Duration::from_millis(6500), &request);
        let file =
            std::fs::read_dir(&directory).expect("created").next().expect("one").expect("entry");
        assert!(file.file_name().to_string_lossy().ends_with("-slow.log"));
        let text = std::fs::read_to_string(file.path()).expect("readable");
        let line: serde_json::Value = serde_json::from_str(&text).expect("one JSON line");
        assert_eq!(line["Type"], "SLOW REQUEST");
        assert_eq!(line["Message"], "Took 6.500 seconds");
        assert_eq!(line["RequestUrl"], "/a?b=c");
        std::fs::remove_dir_all(directory).expect("removed");
    }
}
