//! Owns ClickHouse's HTTP interface over the embedded engine
//! (<https://clickhouse.com/docs/interfaces/http>), as far as clients use it.
//!
//! Differences from a server: an answer is sent once it is complete, so an error never comes
//! in the middle of rows; `Accept-Encoding` is not honoured (on loopback compressing costs
//! more than it saves), `compress=1` is; there are no users, roles, sessions or external tables.

use super::body::{Body, Spool, SpooledRows};
use super::exception::Exception;
use super::executor::{Executor, Statement};
use super::framing;
use super::library::Summary;
use super::request::{self, Parameters};
use super::sql::{self, Insert};
use actix_web::http::{Method, header};
use actix_web::{HttpRequest, HttpResponse, web};
use bytes::Bytes;

/// How much text is read before the statement's kind is decided: the engine's own limit for
/// the parsed part of a statement (`max_query_size`).
const HEAD: usize = 256 << 10;
/// Largest text that is not an INSERT's rows, bytes.
const LARGEST_STATEMENT: usize = 16 << 20;
/// Output format when neither the statement nor the request names one, as in ClickHouse.
const DEFAULT_FORMAT: &str = "TabSeparated";

/// What every worker of the listener shares.
pub(super) struct Service {
    pub(super) executor: Executor,
    pub(super) spool: Spool,
}

/// Adds the routes.
pub(super) fn configure(config: &mut web::ServiceConfig) {
    config
        .route("/ping", web::get().to(ping))
        .route("/", web::get().to(statement))
        .route("/", web::post().to(statement))
        .default_service(web::to(no_handler));
}

async fn ping() -> &'static str {
    "Ok.\n"
}

async fn no_handler(request: HttpRequest) -> HttpResponse {
    HttpResponse::NotFound().body(format!("There is no handle {}\n", request.path()))
}

async fn statement(
    request: HttpRequest,
    payload: web::Payload,
    service: web::Data<Service>,
) -> Result<HttpResponse, Exception> {
    if request.method() == Method::GET && request.query_string().is_empty() {
        return Ok(HttpResponse::Ok().body("Ok.\n"));
    }
    let mut parameters = Parameters::of(&request)?;
    let mut body = Body::new(payload, parameters.decompress);
    if let Some(boundary) = request::form_boundary(&request) {
        let mut form = Vec::new();
        read_whole(&mut body, &mut form).await?;
        parameters.add_form(&form, &boundary)?;
    }
    if request.method() == Method::GET
        && !parameters.settings.iter().any(|(name, _)| name == "readonly")
    {
        parameters.settings.push(("readonly".to_owned(), "2".to_owned()));
    }
    let ends_with_client = parameters.ends_with_client();
    let query_id = parameters.query_id.take().filter(|id| !id.is_empty());
    let query_id = query_id.unwrap_or_else(|| uuid::Uuid::new_v4().to_string());
    let (sql, rows) = read_statement(&parameters.query, &mut body, &service.spool).await?;
    let format = parameters.format.unwrap_or_else(|| DEFAULT_FORMAT.to_owned());
    let shown_format = sql::output_format(&sql).unwrap_or(&format).to_owned();
    let statement = Statement {
        sql,
        format,
        database: parameters.database,
        settings: parameters.settings,
        placeholders: parameters.placeholders,
        query_id: query_id.clone(),
        ends_with_client,
    };
    let answer = service.executor.run(statement, rows).await?;
    let summary = summary_header(&answer.summary());
    let bytes = if parameters.compress {
        framing::encode(answer.as_ref())
    } else {
        Bytes::from_owner(answer)
    };
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, content_type(&shown_format)))
        .insert_header(("X-ClickHouse-Summary", summary))
        .insert_header(("X-ClickHouse-Query-Id", query_id))
        .insert_header(("X-ClickHouse-Format", shown_format))
        .body(bytes))
}

/// The statement's text, as ClickHouse joins it from the `query` parameter and the body, with
/// the rows of an INSERT moved to a file.
async fn read_statement(
    query: &str,
    body: &mut Body,
    spool: &Spool,
) -> Result<(Vec<u8>, Option<SpooledRows>), Exception> {
    let mut text = query.as_bytes().to_vec();
    if !text.is_empty() {
        text.push(b'\n');
    }
    let ended = body.read_into(&mut text, HEAD).await?;
    if let Some(insert) = Insert::parse(&text)
        && !(insert.has_values() && ended)
    {
        let rows = spool.store(&text[insert.data_at..], body).await?;
        let sql = insert.reading_file(&text, &rows.path().to_string_lossy());
        return Ok((sql, Some(rows)));
    }
    if !ended {
        read_whole(body, &mut text).await?;
    }
    if sql::is_empty(&text) {
        return Err(Exception::new(62, "SYNTAX_ERROR", "Syntax error: Empty query"));
    }
    if sql::has_several_statements(&text) {
        return Err(Exception::new(
            62,
            "SYNTAX_ERROR",
            "Syntax error (Multi-statements are not allowed)",
        ));
    }
    Ok((text, None))
}

async fn read_whole(body: &mut Body, text: &mut Vec<u8>) -> Result<(), Exception> {
    if body.read_into(text, LARGEST_STATEMENT).await? {
        return Ok(());
    }
    let limit = LARGEST_STATEMENT >> 20;
    Err(Exception::new(
        417,
        "QUERY_IS_TOO_LARGE",
        &format!("The statement is larger than {limit} MiB"),
    ))
}

fn summary_header(summary: &Summary) -> String {
    let Summary {
        read_rows,
        read_bytes,
        written_rows,
        written_bytes,
        result_rows,
        result_bytes,
        elapsed,
    } = summary;
    let elapsed = (elapsed * 1e9) as u64;
    format!(
        r#"{{"read_rows":"{read_rows}","read_bytes":"{read_bytes}","written_rows":"{written_rows}","written_bytes":"{written_bytes}","result_rows":"{result_rows}","result_bytes":"{result_bytes}","elapsed_ns":"{elapsed}"}}"#
    )
}

fn content_type(format: &str) -> &'static str {
    if format.starts_with("JSON") {
        "application/json; charset=UTF-8"
    } else if format.starts_with("Tab") || format.starts_with("TSV") {
        "text/tab-separated-values; charset=UTF-8"
    } else if format.starts_with("CSV") {
        "text/csv; charset=UTF-8"
    } else if ["RowBinary", "Native", "Parquet", "Arrow", "ORC", "Avro"]
        .iter()
        .any(|name| format.starts_with(name))
    {
        "application/octet-stream"
    } else {
        "text/plain; charset=UTF-8"
    }
}
