//! What a change makes of a campaign profile.

use serde_json::{Map, Value, json};

use super::super::dto::{AdminDetailsIn, ChangesIn, LevelIn, OfAccount, UserDetailsIn};
use super::super::entity::Model;
use super::derived::derive;
use super::levels::{self, COHORTS, PROGRAMS, Tags};
use super::places::capitalised;
use crate::core::error::{Code, Error};
use crate::core::types::CampaignPlatform;

/// Longest text of a name or a contact, in characters: what an index takes.
const LONGEST_NAME: usize = 500;
/// Longest other text.
const LONGEST_TEXT: usize = 20_000;
/// Most elements of a list.
const LONGEST_LIST: usize = 200;

/// The profile as it is after the change, with the columns that follow from it.
///
/// # Errors
/// `invalid creator program`, `invalid creator cohort`, a text or list that is too long.
pub fn merged(mut row: Model, changes: &ChangesIn, account: OfAccount<'_>) -> Result<Model, Error> {
    row.admin_details = Some(admin(row.admin_details.take(), changes.admin.as_ref())?);
    row.user_details = Some(user(row.user_details.take(), changes.user.as_ref())?);
    if let Some(on_gcc_app) = changes.on_gcc_app {
        row.on_gcc_app = on_gcc_app;
    }
    if let Some(on_gcc) = changes.on_gcc {
        row.on_gcc = on_gcc;
    }
    row.on_gcc |= changes.on_gcc_app == Some(true);
    if row.platform == CampaignPlatform::Gcc.name() {
        row.gcc_user_account_id = changes.account_id.or(row.gcc_user_account_id);
    } else if changes.leaves && changes.on_gcc_app == Some(false) {
        row.gcc_user_account_id = None;
    } else {
        row.gcc_user_account_id = changes.account_id.or(row.gcc_user_account_id);
    }
    row.updated_by = Some(changes.updated_by.clone());
    derive(&mut row, account);
    Ok(row)
}

/// Whether the details of a change can be stored.
///
/// # Errors
/// As [`merged`].
pub fn check(changes: &ChangesIn) -> Result<(), Error> {
    admin(None, changes.admin.as_ref())?;
    user(None, changes.user.as_ref()).map(drop)
}

fn admin(stored: Option<Value>, sent: Option<&AdminDetailsIn>) -> Result<Value, Error> {
    let mut details = Details::new(stored);
    if let Some(sent) = sent {
        details.name("name", sent.name.as_ref())?;
        details.name("email", sent.email.as_ref())?;
        details.name("phone", sent.phone.as_ref())?;
        details.name("secondaryPhone", sent.secondary_phone.as_ref())?;
        details.name("gender", sent.gender.as_ref())?;
        details.list("languages", sent.languages.as_deref())?;
        for (key, place) in
            [("city", &sent.city), ("state", &sent.state), ("country", &sent.country)]
        {
            details.name(key, place.as_ref().map(|name| capitalised(name)).as_ref())?;
        }
        details.name("dob", sent.dob.as_ref())?;
        details.text("bio", sent.bio.as_ref(), LONGEST_TEXT)?;
        details.ids("campaignCategoryIds", sent.campaign_category_ids.as_deref())?;
        let invalid = "invalid creator program";
        details.levels("creatorPrograms", sent.creator_programs.as_deref(), PROGRAMS, invalid)?;
        let invalid = "invalid creator cohort";
        details.levels("creatorCohorts", sent.creator_cohorts.as_deref(), COHORTS, invalid)?;
        details.flag("isBlacklisted", sent.is_blacklisted);
        details.name("blacklistedBy", sent.blacklisted_by.as_ref())?;
        details.text("blacklistedReason", sent.blacklisted_reason.as_ref(), LONGEST_TEXT)?;
        details.name("countryCode", sent.country_code.as_ref())?;
        details.flag("whatsappOptIn", sent.whatsapp_opt_in);
        if details.0.get("isBlacklisted") != Some(&Value::Bool(true)) {
            details.0.remove("blacklistedBy");
            details.0.remove("blacklistedReason");
        }
    }
    details.falsify(&["isBlacklisted", "whatsappOptIn"]);
    details.0.remove("location");
    let places = ["city", "state", "country"].into_iter().filter_map(|key| details.0.get(key));
    let places: Vec<Value> = places.filter(|place| place.is_string()).cloned().collect();
    if !places.is_empty() {
        details.0.insert("location".to_owned(), places.into());
    }
    Ok(details.0.into())
}

