//! The routes of post collections.

mod collection;
mod item;

use std::sync::Arc;

use super::service::PostCollectionEditor;
use crate::core::caller::{Admit, Caller, User};
use crate::core::error::{Code, Error};
use crate::core::route::{Routes, delete, get, post, put};

/// A [`User`], refused in other words.
struct Actor;
/// A [`User`], refused in yet other words.
struct Updater;

fn admit(caller: &Caller, text: &'static str) -> Result<(), Error> {
    User::admit(caller).map_err(|_| Error::refused(Code::Unauthorized, text))
}

impl Admit for Actor {
    const NAME: &'static str = User::NAME;

    fn admit(caller: &Caller) -> Result<(), Error> {
        admit(caller, "You are not authorized to perform this action")
    }
}

impl Admit for Updater {
    const NAME: &'static str = User::NAME;

    fn admit(caller: &Caller) -> Result<(), Error> {
        admit(caller, "You are not authorized to update this collection")
    }
}

/// Routes of the module.
pub fn routes(editor: &Arc<PostCollectionEditor>) -> Routes {
    let routes = [
        post("", collection::create)
            .about("Create a post collection.")
            .more(
                "A `SAAS` collection needs posts, from `items` or a file; those of other sources are \
                 filled later. Creating a `SAAS` collection and adding posts to it counts against the \
                 contract; the plan `FREE` has 5 collections with 10 posts each.",
            )
            .answers("The collection without its posts; an own one of the same share id or source is returned unchanged"),
        post("/search", collection::search)
            .about("List the caller's own post collections.")
            .answers("The page, each collection with what its posts have come to"),
        get("/byshareid/{shareId}", collection::get_shared)
            .about("Find a post collection by its share id.")
            .more("Anybody signed in. `byShareId` in the path is the same.")
            .answers("The collection as its share id shows it"),
        put("/{id}/renewShareId", collection::renew)
            .about("Give a post collection a new share id.")
            .more("The one before stops working at once.")
            .answers("The collection with its new share id"),
        get("/{id}", collection::get).about("Find a post collection.").answers("The collection"),
        put("/{id}", collection::update)
            .about("Change a post collection.")
            .answers("Done; no entry"),
        delete("/{id}", collection::remove)
            .about("Remove a post collection.")
            .answers("Done; no entry"),
        post("/{collectionId}/item/search", item::search)
            .about("List the posts of a collection.")
            .answers("The page"),
        delete("/{collectionId}/item/byShortCode", item::remove_codes)
            .about("Remove posts by platform and code.")
            .more("All of them or none.")
            .answers("The removed posts"),
        put("/{collectionId}/item/byShortCode/{platform}/{shortCode}", item::change_code)
            .about("Change a post by platform and code.")
            .answers("The post"),
        post("/{collectionId}/item", item::add)
            .about("Add posts to a collection.")
            .more(
                "All of them or none, at most 500. A post that the collection had is enabled again; of it \
                 only `showInReport` and `retrieveData` are written.",
            )
            .answers("The posts, in the order of the request"),
        delete("/{collectionId}/item", item::remove_ids)
            .about("Remove posts by their ids.")
            .more("All of them or none.")
            .answers("The removed posts"),
        put("/{collectionId}/item/{itemId}", item::change)
            .about("Change a post.")
            .answers("The post"),
    ];
    Routes::under("/api/collection", routes).with(editor).params(&[
        ("id", "Id of the collection"),
        ("collectionId", "Id of the collection"),
        ("shareId", "Share id of the collection"),
        ("itemId", "Id of the post"),
        ("platform", "`INSTAGRAM` or `YOUTUBE`, in any case"),
        ("shortCode", "What the platform calls the post"),
    ])
}
