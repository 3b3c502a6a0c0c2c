//! What becomes of an account: the rows of a file merged with what is stored.
//!
//! A value of the file wins, one that the file lacks stays; then everything that follows from the
//! merged row is computed again. `enabled`, `deleted`, contacts and links are never touched, nor is an
//! account that was synchronised after the snapshot.

pub(super) mod instagram;
pub(super) mod youtube;

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use serde_json::Value;

/// PostgreSQL holds names of this many characters.
const MAX_NAME: usize = 255;
/// Members of the details of a campaign profile that a search by staff finds.
const CONTACTS: [&str; 3] = ["email", "phone", "secondaryPhone"];

/// The instant that stands for a day of observation.
fn snapshot(observed_on: NaiveDate) -> DateTime<Utc> {
    observed_on.and_time(NaiveTime::MIN).and_utc()
}

/// Lower-cased words by which staff find an account, each once: those of the details that staff and
/// creator entered, then those of the account's names.
fn admin_keywords(details: [Option<&Value>; 2], names: [Option<&str>; 3]) -> Vec<String> {
    let mut keywords: Vec<String> = Vec::new();
    let mut add = |text: &str| {
        if !text.is_empty() && !keywords.iter().any(|known| known == text) {
            keywords.push(text.to_owned());
        }
    };
    for details in details.into_iter().flatten() {
        let text = |key: &str| details[key].as_str().unwrap_or_default().trim().to_lowercase();
        text("name").split_whitespace().for_each(&mut add);
        CONTACTS.iter().for_each(|key| add(&text(key)));
    }
    for name in names.into_iter().flatten() {
        name.to_lowercase().split_whitespace().for_each(&mut add);
    }
    keywords
}

/// The part of a name that PostgreSQL can hold.
fn name(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.chars().take(MAX_NAME).collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn staff_find_an_account_by_details_and_names() {
        let admin = json!({"name": "Asha Rao", "email": "A@x.in", "phone": "+91 1", "dob": null});
        let user = json!({"name": "asha", "secondaryPhone": "7"});
        let names = [Some("Asha Cooks"), None, Some("title-1")];
        assert_eq!(
            admin_keywords([Some(&admin), Some(&user)], names),
            ["asha", "rao", "a@x.in", "+91 1", "7", "cooks", "title-1"]
        );
        assert_eq!(admin_keywords([None, None], [None; 3]), Vec::<String>::new());
    }
}
