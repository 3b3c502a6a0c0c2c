//! `GET /{platform}/{platformProfileId}/hashtags`.

use std::collections::BTreeMap;

use actix_web::{HttpResponse, get, web};
use serde::Serialize;
use utoipa::ToSchema;

use crate::core::respond::{Envelope, FAILURE_500, Status};
use crate::core::types::Platform;
use crate::core::work::UnitOfWork;
use crate::modules::discovery::manager::account_path::AccountPath;
use crate::modules::discovery::service::DiscoveryService;

/// Hashtags of an account.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProfileHashtagsOut {
    /// Id of the account.
    pub platform_profile_id: i64,
    /// Platform of the account.
    pub platform: Platform,
    /// Number of posts by hashtag.
    pub hashtags: BTreeMap<String, i64>,
}

/// Answer with the hashtags of an account.
#[derive(Debug, Serialize, ToSchema)]
pub struct HashtagsOut {
    /// Outcome.
    pub status: Status,
    /// One element; none on errors.
    pub hashtags: Vec<ProfileHashtagsOut>,
}

impl Envelope for HashtagsOut {
    const FAILURE: &'static str = FAILURE_500;

    fn failed(status: Status) -> Self {
        Self { status, hashtags: Vec::new() }
    }
}

/// Most used hashtags of an account
#[utoipa::path(
    tag = "discovery",
    operation_id = "get_hashtags",
    params(
        ("platform" = String, Path, description = "INSTAGRAM or YOUTUBE"),
        ("platformProfileId" = i64, Path, description = "Id of the account"),
    ),
    responses((status = 200, description = "The hashtags", body = HashtagsOut)),
    extensions(("x-caller" = json!("signed in"))),
    security(("bearer" = [])),
)]
#[get("/{platform}/{platformProfileId}/hashtags")]
pub async fn get_hashtags(
    service: web::Data<DiscoveryService>,
    work: UnitOfWork,
    path: web::Path<(String, String)>,
) -> HttpResponse {
    work.run(async |session| {
        let account = AccountPath::parse(&path.0, &path.1)?;
        service.hashtags(session, account).await
    })
    .await
}
