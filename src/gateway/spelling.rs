//! Other spellings of paths that front ends use: the collection scopes with and without a trailing slash,
//! and `byShareId` in capitals and without. Everything else is strict, and a proxied path is the upstream's
//! business.

use actix_web::dev::ServiceRequest;
use actix_web::http::uri::{PathAndQuery, Uri};

use super::routes::{Destination, Service};

/// Segment before a share id, as routes spell it.
const BY_SHARE_ID: &str = "byshareid";

/// Layer: brings the path of a module into the spelling of its routes.
pub fn respell(destination: Destination<'_>, request: &mut ServiceRequest) {
    if let Destination::Module(service) = destination
        && let Some(uri) = respelt(service, request.uri())
    {
        request.match_info_mut().get_mut().update(&uri);
        request.head_mut().uri = uri;
    }
}

/// The path in the other spelling; `None` where it is spelt as the routes are.
fn respelt(service: &Service, uri: &Uri) -> Option<Uri> {
    let path = uri.path();
    let is_behind =
        |shorter: &&str| service.optional_slash && shorter.len() > service.prefix().len() + 1;
    let shorter = path.strip_suffix('/').filter(is_behind);
    let by_share_id = path.split('/').find(|one| one.eq_ignore_ascii_case(BY_SHARE_ID));
    let by_share_id = by_share_id.filter(|segment| *segment != BY_SHARE_ID);
    if shorter.is_none() && by_share_id.is_none() {
        return None;
    }
    let mut path = shorter.unwrap_or(path).to_owned();
    if let Some(segment) = by_share_id {
        path = path.replacen(segment, BY_SHARE_ID, 1);
    }
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(PathAndQuery::try_from(path + &query).ok()?);
    Uri::from_parts(parts).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::config::Config;
    use crate::gateway::routes::Services;
    use crate::modules::Modules;

    fn of(prefix: &str, text: &'static str) -> Option<String> {
        let config = Config::from_toml("").expect("defaults");
        let services = Services::new(&Modules::new(&config).expect("modules").all);
        let service = services.of(&format!("/{prefix}/")).expect("a module");
        respelt(service, &Uri::from_static(text)).map(|uri| uri.to_string())
    }

    #[test]
    fn one_slash_is_dropped_but_not_the_one_behind_the_prefix() {
        let cut = |text| of("collection-group-service", text);
        let group = "/collection-group-service/api/group";
        assert_eq!(cut("/collection-group-service/api/group/").as_deref(), Some(group));
        assert_eq!(
            cut("/collection-group-service/api/group/1/?a=b").as_deref(),
            Some("/collection-group-service/api/group/1?a=b")
        );
        assert_eq!(cut("/collection-group-service/api/group/1"), None);
        assert_eq!(cut("/collection-group-service/"), None);
        assert_eq!(of("discovery-service", "/discovery-service/api/profile/"), None);
    }

    #[test]
    fn share_ids_are_found_in_every_spelling_and_keep_their_own() {
        let group = "collection-group-service";
        assert_eq!(
            of(group, "/collection-group-service/api/group/byShareId/aByShareId/?b=byShareId"),
            Some("/collection-group-service/api/group/byshareid/aByShareId?b=byShareId".to_owned())
        );
        assert_eq!(
            of("content-service", "/content-service/api/byShareId/a"),
            Some("/content-service/api/byshareid/a".to_owned())
        );
        assert_eq!(of(group, "/collection-group-service/api/group/byshareid/byShareId"), None);
        assert_eq!(of(group, "/collection-group-service/api/group/byshareid/a"), None);
    }
}
