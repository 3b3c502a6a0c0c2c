//! Details from their stored form.

use serde_json::Value;

use super::super::dto::{AdminDetailsOut, LevelOut, UserDetailsOut};
use super::levels::{self, COHORTS, PROGRAMS, Tags};

/// What staff entered.
pub fn admin(stored: &Value) -> AdminDetailsOut {
    let text = |key| text(stored, key);
    AdminDetailsOut {
        name: text("name"),
        email: text("email"),
        phone: text("phone"),
        secondary_phone: text("secondaryPhone"),
        gender: text("gender"),
        languages: texts(stored, "languages"),
        city: text("city"),
        state: text("state"),
        country: text("country"),
        dob: text("dob"),
        bio: text("bio"),
        campaign_category_ids: category_ids(stored),
        creator_programs: levels(stored, "creatorPrograms", PROGRAMS),
        creator_cohorts: levels(stored, "creatorCohorts", COHORTS),
        is_blacklisted: flag(stored, "isBlacklisted"),
        blacklisted_by: text("blacklistedBy"),
        blacklisted_reason: text("blacklistedReason"),
        location: texts(stored, "location"),
        country_code: text("countryCode"),
        whatsapp_opt_in: flag(stored, "whatsappOptIn"),
    }
}

/// What the creator entered.
pub fn user(stored: &Value) -> UserDetailsOut {
    let text = |key| text(stored, key);
    UserDetailsOut {
        email: text("email"),
        phone: text("phone"),
        secondary_phone: text("secondaryPhone"),
        name: text("name"),
        dob: text("dob"),
        gender: text("gender"),
        campaign_category_ids: category_ids(stored),
        languages: texts(stored, "languages"),
        location: texts(stored, "location"),
        notification_token: text("notificationToken"),
        bio: text("bio"),
        member_id: text("memberId"),
        reference_code: text("referenceCode"),
        webengage_user_id: text("webengageUserId"),
        whatsapp_opt_in: flag(stored, "whatsappOptIn"),
        ekyc_pending: flag(stored, "ekycPending"),
        instant_gratification_invited: flag(stored, "instantGratificationInvited"),
        amazon_store_link_verified: flag(stored, "amazonStoreLinkVerified"),
    }
}

/// A text.
pub fn text(stored: &Value, key: &str) -> Option<String> {
    stored.get(key)?.as_str().map(str::to_owned)
}

/// A list of texts.
pub fn texts(stored: &Value, key: &str) -> Option<Vec<String>> {
    let values = stored.get(key)?.as_array()?;
    Some(values.iter().filter_map(Value::as_str).map(str::to_owned).collect())
}

fn flag(stored: &Value, key: &str) -> Option<bool> {
    stored.get(key).and_then(Value::as_bool)
}

/// Category ids, which are stored as texts.
fn category_ids(stored: &Value) -> Option<Vec<i64>> {
    let ids = texts(stored, "campaignCategoryIds")?;
    Some(ids.iter().filter_map(|id| id.parse().ok()).collect())
}

fn levels(stored: &Value, key: &str, tags: Tags) -> Option<Vec<LevelOut>> {
    Some(texts(stored, key)?.iter().filter_map(|text| levels::read(text, tags)).collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn stored_levels_and_ids_are_read_and_unreadable_ones_skipped() {
        let details = admin(&json!({
            "creatorPrograms": ["3_PRO", "9_PRO", "3"], "campaignCategoryIds": ["5", "x"],
        }));
        let level = LevelOut { level: "PRO".to_owned(), tag: "GOOD_LIFE" };
        assert_eq!(details.creator_programs, Some(vec![level]));
        assert_eq!(details.campaign_category_ids, Some(vec![5]));
        assert_eq!((details.is_blacklisted, details.whatsapp_opt_in), (None, None));
    }
}
