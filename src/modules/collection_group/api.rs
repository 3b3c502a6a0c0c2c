//! The four routes of collection groups.

use actix_web::{HttpRequest, HttpResponse, get, post, put, web};
use utoipa_actix_web::{scope, service_config::ServiceConfig};

use super::dao;
use super::manager::{CollectionGroup, GroupIn, GroupsOut, SharedGroupOut, SharedGroupsOut};
use crate::core::body::Body;
use crate::core::crud::{api, service};
use crate::core::error::{Code, Error};
use crate::core::idempotency::{IdempotencyParams, IdempotencyResponses};
use crate::core::respond::Status;
use crate::core::work::UnitOfWork;

const READ_REFUSED: &str = "you are not authorized to access this collection group";

/// Create a group.
#[utoipa::path(
    tag = "collection-group", operation_id = "create_group", params(IdempotencyParams), request_body = GroupIn,
    responses((status = 200, description = "The group; an own one of the same source is returned unchanged", body = GroupsOut), IdempotencyResponses),
    extensions(("x-caller" = json!("user"))), security(("bearer" = [])),
)]
#[post("")]
async fn create_group(work: UnitOfWork, request: HttpRequest, body: Body) -> HttpResponse {
    work.idempotent(&request, &body)
        .run(async |session| api::create::<CollectionGroup>(session, &body).await)
        .await
}

/// Find a group by its share id.
///
/// Anybody signed in sees its name, objective, collections and disabled metrics; its owner and the platform
/// everything but its author. `byShareId` in the path is the same.
#[utoipa::path(
    tag = "collection-group", operation_id = "get_shared_group",
    params(("shareId" = String, Path, description = "Share id")),
    responses((status = 200, description = "The group as its share id shows it", body = SharedGroupsOut)),
    extensions(("x-caller" = json!("signed in"))), security(("bearer" = [])),
)]
#[get("/byshareid/{shareId}")]
async fn get_shared_group(work: UnitOfWork, share_id: web::Path<String>) -> HttpResponse {
    work.run(async |session| {
        let (id, owner) =
            dao::behind_share_id(session, &share_id).await?.ok_or_else(Error::record_not_found)?;
        let group = service::find_shared::<CollectionGroup>(session, owner, id).await?;
        let status = Status::success("Record Retrieved Successfully", 1);
        Ok(SharedGroupsOut::found(status, SharedGroupOut::of(group, session.caller())))
    })
    .await
}

/// Find a group.
#[utoipa::path(
    tag = "collection-group", operation_id = "get_group",
    params(("id" = String, Path, description = "Id of the group")),
    responses((status = 200, description = "The group", body = GroupsOut)),
    extensions(("x-caller" = json!("user"))), security(("bearer" = [])),
)]
#[get("/{id}")]
async fn get_group(work: UnitOfWork, id: web::Path<String>) -> HttpResponse {
    work.run(async |session| {
        session.caller().user().map_err(|_| Error::rejected(Code::Unauthorized, READ_REFUSED))?;
        api::find::<CollectionGroup>(session, &id).await
    })
    .await
}

/// Change a group.
#[utoipa::path(
    tag = "collection-group", operation_id = "update_group", request_body = GroupIn,
    params(("id" = String, Path, description = "Id of the group")),
    responses((status = 200, description = "Done; no entry", body = GroupsOut)),
    extensions(("x-caller" = json!("user"))), security(("bearer" = [])),
)]
#[put("/{id}")]
async fn update_group(work: UnitOfWork, id: web::Path<String>, body: Body) -> HttpResponse {
    work.run(async |session| api::update::<CollectionGroup>(session, &id, &body).await).await
}

/// Routes of the module; a trailing slash is accepted everywhere.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(
        scope::scope("/collection-group-service/api/group")
            .service(create_group)
            .service(get_shared_group)
            .service(get_group)
            .service(update_group),
    );
}
