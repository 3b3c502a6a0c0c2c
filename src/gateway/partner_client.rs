//! The external partner service: contracts of a partner.

use chrono::{DateTime, Utc};
use reqwest::Method;
use reqwest::header::HeaderMap;
use serde::Deserialize;

use super::service_client::{ServiceAnswer, ServiceClient};
use crate::core::config::{ConfigError, PartnerConfig};
use crate::core::envelope::TypedStatus;
use crate::core::error::Error;
use crate::modules::partner::Contract;

const PART: &str = "partner.url";

/// Client of the partner service.
pub struct PartnerClient(ServiceClient);

#[derive(Deserialize)]
struct Answer {
    status: TypedStatus,
    partners: Option<Vec<Partner>>,
}

#[derive(Deserialize)]
struct Partner {
    contracts: Option<Vec<ContractIn>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ContractIn {
    contract_type: Option<String>,
    plan: Option<String>,
    /// Milliseconds since 1970.
    start_time: Option<i64>,
    /// Milliseconds since 1970.
    end_time: Option<i64>,
}

impl PartnerClient {
    /// A client of the configured service.
    ///
    /// # Errors
    /// No usable address.
    pub fn new(config: &PartnerConfig) -> Result<Self, ConfigError> {
        Ok(Self(ServiceClient::new(PART, &config.url, config.timeout_ms)?))
    }

    /// Contracts of a partner in the order in which the service lists them.
    ///
    /// # Errors
    /// The service gives no readable answer in time, or says that it failed.
    pub async fn contracts(
        &self,
        partner_id: i64,
        headers: HeaderMap,
    ) -> Result<Vec<Contract>, Error> {
        let path = ["partner", &partner_id.to_string()];
        let request = self.0.request(Method::GET, &path).headers(headers);
        read(&self.0.send(request).await?)
    }
}

fn read(answer: &ServiceAnswer) -> Result<Vec<Contract>, Error> {
    if !answer.status.is_success() {
        return Err(Error::internal(PART, format!("HTTP status {}", answer.status)));
    }
    let answer: Answer =
        serde_json::from_slice(&answer.body).map_err(|error| Error::internal(PART, error))?;
    if !answer.status.is_success() {
        return Err(Error::internal(PART, answer.status.message));
    }
    let first = answer.partners.unwrap_or_default().into_iter().next();
    let contracts = first.and_then(|partner| partner.contracts).unwrap_or_default();
    Ok(contracts.into_iter().map(contract).collect())
}

fn contract(read: ContractIn) -> Contract {
    Contract {
        contract_type: read.contract_type.unwrap_or_default(),
        plan: read.plan.unwrap_or_default(),
        start_time: instant(read.start_time),
        end_time: instant(read.end_time),
    }
}

/// Absent is 1970; an instant that no calendar has is the nearest one that it has.
fn instant(millis: Option<i64>) -> DateTime<Utc> {
    let millis = millis.unwrap_or_default();
    let nearest = if millis < 0 { DateTime::<Utc>::MIN_UTC } else { DateTime::<Utc>::MAX_UTC };
    DateTime::from_timestamp_millis(millis).unwrap_or(nearest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::StatusCode;
    use serde_json::{Value, json};

    fn read_body(body: &Value) -> Result<Vec<Contract>, Error> {
        read(&ServiceAnswer { status: StatusCode::OK, body: body.to_string().into_bytes() })
    }

    #[test]
    fn contracts_of_the_first_partner_in_milliseconds() {
        let body = json!({"status": {"type": "SUCCESS"}, "partners": [
            {"id": 10, "name": "p", "contracts": [
                {"id": 1, "partnerId": 10, "contractType": "SAAS", "plan": "PAID",
                 "startTime": 1_500, "endTime": i64::MAX},
                {"contractType": null, "plan": null},
            ]},
            {"id": 11, "contracts": [{"contractType": "SAAS", "plan": "SAAS"}]},
        ]});
        let contracts = read_body(&body).expect("readable");
        assert_eq!(contracts.len(), 2);
        assert_eq!(contracts[0].start_time.timestamp_millis(), 1_500);
        assert_eq!(contracts[0].end_time, DateTime::<Utc>::MAX_UTC);
        assert_eq!((contracts[1].plan.as_str(), contracts[1].end_time.timestamp()), ("", 0));
    }

    #[test]
    fn no_partner_has_no_contracts_and_an_error_is_a_failure() {
        for partners in [json!(null), json!([]), json!([{"contracts": null}])] {
            let body = json!({"status": {"type": "SUCCESS"}, "partners": partners});
            assert_eq!(read_body(&body).expect("readable"), []);
        }
        assert!(read_body(&json!({"status": {"type": "ERROR", "message": "down"}})).is_err());
        assert!(read_body(&json!({"partners": []})).is_err());
    }
}
