//! From columns of accounts to those of the search table.

use super::super::entity::SortedBy;
use crate::core::query::{Clause, Comparison, Kind, Operand, Test, Value};

/// Numbers of documents that have columns of their own: document, key, column.
#[rustfmt::skip]
const NUMBERS: &[(&str, &str, &str)] = &[
    ("account.audience_age", "13-17", "audience_age_13_17"),
    ("account.audience_age", "18-24", "audience_age_18_24"),
    ("account.audience_age", "25-34", "audience_age_25_34"),
    ("account.audience_age", "35-44", "audience_age_35_44"),
    ("account.audience_age", "45-54", "audience_age_45_54"),
    ("account.audience_age", "55-64", "audience_age_55_64"),
    ("account.audience_age", "65+", "audience_age_65"),
    ("account.audience_gender", "male_per", "audience_gender_male_per"),
    ("account.audience_gender", "female_per", "audience_gender_female_per"),
    ("account.audience_gender", "other_per", "audience_gender_other_per"),
    ("account.est_post_price", "image_posts", "est_post_price_image_posts"),
    ("account.est_post_price", "reel_posts", "est_post_price_reel_posts"),
    ("account.est_post_price", "story_posts", "est_post_price_story_posts"),
    ("account.est_post_price", "video_posts", "est_post_price_video_posts"),
    ("account.est_post_price", "short_posts", "est_post_price_short_posts"),
    ("account.est_reach", "image_posts", "est_reach_image_posts"),
    ("account.est_reach", "reel_posts", "est_reach_reel_posts"),
    ("account.est_reach", "story_posts", "est_reach_story_posts"),
    ("account.est_reach", "video_posts", "est_reach_video_posts"),
    ("account.est_reach", "short_posts", "est_reach_short_posts"),
    ("account.est_impressions", "image_posts", "est_impressions_image_posts"),
    ("account.est_impressions", "reel_posts", "est_impressions_reel_posts"),
    ("account.est_impressions", "story_posts", "est_impressions_story_posts"),
    ("account.est_impressions", "video_posts", "est_impressions_video_posts"),
    ("account.est_impressions", "short_posts", "est_impressions_short_posts"),
];
const PLACES: &str = "account.audience_location";
/// Columns of lists, in the order of their bits in the column `missing`.
const LISTS: [&str; 6] =
    ["keywords", "keywords_admin", "location", "location_list", "languages", "categories"];

/// Whether the search table answers a condition just as PostgreSQL does. It compares texts byte by byte, where
/// the collation of a database may have another order, and knows the cases of plain letters only.
pub(in super::super) fn is_askable(clause: &Clause) -> bool {
    let Clause(alternatives) = clause;
    alternatives.iter().all(|(operand, test)| {
        let is_ordered = matches!(
            test,
            Test::Compare(
                Comparison::AtLeast | Comparison::AtMost | Comparison::Greater | Comparison::Less,
                Value::Text(_)
            )
        );
        let is_foreign = match (test, operand.kind) {
            (Test::Contains(text), Kind::Text) => !text.is_ascii(),
            _ => false,
        };
        operand.column.starts_with("account.") && !is_ordered && !is_foreign
    })
}

/// The same conditions on columns of the search table.
pub(super) fn rewritten(clauses: &[Clause]) -> Vec<Clause> {
    let of = |Clause(alternatives): &Clause| {
        let alternatives = alternatives.iter();
        Clause(alternatives.map(|(operand, test)| (column(operand), test.clone())).collect())
    };
    clauses.iter().map(of).collect()
}

fn column(operand: &Operand) -> Operand {
    let Operand { column, kind, path } = operand;
    let keys: Vec<&str> = path.iter().map(String::as_str).collect();
    let number =
        NUMBERS.iter().find(|(document, key, _)| document == column && keys.as_slice() == [*key]);
    if let Some((_, _, column)) = number {
        return Operand { column, kind: Kind::Float, path: Vec::new() };
    }
    let path = if *column == PLACES { vec![keys.join(".")] } else { path.clone() };
    let kind = match kind {
        Kind::Name(folded) => Kind::Name(bare(folded)),
        other => *other,
    };
    Operand { column: named(column), kind, path }
}

/// The key of an order in the search table.
pub(super) fn sorted(key: SortedBy) -> SortedBy {
    SortedBy { column: named(key.column), ..key }
}

/// Names of channels are titles in PostgreSQL.
fn named(column: &'static str) -> &'static str {
    match bare(column) {
        "title" => "name",
        other => other,
    }
}

fn bare(column: &'static str) -> &'static str {
    column.strip_prefix("account.").unwrap_or(column)
}

/// Bits of `missing` that must not be set: a list that is null is not without elements either.
pub(super) fn missing_bits(clauses: &[Clause]) -> u8 {
    let tests = clauses.iter().flat_map(|Clause(alternatives)| alternatives);
    let disjoint = tests.filter(|(_, test)| matches!(test, Test::Disjoint(_)));
    let bit = |(operand, _): &(Operand, Test)| {
        let place = LISTS.iter().position(|list| *list == bare(operand.column))?;
        1_u8.checked_shl(u32::try_from(place).ok()?)
    };
    disjoint.filter_map(bit).fold(0, |bits, bit| bits | bit)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clause(column: &'static str, kind: Kind, path: &[&str], test: Test) -> Clause {
        let path = path.iter().map(|key| (*key).to_owned()).collect();
        Clause(vec![(Operand { column, kind, path }, test)])
    }

    fn only(clause: Clause) -> (&'static str, Vec<String>) {
        let Operand { column, path, .. } = rewritten(&[clause])[0].0[0].0.clone();
        (column, path)
    }

    #[test]
    fn numbers_of_documents_are_columns_and_places_are_keys() {
        let test = Test::Compare(Comparison::AtLeast, Value::Integer(1));
        let number = clause("account.audience_age", Kind::JsonNumber, &["65+"], test.clone());
        assert_eq!(only(number), ("audience_age_65", vec![]));
        let place =
            clause("account.audience_location", Kind::JsonNumber, &["city", "St. Louis"], test);
        assert_eq!(only(place), ("audience_location", vec!["city.St. Louis".to_owned()]));
    }

    #[test]
    fn what_collations_decide_is_not_asked() {
        let city = |test| is_askable(&clause("account.city", Kind::Text, &[], test));
        let text = |text: &str| Value::Text(text.to_owned());
        assert!(city(Test::Compare(Comparison::Equal, text("Zürich"))));
        assert!(!city(Test::Compare(Comparison::AtLeast, text("Pune"))));
        assert!(city(Test::Contains("pun".to_owned())));
        assert!(!city(Test::Contains("zür".to_owned())));
        assert!(!is_askable(&clause("campaign.on_gcc", Kind::Bool, &[], Test::Is(true))));
    }

    #[test]
    fn lists_that_must_be_there_have_their_bits() {
        let without =
            |column| clause(column, Kind::TextArray, &[], Test::Disjoint(vec!["a".to_owned()]));
        let bits = missing_bits(&[without("account.keywords"), without("account.categories")]);
        assert_eq!(bits, 0b10_0001);
        let with = clause("account.languages", Kind::TextArray, &[], Test::Overlaps(vec![]));
        assert_eq!(missing_bits(&[with]), 0);
    }
}
