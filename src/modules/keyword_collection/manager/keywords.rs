//! Scores of the words in a report.

use std::collections::BTreeMap;

use super::super::entity::TokenRow;

/// Words that say nothing about a post.
pub const STOP_WORDS: &[&str] = &[
    "your", "its", "it's", "from", "this", "stop", "with", "that", "have", "https", "using",
    "also", "which", "these", "will", "what", "about", "more", "their", "they", "used", "some",
    "just", "like", "don't", "dont",
];

/// Most words that are shown.
const SHOWN: usize = 50;
/// Lowest and highest score of a word of a title.
const SCORES: (f64, f64) = (40.0, 95.0);

/// How much a word says: often used, but not everywhere.
fn share(row: &TokenRow) -> f64 {
    row.posts as f64 / row.tokens as f64
}

/// Scores of words of titles, the best ones.
pub fn scores_of_words(rows: Vec<TokenRow>) -> BTreeMap<String, f64> {
    let weight = |row: &TokenRow| share(row) * (row.most as f64 / row.posts as f64).ln();
    let mut weighed: Vec<(String, f64)> = rows
        .into_iter()
        .map(|row| (weight(&row), row.token))
        .map(|(by, word)| (word, by))
        .collect();
    let least = weighed.iter().map(|(_, weight)| *weight).fold(f64::INFINITY, f64::min);
    let most = weighed.iter().map(|(_, weight)| *weight).fold(f64::NEG_INFINITY, f64::max);
    weighed.sort_by(|one, next| next.1.total_cmp(&one.1).then_with(|| next.0.cmp(&one.0)));
    weighed.truncate(SHOWN);
    let (low, high) = SCORES;
    let score = |weight: f64| {
        if most > least { low + (high - low) * (weight - least) / (most - least) } else { low }
    };
    weighed.into_iter().map(|(word, weight)| (word, score(weight))).collect()
}

/// Scores of keywords that posts name themselves.
pub fn scores_of_keywords(rows: Vec<TokenRow>) -> BTreeMap<String, f64> {
    let score = |row: &TokenRow| {
        let rarity = if row.posts == row.most {
            1.5_f64.ln()
        } else {
            (row.most as f64 / row.posts as f64).ln()
        };
        100.0 - 1.0 / (share(row) * rarity)
    };
    rows.into_iter()
        .map(|row| (score(&row), row.token))
        .map(|(score, word)| (word, score))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(tokens: &[(&str, i64)]) -> Vec<TokenRow> {
        let most = tokens.iter().map(|(_, posts)| *posts).max().unwrap_or_default();
        let row = |(token, posts): &(&str, i64)| TokenRow {
            token: (*token).to_owned(),
            posts: *posts,
            tokens: tokens.len() as i64,
            most,
        };
        tokens.iter().map(row).collect()
    }

    #[test]
    fn words_of_titles_lie_between_40_and_95() {
        let scores = scores_of_words(rows(&[("often", 9), ("middle", 4), ("seldom", 3)]));
        // (4/3)·ln(9/4) = 1.0812, (3/3)·ln(9/3) = 1.0986
        assert_eq!((scores["often"], scores["seldom"]), (40.0, 95.0));
        assert!((scores["middle"] - (40.0 + 55.0 * 1.081_240 / 1.098_612)).abs() < 1e-3);
        assert_eq!(scores_of_words(rows(&[("one", 3), ("two", 3)]))["one"], 40.0);
        assert!(scores_of_words(Vec::new()).is_empty());
        let many: Vec<String> = (0..60).map(|nth| format!("word{nth:02}")).collect();
        let many: Vec<(&str, i64)> = many.iter().map(|word| (word.as_str(), 3)).collect();
        assert_eq!(scores_of_words(rows(&many)).len(), SHOWN);
    }

    #[test]
    fn keywords_of_posts_approach_100() {
        let scores = scores_of_keywords(rows(&[("tea", 12), ("chai", 6)]));
        assert!((scores["tea"] - (100.0 - 1.0 / (6.0 * 1.5_f64.ln()))).abs() < 1e-9);
        assert!((scores["chai"] - (100.0 - 1.0 / (3.0 * 2.0_f64.ln()))).abs() < 1e-9);
    }
}