fn user(stored: Option<Value>, sent: Option<&UserDetailsIn>) -> Result<Value, Error> {
    let mut details = Details::new(stored);
    if let Some(sent) = sent {
        details.name("email", sent.email.as_ref())?;
        details.name("phone", sent.phone.as_ref())?;
        details.name("secondaryPhone", sent.secondary_phone.as_ref())?;
        details.name("name", sent.name.as_ref())?;
        details.name("dob", sent.dob.as_ref())?;
        details.name("gender", sent.gender.as_ref())?;
        details.ids("campaignCategoryIds", sent.campaign_category_ids.as_deref())?;
        details.list("languages", sent.languages.as_deref())?;
        let places = sent.location.as_ref();
        let places: Option<Vec<String>> =
            places.map(|places| places.iter().map(|name| capitalised(name)).collect());
        details.list("location", places.as_deref())?;
        details.text("notificationToken", sent.notification_token.as_ref(), LONGEST_TEXT)?;
        details.text("bio", sent.bio.as_ref(), LONGEST_TEXT)?;
        details.name("memberId", sent.member_id.as_ref())?;
        details.name("referenceCode", sent.reference_code.as_ref())?;
        details.name("webengageUserId", sent.webengage_user_id.as_ref())?;
        details.flag("whatsappOptIn", sent.whatsapp_opt_in);
        details.flag("ekycPending", sent.ekyc_pending);
        details.flag("instantGratificationInvited", sent.instant_gratification_invited);
        details.flag("amazonStoreLinkVerified", sent.amazon_store_link_verified);
    }
    details.falsify(&[
        "whatsappOptIn",
        "ekycPending",
        "instantGratificationInvited",
        "amazonStoreLinkVerified",
    ]);
    Ok(details.0.into())
}

/// Stored details that are being changed: an absent member stays, an empty one is removed.
struct Details(Map<String, Value>);

impl Details {
    fn new(stored: Option<Value>) -> Self {
        match stored {
            Some(Value::Object(members)) => Self(members),
            _ => Self(Map::new()),
        }
    }

    fn name(&mut self, key: &'static str, sent: Option<&String>) -> Result<(), Error> {
        self.text(key, sent, LONGEST_NAME)
    }

    fn text(
        &mut self,
        key: &'static str,
        sent: Option<&String>,
        longest: usize,
    ) -> Result<(), Error> {
        let Some(text) = sent else { return Ok(()) };
        if text.chars().count() > longest {
            let text = format!("{key} must have at most {longest} characters");
            return Err(Error::invalid_value(key, text));
        }
        if text.is_empty() {
            self.0.remove(key);
        } else {
            self.0.insert(key.to_owned(), text.as_str().into());
        }
        Ok(())
    }

    fn list(&mut self, key: &'static str, sent: Option<&[String]>) -> Result<(), Error> {
        let Some(sent) = sent else { return Ok(()) };
        let is_long = |text: &String| text.chars().count() > LONGEST_NAME;
        if sent.len() > LONGEST_LIST || sent.iter().any(is_long) {
            let text = format!(
                "{key} must have at most {LONGEST_LIST} elements of {LONGEST_NAME} characters"
            );
            return Err(Error::invalid_value(key, text));
        }
        if sent.is_empty() {
            self.0.remove(key);
        } else {
            self.0.insert(key.to_owned(), json!(sent));
        }
        Ok(())
    }

    fn ids(&mut self, key: &'static str, sent: Option<&[i64]>) -> Result<(), Error> {
        let texts: Option<Vec<String>> =
            sent.map(|ids| ids.iter().map(ToString::to_string).collect());
        self.list(key, texts.as_deref())
    }

    fn levels(
        &mut self,
        key: &'static str,
        sent: Option<&[LevelIn]>,
        tags: Tags,
        invalid: &'static str,
    ) -> Result<(), Error> {
        let Some(sent) = sent else { return Ok(()) };
        let stored: Option<Vec<String>> =
            sent.iter().map(|level| levels::stored(level, tags)).collect();
        let refused = || Error::refused(Code::InvalidValue, invalid).at(key);
        self.list(key, Some(&stored.ok_or_else(refused)?))
    }

    fn flag(&mut self, key: &str, sent: Option<bool>) {
        if let Some(value) = sent {
            self.0.insert(key.to_owned(), value.into());
        }
    }

