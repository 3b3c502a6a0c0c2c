//! The routes of keyword collections.

use std::sync::Arc;

use actix_web::web;

use super::dto::{
    KeywordCollectionIn, KeywordCollectionsOut, KeywordFields, ReportFields, ReportPostsOut,
    ReportProfilesOut,
};
use super::service::KeywordCollectionService;
use crate::core::caller::{Admit, Caller, User};
use crate::core::error::{Code, Error};
use crate::core::idempotency::IdempotencyKey;
use crate::core::route::{Answer, Input, List, Routes, delete, get, post, put};
use crate::core::work::Work;

type Service = web::Data<KeywordCollectionService>;

/// A [`User`], refused in other words.
struct Performer;

impl Admit for Performer {
    const NAME: &'static str = User::NAME;

    fn admit(caller: &Caller) -> Result<(), Error> {
        let text = "You are not authorized to perform this action";
        User::admit(caller).map_err(|_| Error::rejected(Code::Unauthorized, text))
    }
}

/// The same for the routes of one collection.
struct Editor;

impl Admit for Editor {
    const NAME: &'static str = User::NAME;

    fn admit(caller: &Caller) -> Result<(), Error> {
        let text = "You are not authorized to update this collection";
        User::admit(caller).map_err(|_| Error::rejected(Code::Unauthorized, text))
    }
}

async fn create_keyword_collection(
    service: Service,
    work: Work<Performer>,
    key: IdempotencyKey,
    input: Input<KeywordCollectionIn>,
) -> Answer<KeywordCollectionsOut> {
    work.once(&key).run(async |unit| service.create(unit, input.object()?).await).await
}

async fn update_keyword_collection(
    service: Service,
    work: Work<Editor>,
    id: web::Path<String>,
    input: Input<KeywordCollectionIn>,
) -> Answer<KeywordCollectionsOut> {
    work.run(async |unit| service.update(unit, &id, input.object()?).await).await
}

async fn get_keyword_collection(
    service: Service,
    work: Work<Editor>,
    id: web::Path<String>,
) -> Answer<KeywordCollectionsOut> {
    work.run(async |unit| service.get(unit, &id).await).await
}

async fn create_keyword_report(
    service: Service,
    work: Work<Editor>,
    id: web::Path<String>,
) -> Answer<KeywordCollectionsOut> {
    work.run(async |unit| service.create_report(unit, &id).await).await
}

async fn get_shared_keyword_collection(
    service: Service,
    work: Work,
    share_id: web::Path<String>,
) -> Answer<KeywordCollectionsOut> {
    work.run(async |unit| service.shared(unit, &share_id).await).await
}

async fn renew_keyword_share_id(
    service: Service,
    work: Work<Editor>,
    id: web::Path<String>,
) -> Answer<KeywordCollectionsOut> {
    work.run(async |unit| service.renew_share_id(unit, &id).await).await
}

async fn delete_keyword_collection(
    service: Service,
    work: Work<Editor>,
    id: web::Path<String>,
) -> Answer<KeywordCollectionsOut> {
    work.run(async |unit| service.remove(unit, &id).await).await
}

async fn search_keyword_collections(
    service: Service,
    work: Work<Performer>,
    list: List<KeywordFields>,
) -> Answer<KeywordCollectionsOut> {
    work.run(async |unit| service.search(unit, list.read()?).await).await
}

async fn get_keyword_report(
    service: Service,
    work: Work<Performer>,
    list: List<ReportFields>,
) -> Answer<KeywordCollectionsOut> {
    work.run(async |unit| service.report(unit, &list.read()?).await).await
}

async fn get_keyword_posts(
    service: Service,
    work: Work<Performer>,
    list: List<ReportFields>,
) -> Answer<ReportPostsOut> {
    work.run(async |unit| service.posts(unit, &list.read()?).await).await
}

async fn get_keyword_profiles(
    service: Service,
    work: Work<Performer>,
    list: List<ReportFields>,
) -> Answer<ReportProfilesOut> {
    work.run(async |unit| service.profiles(unit, &list.read()?).await).await
}

/// Routes of the module.
pub fn routes(service: &Arc<KeywordCollectionService>) -> Routes {
    let routes = [
        post("", create_keyword_collection)
            .about("Create a collection of posts about keywords.")
            .more("Its report is made elsewhere and takes a while. The plan `FREE` has 5 collections of 5 keywords.")
            .answers("The collection"),
        post("/search", search_keyword_collections)
            .about("The own collections, the last ones first.")
            .more("With the totals, posts and profiles of each report that is there; `sortBy` has no effect.")
            .answers("A page of collections"),
        post("/report", get_keyword_report)
            .about("The report of a collection, which the filter `collectionId` names.")
            .answers("The collection with its report"),
        post("/posts", get_keyword_posts)
            .about("The first 12 posts of a report.")
            .more("By `sortBy`: `recency`, `likes`, `comments`, otherwise by reach; always the greatest first.")
            .answers("Posts"),
        post("/profiles", get_keyword_profiles)
            .about("The first 12 profiles of a report.")
            .more("By `sortBy`: `recency`, `likes`, `comments`, otherwise by reach; always the greatest first.")
            .answers("Profiles"),
        get("/byshareid/{shareId}", get_shared_keyword_collection)
            .about("Find a collection by its share id.")
            .more("`byShareId` in the path is the same.")
            .answers("The collection without its author and report"),
        get("/{id}", get_keyword_collection).about("Find a collection.").answers("The collection"),
        put("/{id}", update_keyword_collection)
            .about("Change a collection.")
            .more("Name, keywords and times; the report stays as it is until a new one is asked for.")
            .answers("Done; no entry"),
        delete("/{id}", delete_keyword_collection)
            .about("Remove a collection.")
            .answers("Done; no entry"),
        get("/{id}/createReport", create_keyword_report)
            .about("Ask for a new report.")
            .answers("The collection"),
        put("/{id}/renewShareId", renew_keyword_share_id)
            .about("Give a collection a new share id; the one before stops working.")
            .answers("The collection with its new share id"),
    ];
    Routes::under("/api/collection", routes)
        .with(service)
        .params(&[("id", "Id of the collection"), ("shareId", "Share id of the collection")])
}
