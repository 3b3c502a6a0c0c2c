//! Recent posts of an account.

use actix_web::web;

use super::super::dto::ContentOut;
use super::super::manager::account_path::AccountPath;
use super::super::service::DiscoveryService;
use crate::core::route::{Answer, List, NoFields};
use crate::core::work::Work;

pub async fn find_content(
    service: web::Data<DiscoveryService>,
    work: Work,
    path: web::Path<(String, String)>,
    list: List<NoFields>,
) -> Answer<ContentOut> {
    work.run(async |unit| {
        list.read()?;
        service.content(unit, AccountPath::parse(&path.0, &path.1)?).await
    })
    .await
}
