//! The external partner service.

use chrono::{Duration, Utc};
use serde_json::{Value, json};

use super::service_fake::ServiceFake;

/// A partner service that knows partner 10 with a running PAID contract.
pub async fn start() -> ServiceFake {
    ServiceFake::start(contract("PAID", -30, 30)).await
}

/// Partner 10 with one SAAS contract, from and until so many days from now.
pub fn contract(plan: &str, start: i64, end: i64) -> Value {
    let at = |days| (Utc::now() + Duration::days(days)).timestamp_millis();
    json!({
        "status": {"code": 200, "type": "SUCCESS"},
        "partners": [{
            "id": 10, "name": "p", "status": "ACTIVE", "inventorySyncEnabled": true,
            "contracts": [{
                "id": 1, "partnerId": 10, "contractType": "SAAS", "status": "ACTIVE",
                "onboardingStatus": "DONE", "plan": plan,
                "startTime": at(start), "endTime": at(end),
            }],
        }],
    })
}
