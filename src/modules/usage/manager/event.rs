//! The activity event, as its consumer requires it: all nine members, always.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use crate::core::caller::Caller;
use crate::modules::usage::dto::ActivityLog;

/// Payload of `coffee.dx___activity_tracker_rk`. `activityId` is filled by the statement that
/// writes the row.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ActivityEvent {
    module_name: &'static str,
    activity_name: &'static str,
    increment_count: i64,
    partner_id: i64,
    account_id: i64,
    activity_id: Option<i64>,
    /// JSON text, or empty.
    activity_meta: String,
    event_id: Uuid,
    /// Local time of the business zone, `YYYY-MM-DD HH:MM:SS`.
    event_timestamp: String,
}

/// The event of an activity that the caller did at `at`; a missing partner or account counts as 0.
pub fn activity_event(
    caller: &Caller,
    log: &ActivityLog,
    at: DateTime<Utc>,
    zone: Tz,
) -> ActivityEvent {
    ActivityEvent {
        module_name: log.module.name(),
        activity_name: log.activity.name(),
        increment_count: log.count,
        partner_id: caller.partner_id.unwrap_or_default(),
        account_id: caller.account_or_zero(),
        activity_id: None,
        activity_meta: log.meta.as_ref().map(told).unwrap_or_default(),
        event_id: Uuid::new_v4(),
        event_timestamp: at.with_timezone(&zone).format("%Y-%m-%d %H:%M:%S").to_string(),
    }
}

/// What is stored, without the query parameters that are empty.
fn told(meta: &Value) -> String {
    let mut meta = meta.clone();
    if let Some(Value::Object(params)) = meta.get_mut("queryParams") {
        params.retain(|_, value| value != "");
    }
    meta.to_string()
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone as _;
    use serde_json::json;

    use super::*;
    use crate::modules::usage::{Activity, Charge, UsageModule};

    #[test]
    fn all_nine_members_in_local_time() {
        let caller = Caller { partner_id: Some(10), ..Caller::default() };
        let log = ActivityLog {
            charge: Charge::Paid,
            module: UsageModule::ProfilePage,
            activity: Activity::ProfilePageTimeseries,
            count: 1,
            once: None,
            activity_id: None,
            meta: None,
            unlock_key: None,
        };
        let at = Utc.with_ymd_and_hms(2024, 7, 1, 20, 0, 5).single().expect("valid");
        let event = activity_event(&caller, &log, at, chrono_tz::Asia::Kolkata);
        let event_id = event.event_id;
        assert_eq!(
            serde_json::to_value(event).expect("serialises"),
            json!({
                "moduleName": "PROFILE_PAGE", "activityName": "PROFILE_PAGE_TIMESERIES",
                "incrementCount": 1, "partnerId": 10, "accountId": 0, "activityId": null,
                "activityMeta": "", "eventId": event_id, "eventTimestamp": "2024-07-02 01:30:05",
            })
        );
    }

    #[test]
    fn meta_travels_as_json_text() {
        let log = ActivityLog {
            charge: Charge::Paid,
            module: UsageModule::ProfilePage,
            activity: Activity::ProfilePage,
            count: 1,
            once: None,
            activity_id: None,
            meta: Some(json!({"platform": "INSTAGRAM", "platformProfileId": 42})),
            unlock_key: None,
        };
        let event = activity_event(&Caller::default(), &log, Utc::now(), chrono_tz::UTC);
        assert_eq!(event.activity_meta, r#"{"platform":"INSTAGRAM","platformProfileId":42}"#);
    }
}
