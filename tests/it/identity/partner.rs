//! The built-in partner route.

use coffee::core::types::Plan;
use serde_json::json;

use super::{start, success};

const PARTNER: &str = "/partner-service/api/partner";

#[actix_web::test]
async fn a_caller_sees_the_own_partner_with_its_contracts() {
    let app = start("").await;
    let client = app.partner(10, Plan::Saas).await;
    let body = success(&client.get(&format!("{PARTNER}/10")).await);
    let partner = &body["partners"][0];
    assert_eq!((&partner["id"], &partner["name"]), (&json!(10), &json!("Ten")));
    assert_eq!(
        (&partner["status"], &partner["inventorySyncEnabled"]),
        (&json!("ACTIVE"), &json!(false))
    );
    let contract = &partner["contracts"][0];
    assert_eq!(contract["contractType"], "SAAS");
    assert_eq!((&contract["plan"], &contract["partnerId"]), (&json!("SAAS"), &json!(10)));
    let now = chrono::Utc::now().timestamp_millis();
    let at = |name: &str| contract[name].as_i64().expect("milliseconds");
    assert!(at("startTime") < now && now < at("endTime"));
}

#[actix_web::test]
async fn another_partner_looks_missing_but_to_the_platform() {
    let app = start("").await;
    let (own, platform) = (app.partner(11, Plan::Free).await, app.partner(-1, Plan::Free).await);
    for id in ["10", "-1", "99", "abc", "1e1", "99999999999999999999"] {
        let answer = own.get(&format!("{PARTNER}/{id}")).await;
        let message = format!("invalid Record Id - {id}");
        assert_eq!(answer.contract(), json!({"status": {"status": "ERROR", "message": message}}));
    }
    success(&platform.get(&format!("{PARTNER}/10")).await);
    let missing = platform.get(&format!("{PARTNER}/99")).await;
    assert_eq!(missing.status().1, "invalid Record Id - 99");
    assert_eq!(app.anonymous().get(&format!("{PARTNER}/10")).await.code, 401);
}