    /// What is not there is false.
    fn falsify(&mut self, keys: &[&str]) {
        for key in keys {
            let flag = self.0.get(*key).and_then(Value::as_bool).unwrap_or_default();
            self.0.insert((*key).to_owned(), flag.into());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(admin: Value, user: Value) -> Model {
        Model {
            id: 1,
            platform: "INSTAGRAM".to_owned(),
            platform_account_id: 7,
            admin_details: Some(admin),
            user_details: Some(user),
            on_gcc: false,
            on_gcc_app: true,
            gcc_user_account_id: Some(5),
            updated_by: None,
            has_email: true,
            has_phone: true,
            gender: None,
            dob: None,
            phone: None,
            location: None,
            languages: None,
            enabled: true,
            created_at: chrono::DateTime::UNIX_EPOCH,
            updated_at: chrono::DateTime::UNIX_EPOCH,
        }
    }

    fn change(admin: &Value, user: &Value) -> ChangesIn {
        ChangesIn {
            admin: serde_json::from_value(admin.clone()).expect("details"),
            user: serde_json::from_value(user.clone()).expect("details"),
            ..ChangesIn::default()
        }
    }

    #[test]
    fn members_stay_go_or_are_replaced() {
        let stored = json!({"name": "Asha", "city": "Pune", "languages": ["hi"],
            "isBlacklisted": true, "blacklistedBy": "ops", "whatsappOptIn": true});
        let sent = json!({"isBlacklisted": false, "languages": [], "state": "maharashtra"});
        let changes = change(&sent, &json!(null));
        let merged =
            merged(row(stored, json!(null)), &changes, OfAccount::default()).expect("merges");
        let expected = json!({"name": "Asha", "city": "Pune", "state": "Maharashtra",
            "location": ["Pune", "Maharashtra"], "isBlacklisted": false, "whatsappOptIn": true});
        assert_eq!(merged.admin_details, Some(expected));
        let defaults = json!({"whatsappOptIn": false, "ekycPending": false,
            "instantGratificationInvited": false, "amazonStoreLinkVerified": false});
        assert_eq!(merged.user_details, Some(defaults));
        assert!(!merged.has_email && !merged.has_phone, "flags go back to false");
    }

    #[test]
    fn columns_follow_from_the_creator_then_staff_then_the_account() {
        let (languages, location) = (["hi", "en"], ["Goa", "India"]);
        let [languages, location] = [languages, location].map(|list| list.map(str::to_owned));
        let account =
            OfAccount { languages: &languages, location: &location, ..OfAccount::default() };
        let user = json!({"gender": "F", "phone": "11", "location": ["Goa"], "languages": ["hi"]});
        let admin = json!({"gender": "M", "phone": "22", "city": "goa", "dob": "1990-01-02"});
        let first = merged(row(json!({}), json!({})), &change(&admin, &user), account);
        let again =
            merged(first.expect("merges"), &change(&json!({"bio": "x"}), &json!(null)), account);
        let row = again.expect("merges");
        assert_eq!(row.gender.as_deref(), Some("F"));
        assert_eq!(row.phone, Some(vec!["11".to_owned(), "22".to_owned()]));
        assert_eq!(row.dob, chrono::NaiveDate::from_ymd_opt(1990, 1, 2));
        assert_eq!(row.location, Some(location.to_vec()));
        assert_eq!(row.languages, Some(languages.to_vec()));
    }

    #[test]
    fn who_leaves_the_application_is_forgotten_where_that_is_meant() {
        let of = |leaves| {
            let changes = ChangesIn { on_gcc_app: Some(false), leaves, ..ChangesIn::default() };
            let row = merged(row(json!({}), json!({})), &changes, OfAccount::default());
            let row = row.expect("merges");
            (row.on_gcc_app, row.gcc_user_account_id)
        };
        assert_eq!((of(true), of(false)), ((false, None), (false, Some(5))));
    }

    #[test]
    fn what_cannot_be_stored_is_refused() {
        for bad in [
            json!({"creatorPrograms": [{"tag": "MUSIC", "level": "PRO"}]}),
            json!({"creatorCohorts": [{"tag": "VIEWS", "level": ""}]}),
            json!({"name": "x".repeat(LONGEST_NAME + 1)}),
            json!({"bio": "x".repeat(LONGEST_TEXT + 1)}),
            json!({"languages": vec!["hi"; LONGEST_LIST + 1]}),
        ] {
            let changes = change(&bad, &json!(null));
            let merged = merged(row(json!({}), json!({})), &changes, OfAccount::default());
            assert!(merged.is_err(), "{bad:.60}");
        }
    }
}
