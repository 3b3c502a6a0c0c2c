//! Names are found whatever form they are written in, and shown as they are recorded.

use coffee::core::text::fold;
use coffee::core::types::Plan;
use sea_orm::sqlx;
use serde_json::json;

use super::{ALL_COUNTRIES, PLATFORMS, search_by};
use crate::support::TestApp;

/// Names as they are stored, and as somebody types them who looks for them.
const NAMES: &[(&str, &str)] = &[
    ("Beyonc\u{e9} Rao", "beyonce\u{301} RAO"),
    ("Zoe Saldan\u{303}a", "ZO\u{cb} SALDA\u{d1}A"),
    ("\u{95e}\u{93f}\u{932}\u{94d}\u{92e}", "\u{92b}\u{93c}\u{93f}\u{932}\u{94d}\u{92e}"),
    ("\u{9ac}\u{9be}\u{9a1}\u{9bc}\u{9bf}", "\u{9ac}\u{9be}\u{9dc}\u{9bf}"),
    ("\u{b95}\u{bca}\u{b9f}\u{bbf}", "\u{b95}\u{bc6}\u{bbe}\u{b9f}\u{bbf}"),
    ("\u{d05}\u{d35}\u{d7b}", "\u{d05}\u{d35}\u{d28}\u{d4d}\u{200d}"),
    ("\u{ff26}\u{ff4f}\u{ff4f} Diaries", "foo diaries"),
    ("Masala\u{a0}Lab", "masala  lab"),
    ("Gol\u{200b}gappa", "golgappa"),
    ("O\u{2019}Hara\u{2013}Tea", "o'hara-tea"),
    ("50\u{ff05} off", "50% off"),
];

#[actix_web::test]
async fn a_name_is_found_in_any_form_and_shown_as_it_is() {
    let app = TestApp::start_with(ALL_COUNTRIES).await;
    let client = app.partner(10, Plan::Paid).await;
    for (stored, typed) in NAMES {
        let phrase = stored.to_lowercase();
        let instagram = json!({"name": stored, "search_phrase": phrase});
        let youtube = json!({"title": stored, "search_phrase": phrase});
        let ids = [app.seed_instagram(&instagram).await, app.seed_youtube(&youtube).await];
        for (platform, id) in PLATFORMS.into_iter().zip(ids) {
            for field in ["name", "search_phrase"] {
                for text in [stored, typed] {
                    let answer = search_by(&client, platform, "", &[("LIKE", field, text)]).await;
                    let answer = answer.success();
                    assert_eq!(super::found(&answer), [id], "{platform} {field} {text:?}");
                    assert_eq!(answer["profiles"][0]["name"], *stored, "{platform}");
                }
            }
        }
    }
    // Vowel signs are no accents, and a name as a whole is compared as it is recorded.
    for (operator, text) in [("LIKE", "\u{95e}\u{932}"), ("EQ", "beyonce rao")] {
        let answer = search_by(&client, "INSTAGRAM", "", &[(operator, "name", text)]).await;
        assert!(super::found(&answer.success()).is_empty(), "{operator} {text:?}");
    }
}

#[actix_web::test]
async fn the_same_name_in_another_form_is_charged_once() {
    let app = TestApp::start_with(ALL_COUNTRIES).await;
    let client = app.partner(10, Plan::Paid).await;
    app.seed_instagram(&json!({"name": "Beyonc\u{e9}"})).await;
    let consumed =
        "SELECT consumed FROM partner_usage WHERE partner_id = 10 AND namespace = 'DISCOVERY'";
    let before = app.value(consumed).await;
    for text in ["Beyonc\u{e9}", "beyonce\u{301}", "BEYONCE"] {
        search_by(&client, "INSTAGRAM", "", &[("LIKE", "name", text)]).await.success();
    }
    let number =
        |text: Option<String>| text.map_or(0, |text| text.parse::<i64>().expect("a count"));
    assert_eq!(number(app.value(consumed).await) - number(before), 1);
}

#[actix_web::test]
async fn what_turns_the_direction_of_text_never_leaves() {
    let app = TestApp::start_with(ALL_COUNTRIES).await;
    let client = app.partner(10, Plan::Paid).await;
    let id = app.seed_instagram(&json!({"name": "A\u{202e}sha\u{2069} \u{200d}R"})).await;
    let answer = search_by(&client, "INSTAGRAM", "", &[("LIKE", "name", "asha")]).await.success();
    assert_eq!(super::found(&answer), [id]);
    assert_eq!(answer["profiles"][0]["name"], "Asha \u{200d}R");
}

/// Blanks, punctuation and letters of many scripts, each between two letters, and the names above.
#[actix_web::test]
async fn sql_and_rust_fold_alike() {
    let app = TestApp::start().await;
    // Without 209D to 209F, which PostgreSQL may be too old to know.
    let ranges = [
        0x01..=0x52F,
        0x900..=0xDFF,
        0x1E00..=0x209C,
        0x20A0..=0x21FF,
        0x3000..=0x30FF,
        0xFB00..=0xFB4F,
        0xFE00..=0xFFFD,
        0xE0000..=0xE007F,
    ];
    let letters = ranges.into_iter().flatten().filter_map(char::from_u32);
    let mut texts: Vec<String> = letters.map(|letter| format!("x{letter}y")).collect();
    texts.extend(NAMES.iter().flat_map(|(stored, typed)| [*stored, *typed]).map(str::to_owned));
    let sql = "SELECT array_agg(fold_text(t) ORDER BY n) FROM unnest($1::text[]) WITH ORDINALITY AS u (t, n)";
    let folded: Vec<String> =
        sqlx::query_scalar(sql).bind(&texts).fetch_one(&app.owner).await.expect("folds");
    assert_eq!(folded.len(), texts.len());
    let differing: Vec<_> = texts
        .iter()
        .zip(&folded)
        .map(|(text, by_sql)| (text, by_sql, fold(text)))
        .filter(|(_, by_sql, by_rust)| *by_sql != by_rust)
        .collect();
    assert!(differing.is_empty(), "{differing:?}");
}
