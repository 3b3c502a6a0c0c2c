//! Audience row to answer, and what an unpaid caller sees of it.

use std::collections::BTreeMap;

use serde_json::Value as JsonValue;

use super::account_path::AccountPath;
use crate::modules::discovery::dto::SocialAccountOut;
use crate::modules::discovery::dto::{AgeGenderSplitOut, AudienceDataOut};
use crate::modules::discovery::entity::audience::Model;

/// Sum of the cities that are not listed; not a city.
const OTHER_CITIES: &str = "Others";

/// The answer to a row; `notable_followers` are the accounts behind its ids.
pub fn audience_data(
    account: AccountPath,
    row: Model,
    notable_followers: Option<Vec<SocialAccountOut>>,
) -> AudienceDataOut {
    let part = |json: &Option<JsonValue>, key| json.as_ref().and_then(|json| shares(json.get(key)));
    let mut cities = part(&row.audience_location_split, "city");
    if let Some(cities) = &mut cities {
        cities.remove(OTHER_CITIES);
    }
    let age_gender = AgeGenderSplitOut {
        male: part(&row.audience_age_gender_split, "male"),
        female: part(&row.audience_age_gender_split, "female"),
    };
    AudienceDataOut {
        platform_profile_id: Some(account.id),
        platform: Some(account.platform),
        city_wise_audience_location: cities,
        country_wise_audience_location: part(&row.audience_location_split, "country"),
        audience_gender_split: shares(row.audience_gender_split.as_ref()),
        top_age: top_age(&age_gender),
        audience_age_gender_split: age_gender,
        audience_language: shares(row.audience_language.as_ref()),
        notable_followers,
        audience_reachability_percentage: finite(row.audience_reachability_percentage),
        audience_authenticity_percentage: finite(row.audience_authenticity_percentage),
        comment_rate_percentage: finite(row.comment_rate_percentage),
        quality_audience_percentage: finite(row.quality_audience_percentage),
        quality_audience_score: finite(row.quality_audience_score),
        quality_score_grade: row.quality_score_grade,
        quality_score_breakup: texts(row.quality_score_breakup),
    }
}

/// Removes what only callers see who unlocked the profile.
pub fn mask_audience(audience: &mut AudienceDataOut) {
    audience.city_wise_audience_location = None;
    audience.audience_age_gender_split = AgeGenderSplitOut::default();
    audience.top_age = None;
    audience.audience_reachability_percentage = None;
    audience.audience_authenticity_percentage = None;
    audience.quality_audience_percentage = None;
    audience.quality_audience_score = None;
    audience.quality_score_breakup = None;
}

/// The age bucket with the largest share of men and women together, out of those known for both;
/// the youngest of equal ones.
fn top_age(split: &AgeGenderSplitOut) -> Option<BTreeMap<String, f64>> {
    let (male, female) = (split.male.as_ref()?, split.female.as_ref()?);
    // Buckets are named by their first year, so text order is age order.
    let sums = male.iter().filter_map(|(bucket, share)| {
        let sum = share.unwrap_or_default() + female.get(bucket)?.unwrap_or_default();
        Some((bucket, sum))
    });
    let top = sums.reduce(|top, next| if next.1 > top.1 { next } else { top });
    top.map(|(bucket, sum)| BTreeMap::from([(bucket.clone(), sum)]))
}

fn shares(json: Option<&JsonValue>) -> Option<BTreeMap<String, Option<f64>>> {
    let members = json?.as_object()?;
    Some(members.iter().map(|(name, share)| (name.clone(), share.as_f64())).collect())
}

fn texts(json: Option<JsonValue>) -> Option<BTreeMap<String, String>> {
    let JsonValue::Object(members) = json? else {
        return None;
    };
    let text = |value| match value {
        JsonValue::Null => None,
        JsonValue::String(text) => Some(text),
        other => Some(other.to_string()),
    };
    Some(members.into_iter().filter_map(|(name, value)| Some((name, text(value)?))).collect())
}

fn finite(value: Option<f64>) -> Option<f64> {
    value.filter(|value| value.is_finite())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::core::types::Platform;

    fn audience(split: JsonValue) -> AudienceDataOut {
        let row = Model {
            audience_location_split: Some(json!({
                "city": {"Pune": 30, "Others": 70}, "country": {"IN": 99.5},
            })),
            audience_age_gender_split: Some(split),
            quality_score_breakup: Some(json!({"FOLLOWERS": "HIGH", "VIEWS": 3, "UPLOADS": null})),
            quality_audience_score: Some(f64::NAN),
            quality_audience_percentage: Some(71.0),
            quality_score_grade: Some("Good".to_owned()),
            ..Model::default()
        };
        let account = AccountPath { platform: Platform::Youtube, id: 7 };
        audience_data(account, row, None)
    }

    fn top(split: JsonValue) -> Option<(String, f64)> {
        audience(split).top_age?.pop_first()
    }

    #[test]
    fn top_age_adds_both_genders() {
        let split =
            json!({"female": {"18-24": 20, "25-34": 15}, "male": {"18-24": 25, "25-34": 32}});
        assert_eq!(top(split), Some(("25-34".to_owned(), 47.0)));
    }

    #[test]
    fn top_age_needs_a_common_bucket_and_prefers_the_youngest() {
        assert_eq!(top(json!({"female": {"18-24": 20}, "male": {"25-34": 32}})), None);
        assert_eq!(top(json!({"female": {"18-24": 20}})), None);
        let split = json!({"female": {"65+": 9, "13-17": null, "18-24": 5},
                           "male": {"65+": 1, "13-17": 10, "18-24": 5}});
        assert_eq!(top(split), Some(("13-17".to_owned(), 10.0)));
    }

    #[test]
    fn maps_are_read_and_other_cities_dropped() {
        let audience = audience(json!(null));
        let cities = BTreeMap::from([("Pune".to_owned(), Some(30.0))]);
        assert_eq!(audience.city_wise_audience_location, Some(cities));
        let breakup = audience.quality_score_breakup.expect("has texts");
        assert_eq!(breakup.len(), 2);
        assert_eq!(breakup["VIEWS"], "3");
        assert_eq!(audience.quality_audience_score, None);
    }

    #[test]
    fn mask_keeps_country_gender_language_and_grade() {
        let mut masked = audience(json!({"female": {"18-24": 20}, "male": {"18-24": 32}}));
        mask_audience(&mut masked);
        assert_eq!(
            serde_json::to_value(masked).expect("serialises"),
            json!({
                "platformProfileId": 7, "platform": "YOUTUBE", "cityWiseAudienceLocation": null,
                "countryWiseAudienceLocation": {"IN": 99.5}, "audienceAgeGenderSplit": {},
                "qualityScoreGrade": "Good",
            })
        );
    }
}
