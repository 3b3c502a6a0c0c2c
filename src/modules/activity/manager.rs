//! The log of activities: its fields, and the present totals of collections in it.

use std::collections::HashMap;

use chrono_tz::Tz;
use serde_json::{Map, Value};

use super::dto::{ActivityFields, ActivityOut};
use super::entity::Model;
use crate::core::error::Error;
use crate::core::query::{Clause, Filters, Sort, compile};
use crate::core::route::ListFields as _;
use crate::modules::usage::Activity;

/// Members of `meta` that can be filtered by.
const META: [&str; 2] = ["platform", "id"];
const DEFAULT_SORT: &str = "id";

/// Conditions of a list request; days begin in the zone.
///
/// # Errors
/// `invalid Request`.
pub fn clauses(filters: &Filters, zone: Tz) -> Result<Vec<Clause>, Error> {
    let clauses = compile(filters, ActivityFields::FIELDS, zone)?;
    let mut operands = clauses.iter().flat_map(|Clause(any)| any).map(|(operand, _)| operand);
    let is_listed = |path: &[String]| path.iter().all(|key| META.contains(&key.as_str()));
    if operands.all(|operand| is_listed(&operand.path)) {
        Ok(clauses)
    } else {
        Err(Error::invalid_filter("meta"))
    }
}

/// Order of a list request, by `id` where it names none.
///
/// # Errors
/// `invalid Request`.
pub fn sort(by: Option<&str>, direction: Option<&str>) -> Result<Sort, Error> {
    Sort::resolve(ActivityFields::FIELDS, by.unwrap_or(DEFAULT_SORT), direction)
}

/// What a collection has come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Totals {
    /// Owner of the collection.
    pub partner_id: i64,
    pub posts: i64,
    pub reach: i64,
}

/// Totals of the collections behind a page of activities, by the kind of activity and id.
pub type CollectionTotals = HashMap<(Activity, String), Totals>;

/// Ids of the collections that activities of this kind are about.
pub fn collection_ids(rows: &[Model], kind: Activity) -> Vec<String> {
    let of_kind = rows.iter().filter(|row| row.kind == kind.name());
    of_kind.filter_map(collection_id).collect()
}

/// The activity as it is answered, with the totals of its collection if that is its partner's.
pub fn activity(row: Model, totals: &CollectionTotals) -> ActivityOut {
    let kind = Activity::TRACKED.into_iter().find(|kind| kind.name() == row.kind);
    let known = kind.zip(collection_id(&row)).and_then(|key| totals.get(&key));
    let own = known.filter(|totals| totals.partner_id == row.partner_id);
    let mut meta = row.meta;
    if let (Some(Value::Object(meta)), Some(totals)) = (&mut meta, own) {
        put_totals(meta, *totals);
    }
    if row.kind == Activity::Discovery.name() {
        show_filters(&mut meta);
    }
    ActivityOut {
        id: row.id,
        partner_id: row.partner_id,
        kind: row.kind,
        meta,
        updated_at: row.updated_at.timestamp(),
    }
}

/// Clients look into the filters of every search, also where none are stored.
fn show_filters(meta: &mut Option<Value>) {
    let object = |value: &mut Value| {
        if !value.is_object() {
            *value = Map::new().into();
        }
    };
    let meta = meta.get_or_insert_default();
    object(meta);
    let body = &mut meta["bodyParams"];
    object(body);
    if body.get("filters").is_none() {
        body["filters"] = Value::Null;
    }
}

fn put_totals(meta: &mut Map<String, Value>, totals: Totals) {
    let result = meta.entry("result").or_insert_with(|| Map::new().into());
    if !result.is_object() {
        *result = Map::new().into();
    }
    result["postCount"] = totals.posts.into();
    result["reach"] = totals.reach.into();
}

