//! The fourteen routes of the analytics.

use std::sync::Arc;

use actix_web::web;

use super::dto::{
    AnalyticsFields, CollectionHashtagsOut, CollectionKeywordsOut, CollectionPostsOut,
    CollectionProfilesOut, CollectionSentimentsOut, CollectionSeriesOut, CollectionSummaryOut,
};
use super::manager::entry::{hashtag, keyword};
use super::service::{AnalyticsService, Selector};
use crate::core::envelope::{Status, Success as _};
use crate::core::route::{Answer, List, Routes, get, post};
use crate::core::work::Work;
use crate::modules::collection_metrics::WordKind;

const SUMMARY: &str = "Successfully retrieve collection metrics";
const SERIES: &str = "Successfully retrieve collection timeseries";
const PROFILES: &str = "Successfully retrieved collection profile metrics summary";
const POSTS: &str = "Successfully retrieved collection posts metrics summary";
const WORDS: &str = "Hashtags Retrieved Successfully";
const NO_BODY: &str = "Bad Request";

type Service = web::Data<AnalyticsService>;
type Filters = List<AnalyticsFields>;

async fn summarise_collections(
    service: Service,
    work: Work,
    list: Filters,
) -> Answer<CollectionSummaryOut> {
    work.run(async |unit| {
        let data = service.summary(unit, &list.required(NO_BODY)?).await?;
        Ok(CollectionSummaryOut::of(Status::success(SUMMARY, 1), data))
    })
    .await
}

async fn list_profile_metrics(
    service: Service,
    work: Work,
    list: Filters,
) -> Answer<CollectionProfilesOut> {
    work.run(async |unit| {
        Ok(CollectionProfilesOut::page(PROFILES, service.profiles(unit, &list.read()?).await?))
    })
    .await
}

async fn list_post_metrics(
    service: Service,
    work: Work,
    list: Filters,
) -> Answer<CollectionPostsOut> {
    work.run(async |unit| {
        Ok(CollectionPostsOut::page(POSTS, service.posts(unit, &list.read()?).await?))
    })
    .await
}

async fn get_collection_series(
    service: Service,
    work: Work,
    list: Filters,
) -> Answer<CollectionSeriesOut> {
    work.run(async |unit| {
        let data = service.series(unit, &list.required(NO_BODY)?).await?;
        Ok(CollectionSeriesOut::of(Status::success(SERIES, 1), data))
    })
    .await
}

async fn get_collection_clicks(
    service: Service,
    work: Work,
    list: Filters,
) -> Answer<CollectionSeriesOut> {
    work.run(async |unit| {
        let data = service.clicks(unit, &list.required(NO_BODY)?).await?;
        Ok(CollectionSeriesOut::of(Status::success(SERIES, 1), data))
    })
    .await
}

async fn get_sentiments(
    service: Service,
    work: Work,
    list: Filters,
) -> Answer<CollectionSentimentsOut> {
    work.run(async |unit| {
        let data = service.sentiments(unit, &list.required(NO_BODY)?).await?;
        Ok(CollectionSentimentsOut::of(Status::success(SERIES, 1), data))
    })
    .await
}

/// Handlers of the words of collections that their first path parameter names.
macro_rules! words {
    ($($hashtags:ident, $keywords:ident: $selector:ident;)+) => {$(
        async fn $hashtags(
            service: Service,
            work: Work,
            path: web::Path<(String, String)>,
        ) -> Answer<CollectionHashtagsOut> {
            let (id, kind) = path.into_inner();
            work.run(async |unit| {
                let asked = (Selector::$selector(id), kind.as_str());
                let words = service.words(unit, asked, WordKind::Hashtag).await?;
                let list = words.into_iter().map(hashtag).collect();
                Ok(CollectionHashtagsOut::of(Status::success(WORDS, 0), list))
            })
            .await
        }

        async fn $keywords(
            service: Service,
            work: Work,
            path: web::Path<(String, String)>,
        ) -> Answer<CollectionKeywordsOut> {
            let (id, kind) = path.into_inner();
            work.run(async |unit| {
                let asked = (Selector::$selector(id), kind.as_str());
                let words = service.words(unit, asked, WordKind::Keyword).await?;
                let list = words.into_iter().map(keyword).collect();
                Ok(CollectionKeywordsOut::of(Status::success(WORDS, 0), list))
            })
            .await
        }
    )+};
}

