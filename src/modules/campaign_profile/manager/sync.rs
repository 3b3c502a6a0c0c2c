//! From a campaign profile to what the influencer application is told.

use super::super::dto::{AppLevelOut, AppProfileOut};
use super::languages;
use crate::modules::campaign::{CampaignProfileRow, LevelOut, service as campaign};

/// Levels that the application knows, stored and by its own names.
const LEVELS: [(&str, &str); 3] = [("PRO", "Pro"), ("CREATOR", "Creator"), ("SQUAD", "Squad")];

/// The profile, contacts unmasked.
pub fn app_profile(row: &CampaignProfileRow) -> AppProfileOut {
    let (admin, user) = campaign::details(row);
    let name = |code: String| languages::name(&code).to_owned();
    let programs = admin.creator_programs.map(|levels| levels.into_iter().map(program).collect());
    let cohorts = admin.creator_cohorts.map(|levels| levels.into_iter().map(cohort).collect());
    AppProfileOut {
        is_blacklisted: admin.is_blacklisted,
        blacklisted_by: admin.blacklisted_by,
        blacklisted_reason: admin.blacklisted_reason,
        name: admin.name,
        email: admin.email,
        phone_number: admin.phone,
        secondary_phone: admin.secondary_phone,
        city: admin.city,
        state: admin.state,
        country: admin.country,
        dob: admin.dob,
        gender: admin.gender,
        bio_on_app: admin.bio,
        user_categories: admin.campaign_category_ids,
        languages: admin.languages.map(|codes| codes.into_iter().map(name).collect()),
        creator_programs: programs,
        creator_cohorts: cohorts,
        account_id: row.gcc_user_account_id.map(|id| id.to_string()),
        on_gcc: row.on_gcc,
        whatsapp_opt_in: admin.whatsapp_opt_in,
        amazon_store_link_verified: user.amazon_store_link_verified,
        instant_gratification_invited: user.instant_gratification_invited,
        notification_token: user.notification_token,
        member_id: user.member_id,
        reference_code: user.reference_code,
        ekyc_pending: user.ekyc_pending,
        webengage_user_id: user.webengage_user_id,
    }
}

fn program(LevelOut { level, tag }: LevelOut) -> AppLevelOut {
    let known = LEVELS.iter().find(|(stored, _)| *stored == level);
    let level = known.map(|(_, name)| (*name).to_owned()).unwrap_or_default();
    AppLevelOut { id: campaign::program_id(tag), tag, level }
}

fn cohort(LevelOut { level, tag }: LevelOut) -> AppLevelOut {
    AppLevelOut { id: campaign::cohort_id(tag), tag, level }
}
