//! Recorded requests and messages with the answers and effects that clients rely on, over the rows in
//! `tests/golden/seed`. Its README has the format.
//!
//! A suite is a file of `tests/golden/cases` and one line here. A case that does not hold is in
//! `tests/golden/left_out.json` with its reason; it runs all the same, since later cases build on it, and
//! has to be taken off the list once it holds.

mod broker;
mod compare;
mod left_out;
mod messages;
mod neighbours;
mod requests;
mod suite;

/// One test per suite of requests; `only` takes the cases whose ids start so.
macro_rules! requests {
    ($($suite:ident $(only $prefix:literal)?),+ $(,)?) => {$(
        #[actix_web::test]
        async fn $suite() {
            requests::replay(stringify!($suite), &[$($prefix)?], requests::Search::Postgres).await;
        }
    )+};
}

requests! {
    discovery,
    post_collection,
    profile_collection,
    keyword,
    keyword_report,
    usage,
    campaign,
    campaign_collector,
}

#[actix_web::test]
async fn discovery_in_the_search_table() {
    requests::replay("discovery", &[], requests::Search::Table).await;
}

#[actix_web::test]
async fn listeners() {
    messages::replay(
        "listeners",
        &[
            "upsert_instagram_account_q",
            "upsert_youtube_account_q",
            "download_leaderboard_q",
            "duplicate_collection_q",
            "import_from_profile_collection_q",
            "add_item_profile_collection_q",
            "download_collection_q",
            "add_item_post_collection_q",
            "download_collection_creator_report_q",
            "sentiment_collection_report_out_q",
            "keyword_collection_out_q",
            "sync_winkl_api_q",
        ],
    )
    .await;
}
