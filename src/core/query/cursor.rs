//! A row's place in an order, and the cursor that carries it to a client and back.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::{Kind, Value};
use crate::core::error::{Code, Error};

/// Longest cursor that is read, in bytes. A place in an order by three varchar(255) has less.
const LONGEST: usize = 4096;
/// Characters of a long text that its order goes by.
pub(super) const TEXT_KEY: usize = 200;

/// A cursor on its way, as a JSON array.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Cursor(
    /// Fingerprint of the list.
    pub(super) String,
    /// Sort values of the row; null for none.
    pub(super) Vec<Option<String>>,
    /// Id of the row.
    pub(super) RowId,
    /// Rows up to and with it.
    pub(super) i64,
    /// Rows that matched when they were counted.
    pub(super) Option<i64>,
);

/// An id as JSON.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum RowId {
    Number(i64),
    Text(String),
}

/// The type of a unique key, by which rows with the same sort values follow each other.
pub trait RowKey {
    /// Integer or text.
    const KIND: Kind;
}

impl RowKey for i64 {
    const KIND: Kind = Kind::Integer;
}

impl RowKey for String {
    const KIND: Kind = Kind::Text;
}

impl Cursor {
    pub(super) fn read(text: &str) -> Result<Self, Error> {
        let bytes = Some(text).filter(|text| text.len() <= LONGEST);
        let bytes = bytes.and_then(|text| URL_SAFE_NO_PAD.decode(text).ok());
        let cursor = bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok());
        cursor.ok_or_else(invalid)
    }

    /// As a client gets it.
    pub(super) fn write(&self) -> Result<String, Error> {
        let json = serde_json::to_vec(self).map_err(|error| Error::internal("cursor", error))?;
        Ok(URL_SAFE_NO_PAD.encode(json))
    }
}

pub(super) fn invalid() -> Error {
    Error::rejected(Code::InvalidValue, "invalid cursor").at("cursor")
}

/// A row's place in an order.
#[derive(Debug, Clone, PartialEq)]
pub struct Place {
    /// Sort values.
    pub keys: Vec<Option<Value>>,
    /// Id, an integer or a text, by which rows with the same values follow each other.
    pub id: Value,
}

/// The value of a sort column; the text of a place, or how a store writes it as JSON.
pub fn read_key(kind: Kind, text: &str) -> Option<Value> {
    match kind {
        Kind::Integer => text.parse().ok().map(Value::Integer),
        Kind::Bool => text.parse().ok().filter(|bit| (0..=1).contains(bit)).map(Value::Integer),
        Kind::Float => text.parse().ok().map(Value::Float),
        Kind::Date => {
            let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok();
            day.filter(|_| text.len() == 10).map(Value::Date)
        }
        Kind::Timestamp => {
            DateTime::parse_from_rfc3339(text).ok().map(|at| Value::Timestamp(at.into()))
        }
        _ => (!text.contains('\0')).then(|| Value::Text(text.to_owned())),
    }
}

pub(super) fn key_text(value: &Value) -> String {
    match value {
        Value::Integer(value) => value.to_string(),
        Value::Float(value) => format!("{value:e}"),
        Value::Text(value) => value.clone(),
        Value::Date(value) => value.to_string(),
        Value::Timestamp(value) => value.to_rfc3339(),
    }
}

/// The sort value of a row that is at hand as JSON, whose dates are days and instants seconds since 1970.
pub(super) fn json_key(kind: Kind, value: &serde_json::Value) -> Option<Value> {
    match (kind, value) {
        (Kind::Timestamp, value) => {
            DateTime::<Utc>::from_timestamp(value.as_i64()?, 0).map(Value::Timestamp)
        }
        (_, serde_json::Value::String(text)) => {
            read_key(kind, &text.chars().take(TEXT_KEY).collect::<String>())
        }
        (_, value) => read_key(kind, &value.to_string()),
    }
}
