//! Rules of the genre overview, pure: fields, languages of a split, rows to entries.

use std::collections::BTreeMap;

use chrono_tz::Tz;

use super::dto::{AgeGenderOut, GenreEntryOut, GenreFields, LanguageSplitOut};
use super::entity::GenreRow;
use crate::core::error::Error;
use crate::core::query::{Clause, Filter, Filters, ListIn, Sort, compile, expand_demographics};
use crate::core::route::ListFields as _;

const AGE_GENDER: &str = "audience_age_gender";
const GENDERS: [&str; 2] = ["male", "female"];

/// Conditions of the filters.
///
/// # Errors
/// `invalid Request`: a filter outside the documented ones.
pub(super) fn conditions(filters: &Filters, zone: Tz) -> Result<Vec<Clause>, Error> {
    let clauses = compile(&expand_demographics(filters), GenreFields::FIELDS, zone)?;
    let known = clauses.iter().flat_map(|clause| &clause.0).all(|(operand, _)| {
        let gender = operand.path.first().map(String::as_str).unwrap_or_default();
        operand.column != AGE_GENDER || GENDERS.contains(&gender)
    });
    if known { Ok(clauses) } else { Err(Error::invalid_filter(AGE_GENDER)) }
}

/// Order of a list, by id when it names none.
///
/// # Errors
/// `invalid Request`: a sort outside the documented ones.
pub(super) fn sort(list: &ListIn) -> Result<Sort, Error> {
    Sort::resolve(
        GenreFields::FIELDS,
        list.sort_by.as_deref().unwrap_or("id"),
        list.sort_dir.as_deref(),
    )
}

/// Languages of the rows, each once, in the order of the rows.
pub(super) fn languages(rows: &[GenreRow]) -> Vec<&str> {
    let mut languages: Vec<&str> = Vec::new();
    for language in rows.iter().map(|row| row.language.as_str()) {
        if !language.is_empty() && !languages.contains(&language) {
            languages.push(language);
        }
    }
    languages
}

/// Filters for the rows of both platforms in the given languages.
pub(super) fn of_both_platforms(filters: &Filters, languages: &[&str]) -> Filters {
    filters
        .without(&["language", "platform"])
        .with(Filter::new("IN", "language", languages.join(",")))
        .with(Filter::new("IN", "platform", "INSTAGRAM,YOUTUBE"))
}

/// Entries by platform, without the audience.
pub(super) fn language_split(rows: Vec<GenreRow>) -> LanguageSplitOut {
    let mut split = LanguageSplitOut::default();
    for row in rows {
        let entry = entry(GenreRow {
            audience_age_gender: BTreeMap::new(),
            audience_gender: BTreeMap::new(),
            ..row
        });
        match entry.platform.as_str() {
            "INSTAGRAM" => split.instagram.push(entry),
            "YOUTUBE" => split.youtube.push(entry),
            _ => {}
        }
    }
    split
}

/// The entry of a row.
pub(super) fn entry(mut row: GenreRow) -> GenreEntryOut {
    let mut ages = |gender| shares(row.audience_age_gender.remove(gender).unwrap_or_default());
    let audience_age_gender = AgeGenderOut { male: ages("male"), female: ages("female") };
    let rate = row.engagement_rate.map(|rate| rate * 100.0);
    GenreEntryOut {
        id: row.id.cast_signed(),
        category: row.category,
        month: row.month,
        platform: row.platform,
        country: row.country,
        language: row.language,
        profile_type: row.profile_type,
        creators: row.creators.cast_signed(),
        uploads: row.uploads,
        views: row.views,
        plays: row.plays,
        followers: row.followers,
        likes: row.likes,
        comments: row.comments,
        engagement: row.engagement,
        engagement_rate: rate.filter(|rate| rate.is_finite()),
        audience_age_gender,
        audience_gender: shares(row.audience_gender),
    }
}

/// Known shares; absent when there is none.
fn shares(mut shares: BTreeMap<String, f64>) -> Option<BTreeMap<String, f64>> {
    shares.retain(|_, share| share.is_finite());
    (!shares.is_empty()).then_some(shares)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(platform: &str, language: &str) -> GenreRow {
        let map = |key: &str| BTreeMap::from([(key.to_owned(), 40.0)]);
        GenreRow {
            platform: platform.to_owned(),
            language: language.to_owned(),
            engagement_rate: Some(0.25),
            audience_gender: map("male_per"),
            audience_age_gender: BTreeMap::from([
                ("male".to_owned(), map("18-24")),
                ("female".to_owned(), BTreeMap::from([("18-24".to_owned(), f64::NAN)])),
            ]),
            ..GenreRow::default()
        }
    }

    fn accepts(field: &str) -> bool {
        conditions(&Filters(vec![Filter::new("GTE", field, "10")]), Tz::UTC).is_ok()
    }

    #[test]
    fn paths_have_the_depth_of_their_map() {
        assert!(accepts("audience_age.18-24"));
        assert!(accepts("audience_age_gender.male.18-24"));
        for field in ["audience_age", "audience_age.a.b", "audience_age_gender.male"] {
            assert!(!accepts(field), "{field}");
        }
        assert!(!accepts("audience_age_gender.other.18-24"));
    }

    #[test]
    fn unknown_shares_are_left_out() {
        let entry = entry(row("ALL", "hi"));
        assert_eq!(entry.engagement_rate, Some(25.0));
        assert!(entry.audience_age_gender.male.is_some());
        assert_eq!(entry.audience_age_gender.female, None);
    }

    #[test]
    fn split_is_by_platform_and_without_audience() {
        let split = language_split(vec![row("YOUTUBE", "hi"), row("INSTAGRAM", "hi")]);
        let json = serde_json::to_value(&split).expect("serialises");
        assert_eq!(json["youtube"][0]["audienceAgeGender"], serde_json::json!({}));
        assert!(json["instagram"][0].get("audienceGender").is_none());
        let empty = serde_json::to_value(LanguageSplitOut::default()).expect("serialises");
        assert_eq!(empty, serde_json::json!({}));
    }

    #[test]
    fn languages_of_the_page_replace_the_clients() {
        let rows = [row("ALL", "hi"), row("ALL", "en"), row("ALL", "hi"), row("ALL", "")];
        let asked = Filters(vec![
            Filter::new("EQ", "language", "ta"),
            Filter::new("EQ", "month", "ALL"),
            Filter::new("EQ", "platform", "ALL"),
        ]);
        let filters = of_both_platforms(&asked, &languages(&rows));
        assert_eq!(filters.value("language"), Some("hi,en"));
        assert_eq!(filters.value("platform"), Some("INSTAGRAM,YOUTUBE"));
        assert_eq!(filters.0.len(), 3);
    }
}
