//! The external identity service.

use serde_json::{Value, json};

use super::service_fake::ServiceFake;

/// An identity service that knows every token as Asha's.
pub async fn start() -> ServiceFake {
    ServiceFake::start(asha()).await
}

/// User 42, account 77, partner 10; with members that nobody reads.
pub fn asha() -> Value {
    json!({
        "status": {"code": 200, "message": "ok", "key": "", "type": "SUCCESS", "count": 1},
        "token": "opaque", "refreshTime": 1, "isAnonymous": false, "socialAccounts": [],
        "userClientAccount": {
            "id": 77, "userId": 42, "name": "Asha", "status": "ACTIVE", "permissions": ["x"],
            "clientId": "web", "partnerProfile": {"partnerId": 10, "name": "p"},
        },
    })
}
