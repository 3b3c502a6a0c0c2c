//! The collection scopes take their paths with and without a trailing slash; everything else is
//! strict, and a proxied path is the upstream's business.

use actix_web::dev::ServiceRequest;
use actix_web::http::uri::{PathAndQuery, Uri};

use super::routes::Destination;

const LENIENT: [&str; 5] = [
    "profile-collection-service",
    "post-collection-service",
    "collection-group-service",
    "collection-analytics-service",
    "keyword-collection-service",
];

/// Layer: drops one trailing slash from the paths of the collection scopes.
pub fn drop_trailing_slash(destination: Destination<'_>, request: &mut ServiceRequest) {
    if let Destination::Module(prefix) = destination
        && LENIENT.contains(&prefix)
        && let Some(uri) = without_slash(prefix, request.uri())
    {
        request.match_info_mut().get_mut().update(&uri);
        request.head_mut().uri = uri;
    }
}

fn without_slash(prefix: &str, uri: &Uri) -> Option<Uri> {
    let path = uri.path().strip_suffix('/').filter(|path| path.len() > prefix.len() + 1)?;
    let path_and_query = match uri.query() {
        Some(query) => PathAndQuery::try_from(format!("{path}?{query}")),
        None => PathAndQuery::try_from(path),
    };
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(path_and_query.ok()?);
    Uri::from_parts(parts).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_slash_is_dropped_but_not_the_one_behind_the_prefix() {
        let prefix = "collection-group-service";
        let cut = |text: &'static str| {
            without_slash(prefix, &Uri::from_static(text)).map(|uri| uri.to_string())
        };
        let group = "/collection-group-service/api/group";
        assert_eq!(cut("/collection-group-service/api/group/").as_deref(), Some(group));
        assert_eq!(
            cut("/collection-group-service/api/group/1/?a=b").as_deref(),
            Some("/collection-group-service/api/group/1?a=b")
        );
        assert_eq!(cut("/collection-group-service/api/group/1"), None);
        assert_eq!(cut("/collection-group-service/"), None);
    }
}
