//! `/discovery-service` over HTTP.

mod audience;
mod by_handle;
mod content;
mod growth;
mod growth_charges;
mod hostile;
mod links;
mod locations;
mod masks;
mod names;
mod profile;
mod search_budget;
mod search_campaign;
mod search_charges;
mod search_collections;
mod search_fields;
mod search_gates;
mod search_keyset;
mod search_operators;
mod search_paging;
mod search_sort;
mod similar;

use serde_json::Value;

use crate::support::{Answer, Client};

const BASE: &str = "/discovery-service/api/profile";
const PLATFORMS: [&str; 2] = ["INSTAGRAM", "YOUTUBE"];
/// An application without ClickHouse whose tenants find accounts of every country.
const ALL_COUNTRIES: &str = "[clickhouse]\nurl = \"\"\n[discovery]\ncountry = \"\"\n";

/// Path of the search over a platform.
fn search(platform: &str) -> String {
    format!("{BASE}/{platform}/search")
}

/// Account ids of the profiles of an answer, in order.
fn found(answer: &Value) -> Vec<i64> {
    let profiles = answer["profiles"].as_array().expect("profiles");
    let code = |profile: &Value| profile["platformCode"].as_str()?.parse().ok();
    profiles.iter().map(|profile| code(profile).expect("a platform code")).collect()
}

/// A search by filters, with a query string that starts with `?` or is empty.
async fn search_by(
    client: &Client,
    platform: &str,
    query: &str,
    filters: &[(&str, &str, &str)],
) -> Answer {
    client.list(&format!("{}{query}", search(platform)), filters).await
}

/// Ids as the value of an `IN` filter.
fn id_list(ids: &[i64]) -> String {
    ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
}
