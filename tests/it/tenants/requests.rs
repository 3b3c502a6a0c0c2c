//! A request to every route, about the rows of `rows.sql`.

use reqwest::Method;
use serde_json::{Value, json};

/// Id of no row.
pub(super) const MISSING: &str = "424242";

/// By what a request names the rows.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Named {
    /// Their ids; where the route knows share ids only, those.
    OwnId,
    /// Their ids, also in place of share ids.
    Id,
    /// Ids of no row.
    Missing,
    /// Their share ids, for routes that know some.
    ShareId,
}

/// Whether a foreign row must be answered like a missing one: accounts belong to everybody.
pub(super) fn names_a_row(template: &str) -> bool {
    let of_accounts =
        ["{platformProfileId}", "{profileId}", "{PlatformCode}", "/campaign-profile/"];
    of_accounts.iter().all(|part| !template.contains(part))
}

/// Id of the row that a route is asked for: of a partner's own pages the partner.
pub(super) fn id(template: &str) -> &'static str {
    if template.ends_with("/partner/{id}") { "20" } else { "4711" }
}

/// Path and body; `None` where the route knows no share id.
pub(super) fn request(method: &Method, template: &str, named: Named) -> Option<(String, Value)> {
    let takes_path = template.contains("hareId}");
    let takes_body = shared_filter(template).is_some();
    if named == Named::ShareId && !takes_path && !takes_body {
        return None;
    }
    let id = if named == Named::Missing { MISSING } else { id(template) };
    let share_id = match named {
        Named::OwnId | Named::ShareId => share_id(template),
        Named::Id | Named::Missing => id,
    };
    let segments = template.split('/').map(|segment| match segment {
        "{PlatformCode}" | "{profileId}" => "IA_4711",
        "{platform}" => "INSTAGRAM",
        "{category}" | "{language}" => "ALL",
        "{collectionType}" => "POST",
        "{shortCode}" if named == Named::Missing => "othercode",
        "{shortCode}" => "shortcode",
        "{shareId}" | "{collectionGroupShareId}" => share_id,
        _ if segment.starts_with('{') => id,
        _ => segment,
    });
    let path = segments.collect::<Vec<_>>().join("/");
    let by_share = named == Named::ShareId && takes_body;
    Some((format!("{path}?activityId={id}"), body(method, template, id, by_share)))
}

fn share_id(template: &str) -> &'static str {
    let group = template.contains("/group/") || template.contains("{collectionGroupShareId}");
    match template.split('/').nth(1).unwrap_or_default() {
        _ if group => "shareGroup",
        _ if template.contains("/winklshare/") => "shareWinkl",
        "profile-collection-service" | "discovery-service" => "shareProfiles",
        "keyword-collection-service" => "shareKeywords",
        _ => "sharePosts",
    }
}

/// Name of the filter by which a route reads with a share id.
fn shared_filter(template: &str) -> Option<&'static str> {
    match template {
        "/profile-collection-service/api/collection/item/search"
        | "/discovery-service/api/profile/{platform}/search" => Some("collectionShareId"),
        _ if template.starts_with("/collection-analytics-service") && !template.contains('{') => {
            Some("shareId")
        }
        _ => None,
    }
}

/// A body that names the row wherever the route can.
fn body(method: &Method, template: &str, id: &str, by_share: bool) -> Value {
    let number: i64 = id.parse().expect("a number");
    let filter =
        |field: &str, value: &str| json!({"filterType": "EQ", "field": field, "value": value});
    let item = || {
        json!([{
            "id": number, "platform": "INSTAGRAM", "platformAccountCode": 4711, "shortCode": "shortcode",
            "postType": "reels", "brandSelectionStatus": "SELECTED",
        }])
    };
    if template.contains("/item") && !template.ends_with("/search") {
        return match template.ends_with("{itemId}") || template.ends_with("{shortCode}") {
            true => json!({"cost": 5, "bookmarked": true}),
            false => item(),
        };
    }
    let share = share_id(template);
    let which = match shared_filter(template) {
        Some(field) if by_share => filter(field, share),
        _ => filter("collectionId", id),
    };
    let filters = match template.split('/').nth(1).unwrap_or_default() {
        "collection-analytics-service" => json!([which, filter("collectionType", "POST")]),
        "profile-collection-service" if template.ends_with("/item/search") => {
            json!([which, filter("platform", "INSTAGRAM")])
        }
        "post-collection-service" if template.ends_with("/item/search") => json!([]),
        "profile-collection-service" | "post-collection-service" => json!([filter("id", id)]),
        "keyword-collection-service" if template.ends_with("/search") => json!([filter("id", id)]),
        "keyword-collection-service" => json!([which]),
        _ if shared_filter(template).is_some() => json!([which]),
        _ => json!([]),
    };
    let (start, end) = match template.split('/').nth(1) {
        Some("post-collection-service") => (1_717_180_200_i64, 1_719_685_800_i64),
        _ => (1_717_180_200_000, 1_719_685_800_000),
    };
    let name = if *method == Method::POST { format!("new {id}") } else { format!("changed {id}") };
    json!({
        "id": number, "name": name, "source": "SAAS", "sourceId": "own", "collectionIds": [id],
        "platform": "INSTAGRAM", "keywords": ["coffee"], "startTime": start, "endTime": end,
        "items": item(), "filters": filters,
    })
}
