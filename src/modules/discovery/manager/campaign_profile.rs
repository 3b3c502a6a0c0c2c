//! Campaign profiles as part of a profile: read from their stored form and masked for the caller.

use serde_json::Value;

use super::super::dto::{
    AdminDetailsOut, CampaignProfileOut, LevelOut, ProfileOut, UserDetailsOut,
};
use super::super::entity::{AccountRow, CampaignProfileRow};
use super::account::{Source, contacts, social_account};
use super::mask;
use crate::core::caller::Caller;
use crate::core::types::{CampaignPlatform, Plan};

const PROGRAMS: &[(&str, &str)] = &[("1", "BEAUTY"), ("2", "GOOD_PARENTING"), ("3", "GOOD_LIFE")];
const COHORTS: &[(&str, &str)] = &[("1", "CONTENT"), ("2", "ORDERS"), ("3", "VIEWS")];

/// A campaign profile, and its account where it has one, as this caller may see it.
pub fn out(
    row: &CampaignProfileRow,
    account: Option<&AccountRow>,
    caller: &Caller,
) -> CampaignProfileOut {
    let mut admin = row.admin_details.as_ref().map(admin_details).unwrap_or_default();
    let mut user = row.user_details.as_ref().map(user_details).unwrap_or_default();
    if !caller.is_admin() {
        mask::contacts([&mut admin.email], [&mut admin.phone, &mut admin.secondary_phone]);
        admin.blacklisted_by = None;
        admin.blacklisted_reason = None;
        mask::contacts([&mut user.email], [&mut user.phone, &mut user.secondary_phone]);
        user.notification_token = None;
    }
    if let Some(account) = account.filter(|_| caller.plan > Plan::Free) {
        let of_account = contacts(account);
        let [email, phone] = of_account.map(|text| text.filter(|text| !text.is_empty()));
        admin.email = admin.email.take().or_else(|| email.cloned());
        admin.phone = admin.phone.take().or_else(|| phone.cloned());
    }
    let social = account.map(|account| social_account(account, Source::Gcc));
    CampaignProfileOut {
        id: row.id,
        platform: row.platform.clone(),
        platform_account_id: row.platform_account_id,
        on_gcc: row.on_gcc,
        on_gcc_app: row.on_gcc_app,
        account_id: row.gcc_user_account_id,
        has_email: row.has_email,
        has_phone: row.has_phone,
        handle: social.as_ref().and_then(|social| social.handle.clone()),
        user_details: user,
        admin_details: admin,
        updated_by: row.updated_by.clone(),
        social_details: social,
    }
}

/// The profile of a campaign profile of the creator application, which has no account.
pub fn gcc_profile(row: &CampaignProfileRow, caller: &Caller) -> ProfileOut {
    let campaign = out(row, None, caller);
    let (user, admin) = (&campaign.user_details, &campaign.admin_details);
    let either = |user: &Option<String>, admin: &Option<String>| {
        user.clone().filter(|text| !text.is_empty()).or_else(|| admin.clone())
    };
    ProfileOut {
        platform_code: row.platform_account_id.to_string(),
        platform: Some(CampaignPlatform::Gcc),
        name: either(&user.name, &admin.name),
        email: either(&user.email, &admin.email),
        phone: either(&user.phone, &admin.phone),
        campaign_profile: Some(campaign),
        ..ProfileOut::default()
    }
}

fn admin_details(stored: &Value) -> AdminDetailsOut {
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

fn user_details(stored: &Value) -> UserDetailsOut {
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

fn text(stored: &Value, key: &str) -> Option<String> {
    stored.get(key)?.as_str().map(str::to_owned)
}

fn flag(stored: &Value, key: &str) -> Option<bool> {
    stored.get(key).and_then(Value::as_bool)
}

fn texts(stored: &Value, key: &str) -> Option<Vec<String>> {
    let values = stored.get(key)?.as_array()?;
    Some(values.iter().filter_map(Value::as_str).map(str::to_owned).collect())
}

/// Category ids, which are stored as texts.
fn category_ids(stored: &Value) -> Option<Vec<i64>> {
    let ids = texts(stored, "campaignCategoryIds")?;
    Some(ids.iter().filter_map(|id| id.parse().ok()).collect())
}

/// Levels, which are stored as `<id>_<level>`; what cannot be read is left out.
fn levels(stored: &Value, key: &str, tags: &[(&str, &'static str)]) -> Option<Vec<LevelOut>> {
    let read = |text: &String| {
        let (id, level) = text.split_once('_')?;
        let (_, tag) = tags.iter().find(|(known, _)| *known == id)?;
        Some(LevelOut { level: level.to_owned(), tag })
    };
    Some(texts(stored, key)?.iter().filter_map(read).collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::super::entity::instagram_account;
    use super::*;

    fn of(plan: Plan, partner_id: i64, admin_details: Value) -> Value {
        let row = CampaignProfileRow {
            id: 3,
            platform: "INSTAGRAM".to_owned(),
            platform_account_id: 7,
            admin_details: Some(admin_details),
            user_details: None,
            on_gcc: true,
            on_gcc_app: false,
            gcc_user_account_id: None,
            updated_by: None,
            has_email: true,
            has_phone: false,
        };
        let account = AccountRow::Instagram(Box::new(instagram_account::Row {
            email: Some("biz@x.in".to_owned()),
            phone: Some("9876543210".to_owned()),
            ..instagram_account::Row::default()
        }));
        let caller = Caller { partner_id: Some(partner_id), plan, ..Caller::default() };
        let out = serde_json::to_value(out(&row, Some(&account), &caller)).expect("serialises");
        out["adminDetails"].clone()
    }

    #[test]
    fn contacts_depend_on_caller_and_plan() {
        let stored = json!({"email": "asha@x.in"});
        let paid = of(Plan::Paid, 10, stored.clone());
        assert_eq!((&paid["email"], &paid["phone"]), (&json!("****@x.in"), &json!("9876543210")));
        let free = of(Plan::Free, 10, stored.clone());
        assert_eq!((&free["email"], free.get("phone")), (&json!("****@x.in"), None));
        let admin = of(Plan::Free, -1, stored.clone());
        assert_eq!((&admin["email"], admin.get("phone")), (&json!("asha@x.in"), None));
        let admin = of(Plan::Paid, -1, stored);
        assert_eq!((&admin["email"], &admin["phone"]), (&json!("asha@x.in"), &json!("9876543210")));
    }

    #[test]
    fn stored_levels_and_ids_are_read_and_unreadable_ones_skipped() {
        let stored = json!({
            "creatorPrograms": ["3_PRO", "9_PRO", "3"], "campaignCategoryIds": ["5", "x"],
            "blacklistedBy": "ops", "isBlacklisted": true,
        });
        let out = of(Plan::Paid, 10, stored);
        assert_eq!(out["creatorPrograms"], json!([{"level": "PRO", "tag": "GOOD_LIFE"}]));
        assert_eq!(out["campaignCategoryIds"], json!([5]));
        assert_eq!(out["isBlacklisted"], json!(true));
        assert_eq!(out.get("blacklistedBy"), None);
        assert_eq!(out["whatsappOptIn"], json!(null));
    }
}
