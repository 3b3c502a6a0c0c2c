//! The four routes of collection groups.

use actix_web::web;

use super::dto::{GroupIn, GroupsOut, SharedGroupsOut};
use super::service;
use crate::core::caller::{Admit, Caller, User};
use crate::core::error::{Code, Error};
use crate::core::idempotency::IdempotencyKey;
use crate::core::route::{Answer, Input, RecordId, Routes, get, post, put};
use crate::core::work::Work;

/// A [`User`], refused in other words.
struct Reader;

impl Admit for Reader {
    const NAME: &'static str = User::NAME;

    fn admit(caller: &Caller) -> Result<(), Error> {
        let text = "you are not authorized to access this collection group";
        User::admit(caller).map_err(|_| Error::rejected(Code::Unauthorized, text))
    }
}

async fn create_group(
    work: Work<User>,
    key: IdempotencyKey,
    input: Input<GroupIn>,
) -> Answer<GroupsOut> {
    work.once(&key)
        .run(async |unit| service::create(unit, input.required("domain is null")?).await)
        .await
}

async fn get_shared_group(work: Work, share_id: web::Path<String>) -> Answer<SharedGroupsOut> {
    work.run(async |unit| service::shared(unit, &share_id).await).await
}

async fn get_group(work: Work<Reader>, id: RecordId) -> Answer<GroupsOut> {
    work.run(async |unit| service::get(unit, id.read()?).await).await
}

async fn update_group(work: Work<User>, id: RecordId, input: Input<GroupIn>) -> Answer<GroupsOut> {
    work.run(async |unit| {
        let id = id.read()?;
        service::update(unit, id, input.required("null entity passed to update")?).await
    })
    .await
}

/// Routes of the module.
pub fn routes() -> Routes {
    let routes = [
        post("", create_group)
            .about("Create a group.")
            .answers("The group; an own one of the same source is returned unchanged"),
        get("/byshareid/{shareId}", get_shared_group)
            .about("Find a group by its share id.")
            .more(
                "Anybody signed in sees its name, objective, collections and disabled metrics; its owner \
                 and the platform everything but its author. `byShareId` in the path is the same.",
            )
            .answers("The group as its share id shows it"),
        get("/{id}", get_group).about("Find a group.").answers("The group"),
        put("/{id}", update_group).about("Change a group.").answers("Done; no entry"),
    ];
    Routes::under("/api/group", routes)
        .params(&[("id", "Id of the group"), ("shareId", "Share id of the group")])
}
