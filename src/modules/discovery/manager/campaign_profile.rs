//! Campaign profiles as part of a profile: with their account, and masked for the caller.

use super::super::dto::{CampaignProfileOut, ProfileOut};
use super::super::entity::AccountRow;
use super::account::{Source, contacts, social_account};
use super::mask;
use crate::core::caller::Caller;
use crate::core::types::{CampaignPlatform, Plan};
use crate::modules::campaign::{CampaignProfileRow, service::details};

/// A campaign profile, and its account where it has one, as this caller may see it.
pub fn out(
    row: &CampaignProfileRow,
    account: Option<&AccountRow>,
    caller: &Caller,
) -> CampaignProfileOut {
    let mut out = unmasked(row, account);
    let (admin, user) = (&mut out.admin_details, &mut out.user_details);
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
    out
}

/// A campaign profile, and its account where it has one, as staff entered it.
pub fn unmasked(row: &CampaignProfileRow, account: Option<&AccountRow>) -> CampaignProfileOut {
    let (admin_details, user_details) = details(row);
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
        user_details,
        admin_details,
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

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

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
    fn only_the_platform_sees_who_blacklisted_whom() {
        let stored = json!({"blacklistedBy": "ops", "isBlacklisted": true});
        let paid = of(Plan::Paid, 10, stored.clone());
        assert_eq!((&paid["isBlacklisted"], paid.get("blacklistedBy")), (&json!(true), None));
        assert_eq!(of(Plan::Paid, -1, stored)["blacklistedBy"], json!("ops"));
    }
}