fn collection_id(row: &Model) -> Option<String> {
    match row.meta.as_ref()?.get("id")? {
        Value::String(id) => Some(id.clone()),
        Value::Number(id) => Some(id.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use serde_json::json;

    use super::*;
    use crate::core::query::Filter;

    fn row(kind: &str, meta: Option<Value>) -> Model {
        let at = DateTime::from_timestamp(1_700_000_000, 0).expect("in range");
        let (created_at, updated_at) = (at, at);
        let (kind, enabled) = (kind.to_owned(), true);
        Model { id: 5, kind, meta, enabled, account_id: 1, partner_id: 10, created_at, updated_at }
    }

    #[test]
    fn only_the_documented_fields_are_known() {
        let accepted = |filter_type: &str, field: &str, value: &str| {
            clauses(&Filters(vec![Filter::new(filter_type, field, value)]), Tz::UTC).is_ok()
        };
        for (filter_type, field, value) in [
            ("GTE", "id", "4"),
            ("EQ", "type", "DISCOVERY"),
            ("LTE", "created_at", "2024-07-01"),
            ("GT", "updated_at", "2024-07-01T10:00:00Z"),
            ("EQ", "meta.platform", "INSTAGRAM"),
            ("IN", "meta.id", "a,b"),
            ("EQ", "meta.platform,meta.id", "x"),
        ] {
            assert!(accepted(filter_type, field, value), "{field}");
        }
        for field in [
            "account_id",
            "partner_id",
            "enabled",
            "meta",
            "meta.result",
            "meta.id.x",
            "meta.id,meta.x",
        ] {
            assert!(!accepted("EQ", field, "1"), "{field}");
        }
        assert!(sort(None, None).is_ok() && sort(Some("updated_at"), Some("asc")).is_ok());
        assert!(sort(Some("meta.id"), None).is_err() && sort(Some("account_id"), None).is_err());
    }

    #[test]
    fn totals_of_the_own_collection_replace_the_stored_ones() {
        let own = Totals { partner_id: 10, posts: 7, reach: 900 };
        let foreign = Totals { partner_id: 20, ..own };
        let key = |kind, id: &str| (kind, id.to_owned());
        let totals = CollectionTotals::from([
            (key(Activity::CampaignReport, "a"), own),
            (key(Activity::CampaignReport, "b"), foreign),
            (key(Activity::TopicResearch, "8"), own),
        ]);
        let shown = |kind: &str, meta: Value| activity(row(kind, Some(meta)), &totals).meta;
        let stored = json!({"id": "a", "result": {"name": "n", "reach": 1}});
        let present = json!({"id": "a", "result": {"name": "n", "postCount": 7, "reach": 900}});
        assert_eq!(shown("CAMPAIGN_REPORT", stored.clone()), Some(present));
        assert_eq!(shown("TOPIC_RESEARCH", stored.clone()), Some(stored.clone()));
        let mut searched = stored.clone();
        searched["bodyParams"] = json!({"filters": null});
        assert_eq!(shown("DISCOVERY", stored), Some(searched));
        let of_other = json!({"id": "b", "result": {"postCount": 2}});
        assert_eq!(shown("CAMPAIGN_REPORT", of_other.clone()), Some(of_other));
        for odd in [json!({"id": 8}), json!({"id": 8, "result": "text"})] {
            let present = json!({"id": 8, "result": {"postCount": 7, "reach": 900}});
            assert_eq!(shown("TOPIC_RESEARCH", odd), Some(present));
        }
        for useless in [json!([]), json!({"id": null}), json!("a")] {
            assert_eq!(shown("CAMPAIGN_REPORT", useless.clone()), Some(useless));
        }
        assert_eq!(activity(row("CAMPAIGN_REPORT", None), &totals).meta, None);
    }

    #[test]
    fn a_search_always_shows_its_filters() {
        let shown = |meta| activity(row("DISCOVERY", meta), &CollectionTotals::new()).meta;
        let nothing = json!({"bodyParams": {"filters": null}});
        for odd in [None, Some(json!("a")), Some(json!({})), Some(json!({"bodyParams": []}))] {
            assert_eq!(shown(odd), Some(nothing.clone()));
        }
        let stored = json!({"bodyParams": {"filters": [{"field": "city"}], "x": 1}, "y": 2});
        assert_eq!(shown(Some(stored.clone())), Some(stored));
    }
}
