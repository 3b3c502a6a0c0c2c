//! The external identity service: who a token belongs to.

use reqwest::header::HeaderMap;
use reqwest::{Method, StatusCode};
use serde::Deserialize;

use super::client_headers::ClientApp;
use super::service_client::{ServiceAnswer, ServiceClient};
use crate::core::config::{ConfigError, IdentityConfig};
use crate::core::envelope::TypedStatus;
use crate::core::error::Error;
use crate::modules::identity::Identity;

const PART: &str = "identity.url";

/// Client of the identity service.
pub struct IdentityClient(ServiceClient);

/// What the identity service says about a token that it accepts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verified {
    /// Who it is.
    pub identity: Identity,
    /// The calling application, where the service names one.
    pub client: Option<ClientApp>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    status: TypedStatus,
    client: Option<App>,
    user_client_account: Option<Account>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct App {
    id: Option<String>,
    app_type: Option<String>,
    enabled: Option<bool>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Account {
    id: Option<i64>,
    user_id: Option<i64>,
    name: Option<String>,
    partner_profile: Option<PartnerProfile>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PartnerProfile {
    partner_id: Option<i64>,
}

impl IdentityClient {
    /// A client of the configured service.
    ///
    /// # Errors
    /// No usable address.
    pub fn new(config: &IdentityConfig) -> Result<Self, ConfigError> {
        Ok(Self(ServiceClient::new(PART, &config.url, config.timeout_ms)?))
    }

    /// Who a token belongs to; `None` when the service refuses the token or its client.
    ///
    /// # Errors
    /// The service gives no readable answer in time.
    pub async fn verify(&self, token: &str, headers: HeaderMap) -> Result<Option<Verified>, Error> {
        let request = self
            .0
            .request(Method::POST, &["auth", "verify", "token"])
            .query(&[("loadPreferences", "true"), ("skipTokenCache", "false")])
            .headers(headers)
            .json(&serde_json::json!({ "token": token }));
        read(&self.0.send(request).await?)
    }
}

fn read(answer: &ServiceAnswer) -> Result<Option<Verified>, Error> {
    match answer.status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Ok(None),
        status if status.is_success() => {
            let answer: Answer = serde_json::from_slice(&answer.body)
                .map_err(|error| Error::internal(PART, error))?;
            Ok(verified(answer))
        }
        status => Err(Error::internal(PART, format!("HTTP status {status}"))),
    }
}

fn verified(answer: Answer) -> Option<Verified> {
    let disabled = answer.client.as_ref().is_some_and(|app| app.enabled == Some(false));
    if !answer.status.is_success() || disabled {
        return None;
    }
    let client = answer.client.and_then(|app| {
        let id = app.id.filter(|id| !id.is_empty())?;
        Some(ClientApp { id, kind: app.app_type.unwrap_or_default() })
    });
    let identity = answer.user_client_account.map(identity).unwrap_or_default();
    Some(Verified { identity, client })
}

/// Without user the account and the partner do not count, as in a token.
fn identity(account: Account) -> Identity {
    let Some(user_id) = account.user_id.filter(|id| !matches!(id, 0 | -1)) else {
        return Identity::default();
    };
    let partner_id = account.partner_profile.and_then(|profile| profile.partner_id);
    Identity {
        user_id: Some(user_id),
        user_name: account.name.filter(|name| !name.is_empty()).map(Into::into),
        account_id: account.id.filter(|id| *id != 0),
        partner_id: partner_id.filter(|id| *id != 0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn read_body(status: u16, body: &Value) -> Result<Option<Verified>, Error> {
        let status = StatusCode::from_u16(status).expect("a status");
        read(&ServiceAnswer { status, body: body.to_string().into_bytes() })
    }

    #[test]
    fn the_account_is_who_the_caller_is() {
        let body = json!({
            "status": {"type": "SUCCESS", "code": 200, "key": "ok", "count": 1},
            "token": "t", "refreshTime": 5, "socialAccounts": [],
            "client": {"id": "web", "appName": "Web", "appType": "CUSTOMER", "enabled": true},
            "userClientAccount": {
                "id": 77, "userId": 42, "name": "Asha", "permissions": ["x"],
                "partnerProfile": {"partnerId": 10},
            },
        });
        let identity = Identity {
            user_id: Some(42),
            user_name: Some("Asha".into()),
            account_id: Some(77),
            partner_id: Some(10),
        };
        let client = Some(ClientApp { id: "web".into(), kind: "CUSTOMER".into() });
        let read = read_body(200, &body).expect("readable");
        assert_eq!(read, Some(Verified { identity, client }));
    }

    #[test]
    fn an_account_without_partner_or_user_is_accepted_without_them() {
        let account = |account: Value| {
            let body = json!({"status": {"type": "SUCCESS"}, "userClientAccount": account});
            read_body(200, &body).expect("readable").expect("accepted").identity
        };
        let without_partner = account(json!({"id": 77, "userId": 42, "partnerProfile": null}));
        assert_eq!((without_partner.user_id, without_partner.partner_id), (Some(42), None));
        for user_id in [0, -1] {
            let nobody = json!({"id": 7, "userId": user_id, "partnerProfile": {"partnerId": 1}});
            assert_eq!(account(nobody), Identity::default());
        }
    }

    #[test]
    fn refusals_are_told_from_failures() {
        let disabled = json!({"status": {"type": "SUCCESS"}, "client": {"enabled": false}});
        let refusal = json!({"status": {"type": "ERROR"}});
        assert_eq!(read_body(200, &disabled).expect("readable"), None);
        assert_eq!(read_body(200, &refusal).expect("readable"), None);
        assert_eq!(read_body(401, &json!(null)).expect("readable"), None);
        assert!(read_body(200, &json!([1])).is_err());
        assert!(read_body(500, &refusal).is_err());
        assert!(read_body(404, &refusal).is_err());
    }
}
