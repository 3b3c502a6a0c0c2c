//! Columns that follow from details and account.

use chrono::NaiveDate;
use serde_json::Value;

use super::super::dto::OfAccount;
use super::super::entity::Model;
use super::details::{text, texts};

/// Writes them into the row.
pub fn derive(row: &mut Model, account: OfAccount<'_>) {
    let nothing = Value::Null;
    let admin = row.admin_details.as_ref().unwrap_or(&nothing);
    let user = row.user_details.as_ref().unwrap_or(&nothing);
    let both = |key: &str| [text(user, key), text(admin, key)];
    let is_there =
        |texts: &[Option<String>]| texts.iter().flatten().any(|text| is_contact(text.as_str()));
    let has_email = is_there(&both("email")) || account.email.is_some_and(is_contact);
    let has_phone = is_there(&both("phone"))
        || is_there(&both("secondaryPhone"))
        || account.phone.is_some_and(is_contact);
    let first = |key| both(key).into_iter().flatten().find(|text| !text.trim().is_empty());
    let gender = first("gender").or_else(|| account.gender.map(str::to_owned));
    let dob = both("dob").iter().flatten().find_map(|text| day(text));
    let phone = distinct(both("phone").into_iter().flatten());
    let lists = |key: &str, more: &[String]| {
        let [user, admin] = [texts(user, key), texts(admin, key)].map(Option::unwrap_or_default);
        distinct(user.into_iter().chain(admin).chain(more.iter().cloned()))
    };
    let location = lists("location", account.location);
    let languages = lists("languages", account.languages);
    row.has_email = has_email;
    row.has_phone = has_phone;
    row.gender = gender;
    row.dob = dob;
    row.phone = phone;
    row.location = location;
    row.languages = languages;
}

/// As the job that corrects the flags sees it: `None` is what old sources wrote for none.
fn is_contact(text: &str) -> bool {
    !matches!(text.trim(), "" | "None")
}

/// The day of a date, also of one with a time behind it.
fn day(text: &str) -> Option<NaiveDate> {
    NaiveDate::parse_from_str(text.trim().get(..10)?, "%Y-%m-%d").ok()
}

/// Each text once, blank ones left out; `None` where there is none.
fn distinct(texts: impl Iterator<Item = String>) -> Option<Vec<String>> {
    let mut kept: Vec<String> = Vec::new();
    for text in texts.filter(|text| !text.trim().is_empty()) {
        if !kept.contains(&text) {
            kept.push(text);
        }
    }
    Some(kept).filter(|kept| !kept.is_empty())
}
