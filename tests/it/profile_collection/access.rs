//! What others see and may do: by share id, of featured collections.

use coffee::core::types::Plan;
use serde_json::json;

use super::{at, eq, items};
use crate::support::TestApp;

#[actix_web::test]
async fn a_share_id_shows_no_hidden_items_and_columns_and_writes_open_ones() {
    let app = TestApp::start().await;
    let (owner, lone) = (app.partner(10, Plan::Saas).await, app.without_partner().await);
    let column = |key: &str, hidden: bool| json!({"key": key, "title": key, "value": null, "hidden": hidden});
    let columns = json!({"custom_columns": [
        {"platform": "INSTAGRAM", "columns": [column("fee", false), column("margin", true)]},
    ]});
    let collection = app.seed_collection(10, "aB3dE5g", &columns).await;
    let mut ids = Vec::new();
    for hidden in [false, true] {
        let id = app.seed_instagram(&json!({"email": "asha@x.in"})).await;
        let columns = json!({"hidden": hidden, "internal_commercials": "9"});
        let item = app.seed_item((10, collection), ("INSTAGRAM", id), &columns).await;
        for key in ["fee", "margin"] {
            let value = json!({"profile_collection_item_id": item, "key": key, "value": "1"});
            app.seed("profile_collection_item_cc_data", &value).await;
        }
        ids.push(item);
    }
    let filters = json!([eq("collectionShareId", "aB3dE5g"), eq("platform", "INSTAGRAM")]);
    let found = items(&lone, filters.clone()).await;
    let shown = found["collectionItems"].as_array().expect("items");
    assert_eq!(shown.iter().map(|one| &one["id"]).collect::<Vec<_>>(), [&json!(ids[0])]);
    assert_eq!(shown[0]["customColumnsData"].as_array().map(Vec::len), Some(1));
    assert_eq!(shown[0]["profile"]["email"], "****@x.in");
    assert_eq!((shown[0].get("commercials"), &shown[0]["createdBy"]), (None, &json!(null)));

    let bulk = at("/byshareid/aB3dE5g/item/bulk");
    let change = json!([{"id": ids[0], "brandSelectionStatus": "SELECTED", "enabled": false}]);
    lone.put(&bulk, &change).await.success();
    let found = items(&lone, filters.clone()).await;
    assert_eq!(found["collectionItems"][0]["brandSelectionStatus"], "SELECTED");
    let hidden = json!([{"id": ids[1], "brandSelectionStatus": "SELECTED"}]);
    lone.put(&bulk, &hidden).await.refused("500", "invalid id");
    let closed = json!([{"id": ids[0], "customColumnsData": [{"key": "margin", "value": "2"}]}]);
    lone.put(&bulk, &closed).await.refused("500", "custom column not editable - margin");

    let off = json!({"shareEnabled": false});
    owner.put(&at(format_args!("/{collection}")), &off).await.success();
    let text = "this collection can not be shared with anyone";
    lone.get(&at("/byshareid/aB3dE5g")).await.refused("ERROR", text);
    lone.put(&bulk, &change).await.refused("500", text);
    let search = json!({"filters": filters});
    lone.post(&at("/item/search"), &search).await.refused("500", text);
}

#[actix_web::test]
async fn a_new_share_id_ends_the_one_before() {
    let app = TestApp::start().await;
    let (owner, other) = (app.partner(10, Plan::Saas).await, app.partner(20, Plan::Saas).await);
    let collection = app.seed_collection(10, "oldshare", &json!({})).await;
    let path = at(format_args!("/{collection}/link/renew"));
    let text = format!("invalid Record Id - {collection}");
    other.post(&path, &json!({})).await.refused("ERROR", &text);
    let renewed = owner.post(&path, &json!({})).await.success();
    let share_id = renewed["collections"][0]["shareId"].as_str().expect("a share id");
    assert_eq!(share_id.len(), 7);
    other.get(&at("/byshareid/oldshare")).await.refused("ERROR", "record not found");
    other.get(&at(format_args!("/byShareId/{share_id}"))).await.success();
}

#[actix_web::test]
async fn a_featured_collection_is_read_by_all_and_written_by_its_owner() {
    let app = TestApp::start().await;
    let (client, lone) = (app.partner(10, Plan::Saas).await, app.without_partner().await);
    let featured = app.seed_collection(-1, "featured", &json!({"featured": true})).await;
    let private = app.seed_collection(-1, "private", &json!({})).await;
    let search = json!({"filters": [eq("featured", "true")]});
    for reader in [&client, &lone] {
        let found = reader.post(&at("/search"), &search).await.success();
        let ids: Vec<_> = found["collections"].as_array().expect("a list").iter().collect();
        assert_eq!(ids.iter().map(|one| &one["id"]).collect::<Vec<_>>(), [&json!(featured)]);
        reader.get(&at(format_args!("/{featured}"))).await.success();
    }
    let path = at(format_args!("/{featured}"));
    let text = "you are not authorized to delete this collection";
    client.put(&path, &json!({"name": "Mine"})).await.refused("ERROR", text);
    super::delete(&client, &path, &json!({})).await.refused("ERROR", text);
    let other = at(format_args!("/{private}"));
    client.get(&other).await.refused("ERROR", &format!("invalid Record Id - {private}"));
    let text = "you are not authorized to access this collection";
    lone.get(&other).await.refused("ERROR", text);
    let all = json!({"filters": [{"filterType": "NE", "field": "featured", "value": "true"}]});
    client.post(&at("/search"), &all).await.refused("ERROR", "invalid Request");
    let text = "you are not authorized to access collections data";
    lone.post(&at("/search"), &json!({})).await.refused("ERROR", text);
}