words! {
    list_hashtags, list_keywords: Collection;
    list_shared_hashtags, list_shared_keywords: Shared;
    list_group_hashtags, list_group_keywords: Group;
    list_shared_group_hashtags, list_shared_group_keywords: SharedGroup;
}

/// Routes of the module.
pub fn routes(service: &Arc<AnalyticsService>) -> Routes {
    let which = "`collectionType` is required, and one of `collectionId`, `shareId`, \
                 `collectionGroupShareId` and `collectionGroupId`, of which the first counts; their operator \
                 means nothing. An id is the partner's own, a share id anybody's.";
    let sorted = "`collectionType` is required, and one of `collectionId`, `shareId`, \
                  `collectionGroupShareId` and `collectionGroupId`, of which the first counts. `sortBy` is one \
                  of `views`, `reach`, `plays`, `er` and `likes`; any other means `reach`.";
    let of_hashtags = "The hashtags of their posts.";
    let of_keywords = "The keywords of their posts.";
    let most = "The most frequent ones first, at most 100";
    let routes = [
        post("/summary", summarise_collections)
            .about("What the posts of collections have come to.")
            .more(which)
            .answers("The summary; without `weeklyMetrics` where those could not be read in time"),
        post("/profiles", list_profile_metrics)
            .about("What the profiles of collections have come to.")
            .more(sorted)
            .answers("The page"),
        post("/posts", list_post_metrics)
            .about("What each post of collections has come to.")
            .more(sorted)
            .answers("The page"),
        post("/timeseries", get_collection_series)
            .about("What the posts of collections came to day by day, or by weeks with `rollup` `weekly`.")
            .more(which)
            .answers("The series"),
        post("/timeseries/clicks", get_collection_clicks)
            .about("Clicks on the links of collections in the last 90 days, by days or weeks.")
            .more(which)
            .answers("The series"),
        post("/sentiment", get_sentiments)
            .about("How the comments on the posts of a post collection are meant.")
            .more("`collectionType` is `POST`; one of `collectionId` and `shareId` is required.")
            .answers("Parts of the comments"),
        get("/byshareid/{shareId}/{collectionType}/hashtags", list_shared_hashtags)
            .about(of_hashtags)
            .answers(most),
        get("/byshareid/{shareId}/{collectionType}/keywords", list_shared_keywords)
            .about(of_keywords)
            .answers(most),
        get("/group/byshareid/{collectionGroupShareId}/{collectionType}/hashtags", list_shared_group_hashtags)
            .about(of_hashtags)
            .answers(most),
        get("/group/byshareid/{collectionGroupShareId}/{collectionType}/keywords", list_shared_group_keywords)
            .about(of_keywords)
            .answers(most),
        get("/group/{collectionGroupId}/{collectionType}/hashtags", list_group_hashtags)
            .about(of_hashtags)
            .answers(most),
        get("/group/{collectionGroupId}/{collectionType}/keywords", list_group_keywords)
            .about(of_keywords)
            .answers(most),
        get("/{collectionId}/{collectionType}/hashtags", list_hashtags)
            .about(of_hashtags)
            .answers(most),
        get("/{collectionId}/{collectionType}/keywords", list_keywords)
            .about(of_keywords)
            .answers(most),
    ];
    Routes::under("/api/collection", routes).with(service).params(&[
        ("collectionId", "Id of the collection"),
        ("shareId", "Share id of the collection"),
        ("collectionGroupId", "Id of the group"),
        ("collectionGroupShareId", "Share id of the group"),
        ("collectionType", "`POST` or `PROFILE`"),
    ])
}
