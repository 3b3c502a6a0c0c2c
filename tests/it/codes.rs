//! Every refusal says why in a code.

use coffee::core::types::Plan;
use serde_json::json;

use crate::support::{Answer, TestApp};

const SEARCH: &str = "/discovery-service/api/profile/INSTAGRAM/search";
const GROUP: &str = "/collection-group-service/api/group";

#[track_caller]
fn says(answer: &Answer, code: &str, field: &str) {
    assert_eq!(answer.reason(), (code.to_owned(), field.to_owned()), "{}", answer.text);
}

#[actix_web::test]
async fn lists_name_the_part_of_the_request_that_is_to_blame() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Paid).await;
    let list = async |query: &str, filters: &[(&str, &str, &str)]| {
        client.list(&format!("{SEARCH}{query}"), filters).await
    };
    says(&list("", &[("GTE", "followers", "many")]).await, "invalid_filter", "followers");
    says(&list("", &[("NEAR", "name", "a")]).await, "invalid_filter", "name");
    says(&list("?sortDir=up", &[]).await, "invalid_sort", "sortDir");
    says(&list("?size=abc", &[]).await, "invalid_value", "size");
    says(&list("?cursor=1.5", &[]).await, "invalid_value", "cursor");
    let many = vec![("EQ", "name", "a"); 257];
    says(&list("", &many).await, "invalid_filter", "name");
    let long = vec!["1"; 1001].join(",");
    says(&list("", &[("IN", "id", &long)]).await, "invalid_filter", "id");
    says(&list("", &[("EQ", "audience_age", "18-25")]).await, "invalid_filter", "audience_age");
    says(&client.post(SEARCH, &json!({"filters": 5})).await, "invalid_body", "");
    let activities = "/activity-service/api/activity/search?sortBy=nonsense";
    says(&client.list(activities, &[]).await, "invalid_sort", "sortBy");
}

#[actix_web::test]
async fn rules_and_rows_say_which_and_what_is_missing() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Saas).await;
    says(&client.list(SEARCH, &[("EQ", "languages", "hi")]).await, "plan_required", "");
    app.set_usage(10, "PROFILE_PAGE", 3, 3).await;
    app.seed_instagram(&json!({"id": 42})).await;
    let unlock =
        |code: &str| format!("/partner-usage-service/api/partner/profile/{code}/INSTAGRAM/unlock");
    let bare = client.post(&unlock("IA_42"), &json!({})).await.json();
    assert_eq!(bare["code"], "limit_consumed", "{bare}");
    let bare = client.post(&unlock("IA_43"), &json!({})).await.json();
    assert_eq!(bare["code"], "not_found", "{bare}");
    let free = app.partner(20, Plan::Free).await;
    let bare = free.post(&unlock("IA_42"), &json!({})).await.json();
    assert_eq!(bare["code"], "contract_not_found", "{bare}");
    says(&client.get(&format!("{GROUP}/99")).await, "not_found", "");
    says(&client.get(&format!("{GROUP}/x")).await, "invalid_value", "id");
    let profile = "/discovery-service/api/profile";
    says(&client.get(&format!("{profile}/TIKTOK/1")).await, "invalid_value", "platform");
    says(
        &client.get(&format!("{profile}/INSTAGRAM/x")).await,
        "invalid_value",
        "platformProfileId",
    );
    says(&client.get("/partner-service/api/partner/99").await, "not_found", "");
    let alone = app.without_partner().await;
    says(&alone.get(&format!("{GROUP}/1")).await, "unauthorized", "");
    says(&app.anonymous().get(&format!("{GROUP}/1")).await, "unauthenticated", "");
    let login = "/identity-service/api/auth/login";
    let wrong = json!({"mode": "EMAIL", "id": "a@b.test", "secret": "wrong"});
    says(&app.anonymous().post(login, &wrong).await, "invalid_credentials", "");
    let verify = "/identity-service/api/auth/verify/token";
    says(&app.anonymous().post(verify, &json!({"token": "x"})).await, "invalid_token", "");
    says(&client.get("/content-service/nowhere").await, "not_found", "");
    says(&client.put(GROUP, &json!({})).await, "method_not_allowed", "");
}
