//! Owns the parameters of a request: URL, headers and form fields sorted into what the
//! listener acts on, settings for the engine, and values for `{name:Type}` placeholders.

use super::exception::Exception;
use actix_web::HttpRequest;
use actix_web::http::header::CONTENT_TYPE;

/// Accepted because clients send them, without effect: the listener serves one trusted user,
/// keeps no sessions and always answers when the statement has ended.
const IGNORED: [&str; 12] = [
    "user",
    "password",
    "role",
    "quota_key",
    "session_id",
    "session_timeout",
    "session_check",
    "close_session",
    "wait_end_of_query",
    "buffer_size",
    "stacktrace",
    "client_protocol_version",
];

/// What a request asks for, apart from its body.
#[derive(Default)]
pub(super) struct Parameters {
    pub(super) query: String,
    pub(super) database: Option<String>,
    /// Output format of a statement without a FORMAT clause.
    pub(super) format: Option<String>,
    pub(super) query_id: Option<String>,
    /// The answer is to be framed in compressed blocks.
    pub(super) compress: bool,
    /// The body is framed in compressed blocks.
    pub(super) decompress: bool,
    pub(super) settings: Vec<(String, String)>,
    pub(super) placeholders: Vec<(String, String)>,
}

/// Setting by which a client that goes away cancels what cannot write.
const CANCEL_ON_CLOSE: &str = "cancel_http_readonly_queries_on_client_close";

impl Parameters {
    /// Reads URL and headers; the URL wins.
    ///
    /// # Errors
    /// A name that can be no setting.
    pub(super) fn of(request: &HttpRequest) -> Result<Self, Exception> {
        let mut parameters = Self {
            database: header(request, "X-ClickHouse-Database"),
            format: header(request, "X-ClickHouse-Format"),
            ..Self::default()
        };
        for (name, value) in url::form_urlencoded::parse(request.query_string().as_bytes()) {
            parameters.add(&name, value.into_owned())?;
        }
        Ok(parameters)
    }

    fn add(&mut self, name: &str, value: String) -> Result<(), Exception> {
        match name {
            "query" => self.query.push_str(&value),
            "database" => self.database = Some(value),
            "default_format" => self.format = Some(value),
            "query_id" => self.query_id = Some(value),
            "compress" => self.compress = is_on(&value),
            "decompress" => self.decompress = is_on(&value),
            _ if IGNORED.contains(&name) => {}
            _ => match name.strip_prefix("param_") {
                Some(placeholder) => self.placeholders.push((placeholder.to_owned(), value)),
                None if is_identifier(name) => self.settings.push((name.to_owned(), value)),
                None => {
                    return Err(Exception::new(
                        115,
                        "UNKNOWN_SETTING",
                        &format!("Unknown setting '{name}'"),
                    ));
                }
            },
        }
        Ok(())
    }

    /// Whether the statement is of no use to anybody once the client has gone away.
    pub(super) fn ends_with_client(&self) -> bool {
        let is_set = |wanted: &str| {
            let mut settings = self.settings.iter().rev();
            settings.find(|(name, _)| name == wanted).is_some_and(|(_, value)| is_on(value))
        };
        is_set(CANCEL_ON_CLOSE) && is_set("readonly")
    }

    /// Adds the fields of a `multipart/form-data` body, as clients send long placeholders.
    ///
    /// # Errors
    /// A body that is no such form, or carries a file (external tables are not supported).
    pub(super) fn add_form(&mut self, body: &[u8], boundary: &str) -> Result<(), Exception> {
        let malformed =
            || Exception::new(36, "BAD_ARGUMENTS", "Malformed multipart/form-data body");
        let body = std::str::from_utf8(body).map_err(|_| malformed())?;
        let delimiter = format!("--{boundary}");
        let mut parts = body.split(delimiter.as_str()).skip(1).peekable();
        while let Some(part) = parts.next_if(|part| !part.starts_with("--")) {
            let part = part.strip_prefix("\r\n").and_then(|part| part.strip_suffix("\r\n"));
            let (head, value) =
                part.and_then(|part| part.split_once("\r\n\r\n")).ok_or_else(malformed)?;
            if head.contains("filename=") {
                return Err(Exception::new(
                    48,
                    "NOT_IMPLEMENTED",
                    "The embedded engine takes no external tables",
                ));
            }
            let name = head.split_once(" name=\"").and_then(|(_, rest)| rest.split_once('"'));
            self.add(name.ok_or_else(malformed)?.0, value.to_owned())?;
        }
        match parts.next() {
            Some(_) => Ok(()),
            None => Err(malformed()),
        }
    }
}

/// The boundary of a `multipart/form-data` body.
pub(super) fn form_boundary(request: &HttpRequest) -> Option<String> {
    let content_type = request.headers().get(CONTENT_TYPE)?.to_str().ok()?;
    let (kind, attributes) = content_type.split_once(';')?;
    if !kind.trim().eq_ignore_ascii_case("multipart/form-data") {
        return None;
    }
    let boundary = attributes.split(';').find_map(|item| item.trim().strip_prefix("boundary="))?;
    Some(boundary.trim_matches('"').to_owned())
}

fn header(request: &HttpRequest, name: &str) -> Option<String> {
    request.headers().get(name)?.to_str().ok().map(str::to_owned)
}

fn is_on(value: &str) -> bool {
    !matches!(value, "" | "0" | "false")
}

fn is_identifier(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    #[test]
    fn parameters_are_sorted_by_meaning() {
        let uri = "/?query=SELECT+1&database=d&default_format=JSON&compress=1&decompress=0&session_id=s\
                   &max_execution_time=5&param_x=a%27b&user=u&query_id=q";
        let parameters = Parameters::of(&TestRequest::with_uri(uri).to_http_request()).unwrap();
        assert_eq!(parameters.query, "SELECT 1");
        assert_eq!(parameters.database.as_deref(), Some("d"));
        assert_eq!(parameters.format.as_deref(), Some("JSON"));
        assert!(parameters.compress && !parameters.decompress);
        assert_eq!(parameters.settings, [("max_execution_time".to_owned(), "5".to_owned())]);
        assert_eq!(parameters.placeholders, [("x".to_owned(), "a'b".to_owned())]);
    }

    #[test]
    fn a_name_that_could_break_out_of_the_set_statement_is_refused() {
        let request = TestRequest::with_uri("/?a%20%3D%201%2C%20b=2").to_http_request();
        assert!(Parameters::of(&request).is_err());
    }

    #[test]
    fn form_fields_are_parameters_and_a_broken_form_is_an_error() {
        let form = "--B\r\nContent-Disposition: form-data; name=\"query\"\r\n\r\nSELECT {x:String}\r\n\
                    --B\r\nContent-Disposition: form-data; name=\"param_x\"\r\n\r\na\r\nb\r\n--B--\r\n";
        let mut parameters = Parameters::default();
        parameters.add_form(form.as_bytes(), "B").unwrap();
        assert_eq!(parameters.query, "SELECT {x:String}");
        assert_eq!(parameters.placeholders, [("x".to_owned(), "a\r\nb".to_owned())]);
        for broken in [
            "",
            "--B",
            "--B\r\nx\r\n",
            "--B\r\nContent-Disposition: x\r\n\r\ny\r\n--B--",
            &form[..form.len() - 8],
        ] {
            assert!(Parameters::default().add_form(broken.as_bytes(), "B").is_err(), "{broken}");
        }
    }
}
