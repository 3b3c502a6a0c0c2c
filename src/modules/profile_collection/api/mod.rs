//! The routes of profile collections.

mod collection;
mod item;

use std::sync::Arc;

use super::service::ProfileCollectionEditor;
use crate::core::route::{Routes, delete, get, post, put};

/// Routes of the module.
pub fn routes(editor: &Arc<ProfileCollectionEditor>) -> Routes {
    let routes = [
        post("", collection::create)
            .about("Create a profile collection.")
            .more(
                "Items come from a file, from `items` or from another collection; those that are not known \
                 are left out. A tracker (`SAAS-AT`) needs some, and counts against the contract; the plan \
                 `FREE` has 5 trackers with 5 profiles each.",
            )
            .answers("The collection; an own one of the same share id, source or campaign is returned unchanged"),
        get("/recent", collection::recent)
            .about("Find the partner's collections that were changed last.")
            .answers("At most two collections"),
        post("/search", collection::search)
            .about("List the partner's collections, or the featured ones.")
            .more(
                "A filter `featured` = `true` lists the platform's featured collections, for anybody. \
                 `platformAccountCode` finds those with an account, `platform` says on which platform.",
            )
            .answers("The page, each collection with what its items come to"),
        get("/byshareid/{shareId}", collection::get_shared)
            .about("Find a collection by its share id.")
            .more("Anybody signed in. `byShareId` in the path is the same.")
            .answers("The collection as its share id shows it"),
        put("/byshareid/{shareId}/item/bulk", item::change_shared)
            .about("Change items by the share id of their collection.")
            .more(
                "Anybody signed in; what the brand decided and values of the columns that are open, all or \
                 none. `byShareId` in the path is the same.",
            )
            .answers("Done; no entry"),
        post("/item/search", item::search)
            .about("List the items of a collection with their profiles.")
            .more(
                "Filters name the collection, by `collectionId`, `collectionShareId`, `campaignId` or \
                 `shortlistId`, and the `platform`; the others are those of the search for profiles, and so \
                 is the order, besides `profile_collection_item.rank`.",
            )
            .answers("The page"),
        get("/winkl/{id}/migrationinfo", collection::migrated)
            .about("Find where a collection of the earlier product went.")
            .answers("Ids of both collections; null where it is not the caller's"),
        get("/winklshare/{shareId}/migrationinfo", collection::migrated_shared)
            .about("Find where a collection of the earlier product went by its share id.")
            .answers("Ids of both collections; null where there is none"),
        get("/{id}", collection::get)
            .about("Find a collection with what its items come to.")
            .answers("The collection"),
        put("/{id}", collection::update)
            .about("Change a collection.")
            .answers("Done; no entry"),
        delete("/{id}", collection::remove)
            .about("Remove a collection.")
            .answers("Done; no entry"),
        post("/{id}/link/renew", collection::renew)
            .about("Give a collection a new share id.")
            .more("The one before stops working at once.")
            .answers("The collection with its new share id"),
        post("/{collectionId}/item", item::add)
            .about("Add items to a collection.")
            .more(
                "At most 500. An account that the collection had is enabled again, behind the others; of it \
                 only values of custom columns are written. Accounts that are not known by their handle are \
                 fetched; those that do not exist are `failedItems`.",
            )
            .answers("The items, in the order of the request"),
        delete("/{collectionId}/item", item::remove)
            .about("Remove items.")
            .more("All of them or none.")
            .answers("Done; no entry"),
        put("/{collectionId}/item/bulk", item::change)
            .about("Change items.")
            .more("All of them or none.")
            .answers("Done; no entry"),
    ];
    Routes::under("/api/collection", routes).with(editor).params(&[
        ("id", "Id of the collection"),
        ("collectionId", "Id of the collection"),
        ("shareId", "Share id of the collection"),
    ])
}
