//! What staff find an account by.

use sea_orm::FromQueryResult;
use serde::Serialize;
use serde_json::Value;

/// An account with what it is found by, and out of what that follows.
#[derive(Debug, FromQueryResult)]
pub struct SearchedBy {
    pub id: i64,
    /// Another one after every change of the row.
    pub version: String,
    pub name: Option<String>,
    pub handle: Option<String>,
    /// YouTube only.
    pub channel_id: Option<String>,
    pub keywords: Option<Vec<String>>,
    pub phrase: Option<String>,
    pub admin_details: Option<Value>,
    pub user_details: Option<Value>,
}

/// What an account is to be found by.
#[derive(Debug, Serialize)]
pub struct Phrase {
    pub id: i64,
    /// Version of the row that it follows from.
    pub version: String,
    pub keywords: Vec<String>,
    pub phrase: String,
}
